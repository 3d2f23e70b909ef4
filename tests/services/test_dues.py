"""What falls due: who sees it, who is late, the office's targets, the letter of the day (B4, B8, B10)."""

from datetime import date
from typing import Any

import pytest

import jobs
import models as m
from rules.handling_words import Finding, TellingMethod
from rules.moves import MOVES
from rules.words import OPEN_STATUSES, Level, Purpose, RespondentKind, Status
from services import digest, due_sources, dues, handling, settings, workbench
from services.due_sources import items as due_items
from services.registration import Accused
from tests.fixtures.handled import actor, at, move, registered
from tests.fixtures.office import Office
from tests.services.test_reminders import PostOffice, post

__all__ = ["post"]
THURSDAY, FRIDAY = date(2026, 9, 17), date(2026, 9, 18)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def found(office: Office, who: str, today: date, until: date | None = None) -> dict[str, tuple[str, date]]:
    """Kind → (who is late, last day) of everything that account sees due."""
    items = due_items(office.session, actor(office, who, today), until or date(2027, 12, 31))
    return {item.kind.key: (item.who, item.due) for item in items}


def test_in_review_the_upper_body_is_late_and_not_the_unit(office: Office) -> None:
    """B6: 复查 and 复核 are decided above; the responsible unit has nothing running."""
    petition = registered(office, day(3, 2))
    for verb in ("assign", "accept", "reply", "serve"):
        move(office, petition, verb, day(3, 2) if verb in ("assign", "accept") else day(3, 10))
    move(office, petition, "ask_review", day(4, 9))
    assert petition.due_term == "review"
    assert found(office, "clerk", day(5, 20)) == {"review": ("县人民政府", day(5, 9))}
    assert dues.late_owner(petition) == "复查机关"
    row = workbench.urgent_row(petition, actor(office, "clerk", day(5, 20)), 7)
    assert (row["owner"], row["is_units"]) == ("复查机关", False)
    mine = digest.groups(office.session, actor(office, "handler_a", day(5, 20)), mine=True)
    assert mine == [], "it stands in the unit's scope, and not among what the unit owes"
    move(office, petition, "uphold", day(5, 8))
    move(office, petition, "ask_recheck", day(6, 8))
    assert found(office, "clerk", day(6, 9)) == {"recheck": ("县人民政府", day(7, 8))}


@pytest.mark.parametrize(
    ("steps", "said", "kind", "who", "due"),
    [
        ("", {"channel": "letter"}, "first_reply", "信访办", day(9, 21)),  # Friday, the worked Sunday, Monday
        ("assign", {}, "unit_accept", "城建办", day(10, 2)),
        ("assign", {}, "object", "城建办", day(9, 23)),
        ("assign", {}, "feedback", "城建办", date(2027, 1, 4)),
        ("forward accept", {"purpose": Purpose.ADVICE}, "other_handle", "城建办", day(11, 16)),
        ("forward accept refer_up", {}, "referral", "城建办", day(10, 2)),
        ("forward accept reply", {}, "serve", "城建办", day(9, 23)),
        ("forward accept reply serve", {}, "close", "城建办", day(11, 3)),
        ("forward no_more", {}, "close", "城建办", day(10, 2)),
        ("guide", {}, "close", "信访办", day(10, 2)),
        ("", {"level_from": Level.CITY, "sender_due_on": day(10, 30)}, "sender", "信访办", day(10, 30)),
    ],
)
def test_each_step_is_owed_by_somebody_on_a_day(
    office: Office, steps: str, said: dict[str, Any], kind: str, who: str, due: date
) -> None:
    """B8: every state has an owner and a date, the law's or the office's own; everything on Thursday 17 September."""
    petition = registered(office, THURSDAY, **said)
    for verb in steps.split():
        move(office, petition, verb, THURSDAY)
    assert found(office, "clerk", THURSDAY)[kind] == (who, due)
    own = {
        item.kind.key: item.due for item in dues.of_matter(office.session, petition, actor(office, "clerk", THURSDAY))
    }
    assert own[kind] == due, "the matter's own page says the same"


