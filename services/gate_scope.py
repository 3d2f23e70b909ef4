"""How far a role sees, as SQL: every matter, those of its units, of its leader, or closed ones (rules.access.MATTER_SCOPE)."""

import sqlalchemy as sa

import models as m
from models.checks import circulation_unit
from models.meetings import meeting_leader, meeting_unit
from models.visits import visit_petition
from rules import access
from rules.access import Actor, Scope
from rules.words import Status
from services.gate_accused import not_accused_there, not_named


def _scope(actor: Actor) -> Scope:
    """Without a role, which only the system is, everything."""
    return access.MATTER_SCOPE.get(actor.role, Scope.NONE) if actor.role else Scope.ALL


def circulations(actor: Actor) -> sa.ColumnElement[bool]:
    """The office and the inspector see every circulation (通报), units and their leaders those that name them (B10)."""
    if sees_all(actor):
        return sa.true()
    named = circulation_unit.c.unit_id.in_(sorted(actor.unit_ids))
    return m.Circulation.id.in_(sa.select(circulation_unit.c.circulation_id).where(named))


def sees_all(actor: Actor) -> bool:
    """Does the role see every matter?"""
    return actor.role is not None and access.MATTER_SCOPE.get(actor.role) is Scope.ALL


def takes_part(actor: Actor) -> sa.ColumnElement[bool]:
    """Meetings the actor's unit or leader is called to, or that his leader chairs (E3)."""
    units = sa.select(meeting_unit.c.meeting_id).where(meeting_unit.c.unit_id.in_(sorted(actor.unit_ids)))
    leaders = sa.select(meeting_leader.c.meeting_id).where(meeting_leader.c.leader_id == (actor.leader_id or 0))
    chairs = m.Meeting.chair_id == (actor.leader_id or 0)
    return sa.or_(m.Meeting.id.in_(units), m.Meeting.id.in_(leaders), chairs)


def disputes(actor: Actor) -> sa.ColumnElement[bool]:
    """Disputes (矛盾纠纷): of the actor's units, and those his leader found on a visit (E2)."""
    scope = _scope(actor)
    if scope is Scope.ALL:
        return sa.true()
    own = m.Dispute.unit_id.in_(sorted(actor.unit_ids))
    if scope is not Scope.LEADER:
        return own if scope is Scope.UNITS else sa.false()
    his = m.Visit.leader_id == actor.leader_id
    found = sa.select(m.VisitFinding.dispute_id).join(m.Visit).where(his, m.VisitFinding.dispute_id.is_not(None))
    return sa.or_(own, m.Dispute.id.in_(found))


def matters(actor: Actor) -> sa.ColumnElement[bool]:
    """Matters (信访事项) by the scope of the role, and those of the cases he carries; the system sees all."""
    scope = _scope(actor)
    if scope is Scope.ALL:
        return sa.true()
    if scope is Scope.CLOSED:
        return sa.or_(m.Petition.closed_on.is_not(None), m.Petition.status == Status.FILED)
    if scope is Scope.UNITS:
        return sa.or_(_of_units(actor), _carried(actor))
    if scope is Scope.LEADER:
        return sa.or_(_of_units(actor), _carried(actor), _of_leader(actor))
    return sa.false()


def _of_units(actor: Actor) -> sa.ColumnElement[bool]:
    ids = sorted(actor.unit_ids)
    legs = sa.exists().where(m.Leg.petition_id == m.Petition.id, m.Leg.unit_id.in_(ids))
    return sa.and_(sa.or_(legs, m.Petition.registered_unit_id.in_(ids)), _not_withdrawn(actor))


def _not_withdrawn(actor: Actor) -> sa.ColumnElement[bool]:
    withdrew = sa.select(m.Recusal.petition_id).where(m.Recusal.user_id == (actor.user_id or 0))
    return m.Petition.id.not_in(withdrew)


def _carried(actor: Actor) -> sa.ColumnElement[bool]:
    """Matters whose running case he carries, as services.case_carriers says; none guarded, none about him or his unit (F1, §3)."""
    him, running = actor.user_id or 0, m.Case.ended_on.is_(None)
    answers_for = sa.select(m.Case.petition_id).where(m.Case.responsible_id == him, running)
    standing = m.CaseMember.user_id == him, m.CaseMember.left_on.is_(None), running
    in_team = sa.select(m.Case.petition_id).join(m.CaseMember, m.CaseMember.case_id == m.Case.id).where(*standing)
    is_his = m.Petition.id.in_(sa.union_all(answers_for, in_team))
    return sa.and_(is_his, sa.not_(m.Petition.is_guarded), not_named(actor), _not_withdrawn(actor))


def _of_leader(actor: Actor) -> sa.ColumnElement[bool]:
    cases = sa.select(m.Case.petition_id).where(m.Case.leader_id == actor.leader_id)
    received = sa.select(m.ReceptionRecord.petition_id).where(
        m.ReceptionRecord.leader_id == actor.leader_id, m.ReceptionRecord.petition_id.is_not(None)
    )
    his = m.Visit.leader_id == actor.leader_id
    carried = sa.select(visit_petition.c.petition_id).join(m.Visit).where(his)
    found = sa.select(m.VisitFinding.petition_id).join(m.Visit).where(his, m.VisitFinding.petition_id.is_not(None))
    signed_up = sa.select(m.Appointment.petition_id).where(
        m.Appointment.petition_id.is_not(None), _own_sessions(actor), not_accused_there(actor)
    )
    before_him = sa.select(m.Reading.petition_id).where(
        m.Reading.leader_id == actor.leader_id, m.Reading.withdrawn_reason.is_(None)
    )
    pressed = sa.select(m.Supervision.petition_id).where(
        m.Supervision.leader_id == actor.leader_id,
        m.Supervision.petition_id.is_not(None),
        m.Supervision.withdrawn_reason.is_(None),
    )
    proposed = m.Petition.proposed_to_id == (actor.leader_id or 0)
    ids = (cases, received, carried, found, signed_up, before_him, pressed)
    return sa.or_(proposed, *(m.Petition.id.in_(some) for some in ids))


def _own_sessions(actor: Actor) -> sa.ColumnElement[bool]:
    own = sa.select(m.ReceptionSession.id).where(m.ReceptionSession.leader_id == (actor.leader_id or 0))
    return m.Appointment.session_id.in_(own)


def appointments(actor: Actor) -> sa.ColumnElement[bool]:
    """The office and the inspector see every sign-up, a leader his own sessions', nobody else any."""
    if actor.role in access.LEADERS:
        return _own_sessions(actor)
    return sa.true() if actor.role in access.OFFICE | {access.R.INSPECTOR} else sa.false()


def supervisions(actor: Actor) -> sa.ColumnElement[bool]:
    """The office, inspector and statistician see every one, a unit and its leaders what is put to them (B10)."""
    scope = _scope(actor)
    if scope in (Scope.ALL, Scope.CLOSED):
        return sa.true() if scope is Scope.ALL else m.Supervision.petition_id.is_not(None)
    own = m.Supervision.unit_id.in_(sorted(actor.unit_ids))
    if scope is not Scope.LEADER:
        return own if scope is Scope.UNITS else sa.false()
    return sa.or_(own, m.Supervision.leader_id == (actor.leader_id or 0))
