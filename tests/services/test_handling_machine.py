"""A matter under 40 random steps of random people on random days, beside a small model that knows only the law (C4, B8)."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import models as m
from rules.words import Purpose, RuleBroken, Status
from services import clocks
from tests.fixtures.handled import actor, move, registered, running
from tests.fixtures.office import Office

FIRST = date(2026, 3, 2)
WAY = {
    ("registered", "assign"): "routed",
    ("registered", "forward"): "routed",
    ("registered", "void"): "voided",
    ("routed", "accept"): "handling",
    ("routed", "refuse"): "refused",
    ("routed", "void"): "voided",
    ("handling", "extend"): "handling",
    ("handling", "reply"): "replied",
    ("replied", "serve"): "served",
    ("served", "close"): "closed",
    ("refused", "close"): "closed",
    ("closed", "archive"): "archived",
    ("closed", "reopen"): "handling",
    ("archived", "reopen"): "handling",
}
MAY = {
    "assign": {"clerk", "office_head"}, "forward": {"clerk", "office_head"}, "void": {"office_head"},
    "accept": {"handler_a", "unit_head_a"}, "refuse": {"handler_a", "unit_head_a"},
    "extend": {"unit_head_a", "leader_in_charge"}, "reply": {"handler_a", "unit_head_a"},
    "serve": {"handler_a", "unit_head_a"}, "close": {"handler_a", "unit_head_a", "clerk", "office_head"},
    "archive": {"clerk", "office_head", "archivist"}, "reopen": {"clerk", "office_head"},
}  # fmt: skip
PEOPLE = sorted(set().union(*MAY.values()) | {"handler_b", "unit_head_b", "inspector", "sysadmin", "leader_a"})
WITH_LEG = {"routed", "handling", "replied", "served", "refused"}
LIKELY = st.sampled_from([pair[1] for pair in WAY])


def working_day(day: date) -> date:
    """The day, or the next working one, by the published table and not by the office's."""
    while not chinese_calendar.is_workday(day):
        day += timedelta(1)
    return day


def machine_for(office: Office) -> type[RuleBasedStateMachine]:
    """The machine on this office; each run in a savepoint of its own."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            office.session.expunge_all()
            self.run = office.session.begin_nested()

        def teardown(self) -> None:
            self.run.rollback()

        @initialize(
            purpose=st.sampled_from([Purpose.SEEK, Purpose.APPEAL, Purpose.ADVICE, Purpose.REPORT]),
            carried=st.booleans(),
        )
        def begin(self, purpose: Purpose, carried: bool) -> None:
            self.day, self.state, self.moves, self.legs = FIRST, "registered", 1, 0
            self.carried, self.timed = carried, purpose in (Purpose.SEEK, Purpose.APPEAL)
            self.accepted, self.extended = FIRST, 0
            self.terms = set() if carried else {"office_route"}
            self.petition = registered(office, FIRST, purpose=purpose, is_carried_over=carried)

        @rule(days=st.integers(0, 25))
        def days_pass(self, days: int) -> None:
            if self.day + timedelta(days) < date(2026, 9, 1):
                self.day += timedelta(days)

        def _breach(self) -> date:
            return working_day(self.accepted + timedelta(60 + self.extended))

        def _is_lawful(self, verb: str, who: str, days: int) -> bool:
            is_known = (self.state, verb) in WAY and who in MAY[verb]
            if verb != "extend" or not is_known:
                return is_known
            has_clock = "handle" in self.terms
            return has_clock and 1 <= days <= 30 - self.extended and self.day <= self._breach()

        @rule(verb=LIKELY, who=st.sampled_from(PEOPLE), days=st.sampled_from([0, 1, 10, 30, 31]))
        def somebody_tries(self, verb: str, who: str, days: int) -> None:
            said: dict[str, Any] = {"days": days} if verb == "extend" else {}
            if not self._is_lawful(verb, who, days):
                try:
                    move(office, self.petition, verb, self.day, by=who, **said)
                except RuleBroken:
                    return
                raise AssertionError(f"{who} could {verb} in {self.state}")
            move(office, self.petition, verb, self.day, by=who, **said)
            self._note(verb, days)

        @precondition(lambda self: any(state == self.state for state, _verb in WAY))
        @rule(pick=st.integers(0, 99), days=st.integers(1, 30))
        def the_right_one_does_it(self, pick: int, days: int) -> None:
            verbs = sorted(verb for state, verb in WAY if state == self.state)
            verb = verbs[pick % len(verbs)]
            who = sorted(MAY[verb])[pick % len(MAY[verb])]
            if self._is_lawful(verb, who, days):
                move(office, self.petition, verb, self.day, by=who, **({"days": days} if verb == "extend" else {}))
                self._note(verb, days)

        def _note(self, verb: str, days: int) -> None:
            self.moves += 1
            self.legs += verb in ("assign", "forward", "reopen") and self.state != "refused"
            self.state = WAY[self.state, verb]
            stops = {"assign": "office_route", "forward": "office_route", "accept": "unit_accept", "refuse": "unit_accept",
                     "reply": "handle", "archive": "review_request", "reopen": "review_request"}  # fmt: skip
            self.terms -= {stops.get(verb, "")} if verb != "void" else {"office_route", "unit_accept"}
            starts = {
                "assign": "unit_accept",
                "forward": "unit_accept",
                "accept": "handle",
                "reopen": "handle",
                "serve": "review_request",
            }
            term = starts.get(verb)
            if term and not self.carried and (term != "handle" or self.timed):
                self.terms |= {term}
            if term == "handle":
                self.accepted, self.extended = self.day, 0
            self.extended += days if verb == "extend" else 0

        @invariant()
        def state_and_history_agree(self) -> None:
            petition = self.petition
            office.session.expire(petition, ["moves", "legs", "clocks"])
            assert petition.status == Status(self.state)
            assert len(petition.moves) == self.moves
            assert len(petition.legs) == self.legs
            lead = [leg for leg in petition.legs if leg.is_lead and leg.ended_on is None]
            assert len(lead) == (self.state in WITH_LEG)
            assert (petition.closed_on is not None) == (self.state in ("closed", "archived"))

        @invariant()
        def clocks_agree(self) -> None:
            found = running(self.petition)
            assert set(found) == self.terms
            if "handle" in found:
                assert found["handle"] == (self.accepted + timedelta(60 + self.extended), self._breach())
            owed = clocks.current(self.petition)
            assert self.petition.breach_on == (owed.breach_on if owed else None)
            has_date = self.carried or self.state not in ("registered", "routed")
            assert has_date or self.petition.breach_on is not None, "B8: nothing sits without a date"

        @invariant()
        def somebody_owns_it(self) -> None:
            """B8: an open matter beyond the office belongs to a unit."""
            assert (self.petition.unit_id is not None) >= (self.state in WITH_LEG)

    return Machine


def test_forty_steps_thirty_times(office: Office) -> None:
    steps = settings(
        max_examples=30,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine_for(office), settings=steps)
    assert office.session.query(m.Petition).count() == 0
    assert actor(office, "clerk", FIRST).today == FIRST
