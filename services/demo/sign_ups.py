"""Who has signed up for the reception days to come, and the last days' sign-ups: received, absent, carried over (D11)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

import models as m
from rules.reception_words import AppointmentKind
from rules.words import OPEN_STATUSES, Outcome, Purpose
from services import appointment_lists, appointments, briefs, petitions, reception_records, receptions
from services.demo import names
from services.demo.matters import VILLAGES
from services.demo.town import Life, Town

Kind = AppointmentKind
WANTS: tuple[dict[str, Any], ...] = (
    {"demand": "宅基地确权一直没有办下来，请求核实面积。", "lower_level": "村委会调解过一次，未达成一致。"},
    {"demand": "反映村道坑洼、路灯不亮，请求尽快维修。"},
    {"demand": "去年的低保申请没有答复，请求说明原因。", "lower_level": "民政办口头答复正在复核。"},
    {"demand": "十二户村民要求明确安置房交付时间。", "people_count": 12, "is_group": True},
    {"demand": "咨询临时救助的条件和手续。", "purpose": Purpose.INQUIRY},
)
"""What people sign up for."""
COMING, BACK = 3, 20
"""Sessions to come that have sign-ups, and the days back from today whose sessions tell what became of theirs."""


def life(town: Town) -> Life:
    """The last weeks' sessions with what became of their sign-ups, then the next three, on the last day told."""
    waiting: list[m.Appointment] = []
    for back in range(BACK, 0, -1):
        day = town.ago(back)
        yield day
        waiting += [_past(town, held) for held in receptions.between(town.session, day, day)]
    yield town.today
    for row in waiting:
        _settle(town, row)
    _coming(town)


def _said(town: Town, want: dict[str, Any]) -> dict[str, Any]:
    village = town.rng.choice(VILLAGES)
    people = [names.person(town.rng, village) for _ in range(3)]
    said = {"visitor": people[0].name, "phone": people[0].phone, "place": f"青石镇{village}", **want}
    if said.pop("is_group", False):
        said["representatives"] = "、".join(dict.fromkeys(person.name for person in people))
    return said


def _past(town: Town, held: m.ReceptionSession) -> m.Appointment:
    """One who came without signing up was received; another, the answer, was still waiting at the end."""
    clerk = town.acting("clerk", held.held_on)
    first, second = town.rng.sample(WANTS[:3], 2)
    came = appointments.sign_up(town.session, clerk, held, _said(town, first), Kind.WALK_IN)
    record = appointments.receive(town.session, clerk, came)
    said = {"opinion": "当场联系责任单位，三日内上门核实。", "outcome": Outcome.SOLVED}
    reception_records.give_opinion(town.session, clerk, record, said)
    return appointments.sign_up(town.session, clerk, held, _said(town, second), Kind.WALK_IN)


def _settle(town: Town, waiting: m.Appointment) -> None:
    """Who was not received comes first at the leader's next session, if he has one."""
    clerk = town.acting("clerk", town.today)
    tomorrow = town.today + timedelta(days=1)
    if receptions.next_session(town.session, tomorrow, waiting.session.leader_id) is None:
        appointments.mark_absent(town.session, clerk, waiting)
    else:
        appointments.carry(town.session, clerk, waiting)


def _coming(town: Town) -> None:
    clerk = town.acting("clerk", town.today)
    rows = receptions.between(town.session, town.today, town.ago(-60))
    closes_at = appointment_lists.closing(town.session, town.today)
    free = [row for row in rows if row.leader_id is not None and clerk.now < closes_at(row)][:COMING]
    wants = iter(WANTS)
    for row in free:
        for want in (next(wants, None), next(wants, None)):
            if want is not None:
                appointments.sign_up(town.session, clerk, row, _said(town, want))
    if free:
        _invited(town, free[0])


def _invited(town: Town, held: m.ReceptionSession) -> None:
    """An invitation for a matter in hand, with its brief for the leader."""
    clerk = town.acting("clerk", town.today)
    statement = sa.select(m.Petition).where(m.Petition.status.in_(OPEN_STATUSES), sa.not_(m.Petition.is_guarded))
    matters = town.session.scalars(statement.order_by(m.Petition.id)).all()
    found = [matter for matter in matters if len(matter.contacts) > 1 and petitions.people_of(matter)]
    if not found:
        return
    matter = found[0]
    said = {
        "visitor": petitions.people_of(matter)[0].name,
        "demand": matter.demand,
        "place": matter.place,
        "purpose": matter.purpose,
        "petition_id": matter.id,
        "reason": "重复来访，领导当面听取意见。",
    }
    row = appointments.sign_up(town.session, clerk, held, said, Kind.INVITATION)
    appointments.write_brief(town.session, clerk, row, briefs.draft(town.session, clerk, row))
