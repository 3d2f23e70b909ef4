"""Proceedings on a matter (核查、会商、听证、调解、评议): planned, held with minutes and decisions, cancelled (F3, F4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules import access, session_hours
from rules import proceedings as rules
from rules.access import Actor
from rules.proceedings import KINDS, AskedBy, MediationLevel, Outcome, PersonRole, ProceedingKind, ProceedingState
from rules.words import RuleBroken, Status
from services import attachments, cases, decisions, gate, proceeding_people, recusals, settings
from services.proceeding_people import People

PURPOSE = "proceeding"
"""What a written request uploaded with its proceeding is for."""


@dataclass(frozen=True)
class Plan:
    """What is planned: kind, day, hour, place, people, and what the kind asks besides. `uploads`: a written request now."""

    kind: ProceedingKind
    held_on: date
    people: People
    starts: str = ""
    place: str = ""
    asked_by: AskedBy | None = None
    asked_on: date | None = None
    announced_on: date | None = None
    level: MediationLevel | None = None
    request_id: int | None = None
    uploads: Sequence[tuple[str, BinaryIO]] = ()


@dataclass(frozen=True)
class Result:
    """What came of it: the day, who was there, minutes, what it came to; `dissent`: “姓名：意见” a line."""

    held_on: date
    people: People
    minutes: str
    conclusion: str
    outcome: Outcome
    recorder: str
    dissent: str = ""


def may_write(session: Session, actor: Actor, petition: m.Petition) -> bool:
    """The office, the staff of the unit that has the matter or its case, and the case's leader."""
    if not access.may(actor, "proceeding.edit"):
        return False
    if actor.user_id is not None and actor.user_id in recusals.withdrawn(petition):
        return False
    if actor.is_system or actor.role in access.OFFICE:
        return True
    if actor.role in access.UNIT_STAFF and petition.unit_id in actor.unit_ids:
        return True
    case = cases.running(session, petition)
    return case is not None and cases.is_concerned(actor, case)


def check_writer(session: Session, actor: Actor, petition: m.Petition) -> None:
    """Raises Forbidden for anybody not concerned, RuleBroken for a matter that is void."""
    gate.allow(actor, "proceeding.edit")
    recusals.bar(actor, petition)
    if not may_write(session, actor, petition):
        raise gate.Forbidden("只有信访办、责任单位和包案领导可以登记这件事项的核查、会商、听证、调解和评议。")
    if petition.status is Status.VOIDED:
        raise RuleBroken("这件事项已作废，不能再登记。")


def save(
    session: Session, actor: Actor, petition: m.Petition, row: m.Proceeding, said: Plan, folder: Path | None = None
) -> m.Proceeding:
    """Plan a proceeding, or change one still to come (its kind stays). Raises RuleBroken naming the field.

    `folder`: where a written request uploaded with it is kept.
    """
    check_writer(session, actor, petition)
    is_new = row.id is None
    if is_new:
        row.petition, row.case, row.kind, row.by_id = (
            petition,
            cases.running(session, petition),
            said.kind,
            actor.user_id,
        )
    else:
        check_planned(row)
    if said.held_on < actor.today - timedelta(days=366):
        raise RuleBroken("日期：早于一年以前，请核对。", "held_on")
    _check_after_registration(petition, said.held_on)
    with session.no_autoflush:
        _take_request(session, actor, petition, row, said, folder)
        _check_asked(actor, row, said)
    row.held_on, row.place = said.held_on, said.place.strip() or None
    row.starts = session_hours.clean(said.starts, "starts") if said.starts.strip() else None
    session.add(row)
    proceeding_people.put(session, actor, row, said.people)
    session.flush()
    return row


def _take_request(
    session: Session, actor: Actor, petition: m.Petition, row: m.Proceeding, said: Plan, folder: Path | None
) -> None:
    """The written request: a file of this very matter, uploaded before or now."""
    row.request_id = None
    if "request_id" not in KINDS[row.kind].asks:
        return
    if said.uploads and folder is not None:
        name, stream = said.uploads[0]
        row.request = attachments.add(session, actor, petition, name, stream, folder, PURPOSE)
        return
    if said.request_id is not None:
        file = gate.find(session, actor, m.Attachment, said.request_id)
        if file.petition_id != petition.id or file.voided_reason is not None:
            raise RuleBroken("书面申请：不是这件事项的附件，请重新选择。", "request_id")
        row.request = file
        row.request_id = file.id


def _check_asked(actor: Actor, row: m.Proceeding, said: Plan) -> None:
    """What the kind asks and cannot do without, and that its days are in order."""
    kind = KINDS[row.kind]
    for name in ("asked_by", "asked_on", "announced_on", "level"):
        setattr(row, name, getattr(said, name) if name in kind.asks else None)
    if row.kind is ProceedingKind.APPRAISAL:
        row.asked_by = AskedBy.PETITIONER
    for name in kind.needs:
        present = getattr(row, name) if name != "request_id" else row.request or row.request_id
        if present is None:
            raise RuleBroken(rules.REFUSED_WITHOUT[name], name)
    for label, name in (("申请日期", "asked_on"), ("公告日期", "announced_on")):
        day = getattr(row, name)
        if day is not None and day > said.held_on:
            raise RuleBroken(f"{label}：不能晚于进行的日期 {said.held_on}，请核对。", name)
    if row.asked_on is not None and row.asked_on > actor.today:
        raise RuleBroken("申请日期：不能晚于今天，请核对。", "asked_on")


