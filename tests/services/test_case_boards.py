"""Boards of cases, and what asks by itself: dues, digest, workbench, nightly check (F1, F3, F8)."""

from collections.abc import Callable

import pytest

import models as m
from rules.owed import CASE_KINDS, Lack
from rules.words import Purpose, RespondentKind, RuleBroken
from services import case_boards, case_dues, case_team, case_work, digest, due_sources, gate, nightly_check, settings
from services.registration import Accused
from tests.fixtures import casework as made
from tests.fixtures.office import Office


def noted(office: Office, case: m.Case, days_ago: int, next_in: int | None) -> m.Case:
    """A line of the log written so many days ago, with its next day so many days from today."""
    day = None if next_in is None else made.day(office, next_in)
    office.session.add(m.Progress(case=case, noted_on=made.day(office, -days_ago), text="约见", next_on=day))
    case.assigned_on = made.day(office, -40)
    office.session.flush()
    office.session.expire(case, ["progress"])
    return case


def line(office: Office, who: str = "clerk", by: str = "leader", name: str = "赵明") -> tuple[int, ...]:
    found = {one.name: one for one in case_boards.board(office.session, office.actor(who), by)}
    return tuple(getattr(found[name], key) for key in case_boards.COUNTED) if name in found else ()


def ids(office: Office, key: str) -> list[int]:
    statement = gate.rows(office.actor("clerk"), m.Case)
    found = case_boards.asked_for(statement, key, office.session, office.today)
    return sorted(case.id for case in office.session.scalars(found))


# what the log says, the line of the board: running, late, log late, silent, undated
LOGS: dict[str, tuple[Callable[[Office, m.Case], object], tuple[int, ...]]] = {
    "new, nothing yet": (lambda office, case: None, (1, 0, 0, 0, 1)),
    "in time": (lambda office, case: noted(office, case, 3, 5), (1, 0, 0, 0, 0)),
    "next day today": (lambda office, case: noted(office, case, 3, 0), (1, 0, 0, 0, 0)),
    "next day passed": (lambda office, case: noted(office, case, 3, -1), (1, 0, 1, 0, 0)),
    "14 days without a line": (lambda office, case: noted(office, case, 14, 9), (1, 0, 0, 0, 0)),
    "15 days without a line": (lambda office, case: noted(office, case, 15, 9), (1, 0, 0, 1, 0)),
    "no next day": (lambda office, case: noted(office, case, 1, None), (1, 0, 0, 0, 1)),
    "past its limit": (lambda office, case: setattr(case, "close_by", made.day(office, -1)), (1, 1, 0, 0, 1)),
}


@pytest.mark.parametrize(("log", "expected"), LOGS.values(), ids=LOGS)
def test_the_board_counts_late_silent_and_undated_and_its_lists_hold_the_same_f1(
    office: Office, log: Callable[[Office, m.Case], object], expected: tuple[int, ...]
) -> None:
    case = made.case(office)
    log(office, case)
    office.session.flush()
    assert line(office) == expected
    assert line(office, by="unit", name="城建办") == expected
    for place, key in ((2, "log_late"), (3, "silent"), (4, "undated")):
        assert ids(office, key) == [case.id] * expected[place]


def test_the_last_line_decides_and_the_days_of_silence_are_a_setting_f1(office: Office) -> None:
    case = noted(office, noted(office, made.case(office), 20, -2), 10, 3)
    assert line(office) == (1, 0, 0, 0, 0)
    settings.put(office.session, office.actor("office_head"), "case_silent_days", "9")
    assert line(office) == (1, 0, 0, 1, 0)
    assert ids(office, "silent") == [case.id]


def test_leaders_without_a_case_are_shown_units_without_are_not(office: Office) -> None:
    made.case(office)
    assert line(office, name="孙丽") == (0, 0, 0, 0, 0)
    assert line(office, by="unit", name="民政办") == ()
    with pytest.raises(RuleBroken, match="只能按包案领导或责任单位"):
        case_boards.board(office.session, office.actor("clerk"), "village")


def test_cases_without_owner_or_leader_are_listed_f1(office: Office) -> None:
    owned, bare = made.case(office), made.case(office, made.matter(office))
    bare.responsible_id = None
    office.leader("a").is_active = False
    office.session.flush()
    assert ids(office, "unowned") == [bare.id]
    assert ids(office, "leaderless") == [owned.id, bare.id]
    assert ids(office, "nonsense") == []


def test_open_ledger_rows_that_nobody_carries_are_listed_g2(office: Office) -> None:
    campaign = m.Campaign(name="化解年", body="联席办", starts_on=made.day(office, -9), ends_on=made.day(office, 90))
    office.session.add(campaign)
    carried = made.case(office).petition
    rows = [
        m.CampaignCase(campaign=campaign, petition=petition, entered_on=office.today)
        for petition in (carried, made.matter(office))
    ]
    office.session.add_all(rows)
    office.session.flush()
    assert case_boards.unled(office.session, office.actor("clerk")) == [rows[1]]


