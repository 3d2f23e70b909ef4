"""A matter under 40 random steps of random people on random days, beside a small model that knows only the law (C4, B1–B12)."""

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import models as m
from rules.handling_words import Finding
from rules.words import OPEN_STATUSES, Level, Purpose, RuleBroken, Status
from services import clocks, workbench
from tests.fixtures.handled import move, registered, running
from tests.fixtures.office import Office
from tests.law import TABLE
from tests.services.life_model import Life

FIRST, LAST = date(2026, 3, 2), date(2026, 8, 3)
PEOPLE = (
    "clerk", "office_head", "handler_a", "unit_head_a", "leader_in_charge", "archivist", "handler_b", "unit_head_b",
    "inspector", "sysadmin", "leader_a",
)  # fmt: skip
VERBS = sorted({row[0] for row in TABLE})
NAMED = ("feedback", "sender", "other_law")
PUT_RIGHT = {"finding": Finding.TRUE, "rectify": "补发 3 亩。", "rectify_by": "郑伟", "rectify_on": date(2026, 12, 1)}


class Matter(RuleBasedStateMachine):
    """One matter of an office, and its model; each run in a savepoint of its own."""

    office: ClassVar[Office]

    def __init__(self) -> None:
        super().__init__()
        self.office.session.expunge_all()
        self.run = self.office.session.begin_nested()

    def teardown(self) -> None:
        self.run.rollback()

    @initialize(
        purpose=st.sampled_from([Purpose.SEEK, Purpose.APPEAL, Purpose.ADVICE, Purpose.REPORT]),
        carried=st.booleans(),
        from_above=st.booleans(),
    )
    def begin(self, purpose: Purpose, carried: bool, from_above: bool) -> None:
        self.life = Life(FIRST, purpose, carried, from_above)
        level = Level.CITY if from_above else None
        self.petition = registered(self.office, FIRST, purpose=purpose, is_carried_over=carried, level_from=level)

    @rule(days=st.integers(0, 12))
    def days_pass(self, days: int) -> None:
        self.life.day = min(self.life.day + timedelta(days), LAST)

    @rule(verb=st.sampled_from(VERBS), who=st.sampled_from(PEOPLE), days=st.sampled_from([0, 1, 30, 31]))
    def somebody_tries(self, verb: str, who: str, days: int) -> None:
        if self.life.may(verb, who, days):
            self._make(verb, who, days, rectifies=False)
            return
        try:
            self._move(verb, who, days, rectifies=False)
        except RuleBroken:
            return
        raise AssertionError(f"{who} could {verb} in {self.life.state}")

    @rule(pick=st.integers(0, 999), days=st.integers(1, 15), rectifies=st.booleans())
    def the_right_one_does_it(self, pick: int, days: int, rectifies: bool) -> None:
        ways = [(verb, who) for verb in VERBS for who in PEOPLE if self.life.may(verb, who, days)]
        if ways:
            self._make(*ways[pick % len(ways)], days, rectifies=rectifies)

    def _make(self, verb: str, who: str, days: int, *, rectifies: bool) -> None:
        self._move(verb, who, days, rectifies=rectifies)
        self.life.make(verb, days, rectifies=rectifies)

    def _move(self, verb: str, who: str, days: int, *, rectifies: bool) -> None:
        said: dict[str, Any] = {}
        if verb in ("extend", "ask_extension"):
            said = {"days": days}
        if verb == "reply" and rectifies:
            said = PUT_RIGHT
        if verb == "step_aside":
            unit = self.life.unit
            said = {
                "user_id": self.office.user(f"handler_{unit}").id,
                "handler_id": self.office.user(f"unit_head_{unit}").id,
            }
        move(self.office, self.petition, verb, self.life.day, by=who, **said)

    @invariant()
    def state_and_history_agree(self) -> None:
        petition = self.petition
        self.office.session.expire(petition, ["moves", "legs", "clocks", "referrals", "rectifications"])
        assert petition.status == Status(self.life.state)
        assert len(petition.moves) == self.life.moves
        lead = [leg for leg in petition.legs if leg.is_lead and leg.ended_on is None]
        assert len(lead) == self.life.is_led
        assert (petition.unit_id is not None) == self.life.has_unit
        assert (petition.closed_on is not None) == (self.life.state in ("closed", "archived"))

    @invariant()
    def clocks_agree(self) -> None:
        found = running(self.petition, NAMED)
        assert found == {term: (one.due(term), one.breach(term)) for term, one in self.life.clocks.items()}
        assert set(running(self.petition, ())) - set(found) == self.life.named
        owed = clocks.current(self.petition)
        assert self.petition.breach_on == (owed.breach_on if owed else None)

    @invariant()
    def nothing_sits_without_a_step(self) -> None:
        """B8: every open matter has a next step, and a date while the law gives it one."""
        if self.petition.status in OPEN_STATUSES:
            assert workbench.next_step(self.petition)
        if not self.life.carried and self.life.state in ("registered", "proposed", "routed", "objected", "reviewing"):
            assert self.petition.breach_on is not None


def run(office: Office, examples: int) -> None:
    machine = type("MatterOfThisOffice", (Matter,), {"office": office})
    steps = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=steps)
    assert office.session.query(m.Petition).execution_options(gated=True).count() == 0


def test_forty_steps_thirty_times(office: Office) -> None:
    run(office, 30)


@pytest.mark.trust
def test_forty_steps_three_hundred_times(office: Office) -> None:
    run(office, 300)
