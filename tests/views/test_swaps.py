"""Exchanges on the screens: asked on the session's page, agreed to, approved; lists, the workbench, refusals (D5, C1, C14)."""

from typing import Any

import pytest

import models as m
from rules.reception_words import SwapState
from services import swaps
from tests.fixtures import reception


def asked(office: Any) -> m.Swap:
    """陈立国's 1 December for 林海's 16 December, asked by the office."""
    first, second = reception.roster(office)
    swap = swaps.ask(office.session, office.actor("clerk"), first, second, "县委会议")
    office.session.commit()
    return swap


def do(client: Any, row: Any, verb: str, **form: str) -> Any:
    path = f"/admin/{row.__tablename__}/{row.id}/do/{verb}"
    return client.post(path, data={"version": str(row.version)} | form, follow_redirects=True)


def test_from_asking_to_approval(office: Any, client_for: Any) -> None:
    """D5: each his own step, each on his own list; the notice is then behind."""
    first, second = reception.roster(office)
    reception.published(office)
    office.session.commit()
    asks = client_for("leader_in_charge")
    assert asks.get(f"/admin/reception_session/{second.id}/do/swap").status_code == 200
    page = do(asks, second, "swap", other_session_id=str(first.id), reason="县委会议").text
    assert "已提出，等陈立国同意" in page
    swap = office.reload(office.session.query(m.Swap).one())
    assert (second.leader.name, swap.state) == ("林海", SwapState.ASKED)
    clerk, head = client_for("clerk"), client_for("office_head")
    assert "待对方同意的调换" in clerk.get("/admin/").text
    assert "待我批准的调换" not in head.get("/admin/").text
    assert "等信访办负责人批准" in do(clerk, swap, "accept").text
    assert "待我批准的调换" in head.get("/admin/").text
    assert "林海 ⇄ 陈立国" in head.get("/admin/swap/").text
    page = do(head, office.reload(swap), "approve").text
    for text in ("已调换：林海 ⇄ 陈立国", "公示还是旧的，请重新公示", "原：林海", "何平"):
        assert text in page
    assert office.reload(second).leader.name == "陈立国"
    page = head.get(f"/admin/reception_session/details/?id={second.id}").text
    for text in ("原：林海（副书记）", "县委会议", "已调换"):
        assert text in page


def test_a_leader_agrees_to_what_waits_for_him(office: Any, client_for: Any) -> None:
    first, second = reception.roster(office)
    swaps.ask(office.session, office.actor("clerk"), first, second, "")
    office.session.commit()
    swap = office.session.query(m.Swap).one()
    client = client_for("leader_in_charge")
    assert "待我同意的调换" in client.get("/admin/").text
    assert "等信访办负责人批准" in do(client, swap, "accept").text
    assert "待我同意的调换" not in client.get("/admin/").text


@pytest.mark.parametrize(
    ("by", "form", "state", "said"),
    [
        ("clerk", {}, SwapState.ASKED, "已提出，等林海同意"),
        ("clerk", {"agreed": "y"}, SwapState.ACCEPTED, "已登记对方同意"),
        ("office_head", {"agreed": "y"}, SwapState.ACCEPTED, "已登记对方同意"),
        ("office_head", {"agreed": "y", "approved": "y"}, SwapState.APPROVED, "已调换"),
        ("clerk", {"agreed": "y", "approved": "y"}, SwapState.ACCEPTED, "已登记对方同意"),
        ("office_head", {"approved": "y"}, None, "对方领导同意后才能批准"),
    ],
)
def test_how_far_one_form_goes(
    office: Any, client_for: Any, by: str, form: dict[str, str], state: SwapState | None, said: str
) -> None:
    """Issue 3 point 3: the office head may do it all in one and says so; a clerk's form cannot approve."""
    first, second = reception.roster(office)
    office.session.commit()
    assert said in do(client_for(by), first, "swap", other_session_id=str(second.id), reason="县委会议", **form).text
    found = office.reload(first).leader.name, [swap.state for swap in office.session.query(m.Swap)]
    assert found == ("林海" if state is SwapState.APPROVED else "陈立国", [state] if state else [])


def test_a_stand_in_in_one_form(office: Any, client_for: Any) -> None:
    first, _second = reception.roster(office)
    office.session.commit()
    form = {"to_leader_id": str(office.leader("b").id), "reason": "外出", "agreed": "y", "approved": "y"}
    assert "孙丽 代 陈立国" in do(client_for("office_head"), first, "stand_in", **form).text
    assert office.reload(first).leader.name == "孙丽"


def test_a_leader_does_not_exchange_for_others(office: Any, client_for: Any) -> None:
    """C1: neither the button nor the post."""
    first, second = reception.roster(office)
    office.session.commit()
    client = client_for("leader_a")
    assert "do/swap" not in client.get(f"/admin/reception_session/details/?id={first.id}").text
    assert do(client, first, "swap", other_session_id=str(second.id), reason="有事").status_code == 422
    assert office.reload(first).leader.name == "陈立国"


@pytest.mark.parametrize(
    ("by", "verb", "form", "code"),
    [
        ("leader_a", "accept", {}, 422),
        ("clerk", "approve", {}, 403),
        ("leader_in_charge", "approve", {}, 403),
        ("office_head", "approve", {}, 422),
        ("inspector", "accept", {}, 403),
        ("handler_a", "accept", {}, 403),
        ("clerk", "decline", {"decision": ""}, 422),
        ("clerk", "withdraw", {"decision": "长" * 201}, 422),
        ("leader_in_charge", "withdraw", {"decision": "有事"}, 422),
        ("clerk", "accept", {"version": "99"}, 409),
        ("clerk", "nothing", {}, 404),
    ],
)
def test_a_wrong_step_changes_nothing(
    office: Any, client_for: Any, by: str, verb: str, form: dict[str, str], code: int
) -> None:
    swap = asked(office)
    assert do(client_for(by), swap, verb, **form).status_code == code
    assert office.reload(swap).state is SwapState.ASKED


def test_two_approvals_at_once(office: Any, client_for: Any) -> None:
    """C14: the second, from a page as old as the first's, meets 409 or a sentence; the sessions changed once."""
    swap = asked(office)
    swaps.accept(office.session, office.actor("clerk"), swap)
    office.session.commit()
    client, version = client_for("office_head"), str(swap.version)
    answers = [do(client, swap, "approve", version=version).status_code for _twice in range(2)]
    assert answers[0] == 200
    assert answers[1] in (409, 422)
    assert office.reload(swap).session.leader.name == "林海"
    assert swap.session.original_leader.name == "陈立国"


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_what_came_to_nothing_keeps_its_reason(office: Any, client_for: Any, verb: str) -> None:
    swap = asked(office)
    assert "那天也不在" in do(client_for("clerk"), swap, verb, decision="那天也不在").text
    page = client_for("clerk").get(f"/admin/reception_session/details/?id={swap.session_id}").text
    assert office.reload(swap).state.label in page
    assert office.reload(swap).session.leader.name == "陈立国"


@pytest.mark.parametrize("tab", ["waiting", "open", "approved", "all"])
def test_the_lists(office: Any, client_for: Any, tab: str) -> None:
    asked(office)
    page = client_for("clerk").get(f"/admin/swap/?tab={tab}").text
    assert ("陈立国 ⇄ 林海" in page) == (tab != "approved")
