"""The State Council's notice read from its text: every year since 2018, and what is refused by line (D2)."""

from datetime import date

import pytest

from rules.calendar_days import shipped_days
from rules.holiday_notice import read_notice
from rules.words import DayKind, RuleBroken
from tests.rules.state_council import ITEMS, NOTICES

LATER = {
    # Days of the year that its own notice does not name, and why: date → kind in the shipped table, or None.
    2018: {"2018-12-29": "makeup", "2018-12-30": "weekend", "2018-12-31": "shifted_rest"},  # 元旦 2019
    2019: dict.fromkeys(  # weekends beside a holiday: "与周末连休"
        ("2019-04-06", "2019-04-07", "2019-06-08", "2019-06-09", "2019-09-14", "2019-09-15"), "weekend"
    ),
    2020: {"2020-01-31": "shifted_rest", "2020-02-01": "weekend", "2020-02-02": "weekend"},  # 春节 prolonged that year
    2022: {"2022-12-31": "weekend"},  # 元旦 2023
    2023: {"2023-12-30": "weekend", "2023-12-31": "weekend"},  # beside 元旦 2024
}


@pytest.mark.parametrize("year", NOTICES)
def test_d2_every_notice_reads_as_the_year_was(year: int) -> None:
    """The whole notice, with its title, closing paragraph and signature, against the library's table."""
    notice = read_notice(NOTICES[year])
    later = LATER.get(year, {})
    read = {day.isoformat(): said.kind.value for day, said in notice.days.items() if day.year == year}
    shipped = {day.isoformat(): kind for day, (kind, _note) in shipped_days([year]).items()}
    assert notice.year == year
    assert {day: kind for day, kind in read.items() if day not in later} == {
        day: kind for day, kind in shipped.items() if day not in later
    }
    assert {day: shipped[day] for day in later} == later


@pytest.mark.parametrize(
    ("year", "day", "kind", "note"),
    [
        (2026, date(2026, 1, 1), DayKind.HOLIDAY, "元旦"),
        (2026, date(2026, 1, 2), DayKind.SHIFTED_REST, "元旦调休"),
        (2026, date(2026, 1, 3), DayKind.WEEKEND, "元旦假期"),
        (2026, date(2026, 1, 4), DayKind.MAKEUP, "元旦调休上班"),
        (2025, date(2025, 10, 6), DayKind.HOLIDAY, "中秋节"),
        (2025, date(2025, 10, 7), DayKind.SHIFTED_REST, "国庆节、中秋节调休"),
        (2023, date(2022, 12, 31), DayKind.WEEKEND, "元旦假期"),
        (2019, date(2018, 12, 29), DayKind.MAKEUP, "元旦调休上班"),
        (2019, date(2018, 12, 31), DayKind.SHIFTED_REST, "元旦调休"),
    ],
)
def test_a_day_is_filed_by_law_and_notice(year: int, day: date, kind: DayKind, note: str) -> None:
    said = read_notice(NOTICES[year]).days[day]
    assert (said.kind, said.note) == (kind, note)


def test_the_day_encouraged_to_rest_is_a_working_day() -> None:
    """2024: 鼓励各单位安排职工在除夕休息 is no holiday."""
    assert date(2024, 2, 9) not in read_notice(NOTICES[2024]).days


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ","),
        lambda text: text.replace("至", "-"),
        lambda text: text.replace("1月4日", "１月４日"),
        lambda text: text.replace("、元旦", "、 元旦 "),
    ],
    ids=["windows lines", "one line", "half width", "hyphen", "full-width digits", "spaces"],
)
def test_the_way_it_was_copied_does_not_matter(changed: object) -> None:
    assert read_notice(changed(NOTICES[2026])) == read_notice(NOTICES[2026])  # type: ignore[operator]


def test_items_alone_take_the_year_that_was_chosen() -> None:
    assert read_notice(ITEMS[2026], 2026) == read_notice(NOTICES[2026])
    with pytest.raises(RuleBroken, match="没有写明是哪一年"):
        read_notice(ITEMS[2026])


@pytest.mark.parametrize(
    ("old", "new", "row", "sentence"),
    [
        ("4日（周日）上班", "4日（周一）上班", 4, "2026-01-04 是星期日，不是星期一"),
        ("1月1日（周四）至3日（周六）", "1月1日（周四）至2日（周五）", 4, "写共 3 天，读到的是 2 天"),
        ("4月4日（周六）至6日（周一）", "4月4日（周六）至31日", 6, "“4月4日(周六)至31日”不是日期"),
        ("5月9日（周六）上班", "5月8日（周五）上班", 7, "2026-05-08（星期五）本来就是工作日"),
        ("6月19日（周五）至21日（周日）放假，共3天。", "另行通知。", 8, "“端午节”没有读到放假日期"),
        ("2月14日（周六）", "2月15日（周日）", 5, "既写放假又写上班"),
        ("5月1日（周五）至5日（周二）", "5月5日（周二）至1日（周五）", 7, "不是一段假期"),
    ],
)
def test_a_slip_is_named_with_its_line(old: str, new: str, row: int, sentence: str) -> None:
    assert old in NOTICES[2026]
    with pytest.raises(RuleBroken) as no:
        read_notice(NOTICES[2026].replace(old, new))
    assert sentence in no.value.message
    assert (no.value.field, no.value.row) == ("text", row)
    assert f"第 {row} 行" in no.value.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "没有找到"),
        ("关于2026年放假的通知，请各单位安排好值班。", "没有找到"),
        (NOTICES[2026].replace("2026年", "2027年"), "不是星期"),
        (NOTICES[2026].split("五、")[0], "没有读到 2026 年的端午节（6月19日）、中秋节（9月25日）、国庆节（10月1日）"),
        ("２０２６年\n一、元旦：放假。", "“元旦”没有读到放假日期"),
        ("2026年\n一、元旦：99月1日放假。", "不是日期"),
        ("2026年\n一、元旦：1月1日至2027年1月5日放假。", "不是一段假期"),
    ],
    ids=["empty", "no items", "wrong year", "half pasted", "no dates", "no month", "a year long"],
)
def test_what_is_no_notice_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as no:
        read_notice(text)
    assert sentence in no.value.message
    assert no.value.message.startswith("放假通知：")
    assert no.value.message.endswith("。")
