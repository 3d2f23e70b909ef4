"""The nightly check: what lacks a step, an owner or a date is found, said and mended; dates are what the rules give (B8)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import jobs
import models as m
from rules import access
from rules.owed import MENDS, Lack
from rules.words import Purpose, RespondentKind, RuleBroken
from services import calendars, clocks, gate, nightly_check, workbench
from services.registration import Accused
from tests.fixtures.handled import actor, at, move, registered, running
from tests.fixtures.office import Office

THURSDAY = date(2026, 9, 17)


def check(office: Office, today: date = THURSDAY, by: str = "clerk") -> list[tuple[Lack, str]]:
    """Make the check; what the actor sees of it."""
    who = actor(office, by, today)
    nightly_check.run(office.session, who)
    rows = office.session.scalars(nightly_check.findings(office.session, who).order_by(m.CheckFinding.id))
    return [(row.lack, row.text) for row in rows]


def matter(office: Office, *steps: str, **said: Any) -> m.Petition:
    petition = registered(office, THURSDAY, **said)
    for verb in steps:
        move(office, petition, verb, THURSDAY)
    return petition


def test_an_office_in_order_has_no_findings(office: Office) -> None:
    """Every state, for every purpose, is dated by the law, a letter or a target of the office."""
    to_served = ("forward", "accept", "reply", "serve")
    for purpose in Purpose:
        for steps in ((), ("submit",), ("forward",), ("forward", "object"), to_served[:2], to_served[:3], to_served):
            matter(office, *steps, purpose=purpose)
        matter(office, *to_served, "ask_review", purpose=purpose)
        matter(office, *to_served, "ask_review", "uphold", purpose=purpose)
        matter(office, "forward", "refuse", purpose=purpose)
        matter(office, "guide", purpose=purpose)
        matter(office, "forward", "divert", purpose=purpose)
    assert check(office) == []


def no_unit(office: Office, petition: m.Petition) -> None:
    petition.unit_id = None


def unit_gone(office: Office, petition: m.Petition) -> None:
    office.unit("a").is_active = False


def nobody_there(office: Office, petition: m.Petition) -> None:
    for name in ("handler_a", "unit_head_a"):
        office.user(name).is_active = False


def handler_gone(office: Office, petition: m.Petition) -> None:
    office.user("handler_a").is_active = False


def no_date(office: Office, petition: m.Petition) -> None:
    clocks.stop(petition, ("unit_accept", "object"), THURSDAY)


def carried(office: Office, petition: m.Petition) -> None:
    petition.is_carried_over = True
    no_date(office, petition)


def wrong_clock(office: Office, petition: m.Petition) -> None:
    clock = next(clock for clock in petition.clocks if clock.term == "unit_accept")
    clock.due_on -= timedelta(days=1)
    clock.breach_on -= timedelta(days=1)
    clocks.mirror(petition)


def wrong_mirror(office: Office, petition: m.Petition) -> None:
    petition.breach_on = petition.due_on = date(2026, 12, 1)


# forwarded on 17 September: told by 2 October, put off to the 8th
@pytest.mark.parametrize(
    ("spoil", "steps", "lack", "text"),
    [
        (no_unit, "forward", Lack.UNIT, "“待受理”，没有责任单位。"),
        (unit_gone, "forward", Lack.UNIT_GONE, "责任单位“城建办”已停用。"),
        (nobody_there, "forward", Lack.PEOPLE, "责任单位“城建办”没有可以承办的账号。"),
        (handler_gone, "forward accept", Lack.HANDLER, "承办人的账号已停用。"),
        (no_date, "forward", Lack.DATE, "“待受理”，下一步没有期限。"),
        (carried, "forward", Lack.CARRIED, "“待受理”，下一步没有期限。"),
        (wrong_mirror, "forward", Lack.MIRROR, "列表上是 2026-12-01，应为 2026-09-23。"),
    ],
)
@pytest.mark.db
def test_what_is_found(
    office: Office, spoil: Callable[[Office, m.Petition], None], steps: str, lack: Lack, text: str
) -> None:
    petition = matter(office, *steps.split())
    spoil(office, petition)
    office.session.flush()
    if lack is Lack.MIRROR:
        text = text.replace("2026-09-23", str(clocks.current(petition).breach_on))  # type: ignore[union-attr]
    assert check(office) == [(lack, text)]


def test_the_leader_it_was_put_before_is_gone(office: Office) -> None:
    petition = matter(office, "submit")
    office.leader("in_charge").is_active = False
    office.session.flush()
    assert check(office) == [(Lack.ENDORSER, "签批领导林海已不在任或没有账号。")]
    move(office, petition, "take_back", THURSDAY)
    assert check(office) == []
    assert petition.proposed_to_id is None


def test_every_finding_says_where_it_is_mended(office: Office) -> None:
    """The move offered is one the finder may make now; whoever may not gets the words alone."""
    assert set(MENDS) == set(Lack)
    matter(office, "submit")
    office.leader("in_charge").is_active = False
    office.session.flush()
    check(office)
    clerk = actor(office, "clerk", THURSDAY)
    finding = office.session.scalars(nightly_check.findings(office.session, clerk)).one()
    assert nightly_check.where_to_mend(clerk, finding) == ("请撤回呈阅，改呈其他领导。", "take_back")
    assert nightly_check.where_to_mend(actor(office, "inspector", THURSDAY), finding)[1] == ""


def test_a_date_is_given_and_the_finding_goes(office: Office) -> None:
    """B8: carried-over matters start no clock of the law; the office names a day."""
    petition = matter(office, "forward")
    carried(office, petition)
    office.session.flush()
    assert [lack for lack, _text in check(office)] == [Lack.CARRIED]
    move(office, petition, "set_date", THURSDAY, feedback_on=date(2026, 10, 30))
    assert check(office) == []
    assert (petition.due_term, petition.due_on) == ("feedback", date(2026, 10, 30))


@pytest.mark.parametrize(("on", "sentence"), [(date(2026, 9, 16), "不能早于今天"), (date(2027, 9, 30), "在一年以后")])
def test_a_date_named_anew_is_a_day_to_come(office: Office, on: date, sentence: str) -> None:
    petition = matter(office, "assign")
    with pytest.raises(RuleBroken, match=sentence) as no:
        move(office, petition, "set_date", THURSDAY, feedback_on=on)
    assert (no.value.field, running(petition, ())["feedback"][0]) == ("feedback_on", date(2027, 1, 4))


def test_an_extension_does_not_move_the_letters_date_but_says_so(office: Office) -> None:
    """B3: 60 days from 17 September end on 16 November; the letter names the 20th; 30 more days go beyond it."""
    petition = matter(office)
    move(office, petition, "assign", THURSDAY, feedback_on=date(2026, 11, 20))
    move(office, petition, "accept", THURSDAY)
    assert check(office) == []
    move(office, petition, "extend", date(2026, 11, 10))
    assert petition.due_term == "feedback"
    assert check(office, date(2026, 11, 10)) == [
        (Lack.BEFORE_EXTENSION, "已批准延期到 2026-12-16，反馈期限仍是 2026-11-20。")
    ]
    move(office, petition, "set_date", date(2026, 11, 11), feedback_on=date(2026, 12, 18))
    assert check(office, date(2026, 11, 11)) == []
    assert (petition.due_term, petition.legs[-1].feedback_on) == ("handle", date(2026, 12, 18))
    assert [clock.due_on for clock in petition.clocks if clock.term == "feedback"] == [
        date(2026, 11, 20), date(2026, 12, 18)
    ], "the first date stays in the history"  # fmt: skip


# --- dates against the rules


@pytest.mark.db
def test_a_clock_that_differs_from_the_rules_is_reported_and_mended(office: Office) -> None:
    """Both dates are said; computing again is the office head's and goes through the trail."""
    petition = matter(office, "forward")
    wrong_clock(office, petition)
    office.session.flush()
    said = "受理告知：记录为 2026-10-01，截止 2026-10-07；按现在的规则应为 2026-10-02，截止 2026-10-08。"
    assert check(office) == [(Lack.CLOCK, said)]
    with pytest.raises(gate.Forbidden):
        nightly_check.mend(office.session, actor(office, "clerk", THURSDAY))
    assert nightly_check.mend(office.session, actor(office, "office_head", THURSDAY)) == 1
    assert running(petition)["unit_accept"] == (date(2026, 10, 2), date(2026, 10, 8))
    assert check(office) == []


