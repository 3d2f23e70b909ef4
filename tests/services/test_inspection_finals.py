"""Final ones (三级终结, H6): listed by themselves, no open work, one wording, reported upward, later letters only registered."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import RuleBroken, Status
from services import export_inspection, gate, inspection_finals, workbench
from services.due_sources import items as due_items
from tests.fixtures.every_move import FIRST, PATHS
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office


def final(office: Office) -> tuple[m.Petition, m.FinalMatter]:
    petition = registered(office, FIRST)
    for place, verb in enumerate(PATHS[Status.FINAL].split(), start=1):
        move(office, petition, verb, FIRST + timedelta(place))
    found = sa.select(m.FinalMatter).where(m.FinalMatter.petition_id == petition.id).execution_options(gated=True)
    return petition, office.session.scalars(found).one()


def test_the_re_review_lists_the_matter_and_ends_its_work_h6(office: Office) -> None:
    petition, row = final(office)
    clerk = office.actor("clerk")
    assert (row.final_on, petition.status) == (FIRST + timedelta(8), Status.FINAL)
    open_ones = office.session.scalars(workbench.open_ones(gate.rows(clerk, m.Petition), clerk)).all()
    assert petition not in open_ones
    later = TODAY + timedelta(400)
    owed = [one.kind.key for one in due_items(office.session, clerk, later) if one.petition is petition]
    assert owed in ([], ["feedback"]), "only a date the letter named may still run"
    assert petition not in office.session.scalars(workbench.mine(gate.rows(clerk, m.Petition), clerk)).all()


def test_matters_that_ended_earlier_are_caught_up_once_h6(office: Office) -> None:
    _petition, row = final(office)
    day = row.final_on
    office.session.expunge(row)
    office.session.connection().exec_driver_sql("delete from final_matter")
    assert [inspection_finals.catch_up(office.session, office.actor("system")) for _ in range(2)] == [1, 0]
    found = office.session.scalars(sa.select(m.FinalMatter).execution_options(gated=True)).one()
    assert found.final_on == day


def test_one_wording_then_reported_upward_h6(office: Office) -> None:
    _petition, row = final(office)
    head, clerk = office.actor("office_head"), office.actor("clerk")
    with pytest.raises(RuleBroken, match="先确定口径"):
        inspection_finals.report(office.session, clerk, row, "县信访局", TODAY, "青信报〔2026〕9号")
    with pytest.raises(gate.Forbidden):
        inspection_finals.agree(office.session, clerk, row, "口径", "照常登记")
    inspection_finals.agree(office.session, head, row, inspection_finals.WORDING, inspection_finals.REMAINS)
    inspection_finals.report(office.session, clerk, row, "县信访局", TODAY, "青信报〔2026〕9号")
    assert (row.reported_on, row.report_number, row.worded_by) == (
        TODAY,
        "青信报〔2026〕9号",
        office.user("office_head"),
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to": " "}, "reported_to"), ({"number": ""}, "report_number"), ({"on": TODAY + timedelta(1)}, "reported_on"),
        ({"on": FIRST}, "reported_on"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_right_is_refused(office: Office, said: dict[str, Any], field: str) -> None:
    _petition, row = final(office)
    inspection_finals.agree(office.session, office.actor("office_head"), row, "口径", "照常登记")
    told = {"to": "县信访局", "on": TODAY, "number": "9号"} | said
    with pytest.raises(RuleBroken) as no:
        inspection_finals.report(office.session, office.actor("clerk"), row, **told)
    assert (no.value.field, row.reported_on) == (field, None)


@pytest.mark.parametrize(("wording", "remains", "field"), [(" ", "照常登记", "wording"), ("口径", "", "remains")])
def test_wording_and_what_remains_are_both_said_h6(office: Office, wording: str, remains: str, field: str) -> None:
    _petition, row = final(office)
    with pytest.raises(RuleBroken) as no:
        inspection_finals.agree(office.session, office.actor("office_head"), row, wording, remains)
    assert no.value.field == field


@pytest.mark.db
def test_letters_after_the_end_are_counted_and_printed_b6_h6(office: Office) -> None:
    """Registered, and nothing else: the matter stays where it is."""
    petition, row = final(office)
    first = petition.contacts[0]
    office.session.add(
        m.Contact(
            number="XF2026-900001", petition=petition, channel="letter", received_on=TODAY, registered_on=TODAY,
            demand="再次反映。", purpose=first.purpose,
        )
    )  # fmt: skip
    office.session.flush()
    assert inspection_finals.later_contacts(office.session, [row]) == {petition.id: 1}
    sheet = export_inspection.finals_sheet(office.session, office.actor("clerk"), [row])
    (line,) = sheet.lines()
    assert (line[1], line[5], line[7], line[8]) == (petition.number, "未定", "未上报", 1)
    assert petition.status is Status.FINAL
