"""Relief texts (救济途径) as dated rows: shipped once, edited by the office head, read by papers as of the day they are issued."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.relief import BRANCH_OF
from rules.relief_texts import IN_FORCE, SHIPPED
from rules.words import DocumentKind, RuleBroken


def fill(session: Session) -> None:
    """Ship a row for each branch that has none; what is there stays."""
    have = set(session.scalars(sa.select(m.ReliefText.branch)))
    for one in SHIPPED:
        if one.branch not in have:
            session.add(m.ReliefText(branch=one.branch, text=one.text, source=one.source, valid_from=IN_FORCE))
    session.flush()


def text(session: Session, kind: DocumentKind, today: date) -> str:
    """What a paper of this kind tells on this day; '' for kinds that tell nothing or when the office has no valid row."""
    branch = BRANCH_OF.get(kind)
    if branch is None:
        return ""
    row = m.ReliefText
    valid = sa.select(row.text).where(
        row.branch == branch, row.valid_from <= today, sa.or_(row.valid_to.is_(None), row.valid_to >= today)
    )
    return session.scalars(valid.order_by(row.valid_from.desc()).limit(1)).first() or ""


def save(session: Session, actor: Actor, row: m.ReliefText, values: dict[str, Any]) -> m.ReliefText:
    """Write a row. Raises RuleBroken when its days are the wrong way round or another row of the branch begins that day."""
    if values.get("valid_to") and values["valid_to"] < values["valid_from"]:
        raise RuleBroken("失效日期：不能早于生效日期，请改正。", "valid_to")
    same = sa.select(m.ReliefText.id).where(
        m.ReliefText.branch == values["branch"], m.ReliefText.valid_from == values["valid_from"]
    )
    if row.id is not None:
        same = same.where(m.ReliefText.id != row.id)
    with session.no_autoflush:
        if session.scalars(same).first() is not None:
            raise RuleBroken("生效日期：这一种已经有同日生效的文字，请改日期，或去修改原来那条。", "valid_from")
    for name, one in values.items():
        setattr(row, name, one)
    session.add(row)
    session.flush()
    return row