# moves on Thursday 17 September, what was said, today; the nearest date owed: kind, who, counted day, last day on time
NEAREST = [
    ("", {}, THURSDAY, ("office_route", "信访办", day(10, 2), day(10, 8))),
    ("", {"channel": "letter"}, THURSDAY, ("first_reply", "信访办", day(9, 21), day(9, 21))),
    (
        "forward",
        {},
        THURSDAY,
        ("unit_accept", "城建办", day(10, 2), day(10, 8)),
    ),  # not the window to object, 23 September
    ("forward accept", {}, THURSDAY, ("handle", "城建办", day(11, 16), day(11, 16))),
    ("forward accept reply", {}, THURSDAY, ("serve", "城建办", day(9, 23), day(9, 23))),
    ("assign accept", {}, THURSDAY, ("handle", "城建办", day(11, 16), day(11, 16))),  # not the letter's, in January
]


@pytest.mark.parametrize(("steps", "said", "today", "nearest"), NEAREST)
def test_the_nearest_date_owed_is_put_off_and_has_an_owner(
    office: Office, steps: str, said: dict[str, Any], today: date, nearest: tuple[str, str, date, date]
) -> None:
    """Issue 4: the large card of a matter names the next day somebody must act by, no window and no later clock."""
    petition = registered(office, THURSDAY, **said)
    for verb in steps.split():
        move(office, petition, verb, THURSDAY)
    item = dues.nearest(dues.of_matter(office.session, petition, actor(office, "clerk", today)))
    assert item is not None
    assert (item.kind.key, item.who, item.due, item.breach) == nearest


def test_a_first_reply_is_owed_to_writers_until_they_hear(office: Office) -> None:
    """B4: told at once or told why not; who comes in person or writes anonymously is owed none."""
    petition = registered(office, THURSDAY, channel="letter")
    registered(office, THURSDAY)
    assert found(office, "clerk", THURSDAY)["first_reply"][1] == day(9, 21)
    said = {"told_on": FRIDAY, "told_by": TellingMethod.PHONE, "note": "已收到，需要实地测量，10 日内答复。"}
    handling.move(office.session, actor(office, "clerk", FRIDAY), petition, "first_reply", said)
    assert "first_reply" not in found(office, "clerk", FRIDAY)
    assert petition.status is Status.REGISTERED
    other = registered(office, THURSDAY, channel="letter")
    move(office, other, "assign", FRIDAY)
    assert found(office, "handler_a", FRIDAY)["first_reply"][0] == "城建办"
    move(office, other, "accept", FRIDAY)
    assert "first_reply" not in found(office, "handler_a", FRIDAY)


def test_what_was_true_is_owed_until_put_right(office: Office) -> None:
    """B7: the unit, the day the reply named."""
    petition = registered(office, THURSDAY)
    for verb in ("forward", "accept"):
        move(office, petition, verb, THURSDAY)
    rectify = {"rectify": "补发 3 亩", "rectify_by": "郑伟", "rectify_on": day(10, 20)}
    move(office, petition, "reply", THURSDAY, finding=Finding.TRUE, **rectify)
    assert found(office, "handler_a", THURSDAY)["rectify"] == ("城建办", day(10, 20))
    office.session.expire(petition)
    move(office, petition, "rectified", day(10, 9))
    assert "rectify" not in found(office, "handler_a", day(10, 9))


def test_the_digest_counts_late_today_and_soon_by_kind(office: Office) -> None:
    """registered on 17 September: 15 days end on Friday 2 October, put off to the 8th."""
    registered(office, THURSDAY)
    counts = {
        today: digest.totals(digest.groups(office.session, actor(office, "clerk", today)))
        for today in (day(9, 24), day(9, 25), day(10, 2), day(10, 8), day(10, 9))
    }
    assert counts == {
        day(9, 24): {"late": 0, "today": 0, "soon": 0},
        day(9, 25): {"late": 0, "today": 0, "soon": 1},
        day(10, 2): {"late": 0, "today": 1, "soon": 0},
        day(10, 8): {"late": 0, "today": 1, "soon": 0},
        day(10, 9): {"late": 1, "today": 0, "soon": 0},
    }


