"""Leaders' visits down of the last year and those to come, what they found, and eight disputes on the villages' ledgers (E1, E2)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import models as m
from rules.reception_words import LeaderVisitKind, LeaderVisitMode, RuleUse, Urgency
from rules.roster_period import half_of, month_of, span
from rules.words import ENDED_STATUSES, OnHoliday, SessionForm
from services import disputes, gate, reception_rules, visit_findings, visit_plans, visits
from services.demo.town import Life, Town

K, M = LeaderVisitKind, LeaderVisitMode
RULE: dict[str, Any] = {
    "name": "每月第一周周一下访", "use": RuleUse.VISIT, "rrule": "FREQ=MONTHLY;BYDAY=1MO", "on_holiday": OnHoliday.NEXT,
    "starts": "09:00", "ends": "17:00", "place": None, "form": SessionForm.ON_SITE, "cadre": "李娜",
}  # fmt: skip
PLANNED_AHEAD, CONTACTED_AHEAD, POSTED_AHEAD = 15, 11, 6
"""Days before a visit on which it is planned, the village called, the notice put up."""


@dataclass(frozen=True)
class Found:
    """A problem found. `is_dispute`: it went on the unit's ledger; `again`: days after the visit to look again; `result`: what was seen."""

    text: str
    person: str | None = None
    is_dispute: bool = False
    again: int = 0
    result: str = ""


@dataclass(frozen=True)
class Trip:
    """One visit that was made: whose, how long ago, how many days, where and why."""

    leader: str
    ago: int
    days: int
    kind: LeaderVisitKind
    mode: LeaderVisitMode
    unit: str
    area: str
    purpose: str
    report: str
    people: int
    found: tuple[Found, ...] = field(default=())
    is_late: bool = False


