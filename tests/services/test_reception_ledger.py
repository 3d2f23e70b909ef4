"""The ledger of matters received by leaders: results flow back from the matters (D7)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import models as m
from rules.reception_words import RecordState
from rules.words import Opinion, Outcome, RuleBroken, Status
from services import handling, reception_ledger, reception_records, reception_steps
from tests.fixtures import handled
from tests.services.test_reception_steps import came, decided

BACK = date(2026, 11, 21)


def on_it(office: Any, row: m.ReceptionRecord, *verbs: str) -> m.ReceptionRecord:
    """Its matter handed on and moved on by these verbs, on the 21st."""
    petition = reception_steps.hand_on(office.session, office.actor("clerk"), row, {})
    for verb in verbs:
        handled.move(office, petition, verb, BACK)
    office.session.refresh(petition)
    return row


def note(office: Any, row: m.ReceptionRecord, result: str = "", **told: Any) -> m.ReceptionRecord:
    reception_records.note_result(office.session, office.actor("clerk"), row, result, **told)
    return row


CASES: dict[str, tuple[Callable[[Any], m.ReceptionRecord], Any, str, bool, bool]] = {
    # name: how it came about; its state, result, is it open, is a result owed
    "undecided": (lambda o: came(o), RecordState.WAITING, "", True, False),
    "solved": (lambda o: decided(o, Outcome.SOLVED), RecordState.ANSWERED, "请一周内核实。", False, False),
    "not now": (lambda o: decided(o, Outcome.NOT_NOW), RecordState.ANSWERED, "请一周内核实。", False, False),
    "to be handed on": (lambda o: decided(o, Outcome.DEADLINE), RecordState.TO_TURN, "", True, False),
    "typed": (lambda o: note(o, decided(o, Outcome.COORDINATE), "已修好。"), RecordState.DONE, "已修好。", False, True),
    "typed and told": (
        lambda o: note(o, decided(o, Outcome.COORDINATE), "已修好。", leader_told_on=BACK, visitor_told_on=BACK),
        RecordState.DONE, "已修好。", False, False,
    ),
    "typed before it was decided": (lambda o: note(o, came(o), "已修好。"), RecordState.DONE, "已修好。", False, True),
    "handed on": (lambda o: on_it(o, decided(o, Outcome.DEADLINE)), Status.ROUTED, "", True, False),
    "in hand": (lambda o: on_it(o, decided(o, Outcome.DEADLINE), "accept"), Status.HANDLING, "", True, False),
    "replied": (lambda o: on_it(o, decided(o, Outcome.DEADLINE), "accept", "reply"), Status.REPLIED, "补发。", True, True),
    "served": (
        lambda o: note(o, on_it(o, decided(o, Outcome.DEADLINE), "accept", "reply", "serve"), leader_told_on=BACK),
        Status.SERVED, "补发。", True, False,
    ),
    "closed": (
        lambda o: on_it(o, decided(o, Outcome.DEADLINE), "accept", "reply", "serve", "close"),
        Status.CLOSED, "补发。", False, True,
    ),
    "refused": (lambda o: on_it(o, decided(o, Outcome.DEADLINE), "refuse"), Status.REFUSED, "已由法院判决。", True, True),
    "reopened": (
        lambda o: on_it(o, decided(o, Outcome.DEADLINE), "accept", "reply", "serve", "close", "reopen"),
        Status.HANDLING, "", True, False,
    ),
    "voided": (lambda o: on_it(o, decided(o, Outcome.DEADLINE), "void"), RecordState.TO_TURN, "", True, False),
    "solved and registered": (
        lambda o: on_it(o, decided(o, Outcome.SOLVED)), Status.ROUTED, "", True, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_a_line_says(office: Any, case: str) -> None:
    make, state, result, is_open, is_owed = CASES[case]
    found = reception_ledger.line(make(office))
    assert (found.state, found.result, found.is_open, found.is_owed) == (state, result, is_open, is_owed)


@pytest.mark.db
def test_lists_and_lines_agree(office: Any) -> None:
    """The tabs' SQL and the line's words are two tellings of one thing."""
    rows = [make(office) for make, *_ in CASES.values()]
    office.session.flush()
    for clause, said in ((reception_ledger.open_ones(), "is_open"), (reception_ledger.owed_ones(), "is_owed")):
        found = set(office.session.query(m.ReceptionRecord).filter(clause).execution_options(gated=True))
        assert found == {row for row in rows if getattr(reception_ledger.line(row), said)}, said


def test_dates_flow_back(office: Any) -> None:
    row = on_it(office, decided(office, Outcome.DEADLINE), "accept", "reply", "serve", "close")
    found = reception_ledger.line(row)
    assert (found.answered_on, found.closed_on, found.visitor_told_on, found.leader_told_on) == (BACK, BACK, BACK, None)


def test_the_leader_reads_and_it_is_fed_back(office: Any) -> None:
    row = on_it(office, decided(office, Outcome.DEADLINE), "accept", "reply", "serve")
    reception_records.take_note(office.session, office.actor("leader_a"), row)
    assert (row.leader_told_on, reception_ledger.line(row).is_owed) == (office.today, False)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"result": " "}, "result"),
        ({"result": "好。", "leader_told_on": date(2026, 11, 17)}, "leader_told_on"),
        ({"result": "好。", "visitor_told_on": date(2026, 11, 22)}, "visitor_told_on"),
    ],
)
def test_feedback_that_cannot_be(office: Any, said: dict[str, Any], field: str) -> None:
    row, result = decided(office, Outcome.COORDINATE), said.pop("result")
    with pytest.raises(RuleBroken) as no:
        reception_records.note_result(office.session, office.actor("clerk"), row, result, **said)
    assert no.value.field == field


def test_open_ones_come_first_on_the_leaders_list(office: Any) -> None:
    """A8: 我接访的事项结果; what is settled and told is not there, another leader's never."""
    told = note(office, decided(office, Outcome.COORDINATE), "已修好。", leader_told_on=BACK, visitor_told_on=BACK)
    owed = note(office, decided(office, Outcome.COORDINATE), "已修好。")
    first, second = came(office), decided(office, Outcome.DEADLINE)
    other = came(office, "b")
    found = list(reception_ledger.received_by(office.session, office.actor("leader_a")))
    assert found == [second, first, owed]
    assert told not in found
    assert list(reception_ledger.received_by(office.session, office.actor("leader_b"))) == [other]
    assert list(reception_ledger.received_by(office.session, office.actor("clerk"))) == []


def test_a_reply_keeps_its_last_word(office: Any) -> None:
    """After a second round the second answer stands."""
    row = on_it(office, decided(office, Outcome.DEADLINE), "accept", "reply", "serve", "close", "reopen")
    assert row.petition is not None
    said = handled.REPLY | {"text": "另行补发。", "opinion": Opinion.SUPPORT}
    handling.move(office.session, office.actor("handler_a"), row.petition, "reply", said)
    office.session.refresh(row.petition)
    assert reception_ledger.line(row).result == "另行补发。"
