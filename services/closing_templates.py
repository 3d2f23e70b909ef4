"""Closing templates (结案清单): shipped once, edited on screen into a new edition; a file keeps the edition it was opened under (H1)."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.closing_items import Item, check, from_json
from rules.closing_templates import SHIPPED
from rules.words import LedgerState, RuleBroken
from services import gate

LONGEST_NAME = 60


def ship(session: Session, actor: Actor) -> None:
    """Ship the templates the office has not got; what is there stays."""
    t = m.ClosingTemplate
    have = set(session.scalars(sa.select(t.key)))
    has_default = session.scalar(sa.select(t.id).where(t.is_default).limit(1)) is not None
    for place, one in enumerate(SHIPPED):
        if one.key not in have:
            row = t(key=one.key, name=one.name, source=one.source, is_default=place == 0 and not has_default)
            session.add(row)
            _edition(session, actor, row, one.items, "随系统提供")
    session.flush()


def _edition(
    session: Session, actor: Actor, row: m.ClosingTemplate, items: Iterable[Item], note: str
) -> m.ClosingEdition:
    kept = [item.as_json() for item in items]
    number = len(row.editions) + 1
    made = m.ClosingEdition(
        template=row,
        edition=number,
        items=kept,
        made_on=actor.today,
        made_by_id=actor.user_id,
        note=note.strip() or None,
    )
    session.add(made)
    session.flush()
    return made


def for_matter(session: Session, actor: Actor, petition: m.Petition) -> m.ClosingEdition:
    """The edition a file of this matter is opened under: its newest running campaign's, else the office's."""
    found = _template(session, petition)
    if found is None:
        ship(session, actor)
        found = _template(session, petition)
    assert found is not None
    return found.current


def name_for(session: Session, petition: m.Petition) -> str:
    """What the checklist of this matter's file will be called."""
    found = _template(session, petition)
    return found.name if found is not None else SHIPPED[0].name


def _template(session: Session, petition: m.Petition) -> m.ClosingTemplate | None:
    row, campaign, template = m.CampaignCase, m.Campaign, m.ClosingTemplate
    named = (
        sa.select(template)
        .join(campaign, campaign.closing_template_id == template.id)
        .join(row, row.campaign_id == campaign.id)
        .where(row.petition_id == petition.id, row.state != LedgerState.REMOVED, campaign.is_active, template.is_active)
        .order_by(campaign.starts_on.desc(), campaign.id.desc())
        .limit(1)
    )
    own = session.scalars(named.execution_options(gated=True)).first()
    return own or _default(session)


def _default(session: Session) -> m.ClosingTemplate | None:
    return session.scalars(sa.select(m.ClosingTemplate).where(m.ClosingTemplate.is_default)).first()


def items_of(edition: m.ClosingEdition) -> list[Item]:
    """The items of an edition, in order."""
    return [from_json(kept) for kept in edition.items]


def create(session: Session, actor: Actor, name: str, copied: m.ClosingTemplate | None = None) -> m.ClosingTemplate:
    """A template of the office's own, beginning as a copy of another (of the office's default unless named)."""
    gate.allow(actor, "closing_template.edit")
    _check_name(session, name, None)
    base = copied or _default(session)
    row = m.ClosingTemplate(name=name.strip())
    session.add(row)
    _edition(session, actor, row, items_of(base.current) if base is not None else SHIPPED[0].items, "")
    return row


def _check_name(session: Session, name: str, row_id: int | None) -> None:
    if not name.strip():
        raise RuleBroken("清单名称：请填写。", "name")
    if len(name.strip()) > LONGEST_NAME:
        raise RuleBroken(f"清单名称：最多 {LONGEST_NAME} 个字，请删短。", "name")
    same = sa.select(m.ClosingTemplate.id).where(m.ClosingTemplate.name == name.strip())
    if session.scalar(same.where(m.ClosingTemplate.id != (row_id or 0))) is not None:
        raise RuleBroken(f"清单名称：已经有“{name.strip()}”，请换一个。", "name")


def revise(
    session: Session, actor: Actor, row: m.ClosingTemplate, items: Iterable[Item], note: str
) -> m.ClosingEdition:
    """Save changed items as the next edition; files opened before keep theirs. Raises RuleBroken with field and row."""
    gate.allow(actor, "closing_template.edit")
    found = check(items)
    if found == items_of(row.current):
        raise RuleBroken("没有改动，不需要出新版。")
    if not note.strip():
        raise RuleBroken("改了什么：请填写，和新的一版一起留存。", "note")
    if len(note.strip()) > 300:
        raise RuleBroken("改了什么：最多 300 个字，请删短。", "note")
    session.expire(row, ["editions"])
    made = _edition(session, actor, row, found, note)
    session.expire(row, ["editions"])
    return made


def rename(session: Session, actor: Actor, row: m.ClosingTemplate, name: str) -> None:
    """Another name; files opened before keep the name they were opened under."""
    gate.allow(actor, "closing_template.edit")
    _check_name(session, name, row.id)
    row.name = name.strip()
    session.flush()


def make_default(session: Session, actor: Actor, row: m.ClosingTemplate) -> None:
    """New files outside campaigns are opened under this template from now on."""
    gate.allow(actor, "closing_template.edit")
    if not row.is_active:
        raise RuleBroken("停用的清单不能设为本办默认，请先启用。")
    for other in session.scalars(sa.select(m.ClosingTemplate).where(m.ClosingTemplate.is_default)):
        other.is_default = False
    session.flush()
    row.is_default = True
    session.flush()


def retire(session: Session, actor: Actor, row: m.ClosingTemplate, *, is_active: bool) -> None:
    """Offer the template no more, or again; files under it go on."""
    gate.allow(actor, "closing_template.edit")
    if row.is_default and not is_active:
        raise RuleBroken("本办默认的清单不能停用，请先把别的清单设为默认。")
    row.is_active = is_active
    session.flush()


def assign(
    session: Session, actor: Actor, row: m.ClosingTemplate, campaign_id: int, *, is_used: bool = True
) -> m.Campaign:
    """A campaign's cases are closed under this template, or under the office's again."""
    gate.allow(actor, "closing_template.edit")
    campaign = session.get(m.Campaign, campaign_id)
    if campaign is None:
        raise RuleBroken("专项活动：没有这个专项活动，请重新选择。", "campaign_id")
    if is_used and not row.is_active:
        raise RuleBroken("停用的清单不能用于专项活动，请先启用。")
    campaign.closing_template_id = row.id if is_used else None
    session.flush()
    return campaign


def fill(session: Session, file: m.ClosingFile, edition: m.ClosingEdition) -> None:
    """Put the edition's items into a new file."""
    for position, item in enumerate(items_of(edition), start=1):
        session.add(m.ChecklistItem(closing_file=file, position=position, key=item.key, label=item.label))
    session.flush()
