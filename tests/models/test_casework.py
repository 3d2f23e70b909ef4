"""What the database itself refuses of cases, closing files, signatures and visits: each constraint broken once."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import CaseStatus, ClosingStatus, Satisfaction, SignerRole
from tests.fixtures import casework as made
from tests.fixtures.office import Office

pytestmark = pytest.mark.db(long="postgres")


def second_running_leader(office: Office) -> None:
    case = made.case(office)
    values = {"number": "BA2026-900", "petition": case.petition, "leader": office.leader("b")}
    office.session.add(m.Case(assigned_on=office.today, **values))


def same_number(office: Office) -> None:
    case = made.case(office)
    other = made.matter(office)
    office.session.add(m.Case(number=case.number, petition=other, leader=office.leader("a"), assigned_on=office.today))


def ended_but_running(office: Office) -> None:
    made.case(office).ended_on = office.today


def closed_but_not_ended(office: Office) -> None:
    made.case(office).status = CaseStatus.CLOSED


def ended_before_it_began(office: Office) -> None:
    case = made.case(office)
    case.status, case.ended_on = CaseStatus.HANDED_OVER, made.day(office, -1)


def two_duties_in_one_place(office: Office) -> None:
    case = made.case(office)
    office.session.add(m.DutyItem(case=case, position=1, name="包协调"))


def two_files_of_one_case(office: Office) -> None:
    file = made.closing_file(office)
    office.session.add(m.ClosingFile(case_id=file.case_id, petition_id=file.petition_id))


def closed_without_a_day(office: Office) -> None:
    file = made.closing_file(office)
    office.session.add_all([signature(office, file, role=role) for role in SignerRole])
    office.session.flush()
    file.status = ClosingStatus.CLOSED


def a_day_without_closing(office: Office) -> None:
    made.closing_file(office).closed_on = office.today


def reopened_without_reason(office: Office) -> None:
    made.closing_file(office).status = ClosingStatus.REOPENED


def one_item_twice(office: Office) -> None:
    file = made.closing_file(office)
    office.session.add(m.ChecklistItem(closing_file=file, position=7, key="basic", label="基本案情材料"))


def waived_by_nobody(office: Office) -> None:
    made.closing_file(office).items[0].waived_reason = "不适用"


def signature(office: Office, file: m.ClosingFile, **values: Any) -> m.Signature:
    who = {"user_id": office.user("handler_a").id, "name": "郑伟", "signed_at": office.now, "signed_on": office.today}
    said = who | {"role": SignerRole.HANDLER, "digest": "0" * 64} | values
    return m.Signature(closing_file_id=file.id, **said)


def two_standing_signatures_in_one_role(office: Office) -> None:
    file = made.closing_file(office)
    office.session.add_all([signature(office, file), signature(office, file)])


def void_without_reason(office: Office) -> None:
    office.session.add(signature(office, made.closing_file(office), voided_at=office.now))


def made_without_opinion(office: Office) -> None:
    office.session.add(m.ReturnVisit(petition=made.matter(office), planned_on=office.today, made_on=office.today))


def opinion_without_visit(office: Office) -> None:
    office.session.add(
        m.ReturnVisit(petition=made.matter(office), planned_on=office.today, satisfaction=Satisfaction.GOOD)
    )


def dropped_though_made(office: Office) -> None:
    visit = m.ReturnVisit(petition=made.matter(office), planned_on=office.today, made_on=office.today)
    visit.satisfaction, visit.dropped_reason = Satisfaction.GOOD, "已去世"
    office.session.add(visit)


def signature_without_hash(office: Office) -> None:
    office.session.add(signature(office, made.closing_file(office), digest=""))


def kept_without_evidence(office: Office) -> None:
    file = made.closing_file(office)
    office.session.add(m.Promise(closing_file=file, text="补偿", due_on=office.today, kept_on=office.today))


def second_default_template(office: Office) -> None:
    made.closing_file(office)
    office.session.add(m.ClosingTemplate(name="另一份", is_default=True))


def retired_default_template(office: Office) -> None:
    office.session.add(m.ClosingTemplate(name="另一份", is_default=True, is_active=False))


def one_edition_twice(office: Office) -> None:
    edition = made.closing_file(office).edition
    again = {"edition": edition.edition, "items": edition.items, "made_on": office.today}
    office.session.add(m.ClosingEdition(template_id=edition.template_id, **again))


# the constraint's name (PostgreSQL; on SQLite the table stands in the message), what breaks it
BROKEN: dict[str, Callable[[Office], None]] = {
    "uq_case_running": second_running_leader,
    "uq_case_number": same_number,
    "ck_case_ended": ended_but_running,
    "ck_case_ended (closed)": closed_but_not_ended,
    "ck_case_order": ended_before_it_began,
    "uq_duty_item_case_id_position": two_duties_in_one_place,
    "uq_closing_file_case_id": two_files_of_one_case,
    "ck_closing_file_closed_on": closed_without_a_day,
    "ck_closing_file_closed_on (day)": a_day_without_closing,
    "ck_closing_file_reopen_reason": reopened_without_reason,
    "uq_checklist_item_closing_file_id_key": one_item_twice,
    "ck_checklist_item_waived_pair": waived_by_nobody,
    "uq_signature_valid": two_standing_signatures_in_one_role,
    "ck_signature_void_pair": void_without_reason,
    "ck_signature_digest": signature_without_hash,
    "ck_promise_kept_pair": kept_without_evidence,
    "uq_closing_template_default": second_default_template,
    "ck_closing_template_default": retired_default_template,
    "uq_closing_edition_template_id_edition": one_edition_twice,
    "ck_return_visit_made_pair": made_without_opinion,
    "ck_return_visit_made_pair (opinion)": opinion_without_visit,
    "ck_return_visit_dropped": dropped_though_made,
}
ENUMS = {
    "ck_case_casestatus": ("case", "status = 'nonsense', ended_on = assigned_on"),
    "ck_case_level": ("case", "level = 'nonsense'"),
    "ck_duty_item_dutystate": ("duty_item", "state = 'nonsense'"),
    "ck_closing_file_closingstatus": ("closing_file", "status = 'nonsense'"),
    "ck_closing_file_paperkind": ("closing_file", "paper = 'nonsense'"),
}


def is_named(office: Office, error: sa.exc.IntegrityError, constraint: str) -> bool:
    """PostgreSQL names the constraint; SQLite names checks, and a unique constraint's columns."""
    name, said = constraint.partition(" ")[0], str(error.orig)
    if office.session.get_bind().dialect.name == "sqlite" and name.startswith("uq_"):
        return "UNIQUE constraint failed" in said
    return name in said


