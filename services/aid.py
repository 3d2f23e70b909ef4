"""Aid (帮扶救助): decided on a matter, paid or given, counted against the fund's budget of the year (F6). Amounts are 分."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.access import Actor
from rules.words import RuleBroken, Status
from services import cases, gate, settings

MOST = 10_000_000_00
"""The largest amount or budget anybody enters: ten million 元, in 分."""
REFUSED = "不允许"
"""The setting that lets no aid go beyond its budget."""


@dataclass(frozen=True)
class Said:
    """What was decided: kind, for whom, by whom, when; fund and amount (分) for money; `over_reason` beyond the budget."""

    kind_id: int
    receiver: str
    decided_on: date
    decided_by: str
    fund_id: int | None = None
    amount: int | None = None
    note: str = ""
    over_reason: str = ""


def yuan(text: str, field: str = "amount", label: str = "金额") -> int:
    """“1,234.50” 元 as 分. Raises RuleBroken for anything that is no amount of money."""
    said = f"{label}：请填大于 0 的金额（元），最多两位小数，如“3000”或“1200.50”。"
    try:
        amount = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise RuleBroken(said, field) from None
    cents = amount * 100 if amount.is_finite() else Decimal(0)
    if cents <= 0 or cents != cents.to_integral_value():
        raise RuleBroken(said, field)
    if cents > MOST:
        raise RuleBroken(f"{label}：最多 {MOST // 100} 元，请核对。", field)
    return int(cents)


def shown(amount: int | None) -> str:
    """分 as 元: 123450 is “1,234.50”."""
    return "" if amount is None else f"{Decimal(amount) / 100:,.2f}"


def decide(session: Session, actor: Actor, petition: m.Petition, said: Said) -> m.Aid:
    """Record aid on a matter. Raises RuleBroken naming the field, Forbidden for a unit that has no part in it."""
    gate.allow(actor, "aid.edit")
    check_writer(session, actor, petition)
    if petition.status is Status.VOIDED:
        raise RuleBroken("这件事项已作废，不能登记帮扶。")
    kind = session.get(m.AidKind, said.kind_id)
    if kind is None or not kind.is_active:
        raise RuleBroken("帮扶种类：请选择。", "kind_id")
    _check(session, actor, petition, kind, said)
    row = m.Aid(
        petition=petition, case=cases.running(session, petition), kind=kind,
        fund_id=said.fund_id if kind.is_money else None, amount=said.amount if kind.is_money else None,
        decided_on=said.decided_on, decided_by=said.decided_by.strip(), receiver=said.receiver.strip(),
        note=said.note.strip() or None, by_id=actor.user_id,
    )  # fmt: skip
    if kind.is_money:
        row.over_reason = _over(session, actor, row, said.over_reason)
    session.add(row)
    session.flush()
    return row


def _check(session: Session, actor: Actor, petition: m.Petition, kind: m.AidKind, said: Said) -> None:
    for label, field, text in (("受助人", "receiver", said.receiver), ("决定人", "decided_by", said.decided_by)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    if said.decided_on > actor.today:
        raise RuleBroken("决定日期：不能晚于今天，请核对。", "decided_on")
    if said.decided_on < petition.registered_on:
        raise RuleBroken(f"决定日期：早于登记日期 {petition.registered_on}，请核对。", "decided_on")
    if not kind.is_money:
        if said.fund_id is not None or said.amount is not None:
            raise RuleBroken(f"资金：“{kind.name}”不是资金类，请不要填资金和金额。", "fund_id")
        return
    fund = session.get(m.Fund, said.fund_id) if said.fund_id is not None else None
    if fund is None or not fund.is_active:
        raise RuleBroken("资金：资金类的帮扶请选从哪项资金列支。", "fund_id")
    if said.amount is None:
        raise RuleBroken("金额：资金类的帮扶请填金额。", "amount")


def _over(session: Session, actor: Actor, row: m.Aid, reason: str) -> str | None:
    """The reason kept when the budget is exceeded, None when it is not. Raises RuleBroken."""
    year, amount = row.decided_on.year, row.amount or 0
    # The budget's row is locked: of two who spend the last of it at once the second counts what the first spent.
    budget_row = sa.select(m.FundBudget).where(m.FundBudget.fund_id == row.fund_id, m.FundBudget.year == year)
    found = session.scalars(budget_row.with_for_update()).one_or_none()
    spent = _spent(session, row.fund_id, year, but=row.id)
    left = (found.amount if found is not None else 0) - spent
    if amount <= left:
        return None
    if settings.get(session, "aid_over_budget", actor.today) == REFUSED:
        raise RuleBroken(f"金额：{year} 年这项资金剩余预算不足，不能登记；请换资金、减少金额或调整预算。", "amount")
    if not reason.strip():
        raise RuleBroken(f"超预算理由：{year} 年这项资金剩余预算不足，确要列支的请写明理由。", "over_reason")
    return reason.strip()


def _spent(session: Session, fund_id: int | None, year: int, but: int | None = None) -> int:
    """What was decided from a fund in a year, hidden matters too: the budget is one for all."""
    a = m.Aid
    days = a.decided_on >= date(year, 1, 1), a.decided_on <= date(year, 12, 31)
    total = sa.select(sa.func.sum(a.amount)).where(a.fund_id == fund_id, a.withdrawn_reason.is_(None), *days)
    if but is not None:
        total = total.where(a.id != but)
    return int(session.execute(total, execution_options={"gated": True}).scalar_one_or_none() or 0)


def pay(session: Session, actor: Actor, row: m.Aid, on: date, note: str = "", over_reason: str = "") -> None:
    """Record the day it was paid or given. Beyond the budget it needs its reason here too, or is refused (setting)."""
    _check_open(session, actor, row)
    if not row.decided_on <= on <= actor.today:
        raise RuleBroken(f"发放日期：应在决定日期 {row.decided_on} 与今天之间，请核对。", "paid_on")
    if row.amount is not None and _over(session, actor, row, over_reason or row.over_reason or "") is not None:
        row.over_reason = (over_reason or row.over_reason or "").strip()
    row.paid_on = on
    row.note = note.strip() or row.note
    session.flush()


def withdraw(session: Session, actor: Actor, row: m.Aid, reason: str) -> None:
    """Take back what was decided and not paid; it counts nowhere and stays on the list.

    Raises RuleBroken: paid or withdrawn already, no reason.
    """
    _check_open(session, actor, row)
    if not reason.strip():
        raise RuleBroken("撤销理由：请填写。", "withdrawn_reason")
    row.withdrawn_reason = reason.strip()
    session.flush()


def _check_open(session: Session, actor: Actor, row: m.Aid) -> None:
    gate.allow(actor, "aid.edit")
    check_writer(session, actor, row.petition)
    if row.paid_on is not None:
        raise RuleBroken(f"这笔帮扶已于 {row.paid_on} 发放，不能再改。")
    if row.withdrawn_reason is not None:
        raise RuleBroken("这笔帮扶已经撤销，不能再改。")


def check_writer(session: Session, actor: Actor, petition: m.Petition) -> None:
    """The office, and the staff of the units that have it or its case. Raises Forbidden."""
    if not may_write(session, actor, petition):
        raise gate.Forbidden("只有信访办和责任单位可以登记这件事项的帮扶。")


def may_write(session: Session, actor: Actor, petition: m.Petition) -> bool:
    """May this actor record aid on the matter (which he sees)?"""
    if not access.may(actor, "aid.edit"):
        return False
    if actor.is_system or actor.role in access.OFFICE or petition.unit_id in actor.unit_ids:
        return True
    case = cases.running(session, petition)
    return case is not None and case.unit_id in actor.unit_ids


@dataclass(frozen=True)
class Total:
    """One fund in one year (分): budget, decided, of that paid, how many times; `left` may be negative."""

    fund: m.Fund
    budget: int | None
    decided: int
    paid: int
    count: int

    @property
    def left(self) -> int:
        """What of the budget is not decided yet, in 分; negative when it is overdrawn."""
        return (self.budget or 0) - self.decided


def totals(session: Session, actor: Actor, year: int) -> list[Total]:
    """Every fund's year, as far as the actor may know of the matters (§3: sums too)."""
    gate.allow(actor, "aid.totals")
    a = m.Aid
    days = a.decided_on >= date(year, 1, 1), a.decided_on <= date(year, 12, 31)
    paid = sa.func.sum(sa.case((a.paid_on.is_not(None), a.amount), else_=0))
    counted = gate.rows(actor, a).where(a.withdrawn_reason.is_(None), a.fund_id.is_not(None), *days).group_by(a.fund_id)
    columns = counted.with_only_columns(a.fund_id, sa.func.sum(a.amount), paid, sa.func.count())
    sums = {row[0]: row[1:] for row in session.execute(columns, execution_options={"gated": True})}
    budgets = {
        one.fund_id: one.amount for one in session.scalars(sa.select(m.FundBudget).where(m.FundBudget.year == year))
    }
    return [
        Total(fund, budgets.get(fund.id), *(int(value or 0) for value in sums.get(fund.id, (0, 0, 0))))
        for fund in session.scalars(sa.select(m.Fund).order_by(m.Fund.id))
        if fund.is_active or fund.id in sums or fund.id in budgets
    ]


def by_kind(session: Session, actor: Actor, year: int) -> Sequence[tuple[m.AidKind, int, int]]:
    """(Kind, how many times, 分) of a year, non-money kinds too, as far as the actor may know."""
    gate.allow(actor, "aid.totals")
    a = m.Aid
    days = a.decided_on >= date(year, 1, 1), a.decided_on <= date(year, 12, 31)
    counted = gate.rows(actor, a).where(a.withdrawn_reason.is_(None), *days).group_by(a.kind_id)
    columns = counted.with_only_columns(a.kind_id, sa.func.count(), sa.func.sum(a.amount))
    sums = {row[0]: row[1:] for row in session.execute(columns, execution_options={"gated": True})}
    kinds = session.scalars(sa.select(m.AidKind).order_by(m.AidKind.position, m.AidKind.id))
    return [(kind, int(sums[kind.id][0]), int(sums[kind.id][1] or 0)) for kind in kinds if kind.id in sums]


def of_matter(session: Session, actor: Actor, petition: m.Petition) -> list[m.Aid]:
    """The aid given on one matter, the newest first."""
    statement = gate.rows(actor, m.Aid).where(m.Aid.petition_id == petition.id).order_by(m.Aid.id.desc())
    return list(session.scalars(statement))
