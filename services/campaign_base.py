"""The base list (基数) of a campaign frozen on a day, what came and went since, and rows carried over to the next (G1, G2)."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import LedgerSource, LedgerState, RuleBroken
from services import campaign_columns, campaign_ledger, gate

OPEN = (LedgerState.OPEN, LedgerState.DOING)
COPIED = ("scheme", "source_number", "unit_id", "responsible", "leader_id", "measures", "progress")


def freeze(session: Session, actor: Actor, campaign: m.Campaign) -> int:
    """Freeze what stands in the ledger today as the base list; returns its length. Raises RuleBroken when it was, or is empty."""
    gate.allow(actor, "campaign.edit")
    if campaign.frozen_on is not None:
        raise RuleBroken(f"基数：已于 {campaign.frozen_on} 冻结，不能再冻结一次。", "frozen_on")
    statement = campaign_ledger.rows(actor, campaign.id).where(m.CampaignCase.state != LedgerState.REMOVED)
    rows = list(session.scalars(statement))
    if not rows:
        raise RuleBroken("基数：台账中还没有事项，请先列入再冻结。", "frozen_on")
    for row in rows:
        row.is_base = True
    session.flush()
    campaign.frozen_on, campaign.frozen_by_id = actor.today, actor.user_id
    session.flush()
    return len(rows)


@dataclass
class Movement:
    """The base list and what moved since. `base` counts its rows still there and gone; the lists are rows of the ledger."""

    base: int = 0
    resolved: int = 0
    later: list[m.CampaignCase] = field(default_factory=list)
    removed: list[m.CampaignCase] = field(default_factory=list)


def movement(session: Session, actor: Actor, campaign: m.Campaign, limit: int = 100) -> Movement:
    """What the base list held, later entries and removals with their reasons, newest first; empty before it is frozen."""
    if campaign.frozen_on is None:
        return Movement()
    case = m.CampaignCase
    every = campaign_ledger.rows(actor, campaign.id)
    resolved = sa.func.sum(sa.case((case.state == LedgerState.RESOLVED, 1), else_=0))
    base, done = session.execute(every.where(case.is_base).with_only_columns(sa.func.count(), resolved)).one()
    shown = every.options(joinedload(case.petition), joinedload(case.unit))
    later = shown.where(sa.not_(case.is_base), case.state != LedgerState.REMOVED)
    gone = shown.where(case.state == LedgerState.REMOVED)
    return Movement(
        base, int(done or 0),
        list(session.scalars(later.order_by(case.entered_on.desc(), case.id.desc()).limit(limit))),
        list(session.scalars(gone.order_by(case.removed_on.desc(), case.id.desc()).limit(limit))),
    )  # fmt: skip


def carry_over(session: Session, actor: Actor, old: m.Campaign, new: m.Campaign) -> list[m.CampaignCase]:
    """Carry the unresolved rows of `old` into `new`'s ledger, linked both ways; own columns of one name and kind go along.

    Raises RuleBroken when they are one campaign, `new` begins earlier, or nothing is left to carry. A matter that `new` has
    already is linked if it can be, never entered twice.
    """
    gate.allow(actor, "campaign.edit")
    if old.id == new.id or new.starts_on < old.starts_on:
        raise RuleBroken("结转到：请选择比本活动开始得晚的专项活动。", "to")
    case = m.CampaignCase
    statement = campaign_ledger.rows(actor, old.id).where(case.state.in_(OPEN), sa.not_(case.carried_to.has()))
    rows = list(session.scalars(statement.order_by(case.id)))
    there = {row.petition_id: row for row in session.scalars(campaign_ledger.rows(actor, new.id))}
    if not rows:
        raise RuleBroken("结转：没有未化解又未结转的事项。", "to")
    made = [there.get(row.petition_id) or _copy(actor, row, old, new) for row in rows]
    for row, copy in zip(rows, made, strict=True):
        if copy.carried_from_id is None:
            copy.carried_from = row
    session.add_all(made)
    session.flush()
    _values(session, rows, made, new)
    session.flush()
    return made


def _copy(actor: Actor, row: m.CampaignCase, old: m.Campaign, new: m.Campaign) -> m.CampaignCase:
    values = {name: getattr(row, name) for name in COPIED}
    if values["scheme"] not in new.schemes:
        values["scheme"] = None
    copy = m.CampaignCase(
        **values, campaign_id=new.id, petition_id=row.petition_id, source=LedgerSource.CARRIED, state=row.state,
        entered_on=actor.today, entered_reason=f"由“{old.name}”结转"[:300], due_on=new.ends_on,
    )  # fmt: skip
    campaign_ledger.set_limit(copy, new, actor.today)
    return copy


def _values(session: Session, rows: list[m.CampaignCase], made: list[m.CampaignCase], new: m.Campaign) -> None:
    """Own values whose column the next campaign has too, of the same kind (and choice)."""
    wanted = {column.label: column for column in new.own_columns}
    known = campaign_columns.said(session, [row.id for row in rows])
    columns = {column.id: column for row in rows[:1] for column in row.campaign.own_columns}
    for row, copy in zip(rows, made, strict=True):
        for column_id, value in known.get(row.id, {}).items():
            target = wanted.get(columns[column_id].label)
            same = target is not None and target.kind is columns[column_id].kind
            if same and target is not None and (not target.choices or value in target.choices):
                campaign_columns.write(session, copy, target, value)
