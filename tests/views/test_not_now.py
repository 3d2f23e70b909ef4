"""A button that is not for now says which it is: somebody else's to press, or not in this state, and what to do (C17)."""

from collections.abc import Callable

import pytest

import models as m
from services import case_team, disputes
from tests.fixtures import casework as made
from tests.fixtures.client import DeskClient
from tests.fixtures.office import Office

Clients = Callable[[str], DeskClient]
MOVES = "/admin/petition/{matter}/do/"

# who, the address, what he is told
REFUSED = {
    "a move of another unit": ("handler_b", MOVES + "reply", "“答复”由城建办办理；需要办理的，请告诉城建办。"),
    "the team's composition": ("handler_b", "/admin/case/{case}/do/join", "“加入专班”由城建办办理；需要办理的，请告诉城建办。"),
    "a move of another state": (
        "clerk", MOVES + "assign", "郑伟已办理“受理”，这件事项现在是“办理中”，不能再“交办”。“交办”在",
    ),
    "a settled dispute": ("clerk", "/admin/dispute/{dispute}/do/matter", "这条记录现在是“已化解”，不能“转为信访事项”；请刷新"),
    "a record without a state": ("clerk", "/admin/case_member/{member}/do/leave", "这条记录已经有了变化，现在不能“退出专班”"),
}  # fmt: skip


@pytest.mark.parametrize(("who", "address", "words"), REFUSED.values(), ids=REFUSED)
def test_a_refused_button_says_why(client_for: Clients, office: Office, who: str, address: str, words: str) -> None:
    session, clerk = office.session, office.actor("clerk")
    case = made.case(office, made.matter(office, steps="assign accept"))
    case_team.join(session, clerk, case, case_team.Person(user_id=office.user("handler_b").id))
    gone = case_team.join(session, clerk, case, case_team.Person(name="孙医生"))
    case_team.leave(session, clerk, gone)
    said = {"unit_id": office.unit("a").id, "place": "河东村", "cause": "宅基地", "found_on": office.today}
    dispute = disputes.save(session, clerk, m.Dispute(), said)
    disputes.settle(session, clerk, dispute, office.today, "双方和解")
    session.commit()
    page = client_for(who).get(
        address.format(matter=case.petition_id, case=case.id, dispute=dispute.id, member=gone.id)
    )
    assert page.status_code == 422
    assert words in page.text
