"""What is known of files, read batch by batch with a fixed number of queries, for rules.inspection (H5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

import models as m
from rules import closing as closing_rule
from rules import demand_ways
from rules.access import Actor
from rules.inspection import FileFacts, Promised
from rules.words import CaseStatus, ClosingStatus, DocumentKind, Status
from services import case_choices, closing_content, excluded, office_zone
from services.closing_content import Reading

D = DocumentKind
ANSWERS = frozenset({D.REPLY, D.REFUSE, D.NO_MORE, D.GUIDE, D.DIVERT, D.REVIEW, D.RECHECK})
"""Papers that answer the petitioner."""


@dataclass
class File:
    """One matter's file: the matter, its last case not handed over, its closing file read, and the facts."""

    petition: m.Petition
    case: m.Case | None = None
    reading: Reading | None = None
    facts: FileFacts = field(default_factory=lambda: FileFacts(Status.REGISTERED))


@dataclass
class Beside:
    """What lies beside the matters of a batch, by matter."""

    papers: dict[int, set[DocumentKind]] = field(default_factory=lambda: defaultdict(set))
    files: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    paid: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    served: set[int] = field(default_factory=set)
    rectified: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rectifying: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    respondents: dict[int, list[m.Respondent]] = field(default_factory=lambda: defaultdict(list))
    units: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    recused: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    unit_names: dict[int, str] = field(default_factory=dict)


def read(session: Session, actor: Actor, ids: Sequence[int]) -> list[File]:
    """The files of these matters. `ids`: a batch; the caller has asked the gate, or reads for the whole office."""
    session.flush()
    found = _matters(session, ids)
    cases = _cases(session, ids)
    readings = _readings(session, [case.id for case in cases.values()])
    beside = _beside(session, ids)
    files = [File(one, cases.get(one.id)) for one in found]
    means = _means(session, ids)
    for file in files:
        file.reading = readings.get(file.case.id) if file.case is not None else None
        file.facts = replace(_facts(session, actor, file, beside), lacking_means=means.get(file.petition.id, ()))
    return files


