"""The checklist's items: met by papers, files and notes, or not applicable with a recorded reason (H1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules import closing as rule
from rules.access import Actor
from rules.words import RuleBroken
from services import attachments, closing, closing_content, gate, signatures


@dataclass
class Evidence:
    """What is put behind an item: a note, a paper and a file of the matter, new files as (name, stream)."""

    note: str | None = None
    document_id: int | None = None
    attachment_id: int | None = None
    uploads: Sequence[tuple[str, BinaryIO]] = field(default_factory=tuple)


def meet(session: Session, actor: Actor, item: m.ChecklistItem, said: Evidence, folder: Path) -> m.ChecklistItem:
    """Put evidence behind an item; a waiver recorded before falls away. `folder`: where new files are kept."""
    file = item.closing_file
    closing.check_working(actor, file)
    _check_own(session, actor, file, m.Document, said.document_id, "document_id", "文书")
    _check_own(session, actor, file, m.Attachment, said.attachment_id, "attachment_id", "附件")
    for name, stream in said.uploads:
        attachments.add(session, actor, file.petition, name, stream, folder, closing_content.PURPOSE + item.key)
    item.note = (said.note or "").strip() or None
    item.document_id, item.attachment_id = said.document_id, said.attachment_id
    item.waived_reason, item.waived_by_id = None, None
    session.flush()
    session.expire(item, ["document", "attachment", "waived_by"])
    signatures.void_changed(session, actor, file)
    return item


def _check_own(
    session: Session, actor: Actor, file: m.ClosingFile, model: type, row_id: int | None, name: str, label: str
) -> None:
    """Only what belongs to this very matter can stand behind its item."""
    if row_id is None:
        return
    row = gate.find(session, actor, model, row_id)
    if row.petition_id != file.petition_id or getattr(row, "voided_reason", None):
        raise RuleBroken(f"{label}：不是这件事项的{label}，请重新选择。", name)


def waive(session: Session, actor: Actor, item: m.ChecklistItem, reason: str) -> m.ChecklistItem:
    """Record why an item does not apply; only by those the template names (H1)."""
    gate.allow(actor, "closing_file.waive")
    if not actor.is_system and actor.role not in rule.BY_KEY[item.key].waivers:
        raise gate.Forbidden("您的角色不能认定这一项不适用。")
    closing.check_working(actor, item.closing_file)
    if not reason.strip():
        raise RuleBroken("理由：请写明这一项为什么不适用。", "reason")
    if actor.user_id is None:
        raise RuleBroken("不适用：须由信访办负责人本人认定，请登录后办理。")
    item.waived_reason, item.waived_by_id = reason.strip(), actor.user_id
    session.flush()
    session.expire(item, ["waived_by"])
    signatures.void_changed(session, actor, item.closing_file)
    return item
