"""Letters before a leader (领导阅批): put, read, reported, fed back, withdrawn; who sees them; the rates (C1–C3, §3, §5)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import ReadingReason, ReadingState
from rules.words import Purpose, RespondentKind, RuleBroken, Satisfaction
from services import figures, gate, guarding, petitions, reading_lists, readings, registration, settings
from services.figure_rows import Narrow
from services.registration import Accused
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import Office

TODAY = date(2026, 11, 21)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def letter(office: Office, day: date = TODAY, **said: Any) -> m.Contact:
    return registered(office, day, **{"channel": "letter"} | said).contacts[0]


def put(office: Office, leader: str = "a", day: date = TODAY, contact: m.Contact | None = None) -> m.Reading:
    reason = ReadingReason.PROBLEM
    who = actor(office, "clerk", day)
    return readings.put(office.session, who, contact or letter(office, day), office.leader(leader), reason)


def done(office: Office, due: date | None = None) -> m.Reading:
    """Read by 赵明 today; a closing report is due on `due`."""
    row = put(office)
    readings.read(office.session, office.actor("leader_a"), row, "请城建办一周内修复。", TODAY, due)
    return row


# -- the way of one letter


def test_a_letter_is_read_and_its_result_fed_back(office: Office) -> None:
    """C1: the instruction is registered; the result and the writer's own opinion go back to the leader."""
    row = put(office)
    assert readings.state_of(row, TODAY) is ReadingState.TO_READ
    leader, clerk = office.actor("leader_a"), office.actor("clerk")
    with pytest.raises(RuleBroken, match="还没有阅批"):
        readings.feed_back(office.session, clerk, row, "已修复。", Satisfaction.GOOD)
    readings.read(office.session, leader, row, " 请城建办一周内修复。 ", TODAY)
    assert (row.instruction, row.read_on, row.read_by_id) == ("请城建办一周内修复。", TODAY, leader.user_id)
    readings.feed_back(office.session, clerk, row, "已修复。", Satisfaction.FAIR)
    assert (row.result, row.writer_opinion, row.fed_back_on) == ("已修复。", Satisfaction.FAIR, TODAY)
    assert readings.state_of(row, TODAY) is ReadingState.FED_BACK


def test_a_closing_report_is_late_explained_and_signed(office: Office) -> None:
    """C3: if it is late, the unit's reason, progress and asked extension are recorded; the leader signs."""
    row = done(office, date(2026, 11, 25))
    move(office, row.petition, "assign", TODAY)
    late = actor(office, "handler_a", date(2026, 11, 26))
    assert readings.state_of(row, late.today) is ReadingState.LATE
    assert reading_lists.waiting(office.session, late) == {"late": 1}
    readings.explain(office.session, late, row, "材料未到", "已开工", date(2026, 12, 5))
    assert (row.late_reason, row.progress, row.extension_to) == ("材料未到", "已开工", date(2026, 12, 5))
    assert readings.state_of(row, date(2026, 12, 5)) is ReadingState.REPORT_DUE
    assert readings.state_of(row, date(2026, 12, 6)) is ReadingState.LATE
    readings.sign(office.session, actor(office, "leader_a", date(2026, 12, 4)), row, date(2026, 12, 4))
    assert readings.state_of(row, date(2026, 12, 6)) is ReadingState.SIGNED


@pytest.mark.parametrize(
    ("verb", "by", "said", "field"),
    [
        ("read", "leader_a", (" ", TODAY), "instruction"),
        ("read", "leader_a", ("同意", date(2026, 11, 22)), "read_on"),
        ("read", "leader_a", ("同意", date(2026, 11, 20)), "read_on"),
        ("read", "leader_a", ("同意", TODAY, date(2026, 11, 20)), "report_due_on"),
        ("withdraw", "clerk", (" ",), "reason"),
        ("sign", "leader_a", (TODAY,), None),
        ("explain", "clerk", ("甲", "乙", None), None),
        ("feed_back", "clerk", ("已办", Satisfaction.GOOD), None),
    ],
)
def test_what_an_unread_letter_refuses(office: Office, verb: str, by: str, said: tuple[Any, ...], field: str) -> None:
    row = put(office)
    with pytest.raises(RuleBroken) as no:
        getattr(readings, verb)(office.session, office.actor(by), row, *said)
    assert (no.value.field, readings.state_of(row, TODAY)) == (field, ReadingState.TO_READ)


