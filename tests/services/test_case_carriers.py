"""Who carries a case sees its matter while he does, and records what was done; who may become one (F1, §3, C1)."""

import io
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import CaseStatus, DutyState, Purpose, RespondentKind, RuleBroken
from services import case_team, case_work, cases, gate, search_newest
from tests.fixtures import casework as made
from tests.fixtures.office import Office


def join(office: Office, case: m.Case, who: str, by: str = "clerk") -> m.CaseMember:
    return case_team.join(
        office.session, office.actor(by), case, case_team.Person(user_id=office.user(who).id, name="")
    )


def sees(office: Office, username: str, petition: m.Petition) -> bool:
    actor = office.actor(username)
    known = {
        gate.count(office.session, gate.rows(actor, model).where(key == petition.id)) > 0
        for model, key in ((m.Petition, m.Petition.id), (m.Contact, m.Contact.petition_id), (m.Leg, m.Leg.petition_id))
    }
    assert len(known) == 1, "the matter and what belongs to it are seen together"
    return known == {True}


@pytest.mark.db
@pytest.mark.parametrize("username", ["handler_b", "unit_head_b", "reporter_a", "leader_b"])
def test_a_member_sees_the_matter_until_he_leaves_the_team_f1_c1(office: Office, username: str) -> None:
    case = made.case(office)
    assert not sees(office, username, case.petition)
    row = join(office, case, username)
    assert sees(office, username, case.petition)
    found = search_newest.newest(office.session, office.actor(username), "河东村征地", 20)
    assert found == [case.petition_id]
    case_team.leave(office.session, office.actor("clerk"), row)
    assert not sees(office, username, case.petition)
    assert search_newest.newest(office.session, office.actor(username), "河东村征地", 20) == []


def test_the_person_responsible_sees_it_while_he_is_f1_c1(office: Office) -> None:
    case, clerk = made.case(office), office.actor("clerk")
    cases.edit(office.session, clerk, case, {"responsible_id": office.user("handler_b").id})
    assert sees(office, "handler_b", case.petition)
    cases.edit(office.session, clerk, case, {"responsible_id": office.user("handler_a").id})
    assert not sees(office, "handler_b", case.petition)


def _ended(office: Office, case: m.Case) -> None:
    case.status, case.ended_on = CaseStatus.CLOSED, office.today


def _guarded(office: Office, case: m.Case) -> None:
    case.petition.purpose = Purpose.REPORT


def _named(office: Office, case: m.Case) -> None:
    about = {"kind": RespondentKind.UNIT, "unit_id": office.unit("b").id, "name": "民政办"}
    office.session.add(m.Respondent(petition=case.petition, **about))


def _withdrew(office: Office, case: m.Case) -> None:
    him = office.user("handler_b")
    instead = office.user("unit_head_b").id
    office.session.add(
        m.Recusal(petition=case.petition, user=him, reason="亲属", withdrawn_on=office.today, to_user_id=instead)
    )


@pytest.mark.db
@pytest.mark.parametrize("happens", [_ended, _guarded, _named, _withdrew], ids=lambda one: one.__name__)
def test_what_ends_a_members_sight_f1_c2(office: Office, happens: Any) -> None:
    case = made.case(office)
    join(office, case, "handler_b")
    happens(office, case)
    office.session.flush()
    assert not sees(office, "handler_b", case.petition)


def test_a_role_without_matters_gains_none_by_a_team_c1(office: Office) -> None:
    case = made.case(office)
    for username in ("sysadmin", "auditor", "archivist"):
        user = office.user(username)
        office.session.add(m.CaseMember(case=case, user=user, name=user.name, joined_on=office.today))
    office.session.flush()
    assert not [one for one in ("sysadmin", "auditor", "archivist") if sees(office, one, case.petition)]


