"""Two screening rounds: last month's, returned by all, one late and most nil; this month's, waited for (E2)."""

from datetime import date, datetime, time, timedelta

import models as m
from rules.reception_words import Urgency
from services import office_zone, screening
from services.demo.town import Life, Town

FOUND = (
    {"place": "河东村渡口", "cause": "渡船停运后村民绕行，要求恢复班次。", "people_count": 18, "urgency": Urgency.NORMAL,
     "responsible": "吴芳", "measures": "与交通所对接，先增开早晚两班。"},
    {"place": "河东村一组", "cause": "机耕道占地补偿标准与邻村不一致。", "people_count": 9, "urgency": Urgency.SERIOUS,
     "responsible": "村主任", "measures": "逐户说明两次征地的批复文号。"},
)  # fmt: skip
SCOPE = "土地承包、邻里宅基地、工资拖欠、物业管理"


def lives(town: Town) -> list[Life]:
    """The past round and the one that runs."""
    return [past(town), running(town)]


def _ask(town: Town, day: date, name: str, ahead: int) -> m.ScreeningRound:
    clerk = town.acting("clerk", day)
    due = datetime.combine(town.workday_after(clerk.today + timedelta(days=ahead)), time(17), office_zone.current())
    units = [unit.id for unit in screening.owing_units(town.session)]
    return screening.ask(town.session, clerk, screening.Asked(name, due, units, SCOPE))


def past(town: Town) -> Life:
    """Asked five weeks ago; the east village finds two, everybody else nil, one the day after."""
    first = town.workday(town.ago(36))
    yield first
    row = _ask(town, first, f"{first.month}月矛盾纠纷排查", 5)
    owed = {one.unit_id: one for one in row.returns}
    day = town.workday(first + timedelta(days=2))
    yield day
    lines = [dict(line) | {"found_on": day, "due_on": day + timedelta(days=60)} for line in FOUND]
    given = screening.give(town.session, town.acting("reporter_a", day), owed.pop(town.units["east"].id), lines)
    heavy = next(one for one in given if one.urgency is Urgency.SERIOUS)
    heavy.reported_on, heavy.reported_to = day, "镇综治中心"
    heavy.situation = "情绪平稳，未聚集。"
    last = owed.pop(town.units["willow"].id)
    for one in owed.values():
        screening.give_nil(town.session, town.acting("clerk", day), one)
    day = town.workday(row.due_at.date() + timedelta(days=1))
    yield day
    screening.urge(town.session, town.acting("clerk", day), row)
    screening.give_nil(town.session, town.acting("clerk", day), last, "电话报送")


def running(town: Town) -> Life:
    """Asked this week, due in a few days; some have returned."""
    day = town.workday_before(town.ago(3))
    yield day
    row = _ask(town, day, f"{day.month}月矛盾纠纷排查", 8)
    yield town.workday(town.ago(1))
    early = {town.units[key].id for key in ("civil", "police", "bridge")}
    for one in row.returns:
        if one.unit_id in early:
            screening.give_nil(town.session, town.acting("clerk", town.workday_before(town.ago(1))), one)
