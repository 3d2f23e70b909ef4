"""What the office does about dates: a circulation every month that somebody was late, and the nightly check (B8, B10)."""

from datetime import timedelta

from rules import owed
from services import circulations, nightly_check
from services.demo.town import Life, Town

ISSUED_AGO = (75, 45, 15)
"""Days before today on which a circulation may go round."""
COVERS = timedelta(days=30)


def lives(town: Town) -> list[Life]:
    """The circulations, and the check of the last night."""
    return [*(circulated(town, days) for days in ISSUED_AGO), checked(town)]


def circulated(town: Town, days: int) -> Life:
    """Who was late in the thirty days before, put round the units; nothing where nobody was."""
    day = town.workday_after(town.ago(days))
    yield day
    actor = town.acting("office_head", day)
    if circulations.draft(town.session, actor, day, owed.CIRCULATED, day - COVERS)["rows"]:
        circulations.issue(town.session, actor, day, owed.CIRCULATED, day - COVERS)


def checked(town: Town) -> Life:
    """The check of the morning on which the demonstration begins."""
    yield town.today
    nightly_check.run(town.session, town.system, key=nightly_check.night(town.today))
