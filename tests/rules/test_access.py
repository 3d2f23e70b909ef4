"""Masks and the plain half of the gate: what a protected value shows, who the rule of the accused shuts out (C2, C3)."""

from datetime import UTC, date, datetime

import pytest

from rules import access
from rules.access import Accused, Actor
from rules.words import Role

HANDLER = Actor(
    7, "handler", "郑伟", Role.HANDLER, unit_id=3, line_ids=frozenset({3, 1}), leader_id=9,
    head_user_ids=frozenset({8}), head_leader_ids=frozenset({11}),
)  # fmt: skip
CLERK = Actor(5, "clerk", "王敏", Role.CLERK, unit_id=2, line_ids=frozenset({2, 1}), is_office=True)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("phone", "13800000026", "138****0026"),
        ("phone", "0730-88881234", "073****1234"),
        ("phone", "8888123", "****"),
        ("phone", " ", ""),
        ("phone", None, ""),
        ("id_number", "43062119700101001X", "430***********001X"),
        ("id_number", "430621700101001", "****"),
        ("address", "青石镇河东村第三组十二号", "青石镇河东村****"),
        ("address", "河东村 3 组", "****"),
    ],
)
def test_what_a_mask_shows(name: str, value: str | None, shown: str) -> None:
    assert access.mask(name, value) == shown


@pytest.mark.parametrize(
    ("name", "guarded", "shown"), [("赵丽华", True, "赵某"), ("赵丽华", False, "赵丽华"), ("", True, "")]
)
def test_reporters_names_are_masked_in_guarded_matters(name: str, guarded: bool, shown: str) -> None:
    assert access.mask_name(name, guarded=guarded) == shown


@pytest.mark.parametrize(
    ("accused", "actor", "registered_by", "excluded"),
    [
        (Accused(user_id=7), HANDLER, None, True),
        (Accused(leader_id=9), HANDLER, None, True),
        (Accused(unit_id=3), HANDLER, None, True),
        (Accused(unit_id=1), HANDLER, None, True),
        (Accused(unit_id=4), HANDLER, None, False),
        (Accused(user_id=8), HANDLER, None, True),
        (Accused(leader_id=11), HANDLER, None, True),
        (Accused(user_id=99), HANDLER, None, False),
        (Accused(), HANDLER, None, False),
        (Accused(unit_id=2), CLERK, None, True),
        (Accused(unit_id=2), CLERK, 5, False),
        (Accused(user_id=5), CLERK, 5, True),
        (Accused(unit_id=3), HANDLER, 7, True),
    ],
)
def test_whom_a_complaint_shuts_out(accused: Accused, actor: Actor, registered_by: int | None, excluded: bool) -> None:
    assert access.is_excluded(actor, accused, registered_by) == excluded


def test_the_command_line_is_shut_out_of_nothing_and_may_all() -> None:
    system = access.system(date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC))
    assert not access.is_excluded(system, Accused(unit_id=1))
    assert access.may(system, "no.such.verb")


def test_unknown_verbs_are_nobodys() -> None:
    for role in Role:
        assert not access.may(Actor(1, "x", "某", role), "no.such.verb")
        assert not access.may(Actor(1, "x", "某", role), "")


def test_nobody_may_write_who_only_reads() -> None:
    """§4: the auditor reads the trail alone; the inspector, statistician and archivist change nothing registered.

    Inspection findings are the inspector's own, a campaign's reports the statistician's.
    """
    own = {Role.INSPECTOR: ["file_fault.run"], Role.STATISTICIAN: ["milestone_report.edit"]}
    writing = {
        verb
        for verb in access.PERMISSIONS
        if verb.rpartition(".")[2] in ("edit", "register", "assign", "attach", "run")
    }
    for role in (Role.AUDITOR, Role.INSPECTOR, Role.STATISTICIAN, Role.ARCHIVIST):
        assert [verb for verb in sorted(writing) if role in access.PERMISSIONS[verb]] == own.get(role, [])
    assert [verb for verb, roles in access.PERMISSIONS.items() if Role.AUDITOR in roles] == [
        "home.view",
        "audit_entry.list",
        "list_columns.choose",  # which columns of the trail he sees: his own screen
    ]
