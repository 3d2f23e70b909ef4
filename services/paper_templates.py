"""The office's own templates of papers (文书模板): which edition is in use, taking one in, going back to an earlier one."""

import hashlib
from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import DocumentKind, RuleBroken
from services import gate, paper_package
from services.attachments import clean_name
from services.paper_check import checked, test_values
from services.paper_render import Compiled, compiled

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "docx"
"""The shipped templates, written by scripts/paper_templates."""
NOTES = ("系统自带模板", "恢复系统自带模板", "恢复第 %(a)s 版")
"""What going back writes down, for the English catalog."""
FURTHEST = 366
"""Days ahead an edition may begin."""


def in_use(
    session: Session, today: date, kinds: Collection[DocumentKind] = tuple(DocumentKind)
) -> dict[DocumentKind, m.PaperTemplate]:
    """The office's editions in use on a day, in one query; a kind that is not there has the shipped one."""
    row = m.PaperTemplate
    told = sa.select(row).where(row.kind.in_(kinds), row.valid_from <= today).order_by(row.valid_from, row.edition)
    newest = {one.kind: one for one in session.scalars(told)}
    return {kind: one for kind, one in newest.items() if one.sha256}


def current(session: Session, kind: DocumentKind, today: date) -> m.PaperTemplate | None:
    """The edition in use on a day; None is the shipped one."""
    return in_use(session, today, [kind]).get(kind)


def ready(session: Session, kind: DocumentKind, today: date) -> tuple[Compiled, int | None]:
    """(the template to fill on a day, its edition's id or None for the shipped one)."""
    edition = current(session, kind, today)
    if edition is None or edition.sha256 is None:
        return shipped(kind), None
    found = _kept.get((kind, edition.sha256))
    if found is None:
        found = _compile(kind, edition.docx or b"")
        _kept[kind, edition.sha256] = found
    return found, edition.id


_kept: dict[tuple[DocumentKind, str], Compiled] = {}
"""Editions compiled in this process, by the digest of their bytes."""


@cache
def shipped(kind: DocumentKind) -> Compiled:
    """The template we ship."""
    return _compile(kind, shipped_bytes(kind))


def shipped_bytes(kind: DocumentKind) -> bytes:
    """The shipped docx."""
    return (FOLDER / f"{kind.value}.docx").read_bytes()


def _compile(kind: DocumentKind, data: bytes) -> Compiled:
    return compiled(paper_package.read(f"{kind.value}.docx", data), kind)


def bytes_of(session: Session, kind: DocumentKind, edition: m.PaperTemplate | None) -> bytes:
    """The docx of an edition, or the shipped one."""
    return edition.docx if edition is not None and edition.docx else shipped_bytes(kind)


def editions(session: Session, kind: DocumentKind) -> list[m.PaperTemplate]:
    """Every edition of a kind, newest first."""
    row = m.PaperTemplate
    return list(session.scalars(sa.select(row).where(row.kind == kind).order_by(row.edition.desc())))


def trial(session: Session, kind: DocumentKind, today: date) -> bytes:
    """The template in use, filled with example values."""
    return ready(session, kind, today)[0].fill(test_values(kind))[0]


def upload(
    session: Session, actor: Actor, kind: DocumentKind, name: str, data: bytes, valid_from: date, note: str = ""
) -> m.PaperTemplate:
    """Take a new edition in, valid from a day on. Raises RuleBroken (fields file, valid_from) saying what is wrong."""
    gate.allow(actor, "paper_template.edit")
    checked(kind, name, data)
    return _add(session, actor, kind, clean_name(name), data, valid_from, note)


def go_back(session: Session, actor: Actor, kind: DocumentKind, edition: int) -> m.PaperTemplate:
    """Use an earlier edition again from today on, as a new one; edition 0 is the shipped template. Raises NotHere."""
    gate.allow(actor, "paper_template.edit")
    if edition == 0:
        return _add(session, actor, kind, "系统自带模板", None, actor.today, "恢复系统自带模板")
    row = m.PaperTemplate
    old = session.scalars(sa.select(row).where(row.kind == kind, row.edition == edition)).one_or_none()
    if old is None:
        raise gate.NotHere("没有这一版模板。")
    data = old.docx
    if data is not None:
        checked(kind, "old.docx", data)
    return _add(session, actor, kind, old.name, data, actor.today, f"恢复第 {edition} 版")


def _add(
    session: Session, actor: Actor, kind: DocumentKind, name: str, data: bytes | None, valid_from: date, note: str
) -> m.PaperTemplate:
    if valid_from < actor.today:
        raise RuleBroken("启用日期：不能早于今天，已制发的文书不会改变。", "valid_from")
    if (valid_from - actor.today).days > FURTHEST:
        raise RuleBroken("启用日期：最多提前一年，请改正。", "valid_from")
    last = session.scalar(sa.select(sa.func.max(m.PaperTemplate.edition)).where(m.PaperTemplate.kind == kind)) or 0
    made = m.PaperTemplate(
        kind=kind,
        edition=last + 1,
        valid_from=valid_from,
        name=name,
        note=note.strip()[:200] or None,
        docx=data,
        sha256=None if data is None else hashlib.sha256(data).hexdigest(),
        size=len(data or b""),
        by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    return made
