"""Wrong passwords counted per user name and address, as rows that every worker sees (C5)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import LoginLock

TRIES = 10
PAUSE = timedelta(minutes=15)
KEPT = timedelta(days=1)


def find(session: Session, username: str, address: str) -> LoginLock | None:
    """The row of this user name at this address, locked against a second counter."""
    statement = sa.select(LoginLock).where(LoginLock.username == username, LoginLock.address == address)
    return session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()


def is_locked(lock: LoginLock | None, now: datetime) -> bool:
    """True until the pause is over. `now`: aware UTC, real clock."""
    return lock is not None and lock.locked_until is not None and lock.locked_until > now


def count_failure(session: Session, lock: LoginLock | None, username: str, address: str, now: datetime) -> None:
    """One more wrong password; the tenth within a pause locks. Rows a day old are swept away."""
    session.execute(sa.delete(LoginLock).where(LoginLock.last_at < now - KEPT))
    if lock is None or lock.last_at < now - KEPT:
        lock = LoginLock(username=username, address=address, failures=0, last_at=now)
        session.add(lock)
    elif lock.last_at < now - PAUSE or lock.locked_until:
        lock.failures, lock.locked_until = 0, None
    lock.failures, lock.last_at = lock.failures + 1, now
    if lock.failures >= TRIES:
        lock.locked_until = now + PAUSE
    session.flush()


def lift(session: Session, username: str) -> None:
    """Forget the failures at every address: the system administrator has looked into it."""
    session.execute(sa.delete(LoginLock).where(LoginLock.username == username))


def until(session: Session, username: str, now: datetime) -> datetime | None:
    """When the last running pause of this user name ends, None without one. `now`: aware UTC, real clock."""
    ends = sa.select(sa.func.max(LoginLock.locked_until)).where(LoginLock.username == username)
    return session.scalar(ends.where(LoginLock.locked_until > now))


def clear(session: Session, lock: LoginLock | None) -> None:
    """Forget the failures after a right password."""
    if lock is not None:
        session.delete(lock)
        session.flush()