def test_another_units_dates_and_those_about_oneself_are_not_there(office: Office) -> None:
    """§3, §4: scope and the rule of the accused."""
    petition = registered(office, THURSDAY)
    move(office, petition, "assign", THURSDAY)
    accused = Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")
    hidden = registered(office, THURSDAY, purpose=Purpose.REPORT, respondents=[accused])
    move(office, hidden, "assign", THURSDAY, unit_id=office.unit("b").id)
    seen = {
        who: {item.number for item in due_items(office.session, actor(office, who, THURSDAY), date(2027, 12, 31))}
        for who in ("handler_a", "handler_b", "clerk")
    }
    assert seen == {
        "handler_a": {petition.number},
        "handler_b": {hidden.number},
        "clerk": {petition.number, hidden.number},
    }


def test_the_closed_window_to_object_is_nobodys_fault(office: Office) -> None:
    petition = registered(office, THURSDAY)
    move(office, petition, "assign", THURSDAY)
    assert "object" in found(office, "handler_a", day(9, 23))
    assert "object" not in found(office, "handler_a", day(9, 24))


# --- the letter of the day


def letters(office: Office, today: date) -> dict[str, digest.Letter]:
    return {one.user.username: one for one in digest.letters(office.session, today, at(today), "https://desk.example/")}


def test_one_letter_a_working_day_with_nothing_of_petitioners(office: Office, post: PostOffice) -> None:
    """Numbers, steps and dates only; guarded matters are counted and not named; claimed like a reminder, so once."""
    plain = registered(office, THURSDAY, title="征地补偿款少付")
    guarded = registered(office, THURSDAY, is_secret=True, title="机密内容")
    for petition in (plain, guarded):
        move(office, petition, "assign", THURSDAY)
    for name in ("handler_a", "handler_b", "clerk"):
        office.user(name).email = f"{name}@example.org"
    office.session.commit()
    monday = day(9, 28)
    run = lambda today: jobs.send_digests(office.session, today, at(today), post.url, "https://desk.example/").as_json()  # noqa: E731
    assert run(monday) == {"due": 1, "sent": 1, "failed": 0, "no_address": 0}
    (to, letter), *_rest = post.letters
    text = letter.get_content()
    assert (to, letter["Subject"]) == ("handler_a@example.org", "到期提示：9月28日 星期一，超期 0 项，今日到期 0 项")
    assert f"{plain.number}　受理告知　2026-10-02　即将到期" in text
    assert "另有 1 项，请登录工作台查看" in text
    for secret in (guarded.number, "征地", "机密", "赵丽华", "13800000026"):
        assert secret not in text + letter["Subject"]
    assert run(monday) == {"due": 0, "sent": 0, "failed": 0, "no_address": 0}, "once a day"
    assert run(day(9, 29))["sent"] == 1, "and again on the next working day"


@pytest.mark.parametrize(
    ("today", "setting", "count"),
    [
        (day(9, 28), "是", 1),
        (day(9, 28), "否", 0),
        (day(9, 27), "是", 0),
        (day(10, 10), "是", 1),
        (day(9, 21), "是", 0),
    ],
)
def test_when_letters_go_out(office: Office, today: date, setting: str, count: int) -> None:
    """Working days (a made-up Saturday too), where the office wants them, to whom something of his own is due."""
    settings.put(office.session, actor(office, "office_head", day(9, 1)), "digest_mail", setting)
    petition = registered(office, THURSDAY)
    move(office, petition, "forward", THURSDAY)
    office.session.expire_all()
    office.user("unit_head_a").email = "head@example.org"
    stopped = [clock for clock in petition.clocks if clock.term == "object"]
    for clock in stopped:
        clock.stopped_on = THURSDAY
    office.session.flush()
    assert len(letters(office, today)) == count


def test_every_open_state_has_a_way_on() -> None:
    """B8: no state of the table strands a matter."""
    assert [state for state in OPEN_STATUSES if not any(row.to for row in MOVES[state].values())] == []
    assert all(workbench.next_step(m.Petition(status=state)) for state in OPEN_STATUSES)