def _check_after_registration(petition: m.Petition, day: date) -> None:
    if not petition.is_carried_over and day < petition.registered_on:
        raise RuleBroken(f"日期：早于登记日期 {petition.registered_on}，请核对。", "held_on")


def hold(session: Session, actor: Actor, row: m.Proceeding, said: Result) -> None:
    """Record that it was held and what it came to. Raises RuleBroken naming what lacks or is wrong."""
    check_writer(session, actor, row.petition)
    check_planned(row)
    _check_day(actor, row, said.held_on)
    proceeding_people.put(session, actor, row, said.people)
    _check_enough(session, actor, row)
    _put_result(row, said)
    row.held_on, row.state = said.held_on, ProceedingState.HELD
    session.flush()


def correct(session: Session, actor: Actor, row: m.Proceeding, said: Result) -> None:
    """Put right what was recorded of one that was held; a paper issued before stays in the file, a new one is due."""
    check_writer(session, actor, row.petition)
    check_held(row)
    _check_day(actor, row, said.held_on)
    proceeding_people.put(session, actor, row, said.people)
    _check_enough(session, actor, row)
    _put_result(row, said)
    row.held_on, row.document = said.held_on, None
    session.flush()


def _check_day(actor: Actor, row: m.Proceeding, day: date) -> None:
    if day > actor.today:
        raise RuleBroken("日期：还没有到，不能登记结果，请核对。", "held_on")
    _check_after_registration(row.petition, day)
    for label, before in (("公告日期", row.announced_on), ("申请日期", row.asked_on)):
        if before is not None and day < before:
            raise RuleBroken(f"日期：早于{label} {before}，请核对。", "held_on")


def _check_enough(session: Session, actor: Actor, row: m.Proceeding) -> None:
    """Enough people of its own, as the office's rules say; an odd number where the kind wants one."""
    kind, voices = KINDS[row.kind], len(proceeding_people.voices(row))
    least = int(settings.get(session, kind.setting, actor.today)) if kind.setting else kind.least
    if voices < least:
        raise RuleBroken(f"{kind.member}：连同{kind.chair}至少 {least} 人，现有 {voices} 人，请补填。", "members")
    if kind.is_odd and voices % 2 == 0:
        raise RuleBroken(f"{kind.member}：连同{kind.chair}应为单数，现有 {voices} 人，请核对。", "members")
    if kind.has_parties and not any(one.role is PersonRole.PARTY for one in row.people):
        raise RuleBroken("当事人：请填写到场的当事人。", "parties")


def _put_result(row: m.Proceeding, said: Result) -> None:
    kind = KINDS[row.kind]
    texts = (kind.minutes, "minutes", said.minutes), (kind.conclusion, "conclusion", said.conclusion)
    for label, field, text in (*texts, ("记录人", "recorder", said.recorder)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    if said.outcome not in kind.outcomes:
        raise RuleBroken(f"结论：{row.kind.label}没有这种结论，请重新选择。", "outcome")
    _put_dissent(row, kind, said.dissent)
    row.minutes, row.conclusion = said.minutes.strip(), said.conclusion.strip()
    row.outcome, row.recorder = said.outcome, said.recorder.strip()


def _put_dissent(row: m.Proceeding, kind: rules.Kind, text: str) -> None:
    """Each dissent stands with the name of who has it; where the majority decides, it must be there."""
    voices = proceeding_people.voices(row)
    found = rules.dissent_in(text, [one.name for one in voices])
    if kind.by_majority and not rules.has_majority(len(voices), len(found)):
        raise RuleBroken(
            f"不同意见：{len(voices)} 人中 {len(found)} 人不同意，没有多数同意，不能作为结论；请复核后再登记。",
            "dissent",
        )
    for one in voices:
        one.dissent = found.get(one.name)


def cancel(session: Session, actor: Actor, row: m.Proceeding, reason: str) -> None:
    """A planned one is not held. Raises RuleBroken (state_reason) without a reason."""
    check_writer(session, actor, row.petition)
    check_planned(row)
    if not reason.strip():
        raise RuleBroken("取消理由：请填写。", "state_reason")
    row.state, row.state_reason = ProceedingState.CANCELLED, reason.strip()
    session.flush()


def decide(session: Session, actor: Actor, row: m.Proceeding, said: decisions.Said) -> m.Decision:
    """Record one decision of a held proceeding: a task with its owner and date until it is done."""
    check_writer(session, actor, row.petition)
    check_held(row)
    return decisions.decide(session, actor, decisions.Source(conference=row, petition=row.petition), said)


def check_planned(row: m.Proceeding) -> None:
    """Raises RuleBroken for one that was held or cancelled."""
    if row.state is not ProceedingState.PLANNED:
        raise RuleBroken(f"这次{row.kind.label}{row.state.label}，不能再改。")


def check_held(row: m.Proceeding) -> None:
    """Raises RuleBroken for one that was not held."""
    if row.state is not ProceedingState.HELD:
        raise RuleBroken(f"这次{row.kind.label}{row.state.label}，请先登记结果。")
