"""A matter from 登记 to 归档 with papers, legs, clocks and dates worked by hand; what the table and the law refuse (B1–B5)."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import LegKind, Purpose, RespondentKind, RuleBroken, Status
from services import gate, handling
from services.registration import Accused
from tests.fixtures import casework
from tests.fixtures.handled import at, move, registered, running
from tests.fixtures.office import Office

THURSDAY = date(2026, 9, 17)
NATIONAL_DAY = date(2026, 10, 1)  # 2026-10-01 to 10-07 are rest days, 10-08 is the next working day


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def test_the_main_path(office: Office) -> None:
    """B1, B3, B5, B9: each step's state, running clocks (due, breach) and paper."""
    petition = registered(office, THURSDAY)
    assert running(petition) == {"office_route": (day(10, 2), day(10, 8))}
    steps = [
        ("assign", day(9, 21), Status.ROUTED, {"unit_accept": (day(10, 6), day(10, 8))}, "交办函", "交〔2026〕1号"),
        ("accept", day(9, 24), Status.HANDLING, {"handle": (day(11, 23), day(11, 23))}, "受理告知书", "受〔2026〕1号"),
        ("extend", day(11, 20), Status.HANDLING, {"handle": (day(12, 23), day(12, 23))}, "延期办理告知书", "延〔2026〕1号"),
        ("reply", day(12, 1), Status.REPLIED, {}, "处理意见书", "复〔2026〕1号"),
        ("serve", day(12, 2), Status.SERVED, {"review_request": (date(2027, 1, 1), date(2027, 1, 4))}, "送达回证", "送〔2026〕1号"),
        ("close", day(12, 3), Status.CLOSED, {"review_request": (date(2027, 1, 1), date(2027, 1, 4))}, "办结报告", "结〔2026〕1号"),
        ("archive", day(12, 4), Status.ARCHIVED, {}, "卷内目录", "卷〔2026〕1号"),
    ]  # fmt: skip
    for verb, on, status, clocks, title, number in steps:
        made = move(office, petition, verb, on)
        assert (petition.status, running(petition)) == (status, clocks), verb
        assert made.document is not None
        assert (made.document.title, made.document.number) == (title, f"信{number}"), verb
    dates = (petition.routed_on, petition.accepted_on, petition.replied_on, petition.closed_on, petition.archived_on)
    assert dates == (day(9, 21), day(9, 24), day(12, 1), day(12, 3), day(12, 4))
    assert petition.served_at == at(day(12, 2))
    assert [move.moved_on for move in petition.moves] == [THURSDAY, *(on for _verb, on, *_rest in steps)]
    (leg,) = petition.legs
    assert (leg.unit, leg.sent_on, leg.accepted_on, leg.ended_on, leg.end_reason) == (
        office.unit("a"), day(9, 21), day(9, 24), day(12, 3), "办结",
    )  # fmt: skip
    assert petition.due_on is None


def test_assisting_units_get_their_own_legs_and_end_with_the_matter(office: Office) -> None:
    petition = registered(office, THURSDAY)
    move(office, petition, "assign", THURSDAY, assisting_ids=[office.unit("b").id], measures="核对面积")
    legs = [(leg.unit.name, leg.is_lead, leg.kind, leg.measures) for leg in petition.legs]
    assert legs == [("城建办", True, LegKind.ASSIGN, "核对面积"), ("民政办", False, LegKind.ASSIGN, "核对面积")]
    for verb in ("accept", "reply", "serve", "close"):
        move(office, petition, verb, THURSDAY)
    assert {leg.ended_on for leg in petition.legs} == {THURSDAY}


def test_forwarding_is_answered_by_refusal_and_ends_there(office: Office) -> None:
    """B1: 转送, 不予受理 with its reason on the paper, 办结."""
    petition = registered(office, THURSDAY)
    paper = move(office, petition, "forward", THURSDAY, phoned="民政所张所长").document
    assert paper is not None
    assert (paper.title, paper.addressee, paper.issuer) == ("转送函", "城建办", "信访办")
    refused = move(office, petition, "refuse", day(9, 18)).document
    assert refused is not None
    assert "已由法院判决。" in [text for _style, text in refused.content["blocks"]]
    assert (refused.addressee, refused.issuer, petition.status, running(petition)) == (
        "赵丽华",
        "城建办",
        Status.REFUSED,
        {},
    )
    move(office, petition, "close", day(9, 19))
    assert petition.status is Status.CLOSED


