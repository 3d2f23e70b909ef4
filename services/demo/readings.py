"""Letters put before the leaders in the last half year: most read, some with a closing report, the newest still waiting."""

from collections.abc import Sequence
from datetime import date, timedelta

import models as m
from rules.reception_words import ReadingReason
from rules.words import Satisfaction, Status
from services import case_choices, readings
from services.demo.matters import Matter
from services.demo.talks import ACCOUNTS
from services.demo.town import Life, Town

MOST, BACK = 18, 180
"""So many letters at most, so many natural days back."""
LEFT_OUT = ("accused", "report", "secret", "carried")
CHANNELS = ("letter", "mailbox")
TURN = ("a", "in_charge", "b", "mayor")
"""Before whom the letters come, in turn."""
UNREAD = (0, 1, 3, 6)
"""Of the newest, those still waiting for the leader."""
REASONS = (ReadingReason.PROBLEM, ReadingReason.INTEREST, ReadingReason.ADDRESSED, ReadingReason.MAY_GATHER)
SAID = (
    "请责任单位到现场核实，一周内与来信人见面。",
    "同意，请依法依规办理，结果报我。",
    "请分管领导牵头协调，防止久拖不决。",
    "已阅，请按时答复来信人。",
)
OPINIONS = (Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.GOOD, Satisfaction.BAD)
REPORT_DAYS = 15
"""Natural days a unit has for its closing report."""


def lives(town: Town, begun: Sequence[Matter]) -> list[Life]:
    """One for each letter that is put before a leader, the newest first."""
    letters = [one for one in begun if one.channel in CHANNELS and one.plan.story not in LEFT_OUT]
    recent = [one for one in letters if one.plan.registered_on >= town.ago(BACK)]
    recent.sort(key=lambda one: one.plan.registered_on, reverse=True)
    return [_life(town, one, turn) for turn, one in enumerate(recent[:MOST])]


def _life(town: Town, matter: Matter, turn: int) -> Life:
    put_on = town.workday(matter.plan.registered_on + timedelta(days=1))
    yield put_on
    row = _put(town, matter, turn, put_on)
    if row is None or turn in UNREAD:
        return
    read_on = town.workday_after(put_on + timedelta(days=2 + turn % 4))
    yield read_on
    asks_report = turn % 3 == 0
    due_on = read_on + timedelta(days=REPORT_DAYS) if asks_report else None
    key = next(key for key, leader in town.leaders.items() if leader is row.leader)
    reader = town.acting(ACCOUNTS.get(key, "clerk"), read_on)
    readings.read(town.session, reader, row, SAID[turn % len(SAID)], read_on, due_on)
    if due_on is not None:
        yield from _report(town, row, due_on, ACCOUNTS.get(key, "clerk"))
    told_on = town.workday_after(read_on + timedelta(days=35))
    yield told_on
    if row.petition.replied_on is not None:
        said = "责任单位已书面答复，来信人已收到。"
        readings.feed_back(town.session, town.acting("clerk", told_on), row, said, OPINIONS[turn % len(OPINIONS)])


def _put(town: Town, matter: Matter, turn: int, day: date) -> m.Reading | None:
    """Before the next leader in turn whom the matter does not concern; nothing when it was voided or came at a reception day."""
    clerk, petition = town.acting("clerk", day), matter.row
    if petition.status is Status.VOIDED or petition.channel not in CHANNELS:
        return None
    barred = case_choices.accused_leaders(town.session, clerk, petition)
    keys = (*TURN[turn % len(TURN) :], *TURN)
    leader = next(town.leaders[key] for key in keys if town.leaders[key].id not in barred)
    reason = ReadingReason.JOINT if matter.people_count >= 5 else REASONS[turn % len(REASONS)]
    return readings.put(town.session, clerk, petition.contacts[0], leader, reason)


def _report(town: Town, row: m.Reading, due_on: date, reader: str) -> Life:
    """Every other closing report comes in time; the others are explained the day after and come later."""
    if row.id % 2:
        signed_on = town.workday_before(due_on)
    else:
        yield due_on + timedelta(days=1)
        clerk = town.acting("clerk", due_on + timedelta(days=1))
        extended = due_on + timedelta(days=20)
        readings.explain(
            town.session, clerk, row, "涉及多个单位，会商尚未形成一致意见。", "已召开协调会一次。", extended
        )
        signed_on = town.workday_before(extended)
    yield signed_on
    readings.sign(town.session, town.acting(reader, signed_on), row, signed_on)
