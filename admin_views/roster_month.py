"""The cells of the month calendar, and what stands beside it: who is short of what, what may be changed by hand (D2, D3)."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.base import show
from admin_views.receptions import state_of
from admin_views.rule_english import rule_words
from models import db
from rules.access import Actor, may
from rules.reception_words import RuleUse
from rules.roster_period import Period
from rules.session_hours import hours_text
from rules.words import DayKind
from services import calendars, minimums, published, roster_checks

REST_WORDS = {DayKind.HOLIDAY: "休", DayKind.SHIFTED_REST: "休", DayKind.MAKEUP: "班"}


def days_of(asked: Period, rows: list[m.ReceptionSession], actor: Actor) -> list[dict[str, Any]]:
    """The cells of the calendar, Monday first, with blanks before and after."""
    notice = published.for_month(db.session(), asked)
    public = {line["uid"] for line in published.rows_of(notice, asked.key)} if notice else set()
    held: dict[date, list[m.ReceptionSession]] = {}
    for row in rows:
        held.setdefault(row.held_on, []).append(row)
    count = (asked.last - asked.first).days + 1
    cells = [cell(asked.first + timedelta(days=n), held, public, actor) for n in range(count)]
    before = asked.first.weekday()
    return [{"kind": "blank"}] * before + cells + [{"kind": "blank"}] * (-(before + count) % 7)


def cell(day: date, held: dict[date, list[m.ReceptionSession]], public: set[str], actor: Actor) -> dict[str, Any]:
    """One day: lunar label or holiday, rest or not, its sessions."""
    info = calendars.load(db.session()).info(day)
    word = REST_WORDS.get(info.kind, "")
    add = url_for("reception_session.create_view", held_on=day.isoformat())
    return {
        "day": day.day,
        "date": day.isoformat(),
        "name": wording.long_day(day),
        "weekday": wording.weekday(day),
        "note": f"{gettext(word)} {note_of(info)}".strip() if word else wording.lunar_label(day),
        "rest": info.kind in (DayKind.HOLIDAY, DayKind.SHIFTED_REST),
        "kind": "off" if info.is_rest else "",
        "today": day == actor.today,
        "url": add if may(actor, "reception_session.edit") else None,
        "slots": [slot(row, row.uid in public, actor) for row in held.get(day, ())],
    }


def note_of(info: Any) -> str:
    """The day's name, short enough for its cell."""
    return wording.said(info.note) if wording.is_english() else info.note[:4]


def slot(row: m.ReceptionSession, public: bool, actor: Actor) -> dict[str, Any]:
    """A session inside its day."""
    leader, original = row.leader, row.original_leader
    who = leader.name if leader else gettext("（缺领导）")
    sub = [show(leader.title) if leader else "", hours_text(row.starts, row.ends).partition("–")[0], row.place or ""]
    if original is not None:
        who = f"{original.name} ⇄ {who}"
    if row.moved_from:
        sub.append(gettext("原 %(day)s", day=wording.month_day(row.moved_from)))
    return {
        "who": who,
        "sub": " ".join(filter(None, sub)),
        "kind": slot_kind(row, public, actor),
        "url": url_for("reception_session.details_view", id=row.id),
        "title": state_of(row, public, actor)[0],
        "key": key_of(row) if is_movable(row, actor) else "",
    }


def slot_kind(row: m.ReceptionSession, public: bool, actor: Actor) -> str:
    """The colour of a session in the calendar."""
    if row.leader is None:
        return "late"
    if row.held_on < actor.today:
        return "done"
    if row.original_leader is not None:
        return "swap"
    return "moved" if row.moved_from else ""


def key_of(row: m.ReceptionSession) -> str:
    """A session with the version that was shown, as the forms and the script post it."""
    return f"{row.id}.{row.version}"


def is_movable(row: m.ReceptionSession, actor: Actor) -> bool:
    return may(actor, "reception_session.edit") and row.held_on >= actor.today


def choices_of(rows: list[m.ReceptionSession], actor: Actor) -> list[dict[str, Any]]:
    """The month's sessions that may still be changed, as choices of a form."""
    return [
        {
            "key": key_of(row),
            "text": f"{wording.long_day(row.held_on)} {hours_text(row.starts, row.ends)} "
            f"{row.leader.name if row.leader else gettext('（缺领导）')}",
            "is_gap": row.leader is None,
        }
        for row in rows
        if is_movable(row, actor)
    ]


def shares_of(asked: Period, actor: Actor) -> list[dict[str, Any]]:
    """Each leader's times, the last and the next, and how he stands against his minimums."""
    session = db.session()
    standings: dict[int, list[dict[str, Any]]] = {}
    for one in minimums.standings(session, asked):
        standings.setdefault(one.leader.id, []).append(least_of(one))
    return [
        {"share": share, "times": times_of(share), "least": standings.get(share.leader.id, [])}
        for share in roster_checks.shares(session, asked, actor.today)
    ]


def times_of(share: roster_checks.Share) -> str:
    """上次 11月16日 · 下次 12月16日."""
    said = []
    if share.last:
        said.append(gettext("上次 %(day)s", day=wording.month_day(share.last)))
    if share.next:
        said.append(gettext("下次 %(day)s", day=wording.month_day(share.next)))
    return " · ".join(said) or gettext("还没有排过")


def least_of(one: minimums.Standing) -> dict[str, Any]:
    """接访（场） 每周 3 / 4, with the weeks that lack some."""
    lacking = [f"{wording.month_day(first)}–{wording.month_day(last)}" for first, last in one.lacking]
    word = gettext("差 %(count)s", count=one.short) if one.short else gettext("达到")
    return {
        "label": f"{show(one.minimum.counted)} {show(one.minimum.every)}",
        "count": f"{one.planned} / {one.required}",
        "word": word,
        "kind": "soon" if one.short else "ok",
        "lacking": wording.listed(lacking[:5]) + ("…" if len(lacking) > 5 else ""),
    }


def rule_line(rule: m.ReceptionRule) -> dict[str, Any]:
    """A rule in the margin: its days in words, its hours, and whose days or what for when it is not everybody's reception."""
    sub = [hours_text(rule.starts, rule.ends), show(rule.on_holiday)]
    sub.append(show(rule.form if rule.use is RuleUse.RECEPTION else rule.use))
    return {
        "words": rule_words(rule.rrule),
        "sub": " · ".join([*sub, *([show(rule.only_rank)] if rule.only_rank else [])]),
        "url": url_for("reception_rule.details_view", id=rule.id),
    }
