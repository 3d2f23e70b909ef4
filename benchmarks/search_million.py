"""The search over a million matters, on both databases: what is found against LIKE, how fast, and what the index costs."""

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from admin_views.listing import COUNT_CAP, count_text
from benchmarks import million, million_postgres
from benchmarks.million_insert import Cost, insert_cost
from benchmarks.sections import Section
from models import db
from rules.access import Actor, system
from services import gate_actors, search
from services.search_newest import newest

FOLDER = Path(tempfile.gettempdir()) / "petition-desk-bench"
WORDS, SEED, SHOWN, RUNS = 200, 20261121, 20, 3
GOAL = 30
"""Milliseconds of CPU for the newest hits of one word."""
ALL = 10_000_000
WORD = re.compile(r"\w{2,}")


@dataclass
class Found:
    """What one database gave. Times in milliseconds of CPU, the database's own process included."""

    name: str
    right: int
    wrong: int
    missing: int
    newest: list[float]
    counted: list[float]
    many: int
    said_many: int
    index_bytes: int
    text_bytes: int
    whole_bytes: int
    cost: Cost


def measure(folder: Path = FOLDER, size: int = million.SIZE) -> Section:
    """Fill the office where it is not kept from an earlier run, ask both databases, and say what missed its goal."""
    made = million.office(folder, size)
    with asking(made.app) as (session, actor):
        words = drawn(session, size)
        truth = liked(session, made.place / "truth.json", words)
        cpu = time.process_time
        lite = _found("SQLite", session, actor, words, truth, cpu, made.facts)
        lite.cost = insert_cost(made, session, cpu)
    found = [lite]
    with million_postgres.copied(made) as app, asking(app) as (session, actor):
        found.append(_found("PostgreSQL", session, actor, words, truth, _with_server(session), _sizes(session)))
        found[-1].cost = insert_cost(made, session, _with_server(session))
    return section(size, found)


@contextmanager
def asking(app: Flask) -> Iterator[tuple[Session, Actor]]:
    """A session of the office and its clerk, who sees everything but what the rule of the accused hides."""
    with app.app_context():
        session = db.session()
        session.info["keys"] = app.extensions["desk_keys"]
        user = session.scalars(sa.select(m.User).where(m.User.username == "clerk")).one()
        yield session, gate_actors.actor_of(session, user, *app.extensions["desk_clock"]())
        db.session.remove()
        db.engine.dispose()


def drawn(session: Session, size: int) -> list[str]:
    """Words of two to six characters cut out of texts anywhere; the same every time."""
    chance, found = Random(SEED), list[str]()
    while len(found) < WORDS:
        body = session.scalar(
            sa.select(m.PetitionText.body).where(m.PetitionText.petition_id == chance.randint(1, size))
        )
        run = chance.choice(WORD.findall(body or "空白"))
        length = chance.randint(2, min(6, len(run)))
        start = chance.randint(0, len(run) - length)
        if (word := run[start : start + length]) not in found:
            found.append(word)
    return found


def liked(session: Session, kept: Path, words: list[str]) -> dict[str, list[Any]]:
    """Word → how many matters LIKE finds and a digest of which; kept beside the office, for it takes minutes."""
    if kept.exists() and list(found := json.loads(kept.read_text(encoding="utf-8"))) == words:
        return dict(found)
    found = {word: digest(_like(session, word)) for word in words}
    kept.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return found


def _like(session: Session, word: str) -> list[int]:
    """Texts with the word in them, and matters of people whose (unmasked) name begins so."""
    text = sa.select(m.PetitionText.petition_id).where(m.PetitionText.body.contains(word, autoescape=True))
    called = search.came(m.Petitioner.name.startswith(word, autoescape=True))
    open_ones = sa.select(m.Petition.id).where(sa.not_(m.Petition.is_guarded), m.Petition.id.in_(called))
    ids = set[int]()
    for statement in (text, open_ones):
        ids.update(session.scalars(statement.execution_options(gated=True)))
    return sorted(ids)


def digest(ids: list[int]) -> list[Any]:
    """How many ids, and which, in a few characters."""
    return [len(ids), hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()]


