"""What stands in a file already and can meet an item of its checklist, and what is still open about it (H1).

Read for many files with a fixed number of queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import closing as rule
from rules.closing_items import Piece, When
from rules.meetings import MeetingState
from rules.owed import WINDOWS
from rules.proceedings import ProceedingKind, ProceedingState
from rules.words import DocumentKind, DutyState, Level, PaperKind, Satisfaction
from services.closing_names import Name, Names
from services.office_zone import CHINA

K = DocumentKind
PAPERS: dict[DocumentKind, Piece] = {
    K.ASSIGN: Piece.ASSIGN, K.FORWARD: Piece.FORWARD, K.REPLY: Piece.REPLY, K.SERVICE: Piece.SERVICE,
    K.REFUSE: Piece.REFUSE, K.INVESTIGATION: Piece.INVESTIGATION, K.VERIFICATION: Piece.VERIFICATION,
}  # fmt: skip
"""Paper of the matter → the piece it is."""
GROUP = 5
"""People from whom on a matter is a group's for the condition 集体访 (《信访工作条例》Art 20)."""


@dataclass(frozen=True)
class Found:
    """Something that meets an item: in words, where it can be opened as (noun, id), its fingerprint if it is a paper.

    `name`: the name from a register that the words speak of.
    """

    piece: Piece
    text: str
    noun: str = ""
    id: int = 0
    sha: str = ""
    name: Name | None = None


@dataclass
class Beside:
    """What lies beside the closing files of a batch, by matter."""

    documents: dict[int, list[m.Document]] = field(default_factory=dict)
    attachments: dict[int, list[m.Attachment]] = field(default_factory=dict)
    minutes: dict[int, list[m.Meeting]] = field(default_factory=dict)
    aids: dict[int, list[m.Aid]] = field(default_factory=dict)
    proceedings: dict[int, list[m.Proceeding]] = field(default_factory=dict)
    windows: dict[int, list[m.Clock]] = field(default_factory=dict)


def read(session: Session, ids: Iterable[int]) -> Beside:
    """Everything beside the files of these matters."""
    wanted = sorted(ids)
    aid, step, clock = m.Aid, m.Proceeding, m.Clock
    held = sa.select(m.AgendaItem.petition_id, m.Meeting).join(m.AgendaItem.meeting)
    held = held.where(m.AgendaItem.petition_id.in_(wanted), m.Meeting.state == MeetingState.HELD)
    found = Beside(
        documents=_grouped(session, m.Document, wanted),
        attachments=_grouped(session, m.Attachment, wanted),
        aids=_grouped(session, aid, wanted, aid.withdrawn_reason.is_(None)),
        proceedings=_grouped(session, step, wanted, step.state != ProceedingState.CANCELLED),
        windows=_grouped(session, clock, wanted, clock.term.in_(list(WINDOWS)), clock.stopped_on.is_(None)),
    )
    for petition_id, meeting in session.execute(held.order_by(m.Meeting.id), execution_options={"gated": True}):
        assert petition_id is not None
        there = found.minutes.setdefault(petition_id, [])
        there.extend([meeting] if meeting not in there else [])
    return found


def _grouped(session: Session, model: Any, ids: Sequence[int], *where: Any) -> dict[int, list[Any]]:
    statement = sa.select(model).where(model.petition_id.in_(ids), *where).order_by(model.id)
    if model is m.Aid:
        statement = statement.options(joinedload(m.Aid.kind))
    found: dict[int, list[Any]] = {}
    for row in session.scalars(statement.execution_options(gated=True)):
        found.setdefault(row.petition_id, []).append(row)
    return found


def found(file: m.ClosingFile, beside: Beside, names: Names) -> dict[Piece, list[Found]]:
    """Piece → what there is of it in this file now; what came after closing is no part of a closed file."""
    ended = file.closed_on or date.max
    there = [*_papers(file, beside), *_proceedings(file, beside), *_own(file), *_of_case(file, names)]
    there += [
        Found(Piece.MINUTES, f"{meeting.number} {meeting.held_on}", "meeting", meeting.id)
        for meeting in beside.minutes.get(file.petition_id, [])
        if meeting.held_on <= ended
    ]
    there += [_aid(aid, ended, names) for aid in beside.aids.get(file.petition_id, []) if aid.decided_on <= ended]
    pieces: dict[Piece, list[Found]] = {}
    for one in there:
        pieces.setdefault(one.piece, []).append(one)
    return pieces


def _aid(aid: m.Aid, ended: date, names: Names) -> Found:
    paid = f"，{aid.paid_on} 兑现" if aid.paid_on is not None and aid.paid_on <= ended else ""
    kind = names.name(aid.kind)
    return Found(Piece.AID, f"{kind.text} {aid.decided_on}{paid}", "aid", aid.id, name=kind)


def _papers(file: m.ClosingFile, beside: Beside) -> list[Found]:
    made = []
    for paper in beside.documents.get(file.petition_id, []):
        piece = PAPERS.get(paper.kind)
        if piece is None or (piece is Piece.SERVICE and file.petition.served_at is None):
            continue
        made.append(Found(piece, paper_words(file, paper), "document", paper.id, paper_sha(paper)))
    return made


def paper_words(file: m.ClosingFile, paper: m.Document) -> str:
    """ "处理意见书 青信答〔2026〕41号 2026-11-21"; of a proof of service, when it was served."""
    words = " ".join(filter(None, (paper.title, paper.number, paper.issued_on.isoformat())))
    served = file.petition.served_at
    return f"{words}，{moment(served)} 送达" if paper.kind is K.SERVICE and served is not None else words


