"""The ledger filled in place (就地填写): cells as typed become values, every changed row is written, or none of them (G2)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import LedgerState, RuleBroken, Stale
from services import campaign_columns, campaign_ledger, import_ledger

TEXTS = {"responsible": ("责任人", 60), "measures": ("化解措施", 500), "progress": ("办理情况", 500)}
NAMED = {"unit_id": "责任单位", "leader_id": "包案领导"}
CELLS = ("scheme", "unit_id", "responsible", "leader_id", "measures", "due_on", "progress", "state")
"""What is filled in place, in the order of the page; source and removal are on the row's own page."""
MOST = 100
"""Rows of one page."""


def cells(actor: Actor) -> list[str]:
    """The cells this actor fills."""
    allowed = campaign_ledger.writable(actor)
    return [name for name in CELLS if name in allowed]


def typed(row: m.CampaignCase, name: str) -> str:
    """What stands in a cell, as it is typed."""
    if name in NAMED:
        other = row.unit if name == "unit_id" else row.leader
        return "" if other is None else other.name if name == "unit_id" else leader_name(other)
    value = getattr(row, name)
    return "" if value is None else value.value if name == "state" else str(value)


def leader_name(leader: m.Leader) -> str:
    """As the page offers it: two of one name are told apart by their posts."""
    return str(leader)


def fill(
    session: Session,
    actor: Actor,
    campaign: m.Campaign,
    said: Mapping[int, Mapping[str, str]],
    versions: Mapping[int, str],
) -> int:
    """Write what differs from the ledger. `said`: {row id: {cell: text}}, own columns under their key; `versions`: as shown.

    Returns how many rows changed. Raises RuleBroken or Stale; their field "r<id>-<cell>" names the row and the cell.
    """
    if len(said) > MOST:
        raise RuleBroken(f"就地填写：一次最多 {MOST} 行，请分页保存。")
    case = m.CampaignCase
    asked = campaign_ledger.rows(actor, campaign.id).where(case.id.in_(said)).options(joinedload(case.petition))
    rows = {row.id: row for row in session.scalars(asked)}
    if len(rows) < len(said):
        raise RuleBroken("就地填写：有的行已不在台账中，请刷新后再填。")
    names = _names(session)
    own = {campaign_columns.key(column): column for column in campaign.own_columns}
    changed = 0
    for row_id, texts in said.items():
        changed += _fill_row(session, actor, rows[row_id], texts, versions.get(row_id, ""), names, own)
    session.flush()
    return changed


def _fill_row(
    session: Session, actor: Actor, row: m.CampaignCase, texts: Mapping[str, str], version: str,
    names: Mapping[str, Mapping[str, int]], own: Mapping[str, m.CampaignColumn],
) -> bool:  # fmt: skip
    allowed = cells(actor)
    differs = {name: text for name, text in texts.items() if name in allowed and text.strip() != typed(row, name)}
    try:
        values = {name: _value(row, name, text.strip(), names) for name, text in differs.items()}
        extra = _own_values(session, row, texts, own)
        if not values and not extra:
            return False
        if str(row.version) != version:
            raise Stale("这一行刚被别人改过，请刷新后再填。", "progress")
        if not campaign_ledger.may_edit(actor, row):
            raise RuleBroken("不是本单位负责的，不能填写。", "progress")
        if row.struck_off_on is not None:
            raise RuleBroken(f"已于 {row.struck_off_on} 销号，不能再改；确需改动的，请先由批准人撤回销号。", "state")
        if values:
            campaign_ledger.put(actor, row, values)
        for column, value in extra:
            campaign_columns.write(session, row, column, value)
    except RuleBroken as no:
        raise type(no)(no.message, f"r{row.id}-{no.field}") from None
    return True


def _own_values(
    session: Session, row: m.CampaignCase, texts: Mapping[str, str], own: Mapping[str, m.CampaignColumn]
) -> list[tuple[m.CampaignColumn, campaign_columns.Said]]:
    asked = [(column, campaign_columns.read(column, texts[key])) for key, column in own.items() if key in texts]
    have = campaign_columns.said(session, [row.id]).get(row.id, {}) if asked else {}
    return [(column, value) for column, value in asked if value != have.get(column.id)]


def _names(session: Session) -> dict[str, Mapping[str, int]]:
    units = session.execute(sa.select(m.Unit.name, m.Unit.id).where(m.Unit.is_active)).all()
    return {"unit_id": dict(units), "leader_id": import_ledger.leaders(session)}


def _value(row: m.CampaignCase, name: str, text: str, names: Mapping[str, Mapping[str, int]]) -> Any:
    if name in NAMED:
        if text and text not in names[name]:
            raise RuleBroken(f"{NAMED[name]}：没有“{text[:40]}”，请从列出的名称中选。", name)
        return names[name].get(text)
    if name == "due_on":
        return _day(text)
    if name == "state":
        return _state(text)
    label, most = TEXTS.get(name, ("问题类别", 60))
    if len(text) > most or "\x00" in text:
        raise RuleBroken(f"{label}：最多 {most} 个字，请删短。", name)
    return text or None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken(f"化解时限：“{text[:20]}”不是日期，请写成“2026-05-31”的样子。", "due_on") from None


def _state(text: str) -> LedgerState:
    offered = offered_states()
    found = next((one for one in offered if one.value == text), None)
    if found is None:
        raise RuleBroken("化解情况：请从列出的选项中选；移出台账请在这件的页面上办理并写明理由。", "state")
    return found


def offered_states() -> Iterable[LedgerState]:
    """What a row can be set to in place: leaving the ledger asks for a reason and happens on its page."""
    return [state for state in LedgerState if state is not LedgerState.REMOVED]
