"""Striking rows off a campaign's ledger one by one (销号): asked with a reason, approved by another; per leader what is behind (G5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import figures
from rules.access import Actor, may
from rules.words import ClosingStatus, LedgerState, RuleBroken
from services import campaign_ledger, closing_content, gate, settings


def ask(
    session: Session, actor: Actor, row: m.CampaignCase, reason: str, points: Iterable[str], without_file: str = ""
) -> m.StrikeOff:
    """Ask for a resolved row to be struck off. `points`: the campaign's requirements (销号要求) confirmed one by one;
    `without_file`: why it goes without a closed closing file (结案卷), where it has none.

    Raises RuleBroken naming what is missing, gate.Forbidden for another unit's row.
    """
    gate.allow(actor, "campaign_case.strike")
    if not campaign_ledger.may_edit(actor, row):
        raise gate.Forbidden("只能为本单位负责的事项申请销号。")
    if row.struck_off_on is not None:
        raise RuleBroken(f"已于 {row.struck_off_on} 销号。", "reason")
    if waiting_of(row) is not None:
        raise RuleBroken("已申请销号，正等批准，不用再申请。", "reason")
    if row.state is not LedgerState.RESOLVED:
        raise RuleBroken(f"化解情况：现在是“{row.state.label}”，已化解的才能申请销号。", "state")
    _words("销号理由", reason, 500)
    confirmed = set(points)
    missing = [point for point in row.campaign.closing_points if point not in confirmed]
    if missing:
        raise RuleBroken(f"销号要求：还没有确认“{'”“'.join(missing)}”，落实后再申请。", "points")
    file = closing_content.closed_file(session, row.petition)
    if file is None and not without_file.strip():
        raise RuleBroken(
            f"结案卷：{_no_file(session, row.petition)}，结案后再申请；不经结案审查的，请写明理由。", "without_file"
        )
    if len(without_file.strip()) > 300:
        raise RuleBroken("不经结案审查的理由：最多 300 个字，请删短。", "without_file")
    made = m.StrikeOff(row=row, reason=reason.strip(), asked_on=actor.today, asked_by_id=actor.user_id)
    made.closing_file, made.without_file = file, None if file else without_file.strip()
    session.add(made)
    session.flush()
    return made


def _no_file(session: Session, petition: m.Petition) -> str:
    working = closing_content.working_file(session, petition)
    return f"{working.case.number} 的结案卷还没有结案" if working is not None else "这件还没有结案卷"


def _words(label: str, text: str, most: int, field_name: str = "reason") -> None:
    if not text.strip():
        raise RuleBroken(f"{label}：请填写。", field_name)
    if len(text.strip()) > most:
        raise RuleBroken(f"{label}：最多 {most} 个字，请删短。", field_name)


def waiting_of(row: m.CampaignCase) -> m.StrikeOff | None:
    """The request that waits for an answer."""
    return next((one for one in row.strikes if one.approved is None), None)


def answer(session: Session, actor: Actor, row: m.CampaignCase, *, is_approved: bool, words: str = "") -> m.StrikeOff:
    """Approve the request that waits, or send it back with words. Never by who asked. Raises RuleBroken."""
    gate.allow(actor, "campaign_case.approve_strike")
    asked = waiting_of(row)
    if asked is None:
        raise RuleBroken("没有等待批准的销号申请，请刷新后再看。")
    if asked.asked_by_id is not None and asked.asked_by_id == actor.user_id:
        raise RuleBroken("销号须由他人批准，申请人不能批准自己的申请。")
    if is_approved and row.state is not LedgerState.RESOLVED:
        raise RuleBroken(f"化解情况：现在是“{row.state.label}”，不能批准销号，请退回。")
    if is_approved and asked.closing_file is not None and asked.closing_file.status is not ClosingStatus.CLOSED:
        raise RuleBroken("结案卷：申请以后已重新办理，不能批准销号，请退回。")
    if not is_approved:
        _words("退回理由", words, 300)
    asked.approved, asked.answer = is_approved, words.strip()[:300] or None
    asked.answered_on, asked.answered_by_id = actor.today, actor.user_id
    if is_approved:
        row.struck_off_on = actor.today
    session.flush()
    return asked


def undo(session: Session, actor: Actor, row: m.CampaignCase, reason: str) -> None:
    """Take an approved strike-off back: the row is open to changes again, the request stays with why. Raises RuleBroken."""
    gate.allow(actor, "campaign_case.approve_strike")
    done = next((one for one in reversed(row.strikes) if one.approved and one.undone_on is None), None)
    if row.struck_off_on is None or done is None:
        raise RuleBroken("还没有销号，不用撤回。")
    _words("撤回理由", reason, 300)
    done.undone_on, done.undone_reason, done.undone_by_id = actor.today, reason.strip(), actor.user_id
    row.struck_off_on = None
    session.flush()


def follow_reopening(session: Session, actor: Actor, petition: m.Petition, reason: str) -> None:
    """A closed case was taken up again: its rows are no longer struck off nor resolved, requests that wait are sent back."""
    case = m.CampaignCase
    asked = sa.select(case).where(case.petition_id == petition.id, case.state == LedgerState.RESOLVED)
    for row in session.scalars(asked.execution_options(gated=True)).all():
        for one in row.strikes:
            if one.approved and one.undone_on is None:
                one.undone_on, one.undone_reason, one.undone_by_id = actor.today, reason[:300], actor.user_id
            elif one.approved is None:
                one.approved, one.answer, one.answered_on = False, reason[:300], actor.today
        row.struck_off_on = None
        session.flush()
        row.state, row.resolved_on = LedgerState.DOING, None
    session.flush()


def waiting(session: Session, actor: Actor) -> list[m.StrikeOff]:
    """What waits for this actor's approval, the oldest first; nothing he asked for himself."""
    if not may(actor, "campaign_case.approve_strike"):
        return []
    strike = m.StrikeOff
    own = sa.or_(strike.asked_by_id.is_(None), strike.asked_by_id != (actor.user_id or 0))
    open_matter = strike.row.has(m.CampaignCase.petition.has(sa.not_(m.Petition.is_guarded)))
    asked = gate.rows(actor, strike).where(strike.approved.is_(None), own, open_matter)
    options = joinedload(strike.row).joinedload(m.CampaignCase.petition), joinedload(strike.asked_by)
    return list(session.scalars(asked.options(*options).order_by(strike.id)))


