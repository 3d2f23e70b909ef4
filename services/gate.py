"""The one gate towards the database: which rows an actor may know of, as SQL (design §3).

`criteria` is AND-ed into every list, count, look-up, export and figure; `find` is the only way to one row by its id.
Hidden and absent are the same: NotHere.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

import models as m
from models.checks import circulation_unit
from models.meetings import meeting_leader, meeting_unit
from models.visits import visit_petition
from rules import access
from rules.access import Actor, Scope
from rules.words import Purpose, RuleBroken, Status
from services import settings

MAX_ID = 2**31 - 1
"""The largest id PostgreSQL's integer holds."""
KEPT = 512
"""Criteria kept ready: building one costs more than asking the database with it. Few actors × the tables they read."""


class Forbidden(RuleBroken):
    """The role may not do this at all (HTTP 403)."""


class NotHere(RuleBroken):
    """Absent or hidden: the same answer (HTTP 404)."""


@dataclass(frozen=True)
class Path:
    """How a table reaches its matter: `attribute` names the relationship, `optional` when a row may have no matter."""

    attribute: str
    optional: bool = False


PATHS: dict[type[Any], Path] = {
    m.Contact: Path("petition"),
    m.Leg: Path("petition"),
    m.Move: Path("petition"),
    m.Referral: Path("petition"),
    m.Rectification: Path("petition"),
    m.Recusal: Path("petition"),
    m.Clock: Path("petition"),
    m.Respondent: Path("petition"),
    m.Document: Path("petition"),
    m.Attachment: Path("petition"),
    m.JobLine: Path("petition"),
    m.DossierOrder: Path("petition"),
    m.Case: Path("petition"),
    m.ClosingFile: Path("petition"),
    m.ReturnVisit: Path("petition"),
    m.FileFault: Path("petition"),
    m.FirstReview: Path("petition"),
    m.CaseReview: Path("petition"),
    m.FinalMatter: Path("petition"),
    m.Aid: Path("petition"),
    m.Proceeding: Path("petition"),
    m.ProceedingPerson: Path("proceeding"),
    m.DemandAppraisal: Path("petition"),
    m.CampaignCase: Path("petition"),
    m.CampaignValue: Path("row"),
    m.StrikeOff: Path("row"),
    m.ReceptionRecord: Path("petition", optional=True),
    m.Appointment: Path("petition", optional=True),
    m.Reading: Path("petition"),
    m.Filing: Path("petition"),
    m.BundleLetter: Path("petition"),
    m.PetitionTag: Path("petition"),
    m.CheckFinding: Path("petition"),
    m.Supervision: Path("petition", optional=True),
    m.SupervisionRound: Path("supervision"),
    m.SupervisionFile: Path("supervision"),
    m.ContactPetitioner: Path("contact"),
    m.DutyItem: Path("case"),
    m.PlanStep: Path("case"),
    m.Progress: Path("case"),
    m.CaseMember: Path("case"),
    m.DutyEvidence: Path("case"),
    m.HandOver: Path("case"),
    m.CaseProposal: Path("petition"),
    m.ChecklistItem: Path("closing_file"),
    m.Signature: Path("closing_file"),
    m.SignatureImage: Path("closing_file"),
    m.Promise: Path("closing_file"),
}
VISITS: frozenset[type[Any]] = frozenset({m.Visit, m.VisitFinding, m.Dispute})
MEETINGS: frozenset[type[Any]] = frozenset({m.Meeting, m.AgendaItem, m.Decision})
PAIRS: dict[type[Any], str] = {m.PetitionLink: "other", m.Merger: "into"}
"""Tables that join two matters: the relationship to the second; seen only by those who see both."""
HOLDERS: dict[type[Any], str] = {m.Bundle: "letters", m.Destruction: "bundles"}
"""Bundles, and lists of bundles: a guarded one is seen by those who see at least one letter in it (§3)."""
OWN: frozenset[type[Any]] = frozenset({m.Petition, m.Petitioner, m.Circulation, m.ScreeningReturn})
SCOPED: frozenset[type[Any]] = frozenset(PATHS) | VISITS | MEETINGS | frozenset(PAIRS) | frozenset(HOLDERS) | OWN
"""Tables no screen may read without criteria; a test hook watches it."""


