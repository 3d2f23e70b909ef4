"""Two places in turn (两地轮流): at which of them a rule's day is held (D1).

The turn follows the rule's own order of days from where it begins: a day that a holiday drops uses up its place, so that
no later change of the calendar moves a published place.
"""

from collections.abc import Sequence
from datetime import date

from rules.calendar_days import Calendar
from rules.recurrence import nominal_days


def place_of(index: int, places: Sequence[str | None]) -> str | None:
    """The place of the rule's day number `index` (counted from 0 at its beginning): round the list; empty: None."""
    return places[index % len(places)] if places else None


def places_in_turn(
    rule_text: str, places: Sequence[str | None], since: date, last: date, calendar: Calendar
) -> dict[date, str | None]:
    """The rule's own (nominal) day → its place, for every day from the beginning to `last`.

    The beginning is DTSTART in the text, else `since`. Raises RuleBroken for a text that is no rule.
    """
    days = nominal_days(rule_text, since, last, calendar)
    return {day: place_of(index, places) for index, day in enumerate(days)}
