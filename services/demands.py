"""The appraisal of a demand (诉求评判): what it was found to be, the way that follows, the papers still missing (F5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import demand_ways as ways
from rules.access import Actor
from rules.demand_ways import WAYS, DemandKind, Facts, Required
from rules.proceedings import ProceedingState
from rules.words import OPEN_STATUSES, RuleBroken, Status
from services import attachments, cases, gate, proceedings, recusals


@dataclass(frozen=True)
class Said:
    """What the demand was found to be, by whom, why; `next_on`: when it is looked at again."""

    kind: DemandKind
    judged_on: date
    judged_by: str
    reason: str
    next_on: date | None = None


def judge(session: Session, actor: Actor, petition: m.Petition, said: Said) -> m.DemandAppraisal:
    """Record the appraisal; the one before becomes history. Raises RuleBroken naming the field."""
    gate.allow(actor, "demand_appraisal.judge")
    recusals.bar(actor, petition)
    if not may_judge(session, actor, petition):
        raise gate.Forbidden("只有信访办、责任单位和包案领导可以评判这件事项的诉求。")
    if petition.status is Status.VOIDED:
        raise RuleBroken("这件事项已作废，不能再评判。")
    _check(actor, petition, said)
    a = m.DemandAppraisal
    standing = sa.select(a).where(a.petition_id == petition.id, a.is_current).execution_options(gated=True)
    for before in session.scalars(standing):
        before.is_current = False
    session.flush()
    row = m.DemandAppraisal(
        petition=petition, case=cases.running(session, petition), kind=said.kind, judged_on=said.judged_on,
        judged_by=said.judged_by.strip(), reason=said.reason.strip(), next_on=said.next_on, by_id=actor.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _check(actor: Actor, petition: m.Petition, said: Said) -> None:
    for label, field, text in (("评判人", "judged_by", said.judged_by), ("评判理由", "reason", said.reason)):
        if not text.strip():
            raise RuleBroken(f"{label}：请填写。", field)
    if said.judged_on > actor.today:
        raise RuleBroken("评判日期：不能晚于今天，请核对。", "judged_on")
    if not petition.is_carried_over and said.judged_on < petition.registered_on:
        raise RuleBroken(f"评判日期：早于登记日期 {petition.registered_on}，请核对。", "judged_on")
    if WAYS[said.kind].needs_date and said.next_on is None:
        raise RuleBroken("再议日期：条件暂不具备或暂无政策的，须写明哪一天再议。", "next_on")
    if said.next_on is not None and said.next_on <= actor.today:
        raise RuleBroken("再议日期：应晚于今天，请改为以后的日期。", "next_on")


def may_judge(session: Session, actor: Actor, petition: m.Petition) -> bool:
    """Those who may record the matter's proceedings."""
    return proceedings.may_write(session, actor, petition)


@dataclass(frozen=True)
class PaperLine:
    """One required paper as the case's page shows it."""

    key: Required
    is_there: bool


def papers(session: Session, row: m.DemandAppraisal) -> list[PaperLine]:
    """The papers its way requires, there or not, in the table's order."""
    facts = facts_of(session, row.petition_id)
    return [PaperLine(one.key, ways.is_there(one, facts)) for one in WAYS[row.kind].papers]


def facts_of(session: Session, petition_id: int) -> Facts:
    """What is in one matter's file."""
    return facts_of_all(session, [petition_id])[petition_id]


def facts_of_all(session: Session, petition_ids: Collection[int]) -> dict[int, Facts]:
    """What is in these matters' files, whoever asks, by four queries: the same papers count for everybody."""
    p, aid, file, paper = m.Proceeding, m.Aid, m.Attachment, m.Document
    issued = sa.select(paper.petition_id, paper.kind)
    held = sa.select(p.petition_id, p.kind, p.outcome).where(p.state == ProceedingState.HELD)
    given = sa.select(aid.petition_id, m.AidKind.name).join(m.AidKind, aid.kind_id == m.AidKind.id)
    given = given.where(aid.withdrawn_reason.is_(None))
    uploaded = sa.select(file.petition_id, file.purpose).where(file.voided_reason.is_(None))
    asked: tuple[tuple[Any, Any], ...] = ((paper, issued), (p, held), (aid, given), (file, uploaded))
    rows: list[dict[int, set[Any]]] = [_by_matter(session, one, table, petition_ids) for table, one in asked]
    return {
        key: Facts(
            frozenset(row[0] for row in rows[0].get(key, ())), frozenset(rows[1].get(key, ())),
            frozenset(row[0] for row in rows[2].get(key, ())), frozenset(row[0] for row in rows[3].get(key, ())),
        )
        for key in petition_ids
    }  # fmt: skip


def _by_matter(session: Session, statement: sa.Select[Any], table: Any, ids: Collection[int]) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = {}
    wanted = statement.where(table.petition_id.in_(sorted(set(ids))))
    for key, *rest in session.execute(wanted, execution_options={"gated": True}):
        found.setdefault(key, set()).add(tuple(rest))
    return found


def put_paper(
    session: Session,
    actor: Actor,
    row: m.DemandAppraisal,
    key: Required,
    files: list[tuple[str, BinaryIO]],
    folder: Path,
) -> int:
    """Upload a scanned paper the way requires; how many files. Raises RuleBroken: no such paper, no file, one unfit."""
    gate.allow(actor, "demand_appraisal.judge")
    recusals.bar(actor, row.petition)
    if not may_judge(session, actor, row.petition):
        raise gate.Forbidden("只有信访办、责任单位和包案领导可以补这件事项的材料。")
    if key not in {one.key for one in WAYS[row.kind].papers}:
        raise RuleBroken("材料：没有这个选项，请重新选择。", "paper")
    if not files:
        raise RuleBroken("文件：请先选择文件。", "attachments")
    return attachments.add_all(session, actor, row.petition, files, folder, ways.PURPOSE + key.value)


def of_matter(session: Session, actor: Actor, petition: m.Petition) -> list[m.DemandAppraisal]:
    """Every appraisal of a matter the actor may see, the newest first."""
    row = m.DemandAppraisal
    return list(session.scalars(gate.rows(actor, row).where(row.petition_id == petition.id).order_by(row.id.desc())))


def again(statement: sa.Select[Any], _actor: Actor) -> sa.Select[Any]:
    """To be looked at again, of matters still in hand."""
    row = m.DemandAppraisal
    is_open = row.petition.has(m.Petition.status.in_(OPEN_STATUSES))
    return statement.where(row.is_current, row.next_on.is_not(None), is_open)
