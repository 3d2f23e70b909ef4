"""Who will come to a session (预约、约访): the order of the line, closing hour, representatives, and which leader fits (D11, A2).

Pure: facts in, words out. services.appointments keeps the rows, services.receivers asks who may receive whom.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

from rules.calendar_days import Calendar
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import RuleBroken

State = AppointmentState
MOVES: dict[str, tuple[AppointmentState, ...]] = {
    "receive": (State.EXPECTED, State.ABSENT),
    "absent": (State.EXPECTED,),
    "carry": (State.EXPECTED,),
    "cancel": (State.EXPECTED,),
    "reschedule": (State.EXPECTED,),
    "brief": (State.EXPECTED,),
}
"""What may be done with an appointment → the states in which it may; somebody who came late is still received."""
PLACES_TAKEN = (State.EXPECTED, State.RECEIVED)
"""States that take a place of the session."""

BAND = 1000
"""The line of a session: those carried over, then those signed up and invited, then walk-ins, each in order of coming."""
NAMES = re.compile(r"[、,，;；\n]+")


def band(kind: AppointmentKind, *, is_carried: bool) -> int:
    """The first place in line of a kind (not received last time come first, walk-ins last; rules-of-the-office §6)."""
    if is_carried:
        return 0
    return 2 * BAND if kind == AppointmentKind.WALK_IN else BAND


def closes_at(held_on: date, calendar: Calendar, working_days: int, hour: str, zone: tzinfo) -> datetime:
    """The instant sign-up closes (预约截止): that hour, `working_days` working days before the session."""
    return datetime.combine(calendar.add_working_days(held_on, -working_days), time.fromisoformat(hour), zone)


def names_in(text: str | None) -> list[str]:
    """The representatives' names: separated by 、 or commas."""
    return [name.strip() for name in NAMES.split(text or "") if name.strip()]


def check_representatives(text: str | None, people_count: int, most: int, group: int) -> str | None:
    """The representatives (代表) as 甲、乙, each named, at most `most`; a group of `group` people or more names them (A2)."""
    names = names_in(text)
    if len(names) > most:
        raise RuleBroken(f"代表：最多 {most} 人，现在是 {len(names)} 人，请减少。", "representatives")
    if len(set(names)) < len(names):
        raise RuleBroken("代表：有重复的姓名，请去掉。", "representatives")
    if any(len(name) > 20 for name in names):
        raise RuleBroken("代表：每个姓名最多 20 个字，姓名之间用顿号隔开。", "representatives")
    if len(names) > people_count:
        raise RuleBroken(f"代表：{len(names)} 名代表多于来访人数 {people_count}，请核对。", "representatives")
    if people_count >= group and not names:
        raise RuleBroken(f"代表：{people_count} 人来访为集体访，请写明代表姓名，最多 {most} 人。", "representatives")
    return "、".join(names) or None


@dataclass(frozen=True)
class Desk:
    """A leader as one to choose from. `units`: id → name of those he answers for; `below`: everything under them."""

    leader_id: int
    name: str
    is_main: bool
    division: str
    units: Mapping[int, str] = field(default_factory=dict)
    below: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Demand:
    """What somebody wants to speak of. `text`: demand, category and place; `hard`: what makes it 疑难复杂, in words."""

    text: str
    unit_ids: frozenset[int] = frozenset()
    hard: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """How well a leader fits a demand: the higher the better, why, and whether it lies within his division of work."""

    score: int
    reasons: tuple[str, ...]
    is_within: bool


HARD = ("集体访 {} 人", "已来信来访 {} 次", "涉及 {} 个单位", "已 {} 次未能接待")
"""What makes a matter 疑难复杂, in words: a group, a repetition, several units, not received before."""


def hard_because(people_count: int, group: int, contacts: int, units: int, carried: int) -> tuple[str, ...]:
    """What of HARD holds for these counts; empty for a plain matter."""
    counts, leasts = (people_count, contacts, units, carried), (group, 2, 2, 2)
    return tuple(
        words.format(count) for words, count, least in zip(HARD, counts, leasts, strict=True) if count >= least
    )