def paper_sha(paper: m.Document) -> str:
    """The fingerprint of a paper: its text and its Word file."""
    return rule.digest({"content": paper.content, "file": paper.sha256})


def moment(value: datetime) -> str:
    """An instant as it is signed: in China's time, so that no setting changes what was signed."""
    return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _proceedings(file: m.ClosingFile, beside: Beside) -> list[Found]:
    ended = file.closed_on or date.max
    there = [one for one in beside.proceedings.get(file.petition_id, []) if one.held_on <= ended]
    held = [one for one in there if one.state is ProceedingState.HELD]
    pieces = {ProceedingKind.VERIFICATION: Piece.VERIFICATION, ProceedingKind.CONFERENCE: Piece.MINUTES}
    return [
        Found(pieces[one.kind], f"{one.kind.label} {one.held_on}", "proceeding", one.id)
        for one in held
        if one.kind in pieces
    ]


def _own(file: m.ClosingFile) -> list[Found]:
    """What the closing file itself holds."""
    made = []
    if (file.report or "").strip():
        made.append(Found(Piece.REPORT, "查办报告已写", "closing_file", file.id))
    made += [
        Found(Piece.VISIT, visit_words(visit), "return_visit", visit.id)
        for visit in file.visits
        if visit.made_on is not None
    ]
    if file.promises:
        kept = sum(promise.kept_on is not None for promise in file.promises)
        made.append(Found(Piece.PROMISES, f"登记 {len(file.promises)} 项，已兑现 {kept} 项", "closing_file", file.id))
    return made


def visit_words(visit: m.ReturnVisit) -> str:
    """回访 2026-11-15 电话 满意."""
    words = [visit.method.label if visit.method else "", visit.satisfaction.label if visit.satisfaction else ""]
    return " ".join(filter(None, ("回访", str(visit.made_on), *words)))


def _of_case(file: m.ClosingFile, names: Names) -> list[Found]:
    case, petition = file.case, file.petition
    leader = names.name(case.leader)
    made = [
        Found(Piece.LEADER, leader.text, "case", case.id, name=leader),
        Found(Piece.ASSIGNED_ON, case.assigned_on.isoformat(), "case", case.id),
    ]
    responsible = case.responsible or petition.handler
    if responsible is not None:
        name = names.name(responsible)
        made.append(Found(Piece.RESPONSIBLE, name.text, "case", case.id, name=name))
    if petition.replied_on is not None:
        made.append(Found(Piece.REPLIED_ON, petition.replied_on.isoformat(), "petition", petition.id))
    if petition.served_at is not None:
        made.append(Found(Piece.SERVED_ON, moment(petition.served_at), "petition", petition.id))
    done = sum(duty.state is DutyState.DONE for duty in case.duties)
    if case.duties and done == len(case.duties):
        made.append(Found(Piece.DUTIES, f"{done}/{len(case.duties)}", "case", case.id))
    return made


def is_undated(file: m.ClosingFile, beside: Beside) -> bool:
    """A proof of service is there, but nobody recorded when it was served."""
    papers = beside.documents.get(file.petition_id, [])
    return file.petition.served_at is None and any(paper.kind is K.SERVICE for paper in papers)


def holds(file: m.ClosingFile, beside: Beside, pieces: Mapping[Piece, Any]) -> frozenset[When]:
    """Which conditions of items hold for this file."""
    petition = file.petition
    kinds = {paper.kind for paper in beside.documents.get(petition.id, [])}
    said = {
        When.REPLIED: petition.replied_on is not None and Piece.REFUSE not in pieces,
        When.REFUSED: Piece.REFUSE in pieces,
        When.AGREEMENT: file.paper is PaperKind.AGREEMENT,
        When.AID: Piece.AID in pieces,
        When.FROM_ABOVE: petition.level_from not in (None, Level.OWN) or petition.channel == "from_above",
        When.GROUP: petition.people_count >= GROUP,
        When.REVIEWED: bool(kinds & {K.REVIEW, K.RECHECK}),
    }
    return frozenset(when for when, is_so in said.items() if is_so)


def disputes(file: m.ClosingFile, beside: Beside, today: date | None) -> tuple[str, ...]:
    """What is still in dispute (争议未结), in words: a mediation not ended; a review window with nobody content yet."""
    said = [
        rule.mediation_runs(one.held_on)
        for one in beside.proceedings.get(file.petition_id, [])
        if one.kind is ProceedingKind.MEDIATION and one.state is ProceedingState.PLANNED
    ]
    if today is not None and not is_content(file):
        said += [
            rule.window_runs(WINDOWS[clock.term], clock.breach_on)
            for clock in beside.windows.get(file.petition_id, [])
            if clock.breach_on >= today
        ]
    return tuple(said)


def is_content(file: m.ClosingFile) -> bool:
    """The petitioner said so himself: on the last return visit, or by a paper signed of his own will."""
    made = sorted((visit.made_on, visit.id, visit.satisfaction) for visit in file.visits if visit.made_on is not None)
    if made:
        return made[-1][2] in (Satisfaction.GOOD, Satisfaction.FAIR)
    return file.paper is not PaperKind.NONE


def broken(file: m.ClosingFile, today: date | None) -> tuple[str, ...]:
    """Promises past their day and not kept, in words."""
    if today is None:
        return ()
    late = [one for one in file.promises if one.kept_on is None and one.due_on < today]
    return tuple(rule.promise_broken(one.text, one.due_on) for one in late)
