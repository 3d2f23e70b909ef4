"""Reminders one working day before: who, when, once, and what happens when the mail server says no (D4, D6)."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest

import jobs
import models as m
from rules.words import RuleBroken
from services import mail, receptions, reminders, swaps
from tests.fixtures import reception


class PostOffice(socketserver.ThreadingTCPServer):
    """A real SMTP server of this process: `letters` taken, `refused` recipients, `greeting` it opens with."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[tuple[str, Any]] = []
        self.refused: set[str] = set()
        self.greeting = "220 post office"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}?from=desk@example.org"


class Conversation(socketserver.StreamRequestHandler):
    """One client of the post office."""

    server: PostOffice

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say(self.server.greeting)
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split(" ")[0].upper()
            if word == "RCPT":
                to = line.split("<")[1].split(">")[0]
                self.say("550 no such person" if to in self.server.refused else "250 ok")
            elif word == "DATA":
                self.say("354 go on")
                self.server.letters.append((to, self.letter()))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self) -> Any:
        lines: list[str] = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return message_from_bytes("\n".join(lines).encode(), policy=policy.default)


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def told(office: Any) -> Callable[..., list[m.ReceptionSession]]:
    """Two sessions: 赵明 on Friday 27 November with unit A beside him, 孙丽 on Monday 30 November; both have mail."""

    def make() -> list[m.ReceptionSession]:
        clerk = office.actor("clerk")
        said = {"starts": "09:00", "ends": "11:30", "place": "镇礼堂"}
        first = receptions.add(
            office.session, clerk, said | {"held_on": date(2026, 11, 27), "leader_id": office.leader("a").id,
                                           "companion_unit_id": office.unit("a").id}
        )  # fmt: skip
        second = receptions.add(
            office.session, clerk, said | {"held_on": date(2026, 11, 30), "leader_id": office.leader("b").id}
        )
        for username in ("leader_a", "leader_b", "unit_head_a"):
            office.user(username).email = f"{username}@example.org"
        office.session.commit()
        return [first, second]

    return make


def due(office: Any, today: date) -> list[tuple[str, bool]]:
    return [(one.user.username, one.accompanies) for one in reminders.due(office.session, today)]


def run(office: Any, today: date, url: str) -> dict[str, int]:
    return jobs.remind(office.session, today, url, "https://desk.example/admin/").as_json()


@pytest.mark.parametrize(
    ("today", "who"),
    [
        (date(2026, 11, 25), []),
        (date(2026, 11, 26), [("leader_a", False), ("unit_head_a", True)]),
        (date(2026, 11, 27), [("leader_a", False), ("unit_head_a", True), ("leader_b", False)]),
        (date(2026, 11, 28), [("leader_b", False)]),
        (date(2026, 11, 30), [("leader_b", False)]),
        (date(2026, 12, 1), []),
    ],
)
@pytest.mark.db
def test_one_working_day_before(office: Any, told: Any, today: date, who: list[tuple[str, bool]]) -> None:
    """D4: the Monday session is told on Friday; who was not told yet still is on the day itself."""
    told()
    assert due(office, today) == who


def test_a_session_called_off_reminds_nobody(office: Any, told: Any) -> None:
    first, _second = told()
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    assert due(office, date(2026, 11, 26)) == []


def test_the_letters_go_out_once(office: Any, told: Any, post: PostOffice) -> None:
    """D6: real letters over SMTP, each once; nothing of petitioners in them."""
    told()
    assert run(office, date(2026, 11, 26), post.url) == {"due": 2, "sent": 2, "failed": 0, "no_address": 0}
    assert [to for to, _letter in post.letters] == ["leader_a@example.org", "unit_head_a@example.org"]
    letter = post.letters[0][1]
    assert (letter["Subject"], letter["From"]) == ("接访提醒：11月27日 星期五 9:00–11:30", "desk@example.org")
    for words in ("赵明同志", "镇礼堂", "赵明（副镇长）", "陪访部门：城建办", "https://desk.example/admin/"):
        assert words in letter.get_content()
    assert post.letters[1][1]["Subject"].startswith("陪访提醒")
    assert run(office, date(2026, 11, 26), post.url) == {"due": 0, "sent": 0, "failed": 0, "no_address": 0}
    assert len(post.letters) == 2


def test_a_moved_session_is_told_again(office: Any, told: Any, post: PostOffice) -> None:
    first, _second = told()
    run(office, date(2026, 11, 26), post.url)
    receptions.change(office.session, office.actor("clerk"), first, {"starts": "10:00"})
    assert run(office, date(2026, 11, 26), post.url)["sent"] == 2


def test_after_an_exchange_the_other_leader_is_told(office: Any, told: Any) -> None:
    """D5: the two leaders' reminders change with the session."""
    first, second = told()
    swaps.exchange(office.session, office.actor("office_head"), first, second, "出差")
    assert due(office, date(2026, 11, 26)) == [("leader_b", False), ("unit_head_a", True)]


def test_a_refused_letter_is_tried_again(office: Any, told: Any, post: PostOffice) -> None:
    """One wrong address does not stop the others."""
    told()
    post.refused = {"leader_a@example.org"}
    assert run(office, date(2026, 11, 26), post.url) == {"due": 2, "sent": 1, "failed": 1, "no_address": 0}
    post.refused = set()
    assert run(office, date(2026, 11, 26), post.url) == {"due": 1, "sent": 1, "failed": 0, "no_address": 0}
    assert [to for to, _letter in post.letters] == ["unit_head_a@example.org", "leader_a@example.org"]


