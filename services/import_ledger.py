"""Importing a campaign's ledger (专项台账): rows for matters already registered, taken in and filled as the screen would (G2).

A guarded matter is as good as none; what the ledger has already is skipped and not changed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import LedgerState, RuleBroken, Status
from services import campaign_ledger
from services.import_contacts import matters
from services.import_fields import LEDGER_SOURCES, LEDGER_STATES
from services.import_rows import NEW, SKIPPED, ImportResult, Options, RowReader, Seen

STATES = {label: state for label, state in LEDGER_STATES.items() if state != LedgerState.REMOVED}
"""What an imported row may stand at: leaving the ledger asks for a reason and happens on its page."""


@dataclass
class Draft:
    """A row of the file: its campaign, its matter and what is written beside them."""

    row: RowReader
    campaign: m.Campaign
    matter: m.Petition
    values: dict[str, Any]


@dataclass
class Office:
    """What rows are compared with, read once for the whole table."""

    campaigns: dict[str, m.Campaign]
    matters: dict[str, m.Petition]
    units: dict[str, int]
    leaders: dict[str, int]
    taken: set[tuple[int, int]]


def read(
    session: Session, actor: Actor, rows: Sequence[RowReader], result: ImportResult, options: Options
) -> list[Draft]:
    """Check every row. Returns the drafts to write."""
    office, seen, drafts = _office(session, actor, rows), Seen(), []
    for reader in rows:
        draft = _draft(actor, reader, office)
        key = (reader.peek("campaign"), reader.peek("matter_number"))
        first = seen.before(key, reader.number) if all(key) else None
        if first is not None:
            reader.error("matter_number", f"事项“{key[1]}”与第 {first} 行重复，请删去其中一行。")
        elif draft is not None:
            is_known = (draft.campaign.id, draft.matter.id) in office.taken
            drafts += [] if is_known else [draft]
            _show(result, draft, SKIPPED if is_known else NEW)
    return drafts


def write(session: Session, actor: Actor, drafts: Sequence[Draft], result: ImportResult) -> None:
    """Take the matters into their ledgers, then fill the rows."""
    for campaign in {draft.campaign.id: draft.campaign for draft in drafts}.values():
        own = {draft.matter.id: draft for draft in drafts if draft.campaign is campaign}
        ids = sorted(own)
        for start in range(0, len(ids), campaign_ledger.MOST_TAKEN):
            chunk = ids[start : start + campaign_ledger.MOST_TAKEN]
            for entry in campaign_ledger.take(session, actor, campaign, chunk):
                if own[entry.petition.id].values:
                    campaign_ledger.edit(session, actor, entry, own[entry.petition.id].values)
    result.made = [(draft.matter.number, draft.matter.id) for draft in drafts[:20]]


def _office(session: Session, actor: Actor, rows: Sequence[RowReader]) -> Office:
    campaigns = {campaign.name: campaign for campaign in session.scalars(sa.select(m.Campaign))}
    found = matters(session, actor, sorted({reader.peek("matter_number") for reader in rows} - {""}))
    usable = {number: matter for number, matter in found.items() if not matter.is_guarded}
    units = {unit.name: unit.id for unit in session.scalars(sa.select(m.Unit).where(m.Unit.is_active))}
    taken = sa.select(m.CampaignCase.campaign_id, m.CampaignCase.petition_id).execution_options(gated=True)
    return Office(campaigns, usable, units, leaders(session), {(row[0], row[1]) for row in session.execute(taken)})


def leaders(session: Session) -> dict[str, int]:
    """Leaders by name, where it is one's alone, and by name with position."""
    leaders = list(session.scalars(sa.select(m.Leader).where(m.Leader.is_active)))
    times = Counter(leader.name for leader in leaders)
    alone = {leader.name: leader.id for leader in leaders if times[leader.name] == 1}
    return alone | {str(leader): leader.id for leader in leaders}


def _draft(actor: Actor, reader: RowReader, office: Office) -> Draft | None:
    campaign = _found(reader, "campaign", office.campaigns, 100, "没有专项活动“{}”，请核对名称。")
    matter = _found(reader, "matter_number", office.matters, 30, "没有找到可列入台账的信访事项“{}”，请核对编号。")
    values = _values(reader, office)
    if matter is not None and matter.status == Status.VOIDED:
        reader.error("matter_number", f"信访事项“{matter.number}”已作废，不能列入台账，请删去这一行。")
    if campaign is not None:
        _check_scheme(reader, campaign, values.get("scheme"))
    if matter is not None:
        _check_state(actor, reader, matter, values)
    if reader.is_wrong or campaign is None or matter is None:
        return None
    return Draft(reader, campaign, matter, values)


def _found(reader: RowReader, key: str, known: dict[str, Any], limit: int, said: str) -> Any:
    """The thing a required cell names, or None with a complaint."""
    text = reader.text(key, limit, required=True)
    if text and text not in known:
        reader.error(key, said.format(text[:40]))
    return known.get(text)


def _values(reader: RowReader, office: Office) -> dict[str, Any]:
    """What the row says beside campaign and matter; empty cells leave the ledger's own beginning."""
    limits = {"scheme": 60, "source_number": 60, "responsible": 60, "measures": 500, "progress": 500}
    values: dict[str, Any] = {name: reader.text(name, limit) for name, limit in limits.items()}
    values["source"] = reader.choice("source", LEDGER_SOURCES)
    values["state"] = reader.choice("state", STATES)
    values["due_on"], values["resolved_on"] = reader.day("due_on"), reader.day("resolved_on")
    for key, name, known in (("unit", "unit_id", office.units), ("leader", "leader_id", office.leaders)):
        if text := reader.text(key, 130):
            values[name] = known.get(text)
            if text not in known:
                reader.error(key, f"没有“{text[:40]}”，请改为系统中的名称；领导重名时写成“姓名（职务）”。")
    return {name: value for name, value in values.items() if value}


def _check_scheme(reader: RowReader, campaign: m.Campaign, scheme: str | None) -> None:
    try:
        campaign_ledger.check_scheme(campaign, scheme)
    except RuleBroken as no:
        reader.error("scheme", no.message.partition("：")[2])


def _check_state(actor: Actor, reader: RowReader, matter: m.Petition, values: dict[str, Any]) -> None:
    """What campaign_ledger.edit would refuse, said with its cell; a closed matter starts as resolved."""
    is_resolved = values.get("state", LedgerState.RESOLVED if matter.closed_on else None) == LedgerState.RESOLVED
    if values and is_resolved and "progress" not in values:
        reader.error("progress", "已化解的须写明怎样化解的，请补上。")
    resolved_on = values.get("resolved_on")
    if resolved_on and not is_resolved:
        reader.error("resolved_on", "化解情况不是“已化解”，不能有化解日期，请核对。")
    if resolved_on and resolved_on > actor.today:
        reader.error("resolved_on", "不能晚于今天，请核对。")


def _show(result: ImportResult, draft: Draft, fate: str) -> None:
    result.created += fate == NEW
    result.skipped += fate == SKIPPED
    columns = {
        "专项活动": "campaign",
        "问题类别": "scheme",
        "责任单位": "unit",
        "包案领导": "leader",
        "化解时限": "due_on",
    }
    result.show(
        draft.row.number,
        fate,
        lambda: (
            {"信访事项编号": draft.matter.number, "概况": draft.matter.title}
            | {label: draft.row.peek(key) for label, key in columns.items()}
        ),
    )
