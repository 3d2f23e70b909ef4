"""A list handed down (下发名单) against a campaign's ledger: read with its mapping, compared field by field, taken over whole (G2).

Pure reading; services.list_takeover writes. A guarded matter is as good as none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import ColumnKind, LedgerState, RuleBroken, Status
from services import campaign_columns, campaign_ledger, gate, import_ledger, list_registering, settings
from services.column_map import Field
from services.import_fields import CAMPAIGN_CASES, LEDGER_SOURCES, Kind
from services.import_rows import ImportResult, RowReader, readers
from services.list_registering import Unknown
from services.workbook_in import Sheet

TEXTS = {"scheme": 60, "source_number": 60, "responsible": 60, "measures": 500, "progress": 500}
LABELS = {
    "scheme": "问题类别", "source": "来源", "source_number": "来文编号", "unit_id": "责任单位", "responsible": "责任人",
    "leader_id": "包案领导", "measures": "化解措施", "due_on": "化解时限", "progress": "办理情况", "state": "化解情况",
    "resolved_on": "化解日期",
}  # fmt: skip
"""What a list may say of a row."""


def kind_of(campaign: m.Campaign) -> Kind:
    """The columns a list for this campaign may have: the ledger's, then the campaign's own."""
    usual = [one for one in CAMPAIGN_CASES.fields if one.key not in ("campaign", "matter_number", "progress")]
    fields = (
        Field("matter_number", "信访事项编号", ("编号", "事项编号", "信访编号")),
        *usual,
        Field("progress", "办理情况", ("进展情况", "进展", "办理进展")),
        *list_registering.FIELDS,
        *(Field(campaign_columns.key(column), column.label) for column in campaign.own_columns),
    )
    said = "每行一件；按信访事项编号或来文编号认出是哪一件。先看与台账的差别，确认后一次写入；空着的格子不改动台账。"
    return Kind("campaign-list", "下发名单", "campaign_case.add", said, fields, ("",) * len(fields))


@dataclass
class Line:
    """One row of the list: its matter, its row of the ledger if there is one, what it says, and where that differs."""

    number: int
    matter: m.Petition
    row: m.CampaignCase | None
    values: dict[str, Any]
    own: dict[m.CampaignColumn, campaign_columns.Said]
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Comparison:
    """A list beside the ledger. `unknown`: cases to be registered first; `missing`: rows of the ledger that the list does not
    name; nothing happens to them."""

    result: ImportResult
    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    same: list[Line] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    missing: list[m.CampaignCase] = field(default_factory=list)
    stored: dict[tuple[int, int], m.CampaignValue] = field(default_factory=dict)


@dataclass
class Known:
    """What rows are compared with, read once for the whole list."""

    campaign: m.Campaign
    rows: dict[int, m.CampaignCase]
    by_number: dict[str, m.Petition]
    by_source: dict[str, list[m.Petition]]
    units: dict[str, int]
    leaders: dict[str, int]
    unit_names: dict[int, str]
    leader_names: dict[int, str]
    stored: dict[tuple[int, int], m.CampaignValue]
    channels: dict[str, str]


def compare(
    session: Session, actor: Actor, campaign: m.Campaign, sheet: Sheet, mapping: Mapping[str, str]
) -> Comparison:
    """The list beside the ledger. Every wrong cell is a complaint in `result`; with one of them nothing may be written."""
    gate.allow(actor, "campaign_case.add")
    if not set(mapping.values()) & {"matter_number", "source_number"}:
        raise RuleBroken("信访事项编号：名单中要有“信访事项编号”或“来文编号”一列，才能认出是哪一件。", "matter_number")
    found = Comparison(ImportResult())
    rows = readers(sheet, mapping, found.result)
    known = _known(session, actor, campaign, rows)
    found.stored = known.stored
    _sort(actor, rows, known, found)
    named = {line.matter.id for line in (*found.new, *found.changed, *found.same)}
    on_ledger = (row for row in known.rows.values() if row.state is not LedgerState.REMOVED)
    found.missing = [row for row in on_ledger if row.petition_id not in named]
    return found


def _sort(actor: Actor, rows: Sequence[RowReader], known: Known, found: Comparison) -> None:
    seen: dict[int | str, int] = {}
    for reader in rows:
        line = _line(actor, reader, known)
        if line is None:
            continue
        key, name = (line.source_number,) * 2 if isinstance(line, Unknown) else (line.matter.id, line.matter.number)
        first = seen.setdefault(key, reader.number)
        if first != reader.number:
            said = f"第 {first} 行和第 {reader.number} 行是同一件（{name}），请合并成一行。"
            reader.error("matter_number" if reader.has("matter_number") else "source_number", said)
        elif isinstance(line, Unknown):
            found.unknown.append(line)
        elif line.row is None:
            found.new.append(line)
        else:
            (found.changed if line.changes else found.same).append(line)


def _known(session: Session, actor: Actor, campaign: m.Campaign, rows: Sequence[RowReader]) -> Known:
    options = joinedload(m.CampaignCase.petition)
    ledger = list(session.scalars(campaign_ledger.rows(actor, campaign.id).options(options)))
    numbers = {reader.peek("matter_number") for reader in rows} - {""}
    sources = {reader.peek("source_number") for reader in rows} - {""}
    matters = {row.petition.number: row.petition for row in ledger}
    matters |= _matters(session, actor, m.Petition.number, numbers - set(matters), lambda one: one.number)
    by_source: dict[str, list[m.Petition]] = {}
    for row in ledger:
        if row.source_number:
            by_source.setdefault(row.source_number, []).append(row.petition)
    for one in _matters(
        session, actor, m.Petition.source_number, sources - set(by_source), lambda one: one.id
    ).values():
        by_source.setdefault(str(one.source_number), []).append(one)
    units = dict(session.execute(sa.select(m.Unit.id, m.Unit.name).where(m.Unit.is_active)).all())
    leaders = {one.id: one.name for one in session.scalars(sa.select(m.Leader))}
    return Known(
        campaign, {row.petition_id: row for row in ledger}, matters, by_source, {name: key for key, name in units.items()},
        import_ledger.leaders(session), units, leaders, campaign_columns.stored(session, ledger), settings.channels(session),
    )  # fmt: skip


def _matters(session: Session, actor: Actor, column: Any, wanted: set[str], key: Any) -> dict[Any, m.Petition]:
    """Open matters by one of their numbers, in pieces a database can take."""
    found: dict[Any, m.Petition] = {}
    texts = sorted(wanted)
    for start in range(0, len(texts), 500):
        asked = gate.rows(actor, m.Petition).where(
            column.in_(texts[start : start + 500]), sa.not_(m.Petition.is_guarded)
        )
        found |= {key(one): one for one in session.scalars(asked)}
    return found


def _line(actor: Actor, reader: RowReader, known: Known) -> Line | Unknown | None:
    is_unknown = list_registering.may_be(reader) and not known.by_source.get(reader.peek("source_number"))
    matter = None if is_unknown else _matter(reader, known)
    row = known.rows.get(matter.id) if matter is not None else None
    values, own = _values(reader, known), _own(reader, known)
    if is_unknown:
        _check_state(actor, reader, values, LedgerState.OPEN, None)
        return list_registering.read(actor, known.campaign, reader, known.channels, values, own)
    if matter is None or reader.is_wrong:
        return None
    line = Line(reader.number, matter, row, values, own)
    if row is not None:
        line.changes = [*_changes(line, row, known), *_own_changes(line, row, known)]
    _check(actor, reader, line)
    return None if reader.is_wrong else line


def _matter(reader: RowReader, known: Known) -> m.Petition | None:
    """Which case a row is: by the matter's number, else by the number of whoever handed it down."""
    number, source = reader.identifier("matter_number", 30), reader.identifier("source_number", 60)
    if not number and not source:
        reader.error("matter_number", "信访事项编号和来文编号都没有填，认不出是哪一件，请补上一个。")
        return None
    if number and number not in known.by_number:
        reader.error(
            "matter_number", f"没有找到可列入台账的信访事项“{number}”，请核对；还没有登记的请先登记或批量导入。"
        )
        return None
    found = [known.by_number[number]] if number else known.by_source.get(source, [])
    if not found:
        reader.error(
            "source_number",
            f"没有来文编号为“{source}”的信访事项，请核对；还没有登记的，补上“诉求”和“信访人”两栏即可一并登记。",
        )
    elif len(found) > 1:
        numbers = "、".join(one.number for one in found[:3])
        reader.error("source_number", f"来文编号“{source}”有几件（{numbers}），请写明信访事项编号。")
    elif found[0].status is Status.VOIDED:
        reader.error("matter_number", f"信访事项“{found[0].number}”已作废，不能列入台账，请删去这一行。")
    else:
        return found[0]
    return None


