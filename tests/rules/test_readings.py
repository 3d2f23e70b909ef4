"""Why a letter is one for a leader, and how far a reading has come (C1, C3)."""

from datetime import date

import pytest

from rules.readings import Dates, Letter, addressee, reasons, state
from rules.reception_words import ReadingReason as R
from rules.reception_words import ReadingState

LEADERS = [(1, "陈立国", "镇长"), (2, "林海", "副书记"), (3, "陈平", "副镇长")]


@pytest.mark.parametrize(
    ("letter", "is_addressed", "found"),
    [
        (Letter("路灯坏了。", "letter"), False, ()),
        (Letter("尊敬的陈镇长", "letter"), True, (R.ADDRESSED,)),
        (Letter("路灯坏了。", "mailbox"), False, (R.ADDRESSED,)),
        (Letter("路灯坏了。", "letter", people_count=4), False, ()),
        (Letter("路灯坏了。", "letter", people_count=5), False, (R.JOINT,)),
        (Letter("路灯坏了。", "letter", times=2), False, (R.REPEATED,)),
        (Letter("路灯坏了。", "letter", times=2, is_open=False), False, ()),
        (Letter("陈镇长", "mailbox", 30, 3), True, (R.ADDRESSED, R.JOINT, R.REPEATED)),
    ],
)
def test_the_reasons_that_can_be_seen(letter: Letter, is_addressed: bool, found: tuple[R, ...]) -> None:
    """C1: addressed to him, joint letters, repeated unresolved ones."""
    assert reasons(letter, 5, is_addressed=is_addressed) == found


@pytest.mark.parametrize(
    ("demand", "key"),
    [
        ("尊敬的陈立国镇长：我是河东村村民……", 1),
        ("陈镇长您好，路灯坏了。", 1),
        ("陈副镇长：您好", 3),
        ("林海 副书记：", 2),
        ("致林副书记并陈镇长", 2),
        ("我是河东村村民，村道路灯坏了半年没有人修，请镇里尽快安排修理，为此写信给陈立国。", None),
        ("路灯坏了。", None),
        ("", None),
    ],
)
def test_whom_a_letter_greets(demand: str, key: int | None) -> None:
    assert addressee(demand, LEADERS) == key


DAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("dates", "is_withdrawn", "today", "found"),
    [
        (Dates(), False, DAY, ReadingState.TO_READ),
        (Dates(), True, DAY, ReadingState.WITHDRAWN),
        (Dates(DAY), False, DAY, ReadingState.READ),
        (Dates(DAY, date(2026, 11, 20)), False, date(2026, 11, 20), ReadingState.REPORT_DUE),
        (Dates(DAY, date(2026, 11, 20)), False, date(2026, 11, 21), ReadingState.LATE),
        (Dates(DAY, date(2026, 11, 20), date(2026, 11, 25)), False, date(2026, 11, 26), ReadingState.SIGNED),
        (Dates(DAY, None, None, DAY), False, DAY, ReadingState.FED_BACK),
        (Dates(DAY, date(2026, 11, 20), None, DAY), False, DAY, ReadingState.REPORT_DUE),
        (Dates(DAY, date(2026, 11, 20), DAY, DAY), False, DAY, ReadingState.FED_BACK),
    ],
)
def test_how_far_it_has_come(dates: Dates, is_withdrawn: bool, today: date, found: ReadingState) -> None:
    """C3: a closing report is late the day after its last one."""
    assert state(dates, is_withdrawn=is_withdrawn, today=today) is found