@pytest.mark.parametrize("greeting", ["554 closed", "nonsense"])
def test_a_server_that_refuses_us_loses_nothing(office: Any, told: Any, post: PostOffice, greeting: str) -> None:
    told()
    post.greeting = greeting
    assert run(office, date(2026, 11, 26), post.url)["failed"] == 2
    assert office.session.query(m.ReminderSent).count() == 0
    assert len(due(office, date(2026, 11, 26))) == 2


def test_nobody_listens(office: Any, told: Any, post: PostOffice) -> None:
    told()
    post.shutdown()
    post.server_close()
    assert run(office, date(2026, 11, 26), post.url)["failed"] == 2


def test_without_a_server_or_an_address_nothing_is_sent(office: Any, told: Any, post: PostOffice) -> None:
    told()
    assert run(office, date(2026, 11, 26), "") == {"due": 2, "sent": 0, "failed": 0, "no_address": 0}
    office.user("leader_a").email = None
    assert run(office, date(2026, 11, 26), post.url) == {"due": 2, "sent": 1, "failed": 0, "no_address": 1}


def test_the_command_sends_what_is_due(
    office: Any, told: Any, post: PostOffice, app: Any, flask_command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`flask jobs run`: one pass; DESK_TODAY is 2026-11-21, the session stands on Monday the 23rd."""
    first, _second = told()
    receptions.change(office.session, office.actor("clerk"), first, {"held_on": date(2026, 11, 23)})
    office.session.commit()
    monkeypatch.setitem(app.config, "DESK_SMTP_URL", post.url)
    assert json.loads(flask_command("jobs", "run", "--json"))["reminders"]["sent"] == 2
    assert json.loads(flask_command("jobs", "run", "--json"))["reminders"]["due"] == 0


@pytest.mark.parametrize(
    ("username", "shown"),
    [
        ("leader_a", [(date(2026, 11, 27), False, False)]),
        ("unit_head_a", [(date(2026, 11, 27), True, False)]),
        ("leader_b", [(date(2026, 11, 30), False, False)]),
        ("unit_head_b", []),
        ("clerk", []),
    ],
)
def test_the_workbench_shows_ones_own_sessions(office: Any, told: Any, username: str, shown: list[Any]) -> None:
    told()
    found = reminders.coming(office.session, office.actor(username))
    assert [(one.session.held_on, one.accompanies, one.is_due) for one in found] == shown


def test_the_day_before_it_is_due_on_the_workbench(office: Any, told: Any) -> None:
    told()
    tomorrow = replace(office.actor("leader_a"), today=date(2026, 11, 26))
    assert [one.is_due for one in reminders.coming(office.session, tomorrow)] == [True]


@pytest.mark.parametrize(
    ("url", "host", "port", "sender", "is_tls"),
    [
        ("smtp://mail.example", "mail.example", 25, "petition-desk@mail.example", False),
        ("smtp://mail.example:587?from=xf@example.cn", "mail.example", 587, "xf@example.cn", False),
        ("smtps://xf%40example.cn:p%3Aw@mail.example", "mail.example", 465, "xf@example.cn", True),
    ],
)
def test_the_servers_address(url: str, host: str, port: int, sender: str, is_tls: bool) -> None:
    found = mail.server_of(url)
    assert (found.host, found.port, found.sender, found.is_tls) == (host, port, sender, is_tls)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://h:abc", "smtp://h?from=x"])
def test_a_wrong_server_address_is_said(url: str) -> None:
    with pytest.raises(RuleBroken, match="DESK_SMTP_URL"):
        mail.server_of(url)


@pytest.mark.parametrize(
    "text", ["a", "a@", "@b", "a b@c", "a@b\nBcc: x@y", "张@example.org", "a" * 70 + "@b", "a@" + "b" * 130]
)
def test_a_wrong_mail_address_is_said(text: str) -> None:
    """No header can be smuggled in."""
    with pytest.raises(RuleBroken, match="电子邮箱"):
        mail.check_address(text)


def test_a_password_is_never_sent_in_the_open(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "HERE", ())
    server = mail.server_of(post.url.replace("smtp://", "smtp://user:secret@"))
    with pytest.raises(mail.MailFailed, match="密码没有发送"), mail.opened(server):
        pass


@pytest.mark.db
def test_one_reminder_has_one_row(office: Any, told: Any) -> None:
    """Two passes at the same time: the database lets one have it."""
    told()
    one = reminders.due(office.session, date(2026, 11, 26))[0]
    reminders.claim(office.session, one)
    with pytest.raises(Exception, match="reminder_sent"):
        reminders.claim(office.session, one)


def test_publishing_tells_the_leaders(office: Any) -> None:
    """D6: leaders are told beforehand; told again when the session becomes another's, and only then."""
    first, second = reception.roster(office)
    first.companion_unit = office.unit("a")
    reception.published(office)
    assert (first.told_on, first.companion_told_on, second.told_on) == (office.today, office.today, office.today)
    assert second.companion_told_on is None
    for row in (first, second):
        row.told_on = date(2026, 11, 1)
    receptions.change(office.session, office.actor("clerk"), second, {"held_on": date(2026, 12, 17)})
    reception.published(office)
    assert (first.told_on, second.told_on) == (date(2026, 11, 1), office.today)
