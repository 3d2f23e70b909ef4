"""The screens of sign-ups and invitations (预约约访): proposals, the session's line, the leader's sheet, refusals (D11)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.reception_words import AppointmentKind, AppointmentState
from rules.words import RespondentKind
from services import appointments, receptions
from tests.fixtures.appointments import CALLER, DAY, acting, caller, session_of
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

Clients = Callable[[str], DeskClient]
State = AppointmentState
NEW = "/admin/appointment/new/"
SENT = CALLER | {"purpose": "seek", "kind": "sign_up"}


def rows(office: Office) -> list[m.Appointment]:
    office.session.expire_all()
    return list(office.session.scalars(sa.select(m.Appointment).order_by(m.Appointment.id)))


def path(row: m.Appointment, verb: str) -> str:
    return f"/admin/appointment/{row.id}/do/{verb}"


def test_the_office_proposes_and_the_choice_is_saved(office: Office, client_for: Clients) -> None:
    office.leader("a").division = "分管村镇建设、交通"
    held, _other = session_of(office), session_of(office, "b", date(2026, 12, 2))
    client = client_for("clerk")
    page = client.post(NEW, data=SENT).text
    assert page.index("赵明") < page.index("孙丽")
    assert "诉求提到“路灯”，属于其分管的“村镇建设”。" in page
    assert rows(office) == []
    answer = client.post(NEW, data=SENT | {"session_id": held.id})
    assert answer.status_code == 302
    (row,) = rows(office)
    assert (row.session_id, row.is_leader_chosen, row.by.username) == (held.id, False, "clerk")
    shown = client.get(answer.location).text
    assert "138****1234" in shown
    assert "13800001234" not in shown


def test_the_leader_the_petitioner_asks_for(office: Office, client_for: Clients) -> None:
    """D11: he may choose; only that leader's sessions are shown, and that it was his choice is kept."""
    session_of(office)
    held, client = session_of(office, "b", date(2026, 12, 2)), client_for("clerk")
    wanted = SENT | {"wanted_leader_id": office.leader("b").id}
    page = client.post(NEW, data=wanted).text
    assert f'name="session_id" value="{held.id}"' in page
    assert page.count('type="radio" name="session_id"') == 1
    assert client.post(NEW, data=wanted | {"session_id": held.id}).status_code == 302
    assert rows(office)[0].is_leader_chosen


# what is changed, the sentence
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"visitor": ""}, "请填写"),
    "no demand": ({"demand": ""}, "请填写"),
    "odd phone": ({"phone": "村长家"}, "不像电话号码"),
    "no number": ({"people_count": "many"}, ""),
    "too many people": ({"people_count": "10001"}, "应为 1 至 10000"),
    "a group without names": ({"people_count": "30"}, "请写明代表姓名"),
    "six representatives": ({"people_count": "30", "representatives": "一、二、三、四、五、六"}, "最多 5 人"),
    "no such purpose": ({"purpose": "dream"}, "没有这个选项"),
    "no such kind": ({"kind": "dream"}, "没有这个选项"),
    "no such matter": ({"petition_id": "99999"}, "没有这个选项"),
    "no such unit": ({"respondent_unit_id": "99999"}, "没有这个选项"),
    "no such leader": ({"wanted_leader_id": "99999"}, "没有这个选项"),
    "an invitation without a reason": ({"kind": "invitation"}, "请填写为什么约请"),
    "invited tomorrow": ({"kind": "invitation", "reason": "急", "invited_on": "2026-11-22"}, "不能晚于今天"),
    "no date": ({"kind": "invitation", "reason": "急", "invited_on": "昨天"}, "日期应为"),
    "a walk-in before the closing hour": ({"kind": "walk_in"}, "预约还没有截止"),
    "too long": ({"place": "长" * 101}, "最多 100 个字"),
}


@pytest.mark.parametrize(("changed", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_answered_with_a_sentence(
    office: Office, client_for: Clients, changed: dict[str, Any], words: str
) -> None:
    held = session_of(office)
    answer = client_for("clerk").post(NEW, data=SENT | {"session_id": held.id} | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows(office) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda o: session_of(o, day=date(2026, 11, 20)), "已经过去"),
        (lambda o: session_of(o, day=TODAY), "截止，到场后请按现场登记"),
        (lambda o: session_of(o, ""), "还没有接访领导"),
    ],
    ids=["past", "closed", "nobody sits there"],
)
def test_a_session_that_takes_nobody(office: Office, client_for: Clients, make: Any, words: str) -> None:
    held = make(office)
    answer = client_for("clerk").post(NEW, data=SENT | {"session_id": held.id})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_line_typed_on_the_sessions_page(office: Office, client_for: Clients) -> None:
    held, client = session_of(office), client_for("clerk")
    page = f"/admin/reception_session/details/?id={held.id}"
    assert "预约到 11-30 17:00 截止，还可约 10 批。" in client.get(page).text
    sent = {
        "session_id": held.id,
        "kind": "sign_up",
        "purpose": "seek",
        "back": "session",
        "visitor": "胡大年",
        "demand": "路灯",
    }
    answer = client.post(NEW, data=sent)
    assert answer.location.startswith(page)
    shown = client.get(page).text
    assert "第 1 位" in shown
    assert "还可约 9 批" in shown


