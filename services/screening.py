"""Screening rounds (排查): asked of every village and unit, returned to the hour, nil returns too, urged when missing (E2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import access
from rules.access import Actor
from rules.words import RuleBroken
from services import disputes, gate

MOST_LINES = 60
"""Disputes entered at once."""
OFFICE_ONLY = "只能报送本单位（含下属）的排查情况。"


@dataclass(frozen=True)
class Asked:
    """What a round asks: its name, what to look for, the hour it is due, of which units; `key`: the rule's month."""

    name: str
    due_at: datetime
    unit_ids: Collection[int]
    scope: str = ""
    key: str | None = None


def owing_units(session: Session) -> list[m.Unit]:
    """Units that owe a return when nobody says otherwise: every active one but the office itself and the government."""
    above = sa.select(m.Unit.parent_id).where(m.Unit.is_office)
    statement = sa.select(m.Unit).where(m.Unit.is_active, sa.not_(m.Unit.is_office))
    statement = statement.where(m.Unit.id.not_in(above.where(m.Unit.parent_id.is_not(None))))
    return list(session.scalars(statement.order_by(m.Unit.position, m.Unit.id)))


def usual_name(day: date) -> str:
    """What a month's round is called."""
    return f"{day.year}年{day.month}月矛盾纠纷排查"


def ask(session: Session, actor: Actor, said: Asked) -> m.ScreeningRound:
    """Begin a round: each unit owes a return by the hour. Raises RuleBroken naming the field."""
    gate.allow(actor, "screening_round.edit")
    if not said.name.strip():
        raise RuleBroken("排查名称：请填写。", "name")
    if said.due_at <= actor.now:
        raise RuleBroken("报送期限：应晚于现在，请改为以后的时间。", "due_at")
    known = {unit.id for unit in owing_units(session)}
    if not said.unit_ids or not set(said.unit_ids) <= known:
        raise RuleBroken("报送单位：请至少选一个在用的单位。", "unit_ids")
    row = m.ScreeningRound(
        name=said.name.strip(), scope=said.scope.strip() or None, asked_on=actor.today, due_at=said.due_at,
        key=said.key, by_id=actor.user_id,
    )  # fmt: skip
    row.returns = [m.ScreeningReturn(unit_id=unit.id) for unit in owing_units(session) if unit.id in said.unit_ids]
    session.add(row)
    session.flush()
    return row


def put_off(session: Session, actor: Actor, row: m.ScreeningRound, due_at: datetime) -> None:
    """Another hour for everybody. Raises RuleBroken when it has passed already."""
    gate.allow(actor, "screening_round.edit")
    if due_at <= actor.now:
        raise RuleBroken("报送期限：应晚于现在，请改为以后的时间。", "due_at")
    row.due_at = due_at
    session.flush()


def urge(session: Session, actor: Actor, row: m.ScreeningRound, unit_id: int | None = None) -> int:
    """Urge those who have not returned (or the one unit); answers how many. Raises RuleBroken when nothing is missing."""
    gate.allow(actor, "screening_round.edit")
    chosen = [one for one in row.returns if one.returned_at is None and unit_id in (None, one.unit_id)]
    if not chosen:
        raise RuleBroken("催报：没有未报送的单位。")
    for one in chosen:
        one.urged_at, one.urged_count = actor.now, one.urged_count + 1
    session.flush()
    return len(chosen)


def give_nil(session: Session, actor: Actor, row: m.ScreeningReturn, note: str = "") -> None:
    """Return that nothing was found (零报告). Raises RuleBroken when it was returned or disputes stand in it."""
    check_giver(actor, row)
    if row.returned_at is not None:
        raise RuleBroken("这一轮已经报送，不能再零报告；有新发现的请补报。")
    if _entered(session, row):
        raise RuleBroken("零报告：这一轮已登记矛盾纠纷，不能零报告。")
    _come(session, actor, row, is_nil=True, note=note)


