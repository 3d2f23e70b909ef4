"""A whole session written at once: every line or none (D7, C14)."""

from datetime import date
from typing import Any

import pytest

import models as m
from rules.words import Outcome, Purpose, RuleBroken, Stale
from services import gate, reception_grid, receptions
from services.reception_grid import Entry
from tests.fixtures import reception

NEW = {"visitor": "何桂芳", "demand": "自来水停了三天。", "people_count": 1, "purpose": Purpose.SEEK}


@pytest.fixture
def held(office: Any) -> m.ReceptionSession:
    place = {"held_on": date(2026, 11, 20), "starts": "09:00", "ends": "11:30", "leader_id": office.leader("a").id}
    return receptions.add(office.session, office.actor("clerk"), place)


def demands(office: Any, held: m.ReceptionSession) -> list[str]:
    rows = gate.rows(office.actor("clerk"), m.ReceptionRecord).where(m.ReceptionRecord.session_id == held.id)
    return [row.demand for row in office.session.scalars(rows.order_by(m.ReceptionRecord.id))]


@pytest.mark.db
def test_new_changed_and_untouched_lines(office: Any, held: m.ReceptionSession) -> None:
    kept, changed = reception.visitor(office, held), reception.visitor(office, held)
    same = {
        "visitor": kept.visitor,
        "demand": kept.demand,
        "people_count": 2,
        "place": "河东村",
        "phone": "",
        "cause": None,
    }
    given = {"demand": "路灯坏了。", "outcome": Outcome.SOLVED, "phone": ""}
    entries = [
        Entry(1, kept, str(kept.version), same),
        Entry(2, changed, str(changed.version), given),
        Entry(3, None, "", NEW),
    ]
    before = kept.version
    assert reception_grid.save(office.session, office.actor("clerk"), held, entries) == 2
    assert demands(office, held) == [kept.demand, "路灯坏了。", "自来水停了三天。"]
    assert (kept.version, changed.outcome, changed.phone) == (before, Outcome.SOLVED, "13800001234")


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"visitor": ""}, "visitor", "第 2 行，来访人：请填写。"),
        ({"demand": None}, "demand", "第 2 行，诉求：请填写。"),
        ({"people_count": 20_000}, "people_count", "第 2 行，人数：应为"),
        ({"outcome": Outcome.NOT_NOW}, "policy", "第 2 行，政策说明："),
        ({"due_on": date(2026, 11, 1)}, "due_on", "第 2 行，办理期限："),
    ],
)
@pytest.mark.db
def test_one_wrong_line_saves_none(office: Any, held: m.ReceptionSession, wrong: Any, field: str, said: str) -> None:
    entries = [Entry(1, None, "", NEW), Entry(2, None, "", NEW | wrong)]
    with pytest.raises(RuleBroken) as no:
        reception_grid.save(office.session, office.actor("clerk"), held, entries)
    assert (no.value.field, no.value.row, no.value.message.startswith(said)) == (field, 2, True)
    assert demands(office, held) == []


def test_a_line_somebody_else_changed_is_stale(office: Any, held: m.ReceptionSession) -> None:
    """C14: and a stale line that says nothing new harms nobody."""
    row = reception.visitor(office, held)
    shown = str(row.version)
    row.place = "石桥村"
    office.session.flush()
    assert (
        reception_grid.save(office.session, office.actor("clerk"), held, [Entry(1, row, shown, {"demand": row.demand})])
        == 0
    )
    with pytest.raises(Stale) as no:
        reception_grid.save(office.session, office.actor("clerk"), held, [Entry(1, row, shown, {"demand": "别的事。"})])
    assert no.value.row == 1


def test_another_leaders_sheet_is_forbidden(office: Any, held: m.ReceptionSession) -> None:
    with pytest.raises(gate.Forbidden):
        reception_grid.save(office.session, office.actor("leader_b"), held, [Entry(1, None, "", NEW)])


def test_the_current_session(office: Any, held: m.ReceptionSession) -> None:
    """Today's, else the last one held; a leader's own."""
    clerk = office.actor("clerk")
    assert reception_grid.current(office.session, clerk) is held
    assert reception_grid.current(office.session, office.actor("leader_a")) is held
    assert reception_grid.current(office.session, office.actor("leader_b")) is None
    later = {"held_on": date(2026, 12, 1), "starts": "09:00", "ends": "11:30", "leader_id": office.leader("b").id}
    receptions.add(office.session, clerk, later)
    assert reception_grid.current(office.session, clerk) is held
