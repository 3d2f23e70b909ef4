"""Lists of late matters for circulation (逾期通报): who stands in one, frozen as issued, and who reads what of it (B10)."""

import io
from datetime import date
from typing import Any

import docx
import pytest

import models as m
from rules import owed
from rules.handling_words import Finding
from rules.words import Purpose, RespondentKind, RuleBroken
from services import circulations, exports, gate
from services.registration import Accused
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import Office

THURSDAY, OCTOBER, NOVEMBER = date(2026, 9, 17), date(2026, 10, 9), date(2026, 11, 20)
ALL = owed.CIRCULATED
# forwarded on 17 September, to be told by 2 October, put off to the 8th


def forwarded(office: Office, unit: str = "a", **said: Any) -> m.Petition:
    petition = registered(office, THURSDAY, **said)
    move(office, petition, "forward", THURSDAY, unit_id=office.unit(unit).id)
    return petition


def draft(office: Office, as_of: date, since: date | None = None, kinds: Any = ALL) -> list[tuple[str, str, str, int]]:
    body = circulations.draft(office.session, actor(office, "clerk", NOVEMBER), as_of, kinds, since)
    return [(row["unit"], row["kind"], row["done_on"], row["days"]) for row in body["rows"]]


@pytest.mark.parametrize(
    ("as_of", "since", "kinds", "rows"),
    [
        (date(2026, 10, 8), None, ALL, []),
        (OCTOBER, None, ALL, [("城建办", "unit_accept", "", 1)]),
        (OCTOBER, None, ("handle",), []),
        (date(2026, 10, 12), None, ALL, []),
        (date(2026, 10, 12), OCTOBER, ALL, [("城建办", "unit_accept", "2026-10-12", 4)]),
        (NOVEMBER, date(2026, 10, 13), ALL, []),
    ],
)
@pytest.mark.db
def test_who_was_late_on_a_day(office: Office, as_of: date, since: date | None, kinds: Any, rows: list[Any]) -> None:
    """Accepted on 12 October, four days late: open until then, done late in a period that holds the day."""
    petition = forwarded(office)
    move(office, petition, "accept", date(2026, 10, 12))
    assert draft(office, as_of, since, kinds) == rows


def test_only_units_stand_in_it_and_never_the_body_above(office: Office) -> None:
    """B6: a late review is the upper body's; the office's own lateness and its targets name no unit."""
    petition = forwarded(office)
    for verb in ("accept", "reply", "serve", "ask_review"):
        move(office, petition, verb, THURSDAY)
    registered(office, THURSDAY)
    assert draft(office, NOVEMBER) == []


def test_a_clock_taken_back_measured_nobody(office: Office) -> None:
    petition = forwarded(office)
    move(office, petition, "recall", OCTOBER)
    assert draft(office, NOVEMBER, THURSDAY) == []


def test_guarded_matters_never_go_into_one(office: Office) -> None:
    """§3: neither 检举控告 nor 保密, whoever drafts it."""
    forwarded(office, is_secret=True)
    forwarded(office, purpose=Purpose.REPORT)
    assert draft(office, NOVEMBER) == []


def test_put_right_too_late(office: Office) -> None:
    petition = forwarded(office)
    move(office, petition, "accept", THURSDAY)
    said = {"rectify": "补发", "rectify_by": "郑伟", "rectify_on": date(2026, 10, 20)}
    move(office, petition, "reply", THURSDAY, finding=Finding.TRUE, **said)
    assert draft(office, NOVEMBER) == [("城建办", "rectify", "", 31)]


