"""The notice (公示): a period's roster checked, numbered and frozen as an edition; the newest one is what the public sees (D6)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.calendar_days import WEEKDAYS
from rules.roster_period import Period, day_text, long_day
from rules.session_hours import hours_text
from rules.words import RuleBroken
from services import gate, numbers, published, settings
from services.receptions import SHOWN, between
from services.roster_checks import gaps, gone

COLUMNS = ("日期", "星期", "接访领导", "职务", "分管工作", "时间", "形式", "办公电话")
"""What the public table shows of a session, in order."""
NUMBERED = ("edition", "published_on")
"""Parts of a body that differ between two editions of the same content."""


@dataclass
class Draft:
    """A notice before it is published: its body, what forbids it, what should be known, what changed since the last."""

    period: Period
    body: dict[str, Any]
    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def draft(session: Session, actor: Actor, period: Period) -> Draft:
    """What would be published now, with its checks in words."""
    rows, before = _rows(session, period), _last(session, period)
    body = _body(session, actor, period, rows, before)
    running = [row for row in rows if not row.is_cancelled]
    made = Draft(period, body)
    if not running:
        made.refusals.append(f"{period.label}还没有安排接访，请先生成日程。")
    made.refusals += gaps(running)
    coming = [row for row in running if row.held_on >= actor.today]
    made.warnings = [*_late(session, actor, running), *gone(coming), *_unknown(running)]
    if before is not None:
        made.changes = _changes(before.body["rows"], body["rows"])
        if _content(before.body) == _content(body):
            made.refusals.append(f"内容与第 {before.edition} 版相同，不需要重新公示。")
    return made


def publish(session: Session, actor: Actor, period: Period) -> m.Notice:
    """Freeze the period's roster as its next edition (office head only). Raises RuleBroken with the first refusal."""
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
    session.flush()
    return notice


def _rows(session: Session, period: Period) -> list[m.ReceptionSession]:
    """The period's sessions, and those called off that the public still expects."""
    told = {
        one.line["uid"]
        for one in published.lines(session, period.first)
        if period.first.isoformat() <= one.line["date"] <= period.last.isoformat()
    }
    called_off = sa.select(m.ReceptionSession).where(
        m.ReceptionSession.uid.in_(told),
        m.ReceptionSession.cancelled_reason.is_not(None),
        m.ReceptionSession.held_on.between(period.first, period.last),
    )
    rows = [*between(session, period.first, period.last), *session.scalars(called_off.options(*SHOWN))]
    return sorted(rows, key=lambda row: (row.held_on, row.starts, row.id))


def _last(session: Session, period: Period) -> m.Notice | None:
    statement = sa.select(m.Notice).where(m.Notice.period == period.key).order_by(m.Notice.edition.desc()).limit(1)
    return session.scalars(statement).first()


def _body(
    session: Session, actor: Actor, period: Period, rows: list[m.ReceptionSession], before: m.Notice | None
) -> dict[str, Any]:
    today = actor.today
    place_name = settings.get(session, "office_place_name", today)
    office = settings.get(session, "office_name", today)
    told = published.sequences(session, period.first)
    return {
        "title": f"{place_name}领导干部接访日程公示",
        "office": office,
        "period": period.key,
        "period_text": period.label,
        "edition": (before.edition if before else 0) + 1,
        "published_on": today.isoformat(),
        "place": settings.get(session, "reception_place", today),
        "phone": settings.get(session, "reception_phone", today),
        "representatives": int(settings.get(session, "max_representatives", today)),
        "remark": settings.get(session, "roster_remark", today),
        "rows": [_line(row, told.following(row.uid, row.held_on)) for row in rows],
    }


def _line(row: m.ReceptionSession, sequence: int) -> dict[str, Any]:
    """One session exactly as the public sees it."""
    leader, original = row.leader, row.original_leader
    return {
        "uid": row.uid,
        "sequence": sequence,
        "date": row.held_on.isoformat(),
        "day": day_text(row.held_on),
        "weekday": WEEKDAYS[row.held_on.weekday()],
        "leader": leader.name if leader else "",
        "original": original.name if original else "",
        "title": leader.title if leader else "",
        "division": (leader.division or "") if leader else "",
        "phone": (leader.phone or "") if leader else "",
        "starts": row.starts,
        "ends": row.ends,
        "hours": hours_text(row.starts, row.ends),
        "place": row.place or "",
        "form": row.form.label,
        "companion": row.companion_unit.name if row.companion_unit else "",
        "moved_from": day_text(row.moved_from, row.held_on.year) if row.moved_from else "",
        "is_provisional": row.is_provisional,
        "cancelled": row.cancelled_reason or "",
    }


def _late(session: Session, actor: Actor, rows: Iterable[m.ReceptionSession]) -> list[str]:
    """Published too late for its first day (D6: N days ahead)."""
    ahead = int(settings.get(session, "notice_ahead_days", actor.today))
    coming = [row.held_on for row in rows if row.held_on >= actor.today]
    if not coming or (min(coming) - actor.today).days >= ahead:
        return []
    days = (min(coming) - actor.today).days
    return [f"最近一场 {long_day(min(coming))} 距今 {days} 天，不足公示提前天数 {ahead} 天。"]


def _unknown(rows: Iterable[m.ReceptionSession]) -> list[str]:
    """What the notice must say of a leader and does not know (D6)."""
    leaders = {row.leader.id: row.leader for row in rows if row.leader is not None}
    found = []
    for leader in sorted(leaders.values(), key=lambda one: (one.turn, one.id)):
        lacks = [word for word, value in (("分管工作", leader.division), ("办公电话", leader.phone)) if not value]
        if lacks:
            found.append(f"{leader.name}的{'、'.join(lacks)}没有填写，公示表上将是空白。")
    return found


def _content(body: dict[str, Any]) -> dict[str, Any]:
    bare = {key: value for key, value in body.items() if key not in NUMBERED}
    return bare | {"rows": [{k: v for k, v in line.items() if k != "sequence"} for line in body["rows"]]}


def _changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """What differs from the edition before, a sentence a session."""
    old, new = {line["uid"]: line for line in before}, {line["uid"]: line for line in after}
    added = [f"新增 {_said(line)}。" for uid, line in new.items() if uid not in old]
    left = [f"不再列出 {_said(line)}。" for uid, line in old.items() if uid not in new]
    changed = [_difference(old[uid], line) for uid, line in new.items() if uid in old]
    return [*added, *left, *filter(None, changed)]


def _difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    if new["cancelled"] and not old["cancelled"]:
        return f"{_said(old)} 取消：{new['cancelled']}。"
    words = {"day": "日期", "leader": "领导", "hours": "时间", "place": "地点", "form": "形式", "phone": "电话"}
    parts = [f"{word}由“{old[key]}”改为“{new[key]}”" for key, word in words.items() if old[key] != new[key]]
    return f"{_said(old)}：{'，'.join(parts)}。" if parts else ""


def _said(line: dict[str, Any]) -> str:
    return f"{line['day']} {line['leader'] or '（缺领导）'}"


def editions(session: Session, period: str) -> list[m.Notice]:
    """Every edition of a period, newest first."""
    statement = sa.select(m.Notice).where(m.Notice.period == period).order_by(m.Notice.edition.desc())
    return list(session.scalars(statement))