# what is true of the matter, who joins, who takes him in, sentence
REFUSED = {
    "no handling role": (None, "sysadmin", "clerk", "曹阳是系统管理员，不参加办案"),
    "guarded": (_guarded, "handler_b", "clerk", "冯静不能看这件检举控告（保密）事项"),
    "complained of": (_named, "handler_b", "clerk", "冯静或其单位是被反映的一方"),
    "withdrew": (_withdrew, "handler_b", "clerk", "此人应当回避"),
    "another unit's, by the unit": (None, "handler_b", "handler_a", "冯静不是本单位的人，请信访办或包案领导来选"),
}


@pytest.mark.parametrize(("happens", "who", "by", "words"), REFUSED.values(), ids=REFUSED)
def test_who_would_see_nothing_or_too_much_is_not_taken_in_f1_c2(
    office: Office, happens: Any, who: str, by: str, words: str
) -> None:
    case = made.case(office)
    if happens is not None:
        happens(office, case)
        office.session.flush()
        office.session.expire(case.petition)
    with pytest.raises(RuleBroken, match=re.escape(words)) as no:
        join(office, case, who, by)
    assert (no.value.field, case.members) == ("user_id", [])


def test_the_unit_takes_in_its_own_and_the_leader_anybody_f1(office: Office) -> None:
    case = made.case(office)
    join(office, case, "reporter_a", by="handler_a")
    join(office, case, "handler_b", by="leader_a")
    assert [sees(office, one, case.petition) for one in ("reporter_a", "handler_b")] == [True, True]
    responsible = {"responsible_id": office.user("unit_head_b").id}
    with pytest.raises(RuleBroken, match="责任人：卫红不是本单位的人"):
        cases.edit(office.session, office.actor("handler_a"), case, responsible)


@pytest.mark.parametrize("username", ["handler_b", "reporter_a"])
def test_a_member_records_what_was_done_and_changes_neither_plan_nor_team_c4(office: Office, username: str) -> None:
    case = made.case(office)
    join(office, case, username)
    actor = office.actor(username)
    line = case_work.note_progress(office.session, actor, case, "已与信访人见面")
    case_work.record_duty(office.session, actor, case.duties[0], DutyState.DOING, "走访")
    assert (line.by_id, case.duties[0].state) == (actor.user_id, DutyState.DOING)
    with pytest.raises(gate.Forbidden, match="只有包案领导、责任单位和信访办"):
        cases.edit(office.session, actor, case, {"plan": "改"})
    with pytest.raises(gate.Forbidden):
        join(office, case, "unit_head_b", by=username)


def test_every_screen_follows_a_members_sight_f1_c1(office: Office, client_for: Any) -> None:
    """Matter, case, list, search, export and attachment open with joining and are absent again after leaving."""
    case = made.case(office)
    file = m.Attachment(
        petition=case.petition,
        name="照片.pdf",
        stored_name="0" * 32,
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
    )
    office.session.add(file)
    office.session.commit()
    number, client = case.petition.number, client_for("handler_b")
    pages = (f"/admin/petition/details/?id={case.petition_id}", f"/admin/case/details/?id={case.id}")
    lists = ("/admin/petition/", "/admin/case/?tab=mine", "/admin/search/?q=河东村征地")
    attachment = sa.select(m.Attachment.id)

    def opened() -> list[bool]:
        shown = [client.get(page).status_code == 200 for page in pages]
        listed = [number in client.get(page).text for page in lists]
        table = zipfile.ZipFile(io.BytesIO(client.get("/admin/petition/export/xlsx/?reason=核对").data))
        exported = any(number.encode() in table.read(name) for name in table.namelist())
        known = gate.rows(office.actor("handler_b"), m.Attachment).with_only_columns(m.Attachment.id)
        return [
            *shown,
            *listed,
            exported,
            office.session.scalars(known).all() == office.session.scalars(attachment).all(),
        ]

    assert not any(opened())
    row = join(office, case, "handler_b")
    office.session.commit()
    assert all(opened()), opened()
    said = {"text": "已见面", "noted_on": "2026-11-21", "version": case.version}
    noted = client.post(f"/admin/case/{case.id}/do/note_progress", data=said)
    assert noted.status_code == 302
    case_team.leave(office.session, office.actor("clerk"), row)
    office.session.commit()
    assert not any(opened())
