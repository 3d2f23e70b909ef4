"""Finished public pages kept in the process: the frozen notice makes the page, so it is rendered once (issue 3).

Kept only as long as nothing a public page shows has changed: newest notice, office's name, business date, language.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.orm import Session

LIMIT = 256
"""Pages kept at most; then all are dropped, so that odd addresses cannot fill the memory."""

ASKED_EVERY = 0.5
"""Seconds: how long another worker's notice may stay unseen. What this process commits is seen at once."""
_number = count(1)
_commits = 0


@sa.event.listens_for(Session, "after_commit")
def _counted(_session: Session) -> None:
    global _commits
    _commits = next(_number)


@dataclass(frozen=True)
class Page:
    """A finished page: its bytes and the headers it is answered with."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class PageCache:
    """The pages of one state of the public site; a new state drops them all."""

    def __init__(self) -> None:
        self._state: Hashable = None
        self._pages: dict[Hashable, Page] = {}
        self._lock = Lock()
        self._told: Hashable = None
        self._asked: tuple[int, float] = (-1, 0.0)

    def told(self, ask: Callable[[], Hashable]) -> Hashable:
        """What `ask` says of the database's state, asked again after a commit of ours or ASKED_EVERY seconds."""
        commits, at = self._asked
        now = monotonic()
        if commits != _commits or now - at >= ASKED_EVERY:
            self._asked, self._told = (_commits, now), ask()
        return self._told

    def page(self, state: Hashable, key: Hashable, make: Callable[[], Page]) -> Page:
        """The page of `key` in this state, made when it is not kept yet; what `make` raises is not kept."""
        if state == self._state and (kept := self._pages.get(key)) is not None:
            return kept
        page = make()
        with self._lock:
            if state != self._state or len(self._pages) >= LIMIT:
                self._state, self._pages = state, {}
            self._pages[key] = page
        return page