@pytest.mark.parametrize(
    ("verb", "by", "said", "field"),
    [
        ("read", "leader_a", ("再批", TODAY), None),
        ("withdraw", "clerk", ("弄错",), None),
        ("feed_back", "clerk", ("", Satisfaction.GOOD), "result"),
        ("sign", "leader_a", (date(2026, 11, 20),), "signed_on"),
        ("sign", "leader_a", (date(2026, 11, 22),), "signed_on"),
        ("explain", "clerk", ("", "乙", None), "late_reason"),
        ("explain", "clerk", ("甲", "", None), "progress"),
        ("explain", "clerk", ("甲", "乙", date(2026, 11, 25)), "extension_to"),
    ],
)
def test_what_a_read_letter_refuses(office: Office, verb: str, by: str, said: tuple[Any, ...], field: str) -> None:
    row = done(office, date(2026, 11, 25))
    with pytest.raises(RuleBroken) as no:
        getattr(readings, verb)(office.session, office.actor(by), row, *said)
    assert (no.value.field, readings.state_of(row, TODAY)) == (field, ReadingState.REPORT_DUE)


@pytest.mark.parametrize(
    ("verb", "by", "said"),
    [
        ("read", "leader_b", ("同意", TODAY)),
        ("read", "handler_a", ("同意", TODAY)),
        ("sign", "leader_b", (TODAY,)),
        ("explain", "handler_b", ("甲", "乙", None)),
        ("explain", "leader_a", ("甲", "乙", None)),
        ("feed_back", "leader_a", ("已办", Satisfaction.GOOD)),
        ("withdraw", "leader_a", ("不看",)),
    ],
)
def test_each_step_has_its_people(office: Office, verb: str, by: str, said: tuple[Any, ...]) -> None:
    """§4: a leader what lies before himself, the unit its own matters, the office the rest."""
    row = put(office)
    move(office, row.petition, "assign", TODAY)
    with pytest.raises(gate.Forbidden):
        getattr(readings, verb)(office.session, office.actor(by), row, *said)


def test_only_the_office_puts_a_letter_before_a_leader(office: Office) -> None:
    with pytest.raises(gate.Forbidden):
        readings.put(
            office.session, office.actor("handler_a"), letter(office), office.leader("a"), ReadingReason.PROBLEM
        )


def test_it_does_not_lie_before_one_leader_twice(office: Office) -> None:
    row = put(office)
    with pytest.raises(RuleBroken, match="不必重复") as no:
        put(office, contact=row.contact)
    assert no.value.field == "leader_id"
    put(office, "b", contact=row.contact)
    readings.withdraw(office.session, office.actor("clerk"), row, "呈错")
    assert readings.state_of(row, TODAY) is ReadingState.WITHDRAWN
    again = put(office, contact=row.contact)
    readings.read(office.session, office.actor("clerk"), again, "已阅。", TODAY)
    put(office, contact=row.contact)


@pytest.mark.parametrize(("case", "said"), [("voided", "已作废"), ("left", "在任领导")])
def test_what_is_not_put_before_a_leader(office: Office, case: str, said: str) -> None:
    contact = letter(office)
    if case == "voided":
        move(office, contact.petition, "void", TODAY)
    else:
        office.leader("a").is_active = False
    with pytest.raises(RuleBroken, match=said):
        put(office, contact=contact)


# -- what is proposed


@pytest.mark.parametrize(
    ("said", "leader", "reasons"),
    [
        ({"demand": "陈镇长：河东村的路灯坏了。"}, "陈立国", [ReadingReason.ADDRESSED]),
        ({"people_count": 8}, None, [ReadingReason.JOINT]),
        ({"channel": "mailbox"}, None, [ReadingReason.ADDRESSED]),
        ({}, None, []),
    ],
)
def test_what_is_proposed(office: Office, said: dict[str, Any], leader: str | None, reasons: list[Any]) -> None:
    """C1: reasons are proposed where they can be seen."""
    found = readings.propose(office.session, office.actor("clerk"), letter(office, **said))
    assert (found.leader.name if found.leader else None, list(found.reasons)) == (leader, reasons)


def test_a_repeated_unresolved_letter_goes_to_the_leader_in_charge(office: Office) -> None:
    first = letter(office)
    move(office, first.petition, "assign", TODAY)
    said = registration.Registration("letter", "还是没有修。", TODAY, people=[registration.Person("赵丽华")])
    again = petitions.register(office.session, office.actor("clerk"), said, first.petition)
    found = readings.propose(office.session, office.actor("clerk"), again)
    assert (found.leader.name, found.reasons) == ("赵明", (ReadingReason.REPEATED,))
    assert readings.propose(office.session, office.actor("clerk"), first).reasons == ()


