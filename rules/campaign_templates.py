"""Campaigns as the sources run them: ready-made templates with phases, milestones, schemes and targets (G1, G3, A4).

Every value is a first filling the office changes on the form; nothing here is a constant of the product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
