"""What holds of a matter besides its state, as rules.moves asks it (Fact)."""

from collections.abc import Callable

import models as m
from rules.access import Actor
from rules.handling_words import Fact
from rules.words import Status
from services import clocks


def of(petition: m.Petition, actor: Actor) -> frozenset[Fact]:
    """The facts of this matter for this actor; read from what is already loaded of it."""
    return frozenset(fact for fact, holds in HOLDS.items() if holds(petition, actor))


def _is_filing_asked(petition: m.Petition) -> bool:
    """Only a matter at the office can be filed; the others' proposals are not read."""
    return petition.status is Status.REGISTERED and any(row.answered_on is None for row in petition.filings)


def _may_object(petition: m.Petition, actor: Actor) -> bool:
    return any(clock.term == "object" and actor.today <= clock.breach_on for clock in clocks.running(petition))


HOLDS: dict[Fact, Callable[[m.Petition, Actor], bool]] = {
    Fact.SIMPLE: lambda petition, _actor: petition.is_simple,
    Fact.FROM_ABOVE: lambda petition, _actor: petition.level_from is not None and petition.reported_up_on is None,
    Fact.RECTIFYING: lambda petition, _actor: any(row.done_on is None for row in petition.rectifications),
    Fact.ASKED_UP: lambda petition, _actor: any(row.answered_on is None for row in petition.referrals),
    Fact.ENDORSER: lambda petition, actor: actor.is_system or petition.proposed_to_id == actor.leader_id,
    Fact.ROUTED: lambda petition, _actor: petition.unit_id is not None,
    Fact.UNROUTED: lambda petition, _actor: petition.unit_id is None,
    Fact.OBJECTABLE: lambda petition, actor: petition.is_carried_over or _may_object(petition, actor),
    Fact.UNFILED: lambda petition, _actor: not _is_filing_asked(petition),
    Fact.FILING_ASKED: lambda petition, _actor: _is_filing_asked(petition),
    Fact.TIMED: lambda petition, _actor: any(clock.term == "handle" for clock in clocks.running(petition)),
}
