"""The checklist's items: met by papers, files and notes, or not applicable with a recorded reason (H1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.closing_items import WAIVERS, ByHand, Item, Proof
from rules.words import Role, RuleBroken
from services import attachments, closing, closing_content, gate, signatures

MOST_NUMBER = 1_000_000_000


@dataclass
class Evidence:
    """What is put behind an item: a note, a paper and a file of the matter, new files as (name, stream).

    said_on, said_person, said_number: the value of an item that asks for a date, a person or a number.
    """

    note: str | None = None
    said_on: date | None = None
    said_person: str | None = None
    said_number: Decimal | None = None
    document_id: int | None = None
    attachment_id: int | None = None
    uploads: Sequence[tuple[str, BinaryIO]] = field(default_factory=tuple)


def meet(session: Session, actor: Actor, item: m.ChecklistItem, said: Evidence, folder: Path) -> m.ChecklistItem:
    """Put evidence behind an item; a waiver recorded before falls away. `folder`: where new files are kept."""
    file = item.closing_file
    closing.check_working(actor, file)
    _check_value(actor, spec_of(item), said)
    _check_given(item, said)
    _check_own(session, actor, file, m.Document, said.document_id, "document_id", "文书")
    _check_own(session, actor, file, m.Attachment, said.attachment_id, "attachment_id", "附件")
    for name, stream in said.uploads:
        attachments.add(session, actor, file.petition, name, stream, folder, closing_content.PURPOSE + item.key)
    item.note = (said.note or "").strip() or None
    item.said_on, item.said_number = said.said_on, said.said_number
    item.said_person = (said.said_person or "").strip() or None
    item.document_id, item.attachment_id = said.document_id, said.attachment_id
    item.waived_reason, item.waived_by_id = None, None
    session.flush()
    session.expire(item, ["document", "attachment", "waived_by"])
    signatures.void_changed(session, actor, file)
    return item


def spec_of(item: m.ChecklistItem) -> Item:
    """What the file's edition says of this item."""
    return closing_content.specs(item.closing_file)[item.key]


def _check_value(actor: Actor, spec: Item, said: Evidence) -> None:
    """Nothing by hand where the template trusts only the file; a value only where it is asked for, and a possible one."""
    values = {Proof.DATE: said.said_on, Proof.PERSON: said.said_person, Proof.NUMBER: said.said_number}
    given = [kind for kind, value in values.items() if value not in (None, "")]
    by_hand = given or said.document_id or said.attachment_id or said.uploads
    if spec.by_hand is ByHand.NO and by_hand:
        raise RuleBroken(f"{spec.label}：这一项{ByHand.NO.label}，不能另附材料；可以写说明。")
    if any(kind is not spec.proof for kind in given):
        raise RuleBroken(f"{spec.label}：这一项要的是{spec.proof.label}，请不要填别的。")
    if said.said_on is not None and said.said_on > actor.today:
        raise RuleBroken("日期：不能晚于今天，请核对。", "said_on")
    if said.said_number is not None and not 0 <= said.said_number < MOST_NUMBER:
        raise RuleBroken("数字：请填 0 到 999999999 之间的数。", "said_number")


def _check_given(item: m.ChecklistItem, said: Evidence) -> None:
    """Emptying an item is an answer; saying nothing where nothing was is none."""
    values = (said.note, said.said_on, said.said_person, said.said_number, said.document_id, said.attachment_id)
    held = (item.note, item.said_on, item.said_person, item.said_number, item.document_id, item.attachment_id)
    is_given = any(str("" if value is None else value).strip() for value in (*values, *held))
    if not is_given and not said.uploads and not item.waived_reason:
        raise RuleBroken("说明：还没有填写。请写明情况，或者选文书、附件。", "note")


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
    """Record why an item does not apply; only by those the template names, for a reason it allows (H1).

    Raises Forbidden for others, RuleBroken (reason) for another reason or none.
    """
    gate.allow(actor, "closing_file.waive")
    spec = spec_of(item)
    if not may_waive(actor, item):
        raise gate.Forbidden(f"“{spec.label}”只能由{waivers_words(spec)}认定不适用。")
    closing.check_working(actor, item.closing_file)
    if not reason.strip():
        raise RuleBroken("理由：请写明这一项为什么不适用。", "reason")
    if spec.reasons and reason.strip() not in spec.reasons:
        raise RuleBroken(f"理由：这一项只能用：{'；'.join(spec.reasons)}。", "reason")
    if actor.user_id is None:
        raise RuleBroken("不适用：须由信访办负责人本人认定，请登录后办理。")
    item.waived_reason, item.waived_by_id = reason.strip(), actor.user_id
    session.flush()
    session.expire(item, ["waived_by"])
    signatures.void_changed(session, actor, item.closing_file)
    return item


def may_waive(actor: Actor, item: m.ChecklistItem) -> bool:
    """May this role find this item not applicable? A leader only in his own case."""
    spec = spec_of(item)
    if actor.is_system:
        return True
    if actor.role not in spec.waivers:
        return False
    return actor.role is not Role.LEADER or actor.leader_id == item.closing_file.case.leader_id


def waivers_words(spec: Item) -> str:
    """ "信访办负责人、分管领导"; nobody, in words, when the template names none."""
    return "、".join(role.label for role in WAIVERS if role in spec.waivers) or "（没有人）"