@pytest.mark.parametrize(("constraint", "act"), BROKEN.items(), ids=BROKEN)
def test_the_database_refuses(office: Office, constraint: str, act: Callable[[Office], None]) -> None:
    act(office)
    with pytest.raises(sa.exc.IntegrityError) as broken:
        office.session.flush()
    assert is_named(office, broken.value, constraint)


@pytest.mark.parametrize(("constraint", "spot"), ENUMS.items(), ids=ENUMS)
def test_a_word_outside_its_list_is_refused(office: Office, constraint: str, spot: tuple[str, str]) -> None:
    made.closing_file(office)
    table, change = spot
    with pytest.raises(sa.exc.IntegrityError) as broken:
        office.session.execute(sa.text(f'update "{table}" set {change}'))
    assert is_named(office, broken.value, constraint)


def test_a_void_signature_leaves_room_for_the_next_h2(office: Office) -> None:
    file = made.closing_file(office)
    void = signature(office, file, voided_at=office.now, void_reason="改动")
    office.session.add_all([void, signature(office, file)])
    office.session.flush()
    assert len(file.signatures) == 2


# -- what triggers keep: (what is done in plain SQL past the office, what the database says)
FROZEN = {
    "closed without signatures": ("update closing_file set status = 'closed', closed_on = '2026-11-21'", "closed without"),
    "a signature's hash changed": ("update signature set digest = digest", "signed"),
    "a signature's text changed": ("update signature set signed_text = '{}'", "signed"),
    "a signature given to another": ("update signature set name = '李四'", "signed"),
    "a signature taken away": ("delete from signature", "kept|signed"),
    "a void signature revived": ("update signature set voided_at = null, void_reason = null where voided_at is not null", "signed"),
    "a signature's picture changed": ("update signature_image set media_type = 'image/jpeg'", "signed"),
    "an edition changed": ("update closing_edition set note = '改'", "edition|signed"),
    "an edition taken away": ("delete from closing_edition", "kept|signed"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "words"), FROZEN.values(), ids=FROZEN)
def test_the_database_keeps_what_was_signed_h1_h2(office: Office, statement: str, words: str) -> None:
    file = made.closing_file(office)
    given = signature(office, file)
    void = signature(office, file, voided_at=office.now, void_reason="改动")
    picture = {"is_drawn": True, "media_type": "image/png", "sha256": "0" * 64, "picture": b"x"}
    office.session.add_all([given, void, m.SignatureImage(closing_file=file, signature=given, **picture)])
    office.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match=words), office.session.begin_nested():
        office.session.execute(sa.text(statement))


def test_the_database_closes_with_three_signatures_and_keeps_them_h2(office: Office) -> None:
    file = made.closing_file(office)
    for role in SignerRole:
        office.session.add(signature(office, file, role=role))
    office.session.flush()
    file.status, file.closed_on = ClosingStatus.CLOSED, office.today
    office.session.flush()
    with pytest.raises(sa.exc.DBAPIError, match="signed"), office.session.begin_nested():
        office.session.execute(sa.text("update signature set voided_at = signed_at, void_reason = '悄悄作废'"))