def _values(reader: RowReader, known: Known) -> dict[str, Any]:
    values: dict[str, Any] = {name: reader.text(name, limit) for name, limit in TEXTS.items()}
    values["source"] = reader.choice("source", LEDGER_SOURCES)
    values["state"] = reader.choice("state", import_ledger.STATES)
    values["due_on"], values["resolved_on"] = reader.day("due_on"), reader.day("resolved_on")
    for key, name, names in (("unit", "unit_id", known.units), ("leader", "leader_id", known.leaders)):
        if text := reader.text(key, 130):
            values[name] = names.get(text)
            if text not in names:
                reader.error(key, f"没有“{text[:40]}”，请改为系统中的名称；领导重名时写成“姓名（职务）”。")
    scheme = values["scheme"]
    if scheme and scheme not in known.campaign.schemes:
        reader.error("scheme", f"本活动没有“{scheme}”，可用的有：{'、'.join(known.campaign.schemes) or '无'}。")
    return {name: value for name, value in values.items() if value}


def _own(reader: RowReader, known: Known) -> dict[m.CampaignColumn, campaign_columns.Said]:
    found: dict[m.CampaignColumn, campaign_columns.Said] = {}
    for column in known.campaign.own_columns:
        key = campaign_columns.key(column)
        if not reader.has(key):
            continue
        said = reader.day(key) if column.kind is ColumnKind.DATE else reader.text(key, 300)
        try:
            found[column] = campaign_columns.read(column, said)
        except RuleBroken as no:
            reader.error(key, no.message.partition("：")[2])
    return {column: value for column, value in found.items() if value is not None}