def test_received_from_the_page(office: Office, client_for: Clients) -> None:
    """到访接待 leads to the reception record."""
    held = session_of(office, day=TODAY)
    row = caller(office, held, AppointmentKind.WALK_IN)
    client = client_for("clerk")
    answer = client.post(path(row, "receive"), data={"version": row.version})
    assert answer.status_code == 302
    assert "reception_record/details" in answer.location
    assert rows(office)[0].state == State.RECEIVED
    assert client.post(path(row, "receive"), data={"version": row.version}).status_code == 422


def test_a_stale_form_is_refused(office: Office, client_for: Clients) -> None:
    row = caller(office, session_of(office))
    sent = {"version": row.version, "reason": "来电取消"}
    appointments.change(office.session, office.actor("clerk"), row, {"place": "河西村"})
    assert client_for("clerk").post(path(row, "cancel"), data=sent).status_code == 409
    assert rows(office)[0].state == State.EXPECTED


def test_the_brief_is_drafted_edited_and_read_by_the_leader(office: Office, client_for: Clients) -> None:
    """接访准备: on the session's page and the workbench of the leader who receives."""
    petition = registered(office, date(2026, 11, 2))
    for verb, day in (("assign", 3), ("accept", 4), ("reply", 10)):
        move(office, petition, verb, date(2026, 11, day))
    held = session_of(office)
    row, client = caller(office, held, petition_id=petition.id), client_for("clerk")
    assert "请城建办补充" in client.get(path(row, "brief")).text
    assert (
        client.post(path(row, "brief"), data={"version": row.version, "brief": "城建办拟三日内维修。"}).status_code
        == 302
    )
    leader = client_for("leader_a")
    assert "城建办拟三日内维修。" in leader.get(f"/admin/reception_session/details/?id={held.id}").text
    assert "有接访准备" in leader.get("/admin/").text
    assert leader.get(f"/admin/petition/details/?id={petition.id}").status_code == 200, "he is to receive it"
    other = client_for("leader_b")
    assert "城建办拟三日内维修。" not in other.get(f"/admin/reception_session/details/?id={held.id}").text
    assert other.get(f"/admin/appointment/details/?id={row.id}").status_code == 404
    assert other.get(f"/admin/appointment/session/{held.id}/sheet").status_code == 403


def test_the_days_sheet_in_the_order_of_the_line(office: Office, client_for: Clients) -> None:
    held = session_of(office)
    caller(office, held, visitor="先来的", people_count=8, representatives="先来的、李四")
    gone = caller(office, held, visitor="取消的")
    caller(office, held, visitor="后来的")
    appointments.cancel(office.session, office.actor("clerk"), gone, "来电取消")
    for reader in ("clerk", "leader_a"):
        page = client_for(reader).get(f"/admin/appointment/session/{held.id}/sheet").text
        assert page.index("先来的") < page.index("后来的")
        assert "取消的" not in page
        assert "先来的、李四" in page
        assert "13800001234" not in page


def test_all_who_wait_are_first_next_time(office: Office, client_for: Clients) -> None:
    held = session_of(office, day=TODAY)
    following = session_of(office)
    for name in ("甲一", "乙二"):
        caller(office, held, AppointmentKind.WALK_IN, visitor=name)
    answer = client_for("clerk").post(f"/admin/appointment/session/{held.id}/carry")
    assert answer.status_code == 302
    assert [(row.visitor, row.state, row.session_id) for row in rows(office)] == [
        ("甲一", State.CARRIED, held.id), ("乙二", State.CARRIED, held.id),
        ("甲一", State.EXPECTED, following.id), ("乙二", State.EXPECTED, following.id),
    ]  # fmt: skip


def test_carrying_over_without_a_next_session_changes_nothing(office: Office, client_for: Clients) -> None:
    held = session_of(office, day=TODAY)
    caller(office, held, AppointmentKind.WALK_IN)
    answer = client_for("clerk").post(f"/admin/appointment/session/{held.id}/carry")
    assert answer.status_code == 422
    assert "后面没有已排定的场次" in answer.text
    assert [row.state for row in rows(office)] == [State.EXPECTED]