TRIPS = (
    Trip("mayor", 250, 12, K.LONG_TERM, M.SURVEY, "bridge", "包片：石桥片", "驻村走访，摸清春耕用水矛盾",
         "走访 86 户，协调放水顺序，现场签订用水约定。", 86),
    Trip("mayor", 160, 9, K.LONG_TERM, M.SURVEY, "east", "包片：河东片", "驻村走访，查看防汛准备",
         "逐户查看低洼住户 41 户，落实转移联系人。", 41, (Found("泵站一台机组不能启动。", None, False, 30, "机组已修复，试车正常。"),)),
    Trip("secretary", 120, 6, K.REGULAR, M.SURVEY, "willow", "包点：柳林村", "调研土地流转租金支付情况",
         "召开座谈会 2 场，流转大户承诺年底前付清。", 34),
    Trip("a", 97, 1, K.REGULAR, M.INVITE, "east", "河东村党群服务中心", "约访土地确权有疑问的群众",
         "约访 9 户，当场查档 6 户。", 9, (Found("确权图上地块边界与现状不符。", "葛春生", True, 20, "已复测，双方认可。"),)),
    Trip("congress", 83, 2, K.REGULAR, M.SURVEY, "east", "包户：河东村困难户 8 户", "走访困难户，了解救助落实情况",
         "8 户救助金均已到账，1 户申请临时救助。", 8),
    Trip("b", 76, 1, K.REGULAR, M.INSPECT, "bridge", "石桥村道路施工现场", "检查村道施工扰民问题",
         "要求夜间停工，施工方当场承诺。", 15, (Found("施工车辆压坏入户路，要求修复。", "汪玉梅", False, 6),)),
    Trip("in_charge", 62, 1, K.CONCENTRATED, M.INVITE, "centre", "青石社区", "国庆节前集中下访",
         "接待群众 21 人，当场答复 17 件。", 21, (Found("小区地下车库渗水，物业推诿。", "乔建国", True, 15),)),
    Trip("secretary", 60, 1, K.CONCENTRATED, M.INVITE, "willow", "柳林村", "国庆节前集中下访", "接待群众 13 人。", 13),
    Trip("labour", 41, 1, K.REGULAR, M.SURVEY, "bridge", "石桥村服装加工点", "了解务工人员工资支付情况",
         "核对 3 家加工点工资册，未发现拖欠。", 27, (), True),
    Trip("a", 33, 1, K.REGULAR, M.INVITE, "willow", "柳林村", "约访林木补偿款未到账的农户",
         "5 户补偿款差额已核清，交自然资源所补发。", 5, (Found("补偿名册漏登 1 户。", "史凤英", False, 12, "已补登并补发。"),)),
    Trip("arms", 26, 2, K.REGULAR, M.INSPECT, "bridge", "包片：石桥片", "检查冬季防火和值守",
         "整改火险隐患 4 处。", 18, (Found("护林员补贴三个月未发。", "彭大山", True, 24),)),
    Trip("mayor", 18, 3, K.REGULAR, M.SURVEY, "centre", "青石社区", "调研老旧小区改造意见",
         "入户 52 户，改造方案调整 3 处。", 52, (Found("加装电梯低层住户有异议。", "乔建国、苗秀兰", True, 10),)),
    Trip("b", 9, 1, K.REGULAR, M.INVITE, "east", "河东村", "约访污水管网施工影响的住户",
         "约访 7 户，商定修复日期。", 7, (Found("施工后院墙开裂，要求鉴定。", "葛春生", False, 5),)),
)  # fmt: skip
COMING = (
    ("in_charge", 2, "centre", "青石社区", "带案约访，研究物业渗水问题", K.WITH_CASE, True, True),
    ("a", 5, "east", "河东村二组", "带案下访，现场核实土地补偿", K.WITH_CASE, True, False),
    ("congress", 24, "bridge", "包户：石桥村困难户", "走访慰问，了解越冬困难", K.REGULAR, False, False),
    ("discipline", 6, "willow", "柳林村", "检查低保评定公示情况", K.REGULAR, False, False),
)
"""Leader, days ahead, unit, area, purpose, kind, whether contacted, whether posted: the last one's contact is late."""
DISPUTES: tuple[dict[str, Any], ...] = (
    {"unit": "east", "ago": 74, "place": "河东村三组", "cause": "相邻两户因宅基地边界争执，多次争吵。", "party": "葛有田、葛春生",
     "people_count": 7, "urgency": Urgency.SERIOUS, "responsible": "吴芳", "due": 30, "end": "调解签订协议，立界桩。"},
    {"unit": "bridge", "ago": 58, "place": "石桥村水库下游", "cause": "上下游用水顺序争执。", "people_count": 40,
     "urgency": Urgency.URGENT, "responsible": "村主任", "due": 10, "to": "县防汛办", "end": "轮灌时间表张榜公布，双方认可。"},
    {"unit": "willow", "ago": 40, "place": "柳林村", "cause": "流转土地租金拖欠，农户要求收回土地。", "party": "史凤英",
     "people_count": 23, "urgency": Urgency.SERIOUS, "responsible": "村委会", "due": 60, "to": "镇农业农村办"},
    {"unit": "centre", "ago": 29, "place": "青石社区 5 号楼", "cause": "楼上装修漏水，赔偿数额谈不拢。", "party": "苗秀兰",
     "people_count": 4, "urgency": Urgency.NORMAL, "responsible": "网格员", "due": 20},
    {"unit": "a", "ago": 21, "place": "柳林村北坡", "cause": "林地权属交叉，两村小组各执一词。", "people_count": 16,
     "urgency": Urgency.SERIOUS, "responsible": "郑伟", "due": 45},
    {"unit": "east", "ago": 12, "place": "河东村卫生室旁", "cause": "垃圾收集点选址村民反对。", "people_count": 30,
     "urgency": Urgency.NORMAL, "responsible": "吴芳", "due": 25},
    {"unit": "b", "ago": 6, "place": "石桥村道路施工点", "cause": "施工队与村民因青苗赔偿发生口角。", "people_count": 11,
     "urgency": Urgency.URGENT, "responsible": "冯静", "due": 7},
    {"unit": "centre", "ago": 3, "place": "青石社区广场", "cause": "广场舞音量扰民，居民多次交涉。", "people_count": 12,
     "urgency": Urgency.NORMAL, "responsible": "网格员", "due": 14},
)  # fmt: skip


def lives(town: Town) -> list[Life]:
    """Every visit made, the plan of those to come, the disputes."""
    return [
        *(made(town, trip) for trip in TRIPS), plan(town), *(coming(town, *one) for one in COMING),
        *(dispute(town, said) for said in DISPUTES),
    ]  # fmt: skip


def made(town: Town, trip: Trip) -> Life:
    """One visit from its plan to the last return visit."""
    first = town.workday(town.ago(trip.ago))
    last = first + timedelta(days=trip.days - 1)
    day = town.workday_before(first - timedelta(days=PLANNED_AHEAD))
    yield day
    said = _plan(town, trip.leader, trip.unit, trip.area, trip.purpose, trip.kind, first) | {
        "to_on": last,
        "mode": trip.mode,
    }
    row = visits.save(town.session, town.acting("clerk", day), m.Visit(), said)
    for key, ahead in (("contact", CONTACTED_AHEAD), ("post", POSTED_AHEAD)):
        day = town.workday_before(first - timedelta(days=3 if trip.is_late else ahead))
        yield day
        _step(town, row, key, day)
    yield last
    report = {"from_on": first, "to_on": last, "people_met": trip.people, "report": trip.report}
    visits.finish(town.session, town.acting("clerk", last), row, report)
    for one in trip.found:
        finding = _note(town, row, one, last)
        if one.result:
            day = town.workday(last + timedelta(days=one.again))
            yield day
            visit_findings.follow_up(town.session, town.acting("clerk", day), finding, day, one.result, None)


