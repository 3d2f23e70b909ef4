"""What a rule does that its words do not say: days that short months lack, weeks that only some months have (D1)."""

from rules.rule_checks import Rule
from rules.rule_text import parse

SHORT = {29: "平年的2月没有29日", 30: "2月没有30日", 31: "2月、4月、6月、9月、11月没有31日"}


def remarks(text: str) -> list[str]:
    """Whole sentences to show beside the rule; none for most rules. Raises RuleBroken when the text is no rule."""
    rule = parse(text)
    return [*_short_months(rule), *_fifth_weeks(rule)]


def _short_months(rule: Rule) -> list[str]:
    if rule.lunar:
        has_30 = 30 in rule.bymonthday and rule.skip == "OMIT"
        return ["农历小月没有三十，这样的月份不安排这一天；要每月都有，请选“最后一天”。"] if has_30 else []
    lacking = [SHORT[day] for day in rule.bymonthday if day in SHORT and not rule.bymonth]
    return [f"{what}，这样的月份不安排这一天；要每月都有，请选“最后一天”。" for what in lacking]


def _fifth_weeks(rule: Rule) -> list[str]:
    is_monthly = rule.freq == "MONTHLY" or bool(rule.bymonth)
    if is_monthly and any(abs(nth) == 5 for nth, _weekday in rule.byday):
        return ["不是每个月都有第五个，没有的月份不安排；要每月都有，请选“最后”。"]
    return []
