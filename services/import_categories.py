"""Importing the content classification (内容分类): a tree of three levels, matched on the whole path (A4).

Of 517 leaf names in the real table 390 are distinct, so a name alone says nothing. What is there stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import bulk_rows
from services.import_rows import NEW, SKIPPED, ImportResult, Options, RowReader, Seen

LEVELS = ("level_1", "level_2", "level_3")
MAX_NAME, MAX_CODE, MAX_PATH = 60, 30, 200


@dataclass(frozen=True)
class Node:
    """A node to be made: the names from the root down, and its code."""

    names: tuple[str, ...]
    code: str | None = None

    @property
    def path(self) -> str:
        """As models.Category keeps it."""
        return "/".join(self.names)


def read(
    session: Session, actor: Actor, rows: Sequence[RowReader], result: ImportResult, options: Options
) -> list[Node]:
    """The nodes that are missing, parents first. `result.created` counts nodes, `result.skipped` rows that bring nothing new."""
    known = set(paths(session))
    seen, nodes = Seen(), []
    for reader in rows:
        names = _names(reader)
        code = reader.identifier("code", MAX_CODE) or None
        if reader.is_wrong:
            continue
        first = seen.before(names, reader.number)
        if first is not None:
            reader.warn("level_1", f"分类“{'/'.join(names)}”与第 {first} 行相同，只建立一次。")
        missing = [Node(names[:depth]) for depth in range(1, len(names)) if "/".join(names[:depth]) not in known]
        missing += [Node(names, code)] if "/".join(names) not in known else []
        known.update(node.path for node in missing)
        nodes += missing
        _show(result, reader, names, missing)
    return nodes


def write(session: Session, actor: Actor, nodes: Sequence[Node], result: ImportResult) -> None:
    """Add the nodes level by level, so that each finds its parent."""
    ids = paths(session)
    for level in range(1, len(LEVELS) + 1):
        made = [_category(node, ids) for node in nodes if len(node.names) == level]
        bulk_rows.insert(session, made)
        ids |= {row.path: row.id for row in made}


def paths(session: Session) -> dict[str, int]:
    """Every node's whole path → id."""
    return {row.path: row.id for row in session.execute(sa.select(m.Category.path, m.Category.id))}


def _category(node: Node, ids: dict[str, int]) -> m.Category:
    above = "/".join(node.names[:-1])
    return m.Category(
        name=node.names[-1],
        path=node.path,
        level=len(node.names),
        code=node.code,
        parent_id=ids[above] if above else None,
    )


def _names(reader: RowReader) -> tuple[str, ...]:
    """The row's names from the root down; complaints about gaps, slashes and length."""
    names = [reader.text(key, MAX_NAME, required=key == LEVELS[0]) for key in LEVELS]
    while names and not names[-1]:
        names.pop()
    for key, name in zip(LEVELS, names, strict=False):
        if "/" in name:
            reader.error(key, f"名称“{name[:30]}”不能含“/”，请改用顿号。")
        if not name and not reader.is_wrong:
            reader.error(key, "下级分类已填而这一级是空的，请补上。")
    if len("/".join(names)) > MAX_PATH:
        reader.error(LEVELS[0], f"三级名称合起来超过 {MAX_PATH} 个字，请删短。")
    return tuple(names)


def _show(result: ImportResult, reader: RowReader, names: tuple[str, ...], missing: Sequence[Node]) -> None:
    result.created += len(missing)
    result.skipped += not missing
    levels = dict(zip(("一级分类", "二级分类", "三级分类"), (*names, "", ""), strict=False))
    result.show(reader.number, NEW if missing else SKIPPED, lambda: levels | {"新建层级": str(len(missing))})