def give(
    session: Session, actor: Actor, row: m.ScreeningReturn, lines: Sequence[Mapping[str, Any]], note: str = ""
) -> list[m.Dispute]:
    """Return with the disputes found, one mapping of disputes.FIELDS each; what comes after the return is added to it.

    All or nothing: raises RuleBroken with the row (from 1) and the field of the first line that cannot be right.
    """
    check_giver(actor, row)
    if not lines:
        raise RuleBroken("矛盾纠纷：请至少填一行；没有发现的，请用“零报告”。")
    if len(lines) > MOST_LINES:
        raise RuleBroken(f"矛盾纠纷：一次最多登记 {MOST_LINES} 件，请分次报送。")
    found = []
    for place, line in enumerate(lines, start=1):
        try:
            entry = m.Dispute(round_id=row.round_id)
            found.append(disputes.save(session, actor, entry, dict(line) | {"unit_id": row.unit_id}))
        except RuleBroken as no:
            raise RuleBroken(no.message, no.field, place) from no
    if row.returned_at is None:
        _come(session, actor, row, is_nil=False, note=note)
    else:
        row.is_nil = False
        session.flush()
    return found


def _come(session: Session, actor: Actor, row: m.ScreeningReturn, *, is_nil: bool, note: str) -> None:
    row.returned_at, row.by_id, row.is_nil, row.note = actor.now, actor.user_id, is_nil, note.strip() or None
    session.flush()


def _entered(session: Session, row: m.ScreeningReturn) -> bool:
    d = m.Dispute
    found = sa.select(d.id).where(d.round_id == row.round_id, d.unit_id == row.unit_id).limit(1)
    return session.execute(found, execution_options={"gated": True}).first() is not None


def check_giver(actor: Actor, row: m.ScreeningReturn) -> None:
    """A unit's cadre or reporter returns for it, the office copies in what came on paper. Raises Forbidden."""
    gate.allow(actor, "screening_return.give")
    if not gives_for(actor, row):
        raise gate.Forbidden(OFFICE_ONLY)


def gives_for(actor: Actor, row: m.ScreeningReturn) -> bool:
    """May this actor return for that unit?"""
    if not access.may(actor, "screening_return.give"):
        return False
    return actor.is_system or actor.role in access.OFFICE or row.unit_id in actor.unit_ids


def missing(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """Returns that have not come."""
    return statement.where(m.ScreeningReturn.returned_at.is_(None))


def late(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """Returns that have not come and whose hour has passed."""
    r = m.ScreeningReturn
    return statement.where(r.returned_at.is_(None), r.round.has(m.ScreeningRound.due_at < actor.now))


@dataclass(frozen=True)
class Line:
    """One unit on the board: its return, how many disputes the reader may know of, how many of them serious."""

    row: m.ScreeningReturn
    count: int
    serious: int


def board(session: Session, actor: Actor, row: m.ScreeningRound) -> list[Line]:
    """Every unit of a round that the actor may know of, in the units' order, with its disputes counted through the gate."""
    r, d = m.ScreeningReturn, m.Dispute
    returns = gate.rows(actor, r).where(r.round_id == row.id).join(r.unit).order_by(m.Unit.position, m.Unit.id)
    counted = gate.rows(actor, d).where(d.round_id == row.id).group_by(d.unit_id)
    heavy = sa.func.sum(sa.case((d.urgency.in_(disputes.SERIOUS), 1), else_=0))
    counts = {
        unit_id: (count, serious)
        for unit_id, count, serious in session.execute(
            counted.with_only_columns(d.unit_id, sa.func.count(), heavy), execution_options={"gated": True}
        )
    }
    options = joinedload(r.unit), joinedload(r.by), joinedload(r.round)
    return [Line(one, *counts.get(one.unit_id, (0, 0))) for one in session.scalars(returns.options(*options))]


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """For the workbench: {"missing": returns waited for or, of a unit, owed, "late": of those waited for, the hour has passed}."""
    rows = gate.rows(actor, m.ScreeningReturn)
    found: dict[str, int] = {}
    if actor.role in access.OFFICE:
        found["late"] = gate.count(session, late(rows, actor))
        found["missing"] = gate.count(session, missing(rows, actor)) - found["late"]
    elif access.may(actor, "screening_return.give"):
        found["missing"] = gate.count(session, missing(rows, actor))
    return found
