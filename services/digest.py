"""The daily digest (每日到期提示): what falls due today, soon or late in a person's own scope, by kind; as a letter once a day (B8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access, deadlines, owed
from rules.access import Actor
from rules.deadlines import LIGHTS
from rules.owed import CASE_KINDS, Kind, Owner
from rules.roster_period import long_day
from services import calendars, case_carriers, due_sources, dues, gate_actors, settings
from services.due_sources import Asked
from services.dues import Item

LETTER_MOST = 40
"""Lines of one letter; the rest stands on the screen."""
SECTIONS = {"late": "已超期", "today": "今日到期", "soon": "即将到期"}
"""The three parts of a day; a date put off from a rest day (顺延中) is due today until its last day."""
PART_OF = {"late": "late", "today": "today", "rolling": "today", "soon": "soon"}


@dataclass
class Group:
    """One kind of date: its rows, the most urgent first, and how many of each part."""

    kind: Kind
    items: list[Item] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECTIONS, 0))
    more: int = 0


def groups(
    session: Session, actor: Actor, *, mine: bool = False, most: int | None = None, only: str = ""
) -> list[Group]:
    """Everything due by today plus the office's “soon” days, by kind: counted whole, at most `most` rows of each read.

    `mine`: only what the actor's own side is late for; `most`: dues.MOST if not said; `only`: of that kind alone are rows read.
    """
    most = most or dues.MOST
    soon = soon_days(session, actor.today)
    asked = Asked(session, actor, dues.soon_until(actor.today, soon), mine)
    found = {key: Group(kind) for key, kind in owed.KINDS.items()}
    for source in due_sources.SOURCES:
        counted = source.counts(asked)
        for (key, due, breach), count in counted.items():
            _add(found[key], deadlines.light(due, breach, actor.today, soon), count)
        for key in {kind for kind, *_ in counted if only in ("", kind)}:
            found[key].items += source.first(asked, key, most)
    for item in due_sources.beside(asked):
        if not mine or is_own(item, actor):
            group = found[item.kind.key]
            _add(group, item.light(actor.today, soon), 1)
            group.items += [item] if only in ("", item.kind.key) else []
    for group in found.values():
        group.items = sorted(group.items, key=due_sources.urgency)[:most]
        group.more = sum(group.counts.values()) - len(group.items)
    return [group for group in found.values() if group.items or group.more]


def _add(group: Group, light: str, count: int) -> None:
    if light in PART_OF:
        group.counts[PART_OF[light]] += count


def totals(found: Iterable[Group]) -> dict[str, int]:
    """How many dates are late, due today, soon; a matter may have several."""
    counted = dict.fromkeys(SECTIONS, 0)
    for group in found:
        for part, count in group.counts.items():
            counted[part] += count
    return counted


def late(session: Session, actor: Actor, *, mine: bool = False) -> tuple[int, int]:
    """How many matters are late by how many dates of their clocks: what the workbench counts as 已超期."""
    return due_sources.late(Asked(session, actor, actor.today, mine))


def late_words(matters: int, dates: int, late_dates: int) -> str:
    """Of all late dates how many are those of matters that the workbench counts, and how many are others."""
    return f"办理期限 {matters} 件、{dates} 个日期，其他 {late_dates - dates} 个"


def soon_days(session: Session, today: date) -> int:
    """The office's “即将到期”, in natural days."""
    return int(settings.get(session, "soon_days", today))


def is_own(item: Item, actor: Actor) -> bool:
    """Is it the actor's own side that has to act: the office for its staff, his units' for the others, his own for a handler?"""
    if item.kind.key in CASE_KINDS:
        return actor.role in access.OFFICE or case_carriers.carries(actor, item.about)
    if actor.role in access.OFFICE and item.user_id is None:
        return item.unit is None and item.kind.owner is Owner.OFFICE
    if item.user_id is not None or item.leader_id is not None:
        return item.user_id == actor.user_id or (item.leader_id is not None and item.leader_id == actor.leader_id)
    if item.unit is None or item.unit.id not in actor.unit_ids:
        return False
    handler_id = item.petition.handler_id if item.petition is not None else None
    return actor.role is not access.R.HANDLER or handler_id in (None, actor.user_id)


@dataclass(frozen=True)
class Letter:
    """One person's digest of one day, to go out by mail once."""

    user: m.User
    day: date
    subject: str
    text: str

    @property
    def key(self) -> str:
        """What goes out once: this day's digest for this account."""
        return key_of(self.user, self.day)


def letters(session: Session, today: date, now: datetime, address: str) -> list[Letter]:
    """The letters of this working day that have not gone out; none on rest days or where the office wants none.

    `address`: of the office's own page. A letter names numbers, steps and dates, nothing of petitioners, and no matter that
    is guarded: those are only counted.
    """
    if calendars.load(session).is_rest(today) or settings.get(session, "digest_mail", today) != "是":
        return []
    sent = set(session.scalars(sa.select(m.ReminderSent.key).where(m.ReminderSent.key.startswith(f"digest {today} "))))
    waiting = [user for user in _readers(session) if key_of(user, today) not in sent]
    found = (letter_for(session, user, today, now, address) for user in waiting)
    return [letter for letter in found if letter is not None]


def key_of(user: m.User, day: date) -> str:
    """What goes out once: this day's digest for this account."""
    return f"digest {day} {user.id}"


def _readers(session: Session) -> list[m.User]:
    may = sorted(access.PERMISSIONS["digest.view"])
    users = sa.select(m.User).where(m.User.is_active, m.User.role.in_(may), m.User.email.is_not(None))
    return list(session.scalars(users.order_by(m.User.id)))


def letter_for(session: Session, user: m.User, today: date, now: datetime, address: str) -> Letter | None:
    """One account's letter, or None when nothing of its own is due."""
    actor = gate_actors.actor_of(session, user, today, now)
    found = groups(session, actor, mine=actor.role not in {access.R.INSPECTOR, access.R.OFFICE_HEAD})
    if not found:
        return None
    counted = totals(found)
    subject = f"到期提示：{long_day(today)}，超期 {counted['late']} 项，今日到期 {counted['today']} 项"
    open_items = [item for group in found for item in group.items if not item.is_guarded]
    lines = [f"{user.name}同志：", "", "下列事项已超期或即将到期，请及时办理：", ""]
    lines += [line(item, today, soon_days(session, today)) for item in open_items[:LETTER_MOST]]
    rest = sum(counted.values()) - min(len(open_items), LETTER_MOST)
    lines += [f"另有 {rest} 项，请登录工作台查看。"] if rest else []
    lines += ["", str(settings.get(session, "office_name", today)), f"{address}digest/" if address else ""]
    return Letter(user, today, subject, "\n".join(lines).rstrip() + "\n")


def line(item: Item, today: date, soon: int) -> str:
    """XF2026-000123　答复　2026-11-21　已超期."""
    return f"{item.number}　{item.kind.step}　{item.due}　{light_word(item, today, soon)}"


def light_word(item: Item, today: date, soon: int) -> str:
    """The light in words."""
    return LIGHTS[item.light(today, soon)]
