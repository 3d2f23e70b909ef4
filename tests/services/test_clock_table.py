"""Every clock in one table: dates worked by hand, who is late, the lights in words (B3, B4, B6, B8; §2 Counting days)."""

from datetime import date, timedelta

import pytest

from rules import owed
from rules.deadlines import LIGHTS, days_text, light
from rules.terms import NAMED, TERMS
from services import clocks, dues
from tests.fixtures.handled import registered
from tests.fixtures.office import Office

# 2024: 端午 8–10 June, 1–5 May rest and 28 April, 11 May worked. 2026: rest 4–6 April, 1–5 May (Saturday 9 May worked),
# 19–21 June, 25–27 September, 1–7 October (Saturday 10 October worked). The first four rows are the law's own examples.
TABLE = """
term            start       extended paused due         breach      who
office_route    2024-05-26  0        0      2024-06-10  2024-06-11  信访办
handle          2024-03-01  0        0      2024-04-30  2024-04-30  城建办
handle          2024-03-01  30       0      2024-05-30  2024-05-30  城建办
object          2024-04-30  0        0      2024-05-10  2024-05-10  城建办
office_route    2026-09-17  0        0      2026-10-02  2026-10-08  信访办
unit_accept     2026-09-21  0        0      2026-10-06  2026-10-08  城建办
unit_accept     2026-11-06  0        0      2026-11-21  2026-11-23  城建办
object          2026-09-21  0        0      2026-09-29  2026-09-29  城建办
handle          2026-08-02  0        0      2026-10-01  2026-10-08  城建办
handle          2026-08-02  30       0      2026-10-31  2026-11-02  城建办
handle          2026-08-02  10       0      2026-10-11  2026-10-12  城建办
simple_answer   2026-09-24  0        0      2026-10-15  2026-10-15  城建办
review_request  2026-03-10  0        0      2026-04-09  2026-04-09  信访人
review          2026-04-09  0        0      2026-05-09  2026-05-09  县人民政府
recheck_request 2026-05-08  0        0      2026-06-07  2026-06-08  信访人
recheck         2026-06-08  0        0      2026-07-08  2026-07-08  县人民政府
recheck         2026-06-08  0        3      2026-07-11  2026-07-13  县人民政府
feedback        2026-09-17  0        0      2026-10-03  2026-10-03  城建办
sender          2026-09-17  0        0      2026-10-04  2026-10-04  信访办
other_law       2026-09-17  0        0      2026-11-08  2026-11-08  县人民政府
first_reply     2026-09-24  0        0      2026-09-30  2026-09-30  信访办
other_handle    2026-08-02  0        0      2026-10-01  2026-10-08  城建办
referral        2026-09-17  0        0      2026-10-02  2026-10-08  城建办
serve           2026-09-30  0        0      2026-10-13  2026-10-13  城建办
close           2026-06-05  0        0      2026-06-20  2026-06-22  城建办
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
TARGETS = {"first_reply", "other_handle", "referral", "serve", "close"}
NOT_CLOCKS = {"extend", "simple_decide"}
"""Rows of the terms that add to a clock or bound a decision, and date nothing of their own."""
NAME_THEIR_DAY = {
    "supervise", "rectify", "screening", "dispute_report", "dispute", *owed.CASE_KINDS, "strike", "promise", "decision",
    "proceeding", "demand_again", "file_mend", "review_mend",
}  # fmt: skip
"""Kinds whose rows hold their day themselves: nothing is counted; each is tried where its rows are made."""


def test_the_table_holds_every_kind_of_date() -> None:
    """No clock, letter's date or target counted from a day without a row."""
    assert set(owed.KINDS) >= NAME_THEIR_DAY
    assert {row[0] for row in ROWS} == set(owed.KINDS) - NAME_THEIR_DAY | set(owed.WINDOWS)
    assert {term.key for term in TERMS} - NOT_CLOCKS == {row[0] for row in ROWS} - set(NAMED)


@pytest.mark.parametrize(("term", "start", "extended", "paused", "due", "breach", "who"), ROWS)
@pytest.mark.db
def test_every_clock_by_hand(
    office: Office, term: str, start: str, extended: str, paused: str, due: str, breach: str, who: str
) -> None:
    """Unrolled last day, last day on time, who is late, and a derivation that ends on it."""
    began, last, in_time = (date.fromisoformat(text) for text in (start, due, breach))
    petition = registered(office, began)
    petition.unit = office.unit("a")
    for clock in petition.clocks:
        clock.stopped_on = began
    office.session.flush()
    if term in TARGETS:
        found = dues.due_of(office.session, term, began)
        assert found is not None
        assert (found.due, found.breach, found.why[-1].date) == (last, in_time, in_time)
        assert dues.owner_words(term, petition, petition.unit) == who
        return
    body = "县人民政府"
    if term in NAMED:
        clock = clocks.start_named(
            office.session,
            petition,
            term,
            last,
            "交办函",
            began,
            petition.unit_id,
            body if term == "other_law" else None,
        )
    else:
        clock = clocks.start(office.session, petition, term, began, petition.unit_id, body)
    assert clock is not None
    if extended != "0":
        clocks.extend(office.session, clock, int(extended))
    if paused != "0":
        clocks.pause(office.session, clock, int(paused))
    assert (clock.due_on, clock.breach_on) == (last, in_time)
    assert clocks.derivation(office.session, clock).why[-1].date == in_time
    assert dues.of_clock(clock).who == who
    assert (clock.unit_id is not None) == (who == "城建办"), "late is the unit only where the unit owes the step"


@pytest.mark.parametrize(("term", "_start", "_extended", "_paused", "due", "breach", "_who"), ROWS)
def test_its_lights_in_words(
    term: str, _start: str, _extended: str, _paused: str, due: str, breach: str, _who: str
) -> None:
    """正常, 即将到期, 今日到期, 顺延中, 已超期 (§2): the days on which each light begins."""
    last, in_time, one = date.fromisoformat(due), date.fromisoformat(breach), timedelta(days=1)
    days = [
        (last - 8 * one, "正常", "还有 8 天"),
        (last - 7 * one, "即将到期", "还有 7 天"),
        (last - one, "即将到期", "还有 1 天"),
        (last, "今日到期", "今日到期"),
        (in_time + one, "已超期", "超期 1 天"),
        (in_time + 12 * one, "已超期", "超期 12 天"),
    ]
    if in_time > last:
        days.append((in_time, "顺延中", f"顺延至 {in_time:%m-%d}"))
    for today, word, text in days:
        assert (LIGHTS[light(last, in_time, today)], days_text(last, in_time, today)) == (word, text), (term, today)