def test_the_accused_counts_no_case_against_himself_c2(office: Office) -> None:
    accused = [Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")]
    petition = made.matter(office, purpose=Purpose.REPORT, respondents=accused, steps="")
    made.case(office, petition, leader_id=office.leader("b").id, unit_id=office.unit("b").id)
    assert line(office, "inspector", name="孙丽")[0] == 1
    assert line(office, "unit_head_a", name="孙丽") == (0, 0, 0, 0, 0)


def test_the_sheet_says_the_same_with_a_sum_i1(office: Office) -> None:
    noted(office, made.case(office), 20, -1)
    made.case(office, made.matter(office))
    sheet = case_boards.sheet(office.session, office.actor("clerk"), "leader")
    rows = {row["name"]: row for row in sheet.rows}
    assert [rows["赵明（副镇长）"][key] for key in case_boards.COUNTED] == [2, 0, 1, 1, 1]
    assert sheet.totals["running"] == 2
    assert [column.label for column in sheet.columns][4] == "15 天无进展"


# -- what asks by itself


def asked(office: Office, who: str) -> set[str]:
    """Kinds of case dates in somebody's own digest."""
    return {group.kind.key for group in digest.groups(office.session, office.actor(who), mine=True)} & set(CASE_KINDS)


def test_a_promised_day_that_passed_asks_leader_person_team_and_office_and_nobody_else_f3(office: Office) -> None:
    case = noted(office, made.case(office), 9, -2)
    said = case_team.Person(user_id=office.user("unit_head_a").id)
    case_team.join(office.session, office.actor("clerk"), case, said)
    office.session.expire_all()
    for who in ("leader_a", "handler_a", "unit_head_a", "clerk", "office_head"):
        assert asked(office, who) == {"case_log"}, who
    for who in ("leader_b", "handler_b", "leader_in_charge"):
        assert asked(office, who) == set(), who


def test_every_date_of_a_case_falls_due_f3(office: Office) -> None:
    case = made.case(office, report_by=made.day(office, 61), first_meeting_by=made.day(office, 3))
    case_work.add_step(office.session, office.actor("clerk"), case, made.day(office, 4), "核对底册")
    office.session.expire_all()
    until = made.day(office, 99)
    found = [one for one in due_sources.items(office.session, office.actor("clerk"), until) if one.about is case]
    assert {(one.kind.key, one.due) for one in found} == {
        ("case_step", made.day(office, 4)), ("case_meet", made.day(office, 3)), ("case_close", made.day(office, 60)),
        ("case_report", made.day(office, 61)),
    }  # fmt: skip
    case_work.note_progress(office.session, office.actor("leader_a"), case, "已约见", next_on=made.day(office, 7))
    kinds = {
        one.kind.key for one in due_sources.items(office.session, office.actor("clerk"), until) if one.about is case
    }
    assert kinds == {"case_step", "case_log", "case_close", "case_report"}, "the first meeting was held"


def test_the_workbench_counts_for_those_who_carry_and_for_the_office_f3(office: Office) -> None:
    noted(office, made.case(office), 9, -2)
    made.case(office, made.matter(office))
    counts = {
        who: case_dues.counts(office.session, office.actor(who))
        for who in ("leader_a", "handler_a", "clerk", "leader_b")
    }
    assert counts["leader_a"] == counts["handler_a"] == counts["clerk"] == {"log_late": 1, "undated": 1}
    assert counts["leader_b"] == {"log_late": 0, "undated": 0}


def test_the_nightly_check_lists_cases_without_a_next_day_or_a_leader_in_office_b8(office: Office) -> None:
    fine, bare = noted(office, made.case(office), 1, 3), made.case(office, made.matter(office))
    nightly_check.run(office.session, office.actor("system"))
    lacks = {Lack.CASE_NEXT, Lack.CASE_LEADER}
    rows = office.session.scalars(nightly_check.findings(office.session, office.actor("clerk")))
    assert [(one.lack, one.petition) for one in rows if one.lack in lacks] == [(Lack.CASE_NEXT, bare.petition)]
    office.leader("a").is_active = False
    office.session.flush()
    nightly_check.run(office.session, office.actor("system"))
    rows = office.session.scalars(nightly_check.findings(office.session, office.actor("clerk")))
    gone = {one.petition for one in rows if one.lack is Lack.CASE_LEADER}
    assert gone == {fine.petition, bare.petition}


# next day, day of the line, field, sentence
BAD_LOG = {
    "line of tomorrow": (5, 1, "noted_on", "不能晚于今天"),
    "line before the matter": (5, -400, "noted_on", "不能早于这件事项登记之日"),
    "next day yesterday": (-1, -5, "next_on", "不能早于今天"),
}


@pytest.mark.parametrize(("next_in", "day", "field", "words"), BAD_LOG.values(), ids=BAD_LOG)
def test_a_line_of_the_log_that_cannot_be_right_names_its_field_f3(
    office: Office, next_in: int, day: int, field: str, words: str
) -> None:
    case = made.case(office)
    case.petition.registered_on = made.day(office, -30)
    with pytest.raises(RuleBroken, match=words) as no:
        case_work.note_progress(
            office.session, office.actor("clerk"), case, "约见", made.day(office, day), made.day(office, next_in)
        )
    assert (no.value.field, office.session.query(m.Progress).count()) == (field, 0)
