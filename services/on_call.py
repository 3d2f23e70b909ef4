"""The on-call list (随叫随到): the heads of the sections whom the reception room may call at any time (D9)."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.words import RuleBroken

FIELDS = ("unit_id", "name", "title", "phone", "position", "is_active")
"""What may be written of a person on call (C4)."""
PHONE = re.compile(r"[0-9+][0-9 ()（）转、,，/-]{2,39}")


def save(session: Session, actor: Actor, row: m.OnCall, said: Mapping[str, Any]) -> m.OnCall:
    """Write a person on call, new or old. Raises RuleBroken: no name, no phone, the same person twice."""
    for name in FIELDS:
        if name in said:
            setattr(row, name, said[name])
    row.position = row.position or 0
    if not (row.name or "").strip():
        raise RuleBroken("姓名：请填写。", "name")
    if not PHONE.fullmatch(row.phone or ""):
        raise RuleBroken("电话：请填写能打通的号码，如 0731-85550011 或 13800001234。", "phone")
    with session.no_autoflush:
        twice = session.scalar(
            sa.select(m.OnCall.id).where(
                m.OnCall.name == row.name, m.OnCall.phone == row.phone, m.OnCall.id != (row.id or 0)
            )
        )
    if twice is not None:
        raise RuleBroken(f"姓名：{row.name}（{row.phone}）已在名单中，请去修改那一条。", "name")
    session.add(row)
    session.flush()
    return row


def active(session: Session) -> list[m.OnCall]:
    """The list in its order."""
    statement = sa.select(m.OnCall).where(m.OnCall.is_active).options(joinedload(m.OnCall.unit))
    return list(session.scalars(statement.order_by(m.OnCall.position, m.OnCall.id)))


def post(row: m.OnCall) -> str:
    """民政办 主任; whichever of the two is known."""
    return " ".join(filter(None, [row.unit.name if row.unit else "", row.title or ""]))