@pytest.mark.parametrize(
    ("as_of", "since", "kinds", "field", "sentence"),
    [
        (date(2026, 11, 21), None, ALL, "as_of", "不能晚于今天"),
        (OCTOBER, NOVEMBER, ALL, "from_on", "不能晚于截至日期"),
        (NOVEMBER, date(2025, 11, 1), ALL, "from_on", "最多通报一年"),
        (NOVEMBER, None, (), "kinds", "至少选一种"),
        (NOVEMBER, None, ("review",), "kinds", "至少选一种"),
    ],
)
def test_what_is_no_circulation(
    office: Office, as_of: date, since: date | None, kinds: Any, field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as no:
        draft(office, as_of, since, kinds)
    assert no.value.field == field


def issued(office: Office, by: str = "office_head") -> m.Circulation:
    return circulations.issue(office.session, actor(office, by, NOVEMBER), NOVEMBER, ALL)


def test_issued_it_is_numbered_and_frozen(office: Office) -> None:
    """Number, day and who stand on it; what is handled later changes nothing."""
    first, second = forwarded(office), forwarded(office, "b")
    row = issued(office)
    assert (row.number, row.issued_on, row.body["issued_by"]) == ("信通〔2026〕1号", NOVEMBER, "何平")
    assert [unit.name for unit in row.units] == ["城建办", "民政办"]
    before = dict(row.body)
    for petition in (first, second):
        move(office, petition, "accept", NOVEMBER, by="unit_head_a" if petition is first else "unit_head_b")
    office.session.expire(row)
    assert row.body == before
    assert issued(office, "inspector").number == "信通〔2026〕2号" if draft(office, NOVEMBER) else True
    with pytest.raises(gate.Forbidden):
        issued(office, "clerk")


def test_nobody_late_is_no_circulation(office: Office) -> None:
    with pytest.raises(RuleBroken, match="没有逾期的事项"):
        issued(office)


def test_a_unit_reads_what_names_it_and_its_own_rows(office: Office) -> None:
    """B10, §4: the counts of all, the matters of one's own; who is not named finds nothing (404)."""
    forwarded(office)
    row = issued(office)
    readers = ("handler_a", "unit_head_a", "leader_in_charge", "inspector", "clerk", "handler_b", "leader_b")
    seen = {
        who: list(office.session.scalars(gate.rows(actor(office, who, NOVEMBER), m.Circulation))) == [row]
        for who in readers
    }
    assert seen == dict.fromkeys(readers[:5], True) | dict.fromkeys(readers[5:], False)
    forwarded(office, "b")
    both = issued(office)
    shown = circulations.seen(office.session, actor(office, "handler_b", NOVEMBER), both.body)
    assert [(unit["unit"], unit["open"], len(unit["rows"])) for unit in shown["units"]] == [
        ("城建办", 1, 0), ("民政办", 1, 1),
    ]  # fmt: skip


def test_a_matter_that_became_secret_later_leaves_the_accuseds_copy(office: Office) -> None:
    """§3: hidden and absent are the same: row and count are gone for the accused, and stay for the office."""
    petition = forwarded(office)
    forwarded(office)
    row = issued(office)
    petition.is_secret = True
    accused = Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")
    office.session.add(m.Respondent(petition=petition, kind=accused.kind, unit_id=accused.target_id, name="城建办"))
    office.session.flush()
    totals = {
        who: circulations.seen(office.session, actor(office, who, NOVEMBER), row.body)["total"]["open"]
        for who in ("handler_a", "clerk")
    }
    assert totals == {"handler_a": 1, "clerk": 2}


def test_it_goes_out_as_word_and_excel(office: Office) -> None:
    """Number, unit, kind, dates and days late; no title of a matter and no petitioner."""
    petition = forwarded(office, title="征地补偿款少付")
    row = issued(office)
    who = actor(office, "office_head", NOVEMBER)
    out = io.BytesIO()
    sheet = circulations.sheet(row.number, circulations.seen(office.session, who, row.body))
    exports.write(office.session, who, "circulation", out, sheet, "送各单位", form="docx")
    paper = docx.Document(out)
    text = "\n".join(cell.text for table in paper.tables for line in table.rows for cell in line.cells)
    for words in (petition.number, "城建办", "受理告知", "2026-10-08", "逾期未办", "43"):
        assert words in text
    assert "信访事项逾期情况通报（信通〔2026〕1号）" in "\n".join(p.text for p in paper.paragraphs)
    assert "征地" not in text
    assert "赵丽华" not in text