def _plan(
    town: Town, leader: str, unit: str, area: str, purpose: str, kind: LeaderVisitKind, day: date
) -> dict[str, Any]:
    return {
        "leader_id": town.leaders[leader].id, "unit_id": town.units[unit].id, "area": area, "purpose": purpose,
        "kind": kind, "mode": M.INVITE, "from_on": day, "to_on": day, "crew": "王敏、李娜",
        "tasks": "王敏登记，李娜联络。", "companion_ids": [town.units["a"].id] if kind is K.WITH_CASE else [],
    }  # fmt: skip


def _step(town: Town, row: m.Visit, key: str, day: date) -> None:
    text = f"{row.unit}村委会，电话" if key == "contact" else f"{row.unit}公开栏"
    visits.note_step(town.session, town.acting("clerk", day), row, key, day, text)


def _note(town: Town, row: m.Visit, one: Found, day: date) -> m.VisitFinding:
    clerk = town.acting("clerk", day)
    said = {
        "text": one.text, "person": one.person, "place": row.area, "opinion": "请责任单位核实办理，按期反馈。",
        "follow_up_on": day + timedelta(days=one.again) if one.again else None,
    }  # fmt: skip
    finding = visit_findings.add(town.session, clerk, row, said)
    if one.is_dispute:
        visit_findings.into_dispute(town.session, clerk, finding)
    return finding


def plan(town: Town) -> Life:
    """The rule, and this half-year's and the next one's visits made from it, before the New Year too."""
    day = town.workday_before(town.ago(30))
    yield day
    clerk = town.acting("clerk", day)
    reception_rules.save(town.session, clerk, m.ReceptionRule(), RULE | {"valid_from": day})
    yield town.today
    clerk = town.acting("clerk", town.today)
    for key in dict.fromkeys((month_of(town.today), half_of(town.today), half_of(town.today + timedelta(days=184)))):
        visit_plans.generate(town.session, clerk, span(key), before_holidays=key == half_of(town.today))


def coming(
    town: Town, leader: str, ahead: int, unit: str, area: str, purpose: str, kind: LeaderVisitKind, told: bool, posted: bool
) -> Life:  # fmt: skip
    """One visit to come, planned by hand."""
    first = town.workday_after(town.today + timedelta(days=ahead))
    day = town.workday_before(min(first - timedelta(days=PLANNED_AHEAD), town.today))
    yield day
    row = visits.save(
        town.session, town.acting("clerk", day), m.Visit(), _plan(town, leader, unit, area, purpose, kind, first)
    )
    for key, is_done, before in (("contact", told, CONTACTED_AHEAD), ("post", posted, POSTED_AHEAD)):
        if is_done:
            day = town.workday_before(min(first - timedelta(days=before), town.today))
            yield day
            _step(town, row, key, day)
    if kind is K.WITH_CASE:
        yield town.today
        _carry(town, row)


def _carry(town: Town, row: m.Visit) -> None:
    """The oldest open plain matter of the leader's units goes along."""
    clerk, units = town.acting("clerk", town.today), [unit.id for unit in row.leader.units]
    free = sa.not_(m.Petition.is_guarded), m.Petition.status.not_in(ENDED_STATUSES), m.Petition.unit_id.in_(units)
    found = town.session.scalars(gate.rows(clerk, m.Petition).where(*free).order_by(m.Petition.id).limit(1)).first()
    if found is not None:
        visits.carry(town.session, clerk, row, found)


def dispute(town: Town, said: dict[str, Any]) -> Life:
    """One dispute from its finding to its end, where it has one."""
    found_on = town.workday(town.ago(said["ago"]))
    yield found_on
    facts = {name: value for name, value in said.items() if name in disputes.FIELDS}
    dates = {"found_on": found_on, "due_on": found_on + timedelta(days=said["due"])}
    measures = "责任人当日到场，分别听取双方意见。"
    place = {"unit_id": town.units[said["unit"]].id, "measures": measures}
    writer = "reporter_a" if said["unit"] == "east" else "clerk"
    row = disputes.save(town.session, town.acting(writer, found_on), m.Dispute(), facts | dates | place)
    if "to" in said:
        clerk, calm = town.acting("clerk", found_on), "双方情绪平稳，未发生肢体冲突。"
        disputes.report(town.session, clerk, row, found_on, said["to"], calm, measures)
    if "end" in said:
        day = town.workday(found_on + timedelta(days=said["due"] - 3))
        yield day
        disputes.settle(town.session, town.acting(writer, day), row, day, said["end"])
