"""What a reader keeps of a list: its columns, and filters saved under a name, his own or shared with the office."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import OFFICE, Actor
from rules.words import RuleBroken
from services import gate, search

NAME, QUERY, MOST = 20, 500, 30
"""Characters of a name and of the conditions, and how many filters one person keeps."""
PASSING = ("page", "cols", "csrf_token", "saved")
"""Parts of a list's address that are no condition."""


def columns(session: Session, actor: Actor, noun: str) -> list[str]:
    """The keys of the columns this reader chose for the list; none: those shown by default."""
    row = _columns_of(session, actor, noun)
    return row.columns.split(",") if row else []


def choose_columns(session: Session, actor: Actor, noun: str, keys: Sequence[str]) -> None:
    """Remember the columns of a list for this reader; none chosen takes the choice back."""
    row = _columns_of(session, actor, noun)
    said = ",".join(dict.fromkeys(keys))[:QUERY]
    if row is None and said:
        session.add(m.ListColumns(user_id=actor.user_id, noun=noun, columns=said))
    elif row is not None and said:
        row.columns = said
    elif row is not None:
        session.delete(row)
    session.flush()


def _columns_of(session: Session, actor: Actor, noun: str) -> m.ListColumns | None:
    kept = m.ListColumns
    return session.scalars(sa.select(kept).where(kept.user_id == actor.user_id, kept.noun == noun)).one_or_none()


def offered(actor: Actor) -> sa.Select[Any]:
    """The saved filters this reader has: his own, and for the office's staff those shared. They narrow, they show nothing."""
    kept = m.SavedFilter
    shared = sa.and_(kept.is_shared, sa.literal(actor.role in OFFICE or actor.is_system))
    return sa.select(kept).where(sa.or_(kept.user_id == actor.user_id, shared)).order_by(kept.is_shared, kept.id)


def find(session: Session, actor: Actor, row_id: object) -> m.SavedFilter:
    """One of them. Raises NotHere for any other."""
    key = gate.id_in(str(row_id))
    asked = offered(actor).where(m.SavedFilter.id == key)
    row: m.SavedFilter | None = None if key is None else session.scalars(asked).one_or_none()
    if row is None:
        raise gate.NotHere("没有找到这个筛选。")
    return row


def save(
    session: Session, actor: Actor, noun: str, name: str, conditions: Mapping[str, str], *, is_shared: bool = False
) -> m.SavedFilter:
    """Keep a list's conditions under a name. Raises RuleBroken when there is nothing to keep, or the name will not do."""
    gate.allow(actor, "saved_filter.make")
    query = written(conditions)
    count = session.scalar(sa.select(sa.func.count()).where(m.SavedFilter.user_id == actor.user_id)) or 0
    if count >= MOST:
        raise RuleBroken(f"筛选：每人最多保存 {MOST} 个，请先删除不用的。", "name")
    row = m.SavedFilter(user_id=actor.user_id, noun=noun, query=query, is_shared=_may_share(actor, is_shared))
    row.name = _name(session, actor, noun, name)
    session.add(row)
    session.flush()
    return row


def rename(session: Session, actor: Actor, row: m.SavedFilter, name: str, *, is_shared: bool) -> None:
    """Another name, or shared from now on, or not any more."""
    _own(actor, row)
    row.name = _name(session, actor, row.noun, name, row.id)
    row.is_shared = _may_share(actor, is_shared)
    session.flush()


def remove(session: Session, actor: Actor, row: m.SavedFilter) -> None:
    """Take a filter away; matters are untouched."""
    _own(actor, row)
    session.delete(row)
    session.flush()


def written(conditions: Mapping[str, str]) -> str:
    """The conditions as the end of an address, readable. Raises RuleBroken when there are none, or a number of a person."""
    kept = {key: value for key, value in conditions.items() if value and key not in PASSING}
    if not set(kept) - {"tab", "sort"}:
        raise RuleBroken("筛选：还没有任何条件，请先选择条件或输入要找的词，再保存。", "name")
    if search.is_identity(kept.get("q", "")):
        raise RuleBroken("筛选：不能保存电话或证件号码，请去掉后再保存。", "name")
    said = "&".join(f"{_plain(key)}={_plain(value)}" for key, value in kept.items())
    if len(said) > QUERY:
        raise RuleBroken(f"筛选：条件太长，最多 {QUERY} 字，请减少条件或缩短要找的词。", "name")
    return said


def read(query: str) -> dict[str, str]:
    """The conditions of a saved filter."""
    return dict(parse_qsl(query))


def _plain(text: str) -> str:
    for char in "%&=+#":
        text = text.replace(char, f"%{ord(char):02X}")
    return text.replace(" ", "+")


def _name(session: Session, actor: Actor, noun: str, name: str, own_id: int | None = None) -> str:
    said = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(said) <= NAME:
        raise RuleBroken(f"名称：请填写 1 至 {NAME} 个字。", "name")
    kept = m.SavedFilter
    same = sa.select(kept.id).where(kept.user_id == actor.user_id, kept.noun == noun, kept.name == said)
    if session.scalar(same.where(kept.id != (own_id or 0))) is not None:
        raise RuleBroken(f"名称：您已有名为“{said}”的筛选，请换一个名称。", "name")
    return said


def _may_share(actor: Actor, wanted: bool) -> bool:
    if wanted and not actor.is_system and actor.role not in OFFICE:
        raise RuleBroken("共享：只有信访办人员能把筛选共享给全办，请取消勾选。", "is_shared")
    return wanted


def _own(actor: Actor, row: m.SavedFilter) -> None:
    if row.user_id != actor.user_id and not actor.is_system:
        raise RuleBroken("筛选：这是同事共享的筛选，只有保存它的人能修改或删除。", "name")