def _found(
    name: str, session: Session, clerk: Actor, words: list[str], truth: dict[str, list[Any]], cpu: Callable[[], float],
    sizes: dict[str, int],
) -> Found:  # fmt: skip
    everyone = system(clerk.today, clerk.now)
    got = Found(name, 0, 0, 0, [], [], 0, 0, sizes["index_bytes"], sizes["text_bytes"], sizes["file_bytes"], Cost(0, 0))
    for word in words:
        hits = newest(session, everyone, word, ALL)
        if digest(hits) == truth[word] and newest(session, everyone, word, SHOWN) == hits[:SHOWN]:
            got.right += 1
        else:
            expected = set(_like(session, word))
            got.wrong += len(set(hits) - expected)
            got.missing += len(expected - set(hits))
        for limit, times in ((SHOWN, got.newest), (COUNT_CAP + 1, got.counted)):
            shown = newest(session, clerk, word, limit)
            times.append(median(_milliseconds(session, clerk, word, limit, cpu) for _ in range(RUNS)))
        if len(hits) > 2 * COUNT_CAP:
            got.many += 1
            got.said_many += count_text(len(shown)) == f"{COUNT_CAP}+"
    return got


def _milliseconds(session: Session, clerk: Actor, word: str, limit: int, cpu: Callable[[], float]) -> float:
    began = cpu()
    newest(session, clerk, word, limit)
    return (cpu() - began) * 1000


def _with_server(session: Session) -> Callable[[], float]:
    """CPU seconds of this process and of the server's process that works for it."""
    schedule = Path(f"/proc/{session.scalar(sa.text('select pg_backend_pid()'))}/schedstat")
    return lambda: time.process_time() + int(schedule.read_text().split()[0]) / 1e9


def _sizes(session: Session) -> dict[str, int]:
    asked = {
        "index_bytes": "select pg_relation_size('ix_petition_text_pairs') + sum(pg_column_size(pairs)) from petition_text",
        "text_bytes": "select sum(octet_length(body)) from petition_text",
        "file_bytes": "select pg_database_size(current_database())",
    }
    return {name: int(session.execute(sa.text(query)).scalar_one()) for name, query in asked.items()}


def section(size: int, found: list[Found]) -> Section:
    """The table of a run."""
    lines = [
        _line("words whose hits are exactly LIKE's", found, lambda f: f"{f.right} of {WORDS}"),
        _line("recall · precision", found, lambda f: f"{_share(f.missing)} · {_share(f.wrong)}"),
        _line(f"newest {SHOWN}, median (ms)", found, lambda f: f"{median(f.newest):.1f}"),
        _line(f"newest {SHOWN}, worst of {WORDS} (ms)", found, lambda f: f"{max(f.newest):.1f}{_verdict(f)}"),
        _line(f"words over {GOAL} ms", found, lambda f: str(sum(ms > GOAL for ms in f.newest))),
        _line("a page with its count, median · worst (ms)", found, lambda f: f"{median(f.counted):.1f} · {max(f.counted):.1f}"),
        _line(f"counts shown as {COUNT_CAP}+", found, lambda f: f"{f.said_many} of {f.many}"),
        _line("index (MB)", found, lambda f: f"{f.index_bytes / 1e6:.0f}"),
        _line("index ÷ text · ÷ whole database", found, lambda f: f"{f.index_bytes / f.text_bytes:.2f} · {_whole(f):.2f}"),
        _line("a matter written without · with the index (µs)", found, lambda f: f"{f.cost.without:.0f} · {f.cost.with_index:.0f}"),
        _line("with ÷ without", found, lambda f: f"{f.cost.with_index / f.cost.without:.2f}"),
    ]  # fmt: skip
    text = (
        f"## Search over {size:,} matters\n\n"
        f"{WORDS} words of two to six characters cut out of the texts, each warmed up once, then the median of {RUNS} runs;\n"
        "CPU milliseconds in process (not the clock's), for PostgreSQL with the server's process. The clerk asks, through the\n"
        "gate. Matters from `benchmarks/million.py`, kept between runs. `python -m benchmarks --only search_million` measures and\n"
        "writes this part.\n\n"
        f"| what | {' | '.join(f.name for f in found)} |\n|---|{'---:|' * len(found)}\n" + "\n".join(lines) + "\n"
    )
    return Section(text, [said for each in found for said in _missed(each)])


def _whole(found: Found) -> float:
    return found.index_bytes / found.whole_bytes


def _line(label: str, found: list[Found], cell: Callable[[Found], str]) -> str:
    return f"| {label} | {' | '.join(cell(each) for each in found)} |"


def _share(faults: int) -> str:
    return "1.0" if not faults else f"{faults:,} faults"


def _verdict(found: Found) -> str:
    return f", goal ≤ {GOAL} met" if max(found.newest) <= GOAL else f", missed (≤ {GOAL})"


def _missed(found: Found) -> list[str]:
    said = [f"{found.name}: {found.wrong} wrong, {found.missing} missing hits"] if found.wrong or found.missing else []
    if max(found.newest) > GOAL:
        said.append(f"{found.name}: newest {SHOWN} took {max(found.newest):.0f} ms")
    if found.said_many < found.many:
        said.append(f"{found.name}: {found.many - found.said_many} counts not capped")
    return said
