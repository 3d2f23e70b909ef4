"""Campaigns as the sources run them: ready-made templates with phases, milestones, schemes and targets (G1, G3, A4).

Every value is a first filling the office changes on the form; nothing here is a constant of the product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.words import ColumnKind, GroupRole


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
class Own:
    """A column of the campaign's own (自设栏)."""

    label: str
    kind: ColumnKind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A ready-made campaign. `source`: the document it stands in; targets in per cent; `report_day`: of the monthly table.

    duties: what a leader who takes a case answers for; closing_points: what must be in place before a row is struck off;
    group: (place, post, duties) of the leading group; strike_months: limit from the day a leader takes a row.
    """

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
    duties: tuple[str, ...] = ()
    closing_points: tuple[str, ...] = ()
    group: tuple[tuple[GroupRole, str, str], ...] = ()
    columns: tuple[Own, ...] = ()
    target_per_leader: int | None = None
    strike_months: int | None = None


YEAR_SCHEMES = (
    "土地征用", "房屋拆迁", "企业改制", "涉法涉诉", "劳动保障", "环境保护", "教育卫生", "涉军稳定", "居民小区物业管理", "三农",
)  # fmt: skip
ORDERED_SCHEMES = ("组织人事问题类", "民生问题类", "历史遗留问题类", "其它遗留问题类")
TOWNSHIP_SCHEMES = (
    "农村土地征用补偿", "土地权属纠纷", "村务公开", "村干部违法违纪", "水电移民", "社会治安", "民政优抚", "环境污染",
)  # fmt: skip

SPANS = ("跨地区", "跨部门", "跨行业", "人户分离", "人事分离", "人事户分离")
"""三跨三分离 (S2a): the tags that mark such matters."""

FOUR_DUTIES = ("包掌握情况", "包思想转化", "包解决化解", "包息诉罢访")
"""四包 in S2a's own words; the office's usual four (S0) are a setting."""
DEMANDS = Own(
    "诉求性质", ColumnKind.CHOICE, ("政策有明确规定", "合理但要求过高", "不合理但生活困难", "合理与不合理交织", "无理")
)
"""Kinds of demand, each with its own way (S2a, 分类化解)."""
WAYS = Own(
    "化解方式", ColumnKind.CHOICE,
    ("一次解决到位", "解决合理部分并教育疏导", "救助帮扶", "公开听证", "政策解释", "依法处理", "导入法定程序"),
)  # fmt: skip
SIX_HAVES = (
    "基本案情材料", "交办案件台账及交办函", "确定包案领导和责任人的文件或纪要", "包案领导签字的查办报告及相关材料",
    "答复信访人的书面材料和回访材料", "目前采取的稳控措施",
)  # fmt: skip
"""六有 (S2b)."""
THREE_SIGNATURES = ("回访记录", "承办人签字", "包案领导签字", "一把手签字")
"""What a closed case needs (S2c); the pledge it also names is optional and never asked for (rules-of-the-office §3)."""
INSPECTED = (
    "办理情况报告按模板行文", "写明处理意见落实情况", "写明息访协议条款落实情况（没有协议的写明没有）", "包案领导责任落实并签字",
    "送达回证标明送达时间",
)  # fmt: skip
"""The faults the inspectors found (S2d), turned round."""
DISTRICT_GROUP = (
    (GroupRole.HEAD, "党委书记（党工委书记）", "第一责任人，包查重大复杂案件"),
    (GroupRole.DEPUTY, "分管领导", "具体负责，逐案协调"),
    (GroupRole.MEMBER, "各责任单位负责人", "落实责任主体、承办人员、化解措施和时限"),
    (GroupRole.OFFICE, "联席会议办公室", "组织协调和督导检查"),
)
BUREAU_GROUP = (
    (GroupRole.HEAD, "局主要负责人", "统一领导"),
    (GroupRole.DEPUTY, "分管领导", "具体负责"),
    (GroupRole.MEMBER, "科室负责人、企业负责人", "办理本科室、本企业的积案"),
    (GroupRole.OFFICE, "局信访办", "梳理台账，定期报告进度"),
)
TOWN_GROUP = (
    (GroupRole.HEAD, "镇党委书记", "统一领导、调度"),
    (GroupRole.DEPUTY, "镇长、分管领导", "按分工包案"),
    (GroupRole.MEMBER, "各村（社区）党支部书记、部门负责人", "本单位第一责任人"),
    (GroupRole.OFFICE, "镇党建办（工作专班）", "日常事务，每月汇总报送"),
)
STRIKE_GROUP = (
    (GroupRole.HEAD, "区委书记", "部署、督办"),
    (GroupRole.DEPUTY, "区级党政领导", "每人包案，一责到底"),
    (GroupRole.MEMBER, "乡（街道）、责任部门负责人", "一套班子、一个方案"),
    (GroupRole.OFFICE, "信访联席会议办公室", "每月一议，督查督办，案卷初审"),
)
ANSWER = Own("统一答复口径", ColumnKind.TEXT)
"""The agreed wording for matters that have their final re-review (S2b)."""

TEMPLATES: tuple[Template, ...] = (
    Template(
        "year", "信访积案化解年", "S2a《信访积案化解年》实施方案", 12,
        (Stage("排查梳理、责任交办", 1, 6), Stage("集中化解", 7, 10), Stage("总结巩固", 11, 12)),
        YEAR_SCHEMES,
        (
            Owed("贯彻落实情况和工作方案", 6, 10, "传达部署情况，实施方案，工作方法和步骤，积案化解台账，上级交办案件领导包查和办结情况"),
            Owed(
                "工作进展情况", 7, 10,
                "排查情况，领导包案、包查情况，解决和化解情况，采取的措施，好的经验和做法，排查登记表，未解决案件的具体措施",
            ),
            Owed("解决和化解案件情况", 8, 20, "积案化解进展情况，存在问题，建议和经验，书面材料"),
            Owed("活动总结", 11, 1, "活动总结材料"),
        ),
        report_to="区联席办", scope={"years": 5, "only_repeated": True}, duties=FOUR_DUTIES, group=DISTRICT_GROUP,
        closing_points=("核查结果形成书面报告，不同意见记录在案", "分类化解的方案已落实", "已回访"),
        columns=(DEMANDS, WAYS, Own("会商日期", ColumnKind.DATE), Own("救助金额（元）", ColumnKind.NUMBER)),
    ),
    Template(
        "three_stages", "信访积案化解（三阶段六个月）", "S2c 乡镇信访积案化解工作方案", 6,
        (Stage("动员部署", 1, 1), Stage("排查摸底", 2, 2), Stage("集中化解", 3, 6)),
        ORDERED_SCHEMES, target_resolved=90, report_to="镇党建办", scope={"years": 5}, group=TOWN_GROUP,
        duties=("领导包案、一案一策", "既看卷宗也访群众", "合理诉求及时解决", "回访"), closing_points=THREE_SIGNATURES,
        columns=(
            Own("五步工作法", ColumnKind.CHOICE, ("分层分级再调解", "真情关爱多帮助", "司法维权强支撑", "公开评议正舆论", "依法处理")),
            Own("上次走访日期", ColumnKind.DATE),
        ),
    ),
    Template(
        "assigned", "交办积案化解", "S2b 信访积案化解活动方案", 6,
        (Stage("认定交办", 1, 1), Stage("处理化解", 2, 5), Stage("审理结案", 6, 6)),
        ORDERED_SCHEMES, target_closed=100, report_to="县联席办", group=BUREAU_GROUP, closing_points=SIX_HAVES,
        scope={"years": 5, "levels": ["county", "city", "province", "state"]}, duties=("定方案", "见面一次", "定时限", "报结果"),
        columns=(Own("见面日期", ColumnKind.DATE), ANSWER),
    ),
    Template(
        "strike_off", "包案领导半年销号", "S2d 信访积案化解攻坚工作要点", 12,
        (Stage("交办建账", 1, 1), Stage("上半年化解销号", 2, 6), Stage("下半年化解销号", 7, 12)),
        ORDERED_SCHEMES, report_to="区信访联席会议", scope={"years": 5}, group=STRIKE_GROUP, target_per_leader=2, strike_months=6,
        duties=("亲自部署", "亲自协调", "亲自推动", "亲自督办"), closing_points=INSPECTED,
        columns=(Own("每月一议日期", ColumnKind.DATE), Own("带案下访", ColumnKind.CHOICE, ("已下访", "未下访")), WAYS),
    ),
    Template(
        "reception", "领导干部大接访", "S2e 领导接访下访化解积案方案", 3,
        (Stage("动员部署、摸清底数", 1, 1), Stage("集中接访、带案下访", 2, 2), Stage("回访督查、总结", 3, 3)),
        TOWNSHIP_SCHEMES, report_day=5, report_to="区联席办", group=TOWN_GROUP,
        scope={"years": 3, "channels": ["visit", "leader_reception", "leader_visit"]},
        duties=("定办案方向", "定责任人和办案人", "定结案和汇报时间", "督促协调"), closing_points=("处理意见已落实", "已回访"),
        columns=(Own("接访领导", ColumnKind.TEXT), Own("接访日期", ColumnKind.DATE)),
    ),
    Template("own", "专项活动", "自定", 6, (Stage("实施", 1, 6),), ("民生问题类", "其它遗留问题类")),
)  # fmt: skip
BY_KEY = {template.key: template for template in TEMPLATES}
