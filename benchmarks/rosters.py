"""A year's reception days and duty, CPU in this process: the days with leaders in turn, and the whole roster written to SQLite.

Each line is measured against a bare loop over the year's days in Python, so that another machine can compare.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy.orm import Session

import models as m
from benchmarks import fresh_office
from benchmarks.fresh_office import NOW, TODAY
from benchmarks.sections import Section
from models import db
from rules import rota
from rules.access import Actor, system
from rules.calendar_days import Calendar, shipped_days, shipped_years
from rules.reception_words import RuleUse
from rules.recurrence import occurrences
from rules.roster_period import period
from rules.words import OnHoliday, Rank, SessionForm
from services import duties, reception_rules, rosters

YEAR = "2027"
LEADERS = 30
WARM_UPS, RUNS = 2, 15
TWICE_A_WEEK, EVERY_DAY = "FREQ=WEEKLY;BYDAY=TU,TH", "WORKDAYS"
LEADERS_GOAL, DUTY_GOAL = 0.1, 0.3
FLOOR = "365 天的空循环"


@dataclass(frozen=True)
class Case:
    """What is timed, and the most seconds it may cost."""

    label: str
    run: Callable[[], object]
    goal: float | None = None


def measure() -> Section:
    """Time every case; the table and what missed its goal."""
    with _office() as (session, actor):
        cases = [*_days(), *_written(session, actor)]
        return section([(case, seconds(case)) for case in cases])


def seconds(case: Case) -> float:
    """Median CPU seconds of one run."""
    times = []
    for n in range(WARM_UPS + RUNS):
        began = time.process_time()
        case.run()
        if n >= WARM_UPS:
            times.append(time.process_time() - began)
    return median(times)


def section(found: list[tuple[Case, float]]) -> Section:
    """The table of a run."""
    floor = found[0][1]
    lines = [
        f"| {case.label} | {took * 1000:.2f} | {took / floor:,.0f} | {_verdict(case, took)} |" for case, took in found
    ]
    text = (
        "## A year's roster\n\n"
        f"CPU milliseconds in process, median of {RUNS}; a year of {LEADERS} leaders, Tuesdays and Thursdays put off on holidays,\n"
        "and a year of duty on every working day. The floor is a bare loop over the year's days. Written: made anew in SQLite\n"
        "with every check, and taken back. `python -m benchmarks --only rosters` measures and writes this part.\n\n"
        "| what | ms | × floor | goal |\n|---|---:|---:|---|\n" + "\n".join(lines) + "\n"
    )
    return Section(text, [f"{case.label}: {took:.3f} s" for case, took in found if case.goal and took > case.goal])


def _verdict(case: Case, took: float) -> str:
    if case.goal is None:
        return ""
    return "met" if took <= case.goal else f"missed (≤ {case.goal * 1000:.0f})"


def _days() -> list[Case]:
    """Nothing but the rules: which days, and who."""
    calendar = Calendar(shipped_days(shipped_years()), shipped_years())
    names = [f"领导{n}" for n in range(LEADERS)]
    first, last = period(YEAR).first, period(YEAR).last

    def year(rule: str) -> object:
        line = rota.Line(names)
        days = occurrences(rule, "next", first, last, calendar)
        return [(day, line.next(lambda _leader: "").leader) for day in days]

    return [
        Case(FLOOR, lambda: [first + timedelta(days=n) for n in range(365)]),
        Case("一年的接访日与领导（只算日子）", lambda: year(TWICE_A_WEEK), LEADERS_GOAL),
        Case("一年每个工作日值班（只算日子）", lambda: year(EVERY_DAY), DUTY_GOAL),
    ]


def _written(session: Session, actor: Actor) -> list[Case]:
    """The office's own services, row by row: who is away, two places at once, leaders in turn."""

    def undone(make: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            make()
            session.rollback()

        return run

    asked = period(YEAR)
    return [
        Case(
            "一年的接访日程，30 位领导（写入）", undone(lambda: rosters.generate(session, actor, asked)), LEADERS_GOAL
        ),
        Case("一年每个工作日的值班表（写入）", undone(lambda: duties.make(session, actor, asked)), DUTY_GOAL),
    ]


@contextmanager
def _office() -> Iterator[tuple[Session, Actor]]:
    """A new office with thirty leaders and two rules."""
    with fresh_office.opened() as app, app.app_context():
        actor = system(TODAY, NOW)
        _fill(db.session(), actor)
        yield db.session(), actor
        db.session.remove()


def _fill(session: Session, actor: Actor) -> None:
    for n in range(LEADERS):
        rank = Rank.MAIN if n < 2 else Rank.OTHER
        session.add(
            m.Leader(name=f"领导{n}", title="副镇长", rank=rank, turn=n, division="全面工作", phone="0571-88880000")
        )
    session.flush()
    for rule, use in ((TWICE_A_WEEK, RuleUse.RECEPTION), (EVERY_DAY, RuleUse.DUTY)):
        values = {
            "name": rule, "rrule": rule, "on_holiday": OnHoliday.NEXT, "starts": "09:00", "ends": "11:30", "use": use,
            "place": "群众来访接待室", "form": SessionForm.FIXED, "cadre": "王敏", "valid_from": None, "valid_to": None,
            "is_active": True,
        }  # fmt: skip
        reception_rules.save(session, actor, m.ReceptionRule(), values)
    session.commit()
