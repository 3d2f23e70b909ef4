"""Aid: kinds money and non-money, funds with a budget per year, totals, payments beyond it (F6)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind, RuleBroken
from services import aid, aid_lists, cases, gate, petitions, settings
from services.registration import Accused, Person, Registration
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

DAY = date(2026, 11, 2)
YUAN = 100


def kind(office: Office, name: str = "信访救助") -> m.AidKind:
    aid_lists.ship(office.session)
    return office.session.scalars(sa.select(m.AidKind).where(m.AidKind.name == name)).one()


def fund(office: Office, budget: int | None = 10_000 * YUAN, name: str = "信访救助专项资金") -> m.Fund:
    head = office.actor("office_head")
    row = aid_lists.save_fund(office.session, head, m.Fund(), {"name": name, "is_active": True})
    if budget is not None:
        aid_lists.set_budget(office.session, head, row, 2026, budget)
    return row


def matter(office: Office, unit: str = "a") -> m.Petition:
    petition = registered(office, DAY)
    move(office, petition, "assign", DAY, unit_id=office.unit(unit).id)
    return petition


def give(office: Office, petition: m.Petition, username: str = "clerk", **said: Any) -> m.Aid:
    told = {
        "kind_id": kind(office).id, "receiver": "钱大海", "decided_on": TODAY, "decided_by": "林海", "amount": 3000 * YUAN,
    }  # fmt: skip
    return aid.decide(office.session, office.actor(username), petition, aid.Said(**told | said))


def test_the_kinds_of_the_sources_are_shipped_once(office: Office) -> None:
    """F6: money and non-money apart."""
    aid_lists.ship(office.session)
    aid_lists.ship(office.session)
    kinds = office.session.scalars(sa.select(m.AidKind).order_by(m.AidKind.position)).all()
    assert [one.name for one in kinds if one.is_money] == [
        "专项资金", "民政救济", "社会救济", "民间互助", "信访救助", "特困资金补助",
    ]  # fmt: skip
    assert [one.name for one in kinds if not one.is_money] == [
        "就业帮扶",
        "法律援助",
        "判后答疑",
        "律师接访",
        "心理疏导",
    ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("3000", 300_000), ("1,200.50", 120_050), (" 0.01 ", 1), ("10000000", 1_000_000_000), ("0", None), ("-5", None),
        ("1.005", None), ("一千", None), ("", None), ("NaN", None), ("1e99", None), ("10000000.01", None), ("Infinity", None),
    ],
)  # fmt: skip
def test_money_is_read_to_the_cent(text: str, amount: int | None) -> None:
    if amount is None:
        with pytest.raises(RuleBroken, match="金额："):
            aid.yuan(text)
        return
    assert aid.yuan(text) == amount


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind_id": 999_999}, "kind_id"), ({"receiver": " "}, "receiver"), ({"decided_by": ""}, "decided_by"),
        ({"decided_on": date(2026, 11, 22)}, "decided_on"), ({"decided_on": date(2026, 11, 1)}, "decided_on"),
        ({"fund_id": None}, "fund_id"), ({"fund_id": 999_999}, "fund_id"), ({"amount": None}, "amount"),
    ],
)  # fmt: skip
def test_aid_that_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    petition, source = matter(office), fund(office)
    with pytest.raises(RuleBroken) as no:
        give(office, petition, **{"fund_id": source.id} | said)
    assert no.value.field == field
    assert office.session.scalar(sa.select(sa.func.count(m.Aid.id)).execution_options(gated=True)) == 0


def test_what_is_no_money_takes_none(office: Office) -> None:
    petition, legal = matter(office), kind(office, "法律援助")
    with pytest.raises(RuleBroken, match="不是资金类"):
        give(office, petition, kind_id=legal.id)
    row = give(office, petition, kind_id=legal.id, amount=None)
    assert (row.amount, row.fund) == (None, None)


@pytest.mark.db
def test_totals_stand_against_the_budget(office: Office) -> None:
    """F6: from which fund, how much, against a budget; withdrawn aid counts nowhere; years apart."""
    petition, source = matter(office), fund(office)
    paid, open_one, dropped = (give(office, petition, fund_id=source.id) for _ in range(3))
    clerk = office.actor("clerk")
    aid.pay(office.session, clerk, paid, TODAY)
    aid.withdraw(office.session, clerk, dropped, "已由民政发放")
    (total,) = aid.totals(office.session, clerk, 2026)
    assert (total.budget, total.decided, total.paid, total.left, total.count) == (
        1_000_000,
        600_000,
        300_000,
        400_000,
        2,
    )
    assert [(one.name, count, amount) for one, count, amount in aid.by_kind(office.session, clerk, 2026)] == [
        ("信访救助", 2, 600_000)
    ]
    assert aid.totals(office.session, clerk, 2025)[0].decided == 0
    sheet = aid_lists.sheet(office.session, clerk, 2026)
    assert sheet.totals["left"] == "4,000.00"
    with pytest.raises(RuleBroken, match="发放，不能再改"):
        aid.pay(office.session, clerk, paid, TODAY)
    assert open_one.paid_on is None


@pytest.mark.parametrize(
    ("rule", "reason", "field"),
    [("写明理由后可以", "", "over_reason"), ("写明理由后可以", "应急", None), ("不允许", "应急", "amount")],
)
def test_beyond_the_budget(office: Office, rule: str, reason: str, field: str | None) -> None:
    """F6: refused, or with a reason, as the office has set it."""
    petition, source = matter(office), fund(office, 5000 * YUAN)
    settings.put(office.session, office.actor("office_head"), "aid_over_budget", rule)
    give(office, petition, fund_id=source.id)
    if field is None:
        assert give(office, petition, fund_id=source.id, over_reason=reason).over_reason == reason
        assert aid.totals(office.session, office.actor("clerk"), 2026)[0].left == -1000 * YUAN
        return
    with pytest.raises(RuleBroken) as no:
        give(office, petition, fund_id=source.id, over_reason=reason)
    assert no.value.field == field


def test_exactly_the_budget_may_be_given(office: Office) -> None:
    petition, source = matter(office), fund(office, 6000 * YUAN)
    rows = [give(office, petition, fund_id=source.id) for _ in range(2)]
    assert [row.over_reason for row in rows] == [None, None]
    aid.pay(office.session, office.actor("clerk"), rows[1], TODAY)


def test_a_payment_after_the_budget_was_cut_needs_its_reason(office: Office) -> None:
    petition, source = matter(office), fund(office)
    row, clerk = give(office, petition, fund_id=source.id), office.actor("clerk")
    aid_lists.set_budget(office.session, office.actor("office_head"), source, 2026, 1000 * YUAN)
    with pytest.raises(RuleBroken) as no:
        aid.pay(office.session, clerk, row, TODAY)
    assert (no.value.field, row.paid_on) == ("over_reason", None)
    aid.pay(office.session, clerk, row, TODAY, over_reason="已承诺")
    assert (row.paid_on, row.over_reason) == (TODAY, "已承诺")


@pytest.mark.parametrize(
    ("username", "may"),
    [("clerk", True), ("handler_a", True), ("unit_head_a", True), ("handler_b", False), ("leader_a", False), ("inspector", False)],
)  # fmt: skip
def test_who_records_aid(office: Office, username: str, may: bool) -> None:
    petition, source = matter(office), fund(office)
    if may:
        case = cases.assign(office.session, office.actor("clerk"), petition, cases.Assignment(office.leader("a").id))
        assert give(office, petition, username, fund_id=source.id).case == case
        return
    with pytest.raises(gate.Forbidden):
        give(office, petition, username, fund_id=source.id)


def test_the_accused_sees_neither_the_aid_nor_its_sum(office: Office) -> None:
    """§3: sums, too, are without what he must not know of."""
    leader, source = office.leader("b"), fund(office)
    said = Registration(
        "letter", "反映截留资金。", DAY, people=[Person("赵丽华")], purpose=Purpose.REPORT,
        respondents=[Accused(RespondentKind.LEADER, leader.id, leader.name)],
    )  # fmt: skip
    guarded = petitions.register(office.session, replace(office.actor("clerk"), today=DAY), said).petition
    move(office, guarded, "assign", DAY, unit_id=office.unit("b").id)
    give(office, guarded, fund_id=source.id)
    him, clerk = office.actor("leader_b"), office.actor("clerk")
    assert office.session.scalars(gate.rows(him, m.Aid)).all() == []
    assert [one.decided for one in aid.totals(office.session, him, 2026)] == [0]
    assert [one.decided for one in aid.totals(office.session, clerk, 2026)] == [300_000]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"name": " "}, "name"), ({"name": "民政救济"}, "name"), ({"name": "信访救助", "is_money": False}, "is_money")],
)
def test_kinds_are_kept_apart(office: Office, said: dict[str, Any], field: str) -> None:
    row, petition, source = kind(office), matter(office), fund(office)
    give(office, petition, fund_id=source.id)
    with pytest.raises(RuleBroken) as no:
        aid_lists.save_kind(
            office.session, office.actor("office_head"), row, {"is_money": True, "is_active": True} | said
        )
    assert no.value.field == field


def test_a_budget_has_a_year(office: Office) -> None:
    source, head = fund(office, None), office.actor("office_head")
    with pytest.raises(RuleBroken) as no:
        aid_lists.set_budget(office.session, head, source, 1999, 100)
    assert no.value.field == "year"
    with pytest.raises(gate.Forbidden):
        aid_lists.set_budget(office.session, office.actor("clerk"), source, 2026, 100)
