"""What the database itself refuses of a supervision (B10): each named constraint broken once."""

from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from models.base import Base
from rules.supervision import SupervisionKind
from tests.fixtures import casework as made
from tests.fixtures.office import Office

pytestmark = pytest.mark.db(long="postgres")

OURS = ("supervision", "supervision_round", "supervision_file")

# constraint → table, what breaks it
BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "ck_supervision_subject": ("supervision", {"subject": "接访工作"}),
    "ck_supervision_subject (none)": ("supervision", {"petition_id": None}),
    "ck_supervision_addressee": ("supervision", {"unit_id": None}),
    "ck_supervision_addressee (both)": ("supervision", {"leader_id": 1}),
    "ck_supervision_reply_due": ("supervision", {"reply_due_on": "2020-01-01"}),
    "ck_supervision_answer_pair": ("supervision", {"answer": "已落实"}),
    "ck_supervision_closed_pair": ("supervision", {"outcome": "已落实"}),
    "ck_supervision_closed_answered": ("supervision", {"outcome": "已落实", "closed_on": "2026-11-21"}),
    "ck_supervision_withdrawn": (
        "supervision",
        {
            "answer": "已落实", "answered_on": "2026-11-21", "outcome": "好", "closed_on": "2026-11-21",
            "withdrawn_reason": "发错了",
        },
    ),
    "ck_supervision_round": ("supervision", {"round": 0}),
    "ck_supervision_supervisionkind": ("supervision", {"kind": "nonsense"}),
    "ck_supervision_round_answer_pair": ("supervision_round", {"answer": "已落实"}),
}  # fmt: skip


def standing(office: Office) -> m.Supervision:
    row = m.Supervision(
        number="信督〔2026〕1号", petition=made.matter(office), kind=SupervisionKind.LETTER, demand="请尽快答复",
        unit=office.unit("a"), issued_on=office.today, reply_due_on=office.today,
    )  # fmt: skip
    row.rounds.append(m.SupervisionRound(round=1, reply_due_on=office.today, lacking="没有落实", urged_on=office.today))
    office.session.add(row)
    office.session.flush()
    return row


def test_every_check_of_these_tables_is_broken_here() -> None:
    checks = {
        str(one.name)
        for name in OURS
        for one in Base.metadata.tables[name].constraints
        if isinstance(one, sa.CheckConstraint)
    }
    assert checks == {name.partition(" ")[0] for name in BROKEN}


@pytest.mark.parametrize(("constraint", "spot"), BROKEN.items(), ids=BROKEN)
def test_the_database_refuses(office: Office, constraint: str, spot: tuple[str, dict[str, Any]]) -> None:
    standing(office)
    table, change = spot
    columns = ", ".join(f"{name} = :{name}" for name in change)
    with pytest.raises(sa.exc.IntegrityError) as broken:
        office.session.execute(sa.text(f"update {table} set {columns}"), change)
    assert constraint.partition(" ")[0] in str(broken.value.orig)


def test_a_supervision_names_officials_only_h7() -> None:
    """Nothing in it can point at a petitioner: its addressee is a unit or a leader of the system."""
    targets = {key.column.table.name for key in Base.metadata.tables["supervision"].foreign_keys}
    assert targets == {"petition", "unit", "leader", "user", "document"}
