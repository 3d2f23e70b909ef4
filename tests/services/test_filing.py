"""Letters filed without handling: proposed, approved, bundled, destroyed on a list of two persons (A5, A6, §8)."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.filing_words import DestructionState, DestructionWay, FilingAnswer
from rules.handling_words import FilingReason
from rules.words import Purpose, RespondentKind, RuleBroken, Status
from services import attachments, bundles, destruction, filing, gate, settings, workbench_tiles
from services.registration import Accused
from tests.fixtures.handled import actor, move, registered
from tests.fixtures.office import TODAY, Office

OLD = date(2018, 5, 8)


def letter(office: Office, day: date = TODAY, place: str | None = "河东村", **said: Any) -> m.Petition:
    """A letter; one from before the terms of today's law is carried over."""
    return registered(office, day, place=place, channel="letter", is_carried_over=day < date(2022, 5, 1), **said)


def ask(office: Office, petition: m.Petition, by: str = "clerk") -> m.Filing:
    move(office, petition, "ask_filing", TODAY, by, filing=FilingReason.ANSWERED, reason="上月已书面答复。")
    row = filing.open_one(office.session, petition)
    assert row is not None
    return row


def filed(office: Office, day: date = TODAY, place: str | None = "河东村", **said: Any) -> m.Petition:
    petition = letter(office, day, place, **said)
    move(office, petition, "file_away", day)
    return petition


# --- proposed and approved


def test_the_office_proposes_the_head_approves_a5(office: Office) -> None:
    petition = letter(office)
    row = ask(office, petition)
    assert petition.status is Status.REGISTERED
    assert list(office.session.scalars(filing.waiting(office.actor("office_head")))) == [row]
    tiles = {who: workbench_tiles.waiting(office.session, office.actor(who)) for who in ("office_head", "clerk")}
    assert [tile["value"] for tile in tiles["office_head"] if tile["noun"] == "filing"] == [1]
    assert not [tile for tile in tiles["clerk"] if tile["noun"] == "filing"]
    move(office, petition, "file_away", TODAY)
    assert (row.answer, row.asked_by, row.answered_by) == (
        FilingAnswer.APPROVED,
        office.user("clerk"),
        office.user("office_head"),
    )
    assert petition.filing is row.filing
    assert [one.verb for one in petition.moves][-2:] == ["ask_filing", "file_away"]
    assert filing.approved(office.session, office.actor("clerk"), petition) is row


def test_the_head_may_not_agree(office: Office) -> None:
    petition = letter(office)
    row = ask(office, petition)
    move(office, petition, "refuse_filing", TODAY, reason="还没有答复过。")
    assert (row.answer, petition.status, petition.moves[-1].verb) == (
        FilingAnswer.REFUSED,
        Status.REGISTERED,
        "refuse_filing",
    )
    with pytest.raises(RuleBroken, match="没有人提出存信"):
        move(office, petition, "refuse_filing", TODAY, reason="再说一次。")
    assert ask(office, petition).id != row.id


def test_only_what_lies_at_the_office_once(office: Office) -> None:
    petition = letter(office)
    with pytest.raises(RuleBroken, match="理由：请填写"):
        move(office, petition, "ask_filing", TODAY, filing=FilingReason.ANSWERED, reason=" ")
    ask(office, petition)
    with pytest.raises(RuleBroken, match="已经提出"):
        ask(office, petition)
    move(office, petition, "assign", TODAY)
    assert office.session.scalars(filing.waiting(office.actor("office_head"))).all() == [], "it went another way"
    with pytest.raises(RuleBroken, match="不能拟存信"):
        ask(office, petition)


@pytest.mark.parametrize(("asked_by", "passes"), [("", False), ("office_head", False), ("clerk", True)])
def test_two_people_where_the_office_wants_them(office: Office, asked_by: str, passes: bool) -> None:
    settings.put(office.session, office.actor("office_head"), "filing_asked_first", "是")
    petition = letter(office)
    if asked_by:
        ask(office, petition, asked_by)
    if passes:
        assert move(office, petition, "file_away", TODAY).to_status is Status.FILED
        return
    with pytest.raises(RuleBroken, match="先由他人提出"):
        move(office, petition, "file_away", TODAY)


# --- bundles


