"""The office's tags (标签) on matters: put on by name, offered only to those who see a matter that carries them."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import gate

LONGEST, MOST = 12, 10
"""Characters of a tag, and tags of one matter."""
BETWEEN = re.compile(r"[，,、;；\n]+")


def of(petition: m.Petition) -> list[str]:
    """The tags of a matter, by name."""
    return sorted(link.tag.name for link in petition.tags)


def put(session: Session, actor: Actor, petition: m.Petition, text: str) -> None:
    """Give the matter exactly these tags ("拖欠工资、节前重点"); none takes all away. Raises RuleBroken when one is too long."""
    gate.allow(actor, "petition.tag")
    names = named(text)
    for link in list(petition.tags):
        if link.tag.name not in names:
            petition.tags.remove(link)
            session.delete(link)
    have = {link.tag.name for link in petition.tags}
    for name in names:
        if name not in have:
            petition.tags.append(m.PetitionTag(tag=_tag(session, name), tagged_on=actor.today, by_id=actor.user_id))
    session.flush()


def named(text: str) -> list[str]:
    """The tags a text says, each once. Raises RuleBroken when there are too many, or one is too long."""
    names = list(dict.fromkeys(" ".join(part.replace("\x00", "").split()) for part in BETWEEN.split(text)))
    names = [name for name in names if name]
    if len(names) > MOST:
        raise RuleBroken(f"标签：一个事项最多 {MOST} 个标签，请减少。", "tags")
    long = next((name for name in names if len(name) > LONGEST), None)
    if long:
        raise RuleBroken(f"标签：“{long}”超过 {LONGEST} 个字，请缩短。", "tags")
    return names


def offered(session: Session, actor: Actor) -> list[m.Tag]:
    """Tags that stand on a matter the actor may see, by name; the others he does not know of."""
    link = m.PetitionTag
    seen = sa.exists().where(link.tag_id == m.Tag.id, gate.criteria(actor, link))
    return list(session.scalars(sa.select(m.Tag).where(seen).order_by(m.Tag.name).execution_options(gated=True)))


def _tag(session: Session, name: str) -> m.Tag:
    """The tag of that name, made where there is none; nobody learns from it whether there was one."""
    found = session.scalars(sa.select(m.Tag).where(m.Tag.name == name)).one_or_none()
    if found is None:
        found = m.Tag(name=name)
        session.add(found)
        session.flush()
    return found
