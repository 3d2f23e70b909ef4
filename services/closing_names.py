"""What rows of the office's registers are called on a closing sheet (H2).

A unit or a leader may be renamed after a file was closed. What was signed keeps the names it was signed under; which row each
name stands for is signed too, so that another leader under the same name, or another name for him, is told apart.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import models as m
from rules.words import ClosingStatus


class Row(Protocol):
    """A row of a register: a leader, a unit, an account, a kind of aid."""

    __tablename__: str
    id: int


class Name(NamedTuple):
    """What a row is called on the sheet, and the key it is kept under ("leader.name:3")."""

    text: str
    key: str


class Names:
    """The names on one sheet: those `kept` with its signatures while the file is closed, else what the rows are called today."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        self._kept = kept
        self._today: dict[str, str] = {}
        self.spoken: dict[str, str] = {}
        """Key → name of every name a line speaks of."""

    def name(self, row: Row, attribute: str = "name") -> Name:
        """What the row is called."""
        key = f"{row.__tablename__}.{attribute}:{row.id}"
        self._today[key] = getattr(row, attribute)
        return Name(self._kept.get(key, self._today[key]), key)

    def of(self, row: Row, attribute: str = "name") -> str:
        """What the row is called, as a text."""
        return self.name(row, attribute).text

    def speak(self, row: Row, attribute: str = "name") -> str:
        """What the row is called, in a line that is signed."""
        return self.note(self.name(row, attribute))

    def note(self, name: Name) -> str:
        """A line speaks of this name."""
        self.spoken[name.key] = name.text
        return name.text

    @property
    def renamed(self) -> list[tuple[str, str]]:
        """(As signed, as it is called today) for every name that became another."""
        pairs = ((name, self._today[key]) for key, name in self.spoken.items())
        return [(then, now) for then, now in dict.fromkeys(pairs) if then != now]


def of(file: m.ClosingFile) -> Names:
    """The names for this file's sheet: of a closed file those its standing signatures keep."""
    if file.status is not ClosingStatus.CLOSED:
        return Names({})
    standing = [one for one in file.signatures if one.voided_at is None]
    return Names({key: name for one in standing for key, name in one.signed_text.get("names", {}).items()})
