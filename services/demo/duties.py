"""Duty of the demonstration office: a leader every working day, the staff in turn, whom to call, two days exchanged."""

from datetime import timedelta

import models as m
from rules.reception_words import DutyPart, RuleUse
from rules.roster_period import Period
from rules.words import OnHoliday
from services import duties, duty_days, on_call, reception_rules
from services.demo import people, receptions
from services.demo.town import Life, Town

RULE = {
    "name": "每个工作日领导值班", "use": RuleUse.DUTY, "rrule": "WORKDAYS", "on_holiday": OnHoliday.SKIP,
    "starts": "08:00", "ends": "16:00", "place": people.SETTINGS["reception_place"],
}  # fmt: skip
ON_CALL = (
    ("a", "褚建军", "所长", "0000-1234711"),
    ("b", "卫国栋", "主任", "0000-1234712"),
    ("labour", "白雪峰", "所长", "0000-1234713"),
    ("civil", "金桂芳", "主任", "0000-1234714"),
    ("police", "石勇", "所长", "0000-1234715"),
)
"""Key of the unit, name, title, phone."""
MONTHS = slice(5, 8)
"""Of the months that have a reception roster: last month, this one and the next have a duty roster too."""
MADE_AHEAD = 6
"""Days before a month begins on which its duty roster is made: when its reception days are known."""


def found(town: Town) -> None:
    """The rule and the on-call list."""
    first = receptions.months(town)[MONTHS][0].first
    clerk = town.acting("clerk", first - timedelta(days=MADE_AHEAD + 2))
    reception_rules.save(town.session, clerk, m.ReceptionRule(), RULE | {"valid_from": first})
    for position, (unit, name, title, phone) in enumerate(ON_CALL, start=1):
        said = {"unit_id": town.units[unit].id, "name": name, "title": title, "phone": phone, "position": position}
        on_call.save(town.session, clerk, m.OnCall(), said)


def month(town: Town, over: Period) -> Life:
    """The month's roster, made a little before it begins; in the current month two leaders changed places."""
    made_on = min(town.workday_before(over.first - timedelta(days=MADE_AHEAD)), town.today)
    yield made_on
    duties.make(town.session, town.acting("clerk", made_on), over)
    if over.first <= town.today <= over.last:
        yield made_on
        rows = [row for row in duties.between(town.session, over.first, over.last) if row.leader is not None]
        duty_days.exchange(town.session, town.acting("clerk", made_on), rows[-1], rows[-4], DutyPart.LEADER)


def lives(town: Town) -> list[Life]:
    """The months with a duty roster."""
    return [month(town, over) for over in receptions.months(town)[MONTHS]]
