"""Case reviews (案件评查, H7): the draw by its seed, never by who handled it, the sheet, what is to be mended."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules import inspection_sheet
from rules.inspection_words import DrawMethod, ReviewResult
from rules.owed import KINDS
from rules.words import Purpose, RuleBroken, Status
from services import case_reviews, export_inspection, gate
from services.case_reviews import Draw
from services.due_sources import items as due_items
from tests.fixtures.every_move import FIRST, PATHS
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

FULL = {row["key"]: row["points"] for row in inspection_sheet.as_rows()}


def closed(office: Office, day: date = FIRST, unit: str = "a", **said: Any) -> m.Petition:
    """A matter closed four days after its first."""
    petition = registered(office, day, **said)
    for place, verb in enumerate(PATHS[Status.CLOSED].split(), start=1):
        more = {"unit_id": office.unit(unit).id} if verb == "assign" else {}
        by = "" if verb == "assign" or unit == "a" else f"handler_{unit}"
        move(office, petition, verb, day + timedelta(place), by=by, **more)
    return petition


def draw(office: Office, by: str = "inspector", **said: Any) -> m.CaseReviewRound:
    told = {"name": "下半年评查", "method": DrawMethod.RANDOM, "wanted": 2, "seed": 7} | said
    return case_reviews.begin(office.session, office.actor(by), Draw(**told))


def files(office: Office, row: m.CaseReviewRound) -> list[m.CaseReview]:
    return case_reviews.of_round(office.session, office.actor("inspector"), row)


@pytest.mark.db
def test_the_same_seed_draws_the_same_files_h7(office: Office) -> None:
    made = [closed(office, FIRST + timedelta(place)) for place in range(5)]
    closed(office, FIRST, "b")
    first = draw(office, unit_id=office.unit("a").id, to_on=FIRST + timedelta(20))
    again = draw(office, name="再抽一次", unit_id=office.unit("a").id, to_on=FIRST + timedelta(20))
    other = draw(office, name="换一个种子", unit_id=office.unit("a").id, seed=11)
    ids = [one.petition_id for one in files(office, first)]
    assert (first.pool, len(ids), first.seed, first.pool_digest) == (5, 2, 7, again.pool_digest)
    assert ids == [one.petition_id for one in files(office, again)]
    assert ids == case_reviews.drawn(sorted(one.id for one in made), 2, 7)
    assert ids != [one.petition_id for one in files(office, other)]
    assert "随机种子 7" in export_inspection.drawn_how(first, files(office, first))[0]


def test_a_draw_without_a_seed_records_the_one_it_made_h7(office: Office) -> None:
    closed(office)
    row = draw(office, seed=None)
    assert row.seed is not None
    assert [one.petition_id for one in files(office, row)] == case_reviews.drawn(
        case_reviews.pool_of(office.session, office.actor("inspector"), row), 2, row.seed
    )


def test_guarded_files_are_never_drawn_only_picked(office: Office) -> None:
    """§3: no count of a draw tells of them."""
    guarded = closed(office, purpose=Purpose.REPORT)
    closed(office)
    assert draw(office, wanted=9).pool == 1
    picked = draw(office, name="专项评查", method=DrawMethod.PICKED, seed=None)
    review = case_reviews.pick(office.session, office.actor("inspector"), picked, guarded)
    assert review.petition is guarded


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"), ({"wanted": 0}, "wanted"), ({"wanted": 201}, "wanted"),
        ({"from_on": TODAY, "to_on": FIRST}, "to_on"), ({"from_on": TODAY}, "from_on"),
    ],
)  # fmt: skip
def test_a_draw_that_cannot_be_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    closed(office)
    with pytest.raises(RuleBroken) as no:
        draw(office, **said)
    assert no.value.field == field


def test_a_round_has_its_own_name_and_picks_closed_files_once(office: Office) -> None:
    petition, fresh = closed(office), registered(office, FIRST)
    row = draw(office, method=DrawMethod.PICKED, seed=None)
    case_reviews.pick(office.session, office.actor("inspector"), row, petition)
    for other, word in ((petition, "已经在这次评查里"), (fresh, "办结后才能评查")):
        with pytest.raises(RuleBroken, match=word):
            case_reviews.pick(office.session, office.actor("inspector"), row, other)
    with pytest.raises(RuleBroken, match="评查名称"):
        draw(office)
    with pytest.raises(gate.Forbidden):
        draw(office, "clerk", name="登记员不能抽")


@pytest.mark.parametrize(
    ("username", "may"), [("inspector", True), ("clerk", True), ("handler_a", False), ("unit_head_a", False)]
)
def test_who_handled_it_never_reviews_it_h7(office: Office, username: str, may: bool) -> None:
    closed(office)
    (review,) = files(office, draw(office))
    user = office.user(username)
    if may:
        case_reviews.assign(office.session, office.actor("inspector"), review, user.id)
        assert review.reviewer is user
        return
    with pytest.raises(RuleBroken) as no:
        case_reviews.assign(office.session, office.actor("inspector"), review, user.id)
    assert no.value.field == "reviewer_id"


def test_a_clerk_who_handled_it_is_refused_too_h7(office: Office) -> None:
    petition = closed(office)
    petition.legs[0].answered_by_id = office.user("clerk").id
    (review,) = files(office, draw(office))
    with pytest.raises(RuleBroken, match="办过、包过或签过"):
        case_reviews.score(office.session, office.actor("clerk"), review, FULL, "", None)


def test_only_the_named_reviewer_scores(office: Office) -> None:
    closed(office)
    (review,) = files(office, draw(office))
    case_reviews.assign(office.session, office.actor("inspector"), review, office.user("clerk2").id)
    with pytest.raises(gate.Forbidden):
        case_reviews.score(office.session, office.actor("inspector"), review, FULL, "", None)
    case_reviews.score(office.session, office.actor("clerk2"), review, FULL, "", None)
    assert (review.result, review.score, review.mend_by) == (ReviewResult.PASSED, 100, None)
    with pytest.raises(RuleBroken, match="已经评查"):
        case_reviews.score(office.session, office.actor("clerk2"), review, FULL, "", None)


@pytest.mark.parametrize(
    ("points", "faults", "mend_by", "field"),
    [
        (FULL | {"reply": 21}, "扣分", TODAY, "p_reply"), (FULL | {"reply": -1}, "扣分", TODAY, "p_reply"),
        ({"reply": 20}, "扣分", TODAY, "p_register"), (FULL | {"reply": 19}, " ", None, "faults"),
        (FULL | {"reply": 19}, "缺依据", None, "mend_by"), (FULL | {"reply": 19}, "缺依据", TODAY - timedelta(1), "mend_by"),
    ],
)  # fmt: skip
def test_a_sheet_that_cannot_be_right_is_refused(
    office: Office, points: dict[str, int], faults: str, mend_by: date | None, field: str
) -> None:
    closed(office)
    (review,) = files(office, draw(office))
    with pytest.raises(RuleBroken) as no:
        case_reviews.score(office.session, office.actor("inspector"), review, points, faults, mend_by)
    assert (no.value.field, review.result) == (field, None)


def test_faults_are_owed_by_the_unit_until_mended_h7(office: Office) -> None:
    closed(office)
    (review,) = files(office, draw(office))
    inspector, head = office.actor("inspector"), office.actor("unit_head_a")
    until = TODAY + timedelta(15)
    case_reviews.score(office.session, inspector, review, FULL | {"reply": 0}, "处理意见没有依据。", until)
    assert review.result is ReviewResult.FAILED
    owed = [one for one in due_items(office.session, head, until) if one.kind is KINDS["review_mend"]]
    assert [(one.about, one.unit, one.due) for one in owed] == [(review, office.unit("a"), until)]
    assert case_reviews.counts(office.session, head) == {"mend": 1}
    with pytest.raises(gate.Forbidden):
        case_reviews.mend(office.session, office.actor("inspector"), review, TODAY, "已补依据。")
    for on, note, field in ((TODAY + timedelta(1), "已补依据。", "mended_on"), (TODAY, " ", "mend_note")):
        with pytest.raises(RuleBroken) as no:
            case_reviews.mend(office.session, head, review, on, note)
        assert no.value.field == field
    case_reviews.mend(office.session, head, review, TODAY, "已补依据。")
    assert case_reviews.counts(office.session, head) == {"mend": 0}


def test_the_table_has_a_column_an_item_h7(office: Office) -> None:
    closed(office)
    row = draw(office)
    (review,) = files(office, row)
    case_reviews.score(office.session, office.actor("inspector"), review, FULL | {"file": 5}, "签字不全。", TODAY)
    sheet = export_inspection.round_sheet(office.session, office.actor("inspector"), row)
    (line,) = sheet.lines()
    cells = dict(zip([column.key for column in sheet.columns], line, strict=True))
    assert (cells["p_file"], cells["score"], cells["result"], cells["faults"]) == (5, 95, "合格", "签字不全。")
    assert "合格 1 件，不合格 0 件" in sheet.remark


def test_another_unit_sees_nothing_of_a_review(office: Office) -> None:
    closed(office)
    (review,) = files(office, draw(office))
    seen = {
        name: office.session.scalars(gate.rows(office.actor(name), m.CaseReview)).all()
        for name in ("handler_a", "handler_b")
    }
    assert seen == {"handler_a": [review], "handler_b": []}


@pytest.mark.parametrize(
    "broken",
    [
        {"seed": None}, {"pass_mark": 101}, {"from_on": TODAY, "to_on": FIRST},
    ],
)  # fmt: skip
def test_the_database_refuses_a_round_that_cannot_be(office: Office, broken: dict[str, Any]) -> None:
    told = {"name": "坏的", "method": DrawMethod.RANDOM, "seed": 1, "drawn_on": TODAY} | broken
    office.session.add(m.CaseReviewRound(**told))
    with pytest.raises(sa.exc.IntegrityError):
        office.session.flush()