@pytest.mark.db
def test_filed_letters_lie_by_area_and_year_a6(office: Office) -> None:
    for day, place in ((OLD, "河东村"), (OLD, "河东村"), (OLD, None), (TODAY, "河东村")):
        filed(office, day, place)
    letter(office, OLD)
    filed(office, OLD, purpose=Purpose.REPORT)
    archivist = office.actor("archivist")
    found = [(heap.year, heap.area, heap.count) for heap in bundles.heaps(office.session, archivist)]
    guarded, unknown = (2018, bundles.GUARDED_AREA, 1), (2018, bundles.NO_PLACE, 1)
    assert sorted(found) == sorted([(2018, "河东村", 2), unknown, guarded, (2026, "河东村", 1)])
    assert found[-1][0] == 2026, "the oldest year first"
    row = bundles.make(office.session, archivist, "2018|0|河东村", "3 柜")
    assert (row.number, row.area, row.year, row.shelf, len(row.letters)) == ("CX2018-001", "河东村", 2018, "3 柜", 2)
    assert bundles.make(office.session, archivist, f"2018|1|{bundles.GUARDED_AREA}").number == "CJ2018-001"
    with pytest.raises(RuleBroken, match="没有可打包"):
        bundles.make(office.session, archivist, "2018|0|河东村")
    assert bundles.make(office.session, archivist, "2026|0|河东村").number == "CX2026-001"


def test_a_guarded_bundle_is_not_there_for_the_accused(office: Office) -> None:
    """C2: neither the bundle nor its letters, nor a count."""
    inspector = office.user("inspector")
    him = Accused(RespondentKind.USER, inspector.id, inspector.name)
    filed(office, OLD, purpose=Purpose.REPORT, respondents=[him])
    row = bundles.make(office.session, office.actor("archivist"), f"2018|1|{bundles.GUARDED_AREA}")
    made = destruction.propose(office.session, office.actor("archivist"), [row.id], "期满。")
    for model, here in ((m.Bundle, row), (m.Destruction, made)):
        assert gate.find(office.session, office.actor("office_head"), model, here.id) is here
        with pytest.raises(gate.NotHere):
            gate.find(office.session, office.actor("inspector"), model, here.id)
    assert bundles.heaps(office.session, office.actor("inspector")) == []
    assert bundles.counts(office.session, office.actor("inspector"), [row.id]) == {}


# --- destruction


def bundled(office: Office, *places: str, day: date = OLD) -> list[int]:
    for place in places:
        filed(office, day, place)
    archivist = office.actor("archivist")
    return [bundles.make(office.session, archivist, f"{day.year}|0|{place}").id for place in places]


def proposed(office: Office, **more: Any) -> m.Destruction:
    return destruction.propose(
        office.session, office.actor("archivist"), bundled(office, "河东村"), "保存期满。", **more
    )


def done(office: Office, row: m.Destruction, **more: Any) -> list[m.Attachment]:
    said: dict[str, Any] = {
        "done_on": TODAY, "done_at": "县造纸厂", "way": DestructionWay.PULPED, "witness_1": "周强", "witness_2": "吴芳",
    }  # fmt: skip
    return destruction.carry_out(office.session, office.actor("archivist"), row, said | more)


@pytest.mark.parametrize(
    ("year", "years", "is_ripe"),
    [(2018, 5, True), (2020, 5, True), (2021, 5, False), (2021, 4, True), (2018, 8, False)],
)
def test_kept_whole_years_after_the_year_of_registration(office: Office, year: int, years: int, is_ripe: bool) -> None:
    """存信保存年限, dated: a letter of 2020 kept five years may go from 2026 on."""
    settings.put(office.session, office.actor("office_head"), "filed_keep_years", str(years))
    ids = bundled(office, "河东村", day=date(year, 5, 8))
    archivist = office.actor("archivist")
    assert [row.id for row in office.session.scalars(bundles.ripe(office.session, archivist))] == (
        ids if is_ripe else []
    )
    if not is_ripe:
        with pytest.raises(RuleBroken, match="年的，现在只能销毁"):
            destruction.propose(office.session, archivist, ids, "期满。")


