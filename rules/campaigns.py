"""Campaigns (专项活动) as the sources run them: ready-made templates with phases, milestones, schemes and targets (G1, G3, A4).

Every value is a first filling the office changes on the form; nothing here is a constant of the product.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from rules.words import Level, RuleBroken


@dataclass(frozen=True)
class Stage:
    """A phase (阶段) of a template: its first month and its last, counted from the campaign's first month as 1."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Owed:
    """A report owed on a fixed day of the year with its required contents (G3)."""

    name: str
    month: int
    day: int
    contents: str


@dataclass(frozen=True)
class Template:
    """A ready-made campaign. `source`: the document it stands in; targets in per cent; `report_day`: of the monthly table."""

    key: str
    name: str
    source: str
    months: int
    stages: tuple[Stage, ...]
    schemes: tuple[str, ...]
    milestones: tuple[Owed, ...] = ()
    target_resolved: int | None = None
    target_closed: int | None = None
    report_day: int = 20
    report_to: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)


YEAR_SCHEMES = (
    "土地征用", "房屋拆迁", "企业改制", "涉法涉诉", "劳动保障", "环境保护", "教育卫生", "涉军稳定", "居民小区物业管理", "三农",
)  # fmt: skip
ORDERED_SCHEMES = ("组织人事问题类", "民生问题类", "历史遗留问题类", "其它遗留问题类")
TOWNSHIP_SCHEMES = (
    "农村土地征用补偿", "土地权属纠纷", "村务公开", "村干部违法违纪", "水电移民", "社会治安", "民政优抚", "环境污染",
)  # fmt: skip

TEMPLATES: tuple[Template, ...] = (
    Template(
        "year", "信访积案化解年", "S2a《信访积案化解年》实施方案", 12,
        (Stage("排查梳理、责任交办", 1, 6), Stage("集中化解", 7, 10), Stage("总结巩固", 11, 12)),
        YEAR_SCHEMES,
        (
            Owed("贯彻落实情况和工作方案", 6, 10, "传达部署情况，实施方案，工作方法和步骤，积案化解台账，上级交办案件领导包查和办结情况"),
            Owed(
                "工作进展情况", 7, 10,
                "排查情况，领导包案、包查情况，解决和化解情况，采取的措施，好的经验；附排查登记表和未解决案件的具体措施",
            ),
            Owed("解决和化解案件情况", 8, 20, "积案化解进展情况，存在问题，建议和经验；上报书面材料"),
            Owed("活动总结", 11, 1, "活动总结材料"),
        ),
        report_to="区联席办", scope={"years": 5, "only_repeated": True},
    ),
    Template(
        "three_stages", "信访积案化解（三阶段六个月）", "S2c 乡镇信访积案化解工作方案", 6,
        (Stage("动员部署", 1, 1), Stage("排查摸底", 2, 2), Stage("集中化解", 3, 6)),
        ORDERED_SCHEMES, target_resolved=90, report_to="镇党建办", scope={"years": 5},
    ),
    Template(
        "assigned", "交办积案化解", "S2b 信访积案化解活动方案", 6,
        (Stage("认定交办", 1, 1), Stage("处理化解", 2, 5), Stage("审理结案", 6, 6)),
        ORDERED_SCHEMES, target_closed=100, report_to="县联席办",
        scope={"years": 5, "levels": ["county", "city", "province", "state"]},
    ),
    Template(
        "reception", "领导干部大接访", "S2e 领导接访下访化解积案方案", 3,
        (Stage("动员部署、摸清底数", 1, 1), Stage("集中接访、带案下访", 2, 2), Stage("回访督查、总结", 3, 3)),
        TOWNSHIP_SCHEMES, report_day=5, report_to="区联席办",
        scope={"years": 3, "channels": ["visit", "leader_reception", "leader_visit"]},
    ),
)  # fmt: skip
BY_KEY = {template.key: template for template in TEMPLATES}