@dataclass(frozen=True)
class LeaderLine:
    """A leader's list: how many rows, closed (struck off), resolved and waiting, due soon, behind the limit; his target."""

    leader: m.Leader
    total: int
    closed: int
    resolved: int
    due: int
    behind: int
    target: int | None

    @property
    def rate(self) -> float | None:
        """销号率 in per cent."""
        return figures.share(self.closed, self.total)

    @property
    def light(self) -> str:
        """late, soon or ok: rows behind the half-year limit, due soon, neither (G5)."""
        return "late" if self.behind else "soon" if self.due else "ok"


def by_leader(session: Session, actor: Actor, campaign: m.Campaign) -> list[LeaderLine]:
    """Every leader with rows on this campaign's ledger, in the leaders' own order (G5)."""
    case = m.CampaignCase
    soon = actor.today + timedelta(days=int(settings.get(session, "soon_days", actor.today)))
    is_open = case.struck_off_on.is_(None)
    picks = (
        case.struck_off_on.is_not(None),
        sa.and_(is_open, case.state == LedgerState.RESOLVED),
        sa.and_(is_open, case.strike_by.between(actor.today, soon)),
        sa.and_(is_open, case.strike_by < actor.today),
    )
    sums = [sa.func.sum(sa.case((pick, 1), else_=0)) for pick in picks]
    rows = campaign_ledger.rows(actor, campaign.id).where(
        case.state != LedgerState.REMOVED, case.leader_id.is_not(None)
    )
    counted: list[Any] = [case.leader_id, sa.func.count(), *sums]
    lines = session.execute(rows.with_only_columns(*counted).group_by(case.leader_id))
    found = {row[0]: [int(value or 0) for value in row[1:]] for row in lines}
    leaders = session.scalars(sa.select(m.Leader).where(m.Leader.id.in_(found)).order_by(m.Leader.turn, m.Leader.id))
    return [_leader_line(one, found[one.id], campaign) for one in leaders]


def _leader_line(leader: m.Leader, counts: list[int], campaign: m.Campaign) -> LeaderLine:
    total, closed, resolved, due, late = counts
    return LeaderLine(leader, total, closed, resolved, due, late, campaign.target_per_leader)


def due(actor: Actor, until: date) -> sa.Select[Any]:
    """Rows led by somebody whose limit falls on or before `until`, not struck off, in running campaigns."""
    case = m.CampaignCase
    running = case.campaign.has(m.Campaign.is_active)
    led = sa.and_(case.struck_off_on.is_(None), case.strike_by <= until, case.state != LedgerState.REMOVED)
    return campaign_ledger.rows(actor).where(led, running).order_by(case.strike_by, case.id)


def behind(actor: Actor) -> sa.ColumnElement[bool]:
    """Rows past their limit and not struck off."""
    return sa.and_(m.CampaignCase.struck_off_on.is_(None), m.CampaignCase.strike_by < actor.today)
