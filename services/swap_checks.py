"""What an exchange (调换) must not do: touch a session that is over, seat a leader who cannot come, come too late (D5)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.access import Actor
from rules.roster_period import long_day
from rules.swaps import OPEN
from rules.words import RuleBroken
from services import settings
from services.receptions import check_leader, has_records

PLACES = {"other": "other_session_id", "date": "other_session_id"}
"""Fields of rules.rota.check_swap → fields of the exchange's form."""


def rows_of(swap: m.Swap) -> list[m.ReceptionSession]:
    """The one or two sessions it is about."""
    return [swap.session] + ([swap.other_session] if swap.other_session is not None else [])


def _field(swap: m.Swap) -> str:
    return "to_leader_id" if swap.other_session is None else "other_session_id"


def check_possible(session: Session, actor: Actor, swap: m.Swap) -> None:
    """Both sessions stand, and each leader can be where he would have to be.

    Raises RuleBroken naming the session that is cancelled, past or recorded.
    """
    for row in rows_of(swap):
        if row.is_cancelled:
            raise RuleBroken(f"{long_day(row.held_on)} 的接访已经取消，不能调换。", _field(swap))
        if has_records(session, row):
            raise RuleBroken(f"{long_day(row.held_on)} 的接访已有接访登记，不能调换。", _field(swap))
        if row.held_on < actor.today:
            raise RuleBroken(f"{long_day(row.held_on)} 的接访已经过去，请选择今天以后的接访日。", _field(swap))
    _check_free(session, swap, swap.to_leader, swap.session)
    if swap.other_session is not None and swap.from_leader is not None:
        _check_free(session, swap, swap.from_leader, swap.other_session)


def _check_free(session: Session, swap: m.Swap, leader: m.Leader, row: m.ReceptionSession) -> None:
    """Raises RuleBroken when the leader is out of office, on leave, or sits elsewhere in those hours."""
    check_leader(leader, row.held_on, _field(swap))
    absence = _absence(session, leader, row)
    if absence is not None:
        said = f"{leader.name} {long_day(row.held_on)} 已登记{absence.kind.label}，不能接访，请另选。"
        raise RuleBroken(said, _field(swap))
    elsewhere = _elsewhere(session, leader, row, [one.id for one in rows_of(swap)])
    if elsewhere is not None:
        said = f"{leader.name} {long_day(row.held_on)} {elsewhere.starts}–{elsewhere.ends} 另有一场接访，请另选。"
        raise RuleBroken(said, _field(swap))


def _absence(session: Session, leader: m.Leader, row: m.ReceptionSession) -> m.Absence | None:
    away = m.Absence.from_on <= row.held_on, m.Absence.to_on >= row.held_on
    return session.scalars(sa.select(m.Absence).where(m.Absence.leader_id == leader.id, *away).limit(1)).first()


def _elsewhere(
    session: Session, leader: m.Leader, row: m.ReceptionSession, involved: list[int]
) -> m.ReceptionSession | None:
    """Another session of the leader that overlaps in time."""
    statement = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.leader_id == leader.id,
        m.ReceptionSession.held_on == row.held_on,
        m.ReceptionSession.cancelled_reason.is_(None),
        m.ReceptionSession.id.not_in(involved),
        m.ReceptionSession.starts < row.ends,
        m.ReceptionSession.ends > row.starts,
    )
    return session.scalars(statement.limit(1)).first()


def check_single(session: Session, swap: m.Swap) -> None:
    """One open request a session: a second would be decided over the head of the first.

    Raises RuleBroken naming the open request.
    """
    ids = [row.id for row in rows_of(swap)]
    part = sa.or_(m.Swap.session_id.in_(ids), m.Swap.other_session_id.in_(ids))
    found = session.scalars(sa.select(m.Swap).where(m.Swap.state.in_(OPEN), part).limit(1)).first()
    if found is not None:
        raise RuleBroken(f"这一场已有没办完的调换（{found}），请先办完或撤回再提。", _field(swap))


def check_ahead(session: Session, actor: Actor, swap: m.Swap, reason: str) -> None:
    """Two different leaders, and told as many natural days ahead as the office has set, or with a reason.

    Raises RuleBroken as rules.rota.check_swap, at the form's own fields.
    """
    ahead = int(settings.get(session, "swap_ahead_days", actor.today))
    other = swap.other_session or swap.session
    a = rota.Sitting(swap.session.held_on, swap.from_leader or "（缺领导）")
    b = rota.Sitting(other.held_on, swap.to_leader)
    try:
        rota.check_swap(a, b, actor.today, ahead, reason)
    except RuleBroken as no:
        raise RuleBroken(no.message, PLACES.get(no.field or "", no.field)) from no


def check_unchanged(swap: m.Swap) -> None:
    """Nobody was seated otherwise since it was asked. Raises RuleBroken naming the session."""
    wanted = [(swap.session, swap.from_leader_id)]
    if swap.other_session is not None:
        wanted.append((swap.other_session, swap.to_leader_id))
    for row, leader_id in wanted:
        if row.leader_id != leader_id:
            raise RuleBroken(f"{long_day(row.held_on)} 的接访领导已经换人，请撤回后重新提出。")