def allow(actor: Actor, verb: str) -> None:
    """Raises Forbidden when the actor's role may not use the verb."""
    if not access.may(actor, verb):
        raise Forbidden("您的角色不能进行这项操作。")


def criteria(actor: Actor, model: Any) -> sa.ColumnElement[bool]:
    """The rows of `model` the actor may know of; true() for tables without petition content."""
    return _criteria(_eyes(actor), model)


def _eyes(actor: Actor) -> Actor:
    """The actor reduced to what decides on rows: not when he asks, nor from where."""
    return replace(actor, today=date.min, now=access.Actor.now, address="")


@lru_cache(maxsize=KEPT)
def _criteria(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    if actor.is_system:
        return sa.true()
    if model is m.Petition:
        return sa.and_(_scope(actor), not_accused(actor))
    if model is m.Petitioner:
        return _through(m.Petitioner.id, m.ContactPetitioner.petitioner_id, actor)
    if model is m.Appointment:
        return sa.and_(_appointments(actor), not_accused_there(actor), _hop(actor, model))
    if model is m.ReceptionRecord and actor.role in access.LEADERS:
        return sa.and_(m.ReceptionRecord.leader_id == actor.leader_id, _not_of_accused(actor), _hop(actor, model))
    if model is m.ReceptionRecord:
        return sa.and_(_not_of_accused(actor), _hop(actor, model))
    if model is m.Reading and actor.role in access.LEADERS:
        return sa.and_(m.Reading.leader_id == actor.leader_id, _hop(actor, model))
    if model is m.Supervision:
        return sa.and_(_supervisions(actor), _hop(actor, model))
    if model in VISITS:
        return _visits(actor, model)
    if model is m.Circulation:
        return _circulations(actor)
    if model in MEETINGS:
        return _meetings(actor, model)
    if model is m.ScreeningReturn:
        return sa.true() if _sees_all(actor) else m.ScreeningReturn.unit_id.in_(sorted(actor.unit_ids))
    if model is m.Job:
        return m.Job.by_id == actor.user_id
    if model is m.DossierOrder:
        return sa.and_(m.DossierOrder.by_id == actor.user_id, _hop(actor, model))
    if model in PAIRS:
        other = getattr(model, PAIRS[model])
        return sa.and_(model.petition.has(criteria(actor, m.Petition)), other.has(criteria(actor, m.Petition)))
    if model in HOLDERS:
        held = getattr(model, HOLDERS[model])
        is_open = ~m.Bundle.is_guarded if model is m.Bundle else ~held.any()
        return sa.or_(is_open, held.any(criteria(actor, held.property.mapper.class_)))
    return _hop(actor, model) if model in PATHS else sa.true()


def _visits(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    """Visits down: a leader's own; what they found besides through the matter it became; disputes by unit (E1, E2)."""
    if model is m.Visit:
        own = actor.role in access.LEADERS
        sees_all = actor.role is not None and access.MATTER_SCOPE.get(actor.role) is Scope.ALL
        return m.Visit.leader_id == actor.leader_id if own else sa.true() if sees_all else sa.false()
    unknown = sa.or_(m.Dispute.petition_id.is_(None), m.Dispute.petition.has(not_accused(actor)))
    if model is m.Dispute:
        return sa.and_(_dispute_scope(actor), unknown)
    return sa.and_(
        m.VisitFinding.visit.has(criteria(actor, m.Visit)),
        sa.or_(m.VisitFinding.petition_id.is_(None), m.VisitFinding.petition.has(not_accused(actor))),
        sa.or_(m.VisitFinding.dispute_id.is_(None), m.VisitFinding.dispute.has(unknown)),
    )


def _circulations(actor: Actor) -> sa.ColumnElement[bool]:
    """The office and the inspector see every circulation (通报), units and their leaders those that name them (B10)."""
    if actor.role is not None and access.MATTER_SCOPE.get(actor.role) is Scope.ALL:
        return sa.true()
    named = circulation_unit.c.unit_id.in_(sorted(actor.unit_ids))
    return m.Circulation.id.in_(sa.select(circulation_unit.c.circulation_id).where(named))


def _sees_all(actor: Actor) -> bool:
    return actor.role is not None and access.MATTER_SCOPE.get(actor.role) is Scope.ALL


def _meetings(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    """Meetings of those who take part; items unless guarded and not theirs to see; decisions of owners too (E3, §3)."""
    if model is m.Meeting:
        return sa.true() if _sees_all(actor) else _takes_part(actor)
    known = sa.and_(_may_hear(actor, model.petition), _hears_of_dispute(actor, model))
    if model is m.AgendaItem:
        return sa.and_(m.AgendaItem.meeting.has(criteria(actor, m.Meeting)), known)
    d = m.Decision
    his = sa.or_(
        d.unit_id.in_(sorted(actor.unit_ids)), d.leader_id == (actor.leader_id or 0), d.user_id == (actor.user_id or 0)
    )
    there = sa.and_(d.meeting_id.is_not(None), d.meeting.has(criteria(actor, m.Meeting)))
    matter = sa.and_(d.petition_id.is_not(None), d.petition.has(criteria(actor, m.Petition)))
    return sa.and_(known, sa.true() if _sees_all(actor) else sa.or_(his, there, matter))


def _takes_part(actor: Actor) -> sa.ColumnElement[bool]:
    units = sa.select(meeting_unit.c.meeting_id).where(meeting_unit.c.unit_id.in_(sorted(actor.unit_ids)))
    leaders = sa.select(meeting_leader.c.meeting_id).where(meeting_leader.c.leader_id == (actor.leader_id or 0))
    chairs = m.Meeting.chair_id == (actor.leader_id or 0)
    return sa.or_(m.Meeting.id.in_(units), m.Meeting.id.in_(leaders), chairs)


def _may_hear(actor: Actor, matter: Any) -> sa.ColumnElement[bool]:
    """Who takes part hears of a matter unless it is guarded or he withdrew from it; guarded ones need the right to see it."""
    withdrew = sa.select(m.Recusal.petition_id).where(m.Recusal.user_id == (actor.user_id or 0))
    plain = sa.and_(sa.not_(m.Petition.is_guarded), m.Petition.id.not_in(withdrew))
    return sa.or_(~matter.has(), matter.has(sa.or_(plain, criteria(actor, m.Petition))))


def _hears_of_dispute(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(model.dispute_id.is_(None), model.dispute.has(_may_hear(actor, m.Dispute.petition)))


def _dispute_scope(actor: Actor) -> sa.ColumnElement[bool]:
    scope = access.MATTER_SCOPE.get(actor.role, Scope.NONE) if actor.role else Scope.ALL
    if scope is Scope.ALL:
        return sa.true()
    own = m.Dispute.unit_id.in_(sorted(actor.unit_ids))
    if scope is not Scope.LEADER:
        return own if scope is Scope.UNITS else sa.false()
    his = m.Visit.leader_id == actor.leader_id
    found = sa.select(m.VisitFinding.dispute_id).join(m.Visit).where(his, m.VisitFinding.dispute_id.is_not(None))
    return sa.or_(own, m.Dispute.id.in_(found))


def _hop(actor: Actor, model: type[Any]) -> sa.ColumnElement[bool]:
    path = PATHS[model]
    relation = getattr(model, path.attribute)
    inner: sa.ColumnElement[bool] = relation.has(criteria(actor, relation.property.mapper.class_))
    return sa.or_(getattr(model, f"{path.attribute}_id").is_(None), inner) if path.optional else inner


def _through(own: Any, other: Any, actor: Actor) -> sa.ColumnElement[bool]:
    return sa.exists().where(other == own, m.ContactPetitioner.contact_id == m.Contact.id, criteria(actor, m.Contact))


def _scope(actor: Actor) -> sa.ColumnElement[bool]:
    scope = access.MATTER_SCOPE.get(actor.role, Scope.NONE) if actor.role else Scope.ALL
    if scope is Scope.ALL:
        return sa.true()
    if scope is Scope.CLOSED:
        return sa.or_(m.Petition.closed_on.is_not(None), m.Petition.status == Status.FILED)
    if scope is Scope.UNITS:
        return _of_units(actor)
    if scope is Scope.LEADER:
        return sa.or_(_of_units(actor), _of_leader(actor))
    return sa.false()


def _of_units(actor: Actor) -> sa.ColumnElement[bool]:
    ids = sorted(actor.unit_ids)
    legs = sa.exists().where(m.Leg.petition_id == m.Petition.id, m.Leg.unit_id.in_(ids))
    withdrew = sa.select(m.Recusal.petition_id).where(m.Recusal.user_id == (actor.user_id or 0))
    return sa.and_(sa.or_(legs, m.Petition.registered_unit_id.in_(ids)), m.Petition.id.not_in(withdrew))


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


def not_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """The rule of the accused as SQL over Petition; the same as rules.access.is_excluded (a property test compares them)."""
    r = m.Respondent
    aimed = _aimed(actor, r.unit_id, r.leader_id, m.Petition.registered_by_id, r.user_id)
    return sa.or_(sa.not_(m.Petition.is_guarded), sa.not_(sa.exists().where(r.petition_id == m.Petition.id, aimed)))


def _aimed(actor: Actor, unit_id: Any, leader_id: Any, clerk_id: Any, user_id: Any = None) -> sa.ColumnElement[bool]:
    """Do these columns name the actor or his unit as respondent? NULL names nobody; `clerk_id`: who registered."""
    himself = [sa.and_(leader_id.is_not(None), leader_id == (actor.leader_id or 0))]
    heads = [leader_id.in_(sorted(actor.head_leader_ids))]
    if user_id is not None:
        himself.append(sa.and_(user_id.is_not(None), user_id == (actor.user_id or 0)))
        heads.append(user_id.in_(sorted(actor.head_user_ids)))
    by_unit: sa.ColumnElement[bool] = sa.or_(unit_id.in_(sorted(actor.line_ids)), *heads)
    if actor.is_office:
        exempt = sa.true() if actor.is_discipline_contact else clerk_id == actor.user_id
        by_unit = sa.and_(by_unit, sa.func.coalesce(sa.not_(exempt), sa.true()))
    return sa.func.coalesce(sa.or_(*himself, by_unit), sa.false())


def _own_sessions(actor: Actor) -> sa.ColumnElement[bool]:
    own = sa.select(m.ReceptionSession.id).where(m.ReceptionSession.leader_id == (actor.leader_id or 0))
    return m.Appointment.session_id.in_(own)


def _appointments(actor: Actor) -> sa.ColumnElement[bool]:
    """The office and the inspector see every sign-up, a leader his own sessions', nobody else any."""
    if actor.role in access.LEADERS:
        return _own_sessions(actor)
    return sa.true() if actor.role in access.OFFICE | {access.R.INSPECTOR} else sa.false()


def not_accused_there(actor: Actor) -> sa.ColumnElement[bool]:
    """The rule of the accused as SQL over Appointment: whom it names itself, and whom its matter complains of."""
    a, r, matter = m.Appointment, aliased(m.Respondent), aliased(m.Petition)
    guarded_matters = sa.select(matter.id).where(matter.is_guarded)
    of_matter = sa.func.coalesce(a.petition_id.in_(guarded_matters), sa.false())
    guarded = sa.or_(a.purpose == Purpose.REPORT, a.is_secret, of_matter)
    named = _aimed(actor, a.respondent_unit_id, a.respondent_leader_id, a.by_id)
    aimed = _aimed(actor, r.unit_id, r.leader_id, a.by_id, r.user_id)
    return sa.not_(sa.and_(guarded, sa.or_(named, sa.exists().where(r.petition_id == a.petition_id, aimed))))


def _supervisions(actor: Actor) -> sa.ColumnElement[bool]:
    """The office, inspector and statistician see every one, a unit and its leaders what is put to them (B10)."""
    scope = access.MATTER_SCOPE.get(actor.role, Scope.NONE) if actor.role else Scope.ALL
    if scope in (Scope.ALL, Scope.CLOSED):
        return sa.true() if scope is Scope.ALL else m.Supervision.petition_id.is_not(None)
    own = m.Supervision.unit_id.in_(sorted(actor.unit_ids))
    if scope is not Scope.LEADER:
        return own if scope is Scope.UNITS else sa.false()
    return sa.or_(own, m.Supervision.leader_id == (actor.leader_id or 0))


def _not_of_accused(actor: Actor) -> sa.ColumnElement[bool]:
    """Records of people whose sign-up this actor must not know of."""
    hidden = sa.exists().where(m.Appointment.record_id == m.ReceptionRecord.id, sa.not_(not_accused_there(actor)))
    return sa.not_(hidden)


def rows(actor: Actor, model: Any) -> sa.Select[Any]:
    """`select(model)` with the actor's criteria; the start of every read."""
    return _rows(_eyes(actor), model)


@lru_cache(maxsize=KEPT)
def _rows(actor: Actor, model: type[Any]) -> sa.Select[Any]:
    return sa.select(model).where(criteria(actor, model)).execution_options(gated=True)


def count(session: Session, statement: sa.Select[Any], cap: int = 1000) -> int:
    """How many rows, counted no further than `cap` + 1 (shown as "1000+")."""
    inner = (
        statement.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None).limit(cap + 1).subquery()
    )
    return session.execute(
        sa.select(sa.func.count()).select_from(inner), execution_options={"gated": True}
    ).scalar_one()


def id_in(text: str) -> int | None:
    """The id a text says, or None: what is no number, or none an id can be, never reaches the database (trap 16)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MAX_ID else None


def find(session: Session, actor: Actor, model: type[Any], row_id: object) -> Any:
    """The row, or NotHere when it is absent, hidden or not an id at all."""
    key = id_in(str(row_id))
    found = None if key is None else session.scalars(rows(actor, model).where(model.id == key)).one_or_none()
    if found is None:
        raise NotHere("没有找到这条记录。")
    return found


def is_accused(session: Session, petition: m.Petition, actor: Actor) -> bool:
    """True when the rule of the accused hides this matter from that actor (used before offering somebody as a choice)."""
    if not petition.is_guarded:
        return False
    facts = [access.Accused(r.unit_id, r.leader_id, r.user_id) for r in petition.respondents]
    return any(access.is_excluded(actor, fact, petition.registered_by_id) for fact in facts)


def actor_of(session: Session, user: m.User, today: date, now: datetime, address: str = "") -> Actor:
    """The actor for an account: reads the unit tree, the units his leader answers for, and who heads his unit."""
    units = session.execute(sa.select(m.Unit.id, m.Unit.parent_id, m.Unit.is_office)).all()
    own = frozenset(subtree(units, [user.unit_id]) if user.unit_id else ())
    answers_for = subtree(units, [u.id for u in user.leader.units]) if user.leader else set()
    heads = session.scalars(sa.select(m.User).where(m.User.unit_id == user.unit_id, m.User.role == access.R.UNIT_HEAD))
    head_users = list(heads) if user.unit_id else []
    head_leaders = {h.leader_id for h in head_users if h.leader_id}
    if user.unit and user.unit.head_leader_id:
        head_leaders.add(user.unit.head_leader_id)
    office = {u.id for u in units if u.is_office}
    return Actor(
        user.id,
        user.username,
        user.name,
        user.role,
        unit_id=user.unit_id,
        unit_ids=frozenset(answers_for) if user.role in access.LEADERS else own,
        line_ids=frozenset(ancestors(units, user.unit_id)),
        leader_id=user.leader_id,
        head_user_ids=frozenset(h.id for h in head_users),
        head_leader_ids=frozenset(head_leaders),
        is_office=user.unit_id in subtree(units, office),
        is_discipline_contact=user.username == settings.get(session, "discipline_contact", today),
        today=today,
        now=now,
        address=address,
    )


def subtree(units: Any, roots: Any) -> set[int]:
    """Ids of the given units and everything below them."""
    children: dict[int | None, list[int]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit.id)
    found: set[int] = set()
    queue = list(roots)
    while queue:
        unit_id = queue.pop()
        if unit_id not in found:
            found.add(unit_id)
            queue.extend(children.get(unit_id, ()))
    return found


def ancestors(units: Any, unit_id: int | None) -> set[int]:
    """Ids of the unit and everything above it."""
    parents = {unit.id: unit.parent_id for unit in units}
    line: set[int] = set()
    while unit_id is not None and unit_id not in line:
        line.add(unit_id)
        unit_id = parents.get(unit_id)
    return line
