"""What the office's figures mean (rules-of-the-office §5): a definition each, shown beside the number it makes.

Words only; services.figure_rows turns the row and condition names into queries, services.figures counts.
"""

from dataclasses import dataclass
from typing import Literal

from rules.words import RuleBroken

PERCENT, PIECES, BATCHES, PEOPLE, MATTERS, DAYS = "%", "件(批)次", "批次", "人次", "件", "天"
NOTHING = "—"
"""What a figure without a denominator prints: never 0 % or 100 %."""

Rows = Literal[
    "contacts", "route", "accept", "handle", "closed", "late_now", "ledger", "visits", "readings", "supervisions",
    "visits_due", "rated",
]  # fmt: skip
Measure = Literal["count", "people", "share", "mean_days", "max_days"]


@dataclass(frozen=True)
class Side:
    """One list behind a figure: its name in the address, what it holds, the conditions that pick it.

    `picks`: names of conditions over the figure's rows, any of which lets a row in; none means all of them.
    """

    key: str
    label: str
    picks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One figure. `rows`: what it counts; `numerator`/`denominator`: its two lists; `period_key`: the date that places a row.

    measure: count of the numerator, people in it, its share of the denominator, mean or longest days from 受理 to 办结.
    `classes`: further lists shown on its page. `target`: the value asked for, in per cent.
    """

    name: str
    label: str
    unit: str
    measure: Measure
    rows: Rows
    numerator: Side
    denominator: Side | None
    period_key: str
    formula: str
    classes: tuple[Side, ...] = ()
    target: int | None = None


REGISTERED, CLOSED = "登记日期", "办结日期"
ALL = Side("denominator", "全部信访件")
NOT_VOID = "已作废的登记不计入。"


def _count(name: str, label: str, unit: str, pick: str, formula: str, measure: Measure = "count") -> Figure:
    picks = (pick,) if pick else ()
    return Figure(name, label, unit, measure, "contacts", Side("numerator", label, picks), None, REGISTERED, formula)


def _timely(name: str, label: str, rows: Rows, period_key: str, formula: str, did: str, not_did: str) -> Figure:
    on_time, late, overdue, waiting = (
        Side("on_time", f"按期{did}", ("on_time",)),
        Side("late", f"超期{did}", ("late",)),
        Side("overdue", f"超期{not_did}", ("overdue",)),
        Side("waiting", f"期限未到、尚{not_did}", ("waiting",)),
    )
    return Figure(
        name, label, PERCENT, "share", rows, Side("numerator", on_time.label, on_time.picks),
        Side("denominator", "期限在本期届满的全部事项"), period_key, formula, (on_time, late, overdue, waiting), 100,
    )  # fmt: skip


def _rated(name: str, whom: str) -> tuple[Figure, Figure]:
    """参评率 and 满意率 of one side: the office or the unit (rules-of-the-office §5)."""
    rated = Side("denominator", f"已评价（{whom}）", (f"rated_{name}",))
    bad = Side("bad", "不满意", (f"bad_{name}",))
    return (
        Figure(
            f"rated_{name}", f"参评率（{whom}）", PERCENT, "share", "rated", Side("numerator", rated.label, rated.picks),
            Side("denominator", "已评价和超期未评价", (f"owed_{name}",)), RATED,
            f"信访人对{whom}已评价 ÷（已评价＋超期未评价）。满意、基本满意、不满意为已评价，未表态不算；"
            "送达或办结后过了评价期限（本办设置）仍未评价的为超期未评价，按评价期限的末日归入本期；期限未到、尚未评价的不计入。",
            (Side("overdue", "超期未评价", (f"overdue_{name}",)),),
        ),
        Figure(
            f"content_{name}", f"满意率（{whom}）", PERCENT, "share", "rated",
            Side("numerator", "满意、基本满意", (f"content_{name}",)), rated, RATED,
            f"信访人对{whom}的评价中（满意＋基本满意）÷ 已评价，未评价和未表态的不计入。", (bad,),
        ),
    )  # fmt: skip


RATED = "评价日期"

FIGURES: tuple[Figure, ...] = (
    _count("total", "信访总量", PIECES, "", f"登记日期在本期的来信来访网电，一件（批）计一次。{NOT_VOID}"),
    _count("visit_batches", "来访批次", BATCHES, "visit", "来访、领导接访、下访中登记的批数。"),
    _count("visit_people", "来访人次", PEOPLE, "visit", "来访、领导接访、下访每批的人数相加。", "people"),
    _count("first", "初次信访", PIECES, "first", "一件事项的第一次来信来访为初次。"),
    _count("repeated", "重复信访", PIECES, "repeated", "同一事项第二次起的来信来访为重复。"),
    _count("individual_visits", "个体访", BATCHES, "individual", "来访中人数不足集体访人数（本办设置）的批次。"),
    _count("group_visits", "集体访", BATCHES, "group", "来访中人数达到集体访人数（本办设置，通常为 5 人）的批次。"),
    _count("group_people", "集体访人次", PEOPLE, "group", "集体访每批的人数相加。", "people"),
    Figure(
        "repeat_rate", "重复信访率", PERCENT, "share", "contacts", Side("numerator", "重复信访", ("repeated",)), ALL,
        REGISTERED, f"重复信访件次 ÷ 信访总量。{NOT_VOID}",
    ),
    _timely(
        "timely_acceptance", "及时受理率", "route", "登记之日起第 15 日",
        "登记后 15 日内转送、交办的事项 ÷ 登记后第 15 日落在本期的全部事项。末日逢休息日顺延，顺延期内为按期；"
        "历史结转的事项不计期限，不计入。",
        "交办", "未交办",
    ),
    _timely(
        "timely_acceptance_unit", "单位及时受理率", "accept", "单位收到之日起第 15 日",
        "单位收到后 15 日内告知信访人受理情况的事项 ÷ 收到后第 15 日落在本期的全部事项。末日逢休息日顺延；被收回的交办不计入。",
        "受理告知", "未告知",
    ),
    _timely(
        "timely_reply", "按期答复率", "handle", "限办截止日",
        "按期答复 ÷（按期答复＋超期答复＋未答复＋超期未答复），按限办截止日归入本期；批准延期的按延期后的日期。",
        "答复", "未答复",
    ),
    Figure(
        "timely_reply_to_date", "按期答复率（截至今日）", PERCENT, "share", "handle",
        Side("numerator", "按期答复", ("on_time",)), Side("denominator", "已答复或已超期的事项", ("on_time", "late", "overdue")),
        "限办截止日", "按期答复 ÷（按期答复＋超期答复＋超期未答复），期限未到、尚未答复的不计入。", (), 100,
    ),
    Figure(
        "closed", "办结", MATTERS, "count", "closed", Side("numerator", "办结的事项"), None, CLOSED,
        "办结日期在本期的事项数。",
    ),
    Figure(
        "mean_days", "平均办理时长", DAYS, "mean_days", "closed", Side("numerator", "有受理日期的办结事项", ("accepted",)),
        Side("denominator", "有受理日期的办结事项", ("accepted",)), CLOSED, "本期办结事项的（办结日期 − 受理日期）之和 ÷ 件数，自然日。",
    ),
    Figure(
        "longest_days", "最长办理时长", DAYS, "max_days", "closed",
        Side("numerator", "有受理日期的办结事项", ("accepted",)), None, CLOSED, "本期办结事项中 办结日期 − 受理日期 的最大值，自然日。",
    ),
    Figure(
        "overdue_now", "逾期件数", MATTERS, "count", "late_now", Side("numerator", "今日已超期的事项"), None, "今日",
        "今天已过最后期限、仍未办理的事项数，与所选期间无关。",
    ),
    Figure(
        "settled_rate", "息诉息访率", PERCENT, "share", "closed", Side("numerator", "办结后没有再次来信来访", ("settled",)),
        Side("denominator", "办结的事项"), CLOSED, "办结后没有再次来信来访的事项 ÷ 办结的事项。", (), 95,
    ),
    Figure(
        "resolution_rate", "化解率", PERCENT, "share", "ledger", Side("numerator", "已化解", ("resolved",)),
        Side("denominator", "列入台账的积案"), "专项活动",
        "期末已化解的积案 ÷ 期末列入台账的积案，取本期内进行的全部专项活动；移出台账的不计入。",
    ),
    Figure(
        "handed_down_rate", "交办积案办结率", PERCENT, "share", "ledger",
        Side("numerator", "上级交办、已化解", ("handed_down_resolved",)),
        Side("denominator", "上级交办的积案", ("handed_down",)), "专项活动", "上级交办的积案中期末已化解的 ÷ 上级交办的全部积案。",
    ),
    Figure(
        "reading_rate", "阅批率", PERCENT, "share", "readings", Side("numerator", "已阅批", ("read",)),
        Side("denominator", "呈领导阅批的来信"), "收信日期",
        "领导已阅批 ÷ 呈领导阅批的来信，撤回的不计入；各位领导分别计算，最低比例由本办设置（通常主要领导 70%、其他领导 100%）。",
        (Side("unread", "尚未阅批", ("unread",)),),
    ),
    Figure(
        "satisfaction", "回访满意率", PERCENT, "share", "visits", Side("numerator", "满意、基本满意", ("content",)),
        Side("denominator", "表明态度的回访", ("said",)), "回访日期", "回访中（满意＋基本满意）÷ 表明态度的回访，未表态的不计入。",
    ),
    Figure(
        "return_visit_rate", "回访率", PERCENT, "share", "visits_due", Side("numerator", "已回访", ("made",)),
        Side("denominator", "应回访"), "计划回访日期",
        "已回访 ÷ 计划日期落在本期、到今天已到日子的回访；经说明理由不再回访的不计入。",
        (Side("unmade", "到期未回访", ("unmade",)),), 100,
    ),
    *_rated("office", "信访部门"),
    *_rated("unit", "责任单位"),
    _timely(
        "supervision_rate", "督办按期回复率", "supervisions", "回复期限",
        "在督办函写明的期限内回复的督办 ÷ 回复期限落在本期的全部督办（信访事项的督办，按最近一轮），撤回的不计入。",
        "回复", "未回复",
    ),
)  # fmt: skip

BY_NAME = {figure.name: figure for figure in FIGURES}

TILES = ("total", "visit_people", "repeat_rate", "timely_acceptance", "timely_reply", "resolution_rate")
"""The figures on top of the statistics page, in the order of the sketch."""


def named(name: str) -> Figure:
    """The definition of a figure. Raises RuleBroken for a name that is none."""
    if name not in BY_NAME:
        raise RuleBroken(f"统计指标：没有“{name}”，可用的有：{'、'.join(BY_NAME)}。", "name")
    return BY_NAME[name]


def side(figure: Figure, key: str) -> Side:
    """One of a figure's lists by its key. Raises RuleBroken when the figure has no such list."""
    sides: list[Side] = [figure.numerator, *((figure.denominator,) if figure.denominator else ()), *figure.classes]
    found = next((one for one in sides if one.key == key), None)
    if found is None:
        raise RuleBroken(f"{figure.label}：没有“{key}”这份明细。", "side")
    return found


def share(numerator: float, denominator: float) -> float | None:
    """A percentage with one decimal, or None when there is nothing to divide by."""
    return round(100 * numerator / denominator, 1) if denominator else None


def change(now: int, before: int) -> float | None:
    """By how many per cent `now` is above or below `before` (同比, 环比); None when there was nothing before."""
    return round(100 * (now - before) / before, 1) if before else None


def written(value: float | None, unit: str = "") -> str:
    """A figure as printed: 92.3%, 46, 12.5, or — when there is none."""
    if value is None:
        return NOTHING
    return f"{value:.1f}%" if unit == PERCENT else f"{value:g}" if isinstance(value, float) else str(value)


def written_change(value: float | None) -> str:
    """+16.7%, −8.3%, 0.0% or —."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):.1f}%"
