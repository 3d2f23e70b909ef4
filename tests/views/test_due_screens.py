"""The digest, the nightly check and circulations in the browser's eyes: what stands on them, for whom, and what is refused (B8, B10)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import models as m
from rules.words import Purpose, RespondentKind
from services import dues
from services.registration import Accused
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

EARLIER = TODAY - timedelta(days=40)
Clients = Callable[[str], DeskClient]


@pytest.fixture
def late(office: Office) -> m.Petition:
    """Forwarded to unit A forty days ago and never accepted."""
    petition = registered(office, EARLIER, title="路灯不亮")
    move(office, petition, "forward", EARLIER)
    office.session.commit()
    return petition


def text_of(client: DeskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def test_the_digest_says_who_until_when_and_why(client_for: Clients, late: m.Petition) -> None:
    """Owner, unit, light in words, and the derivation in a fold beside it; registered 12 October, 15 days, due the 27th."""
    page = text_of(client_for("handler_a"), "/admin/digest/")
    for words in (late.number, "受理告知", "城建办", "超期 25 天", "单位收到 2026-10-12", "《信访工作条例》第二十三条"):
        assert words in page
    assert f'href="/admin/petition/details/?id={late.id}#dates"' in page
    assert late.number not in text_of(client_for("handler_b"), "/admin/digest/?whose=all")


def test_whose_dates(client_for: Clients, late: m.Petition) -> None:
    """The office starts with everything, and may ask for its own alone."""
    clerk = client_for("clerk")
    assert late.number in text_of(clerk, "/admin/digest/")
    assert late.number not in text_of(clerk, "/admin/digest/?whose=mine")
    assert "没有超期、今日到期或即将到期的事项" in text_of(clerk, "/admin/digest/?whose=mine")


def test_a_kind_has_a_screen_of_its_own(
    client_for: Clients, office: Office, late: m.Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8: the screen of all kinds shows the most urgent of each and leads to the rest; an unknown kind is all of them."""
    second = registered(office, EARLIER, title="井盖缺失")
    move(office, second, "forward", EARLIER)
    office.session.commit()
    monkeypatch.setattr(dues, "FEW", 1)
    clerk = client_for("clerk")
    both = text_of(clerk, "/admin/digest/")
    assert (late.number in both, second.number in both) == (True, False)
    assert 'href="/admin/digest/?whose=all&amp;kind=unit_accept"' in both
    assert "还有 1 个日期，全部列出" in both
    alone = text_of(clerk, "/admin/digest/?whose=all&kind=unit_accept")
    assert all(words in alone for words in (late.number, second.number, "看全部种类"))
    assert text_of(clerk, "/admin/digest/?kind=nonsense").count("<table") == both.count("<table")


def test_the_printed_digest_holds_numbers_and_dates_only(client_for: Clients, late: m.Petition) -> None:
    page = text_of(client_for("clerk"), "/admin/digest/print")
    assert late.number in page
    assert "路灯不亮" not in page
    assert "赵丽华" not in page


def test_a_matters_page_lists_all_its_dates(client_for: Clients, late: m.Petition) -> None:
    page = text_of(client_for("clerk"), f"/admin/petition/details/?id={late.id}")
    dates = page[page.index('id="dates"', page.index("现在可以")) :].partition("</section>")[0]
    assert re.findall(r"<b>([^<]+)</b>", dates) == ["异议退回", "受理告知"]
    assert "已过" in dates
    assert "超期 25 天" in dates


def test_in_review_the_list_names_the_upper_body(client_for: Clients, office: Office) -> None:
    """B6: neither the list nor the workbench shows the unit as late."""
    petition = registered(office, EARLIER)
    for verb in ("forward", "accept", "reply", "serve", "ask_review"):
        move(office, petition, verb, EARLIER)
    office.session.commit()
    clerk = client_for("clerk")
    assert "复查机关" in text_of(clerk, "/admin/petition/")
    assert "复查机关" in text_of(clerk, "/admin/")
    assert "县人民政府" in text_of(clerk, "/admin/digest/")


