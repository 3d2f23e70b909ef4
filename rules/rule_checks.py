"""What a reception rule holds once read, and which of its parts may not stand together.

`rule_text` reads the text into a Rule and runs the checks below; each raises RuleBroken (field `rule`) with a sentence
saying what is wrong and what to write instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rules.words import RuleBroken

WORKDAYS = "WORKDAYS"


@dataclass(frozen=True)
class Rule:
    """A reception rule as read. `byday`: (nth or 0, weekday 0–6); `bymonth`: (month, is the leap one)."""

    freq: str
    lunar: bool = False
    interval: int = 1
    byday: tuple[tuple[int, int], ...] = ()
    bymonthday: tuple[int, ...] = ()
    bymonth: tuple[tuple[int, bool], ...] = ()
    bysetpos: tuple[int, ...] = ()
    wkst: int = 0
    count: int | None = None
    until: date | None = None
    skip: str = "OMIT"
    dtstart: date | None = None

    @property
    def is_anchored(self) -> bool:
        """True when the days depend on where counting starts: an interval, a count, or a day left to DTSTART."""
        has_days = bool(self.byday or self.bymonthday) or self.freq in ("DAILY", WORKDAYS)
        return self.interval > 1 or self.count is not None or not has_days


def refuse(what: str) -> RuleBroken:
    """The "no" of this module."""
    return RuleBroken(f"接访规则：{what}", field="rule")


def _check_ends(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise refuse("COUNT（次数）和 UNTIL（截止日）只能写一个，请去掉一个。")
    if rule.dtstart and rule.until and rule.until < rule.dtstart:
        raise refuse("UNTIL（截止日）早于 DTSTART（起始日），请改正。")


def _check_workdays(rule: Rule) -> None:
    if rule.freq == WORKDAYS and (rule.byday or rule.bymonthday or rule.bymonth or rule.bysetpos or rule.lunar):
        raise refuse("WORKDAYS（每个工作日）只能加 INTERVAL、COUNT、UNTIL、DTSTART，请去掉其他部分。")


def _check_nth(rule: Rule) -> None:
    nths = [abs(nth) for nth, _ in rule.byday if nth]
    if not nths:
        return
    if rule.freq not in ("MONTHLY", "YEARLY"):
        raise refuse("第几个星期几只能用于按月的规则，请改为 FREQ=MONTHLY 或去掉序号。")
    if max(nths) > 5 and (rule.freq == "MONTHLY" or rule.bymonth):
        raise refuse(f"一个月里没有第 {max(nths)} 个星期几，请改为 1 至 5，最后一个写 -1。")
    if rule.bymonthday:
        raise refuse("第几个星期几和几日不能写在同一条规则里，请拆成两条规则。")


def _check_monthdays(rule: Rule) -> None:
    if rule.freq == "WEEKLY" and rule.bymonthday:
        raise refuse("按周的规则不能写几日（BYMONTHDAY），请改为 FREQ=MONTHLY。")
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
    most = max((longest.get(month, 31) for month, _ in rule.bymonth), default=31)
    if not rule.lunar and rule.bymonthday and min(map(abs, rule.bymonthday)) > most:
        raise refuse(f"所选月份没有 {min(map(abs, rule.bymonthday))} 日，请改正日子或月份。")


def _check_setpos(rule: Rule) -> None:
    if rule.bysetpos and not (rule.byday or rule.bymonthday or rule.bymonth):
        raise refuse("BYSETPOS（第几个）要和星期几或几日一起写，请补上 BYDAY 或 BYMONTHDAY。")
    most = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31}.get(rule.freq, 366)
    if rule.freq == "MONTHLY" and rule.byday and not rule.bymonthday:
        most = 5 * len(rule.byday)
    if rule.bysetpos and min(map(abs, rule.bysetpos)) > most:
        raise refuse(f"BYSETPOS={rule.bysetpos[0]} 太大，一期内最多 {most} 天，请改正。")


def _check_lunar(rule: Rule) -> None:
    if not rule.lunar:
        if rule.skip != "OMIT" or any(leap for _, leap in rule.bymonth):
            raise refuse("SKIP 和闰月（如 5L）只用于农历规则，请加上 RSCALE=CHINESE 或去掉。")
        return
    if rule.freq not in ("MONTHLY", "YEARLY") or rule.byday or rule.bysetpos:
        raise refuse("农历规则只能按月或按年写农历日子，请用 RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15 的样子。")
    if not rule.bymonthday or max(map(abs, rule.bymonthday)) > 30:
        raise refuse("农历规则要写明农历哪几天，BYMONTHDAY 应是 1 至 30，请改正。")


CHECKS: tuple[Callable[[Rule], None], ...] = (
    _check_ends, _check_workdays, _check_nth, _check_monthdays, _check_lunar, _check_setpos,
)  # fmt: skip
"""What parts may not stand together, checked in this order."""
