"""The notice (公示): a period's roster checked, numbered and frozen as an edition; the newest one is what the public sees (D6)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import rota
from rules.access import Actor
from rules.roster_period import Period, month_of
from rules.roster_period import period as period_of
from rules.words import RuleBroken
from services import gate, notice_changes, notice_checks, notice_lines, numbers, published, settings
from services.notice_changes import Change
from services.published import Line
from services.receptions import sittings
from services.roster_checks import away, crowded, gaps, gone

NUMBERED = ("edition", "published_on", "changes")
"""Parts of a body that differ between two editions of the same content."""
LOOK_BACK = timedelta(days=62)
"""How long before a period a session may have been public that was moved into it."""


@dataclass
class Draft:
    """A notice before it is published: its body, what forbids it, what should be known, what changed since the last."""

    period: Period
    body: dict[str, Any]
    rows: list[m.ReceptionSession] = field(default_factory=list)
    told: dict[str, Line] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """What differs from what the public sees now (services.notice_changes)."""
        found: list[Change] = self.body["changes"]
        return found


def draft(session: Session, actor: Actor, period: Period) -> Draft:
    """What would be published now, with its checks in words."""
    told = {one.line["uid"]: one for one in published.lines(session, period.first - LOOK_BACK)}
    rows, before = _rows(session, period, told), _last(session, period)
    made = Draft(period, _body(session, actor, period, rows, told, before), rows, told)
    running = [row for row in rows if not row.is_cancelled]
    coming = [row for row in running if row.held_on >= actor.today]
    made.refusals = [*notice_checks.past(actor, period, rows, told), *gaps(coming), *gone(coming)]
    if not running:
        made.refusals.append(f"{period.label}还没有安排接访，请先生成日程。")
    if before is not None and not made.changes and _content(before.body) == _content(made.body):
        made.refusals.append(f"内容与第 {before.edition} 版相同，不需要重新公示。")
    late = notice_checks.late(session, actor, [row for row in coming if not notice_checks.is_told(row, told)])
    made.warnings = [
        *late,
        *rota.conflicts(sittings(coming)),
        *away(session, coming),
        *crowded(coming),
        *notice_checks.unknown(coming),
        *notice_checks.placeless(coming, made.body),
    ]
    return made


def publish(session: Session, actor: Actor, period: Period) -> m.Notice:
    """Freeze the period's roster as its next edition (office head only). Raises RuleBroken with the first refusal.

    Leaders and accompanying units whose sessions are new or changed count as told today (D6).
    """
    gate.allow(actor, "notice.publish")
    made = draft(session, actor, period)
    if made.refusals:
        raise RuleBroken(made.refusals[0], "period")
    count = numbers.take(session, "notice", actor.today.year)
    prefix = settings.get(session, "document_prefix", actor.today)
    notice = m.Notice(
        number=f"{prefix}公〔{actor.today.year}〕{count}号",
        period=period.key,
        edition=made.body["edition"],
        published_at=actor.now,
        published_on=actor.today,
        published_by_id=actor.user_id,
        body=made.body,
    )
    session.add(notice)
    _tell(actor, made)
    session.flush()
    return notice


@dataclass(frozen=True)
class Outdated:
    """A published month (公示已过时) whose roster has changed since, and in how many places."""

    period: Period
    count: int


def outdated(session: Session, today: date) -> list[Outdated]:
    """The published months whose coming sessions are no longer as the public sees them; three queries."""
    told = {one.line["uid"]: one for one in published.lines(session, today)}
    months = published.months(session, today)
    if not months:
        return []
    coming = {uid: one.line for uid, one in told.items() if one.line["date"] >= today.isoformat()}
    rows = notice_lines.running_or_told(session, today, period_of(max(months)).last, set(coming))
    now = {row.uid: notice_lines.line_of(row, 0, told.get(row.uid)) for row in rows if month_of(row.held_on) in months}
    changes = notice_changes.compare(coming, now, notice_lines.days_now(session, set(coming) - set(now)))
    count = Counter(one["month"] for one in changes)
    return [Outdated(period_of(key), count[key]) for key in sorted(count)]


def _rows(session: Session, period: Period, told: dict[str, Line]) -> list[m.ReceptionSession]:
    """The period's sessions, and those called off that the public still expects."""
    seen = {uid for uid, one in told.items() if notice_lines.is_within(period, one)}
    return notice_lines.running_or_told(session, period.first, period.last, seen)


def _last(session: Session, period: Period) -> m.Notice | None:
    statement = sa.select(m.Notice).where(m.Notice.period == period.key).order_by(m.Notice.edition.desc()).limit(1)
    return session.scalars(statement).first()


def _body(
    session: Session, actor: Actor, period: Period, rows: list[m.ReceptionSession], told: dict[str, Line],
    before: m.Notice | None,
) -> dict[str, Any]:  # fmt: skip
    today = actor.today
    place_name = settings.get(session, "office_place_name", today)
    counted = published.sequences(session, period.first)
    body = {
        "title": f"{place_name}领导干部接访日程公示",
        "office": settings.get(session, "office_name", today),
        "period": period.key,
        "period_text": period.label,
        "edition": (before.edition if before else 0) + 1,
        "published_on": today.isoformat(),
        "place": settings.get(session, "reception_place", today),
        "phone": settings.get(session, "reception_phone", today),
        "representatives": int(settings.get(session, "max_representatives", today)),
        "remark": settings.get(session, "roster_remark", today),
        "rows": [notice_lines.frozen(today, row, told.get(row.uid), counted) for row in rows],
    }
    return body | {"changes": _changes(session, period, body, told, before)}


def _changes(
    session: Session, period: Period, body: dict[str, Any], told: dict[str, Line], before: m.Notice | None
) -> list[Change]:
    """Against what the public sees now of the months that were published already; none for the first edition."""
    public = published.months(session, period.first)
    old = {uid: one.line for uid, one in told.items() if notice_lines.is_within(period, one)}
    new = {line["uid"]: line for line in body["rows"] if line["date"][:7] in public}
    moved_in = {uid: told[uid].line for uid in new if uid in told}
    head = notice_changes.of_head(before.body, body) if before is not None else []
    return [*notice_changes.compare(old | moved_in, new, notice_lines.days_now(session, set(old) - set(new))), *head]


def _content(body: dict[str, Any]) -> dict[str, Any]:
    bare = {key: value for key, value in body.items() if key not in NUMBERED}
    return bare | {"rows": [{k: v for k, v in line.items() if k != "sequence"} for line in body["rows"]]}


def editions(session: Session, period: str) -> list[m.Notice]:
    """Every edition of a period, newest first."""
    statement = sa.select(m.Notice).where(m.Notice.period == period).order_by(m.Notice.edition.desc())
    return list(session.scalars(statement))


def _tell(actor: Actor, made: Draft) -> None:
    """Whose session is new, moved or newly his is told by the notice; who was told before stays told on that day."""
    for row in made.rows:
        if row.is_cancelled or row.held_on < actor.today:
            continue
        old = made.told[row.uid].line if row.uid in made.told else None
        same = old is not None and old["date"] == row.held_on.isoformat() and old["starts"] == row.starts
        leader, unit = row.leader.name if row.leader else "", row.companion_unit.name if row.companion_unit else ""
        if row.told_on is None or (old is not None and not (same and old["leader"] == leader)):
            row.told_on = actor.today
        if unit and (row.companion_told_on is None or (old is not None and not (same and old["companion"] == unit))):
            row.companion_told_on = actor.today