def test_the_check_says_what_lacks_and_offers_the_way(client_for: Clients, office: Office, late: m.Petition) -> None:
    """Not run yet, run by hand, mended by the move it links to; the workbench has a line."""
    clerk = client_for("clerk")
    assert "还没有检查过" in text_of(clerk, "/admin/check_run/")
    late.unit_id = None
    office.session.commit()
    assert clerk.post("/admin/check_run/run").status_code == 302
    page = text_of(clerk, "/admin/check_run/")
    for words in ("没有责任单位", late.number, "请收回后重新交办", f"/admin/petition/{late.id}/do/recall", "王敏"):
        assert words in page
    assert "夜间检查：1 处要改" in text_of(clerk, "/admin/")
    assert late.number not in text_of(client_for("handler_b"), "/admin/check_run/")


def test_wrong_dates_are_computed_again_by_the_head(client_for: Clients, office: Office, late: m.Petition) -> None:
    clock = next(clock for clock in late.clocks if clock.term == "unit_accept")
    right = clock.breach_on
    clock.due_on = clock.breach_on = right + timedelta(days=3)
    office.session.commit()
    head, clerk = client_for("office_head"), client_for("clerk")
    head.post("/admin/check_run/run")
    assert "期限与规则不符" in text_of(head, "/admin/check_run/")
    assert clerk.post("/admin/check_run/mend").status_code == 403
    assert head.post("/admin/check_run/mend").status_code == 302
    office.session.expire_all()
    assert (clock.breach_on, late.breach_on) == (right, right)
    assert "期限与规则不符" not in text_of(head, "/admin/check_run/")


def issued(client: DeskClient, **asked: Any) -> Any:
    return client.post(
        "/admin/circulation/issue", data={"as_of": str(TODAY), "asked": "1", "kind": "unit_accept", **asked}
    )


def test_a_circulation_from_draft_to_the_units_copy(client_for: Clients, office: Office, late: m.Petition) -> None:
    """Draft, issue, the unit's own list, its print and its files."""
    head = client_for("office_head")
    assert late.number in text_of(head, f"/admin/circulation/draft/?as_of={TODAY}")
    answer = issued(head)
    assert answer.status_code == 302
    unit = client_for("unit_head_a")
    assert "信通〔2026〕1号" in text_of(unit, "/admin/circulation/")
    for path in (answer.location, answer.location.replace("details/?id=1", "1/print")):
        page = text_of(unit, path)
        assert late.number in page
        assert "路灯不亮" not in page
    for form in ("xlsx", "docx"):
        sent = unit.get(f"/admin/circulation/1/table/{form}/?reason=存档")
        assert (sent.status_code, len(sent.data) > 3000) == (200, True)
    other = client_for("unit_head_b")
    assert "没有点到本单位的通报" in text_of(other, "/admin/circulation/")
    for path in (answer.location, "/admin/circulation/1/print", "/admin/circulation/1/table/xlsx/?reason=x"):
        text_of(other, path, 404)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"as_of": "2030-01-01"}, "截至日期：不能晚于今天"),
        ({"from_on": "2020-01-01"}, "一次最多通报一年"),
        ({"kind": "review"}, "请至少选一种"),
        ({"as_of": "2026-09-01"}, "没有逾期的事项"),
    ],
)
def test_a_circulation_that_cannot_be_issued(
    client_for: Clients, office: Office, late: m.Petition, asked: dict[str, str], sentence: str
) -> None:
    """Bad input: the sentence, 422, nothing written."""
    answer = issued(client_for("office_head"), **asked)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert office.session.query(m.Circulation).count() == 0


def test_a_guarded_matter_is_on_the_digest_of_who_may_see_it_only(client_for: Clients, office: Office) -> None:
    """§3: neither the accused unit's digest nor any circulation shows it; counts neither."""
    accused = Accused(RespondentKind.UNIT, office.unit("a").id, "城建办")
    petition = registered(office, EARLIER, purpose=Purpose.REPORT, respondents=[accused])
    move(office, petition, "forward", EARLIER, unit_id=office.unit("b").id)
    office.session.commit()
    assert petition.number in text_of(client_for("handler_b"), "/admin/digest/")
    assert petition.number not in text_of(client_for("handler_a"), "/admin/digest/?whose=all")
    assert petition.number not in text_of(client_for("office_head"), "/admin/circulation/draft/")
