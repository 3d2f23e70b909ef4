"""Days: the calendar, a due date with its derivation, the days of a rule."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from cli.declaring import DAY, command, office
from models import db
from rules.access import Actor

calendar_group = AppGroup("calendar", help="工作日历。")
roster_group = AppGroup("roster", help="接访日程。")


@command(calendar_group, "show")
@click.argument("year", type=click.IntRange(1902, 2099))
def calendar_show(year: int) -> Any:
    """Every day of a year with kind, note and whether it is provisional."""
    from rules.calendar_days import days_of_year
    from services import calendars

    found = calendars.load(db.session())
    return {day.isoformat(): found.info(day).as_json() for day in days_of_year(year)}


@command(calendar_group, "import", acts=True)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def calendar_import(file: Path, actor: Actor) -> Any:
    """Take in a year: JSON of date → {kind, note}, the notice's text, xlsx or csv; what moved is listed."""
    from services import calendar_tables

    return calendar_tables.import_file(db.session(), actor, file)


@command(office, "due")
@click.option("--start", required=True, type=DAY)
@click.option("--days", required=True, type=int)
@click.option("--unit", type=click.Choice(["natural", "working"]), default="natural", show_default=True)
@click.option("--no-roll", is_flag=True)
def due(start: date, days: int, unit: str, no_roll: bool) -> Any:
    """A due date with its derivation."""
    from rules import deadlines
    from services import calendars

    return deadlines.compute(start, days, unit, calendars.load(db.session()), roll=not no_roll).as_json()


@command(roster_group, "plan")
@click.option("--rule", required=True)
@click.option(
    "--on-holiday", type=click.Choice(["skip", "next", "previous", "keep"]), default="next", show_default=True
)
@click.option("--from", "start", required=True, type=DAY)
@click.option("--to", "end", required=True, type=DAY)
@click.option("--leaders", default="")
def roster_plan(rule: str, on_holiday: str, start: date, end: date, leaders: str) -> Any:
    """The days of a rule with the leaders in turn; nothing is stored."""
    from services import reception_rules

    names = [name.strip() for name in leaders.split(",") if name.strip()]
    return reception_rules.plan(db.session(), rule, on_holiday, start, end, names)
