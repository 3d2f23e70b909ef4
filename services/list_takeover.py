"""A list handed down taken over into a campaign's ledger, all of it or nothing (G2)."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import audit, campaign_columns, campaign_ledger, column_map, list_import, list_registering
from services.list_import import Comparison, Line
from services.workbook_in import Sheet

REASON = "上级下发名单"


def preview(
    session: Session, actor: Actor, campaign: m.Campaign, sheet: Sheet, mapping: Mapping[str, str]
) -> Comparison:
    """What taking the list over would do. Raises RuleBroken when the mapping cannot be used."""
    column_map.check(mapping, sheet.header, list_import.kind_of(campaign).fields)
    if not sheet.rows:
        raise RuleBroken("表格只有表头，没有数据，请填好后再上传。", field="file")
    return list_import.compare(session, actor, campaign, sheet, mapping)


def run(
    session: Session,
    actor: Actor,
    campaign: m.Campaign,
    sheet: Sheet,
    mapping: Mapping[str, str],
    *,
    registers: bool = False,
    tick: Callable[[int], None] = lambda _written: None,
) -> Comparison:
    """Take the list over: new rows entered, changed ones changed field by field, missing ones left. With one error, nothing.

    registers: cases nobody registered yet are registered with it; without it a list that has such cases is refused. tick: told how
    many rows are written; it may raise to stop.
    Raises RuleBroken then, and when somebody changed the same rows meanwhile; the caller then rolls back.
    """
    found = preview(session, actor, campaign, sheet, mapping)
    if found.result.error_count:
        return found
    if found.unknown and not registers:
        count = len(found.unknown)
        raise RuleBroken(
            f"名单中有 {count} 件还没有登记（见下表），请勾选“一并登记”后再确认，或从名单中删去。", "registers"
        )
    try:
        matters = list_registering.register(session, actor, found.unknown, tick) if found.unknown else {}
        known = [Line(one.number, matters[one.number], None, one.values, dict(one.own)) for one in found.unknown]
        _enter(session, actor, campaign, known)
        _enter(session, actor, campaign, found.new)
        for count, line in enumerate(found.changed, start=1):
            _change(session, actor, line, found)
            if count % campaign_ledger.MOST_TAKEN == 0:
                tick(count)
        session.flush()
    except (sa.exc.IntegrityError, sa.orm.exc.StaleDataError) as error:
        raise RuleBroken("导入期间有人改动了台账，没有写入任何一行，请重新预览后再确认。") from error
    found.result.created, found.result.joined = len(found.new) + len(found.unknown), len(found.changed)
    counts = {
        "rows": found.result.rows,
        "new": len(found.new),
        "registered": len(found.unknown),
        "changed": len(found.changed),
        "missing": len(found.missing),
    }
    audit.record(session, actor, "import", details={"kind": "campaign-list", "campaign": campaign.id, **counts})
    return found


def _enter(session: Session, actor: Actor, campaign: m.Campaign, lines: list[Line]) -> None:
    for start in range(0, len(lines), campaign_ledger.MOST_TAKEN):
        chunk = {line.matter.id: line for line in lines[start : start + campaign_ledger.MOST_TAKEN]}
        for row in campaign_ledger.take(session, actor, campaign, chunk, reason=REASON):
            line = chunk[row.petition_id]
            if line.values:
                campaign_ledger.put(actor, row, line.values)
            for column, value in line.own.items():
                campaign_columns.put(session, row, column, value, None)
        session.flush()


def _change(session: Session, actor: Actor, line: Line, found: Comparison) -> None:
    assert line.row is not None
    if any(getattr(line.row, name) != value for name, value in line.values.items()):
        campaign_ledger.put(actor, line.row, line.values)
    for column, value in line.own.items():
        campaign_columns.put(session, line.row, column, value, found.stored.get((line.row.id, column.id)))
