"""The life of a matter: the whole cross product of states, verbs and roles against a table written from the law (C4, B1–B5)."""

from datetime import date
from typing import Any

import pytest

from rules import moves
from rules.access import Actor
from rules.handling_words import Fact
from rules.terms import NAMED, TERMS
from rules.words import DocumentKind, Purpose, Role, Status
from tests.law import TABLE, WHO, words

VERBS = sorted({row[0] for row in TABLE})
OWN, FOREIGN = 7, 8
BOUND_TO_UNITS = {Role.HANDLER, Role.UNIT_HEAD, Role.LEADER_IN_CHARGE}


def lawful(state: Status, verb: str) -> list[str] | None:
    """The law's row for this verb in this state."""
    return next((row for row in TABLE if row[0] == verb and row[1].startswith(f"{state}→")), None)


def actor(role: Role | None) -> Actor:
    return Actor(1, "x", "某", role, unit_ids=frozenset({OWN}), today=date(2026, 11, 21))


@pytest.mark.parametrize("state", Status)
@pytest.mark.parametrize("verb", VERBS)
def test_every_state_verb_and_role(state: Status, verb: str) -> None:
    expected = lawful(state, verb)
    for role in Role:
        for unit_id in (OWN, FOREIGN, None):
            may = {row.verb for row in moves.allowed(actor(role), state, unit_id)}
            who = set().union(*(WHO[letter] for letter in expected[2])) if expected else set()
            is_theirs = role not in BOUND_TO_UNITS or unit_id == OWN or verb == "endorse"
            assert (verb in may) == (role in who and is_theirs), (state, verb, role, unit_id)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} {row[1]}")
def test_each_move_leads_where_the_law_says(row: list[str]) -> None:
    verb, way, _who, paper, starts, stops, resumes, fact = row
    state, _, target = way.partition("→")
    found = moves.MOVES[Status(state)][verb]
    assert found.to == (None if target == "-" else Status(target))
    assert found.paper == (None if paper == "-" else DocumentKind(paper))
    assert (set(found.starts), set(found.stops)) == (words(starts), words(stops))
    assert (set(found.resumes), found.only or "-") == (words(resumes), fact)


@pytest.mark.parametrize("row", [row for row in TABLE if row[7] != "-"], ids=lambda row: f"{row[0]} {row[1]}")
def test_a_move_that_depends_on_a_fact_needs_it(row: list[str]) -> None:
    found = moves.MOVES[Status(row[1].partition("→")[0])][row[0]]
    assert not moves.is_allowed(actor(None), found, OWN, set())
    assert moves.is_allowed(actor(None), found, OWN, {Fact(row[7])})


def test_clocks_named_in_the_table_are_terms_of_the_office() -> None:
    """Every clock a move starts, stops or lets go on is a counted term or one whose day a letter names."""
    known = {term.key for term in TERMS} | set(NAMED)
    assert {term for row in moves.ROWS for term in (*row.starts, *row.stops, *row.resumes)} <= known


def test_the_table_has_no_move_the_law_does_not_know() -> None:
    known = {(row[1].partition("→")[0], row[0]) for row in TABLE}
    assert {(state.value, verb) for state in Status for verb in moves.MOVES[state]} == known


def test_the_command_line_may_make_every_move_there_is() -> None:
    for state in Status:
        verbs = {row.verb for row in moves.allowed(actor(None), state, None)}
        assert verbs == {row[0] for row in TABLE if row[1].startswith(f"{state}→")}


@pytest.mark.parametrize(
    ("purpose", "runs"),
    [
        (Purpose.SEEK, True),
        (Purpose.APPEAL, True),
        (Purpose.ADVICE, False),
        (Purpose.REPORT, False),
        (Purpose.INQUIRY, False),
        (Purpose.OTHER, False),
    ],
)
def test_sixty_days_run_for_demands_and_appeals_only(purpose: Purpose, runs: bool) -> None:
    """rules-of-the-office §2, Which clock."""
    assert moves.runs_for("handle", purpose) == runs
    assert moves.runs_for("unit_accept", purpose)


@pytest.mark.parametrize("row", moves.ROWS, ids=lambda row: row.verb)
def test_what_a_move_asks_can_be_read_and_typed(row: Any) -> None:
    kinds = {"text", "long", "date", "datetime", "int", "unit", "units", "user", "leader", "choice"}
    assert row.label
    for need in row.needs:
        assert need.label, need.name
        assert need.kind in kinds, need.name
        assert (need.kind == "choice") == (need.choices is not None), need.name


def test_proof_of_service_cannot_do_without_its_hour() -> None:
    """B5: the date of 送达回证 may not be missing."""
    served_at = next(n for n in moves.MOVES[Status.REPLIED]["serve"].needs if n.name == "served_at")
    assert served_at.required
    assert served_at.kind == "datetime"


@pytest.mark.parametrize(
    ("role", "state", "said"),
    [
        (Role.HANDLER, Status.ROUTED, ["答复"]),
        (Role.UNIT_HEAD, Status.ROUTED, ["延期", "答复"]),
        (Role.CLERK, Status.HANDLING, []),
        (Role.HANDLER, Status.REPLIED, []),
        (Role.UNIT_HEAD, Status.SERVED, []),
        (Role.UNIT_HEAD, Status.REFUSED, []),
        (Role.CLERK, Status.CLOSED, []),
        (Role.CLERK, Status.VOIDED, []),
        (Role.INSPECTOR, Status.ROUTED, []),
    ],
)
def test_what_comes_later_is_said(role: Role, state: Status, said: list[str]) -> None:
    sentences = moves.not_yet(actor(role), state)
    assert [word for word in said if any(sentence.startswith(f"{word}：") for sentence in sentences)] == said
    assert bool(sentences) == bool(said)


@pytest.mark.parametrize(
    ("facts", "said"), [((), []), ((Fact.ON_CASE,), ["办结：有领导包案的，结案卷签字齐全后才能办结。"])]
)
def test_a_case_is_spoken_of_where_there_is_one(facts: tuple[Fact, ...], said: list[str]) -> None:
    """B8: 办结's sentence about the leader's case says nothing to a matter without one."""
    assert moves.not_yet(actor(Role.CLERK), Status.HANDLING, facts) == said
