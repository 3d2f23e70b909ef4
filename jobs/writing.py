"""How work outside a request writes: short transactions that take the write lock at once, so that nobody waits for the work itself."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from models import engine

Clock = Callable[[], tuple[date, datetime]]
"""The office's day, and the instant."""
T = TypeVar("T")


def written(session: Session, write: Callable[[], T]) -> T:
    """A short transaction that takes the write lock at once."""
    session.rollback()
    token = engine.is_writing.set(True)
    try:
        found = write()
        session.commit()
        return found
    finally:
        session.rollback()
        engine.is_writing.reset(token)