def _changes(line: Line, row: m.CampaignCase, known: Known) -> list[tuple[str, str, str]]:
    """(label, before, after) of every field of the ledger that the list says otherwise."""
    changed = {name: value for name, value in line.values.items() if getattr(row, name) != value}
    return [
        (LABELS[name], _shown(name, getattr(row, name), known), _shown(name, value, known))
        for name, value in changed.items()
    ]


def _own_changes(line: Line, row: m.CampaignCase, known: Known) -> list[tuple[str, str, str]]:
    found = []
    for column, value in line.own.items():
        have = known.stored.get((row.id, column.id))
        if have is None or have.said != value:
            found.append((column.label, "" if have is None else str(have.said), str(value)))
    return found


def _shown(name: str, value: Any, known: Known) -> str:
    names = {"unit_id": known.unit_names, "leader_id": known.leader_names}.get(name)
    return (
        str(names.get(value, "")) if names is not None else "" if value is None else str(getattr(value, "label", value))
    )


def _check(actor: Actor, reader: RowReader, line: Line) -> None:
    """What the ledger would refuse, said with its cell."""
    row, values = line.row, line.values
    if row is not None and row.state is LedgerState.REMOVED and values:
        reader.error("matter_number", f"“{line.matter.number}”已移出台账，请先在台账中恢复，或删去这一行。")
    if row is not None and row.struck_off_on is not None and line.changes:
        reader.error("matter_number", f"“{line.matter.number}”已销号，不能再改，请删去这一行或先撤回销号。")
    before = row.state if row is not None else LedgerState.RESOLVED if line.matter.closed_on else LedgerState.OPEN
    _check_state(actor, reader, values, before, row.progress if row is not None else None)


def _check_state(
    actor: Actor, reader: RowReader, values: Mapping[str, Any], before: LedgerState, progress: str | None
) -> None:
    """A resolved row says how and when; `before`, `progress`: what stands there already."""
    is_resolved = values.get("state", before) == LedgerState.RESOLVED
    if is_resolved and values and not (values.get("progress") or progress):
        reader.error("progress", "已化解的须写明怎样化解的，请补上。")
    day = values.get("resolved_on")
    if day and not is_resolved:
        reader.error("resolved_on", "化解情况不是“已化解”，不能有化解日期，请核对。")
    if day and day > actor.today:
        reader.error("resolved_on", "不能晚于今天，请核对。")