def test_a_day_written_into_the_calendar_past_the_screens_is_seen(office: Office) -> None:
    """8 October becomes a rest day: what ran until the 8th should run until the 9th."""
    matter(office)
    office.session.add(m.CalendarDay(day=date(2026, 10, 8), kind="holiday", note="放假"))
    office.session.flush()
    calendars.forget(office.session)
    said = "转送、交办：记录为 2026-10-02，截止 2026-10-08；按现在的规则应为 2026-10-02，截止 2026-10-09。"
    assert check(office) == [(Lack.CLOCK, said)]


# --- who sees what, and when it runs


def test_the_accused_see_no_finding_and_no_count(office: Office) -> None:
    """§3: findings go through the matter's own gate."""
    accused = Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")
    petition = matter(office, purpose=Purpose.REPORT, respondents=[accused])
    move(office, petition, "forward", THURSDAY, unit_id=office.unit("b").id)
    no_date(office, petition)
    office.session.flush()
    assert len(check(office)) == 1
    lines = {
        who: nightly_check.line(office.session, actor(office, who, THURSDAY))
        for who in ("clerk", "handler_b", "handler_a", "unit_head_a")
    }
    assert {who: line and line["count"] for who, line in lines.items()} == {
        "clerk": 1, "handler_b": 1, "handler_a": 0, "unit_head_a": 0,
    }  # fmt: skip


def test_only_the_last_runs_findings_are_kept(office: Office) -> None:
    petition = matter(office, "forward")
    no_date(office, petition)
    office.session.flush()
    check(office)
    check(office)
    assert office.session.scalar(sa.select(sa.func.count(m.CheckFinding.id))) == 1
    assert office.session.scalar(sa.select(sa.func.count(m.CheckRun.id))) == 2


@pytest.mark.db
def test_the_night_is_checked_once(office: Office) -> None:
    """`flask jobs run` every quarter of an hour: the first pass of a day makes the check."""
    matter(office, "forward")
    office.session.commit()
    assert jobs.check_at_night(office.session, THURSDAY, at(THURSDAY)) == {"matters": 1, "clocks": 2, "findings": 0}
    assert jobs.check_at_night(office.session, THURSDAY, at(THURSDAY)) is None
    assert jobs.check_at_night(office.session, THURSDAY + timedelta(days=1), at(THURSDAY)) is not None
    with pytest.raises(RuleBroken, match="已经做过"):
        nightly_check.run(office.session, access.system(THURSDAY, at(THURSDAY)), key=nightly_check.night(THURSDAY))


def test_the_workbench_says_what_the_last_run_found(office: Office) -> None:
    assert workbench.board(office.session, actor(office, "clerk", THURSDAY)).checked is None
    check(office)
    assert workbench.board(office.session, actor(office, "clerk", THURSDAY)).checked == {
        "ran_at": at(THURSDAY), "count": 0,
    }  # fmt: skip
    with pytest.raises(gate.Forbidden):
        nightly_check.run(office.session, actor(office, "unit_head_a", THURSDAY))