def test_the_phone_is_revealed_with_a_reason_in_the_trail(office: Office, client_for: Clients) -> None:
    row, client = caller(office, session_of(office)), client_for("clerk")
    assert "13800001234" not in client.get(f"/admin/appointment/edit/?id={row.id}").text
    assert client.post(path(row, "reveal"), data={"version": row.version, "reason": ""}).status_code == 422
    answer = client.post(path(row, "reveal"), data={"version": row.version, "reason": "通知改期"})
    assert "13800001234" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    entry = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.action == "reveal")).one()
    assert entry.table_name == "appointment"


@pytest.mark.parametrize("who", ["leader_a", "inspector"])
def test_others_read_and_do_not_write(office: Office, client_for: Clients, who: str) -> None:
    row, client = caller(office, session_of(office)), client_for(who)
    assert client.get(f"/admin/appointment/details/?id={row.id}").status_code == 200
    assert client.get(NEW).status_code == 403
    assert client.post(path(row, "cancel"), data={"version": row.version, "reason": "x"}).status_code == 403
    assert rows(office)[0].state == State.EXPECTED


def test_the_desk_is_told_what_waits(office: Office, client_for: Clients) -> None:
    """Workbench: tomorrow's sign-ups, briefs missing, those nobody can receive."""
    caller(office, session_of(office, day=date(2026, 11, 23)), by=acting(office, "clerk", date(2026, 11, 19)))
    gone = caller(office, session_of(office, "b", DAY))
    receptions.cancel(office.session, office.actor("clerk"), gone.session, "会议")
    page = client_for("clerk").get("/admin/").text
    for tile in ("下一工作日的预约", "缺接访准备", "需另行安排的预约"):
        assert tile in page
    listed = client_for("clerk").get("/admin/appointment/?tab=adrift").text
    assert f"details/?id={gone.id}" in listed


def test_the_accused_is_neither_offered_nor_accepted(office: Office, client_for: Clients) -> None:
    """§3: a guarded purpose about a leader: his sessions are not proposed, he is no choice, 422 says nothing more."""
    his, free = session_of(office), session_of(office, "b", date(2026, 12, 2))
    client = client_for("clerk")
    leader = office.leader("a")
    sent = SENT | {"purpose": "report", "respondent_leader_id": leader.id}
    page = client.post(NEW, data=sent).text
    assert f'name="session_id" value="{free.id}"' in page
    assert f'name="session_id" value="{his.id}"' not in page
    wanted = page[page.index('name="wanted_leader_id"') :]
    assert f'<option value="{leader.id}"' not in wanted[: wanted.index("</select>")]
    answer = client.post(NEW, data=sent | {"session_id": his.id})
    assert answer.status_code == 422
    assert "这一场不能接待这件事，请另选一场。" in answer.text
    assert client.post(NEW, data=sent | {"wanted_leader_id": leader.id}).status_code == 422
    assert rows(office) == []
    assert client.post(NEW, data=sent | {"session_id": free.id}).status_code == 302
    row = rows(office)[0]
    offered = client.get(path(row, "reschedule")).text
    assert f'<option value="{his.id}"' not in offered
    refused = client.post(path(row, "reschedule"), data={"version": row.version, "session_id": his.id})
    assert refused.status_code == 422


def test_a_matter_about_a_leader_is_not_received_by_him(office: Office, client_for: Clients) -> None:
    """The linked matter's respondents count as those named on the form; the address of a hidden matter leads nowhere."""
    petition = registered(office, TODAY, purpose="report")
    leader = office.leader("a")
    office.session.add(
        m.Respondent(petition=petition, kind=RespondentKind.LEADER, leader_id=leader.id, name=leader.name)
    )
    his = session_of(office)
    client = client_for("clerk")
    form = client.get(f"{NEW}?petition_id={petition.id}").text
    wanted = form[form.index('name="wanted_leader_id"') :]
    assert f'<option value="{leader.id}"' not in wanted[: wanted.index("</select>")]
    answer = client.post(NEW, data=SENT | {"petition_id": petition.id, "session_id": his.id})
    assert answer.status_code == 422


def test_other_purposes_only_warn(office: Office, client_for: Clients) -> None:
    """§3: a demand on the building office must reach the building office."""
    held, client = session_of(office), client_for("clerk")
    sent = SENT | {"respondent_leader_id": office.leader("a").id, "session_id": held.id}
    page = client.post(NEW, data=sent, follow_redirects=True).text
    assert "赵明是被反映人或与被反映单位有关" in page
    assert len(rows(office)) == 1
