"""The office's own lists behind aid: kinds, shipped with those of the sources, and funds with their budgets (F6)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import aid, gate
from services.workbook_table import Column, TableSheet, Value

MONEY = ("专项资金", "民政救济", "社会救济", "民间互助", "信访救助", "特困资金补助")
OTHER = ("就业帮扶", "法律援助", "判后答疑", "律师接访", "心理疏导")
"""F6's kinds: money and non-money apart."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


def ship(session: Session) -> None:
    """Put the kinds of the sources into an office that has none."""
    if session.scalar(sa.select(m.AidKind.id).limit(1)) is not None:
        return
    for place, name in enumerate((*MONEY, *OTHER), start=1):
        session.add(m.AidKind(name=name, is_money=name in MONEY, position=place * 10))
    session.flush()


def save_kind(session: Session, actor: Actor, row: m.AidKind, said: Mapping[str, Any]) -> m.AidKind:
    """Write a kind. Whether it is money stays once it was used. Raises RuleBroken naming the field."""
    gate.allow(actor, "aid_kind.edit")
    name = _name(session, m.AidKind, row, said.get("name"), "帮扶种类")
    is_money = bool(said.get("is_money"))
    if row.id is not None and row.is_money != is_money and _is_used(session, m.Aid.kind_id == row.id):
        raise RuleBroken("资金类：已经用过的种类不能改，请停用后另加一个。", "is_money")
    row.name, row.is_money = name, is_money
    row.position, row.is_active = int(said.get("position") or 0), bool(said.get("is_active"))
    session.add(row)
    session.flush()
    return row


def save_fund(session: Session, actor: Actor, row: m.Fund, said: Mapping[str, Any]) -> m.Fund:
    """Write a fund. Raises RuleBroken naming the field."""
    gate.allow(actor, "fund.edit")
    row.name = _name(session, m.Fund, row, said.get("name"), "资金名称")
    row.note, row.is_active = (said.get("note") or "").strip() or None, bool(said.get("is_active"))
    session.add(row)
    session.flush()
    return row


def _name(session: Session, model: type[Any], row: Any, text: str | None, label: str) -> str:
    name = (text or "").strip()
    if not name:
        raise RuleBroken(f"{label}：请填写。", "name")
    with session.no_autoflush:
        other = session.scalars(sa.select(model).where(model.name == name)).first()
    if other is not None and other is not row:
        raise RuleBroken(f"{label}：已经有“{name}”，请换一个。", "name")
    return name


def _is_used(session: Session, where: sa.ColumnElement[bool]) -> bool:
    found = sa.select(m.Aid.id).where(where).limit(1)
    return session.execute(found, execution_options={"gated": True}).first() is not None


def set_budget(session: Session, actor: Actor, fund: m.Fund, year: int, amount: int) -> m.FundBudget:
    """Set or change a fund's budget (分) of a year. Raises RuleBroken naming the field."""
    gate.allow(actor, "fund.edit")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken(f"年份：应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，请改正。", "year")
    row = next((one for one in fund.budgets if one.year == year), None)
    if row is None:
        row = m.FundBudget(fund=fund, year=year)
    row.amount = amount
    session.add(row)
    session.flush()
    return row


COLUMNS = [
    Column("fund", "资金"),
    Column("budget", "年度预算（元）"),
    Column("decided", "已决定（元）"),
    Column("paid", "其中已发放（元）"),
    Column("left", "剩余（元）"),
    Column("count", "笔数", kind="int"),
]


def sheet(session: Session, actor: Actor, year: int) -> TableSheet:
    """The totals of a year as a table with their sum."""
    found = aid.totals(session, actor, year)
    rows: list[dict[str, Value]] = [
        {
            "fund": one.fund.name, "budget": "未定" if one.budget is None else aid.shown(one.budget),
            "decided": aid.shown(one.decided), "paid": aid.shown(one.paid), "left": aid.shown(one.left), "count": one.count,
        }
        for one in found
    ]  # fmt: skip
    summed: dict[str, Value] = {
        "fund": "合计", "budget": aid.shown(sum(one.budget or 0 for one in found)),
        "decided": aid.shown(sum(one.decided for one in found)), "paid": aid.shown(sum(one.paid for one in found)),
        "left": aid.shown(sum(one.left for one in found)), "count": sum(one.count for one in found),
    }  # fmt: skip
    return TableSheet(COLUMNS, rows, title=f"{year}年帮扶救助资金情况表", period=f"{year}年", totals=summed)