# -- the rule of the accused


def complaint(office: Office, kind: RespondentKind, row: Any, **said: Any) -> m.Contact:
    guard = {"purpose": Purpose.REPORT} | said
    return letter(office, respondents=[Accused(kind, row.id, row.name)], demand="赵明副镇长：有人截留资金。", **guard)


@pytest.mark.parametrize("case", ["himself", "his account", "unit he heads"])
def test_an_accused_leader_never_reads_a_guarded_letter(office: Office, case: str) -> None:
    """§3, Art 30(3): neither proposed nor accepted."""
    if case == "unit he heads":
        office.unit("b").head_leader = office.leader("a")
        office.session.flush()
    kind, row = {
        "himself": (RespondentKind.LEADER, office.leader("a")),
        "his account": (RespondentKind.USER, office.user("leader_a")),
        "unit he heads": (RespondentKind.UNIT, office.unit("b")),
    }[case]
    contact = complaint(office, kind, row)
    proposed = readings.propose(office.session, office.actor("clerk"), contact).leader
    assert proposed is None or proposed.name != "赵明"
    with pytest.raises(RuleBroken, match="应当回避") as no:
        put(office, contact=contact)
    assert no.value.field == "leader_id"
    put(office, "in_charge", contact=contact)


def test_a_letter_that_turns_out_to_be_about_him_is_taken_away(office: Office) -> None:
    """§3: when a matter becomes a guarded one later."""
    contact = complaint(office, RespondentKind.LEADER, office.leader("a"), purpose=Purpose.SEEK)
    row, other = put(office, contact=contact), put(office, "b", contact=contact)
    leader = office.actor("leader_a")
    assert gate.find(office.session, leader, m.Reading, row.id) is row
    contact.petition.is_secret = True
    guarding.set_guard(office.session, office.actor("clerk"), contact.petition, was_guarded=False)
    assert row.withdrawn_reason == "回避：阅批领导为被反映人或与其同单位"
    assert other.withdrawn_reason is None
    for model, key in ((m.Reading, row.id), (m.Petition, contact.petition_id)):
        with pytest.raises(gate.NotHere):
            gate.find(office.session, leader, model, key)


# -- who sees what


def seen(office: Office, username: str, model: Any) -> int:
    return gate.count(office.session, gate.rows(office.actor(username), model))


def test_a_leader_sees_his_own_readings_and_their_matters(office: Office) -> None:
    """§4: 接访领导 sees his readings; a matter of a unit that is not his becomes visible with them."""
    row = put(office, "b")
    assert {name: seen(office, name, m.Reading) for name in ("leader_a", "leader_b", "clerk", "inspector")} == {
        "leader_a": 0, "leader_b": 1, "clerk": 1, "inspector": 1,
    }  # fmt: skip
    assert (seen(office, "leader_a", m.Petition), seen(office, "leader_b", m.Petition)) == (0, 1)
    readings.withdraw(office.session, office.actor("clerk"), row, "呈错")
    assert (seen(office, "leader_b", m.Reading), seen(office, "leader_b", m.Petition)) == (0, 0)


def test_a_leader_in_charge_does_not_read_what_lies_before_another(office: Office) -> None:
    """The units he answers for show him the matter, not the other leader's instruction."""
    row = put(office, "a")
    move(office, row.petition, "assign", TODAY)
    assert (seen(office, "leader_in_charge", m.Petition), seen(office, "leader_in_charge", m.Reading)) == (1, 0)
    assert (seen(office, "handler_a", m.Reading), seen(office, "handler_b", m.Reading)) == (1, 0)


def test_what_waits_for_whom(office: Office) -> None:
    row = put(office)
    waits = {name: reading_lists.waiting(office.session, office.actor(name)) for name in ("leader_a", "leader_b")}
    assert waits == {"leader_a": {"to_read": 1, "report_due": 0}, "leader_b": {"to_read": 0, "report_due": 0}}
    assert reading_lists.waiting(office.session, office.actor("archivist")) == {}
    readings.read(office.session, office.actor("leader_a"), row, "同意", TODAY)
    assert reading_lists.waiting(office.session, office.actor("clerk")) == {"result_due": 0, "late": 0}
    for verb in ("assign", "accept", "reply"):
        move(office, row.petition, verb, TODAY)
    assert reading_lists.waiting(office.session, office.actor("clerk")) == {"result_due": 1, "late": 0}