@pytest.mark.db
def test_two_persons_two_witnesses_and_the_register_stays_a6(office: Office) -> None:
    row = proposed(office)
    assert (row.number, row.state, row.keep_years, row.with_files) == (
        "XH2026-001",
        DestructionState.PROPOSED,
        5,
        False,
    )
    with pytest.raises(RuleBroken, match="清单现在是“待批准”"):
        done(office, row)
    with pytest.raises(RuleBroken, match="另一人批准"):
        destruction.decide(office.session, office.actor("archivist"), row, is_approved=True)
    destruction.decide(office.session, office.actor("office_head"), row, is_approved=True)
    for wrong, field in (
        ({"witness_2": "周强"}, "witness_2"),
        ({"witness_2": " "}, "witness_2"),
        ({"done_at": " "}, "done_at"),
        ({"done_on": date(2026, 11, 22)}, "done_on"),
        ({"done_on": date(2026, 11, 20)}, "done_on"),
    ):
        with pytest.raises(RuleBroken) as no:
            done(office, row, **wrong)
        assert no.value.field == field
    assert done(office, row) == []
    assert (row.state, row.witness_1, row.done_by) == (DestructionState.DONE, "周强", office.user("archivist"))
    [(bundle, petition)] = destruction.letters(office.session, office.actor("archivist"), row)
    assert (bundle.destruction, petition.status) == (row, Status.FILED)
    assert office.session.scalars(bundles.ripe(office.session, office.actor("archivist"))).all() == []


def test_a_refused_list_frees_its_bundles(office: Office) -> None:
    row = proposed(office)
    with pytest.raises(RuleBroken, match="请填写"):
        destruction.decide(office.session, office.actor("office_head"), row, is_approved=False)
    destruction.decide(office.session, office.actor("office_head"), row, is_approved=False, words="再保存一年。")
    archivist = office.actor("archivist")
    ids = [bundle.id for bundle in office.session.scalars(bundles.ripe(office.session, archivist))]
    assert len(ids) == 1
    assert destruction.propose(office.session, archivist, ids, "再次提出。").number == "XH2026-002"
    assert gate.find(office.session, archivist, m.Destruction, row.id) is row, "the refused one stays to be seen"
    with pytest.raises(RuleBroken, match="已在另一份销毁清单上"):
        destruction.propose(office.session, archivist, ids, "第三次。")


@pytest.mark.parametrize("with_files", [False, True])
def test_scanned_copies_go_only_when_the_list_says_so(office: Office, tmp_path: Path, with_files: bool) -> None:
    ids = bundled(office, "河东村")
    petition = office.session.scalars(sa.select(m.Petition).execution_options(gated=True)).one()
    file = attachments.add(office.session, office.actor("clerk"), petition, "来信.pdf", BytesIO(b"%PDF-1.4"), tmp_path)
    row = destruction.propose(office.session, office.actor("archivist"), ids, "期满。", with_files=with_files)
    destruction.decide(office.session, office.actor("office_head"), row, is_approved=True)
    gone = done(office, row)
    destruction.remove_files(gone, tmp_path)
    assert attachments.path_of(file, tmp_path).exists() is not with_files
    assert bool(file.voided_reason) is with_files
    assert office.session.scalar(sa.select(sa.func.count()).select_from(m.Attachment)) == 1


def test_a_letter_taken_out_again_is_not_destroyed(office: Office, tmp_path: Path) -> None:
    ids = bundled(office, "河东村")
    petition = office.session.scalars(sa.select(m.Petition).execution_options(gated=True)).one()
    file = attachments.add(office.session, office.actor("clerk"), petition, "来信.pdf", BytesIO(b"%PDF-1.4"), tmp_path)
    move(office, petition, "take_out", TODAY)
    row = destruction.propose(office.session, office.actor("archivist"), ids, "期满。", with_files=True)
    destruction.decide(office.session, office.actor("office_head"), row, is_approved=True)
    assert done(office, row) == []
    assert file.voided_reason is None


def test_the_database_wants_two_people_and_two_witnesses(office: Office) -> None:
    for broken in (
        {"decided_by_id": office.user("archivist").id, "decided_on": TODAY, "state": "approved"},
        {
            "state": "done",
            "decided_on": TODAY,
            "done_on": TODAY,
            "done_at": "厂",
            "witness_1": "周强",
            "witness_2": "周强",
        },
        {"state": "done", "decided_on": TODAY},
    ):
        row = m.Destruction(
            number="XH-1", reason="期满。", keep_years=5, proposed_on=TODAY, proposed_by_id=office.user("archivist").id,
            **broken,
        )  # fmt: skip
        office.session.add(row)
        with pytest.raises(sa.exc.IntegrityError):
            office.session.flush()
        office.session.rollback()


def test_the_archivist_sees_filed_letters(office: Office) -> None:
    """§4: dossiers and destruction lists; an open matter stays hidden from him."""
    petition = filed(office)
    who = actor(office, "archivist", TODAY)
    assert gate.find(office.session, who, m.Petition, petition.id) is petition
    with pytest.raises(gate.NotHere):
        gate.find(office.session, who, m.Petition, letter(office).id)
