"""A closing file goes over to another edition of its checklist, knowingly: its signatures are void (H1, H2)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import closing, closing_content, gate, signatures
from services.closing_templates import items_of

MOVED = "改按{edition}办理，须重新签字"


def newer(file: m.ClosingFile) -> m.ClosingEdition | None:
    """The newest edition of the file's own template, where the file is under an older one."""
    if file.edition is None:
        return None
    current = file.edition.template.current
    return current if current is not file.edition else None


def move(session: Session, actor: Actor, file: m.ClosingFile, edition: m.ClosingEdition) -> m.ClosingFile:
    """Go over to another edition knowingly: what an item held is kept, signatures are void, changed waivers fall away."""
    closing.check_working(actor, file)
    gate.allow(actor, "closing_file.close")
    if file.edition is not None and file.edition.id == edition.id:
        raise RuleBroken("清单：已经按这一版办理。", "edition_id")
    before, wanted = closing_content.specs(file), {item.key: item for item in items_of(edition)}
    everything = m.ChecklistItem.closing_file_id == file.id
    rows = session.scalars(sa.select(m.ChecklistItem).where(everything).execution_options(gated=True))
    there = {row.key: row for row in rows}
    for key, row in there.items():
        if key not in wanted:
            row.left_on = row.left_on or actor.today
    for position, (key, item) in enumerate(wanted.items(), start=1):
        row = there.get(key) or m.ChecklistItem(closing_file_id=file.id, key=key)
        row.position, row.label, row.left_on = position, item.label, None
        if before.get(key) != item:
            row.waived_reason, row.waived_by_id = None, None
        session.add(row)
    file.edition, file.template, file.template_edition = edition, edition.template.name, edition.edition
    session.flush()
    session.expire(file, ["items"])
    signatures.void_all(session, actor, file, MOVED.format(edition=edition))
    return file
