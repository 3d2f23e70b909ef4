"""Every constraint of proceedings and demands, broken once past the services (design §9)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.demand_ways import DemandKind
from rules.proceedings import MediationLevel, Outcome, PersonRole, ProceedingKind, ProceedingState
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

DAY = date(2026, 11, 2)
K = ProceedingKind
HELD = {
    "state": ProceedingState.HELD,
    "minutes": "记录",
    "conclusion": "意见",
    "outcome": Outcome.AGREED,
    "recorder": "王敏",
}


def row(petition: m.Petition, kind: ProceedingKind = K.CONFERENCE, **said: Any) -> m.Proceeding:
    return m.Proceeding(**({"petition": petition, "kind": kind, "held_on": TODAY} | said))


def person(petition: m.Petition, **said: Any) -> m.ProceedingPerson:
    told = {"proceeding": row(petition), "role": PersonRole.MEMBER, "name": "周强"} | said
    return m.ProceedingPerson(**told)


def twice(petition: m.Petition) -> list[Any]:
    one = row(petition)
    return [person(petition, proceeding=one), person(petition, proceeding=one)]


def both(petition: m.Petition, office: Office) -> list[Any]:
    return [person(petition, leader_id=office.leader("a").id, user_id=office.user("clerk").id)]


def demand(petition: m.Petition, **said: Any) -> m.DemandAppraisal:
    told = {
        "petition": petition,
        "kind": DemandKind.MIXED,
        "judged_on": DAY,
        "judged_by": "会议",
        "reason": "理由",
    } | said
    return m.DemandAppraisal(**told)


def decision(petition: m.Petition, office: Office) -> list[Any]:
    return [
        m.Decision(
            petition=petition, conference_id=987_654, text="落实", decided_on=DAY, due_on=TODAY, unit_id=office.unit("a").id
        )
    ]  # fmt: skip


BROKEN: dict[str, Callable[[m.Petition, Office], list[Any]]] = {
    "of no kind": lambda p, _o: [row(p, kind="walk")],
    "cancelled without reason": lambda p, _o: [row(p, state=ProceedingState.CANCELLED)],
    "held without minutes": lambda p, _o: [row(p, **HELD | {"minutes": None})],
    "held without outcome": lambda p, _o: [row(p, **HELD | {"outcome": None})],
    "held without recorder": lambda p, _o: [row(p, **HELD | {"recorder": None})],
    "appraisal without a request": lambda p, _o: [row(p, K.APPRAISAL, asked_on=DAY)],
    "hearing not announced": lambda p, _o: [row(p, K.HEARING)],
    "announced after it was held": lambda p, _o: [row(p, K.HEARING, announced_on=TODAY + timedelta(days=1))],
    "mediation at no level": lambda p, _o: [row(p, K.MEDIATION)],
    "mediation at an odd level": lambda p, _o: [row(p, K.MEDIATION, level="moon")],
    "one person twice": lambda p, _o: twice(p),
    "a leader and an account at once": both,
    "dissent of a party": lambda p, _o: [person(p, role=PersonRole.PARTY, dissent="不服")],
    "two appraisals in force": lambda p, _o: [demand(p), demand(p)],
    "waits without a day": lambda p, _o: [demand(p, kind=DemandKind.NOT_YET)],
    "looked at again before it was judged": lambda p, _o: [demand(p, next_on=DAY)],
    "decided by no proceeding": decision,
}


@pytest.mark.db(long="postgres")
@pytest.mark.parametrize("what", list(BROKEN))
def test_the_database_refuses(office: Office, what: str) -> None:
    petition = registered(office, DAY)
    office.session.add_all(BROKEN[what](petition, office))
    with pytest.raises((sa.exc.IntegrityError, sa.exc.StatementError)):
        office.session.flush()


def test_the_same_rows_unbroken_are_kept(office: Office) -> None:
    """The control: none of them is refused for something else."""
    petition = registered(office, DAY)
    whole = [
        row(petition, **HELD), row(petition, K.HEARING, announced_on=TODAY),
        row(petition, K.MEDIATION, level=MediationLevel.VILLAGE), person(petition, dissent="保留意见"),
        demand(petition, kind=DemandKind.NOT_YET, next_on=TODAY), demand(petition, is_current=False),
    ]  # fmt: skip
    office.session.add_all(whole)
    office.session.flush()
    nouns = (m.Proceeding, m.ProceedingPerson, m.DemandAppraisal)
    counts = [office.session.scalar(sa.select(sa.func.count()).select_from(noun)) for noun in nouns]
    assert counts == [4, 1, 2]