def test_soon_reaches_as_far_as_the_office_says(office: Office) -> None:
    settings.put(office.session, actor(office, "office_head", day(9, 1)), "soon_days", "3")
    registered(office, THURSDAY)
    late = digest.groups(office.session, actor(office, "clerk", day(9, 28)))
    near = digest.groups(office.session, actor(office, "clerk", day(9, 29)))
    assert (len(late), len(near)) == (0, 1)


@pytest.mark.db
def test_a_digest_reads_no_more_rows_than_it_shows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 4: however much is late, the rest is counted in SQL; the most urgent are the ones read."""
    matters = [registered(office, THURSDAY, channel="letter") for _ in range(5)]
    office.session.flush()
    clerk = actor(office, "clerk", day(10, 12))
    whole = digest.groups(office.session, clerk)
    monkeypatch.setattr(dues, "MOST", 2)
    few = digest.groups(office.session, clerk)
    assert [(group.kind.key, group.counts) for group in few] == [(group.kind.key, group.counts) for group in whole]
    assert [(group.kind.key, len(group.items), group.more) for group in few] == [
        ("office_route", 2, 3),
        ("first_reply", 2, 3),
    ]
    assert [item.petition for item in few[0].items] == matters[:2]


def test_what_is_due_is_found_among_what_is_open(office: Office) -> None:
    """Issue 4: no source begins with a day or a channel, by which all that ever was due would be read (SQLite's own plan)."""
    if office.session.get_bind().dialect.name != "sqlite":
        pytest.skip("SQLite plans without statistics; PostgreSQL has them")
    asked = due_sources.Asked(office.session, actor(office, "clerk", day(10, 12)), day(10, 19))
    plans = {}
    for place in (0, 4):
        compiled = (
            due_sources.SOURCES[place]
            .narrowed(asked)
            .compile(office.session.get_bind(), compile_kwargs={"literal_binds": True})
        )
        lines = office.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").fetchall()
        plans[place] = lines[0][3]
    assert "ix_clock_running" in plans[0], plans
    assert "ix_petition_status" in plans[4], plans


@pytest.mark.db
@pytest.mark.parametrize("who", ["clerk", "office_head", "handler_a", "unit_head_a", "handler_b"])
def test_ones_own_dates_are_counted_as_they_are_listed(office: Office, who: str) -> None:
    """Own side's dates in SQL are those `is_own` finds among all, for every kind of owner."""
    for steps in ("", "forward", "forward accept", "forward accept reply", "forward accept reply serve", "guide"):
        petition = registered(office, THURSDAY, channel="letter")
        for verb in steps.split():
            move(office, petition, verb, THURSDAY)
    office.session.flush()
    reader = actor(office, who, day(12, 1))
    everything = due_items(
        office.session, reader, dues.soon_until(day(12, 1), digest.soon_days(office.session, day(12, 1)))
    )
    own = sorted((item.kind.key, item.number) for item in everything if digest.is_own(item, reader))
    mine = digest.groups(office.session, reader, mine=True)
    assert sorted((item.kind.key, item.number) for group in mine for item in group.items) == own
    assert {group.kind.key: sum(group.counts.values()) for group in mine} == {
        key: sum(kind == key for kind, _ in own) for key in {kind for kind, _ in own}
    }
    assert bool(own) is (who != "handler_b")


@pytest.mark.db
def test_matters_and_dates_are_counted_apart_from_one_source(office: Office) -> None:
    """Two matters late, one of them by two dates: the workbench and the digest say so in the same words."""
    registered(office, THURSDAY, level_from=Level.CITY, sender_due_on=day(10, 1))
    registered(office, THURSDAY)
    office.session.flush()
    clerk = actor(office, "clerk", day(10, 12))
    assert digest.late(office.session, clerk) == (2, 3)
    late = next(one for one in workbench.board(office.session, clerk).tiles if one["label"] == "已超期")
    assert (late["value"], late["sub"]) == (2, "2 件、3 个日期，最长 11 天")
    counted = digest.totals(digest.groups(office.session, clerk))["late"]
    assert digest.late_words(2, 3, counted) == "办理期限 2 件、3 个日期，其他 0 个"
