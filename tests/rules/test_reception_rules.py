"""The text of reception rules: what is refused and how, what it says in Chinese, and the form that makes it (D1)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.recurrence import READY_RULES, RULE_KINDS, from_form, in_words
from rules.rule_form import FIELD_LABELS
from rules.rule_text import parse
from rules.words import RuleBroken


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "不能为空"),
        ("   ", "不能为空"),
        ("FREQ=WEEKLY;BYDAY=" + "TU," * 200, "超过 500 个字符"),
        ("BYDAY=TU", "没有写频率"),
        ("FREQ=HOURLY", "FREQ=HOURLY 不支持"),
        ("FREQ=FORTNIGHTLY;BYDAY=WE", "不支持"),
        ("每周二", "不是可用的部分"),
        ("FREQ=WEEKLY;BYDAY=TU;COLOUR=RED", "“COLOUR”不是可用的部分"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "“BYWEEKNO”不是可用的部分"),
        ("FREQ=DAILY;BYHOUR=9", "“BYHOUR”不是可用的部分"),
        ("FREQ=WEEKLY;BYDAY=TU;BYDAY=TH", "写了两次"),
        ("FREQ=WEEKLY;BYDAY=", "不完整"),
        ("FREQ=WEEKLY;BYDAY", "不完整"),
        ("WORKDAYS=1", "不完整"),
        ("FREQ=WEEKLY;BYDAY=XX", "不是星期几"),
        ("FREQ=WEEKLY;BYDAY=TU,", "不是星期几"),
        ("FREQ=MONTHLY;BYDAY=6MO", "没有第 6 个星期几"),
        ("FREQ=MONTHLY;BYDAY=-6MO", "没有第 6 个星期几"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=6MO", "没有第 6 个星期几"),
        ("FREQ=MONTHLY;BYDAY=54MO", "应是 1 至 53"),
        ("FREQ=MONTHLY;BYDAY=0MO", "应是 1 至 53"),
        ("FREQ=WEEKLY;BYDAY=1MO", "只能用于按月"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20", "不能写在同一条规则里"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32 不对，应是 1 至 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "应是 1 至 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=１_6", "应是 1 至 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=x", "应是 1 至 31"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "所选月份没有 30 日"),
        ("FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31", "所选月份没有 31 日"),
        ("FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1", "应是 1 至 12"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "按周的规则不能写几日"),
        ("FREQ=WEEKLY;INTERVAL=0;BYDAY=MO", "应是 1 至 999"),
        ("FREQ=WEEKLY;INTERVAL=-2;BYDAY=MO", "应是 1 至 999"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=0", "应是 1 至 9999"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3;UNTIL=20260101", "只能写一个"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20260230", "不是 1901 至 2100 年间的日期"),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=tomorrow", "不是 1901 至 2100 年间的日期"),
        ("FREQ=WEEKLY;BYDAY=MO;DTSTART=00010101", "不是 1901 至 2100 年间的日期"),
        ("FREQ=WEEKLY;BYDAY=MO;DTSTART=20260201;UNTIL=20260101", "早于 DTSTART"),
        ("FREQ=MONTHLY;BYSETPOS=1", "要和星期几或几日一起写"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "一期内最多 5 天"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=8", "一期内最多 7 天"),
        ("FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "一期内最多 1 天"),
        ("FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31", "只用于农历规则"),
        ("FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=1", "只用于农历规则"),
        ("RSCALE=HEBREW;FREQ=MONTHLY;BYMONTHDAY=1", "RSCALE=HEBREW 不支持"),
        ("RSCALE=CHINESE;FREQ=WEEKLY;BYDAY=TU", "只能按月或按年"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYDAY=1TU", "只能按月或按年"),
        ("RSCALE=CHINESE;FREQ=MONTHLY", "要写明农历哪几天"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=31", "应是 1 至 30"),
        ("RSCALE=CHINESE;WORKDAYS", "请去掉其他部分"),
        ("WORKDAYS;BYDAY=MO", "请去掉其他部分"),
        ("WORKDAYS;FREQ=WEEKLY", "不能和 FREQ 同时写"),
    ],
)
def test_a_bad_rule_is_refused_in_words(text, sentence):
    with pytest.raises(RuleBroken, match=sentence) as no:
        parse(text)
    assert no.value.field == "rule"
    assert no.value.message.startswith("接访规则：")
    assert no.value.message.endswith("。")


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("FREQ=WEKLYMONTHBDAUC;,-1234567890: \n周é\x00")))
def test_no_text_breaks_the_reader(text):
    """A rule typed by hand is either a rule, with words for it, or refused; never another error."""
    with contextlib.suppress(RuleBroken):
        assert in_words(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU,TH", "每周二、周四"),
        ("RRULE:FREQ=WEEKLY;BYDAY=TH,TU;", "每周二、周四"),
        ("freq=weekly；byday=tu，th", "每周二、周四"),
        ("FREQ=WEEKLY", "每周"),
        ("FREQ=WEEKLY;BYMONTH=7;BYDAY=WE", "7月每周周三"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "隔周周三"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=WE;WKST=SU", "每3周周三"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,16", "每月1日、16日"),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-1,1", "每月1日、最后一天"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "每月倒数第二天"),
        ("FREQ=MONTHLY;BYDAY=-1WE", "每月最后一个周三"),
        ("FREQ=MONTHLY;BYDAY=-2WE", "每月倒数第二个周三"),
        ("FREQ=MONTHLY;BYDAY=3TH", "每月第三个周四"),
        ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=3", "每月第三个周四"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", "每月第一个、第三个周一"),
        ("FREQ=MONTHLY;BYDAY=1MO,3TH", "每月第一个周一、第三个周四"),
        ("FREQ=MONTHLY;BYDAY=1MO,TU", "每月每个周二、第一个周一"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "每月周一、周二、周三、周四、周五中的最后一个"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO", "每月第一周周一"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "每月13日的周五"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5", "隔月5日"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5", "每3个月5日"),
        ("FREQ=MONTHLY;BYMONTH=3,6;BYDAY=-1FR", "3月、6月最后一个周五"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", "每年3月1日"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1", "隔年3月1日"),
        ("FREQ=YEARLY;BYDAY=20MO", "每年第20个周一"),
        ("FREQ=DAILY", "每天"),
        ("FREQ=DAILY;INTERVAL=2", "隔天"),
        ("FREQ=DAILY;BYDAY=MO,TU", "每天（周一、周二）"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=3,6,9,13,16,19,23,26,29", "农历逢三、六、九"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15", "农历初一、十五"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=20", "农历每2个月二十"),
        ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=6L,12;BYMONTHDAY=-1", "农历闰六月、腊月最后一天"),
        ("WORKDAYS", "每个工作日"),
        ("FREQ=WORKDAYS;INTERVAL=3", "每3个工作日"),
        (
            "DTSTART;TZID=Asia/Shanghai:20260107T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=5",
            "隔周周三，自2026-01-07起，共5次",
        ),
        ("FREQ=WEEKLY;BYDAY=WE;UNTIL=2026-12-31", "每周三，至2026-12-31止"),
    ],
)
def test_d1_a_rule_in_words(text, words):
    assert in_words(text) == words


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        ("weekly", {"weekdays": ["TH", "TU"]}, "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("weekly", {"weekdays": ["WE"], "interval": 2}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
        ("monthday", {"monthdays": [16, 1, 16]}, "FREQ=MONTHLY;BYMONTHDAY=1,16"),
        ("monthday", {"monthdays": [-1, 15]}, "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        ("nth_weekday", {"nth": [-1], "weekdays": ["WE"]}, "FREQ=MONTHLY;BYDAY=-1WE"),
        ("nth_weekday", {"nth": [3, 1], "weekdays": ["TH"]}, "FREQ=MONTHLY;BYDAY=1TH,3TH"),
        ("week_of_month", {"nth": [1], "weekdays": ["MO"]}, "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO"),
        ("lunar", {"lunar_days": [15, 1]}, "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15"),
        ("workdays", {}, "WORKDAYS"),
    ],
)
def test_d1_the_form_makes_the_text(kind, fields, text):
    assert from_form(kind, **fields) == text


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("hourly", {}, "kind"),
        ("weekly", {}, "weekdays"),
        ("weekly", {"weekdays": ["XX"]}, "weekdays"),
        ("weekly", {"weekdays": ["MO"], "interval": 0}, "interval"),
        ("weekly", {"weekdays": ["MO"], "interval": 53}, "interval"),
        ("monthday", {"monthdays": [32]}, "monthdays"),
        ("monthday", {}, "monthdays"),
        ("nth_weekday", {"nth": [6], "weekdays": ["MO"]}, "nth"),
        ("nth_weekday", {"weekdays": ["MO"]}, "nth"),
        ("week_of_month", {"nth": [5], "weekdays": ["MO"]}, "nth"),
        ("week_of_month", {"nth": [-1], "weekdays": ["MO"]}, "nth"),
        ("lunar", {"lunar_days": [31]}, "lunar_days"),
        ("lunar", {}, "lunar_days"),
    ],
)
def test_the_form_names_the_wrong_field(kind, fields, field):
    with pytest.raises(RuleBroken) as no:
        from_form(kind, **fields)
    assert no.value.field == field


def test_each_kind_has_a_label_and_known_fields():
    for kind in RULE_KINDS:
        assert kind.label
        assert set(kind.parts) <= set(FIELD_LABELS)


@pytest.mark.parametrize("ready", READY_RULES, ids=lambda ready: ready.name)
def test_ready_choices_say_what_they_do(ready):
    words, _, policy = ready.name.partition("，")
    assert in_words(ready.text) == words
    assert policy in ("", "节假日顺延", "节假日除外", "提前到节前工作日")
    assert {"节假日顺延": "next", "提前到节前工作日": "previous"}.get(policy, "skip") == ready.on_holiday
