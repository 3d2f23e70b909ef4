"""Sign-ups and invitations (预约、约访): who may be put down for which session, the line, and what becomes of them (D11)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import RuleBroken
from services import appointment_lists, appointments, briefs, gate, proposals, receivers, receptions, settings
from services.receivers import Asked
from tests.fixtures.appointments import CALLER, DAY, acting, caller, session_of
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

Kind, State = AppointmentKind, AppointmentState
LATER = date(2026, 12, 16)


def refused(
    office: Office, held: m.ReceptionSession, kind: Any = Kind.SIGN_UP, by: Any = None, **said: Any
) -> RuleBroken:
    with pytest.raises(RuleBroken) as no:
        caller(office, held, kind, by, **said)
    return no.value


@pytest.mark.db
def test_a_sign_up_keeps_what_was_said(office: Office) -> None:
    held = session_of(office)
    row = caller(office, held, people_count=12, representatives="胡大年，胡小年", lower_level="村里答复过一次")
    assert (row.state, row.kind, row.signed_up_on, row.by.username) == (State.EXPECTED, Kind.SIGN_UP, TODAY, "clerk")
    assert row.representatives == "胡大年、胡小年"
    assert appointment_lists.places_left(office.session, office.actor("clerk"), held) == 9
    assert [one.id for one in appointment_lists.of_session(office.session, office.actor("leader_a"), held)] == [row.id]


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"visitor": " "}, "visitor", "来访人：请填写。"),
        ({"demand": ""}, "demand", "诉求：请填写。"),
        ({"phone": "打村里电话"}, "phone", "不像电话号码"),
        ({"phone": "12"}, "phone", "不像电话号码"),
        ({"people_count": 0, "representatives": "甲一、乙二"}, "representatives", "多于来访人数 1"),
        ({"people_count": -3}, "people_count", "应为 1 至 10000"),
        ({"people_count": 10_001}, "people_count", "应为 1 至 10000"),
        ({"people_count": 8}, "representatives", "请写明代表姓名"),
        ({"people_count": 8, "representatives": "一、二、三、四、五、六"}, "representatives", "最多 5 人"),
        ({"petition_id": 424242}, "petition_id", "没有这个选项"),
    ],
)
def test_bad_input_is_refused_at_its_field(office: Office, said: dict[str, Any], field: str, sentence: str) -> None:
    no = refused(office, session_of(office), **said)
    assert (no.field, sentence in no.message) == (field, True), no.message


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda o, held: receptions.cancel(o.session, o.actor("clerk"), held, "会议"), "已经取消"),
        (lambda o, held: setattr(held, "leader", None), "还没有接访领导"),
        (lambda o, held: setattr(held, "held_on", date(2026, 11, 20)), "已经过去"),
        (lambda o, held: [caller(o, held, visitor=f"张{n}") for n in range(10)], "预约已满"),
    ],
    ids=["called off", "no leader", "past", "full"],
)
def test_a_session_that_cannot_be_signed_up_for(office: Office, make: Any, sentence: str) -> None:
    held = session_of(office)
    make(office, held)
    office.session.flush()
    office.session.expire_all()
    no = refused(office, held)
    assert (no.field, sentence in no.message) == ("session_id", True), no.message


@pytest.mark.parametrize(
    ("day", "hour", "minute", "kind", "taken"),
    [
        (date(2026, 11, 30), 8, 59, Kind.SIGN_UP, True),
        (date(2026, 11, 30), 9, 0, Kind.SIGN_UP, False),
        (date(2026, 11, 30), 9, 0, Kind.INVITATION, False),
        (date(2026, 11, 30), 8, 59, Kind.WALK_IN, False),
        (date(2026, 11, 30), 9, 0, Kind.WALK_IN, True),
        (DAY, 3, 0, Kind.WALK_IN, True),
        (DAY, 3, 0, Kind.SIGN_UP, False),
        (date(2026, 12, 2), 3, 0, Kind.WALK_IN, False),
    ],
    ids=[
        "16:59",
        "17:00",
        "invited too late",
        "walk-in too early",
        "walk-in",
        "on the day",
        "signing up on the day",
        "after",
    ],
)
def test_the_closing_hour(office: Office, day: date, hour: int, minute: int, kind: Any, taken: bool) -> None:
    """§6: sign-up closes at 17:00 of the working day before; afterwards only walk-ins are noted."""
    held, by = session_of(office), acting(office, "clerk", day, hour, minute)
    said = {"reason": "了解情况", "invited_on": day} if kind == Kind.INVITATION else {}
    if taken:
        assert caller(office, held, kind, by, **said).id
    else:
        assert refused(office, held, kind, by, **said).field in ("session_id", "kind")


def test_the_closing_hour_and_the_numbers_are_settings(office: Office) -> None:
    held, clerk = session_of(office), office.actor("clerk")
    settings.put(office.session, clerk, "appointment_closes", "9：30")
    settings.put(office.session, clerk, "appointment_most", "1")
    assert f"{appointment_lists.closes_at(office.session, held, TODAY):%m-%d %H:%M}" == "11-30 09:30"
    caller(office, held)
    assert "已满" in refused(office, held, visitor="李四").message
    with pytest.raises(RuleBroken, match="17:00"):
        settings.put(office.session, clerk, "appointment_closes", "25点")


def test_an_urgent_invitation_is_made_at_once(office: Office) -> None:
    """约访 with reason and day; an urgent one passes by the closing hour and the numbers, never by the rest."""
    held, by = session_of(office), acting(office, "clerk", DAY)
    assert refused(office, held, Kind.INVITATION, by).field == "reason"
    row = caller(office, held, Kind.INVITATION, by, reason="矛盾可能激化", is_urgent=True)
    assert (row.invited_on, row.reason, row.is_urgent) == (DAY, "矛盾可能激化", True)
    tomorrow = {"reason": "了解情况", "invited_on": date(2026, 12, 2), "visitor": "李四"}
    assert refused(office, held, Kind.INVITATION, by, is_urgent=True, **tomorrow).field == "invited_on"
    plain = caller(office, session_of(office, day=LATER), is_urgent=True, reason="不是约访", visitor="赵六")
    assert (plain.is_urgent, plain.reason) == (False, None)


@pytest.mark.parametrize(
    ("said", "is_twice"),
    [
        ({}, True),
        ({"phone": None}, True),
        ({"phone": "13900009999"}, False),
        ({"visitor": "胡大海"}, False),
    ],
    ids=["the same", "without phone", "a namesake", "another"],
)
def test_the_same_person_twice_at_one_session(office: Office, said: dict[str, Any], is_twice: bool) -> None:
    held = session_of(office)
    caller(office, held)
    if is_twice:
        assert refused(office, held, **said).field == "visitor"
    else:
        assert caller(office, held, **said).id
    assert caller(office, session_of(office, day=LATER)).id, "another session is another matter"


def test_the_line_carried_over_first_then_signed_up_then_walk_ins(office: Office) -> None:
    """§6: those not received today come first next time; walk-ins after those who signed up."""
    first, second = session_of(office), session_of(office, day=LATER)
    signed_up = caller(office, second, visitor="先预约")
    left = caller(office, first, visitor="没接待")
    on_day = acting(office, "clerk", DAY, 8)
    carried = appointments.carry(office.session, on_day, left)
    eve = acting(office, "clerk", date(2026, 12, 15), 10)
    walk_in = caller(office, second, Kind.WALK_IN, eve, visitor="临时来")
    invited = caller(office, second, Kind.INVITATION, eve, visitor="约来的", reason="急", is_urgent=True)
    shown = appointment_lists.of_session(office.session, on_day, second)
    assert [row.visitor for row in shown] == ["没接待", "先预约", "约来的", "临时来"]
    assert [row.id for row in shown] == [carried.id, signed_up.id, invited.id, walk_in.id]
    assert (left.state, carried.state, carried.carried_from) == (State.CARRIED, State.EXPECTED, left)
    assert carried.demand == left.demand


def test_carrying_over_needs_a_next_session_and_its_day(office: Office) -> None:
    held = session_of(office)
    row = caller(office, held)
    with pytest.raises(RuleBroken, match="还没有到"):
        appointments.carry(office.session, office.actor("clerk"), row)
    with pytest.raises(RuleBroken, match="后面没有已排定的场次"):
        appointments.carry(office.session, acting(office, "clerk", DAY), row)
    assert row.state == State.EXPECTED


def test_received_makes_the_record_with_everything_carried_over(office: Office) -> None:
    """到访接待: the reception record, and with a matter of his the contact that joins it."""
    petition = registered(office, date(2026, 11, 2))
    move(office, petition, "assign", date(2026, 11, 3))
    row = caller(office, session_of(office), petition_id=petition.id, people_count=6, representatives="胡大年、李四")
    record = appointments.receive(office.session, acting(office, "clerk", DAY), row)
    assert (row.state, row.record, record.petition) == (State.RECEIVED, record, petition)
    assert (record.visitor, record.phone, record.people_count, record.unit_id) == (
        "胡大年",
        "13800001234",
        6,
        petition.unit_id,
    )
    came = {link.petitioner.name: link.is_representative for link in record.contact.people}
    assert came == {"胡大年": False, "李四": True}
    with pytest.raises(RuleBroken, match="不能再“到访接待”"):
        appointments.receive(office.session, acting(office, "clerk", DAY), row)


def test_received_without_a_matter_stays_a_record(office: Office) -> None:
    row = caller(office, session_of(office), is_secret=True)
    record = appointments.receive(office.session, acting(office, "clerk", DAY), row)
    assert (record.petition_id, record.is_secret, record.demand) == (None, True, CALLER["demand"])


def test_nobody_is_received_before_the_day(office: Office) -> None:
    row = caller(office, session_of(office))
    with pytest.raises(RuleBroken, match="还没有到"):
        appointments.receive(office.session, office.actor("clerk"), row)
    with pytest.raises(RuleBroken, match="还没有到"):
        appointments.mark_absent(office.session, office.actor("clerk"), row)


VERBS: dict[str, Any] = {
    "receive": lambda o, row: appointments.receive(o.session, acting(o, "clerk", DAY), row),
    "absent": lambda o, row: appointments.mark_absent(o.session, acting(o, "clerk", DAY), row),
    "carry": lambda o, row: appointments.carry(o.session, acting(o, "clerk", DAY), row),
    "cancel": lambda o, row: appointments.cancel(o.session, acting(o, "clerk", DAY), row, "来电取消"),
    "reschedule": lambda o, row: appointments.reschedule(o.session, acting(o, "clerk", DAY), row, session_of(o, day=date(2026, 12, 23))),
    "brief": lambda o, row: appointments.write_brief(o.session, acting(o, "clerk", DAY), row, "准备"),
}  # fmt: skip
ALLOWED = {(State.EXPECTED, verb) for verb in VERBS} | {(State.ABSENT, "receive")}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", list(State))
def test_every_verb_in_every_state(office: Office, state: Any, verb: str) -> None:
    """The full cross product of states and verbs."""
    row = caller(office, session_of(office))
    session_of(office, day=LATER)
    reach = {State.RECEIVED: "receive", State.ABSENT: "absent", State.CARRIED: "carry", State.CANCELLED: "cancel"}
    if state in reach:
        VERBS[reach[state]](office, row)
    assert row.state == state
    if (state, verb) in ALLOWED:
        VERBS[verb](office, row)
    else:
        with pytest.raises(RuleBroken, match="不能再"):
            VERBS[verb](office, row)


def test_to_another_session_by_the_rules_of_a_new_sign_up(office: Office) -> None:
    first, second = session_of(office), session_of(office, "b", LATER)
    row, clerk = caller(office, first), office.actor("clerk")
    with pytest.raises(RuleBroken, match="就是现在这一场"):
        appointments.reschedule(office.session, clerk, row, first)
    caller(office, second)
    with pytest.raises(RuleBroken, match="不能重复预约"):
        appointments.reschedule(office.session, clerk, row, second)
    third = session_of(office, "b", date(2026, 12, 18))
    appointments.reschedule(office.session, clerk, row, third)
    assert row.session is third


def test_a_correction_keeps_the_phone_left_empty(office: Office) -> None:
    row, clerk = caller(office, session_of(office)), office.actor("clerk")
    appointments.change(office.session, clerk, row, CALLER | {"phone": "", "place": "河西村"})
    assert (row.phone, row.place) == ("13800001234", "河西村")
    with pytest.raises(RuleBroken, match="请写明代表姓名"):
        appointments.change(office.session, clerk, row, {"people_count": 30})


def test_whom_the_office_proposes_and_why(office: Office) -> None:
    """D11: by division of work; main leaders for what is 疑难复杂; the petitioner may ask for one himself."""
    office.leader("a").division = "分管村镇建设、交通"
    office.leader("b").division = "分管民政"
    office.leader("mayor").division = "主持镇政府全面工作"
    soon = [session_of(office, key, date(2026, 12, day)) for key, day in (("mayor", 2), ("b", 3), ("a", 4), ("a", 11))]
    clerk = office.actor("clerk")
    plain = proposals.propose(office.session, clerk, Asked(demand="村道坑洼，路灯不亮。"))
    assert plain[0].session is soon[2]
    assert "属于其分管的" in plain[0].fit.reasons[0]
    assert [one.session.leader.name for one in plain] == ["赵明", "陈立国", "孙丽"]
    group = proposals.propose(office.session, clerk, Asked(demand="村道坑洼，路灯不亮。", people_count=9))
    assert (group[0].session, "疑难复杂" in group[0].fit.reasons[0]) == (soon[0], True)
    wanted = proposals.propose(office.session, clerk, Asked(demand="低保。"), office.leader("a").id)
    assert [one.session for one in wanted] == [soon[2], soon[3]]


def test_only_open_sessions_are_proposed(office: Office) -> None:
    """Full, closed, called off and led by nobody: none of them is offered."""
    full, closed, cancelled = session_of(office, "a", LATER), session_of(office, day=TODAY), session_of(office)
    free = session_of(office, "b", date(2026, 12, 9))
    settings.put(office.session, office.actor("clerk"), "appointment_most", "1")
    caller(office, full)
    receptions.cancel(office.session, office.actor("clerk"), cancelled, "会议")
    session_of(office, "", date(2026, 12, 8))
    found = proposals.open_to_sign_up(office.session, office.actor("clerk"), Asked("x"))
    assert found == [(free, 1)]
    assert closed.held_on == TODAY


def test_what_makes_a_matter_hard_is_read_from_its_matter(office: Office) -> None:
    petition = registered(office, date(2026, 10, 9))
    registered_again = registered(office, date(2026, 10, 20))
    assert receivers.demand_of(office.session, office.actor("clerk"), Asked("x", petition=petition)).hard == ()
    petition.contacts.append(registered_again.contacts[0])
    office.session.flush()
    found = receivers.demand_of(office.session, office.actor("clerk"), Asked("x", petition=petition))
    assert found.hard == ("已来信来访 2 次",)


def test_the_brief_says_what_it_is_about_and_what_was_done(office: Office) -> None:
    """接访准备: the matter, earlier contacts, routings and replies, a place for the unit's proposal (逐级)."""
    petition = registered(office, date(2026, 11, 2))
    for verb, day in (("assign", 3), ("accept", 4), ("reply", 10)):
        move(office, petition, verb, date(2026, 11, day))
    row = caller(office, session_of(office), petition_id=petition.id)
    lines = [(line.word, line.unit) for line in briefs.handled_below(petition)]
    assert lines == [("交办", "城建办"), ("受理", "城建办"), ("答复", "城建办")]
    text = briefs.draft(office.session, office.actor("clerk"), row)
    for part in (petition.number, "共 1 次", "2026-11-10 城建办 答复 补发。", "请城建办补充"):
        assert part in text
    appointments.write_brief(office.session, office.actor("clerk"), row, text)
    assert row.brief == text
    with pytest.raises(RuleBroken, match="接访准备：请填写"):
        appointments.write_brief(office.session, office.actor("clerk"), row, "  ")


@pytest.mark.db
def test_the_lists_of_the_workbench(office: Office) -> None:
    """Tomorrow's sign-ups, briefs missing, and those whom nobody can receive as things stand."""
    monday, held = session_of(office, "b", date(2026, 11, 23)), session_of(office)
    tomorrow = caller(office, monday, by=acting(office, "clerk", date(2026, 11, 19)))
    coming = caller(office, held)
    gone = caller(office, session_of(office, "mayor", LATER), visitor="王五")
    receptions.cancel(office.session, office.actor("clerk"), gone.session, "会议")
    actor, session = office.actor("clerk"), office.session

    def ids(apply: Any, *first: Any) -> list[int]:
        return [row.id for row in session.scalars(apply(*first, gate.rows(actor, m.Appointment), actor))]

    assert ids(appointment_lists.on_next_day, session) == [tomorrow.id]
    assert ids(appointment_lists.without_brief, session) == [tomorrow.id]
    assert ids(appointment_lists.coming) == [tomorrow.id, coming.id, gone.id]
    assert ids(appointment_lists.adrift, session) == [gone.id]