def draft(key: str, first_day: date) -> dict[str, Any]:
    """A campaign as the template would run from the month of `first_day`: the form's values.

    Milestones whose fixed day lies outside the period are left out. Raises RuleBroken for an unknown template.
    """
    if key not in BY_KEY:
        raise RuleBroken("活动模板：没有这个模板，请重新选择。", "template")
    template = BY_KEY[key]
    start = first_day.replace(day=1)
    end = _month_end(start, template.months)
    owed = [(one, _falls(one, start, end)) for one in template.milestones]
    return {
        "name": f"{start.year}年{template.name}",
        "starts_on": start,
        "ends_on": end,
        "schemes": list(template.schemes),
        "target_resolved": template.target_resolved,
        "target_closed": template.target_closed,
        "report_day": template.report_day,
        "report_to": template.report_to,
        "scope": dict(template.scope),
        "phases": [
            {"name": s.name, "starts_on": _month_start(start, s.first), "ends_on": _month_end(start, s.last)}
            for s in template.stages
        ],
        "milestones": [{"name": one.name, "due_on": day, "contents": one.contents} for one, day in owed if day],
    }


def _month_start(start: date, number: int) -> date:
    months = start.year * 12 + start.month - 1 + number - 1
    return date(months // 12, months % 12 + 1, 1)


def _month_end(start: date, number: int) -> date:
    first = _month_start(start, number)
    return first.replace(day=monthrange(first.year, first.month)[1])


def _falls(owed: Owed, start: date, end: date) -> date | None:
    days = (date(year, owed.month, owed.day) for year in range(start.year, end.year + 1))
    return next((day for day in days if start <= day <= end), None)


@dataclass(frozen=True)
class Scope:
    """Which matters a campaign looks at (范围): a saved filter, empty parts do not narrow (G1).

    years: look back so many years from the campaign's first day (0: no bound).
    """

    years: int = 5
    channels: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()
    levels: tuple[Level, ...] = ()
    only_open: bool = True
    only_repeated: bool = False

    def stored(self) -> dict[str, Any]:
        """As the campaign keeps it."""
        return {
            "years": self.years,
            "channels": list(self.channels),
            "unit_ids": list(self.unit_ids),
            "levels": [level.value for level in self.levels],
            "only_open": self.only_open,
            "only_repeated": self.only_repeated,
        }


def scope_of(stored: Mapping[str, Any]) -> Scope:
    """The scope from what the campaign keeps; missing parts have their defaults."""
    return Scope(
        int(stored.get("years", 5)),
        tuple(stored.get("channels", ())),
        tuple(stored.get("unit_ids", ())),
        tuple(Level(value) for value in stored.get("levels", ())),
        bool(stored.get("only_open", True)),
        bool(stored.get("only_repeated", False)),
    )


def looks_back_to(scope: Scope, starts_on: date) -> date | None:
    """The first registration day in scope, or None without a bound."""
    if not scope.years:
        return None
    leap = (starts_on.month, starts_on.day) == (2, 29)
    return starts_on.replace(year=starts_on.year - scope.years, day=28 if leap else starts_on.day)


def check_period(name: str, starts_on: date, ends_on: date, field_name: str) -> None:
    """A campaign or phase ends after it begins. Raises RuleBroken naming the field."""
    if ends_on < starts_on:
        raise RuleBroken(f"{name}：结束日期不能早于开始日期，请核对。", field_name)
    if (ends_on - starts_on) > timedelta(days=3660):
        raise RuleBroken(f"{name}：时间超过十年，请核对。", field_name)


def light(late: int, soon: int) -> str:
    """The light of a unit's part of a ledger: late (red) with overdue rows, soon (amber) with rows due soon, else ok."""
    return "late" if late else "soon" if soon else "ok"


LIGHTS = {"late": "有超期", "soon": "有临期", "ok": "正常"}
"""The lights in words."""


def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of "2026-10". Raises RuleBroken when it is no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise RuleBroken("月份：应为“2026-10”的样子，请改正。", "month") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def due_of(month: str, report_day: int) -> date:
    """When the table of a month is owed: the report day of that month (每月20日前, S2c)."""
    return month_bounds(month)[0].replace(day=report_day)


def months_of(starts_on: date, ends_on: date, today: date) -> list[str]:
    """The months of a campaign that have begun, oldest first."""
    last = min(ends_on, today)
    count = (last.year - starts_on.year) * 12 + last.month - starts_on.month + 1
    return [_month_start(starts_on.replace(day=1), number).strftime("%Y-%m") for number in range(1, count + 1)]
