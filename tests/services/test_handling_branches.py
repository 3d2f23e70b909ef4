"""The branches of the law with dates worked by hand: objection, simple handling, other procedures, review, re-review (B2–B12)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.handling_words import Finding, Procedure, ReviewResult
from rules.words import Level, Purpose, RespondentKind, RuleBroken, Satisfaction, Status
from services import clocks, gate, settings
from services.registration import Accused
from tests.fixtures.handled import actor, at, move, registered, running
from tests.fixtures.office import Office
from tests.services.paper_files import words_of

THURSDAY, MONDAY = date(2026, 9, 17), date(2026, 9, 21)
# 2026: rest days 9-25 to 9-27 and 10-01 to 10-07, working Saturday 10-10; 5-01 to 5-05, working Saturday 5-09


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def after(office: Office, *steps: str, on: date = MONDAY, **said: Any) -> m.Petition:
    """A matter registered on that Thursday that has made these moves."""
    petition = registered(office, THURSDAY, **said)
    for verb in steps:
        move(office, petition, verb, on)
    return petition


# --- before a leader first (B2)


def test_where_set_a_matter_is_assigned_only_on_a_dated_endorsement(office: Office) -> None:
    settings.put(office.session, actor(office, "office_head", THURSDAY), "endorse_first", "是")
    petition = registered(office, THURSDAY)
    with pytest.raises(RuleBroken, match="请先“呈阅”"):
        move(office, petition, "assign", MONDAY)
    move(office, petition, "submit", MONDAY)
    assert petition.status is Status.PROPOSED
    assert running(petition) == {"office_route": (day(10, 2), day(10, 8))}, "the clock goes on"
    with pytest.raises(RuleBroken, match="不是呈您签批的"):
        move(office, petition, "endorse", MONDAY, by="leader_a")
    made = move(office, petition, "endorse", day(9, 22))
    assert (made.note, petition.endorsed_on) == ("同意，请城建办一个月内办结。", day(9, 22))
    move(office, petition, "assign", day(9, 22))
    assert petition.status is Status.ROUTED


def test_a_matter_is_never_put_before_the_leader_it_complains_of(office: Office) -> None:
    """rules-of-the-office §3."""
    accused = Accused(RespondentKind.LEADER, office.leader("in_charge").id, "林海")
    petition = registered(office, THURSDAY, purpose=Purpose.REPORT, respondents=[accused])
    with pytest.raises(RuleBroken, match="是被反映人") as no:
        move(office, petition, "submit", MONDAY)
    assert no.value.field == "leader_id"


# --- objection and return (Art 23): 5 working days after 9-21 are 22, 23, 24, 28 and 29 September


@pytest.mark.parametrize(("on", "is_in_time"), [(day(9, 29), True), (day(9, 30), False)])
def test_a_unit_may_object_for_five_working_days(office: Office, on: date, is_in_time: bool) -> None:
    petition = after(office, "assign")
    assert running(petition, ("feedback",))["object"] == (day(9, 29), day(9, 29))
    if not is_in_time:
        with pytest.raises(RuleBroken, match="已超过收到后 5 个工作日"):
            move(office, petition, "object", on)
        return
    move(office, petition, "object", on)
    assert petition.status is Status.OBJECTED
    assert "unit_accept" in running(petition), "objecting stops no clock of the law"


def test_a_return_needs_the_offices_consent_and_the_first_clock_goes_on(office: Office) -> None:
    petition = after(office, "assign", "object")
    with pytest.raises(gate.Forbidden):
        move(office, petition, "agree_return", day(9, 22), by="handler_a")
    paper = move(office, petition, "agree_return", day(9, 22)).document
    assert paper is not None
    assert (paper.title, paper.addressee, paper.number) == ("退回函", "城建办", "信退〔2026〕1号")
    assert (petition.status, petition.unit_id, petition.legs[0].end_reason) == (Status.REGISTERED, None, "同意退回")
    assert running(petition) == {"office_route": (day(10, 2), day(10, 8))}, "counted from the registration again"
    move(office, petition, "forward", day(9, 23), unit_id=office.unit("b").id)
    assert petition.unit == office.unit("b")


def test_a_refused_objection_leaves_the_matter_with_the_unit(office: Office) -> None:
    petition = after(office, "assign", "object")
    move(office, petition, "refuse_return", day(9, 22))
    assert petition.status is Status.ROUTED
    with pytest.raises(RuleBroken, match="与信访办协商"):
        move(office, petition, "object", day(9, 22))
    move(office, petition, "accept", day(9, 22))


def test_a_wrong_routing_is_put_right_by_a_move_not_by_an_edit(office: Office) -> None:
    petition = after(office, "assign", "recall")
    assert petition.status is Status.REGISTERED
    assert [one.verb for one in petition.moves] == ["register", "assign", "recall"]
    assert set(running(petition, ())) == {"office_route"}


# --- elsewhere, on the spot, filed (A5, A7, B4)


@pytest.mark.parametrize(
    ("verb", "status", "title", "quoted"),
    [
        ("guide", Status.GUIDED, "引导告知单", "建设路 8 号 0731-1234567"),
        ("no_more", Status.REFUSED, "不再受理告知书", "已经复核终结。"),
    ],
)
def test_led_elsewhere_in_writing(office: Office, verb: str, status: Status, title: str, quoted: str) -> None:
    petition = after(office)
    paper = move(office, petition, verb, MONDAY).document
    assert paper is not None
    assert (petition.status, paper.title, running(petition, ())) == (status, title, {})
    assert quoted in words_of(paper.docx)
    move(office, petition, "close", MONDAY, by="clerk")


def test_a_plain_question_is_answered_on_the_spot(office: Office) -> None:
    petition = after(office, "answer", purpose=Purpose.INQUIRY)
    assert (petition.status, petition.closed_on, petition.due_on) == (Status.CLOSED, MONDAY, None)
    with pytest.raises(RuleBroken, match="请用“恢复办理”"):
        move(office, petition, "reopen", MONDAY)
    move(office, petition, "take_out", MONDAY)
    assert running(petition) == {"office_route": (day(10, 2), day(10, 8))}
    complaint = registered(office, THURSDAY, purpose=Purpose.REPORT)
    with pytest.raises(RuleBroken, match="检举控告不能当场答复"):
        move(office, complaint, "answer", MONDAY)


def test_a_letter_is_filed_by_the_head_alone_and_taken_out_again(office: Office) -> None:
    petition = after(office)
    with pytest.raises(gate.Forbidden):
        move(office, petition, "file_away", MONDAY, by="clerk")
    move(office, petition, "file_away", MONDAY)
    assert (petition.status, petition.due_on) == (Status.FILED, None)
    move(office, petition, "take_out", MONDAY)
    assert (petition.status, petition.filing) == (Status.REGISTERED, None)


# --- simple handling: decided in 3 working days (9-24), answered in 10 (24 September: … 15 October, 10-10 works)


def test_simple_handling(office: Office) -> None:
    petition = after(office, "assign")
    move(office, petition, "simple", day(9, 24))
    assert running(petition) == {"simple_answer": (day(10, 15), day(10, 15))}
    move(office, petition, "simple_reply", day(10, 8))
    assert (petition.status, petition.served_at) == (Status.SERVED, at(day(10, 8)))
    assert running(petition) == {"review_request": (day(11, 7), day(11, 9))}


def test_simple_handling_may_turn_into_the_ordinary_way(office: Office) -> None:
    petition = after(office, "assign")
    move(office, petition, "simple", day(9, 24))
    move(office, petition, "ordinary", day(9, 30))
    assert running(petition) == {"handle": (day(11, 23), day(11, 23))}, "60 days from 9-24, when it was accepted"
    with pytest.raises(RuleBroken, match="只用于适用简易办理的事项"):
        move(office, petition, "simple_reply", day(9, 30))


@pytest.mark.parametrize(
    ("said", "on", "why"),
    [
        ({}, day(9, 28), "3 个工作日"),
        ({"level_from": Level.CITY}, MONDAY, "上级交办的事项"),
        ({"people_count": 5}, MONDAY, "联名、集体信访"),
        ({"purpose": Purpose.REPORT}, MONDAY, "检举控告"),
    ],
)
def test_what_is_not_handled_simply(office: Office, said: dict[str, Any], on: date, why: str) -> None:
    petition = after(office, "assign", **said)
    with pytest.raises(RuleBroken, match=why):
        move(office, petition, "simple", on)


# --- handling: another procedure, withdrawal, questions upward, findings (B7, B12, Art 28, 31)


def test_another_procedure_has_its_own_clock(office: Office) -> None:
    petition = after(office, "assign", "accept")
    paper = move(office, petition, "divert", MONDAY, procedure=Procedure.ARBITRATION, due_on=day(11, 8)).document
    assert paper is not None
    assert "仲裁程序" in words_of(paper.docx)
    assert running(petition) == {"other_law": (day(11, 8), day(11, 8))}, "a Sunday, as that law says it"
    clock = clocks.current(petition)
    assert clock is not None
    assert clocks.derivation(office.session, clock).sentence == "指定日期 2026-11-08（星期日），过此为超期。"
    move(office, petition, "close", day(10, 20))
    assert running(petition, ()) == {}


def test_who_has_an_interest_steps_aside(office: Office) -> None:
    petition = after(office, "assign", "accept")
    with pytest.raises(RuleBroken, match="不是责任单位的人员"):
        move(office, petition, "step_aside", MONDAY, handler_id=office.user("handler_b").id)
    with pytest.raises(RuleBroken, match="就是回避的人"):
        move(office, petition, "step_aside", MONDAY, handler_id=office.user("handler_a").id)
    made = move(office, petition, "step_aside", MONDAY)
    assert (petition.handler, petition.legs[0].handler) == (office.user("unit_head_a"),) * 2
    assert made.note == "与信访人是亲属。"


def test_a_question_upward_stops_no_clock(office: Office) -> None:
    petition = after(office, "assign", "accept")
    before = running(petition)
    with pytest.raises(RuleBroken, match="没有等待答复的请示"):
        move(office, petition, "answer_up", MONDAY)
    move(office, petition, "refer_up", MONDAY)
    office.session.expire(petition)
    assert (running(petition), petition.referrals[0].asked_on) == (before, MONDAY)
    move(office, petition, "answer_up", day(10, 8))
    assert (petition.referrals[0].answer, petition.referrals[0].answered_on) == ("按实测面积计入。", day(10, 8))


@pytest.mark.parametrize(
    ("finding", "said", "field"),
    [
        (Finding.TRUE, {}, "rectify"),
        (Finding.PARTLY, {"rectify": "补发", "rectify_by": "郑伟"}, "rectify_on"),
        (Finding.TRUE, {"rectify": "补发", "rectify_by": "郑伟", "rectify_on": day(9, 20)}, "rectify_on"),
        (Finding.FALSE, {}, "shown"),
    ],
)
def test_a_finding_asks_for_what_follows_from_it(
    office: Office, finding: Finding, said: dict[str, Any], field: str
) -> None:
    petition = after(office, "assign", "accept")
    with pytest.raises(RuleBroken) as no:
        move(office, petition, "reply", MONDAY, finding=finding, **said)
    assert no.value.field == field


def test_what_was_true_is_put_right_and_shown(office: Office) -> None:
    petition = after(office, "assign", "accept")
    said = {"finding": Finding.TRUE, "rectify": "补发 3 亩", "rectify_by": "郑伟", "rectify_on": day(10, 20)}
    move(office, petition, "reply", MONDAY, **said)
    office.session.expire(petition)
    assert [(row.text, row.due_on, row.done_on) for row in petition.rectifications] == [
        ("补发 3 亩", day(10, 20), None)
    ]
    move(office, petition, "rectified", day(10, 9))
    assert petition.rectifications[0].done_on == day(10, 9)
    with pytest.raises(RuleBroken, match="没有待整改的问题"):
        move(office, petition, "rectified", day(10, 9))


def test_a_reply_can_be_taken_back_until_it_is_served(office: Office) -> None:
    petition = after(office, "assign", "accept")
    before = running(petition)
    move(office, petition, "reply", MONDAY)
    move(office, petition, "withdraw_reply", day(9, 22))
    assert (petition.status, petition.replied_on, running(petition)) == (Status.HANDLING, None, before)


@pytest.mark.parametrize("verb", ["interview", "investigate", "mediate", "settle", "ask_extension"])
def test_papers_of_the_file(office: Office, verb: str) -> None:
    """B7: the material of the file is issued as numbered papers, the state stays."""
    petition = after(office, "assign", "accept")
    made = move(office, petition, verb, MONDAY)
    assert made.document is not None
    assert made.document.number
    assert made.document.number.endswith("〔2026〕1号")
    assert petition.status is Status.HANDLING


# --- review and re-review: served 3-10; window to 4-09; asked 4-09, decided by 5-09 (a working Saturday)


def served(office: Office) -> m.Petition:
    petition = registered(office, day(3, 2))
    for verb in ("assign", "accept"):
        move(office, petition, verb, day(3, 2))
    for verb in ("reply", "serve"):
        move(office, petition, verb, day(3, 10))
    return petition


@pytest.mark.parametrize(
    ("asked_on", "why"),
    [
        (day(4, 10), "已经逾期"),
        (day(3, 9), "不能早于送达日期"),
        (day(4, 20), "不能晚于今天"),
        (day(2, 9), "不能早于登记日期"),
    ],
)
def test_a_review_is_asked_for_within_its_window(office: Office, asked_on: date, why: str) -> None:
    petition = served(office)
    with pytest.raises(RuleBroken, match=why) as no:
        move(office, petition, "ask_review", day(4, 12), asked_on=asked_on)
    assert (no.value.field, petition.status) == ("asked_on", Status.SERVED)


def test_review_and_re_review(office: Office) -> None:
    """B6: each step's clock; a hearing's days are not counted (Art 36)."""
    petition = served(office)
    assert running(petition) == {"review_request": (day(4, 9), day(4, 9))}
    move(office, petition, "ask_review", day(4, 12), asked_on=day(4, 9))
    assert (petition.status, running(petition)) == (Status.REVIEWING, {"review": (day(5, 9), day(5, 9))})
    paper = move(office, petition, "uphold", day(5, 8), result=ReviewResult.CHANGED).document
    assert paper is not None
    assert (paper.title, "变更原处理意见" in words_of(paper.docx)) == ("复查意见书", True)
    assert (petition.status, running(petition)) == (Status.REVIEWED, {"recheck_request": (day(6, 7), day(6, 8))})
    move(office, petition, "ask_recheck", day(6, 8))
    assert running(petition) == {"recheck": (day(7, 8), day(7, 8))}
    move(office, petition, "hear", day(6, 22), from_on=day(6, 20), to_on=day(6, 22))
    assert running(petition) == {"recheck": (day(7, 11), day(7, 13))}, "3 days more, put off from a Saturday"
    clock = clocks.current(petition)
    assert clock is not None
    assert "听证 3 天不计入" in clocks.derivation(office.session, clock).sentence
    move(office, petition, "recheck_uphold", day(7, 13))
    assert (petition.status, running(petition)) == (Status.FINAL, {})
    move(office, petition, "close", day(7, 14))


@pytest.mark.parametrize("closed_first", [False, True])
def test_an_annulled_opinion_is_handled_again(office: Office, closed_first: bool) -> None:
    petition = served(office)
    if closed_first:
        move(office, petition, "close", day(3, 20))
    move(office, petition, "ask_review", day(4, 9))
    paper = move(office, petition, "annul", day(5, 8)).document
    assert paper is not None
    assert "撤销原处理意见，责令重新办理" in words_of(paper.docx)
    assert (petition.status, running(petition)) == (Status.HANDLING, {"handle": (day(7, 7), day(7, 7))})
    assert (petition.closed_on, petition.replied_on, petition.opinion) == (None, None, None)
    assert [leg.is_lead for leg in petition.legs if leg.ended_on is None] == [True]


# --- judgment and report upward (B10, B11)


def test_the_petitioner_judges_office_and_unit_apart(office: Office) -> None:
    petition = served(office)
    with pytest.raises(RuleBroken, match="不能早于送达日期"):
        move(office, petition, "rate", day(3, 20), rated_on=day(3, 9))
    move(office, petition, "rate", day(3, 20))
    ratings = (petition.office_rating, petition.unit_rating, petition.rated_on)
    assert ratings == (Satisfaction.GOOD, Satisfaction.FAIR, day(3, 20))


def test_a_matter_from_above_owes_its_result(office: Office) -> None:
    petition = registered(
        office, day(3, 2), level_from=Level.CITY, sender="市信访局", source_number="市信〔2026〕8号",
        sender_due_on=day(5, 15),
    )  # fmt: skip
    assert running(petition, ())["sender"] == (day(5, 15), day(5, 15))
    for verb in ("assign", "accept", "reply", "serve", "close"):
        move(office, petition, verb, day(3, 10))
    assert petition.breach_on == day(5, 15), "shown as owed until it is reported"
    move(office, petition, "report_up", day(5, 11))
    assert (petition.reported_up_on, petition.breach_on) == (day(5, 11), None)
    with pytest.raises(RuleBroken, match="只用于上级交办的事项"):
        move(office, petition, "report_up", day(5, 11))


@pytest.mark.parametrize(
    ("steps", "verb", "said", "field"),
    [
        ("assign accept", "interview", {"held_at": at(day(9, 22))}, "held_at"),
        ("assign accept", "mediate", {"held_on": day(9, 16)}, "held_on"),
        ("assign accept", "divert", {"due_on": day(9, 20)}, "due_on"),
        ("assign accept", "refer_up", {"question": " "}, "question"),
        ("assign", "guide", {"body": ""}, "body"),
        ("", "answer", {"text": ""}, "text"),
        ("", "file_away", {"filing": None}, "filing"),
    ],
)
def test_a_branch_told_wrongly_changes_nothing(
    office: Office, steps: str, verb: str, said: dict[str, Any], field: str
) -> None:
    petition = after(office, *steps.split())
    before = (petition.status, len(petition.moves), running(petition, ()))
    with pytest.raises(RuleBroken) as no:
        move(office, petition, verb, MONDAY, **said)
    assert no.value.field == field
    assert (petition.status, len(petition.moves), running(petition, ())) == before
