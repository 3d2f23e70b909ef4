"""What a column of an exported list is, and how names and protected fields stand in it: masks stay on (C3, C9, §4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor, mask, mask_name
from rules.words import Role
from services.workbook_table import Kind


@dataclass(frozen=True)
class Reader:
    """For whom the rows are written: the actor and the office's words for channels."""

    actor: Actor
    channels: dict[str, str]

    @property
    def is_masked(self) -> bool:
        """The statistician: masked rows only."""
        return self.actor.role is Role.STATISTICIAN


@dataclass(frozen=True)
class Field:
    """One column: what it says of a row to a reader. `is_text`: free text of or about people, not for the statistician."""

    key: str
    label: str
    value: Callable[[Any, Reader], Any]
    kind: Kind = "text"
    is_text: bool = False


@dataclass(frozen=True)
class ListTable:
    """One list that exports. `permission`: verb of rules.access; `day`: the column that --from/--to bound.

    `order`: how a whole list is sorted, newest first without; `remark`: what stands under the table (备注).
    """

    name: str
    title: str
    model: type[Any]
    permission: str
    fields: tuple[Field, ...]
    day: Any
    options: tuple[Any, ...] = ()
    order: tuple[Any, ...] = ()
    remark: Callable[[Session, Actor], str] | None = None


def plain(key: str, label: str, kind: Kind = "text", *, is_text: bool = False) -> Field:
    """A column that is the attribute itself."""
    return Field(key, label, lambda row, _reader: getattr(row, key), kind, is_text)


def named(key: str, label: str) -> Field:
    """A column that is the row the attribute points to, by its name."""
    return Field(key, label, lambda row, _reader: str(getattr(row, key) or ""))


def shown_name(name: str, petition: m.Petition | None, reader: Reader) -> str:
    """A person's name as the reader may see it."""
    return mask_name(name, guarded=reader.is_masked or (petition is not None and petition.is_guarded))


def people(links: list[m.ContactPetitioner], petition: m.Petition, reader: Reader) -> str:
    """The names of those who came, 匿名 when nobody gave one."""
    return "、".join(shown_name(link.petitioner.name, petition, reader) for link in links) or "匿名"


def protected(key: str, label: str) -> Field:
    """A protected field of a contact's petitioners, masked."""

    def value(row: m.Contact, _reader: Reader) -> str:
        masked = (mask(key, getattr(link.petitioner, key)) for link in row.people)
        return "、".join(filter(None, masked))

    return Field(key, label, value)


def of_matter(key: str, label: str, kind: Kind = "text") -> Field:
    """A column of a row's matter."""
    return Field(f"petition_{key}", label, lambda row, _reader: getattr(row.petition, key), kind)
