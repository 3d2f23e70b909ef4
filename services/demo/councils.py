"""Monthly meetings with their decisions, one still to come; funds and the aid given from them (E3, F6)."""

from datetime import date, timedelta

import sqlalchemy as sa

import models as m
from rules.meetings import MeetingKind
from rules.words import CaseStatus, Status
from services import agenda, aid, aid_lists, closing, decisions, gate, meetings
from services.demo.town import Life, Town

UNITS = ("a", "b", "civil", "labour", "police")
HELD = (
    (MeetingKind.MONTHLY, 52, "会议听取了上月信访工作情况，逐件研究未办结事项。"),
    (MeetingKind.JOINT, 31, "联席会议成员单位通报了排查情况，研究了跨部门事项。"),
    (MeetingKind.MONTHLY, 22, "会议通报了重复信访情况，要求包案领导每半月见面一次。"),
)
FUNDS = (("信访救助专项资金", 80_000), ("民政临时救助", 120_000))
"""Name, budget of this year in 元."""


def lives(town: Town) -> list[Life]:
    """Meetings held, the one to come, aid."""
    return [*(held(town, *one) for one in HELD), coming(town), given(town)]


def _plan(town: Town, day: date, on: date, kind: MeetingKind) -> m.Meeting:
    plan = meetings.Plan(
        kind, on, "09:00", "镇政府二楼会议室", town.leaders["in_charge"].id,
        [town.leaders[key].id for key in ("a", "b")], [town.units[key].id for key in UNITS],
    )  # fmt: skip
    return meetings.save(town.session, town.acting("clerk", day), m.Meeting(), plan)


def _matters(town: Town, count: int) -> list[str]:
    """The oldest plain matters in hand."""
    p, clerk = m.Petition, town.acting("clerk", town.today)
    free = gate.rows(clerk, p).where(sa.not_(p.is_guarded), p.status == Status.HANDLING, p.unit_id.is_not(None))
    return [f"petition-{one.id}" for one in town.session.scalars(free.order_by(p.id).limit(count))]


def held(town: Town, kind: MeetingKind, ago: int, minutes: str) -> Life:
    """Planned a week ahead, held, its decisions carried out or not."""
    on = town.workday(town.ago(ago))
    day = town.workday_before(on - timedelta(days=7))
    yield day
    row = _plan(town, day, on, kind)
    yield on
    clerk = town.acting("clerk", on)
    keys = [key for key in _matters(town, 3) if key not in agenda.keys_of(town.session, row)]
    items = agenda.add(town.session, town.acting("clerk", on), row, keys, "节假日值守和排查安排")
    made = []
    for item in items:
        agenda.note(town.session, clerk, item, "责任单位汇报了办理情况。", "责任单位倒排时间，包案领导跟踪。")
        owner = {"unit_id": item.petition.unit_id} if item.petition else {"user_id": town.users["clerk2"].id}
        said = decisions.Said("形成书面处理意见报信访办。", on + timedelta(days=20), **owner)
        source = decisions.Source(row, item, petition=item.petition)
        made.append(decisions.decide(town.session, clerk, source, said))
    meetings.hold(town.session, town.acting("clerk", on), row, on, minutes, "王敏")
    day = town.workday(on + timedelta(days=9))
    yield day
    for one in made[: len(made) - 1]:
        decisions.finish(town.session, town.acting("clerk", day), one, day, "处理意见已报送。")


def coming(town: Town) -> Life:
    """Next week's, its agenda begun."""
    yield town.today
    clerk = town.acting("clerk", town.today)
    row = _plan(town, town.today, town.workday_after(town.today + timedelta(days=6)), MeetingKind.MONTHLY)
    found = agenda.offers(town.session, clerk, row)
    keys = [one.key for rows in found.values() for one in rows[:2] if not _is_guarded(town, one.key)]
    agenda.add(town.session, town.acting("clerk", town.today), row, keys[:5], "年终积案化解安排")


def _is_guarded(town: Town, key: str) -> bool:
    kind, _dash, text = key.partition("-")
    row = gate.find(town.session, town.acting("clerk", town.today), agenda.TABLES[kind], text)
    matter = row if kind == "petition" else row.petition
    return matter is not None and matter.is_guarded


def given(town: Town) -> Life:
    """Money to four matters with cases, legal aid to a fifth."""
    day = town.workday(date(town.today.year, 1, 5)) if town.today.month > 1 else town.today
    yield day
    head = town.acting("office_head", day)
    funds = [
        aid_lists.save_fund(town.session, head, m.Fund(), {"name": name, "is_active": True}) for name, _sum in FUNDS
    ]
    for fund, (_name, budget) in zip(funds, FUNDS, strict=True):
        aid_lists.set_budget(town.session, head, fund, town.today.year, budget * 100)
    yield town.today
    clerk = town.acting("clerk", town.today)
    kinds = {kind.name: kind for kind in town.session.scalars(sa.select(m.AidKind))}
    running = gate.rows(clerk, m.Case).where(m.Case.status == CaseStatus.RUNNING).order_by(m.Case.id).limit(12)
    open_ones = [
        case for case in town.session.scalars(running) if not case.petition.is_guarded and not _is_signed(town, case)
    ][:5]
    for place, case in enumerate(open_ones):
        name = ("信访救助", "民政救济", "信访救助", "特困资金补助", "法律援助")[place]
        money = kinds[name].is_money
        on = max(case.petition.registered_on, town.ago(20 - place))
        people = [link.petitioner.name for contact in case.petition.contacts for link in contact.people]
        said = aid.Said(
            kinds[name].id, people[0] if people else "本户", on, "信访联席会议", funds[place % 2].id if money else None,
            (5000 + 2500 * place) * 100 if money else None, "生活确有困难。" if money else "联系县法律援助中心。",
        )  # fmt: skip
        row = aid.decide(town.session, town.acting("clerk", town.today), case.petition, said)
        if place < 3:
            aid.pay(town.session, town.acting("clerk", town.today), row, max(on, town.ago(10)))


def _is_signed(town: Town, case: m.Case) -> bool:
    """Is its closing file being signed? What is given then would void the signatures."""
    found = closing.find(town.session, case)
    return found is not None and any(one.voided_at is None for one in found.signatures)