# -- the rate


def several(office: Office) -> None:
    """镇长: 2 of 3 read; 赵明: 2 of 2; 孙丽: 0 of 1, and one withdrawn; one of October."""
    for leader, count, reads in (("mayor", 3, 2), ("a", 2, 2), ("b", 1, 0)):
        for turn in range(count):
            row = put(office, leader, date(2026, 11, 2 + turn))
            if turn < reads:
                readings.read(office.session, office.actor("clerk"), row, "已阅。", TODAY)
    readings.withdraw(office.session, office.actor("clerk"), put(office, "b"), "呈错")
    put(office, "mayor", date(2026, 11, 2), letter(office, date(2026, 10, 31)))


@pytest.mark.db
def test_the_rate_counts_letters_by_the_day_they_were_received(office: Office) -> None:
    """§5, I3: read ÷ put before a leader, 收信日期; withdrawn ones do not count."""
    several(office)
    (found,) = figures.compute(office.session, office.actor("office_head"), "reading_rate", *NOVEMBER)
    assert (found["value"], found["numerator"], found["denominator"]) == (66.7, 4, 6)
    one = Narrow(leader_id=office.leader("mayor").id)
    for side, count in (("numerator", 2), ("denominator", 3), ("unread", 1)):
        behind = figures.behind(office.session, office.actor("office_head"), "reading_rate", side, *NOVEMBER, one)
        assert len(office.session.scalars(behind).all()) == count


@pytest.mark.db
def test_each_leader_against_his_minimum(office: Office) -> None:
    """C2: the main leader 70 %, others 100 %, as the office sets them."""
    several(office)
    head = office.actor("office_head")

    def lines() -> dict[str, tuple[Any, ...]]:
        found = reading_lists.by_leader(office.session, head, *NOVEMBER)
        return {line.leader.name: (line.put, line.read, line.rate, line.least, line.is_short) for line in found}

    assert lines() == {
        "陈立国": (3, 2, 66.7, 70, True),
        "赵明": (2, 2, 100.0, 100, False),
        "孙丽": (1, 0, 0.0, 100, True),
    }
    settings.put(office.session, head, "reading_least_main", "60")
    assert lines()["陈立国"][3:] == (60, False)


def test_a_leader_counts_his_own(office: Office) -> None:
    several(office)
    found = reading_lists.by_leader(office.session, office.actor("leader_a"), *NOVEMBER)
    assert [(line.leader.name, line.put) for line in found] == [("赵明", 2)]


# -- the table


@pytest.mark.db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("read before it was put", "read_after_put"),
        ("read without instruction", "read_pair"),
        ("fed back unread", "fed_back"),
        ("report before reading", "report_due"),
        ("signed without a report due", "report_signed"),
        ("withdrawn after reading", "withdrawn"),
        ("twice before one leader", "uq_reading_open|reading.petition_id"),
    ],
)
def test_the_database_refuses_what_cannot_be(office: Office, wrong: str, said: str) -> None:
    row = put(office)
    match wrong:
        case "read before it was put":
            row.read_on, row.instruction = date(2026, 11, 1), "同意"
        case "read without instruction":
            row.read_on = TODAY
        case "fed back unread":
            row.fed_back_on = TODAY
        case "report before reading":
            row.read_on, row.instruction, row.report_due_on = TODAY, "同意", date(2026, 11, 20)
        case "signed without a report due":
            row.read_on, row.instruction, row.report_signed_on = TODAY, "同意", TODAY
        case "withdrawn after reading":
            row.read_on, row.instruction, row.withdrawn_reason = TODAY, "同意", "弄错"
        case "twice before one leader":
            same = {"petition": row.petition, "contact": row.contact, "leader": row.leader}
            office.session.add(m.Reading(**same, put_on=TODAY))
    with pytest.raises(Exception, match=said):
        office.session.flush()


def test_a_reading_of_yesterday_may_be_noted_today(office: Office) -> None:
    """The office notes what the leader wrote on paper."""
    row = put(office, day=date(2026, 11, 18))
    clerk = replace(office.actor("clerk"), today=TODAY)
    readings.read(office.session, clerk, row, "请民政办核实。", date(2026, 11, 19))
    assert (row.read_on, row.read_by_id) == (date(2026, 11, 19), clerk.user_id)