def fit(desk: Desk, demand: Demand) -> Fit:
    """Why this leader (D11): the unit he answers for, his division of work, and main leaders for what is 疑难复杂."""
    found: list[tuple[int, str]] = []
    direct = next((name for key, name in desk.units.items() if key in demand.unit_ids), None)
    named = next((name for name in desk.units.values() if len(name) > 1 and name in demand.text), None)
    topic = topic_of(desk.division, demand.text)
    if direct:
        found.append((4, f"责任单位“{direct}”由其分管。"))
    elif named:
        found.append((3, f"诉求提到其分管或联系的“{named}”。"))
    elif demand.unit_ids & desk.below:
        found.append((1, "责任单位在其分管单位之下。"))
    if topic:
        found.append((2, f"诉求提到“{topic[1]}”，属于其分管的“{topic[0]}”。"))
    is_within = bool(found) or (desk.is_main and "全面" in desk.division)
    if desk.is_main and demand.hard:
        found.insert(0, (10, f"疑难复杂，由主要领导接访：{'、'.join(demand.hard)}。"))
    reasons = tuple(words for _points, words in found) or ("分管工作中没有找到对应的内容。",)
    return Fit(sum(points for points, _words in found), reasons, is_within or bool(desk.is_main and demand.hard))


def outside(desk: Desk, demand: Demand) -> str:
    """A warning when the demand lies outside the leader's division of work, else nothing; it never blocks."""
    if fit(desk, demand).is_within:
        return ""
    if not desk.division and not desk.units:
        return f"没有登记{desk.name}的分管工作，无法核对诉求是否属其分管。"
    return f"诉求看来不在{desk.name}的分管范围内，请核对是否由其接访。"


LEADING = re.compile(r"^(分管|主管|协管|主持|负责|协助|联系|抓)+")
TRAILING = re.compile(r"(等?方面)?(工作|事务)?$")
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("自然资源", ("土地", "征地", "宅基地", "确权", "耕地", "国土", "矿")),
    ("国土", ("土地", "征地", "宅基地", "确权", "耕地")),
    ("农业", ("农田", "粮", "种子", "承包", "水利", "灌溉", "补贴")),
    ("林业", ("林地", "林木", "山林")),
    ("建设", ("房屋", "危房", "违建", "物业", "路灯", "排水", "拆迁", "小区", "安置房")),
    ("交通", ("公路", "村道", "道路", "客运", "班车")),
    ("环保", ("污染", "噪声", "噪音", "扬尘", "臭", "排污", "环境保护")),
    ("环境", ("污染", "噪声", "噪音", "扬尘", "臭", "排污")),
    ("民政", ("低保", "救助", "养老", "殡葬", "残疾", "困难补助", "孤儿")),
    ("社会保障", ("工资", "欠薪", "社保", "养老金", "工伤", "就业", "劳动", "医保")),
    ("教育", ("学校", "学生", "教师", "入学", "幼儿园")),
    ("卫生", ("医院", "医疗", "卫生院", "疫苗")),
    ("综治", ("治安", "邻里", "斗殴", "盗窃")),
    ("财政", ("拨款", "惠农资金", "专项资金")),
    ("退役军人", ("退伍", "退役", "优抚", "复员")),
    ("应急", ("安全生产", "消防", "洪水", "灾")),
)
"""Word of a division of work → words by which people speak of it."""


def topics(division: str) -> list[str]:
    """「分管自然资源、农业农村」 → 自然资源, 农业农村."""
    parts = re.split(r"[、,，;；。 ]+", division)
    bare = (TRAILING.sub("", LEADING.sub("", part.strip())) for part in parts)
    return [part for part in bare if len(part) > 1]


def topic_of(division: str, text: str) -> tuple[str, str] | None:
    """(part of the division of work, word of the demand) that belong together, or None."""
    for topic in topics(division):
        words: Iterable[str] = (topic, *(word for key, known in TOPICS if key in topic for word in known))
        for word in words:
            if word in text:
                return topic, word
    return None
