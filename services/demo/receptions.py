"""Reception days of the last half year and the two months to come: rules, rosters, notices, an exchange, visitors."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import models as m
from rules.roster_period import Period, month_of, period
from rules.words import OnHoliday, RuleBroken, Status
from services import notices, reception_records, reception_rules, receptions, rosters, search, swaps
from services.demo import names, people, talks
from services.demo.matters import Matter
from services.demo.plans import Plan
from services.demo.town import Life, Town

PLACE = people.SETTINGS["reception_place"]
RULES: tuple[dict[str, Any], ...] = (
    {"name": "每月1日、16日领导接待日", "rrule": "FREQ=MONTHLY;BYMONTHDAY=1,16", "on_holiday": OnHoliday.NEXT,
     "starts": "09:00", "ends": "11:30", "place": PLACE, "cadre": "王敏"},
    {"name": "每月第二个星期三", "rrule": "FREQ=MONTHLY;BYDAY=2WE", "on_holiday": OnHoliday.SKIP,
     "starts": "14:30", "ends": "17:00", "place": "石桥村党群服务中心", "cadre": "李娜"},
)  # fmt: skip
MONTHS = range(-6, 3)
"""Months before and after today's that have a roster."""
PUBLISHED_AHEAD, MADE_AHEAD = 9, 12
"""Days before a month begins on which its notice is published, its roster made."""
IN_TIME = timedelta(days=14)
"""A matter received on a day is routed within this time after it."""


def months(town: Town) -> list[Period]:
    """The months that have a roster, in order."""
    first = town.today.year * 12 + town.today.month - 1
    return [period(f"{(first + n) // 12}-{(first + n) % 12 + 1:02d}") for n in MONTHS]


def found(town: Town) -> None:
    """The rules, valid from the first month on."""
    first = months(town)[0].first
    for said in RULES:
        reception_rules.save(town.session, town.acting("clerk", first), m.ReceptionRule(), said | {"valid_from": first})


def days(town: Town) -> list[date]:
    """The days before today on which somebody receives, by the rules alone."""
    first, last = months(town)[0].first, town.ago(1)
    found: set[date] = set()
    for rule in RULES:
        planned = reception_rules.plan(town.session, rule["rrule"], rule["on_holiday"].value, first, last)
        found |= {date.fromisoformat(str(day["date"])) for day in planned}
    return sorted(day for day in found if day <= last)


def seat(town: Town, plans: Sequence[Plan]) -> None:
    """Every third plain matter of the last half year that can be is brought to a leader's reception day, not the counter."""
    held = days(town)
    for plan in [plan for plan in plans if not plan.story and plan.status is not Status.REGISTERED][::3]:
        before = [day for day in held if day <= plan.registered_on]
        if before and len(plan.steps) > 1 and plan.steps[1][0] - before[-1] <= IN_TIME:
            plan.steps[0] = (before[-1], "receive")


def receive(town: Town, matter: Matter, day: date) -> None:
    """A visitor of the session whose matter is registered in one step (D7)."""
    held = _session_on(town, day)
    visitor = matter.people[0] if matter.people else names.person(town.rng, matter.village)
    said = {
        "visitor": visitor.name,
        "phone": visitor.phone,
        "people_count": matter.people_count,
        "place": f"青石镇{matter.village}",
        "demand": matter.said(matter.plan.topic.demand),
        "purpose": matter.plan.topic.purpose,
        "unit_id": town.units[matter.plan.topic.unit].id,
    }
    record = talks.hand_on(town, held, said)
    contact = reception_records.turn_into_matter(town.session, town.acting("clerk", day), record)
    matter.petition = contact.petition
    matter.petition.title = matter.said(matter.plan.topic.title)
    matter.petition.category_id = town.categories[matter.plan.topic.category]
    search.index(town.session, matter.petition)
    matter.people, matter.is_anonymous = [visitor], False


def _session_on(town: Town, day: date) -> m.ReceptionSession:
    return receptions.between(town.session, day, day)[0]


def month(town: Town, over: Period) -> Life:
    """One month: its roster made and published ahead, then its days with their visitors."""
    made_on = _ahead(town, over, MADE_AHEAD)
    yield made_on
    rosters.generate(town.session, town.acting("clerk", made_on), over)
    if over.first <= _next_month(town.today):
        published_on = _ahead(town, over, PUBLISHED_AHEAD)
        yield published_on
        _accompany(town, over, published_on)
        notices.publish(town.session, town.acting("office_head", published_on), over)
    for held in receptions.between(town.session, over.first, over.last):
        if held.held_on < town.today:
            yield held.held_on
            talks.talks(town, held)


def _accompany(town: Town, over: Period, day: date) -> None:
    """A department of the leader's own division goes along; to one session a delegate is invited (D4)."""
    units = {leader.id: leader.units[0].id for leader in town.leaders.values() if leader.units}
    for number, held in enumerate(receptions.between(town.session, over.first, over.last)):
        unit_id = units.get(held.leader_id or 0, town.units["civil"].id)
        said = {"companion_unit_id": unit_id, "delegates": "镇人大代表吴广田" if number == 1 else None}
        receptions.change(town.session, town.acting("clerk", day), held, said)


def _ahead(town: Town, over: Period, days: int) -> date:
    return min(town.workday_before(over.first - timedelta(days=days)), town.today)


def _next_month(day: date) -> date:
    return period(period(month_of(day)).following).first


def exchange(town: Town) -> Life:
    """Just before the month before last began two leaders changed places, and its notice came out again."""
    over = months(town)[4]
    day = town.workday_before(over.first - timedelta(days=2))
    yield day
    rows = receptions.between(town.session, over.first, over.last)
    head = town.acting("office_head", day)
    swaps.exchange(town.session, head, rows[0], rows[-1], "参加县里会议，与另一位领导对调。")
    notices.publish(town.session, head, over)


def stand_in(town: Town) -> Life:
    """The month after next, made but not yet published, has a stand-in already."""
    yield town.today
    over = months(town)[-1]
    other = town.leaders["congress"]
    rows = receptions.between(town.session, over.first, over.last)
    free = next(row for row in rows if row.leader_id != other.id)
    swaps.stand_in(town.session, town.acting("office_head", town.today), free, other, "原定领导外出培训。")


def asked(town: Town) -> Life:
    """Today one exchange waits for the other leader's word and one for the office head's."""
    yield town.today
    rows = receptions.between(town.session, town.today + timedelta(days=3), months(town)[-1].last)
    pairs = ((own, other) for own in rows for other in rows if own.held_on < other.held_on)
    clerk, swap = town.acting("clerk", town.today), None
    for own, other in pairs:
        with suppress(RuleBroken):
            first, swap = swap, swaps.ask(town.session, clerk, own, other, "当天外出参加培训。")
            if first is not None:
                swaps.accept(town.session, clerk, swap)
                return