def test_voiding_keeps_the_row_and_ends_legs_and_clocks(office: Office) -> None:
    """Nothing registered is deleted (rules-of-the-office §3)."""
    petition = registered(office, THURSDAY)
    move(office, petition, "assign", THURSDAY)
    move(office, petition, "void", day(9, 18))
    assert (petition.status, petition.voided_on, petition.void_reason) == (Status.VOIDED, day(9, 18), "重复登记。")
    assert running(petition) == {}
    assert [leg.end_reason for leg in petition.legs] == ["作废"]


def test_reopening_begins_again_at_the_same_unit(office: Office) -> None:
    petition = registered(office, THURSDAY)
    for verb in ("assign", "accept", "reply", "serve", "close"):
        move(office, petition, verb, THURSDAY)
    move(office, petition, "reopen", NATIONAL_DAY)
    assert (petition.status, petition.unit, petition.closed_on) == (Status.HANDLING, office.unit("a"), None)
    assert running(petition) == {"handle": (day(11, 30), day(11, 30))}
    assert [(leg.is_lead, leg.ended_on) for leg in petition.legs] == [(True, THURSDAY), (True, None)]


# --- clocks by purpose


@pytest.mark.parametrize(
    ("purpose", "carried", "terms"),
    [
        (Purpose.SEEK, False, {"handle"}),
        (Purpose.APPEAL, False, {"handle"}),
        (Purpose.ADVICE, False, set()),
        (Purpose.REPORT, False, set()),
        (Purpose.INQUIRY, False, set()),
        (Purpose.SEEK, True, set()),
    ],
)
def test_which_clock_runs_after_acceptance(office: Office, purpose: Purpose, carried: bool, terms: set[str]) -> None:
    """rules-of-the-office §2: 60 days for 申诉求决 only; carried-over matters have no clocks (A9, import)."""
    petition = registered(office, THURSDAY, purpose=purpose, is_carried_over=carried)
    assert set(running(petition)) == (set() if carried else {"office_route"})
    move(office, petition, "assign", THURSDAY)
    move(office, petition, "accept", THURSDAY)
    assert set(running(petition)) == terms
    assert bool(petition.due_on) != carried, "the 交办函 names a date for every purpose"


# --- extension (B3, Art 34)


def handled(office: Office, accepted: date) -> m.Petition:
    petition = registered(office, accepted)
    move(office, petition, "assign", accepted)
    move(office, petition, "accept", accepted)
    return petition


def test_an_extension_counts_from_the_unrolled_due(office: Office) -> None:
    """60 days from 2026-08-02 end on 10-01 (rest, put off to 10-08); 30 more end on 10-31 (Saturday, put off to 11-02)."""
    petition = handled(office, day(8, 2))
    assert running(petition) == {"handle": (NATIONAL_DAY, day(10, 8))}
    move(office, petition, "extend", day(10, 8))
    assert running(petition) == {"handle": (day(10, 31), day(11, 2))}
    rows = sa.select(m.Extension.days, m.Extension.approved_on, m.Extension.approved_by_id)
    assert office.session.execute(rows).all() == [(30, day(10, 8), office.user("unit_head_a").id)]


def test_several_extensions_together_add_at_most_thirty_days(office: Office) -> None:
    petition = handled(office, THURSDAY)
    move(office, petition, "extend", day(10, 20), days=10)
    with pytest.raises(RuleBroken, match="可填 1 至 20 天"):
        move(office, petition, "extend", day(10, 20), days=21)
    move(office, petition, "extend", day(10, 20), by="leader_in_charge", days=20)
    with pytest.raises(RuleBroken, match="已延满 30 天"):
        move(office, petition, "extend", day(10, 20), days=1)
    assert running(petition) == {"handle": (day(12, 16), day(12, 16))}


@pytest.mark.parametrize(
    ("on", "days", "purpose", "said"),
    [
        (day(10, 20), 31, Purpose.SEEK, "可填 1 至 30 天"),
        (day(10, 20), 0, Purpose.SEEK, "可填 1 至 30 天"),
        (day(11, 17), 30, Purpose.SEEK, "办理期限已过"),
        (day(10, 20), 30, Purpose.ADVICE, "没有法定办理期限"),
    ],
)
def test_what_no_extension_is_given_for(office: Office, on: date, days: int, purpose: Purpose, said: str) -> None:
    petition = registered(office, THURSDAY, purpose=purpose)
    move(office, petition, "assign", THURSDAY)
    move(office, petition, "accept", THURSDAY)  # 60 days end on 2026-11-16, a Monday
    with pytest.raises(RuleBroken, match=said):
        move(office, petition, "extend", on, days=days)


