"""Importing what an office is made of (开办资料): units, leaders, the content classification. What is there is skipped (A4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import Rank, UnitKind
from services.import_fields import RANKS, UNIT_KINDS
from services.import_rows import NEW, SKIPPED, ImportResult, Options, RowReader, Seen

MAX_TURN = 999
_BETWEEN_NAMES = re.compile(r"[、，,；;/\n]+")


@dataclass
class UnitDraft:
    """A new unit and the name of the unit above it."""

    row: RowReader
    unit: m.Unit
    parent: str


def read_units(
    session: Session, actor: Actor, rows: Sequence[RowReader], result: ImportResult, options: Options
) -> list[UnitDraft]:
    """New units in the file's order; a parent may stand further down."""
    known = set(session.scalars(sa.select(m.Unit.name)))
    seen, drafts = Seen(), []
    for reader in rows:
        draft = _unit(reader)
        first = seen.before(draft.unit.name, reader.number) if draft.unit.name else None
        if first is not None:
            reader.error("name", f"单位“{draft.unit.name}”与第 {first} 行重复，请删去其中一行。")
        elif draft.unit.name in known:
            _show_unit(result, SKIPPED, draft)
        elif not reader.is_wrong:
            _show_unit(result, NEW, draft)
            drafts.append(draft)
    _check_parents(drafts, known)
    return drafts


def _unit(reader: RowReader) -> UnitDraft:
    unit = m.Unit(
        name=reader.text("name", 80, required=True),
        kind=reader.choice("kind", UNIT_KINDS) or UnitKind.DEPARTMENT,
        phone=reader.text("phone", 40) or None,
        address=reader.text("address", 200) or None,
    )
    return UnitDraft(reader, unit, reader.text("parent", 80))


def _show_unit(result: ImportResult, fate: str, draft: UnitDraft) -> None:
    unit = draft.unit
    result.created += fate == NEW
    result.skipped += fate == SKIPPED
    result.show(
        draft.row.number,
        fate,
        lambda: {
            "单位名称": unit.name,
            "单位类型": UnitKind(unit.kind).label,
            "上级单位": draft.parent,
            "电话": unit.phone or "",
            "地址": unit.address or "",
        },
    )


def _check_parents(drafts: Sequence[UnitDraft], known: set[str]) -> None:
    parents = {draft.unit.name: draft.parent for draft in drafts}
    for draft in drafts:
        if draft.parent and draft.parent not in known and draft.parent not in parents:
            draft.row.error("parent", f"没有上级单位“{draft.parent}”，请先登记它，或在本表中加一行。")
        elif _is_circular(draft.unit.name, parents):
            draft.row.error("parent", f"“{draft.unit.name}”的上级绕回到它自己，请改正上级单位。")


def _is_circular(name: str, parents: Mapping[str, str]) -> bool:
    above, passed = parents.get(name, ""), set()
    while above and above not in passed:
        if above == name:
            return True
        passed.add(above)
        above = parents.get(above, "")
    return False


def write_units(session: Session, actor: Actor, drafts: Sequence[UnitDraft], result: ImportResult) -> None:
    """Add the units behind those that are there, then hang each under its parent."""
    last = session.scalar(sa.select(sa.func.max(m.Unit.position))) or 0
    for position, draft in enumerate(drafts, last + 1):
        draft.unit.position = position
        session.add(draft.unit)
    session.flush()
    units = {unit.name: unit for unit in session.scalars(sa.select(m.Unit))}
    for draft in drafts:
        if draft.parent:
            draft.unit.parent_id = units[draft.parent].id
    session.flush()


def read_leaders(
    session: Session, actor: Actor, rows: Sequence[RowReader], result: ImportResult, options: Options
) -> list[tuple[m.Leader, list[m.Unit]]]:
    """New leaders; name and position together are the key."""
    known = {(row.name, row.title) for row in session.execute(sa.select(m.Leader.name, m.Leader.title))}
    units = {unit.name: unit for unit in session.scalars(sa.select(m.Unit))}
    last = session.scalar(sa.select(sa.func.max(m.Leader.turn))) or 0
    seen = Seen()
    leaders: list[tuple[m.Leader, list[m.Unit]]] = []
    for reader in rows:
        leader, chosen = _leader(reader, units)
        leader.turn = leader.turn or last + len(leaders) + 1
        key = (leader.name, leader.title)
        first = seen.before(key, reader.number) if all(key) else None
        if first is not None:
            reader.error("name", f"“{leader.name}（{leader.title}）”与第 {first} 行重复，请删去其中一行。")
        elif key in known or not reader.is_wrong:
            fate = SKIPPED if key in known else NEW
            _show_leader(result, reader, fate, leader, chosen)
            leaders += [(leader, chosen)] if fate == NEW else []
    return leaders


def _leader(reader: RowReader, units: Mapping[str, m.Unit]) -> tuple[m.Leader, list[m.Unit]]:
    leader = m.Leader(
        name=reader.text("name", 40, required=True),
        title=reader.text("title", 80, required=True),
        rank=reader.choice("rank", RANKS) or Rank.OTHER,
        division=reader.text("division", 300) or None,
        phone=reader.text("phone", 40) or None,
        turn=reader.count("turn", MAX_TURN) or 0,
    )
    names = list(filter(None, map(str.strip, _BETWEEN_NAMES.split(reader.text("units", 500)))))
    for name in names:
        if name not in units:
            reader.error("units", f"没有单位“{name[:40]}”，请先登记该单位或改正名称。")
    return leader, [units[name] for name in dict.fromkeys(names) if name in units]


def _show_leader(
    result: ImportResult, reader: RowReader, fate: str, leader: m.Leader, chosen: Sequence[m.Unit]
) -> None:
    result.created += fate == NEW
    result.skipped += fate == SKIPPED
    result.show(
        reader.number,
        fate,
        lambda: {
            "姓名": leader.name,
            "职务": leader.title,
            "班子身份": Rank(leader.rank).label,
            "分管工作": leader.division or "",
            "电话": leader.phone or "",
            "轮值顺序": str(leader.turn),
            "分管单位": "、".join(unit.name for unit in chosen),
        },
    )


def write_leaders(
    session: Session, actor: Actor, drafts: Sequence[tuple[m.Leader, list[m.Unit]]], result: ImportResult
) -> None:
    """Add the leaders with the units they answer for."""
    for leader, chosen in drafts:
        leader.units = list(chosen)
        session.add(leader)
    session.flush()