def _means(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Papers lacking for the way of a demand that was appraised (F5)."""
    from services import demands

    d = m.DemandAppraisal
    kinds = dict(_rows(session, d.petition_id, d.kind, ids=ids, where=(d.is_current,)))
    return {key: tuple(demand_ways.missing(kind, demands.facts_of(session, key))) for key, kind in kinds.items()}


def _matters(session: Session, ids: Sequence[int]) -> list[m.Petition]:
    rows = sa.select(m.Petition).where(m.Petition.id.in_(ids)).options(joinedload(m.Petition.handler))
    return list(session.scalars(rows.order_by(m.Petition.id).execution_options(gated=True)))


def _cases(session: Session, ids: Sequence[int]) -> dict[int, m.Case]:
    c = m.Case
    rows = sa.select(c).where(c.petition_id.in_(ids), c.status != CaseStatus.HANDED_OVER).order_by(c.id)
    options = joinedload(c.leader), joinedload(c.responsible), selectinload(c.duties)
    return {one.petition_id: one for one in session.scalars(rows.options(*options).execution_options(gated=True))}


def _readings(session: Session, case_ids: Sequence[int]) -> dict[int, Reading]:
    f = m.ClosingFile
    rows = sa.select(f).where(f.case_id.in_(case_ids)).options(*closing_content.LOADED).order_by(f.id)
    files = list(session.scalars(rows.execution_options(gated=True)).unique())
    return {one.file.case_id: one for one in closing_content.read_all(session, files)} if files else {}


def _rows(session: Session, *columns: Any, ids: Sequence[int], where: Iterable[Any] = ()) -> Iterator[Any]:
    owner = columns[0]
    statement = sa.select(*columns).where(owner.in_(ids), *where)
    return iter(session.execute(statement, execution_options={"gated": True}))


def _beside(session: Session, ids: Sequence[int]) -> Beside:
    found = Beside()
    for petition_id, kind in _rows(session, m.Document.petition_id, m.Document.kind, ids=ids):
        found.papers[petition_id].add(kind)
    a, v, r = m.Attachment, m.ReturnVisit, m.Rectification
    for petition_id, made in _rows(session, a.petition_id, a.created_at, ids=ids, where=(a.voided_reason.is_(None),)):
        found.files[petition_id].append(office_zone.local(made).date())
    for petition_id, day in _rows(session, v.petition_id, v.made_on, ids=ids, where=(v.made_on.is_not(None),)):
        found.visits[petition_id].append(day)
    for (petition_id,) in _rows(session, m.Aid.petition_id, ids=ids, where=(m.Aid.paid_on.is_not(None),)):
        found.paid[petition_id] += 1
    found.served |= {row[0] for row in _rows(session, m.ServiceOfProcess.petition_id, ids=ids)}
    for petition_id, text, done_on in _rows(session, r.petition_id, r.text, r.done_on, ids=ids):
        if done_on is None:
            found.rectifying[petition_id].append(text)
        else:
            found.rectified[petition_id] += 1
    _respondents(session, ids, found)
    return found


def _respondents(session: Session, ids: Sequence[int], found: Beside) -> None:
    """Whom matters complain of, which units had those matters, and who withdrew."""
    rows = sa.select(m.Respondent).where(m.Respondent.petition_id.in_(ids)).execution_options(gated=True)
    for one in session.scalars(rows):
        found.respondents[one.petition_id].append(one)
    named = sorted(found.respondents)
    leg = m.Leg
    columns = leg.petition_id, leg.unit_id, leg.is_lead, leg.accepted_on, leg.ended_on
    accepted: dict[int, int] = {}
    for petition_id, unit_id, is_lead, accepted_on, ended_on in _rows(session, *columns, ids=named):
        if ended_on is None:
            found.units[petition_id].add(unit_id)
        if is_lead and accepted_on is not None:
            accepted[petition_id] = unit_id
    for petition_id, unit_id in accepted.items():
        found.units[petition_id].add(unit_id)
    if named:
        found.unit_names = {unit.id: unit.name for unit in session.scalars(sa.select(m.Unit))}
    x = m.Recusal
    withdrew = sa.select(x.petition_id, x.user_id, m.User.name).join(m.User, m.User.id == x.user_id)
    for petition_id, user_id, name in session.execute(
        withdrew.where(x.petition_id.in_(ids)), execution_options={"gated": True}
    ):
        found.recused[petition_id][user_id] = name


def _facts(session: Session, actor: Actor, file: File, beside: Beside) -> FileFacts:
    petition, case, reading = file.petition, file.case, file.reading
    said = reading.file if reading is not None else None
    promises = tuple(Promised(p.text, p.due_on, p.kept_on is not None) for p in said.promises) if said else ()
    is_answered = petition.replied_on is not None and petition.unit_id is not None and not petition.is_simple
    has_answer = bool(beside.papers[petition.id] & ANSWERS) or petition.is_simple or petition.unit_id is None
    accused, partial, respondents = _involved(session, actor, file, beside)
    is_closed = said is not None and said.status is ClosingStatus.CLOSED
    return FileFacts(
        petition.status, case is not None, is_closed, petition.is_simple,
        report=(said.report or "") if said is not None else None, opinion=petition.opinion,
        has_answer=has_answer, is_answered=is_answered, executed=_executed(file, promises, beside),
        open_rectify=tuple(beside.rectifying[petition.id]), promises=promises,
        paper=said.paper if said is not None else FileFacts.paper,
        empty_duties=tuple(duty.name for duty in case.duties if not (duty.done or "").strip()) if case else (),
        signed=frozenset(reading.standing) if reading is not None else frozenset(),
        changed=tuple(s.role for s in reading.stale) if reading is not None else (),
        has_service_date=petition.served_at is not None or petition.id in beside.served,
        visits=len(beside.visits[petition.id]), days=_days(file, beside), accused=accused, partial=partial,
        respondents=respondents, recused=_still(file, beside.recused[petition.id]),
        lacking_items=tuple(closing_rule.checklist_missing(reading.facts)) if reading is not None else (),
    )  # fmt: skip


def _executed(file: File, promises: Sequence[Promised], beside: Beside) -> int:
    """Signs that the opinion was carried out: put right, aid paid, promises kept, files brought since the reply.

    A plain matter's closing says how (办结说明); a leader's case must show it.
    """
    petition, since = file.petition, file.petition.replied_on
    brought = sum(1 for day in beside.files[petition.id] if since is not None and day >= since)
    told = int(file.case is None and petition.closed_on is not None)
    return beside.rectified[petition.id] + beside.paid[petition.id] + sum(p.is_kept for p in promises) + brought + told


def _days(file: File, beside: Beside) -> dict[str, date]:
    petition, case = file.petition, file.case
    served = office_zone.local(petition.served_at).date() if petition.served_at is not None else None
    days: dict[str, date | None] = {
        "registered": petition.registered_on, "routed": petition.routed_on, "accepted": petition.accepted_on,
        "replied": petition.replied_on, "served": served, "closed": petition.closed_on,
        "assigned": case.assigned_on if case is not None else None,
        "visited": min(beside.visits[petition.id], default=None),
    }  # fmt: skip
    if file.reading is not None:
        days |= {f"signed_{role.value}": one.signed_on for role, one in file.reading.standing.items()}
    return {key: day for key, day in days.items() if day is not None}


Names = tuple[str, ...]


def _involved(session: Session, actor: Actor, file: File, beside: Beside) -> tuple[Names, Names, Names]:
    """(Accused who handle a guarded matter, persons complained of who handle another, units complained of that do)."""
    petition, case = file.petition, file.case
    named = beside.respondents[petition.id]
    if not named:
        return (), (), ()
    units = beside.units[petition.id] | ({petition.unit_id} if petition.unit_id else set())
    handlers = {user.id: user.name for user in (petition.handler, case.responsible if case else None) if user}
    users, leaders = {r.user_id for r in named}, {r.leader_id for r in named}
    persons = [name for user_id, name in handlers.items() if user_id in users]
    persons += [case.leader.name] if case is not None and case.leader_id in leaders else []
    if not petition.is_guarded:
        same = [beside.unit_names[u] for u in sorted(units & {r.unit_id for r in named if r.unit_id})]
        return (), tuple(persons), tuple(same)
    barred = [beside.unit_names[u] for u in sorted(units & excluded.units(session, petition))]
    if case is not None and case.leader_id in case_choices.accused_leaders(session, actor, petition):
        persons = [*(p for p in persons if p != case.leader.name), case.leader.name]
    return (*barred, *persons), (), ()


def _still(file: File, recused: dict[int, str]) -> Names:
    """Who withdrew and handles the matter all the same."""
    handling = {file.petition.handler_id, file.case.responsible_id if file.case is not None else None}
    return tuple(name for user_id, name in sorted(recused.items()) if user_id in handling)
