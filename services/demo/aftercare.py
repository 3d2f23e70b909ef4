"""After the answer: every Friday clerks ask those just answered for a rating and make the return visits that are due."""

from datetime import date, timedelta

import sqlalchemy as sa

import models as m
from rules.supervision import RatedHow
from rules.words import Satisfaction, VisitMethod
from services import aftercare, gate, handling, return_visits
from services.demo.plans import OLDEST
from services.demo.town import Life, Town

FRIDAY = 4
ASKED_AFTER, BEHIND = timedelta(days=4), timedelta(days=10)
"""So long after the answer a rating is asked for; so long after its day a visit is made at the latest."""
LEFT, LEFT_SINCE = 7, 45
"""One visit in so many is still to be made, if it was planned in the last days."""
UNRATED = 5
"""One matter in so many is never rated."""
OPINIONS = (
    (Satisfaction.GOOD, Satisfaction.GOOD), (Satisfaction.GOOD, Satisfaction.FAIR), (Satisfaction.GOOD, Satisfaction.GOOD),
    (Satisfaction.FAIR, Satisfaction.GOOD), (Satisfaction.GOOD, Satisfaction.BAD), (Satisfaction.FAIR, Satisfaction.FAIR),
    (Satisfaction.GOOD, Satisfaction.NONE),
)  # fmt: skip
"""(office, unit), in turn."""
WAYS = (RatedHow.PHONE, RatedHow.COUNTER, RatedHow.PHONE, RatedHow.PAPER)
WORDS = {
    Satisfaction.GOOD: "问题已经解决，没有新的诉求。",
    Satisfaction.FAIR: "基本认可，希望后续再跟进。",
    Satisfaction.BAD: "答复收到了，实际进度慢。",
}


def weeks(town: Town) -> Life:
    """One round each Friday of the two years."""
    day = town.ago(OLDEST)
    day += timedelta(days=(FRIDAY - day.weekday()) % 7)
    while day <= town.today:
        yield day
        _rate(town, day)
        _visit(town, day)
        day += timedelta(days=7)


def _rate(town: Town, day: date) -> None:
    clerk = town.acting("clerk2", day)
    served = aftercare.to_rate(gate.rows(clerk, m.Petition), clerk).where(m.Petition.is_guarded.is_(sa.false()))
    for petition in list(town.session.scalars(served.order_by(m.Petition.id))):
        answered_on = petition.rate_by - timedelta(days=30)
        if petition.id % UNRATED and answered_on + ASKED_AFTER <= day <= petition.rate_by:
            of_office, of_unit = OPINIONS[petition.id % len(OPINIONS)]
            said = {
                "rated_on": day, "office_rating": of_office, "unit_rating": of_unit,
                "rated_how": WAYS[petition.id % len(WAYS)], "note": WORDS.get(of_unit, ""),
            }  # fmt: skip
            handling.move(town.session, town.acting("clerk2", day), petition, "rate", said)


def _visit(town: Town, day: date) -> None:
    clerk = town.acting("clerk2", day)
    due = return_visits.planned(gate.rows(clerk, m.ReturnVisit), clerk).where(m.ReturnVisit.planned_on <= day - BEHIND)
    for visit in list(town.session.scalars(due.order_by(m.ReturnVisit.id))):
        if visit.id % LEFT == 0 and visit.planned_on >= town.ago(LEFT_SINCE):
            continue
        opinion = Satisfaction.FAIR if visit.id % 4 == 0 else Satisfaction.GOOD
        said = return_visits.Said(day, VisitMethod.PHONE, "李娜", opinion, WORDS[opinion])
        return_visits.record(town.session, town.acting("clerk2", day), visit, said)
