"""What the public can see now: the newest frozen editions and the sessions in them (D6)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.roster_period import Period, month_of, period


def newest(session: Session, since: date | None = None) -> list[m.Notice]:
    """The newest edition of every month and year, in order of publication; `since` leaves out earlier years."""
    last = sa.select(m.Notice.period, sa.func.max(m.Notice.edition).label("edition")).group_by(m.Notice.period)
    if since is not None:
        last = last.where(m.Notice.period >= str(since.year))
    found = last.subquery()
    joined = sa.and_(m.Notice.period == found.c.period, m.Notice.edition == found.c.edition)
    return list(session.scalars(sa.select(m.Notice).join(found, joined).order_by(m.Notice.published_at, m.Notice.id)))


def for_month(session: Session, period: Period) -> m.Notice | None:
    """The notice that says how a month stands: the one of the month or of its year, whichever came last."""
    keys = (period.key, str(period.first.year))
    order = m.Notice.published_at.desc(), m.Notice.id.desc()
    return session.scalars(sa.select(m.Notice).where(m.Notice.period.in_(keys)).order_by(*order).limit(1)).first()


def sequences(session: Session, since: date) -> "Sequences":
    """What the feed has said so far of the sessions of `since`'s year and the one before."""
    first = m.Notice.period >= str(since.year - 1)
    told = Sequences({}, {})
    for notice in session.scalars(sa.select(m.Notice).where(first)):
        told.editions[notice.period] = told.editions.get(notice.period, 0) + 1
        for line in notice.body["rows"]:
            told.of_uid[line["uid"]] = max(told.of_uid.get(line["uid"], 0), line["sequence"])
    return told


@dataclass(frozen=True)
class Sequences:
    """Editions so far of each month and year, and the last SEQUENCE each session was told with."""

    editions: dict[str, int]
    of_uid: dict[str, int]

    def following(self, uid: str, day: date) -> int:
        """The SEQUENCE of a session in the next edition: the edition's number, and always more than before (RFC 5545)."""
        month = month_of(day)
        covering = self.editions.get(month, 0) + self.editions.get(month[:4], 0)
        return max(covering, self.of_uid.get(uid, 0)) + 1


def rows_of(notice: m.Notice, month: str) -> list[dict[str, Any]]:
    """The frozen lines of one month."""
    return [line for line in notice.body["rows"] if line["date"].startswith(month)]


@dataclass(frozen=True)
class Line:
    """One frozen line with the notice it stands in."""

    line: dict[str, Any]
    notice: m.Notice


def lines(session: Session, since: date) -> list[Line]:
    """What the public sees of every month from `since`'s on, by day: each month from its newest notice only."""
    months: dict[str, list[Line]] = {}
    for notice in newest(session, since):
        for month in months_of(notice.period):
            months[month] = [Line(line, notice) for line in rows_of(notice, month)]
    first = month_of(since)
    found = [line for month, inside in months.items() if month >= first for line in inside]
    return sorted(found, key=lambda one: (one.line["date"], one.line["starts"], one.line["uid"]))


def months(session: Session, since: date) -> set[str]:
    """The keys of the months from `since`'s on that have a notice, by themselves or through their year's."""
    found = {key for notice in newest(session, since) for key in months_of(notice.period)}
    return {key for key in found if key >= month_of(since)}


def of_leader(session: Session, leader_id: int, since: date) -> list[Line]:
    """What is public of one leader from `since`'s month on: his sessions, and those that were his in an earlier edition."""
    return [
        one for one in lines(session, since) if leader_id == one.line["leader_id"] or leader_id in one.line["former"]
    ]


STAMP = (
    "select id, created_at, (select value from setting where key = 'office_name' order by valid_from desc limit 1)"
    " from notice order by id desc limit 1"
)


def stamp(engine: sa.Engine) -> tuple[Any, ...]:
    """Changes whenever a public page may: the newest notice, the office's name; empty before the first notice.

    Asked up to twice a second, so past the session and its bookkeeping: 15 µs instead of 350.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(STAMP)
        found = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return tuple(found) if found else ()


def is_public(session: Session, row: m.ReceptionSession) -> bool:
    """Does the session stand on a page the public can see now?"""
    return row.uid in uids(session, row.nominal) | uids(session, row.held_on)


def uids(session: Session, day: date) -> set[str]:
    """The sessions published for the month a day lies in."""
    key = month_of(day)
    notice = for_month(session, period(key))
    return {line["uid"] for line in rows_of(notice, key)} if notice else set()


def months_of(key: str) -> list[str]:
    """A month by itself, a year's twelve."""
    return [key] if len(key) == 7 else [f"{key}-{month:02d}" for month in range(1, 13)]