# --- refusals, each a sentence at its field


@pytest.mark.parametrize(
    ("steps", "verb", "said", "field", "sentence"),
    [
        ("", "assign", {"unit_id": None}, "unit_id", "责任单位：请填写"),
        ("", "assign", {"feedback_on": day(9, 16)}, "feedback_on", "不能早于今天"),
        ("", "assign", {"assisting_ids": ["a"]}, "assisting_ids", "不能与责任单位相同"),
        ("", "assign", {"assisting_ids": ["b", "b"]}, "assisting_ids", "不能"),
        ("", "assign", {"handler_id": "handler_b"}, "handler_id", "不是责任单位的人员"),
        ("assign", "accept", {"handler_id": "handler_b"}, "handler_id", "不是责任单位的人员"),
        ("assign", "refuse", {"reason": "  "}, "reason", "请填写"),
        ("assign", "reply", {}, None, "“待受理”的事项不能答复"),
        ("assign accept reply", "serve", {"served_at": None}, "served_at", "请填写"),
        ("assign accept reply", "serve", {"served_at": at(day(9, 18))}, "served_at", "不能晚于今天"),
        ("assign accept reply", "serve", {"served_at": at(day(9, 16))}, "served_at", "不能早于登记日期"),
    ],
)
def test_a_move_told_wrongly_changes_nothing(
    office: Office, steps: str, verb: str, said: dict[str, Any], field: str | None, sentence: str
) -> None:
    petition = registered(office, THURSDAY)
    for step in steps.split():
        move(office, petition, step, THURSDAY)
    named = {"a": office.unit("a").id, "b": office.unit("b").id, "handler_b": office.user("handler_b").id}
    resolved = {k: [named[x] for x in v] if isinstance(v, list) else named.get(v, v) for k, v in said.items()}
    before = (petition.status, len(petition.moves), len(petition.legs), running(petition))
    with pytest.raises(RuleBroken, match=sentence) as refused:
        move(office, petition, verb, THURSDAY, **resolved)
    assert refused.value.field == field
    assert (petition.status, len(petition.moves), len(petition.legs), running(petition)) == before


@pytest.mark.parametrize("username", ["handler_b", "clerk", "leader_a", "inspector", "cadre_a"])
def test_who_may_not_is_forbidden(office: Office, username: str) -> None:
    petition = registered(office, THURSDAY)
    move(office, petition, "assign", THURSDAY)
    with pytest.raises(gate.Forbidden):
        move(office, petition, "accept", THURSDAY, by=username)


def test_the_person_complained_of_cannot_be_made_the_handler(office: Office) -> None:
    """Art 30(3): the unit may handle it, the accused handler may not."""
    accused = Accused(RespondentKind.USER, office.user("handler_a").id, "郑伟")
    petition = registered(office, THURSDAY, is_secret=True, respondents=[accused])
    with pytest.raises(RuleBroken, match="此人是被反映人"):
        move(office, petition, "assign", THURSDAY, handler_id=office.user("handler_a").id)
    move(office, petition, "assign", THURSDAY, handler_id=office.user("unit_head_a").id)
    assert petition.handler == office.user("unit_head_a")


def test_a_matter_with_a_running_leader_closes_through_its_closing_file(office: Office) -> None:
    case = casework.case(office)
    with pytest.raises(RuleBroken, match="有领导包案"):
        handling.move(office.session, office.actor("clerk"), case.petition, "close", {"note": "已落实"})


def test_papers_of_a_guarded_matter_carry_no_full_name(office: Office) -> None:
    """§4: the reporter's name is masked in 检举控告 and 保密 matters, prints included; their series is their own."""
    petition = registered(office, THURSDAY, purpose=Purpose.REPORT)
    paper = move(office, petition, "assign", THURSDAY).document
    assert paper is not None
    assert paper.number == "信密交〔2026〕1号"
    assert "赵丽华" not in str(paper.content)
    assert "赵某" in str(paper.content)


def test_served_is_at_the_hour_it_was_signed(office: Office) -> None:
    petition = registered(office, THURSDAY)
    for verb in ("assign", "accept", "reply"):
        move(office, petition, verb, THURSDAY)
    move(office, petition, "serve", day(9, 21), served_at=at(day(9, 18), 6))
    assert office.session.scalars(sa.select(m.ServiceOfProcess.served_at)).all() == [at(day(9, 18), 6)]
    assert running(petition)["review_request"][0] == day(10, 18), "30 days from the day of receipt, not from today"
