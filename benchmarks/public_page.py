"""The public month page against the same server answering a constant text of that size, in requests a second over sockets.

The production server with one worker; requests on kept-open connections, both addresses in turns, the median of the rounds.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from flask import Flask

import models as m
from benchmarks import fresh_office
from benchmarks.fresh_office import NOW, ROOT, TODAY
from benchmarks.public_server import CONSTANT
from benchmarks.sections import Section
from models import db
from rules.access import Actor, system
from rules.roster_period import period
from rules.words import OnHoliday, Rank, SessionForm
from services import notices, reception_rules, rosters

MONTH = "2026-12"
PAGE = f"/schedule/{MONTH}"
LEADERS = ("陈立国", "林海", "赵明", "孙丽", "周强", "吴芳")
CONNECTIONS, REQUESTS, ROUNDS = 4, 200, 45
GOAL = 1.3


@dataclass
class Measured:
    """Requests a second of every round, by address, and the page's bytes."""

    size: int
    rates: dict[str, list[float]] = field(default_factory=lambda: {CONSTANT: [], PAGE: [], "304": []})

    def rate(self, name: str) -> float:
        return median(self.rates[name])

    @property
    def ratio(self) -> float:
        """How many times as long a page takes as the constant; each round against its own."""
        return median(c / p for c, p in zip(self.rates[CONSTANT], self.rates[PAGE], strict=True))


def measure(rounds: int = ROUNDS, requests: int = REQUESTS) -> Section:
    """Make an office with a published month, serve it, ask, and say what was found."""
    with fresh_office.opened() as app:
        size, etag = _publish(app)
        with _served(size) as port:
            return _section(_asked(port, Measured(size), etag, rounds, requests))


def _section(found: Measured) -> Section:
    text = (
        "## The public month page\n\n"
        f"Requests a second of the production server (one worker, {CONNECTIONS} kept-open connections) for a month with a leader\n"
        f"on every working day, {found.size:,} bytes; the constant is a view of the same application that answers as many\n"
        "bytes. Both in turns, median of the rounds. `python -m benchmarks --only public_page` measures and writes this part.\n\n"
        f"| answer | requests/s | constant ÷ it | goal |\n|---|---:|---:|---|\n"
        f"| constant text | {found.rate(CONSTANT):.0f} | 1.00 |  |\n"
        f"| month page | {found.rate(PAGE):.0f} | {found.ratio:.2f} | {'met' if found.ratio <= GOAL else f'missed (≤ {GOAL})'} |\n"
        f"| month page, reader has it (304) | {found.rate('304'):.0f} |  |  |\n"
    )
    return Section(text, [] if found.ratio <= GOAL else [f"public month page: {found.ratio:.2f} × the constant"])


def _asked(port: int, found: Measured, etag: str, rounds: int, requests: int) -> Measured:
    asked = {CONSTANT: _request(CONSTANT), PAGE: _request(PAGE), "304": _request(PAGE, f"If-None-Match: {etag}\r\n")}
    for text in asked.values():
        _rate(port, text, requests // 4)
    for _ in range(rounds):
        for name, text in asked.items():
            found.rates[name].append(_rate(port, text, requests))
    return found


def _request(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


def _rate(port: int, request: bytes, count: int) -> float:
    """Requests a second: every connection has one under way all the time."""
    links = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    try:
        began = time.perf_counter()
        for _ in range(count // CONNECTIONS):
            for link in links:
                link.sendall(request)
            for link in links:
                _read(link)
        return count / (time.perf_counter() - began)
    finally:
        for link in links:
            link.close()


def _read(link: socket.socket) -> None:
    """One answer to its end; anything but 200 and 304 ends the run."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += link.recv(65536)
    head, _, body = text.partition(b"\r\n\r\n")
    assert head[9:12] in (b"200", b"304"), head
    length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":0")
    missing = (0 if head[9:12] == b"304" else int(length.split(b":")[1])) - len(body)
    while missing > 0:
        missing -= len(link.recv(65536))


@contextmanager
def _served(size: int) -> Iterator[int]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.public_server", str(port), str(size)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(port, child)
        yield port
    finally:
        child.terminate()
        child.wait()


def _wait(port: int, child: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        try:
            _rate(port, _request("/healthz"), CONNECTIONS)
            return
        except OSError:
            assert child.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _publish(app: Flask) -> tuple[int, str]:
    """A month with a leader on every working day, published; the page's bytes and ETag."""
    with app.app_context():
        _fill(db.session(), system(TODAY, NOW))
        db.session.commit()
        db.session.remove()
    return _page(app)


def _fill(session: Any, actor: Actor) -> None:
    for turn, name in enumerate(LEADERS):
        said = {"division": "分管城建、自然资源、生态环境、群众工作", "phone": "0000-1234501", "turn": turn}
        session.add(m.Leader(name=name, title="党委委员、副镇长", rank=Rank.OTHER, **said))
    rule = {
        "name": "每个工作日", "rrule": "WORKDAYS", "on_holiday": OnHoliday.SKIP, "starts": "09:00", "ends": "11:30",
        "place": "群众来访接待室", "form": SessionForm.FIXED, "cadre": "王敏", "valid_from": None, "valid_to": None,
        "is_active": True,
    }  # fmt: skip
    reception_rules.save(session, actor, m.ReceptionRule(), rule)
    rosters.generate(session, actor, period(MONTH))
    notices.publish(session, actor, period(MONTH))


def _page(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get(PAGE)
    assert answer.status_code == 200
    with app.app_context():
        db.engine.dispose()
    return len(answer.data), answer.headers["ETag"]
