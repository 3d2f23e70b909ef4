"""The pages without a login: only what was published, nothing of petitions (D6, F7, J1; design §6)."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest

import models as m
from rules.words import CaseStatus, Purpose, RespondentKind
from services import cases, handling, receptions, settings, swaps
from services.petitions import register
from services.registration import Accused, Person, Registration
from tests.fixtures import reception


def published_december(office: Any) -> list[m.ReceptionSession]:
    rows = reception.roster(office)
    reception.published(office)
    return rows


@pytest.fixture
def public(client_for: Any) -> Any:
    """Somebody from the street."""
    return client_for("")


def test_health(office: Any, public: Any) -> None:
    assert public.get("/healthz").json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/schedule"])
def test_the_first_page_is_this_month(office: Any, public: Any, path: str) -> None:
    """DESK_TODAY is 2026-11-21."""
    empty = public.get(path)
    assert (empty.status_code, "这个月的接访日程尚未公示" in empty.text) == (200, True)
    reception.roster(office, "2026-11")
    reception.published(office, "2026-11")
    page = public.get(path).text
    for text in ("2026年11月", "11月2日", "陈立国"):
        assert text in page


def test_the_month_shows_the_frozen_columns(office: Any, public: Any) -> None:
    """D6: name, position, division of work, office phone, time, place, form; the edition and its day."""
    office.leader("mayor").division, office.leader("mayor").phone = "主持政府全面工作", "0000-1234500"
    for key, text in (("office_place_name", "青石镇"), ("roster_remark", "每月1日、16日为领导接待日，遇节假日顺延。")):
        settings.put(office.session, office.actor("office_head"), key, text)
    first, _second = published_december(office)
    first.place = "镇礼堂"
    page = public.get("/schedule/2026-12").text
    shown = (
        "青石镇领导干部接访日程公示",
        "第 1 版",
        "2026年11月21日发布",
        "陈立国",
        "镇长",
        "主持政府全面工作",
        "0000-1234500",
    )
    for text in (*shown, "9:00–11:30", "定点接访", "群众来访接待室", "每月1日、16日为领导接待日"):
        assert text in page
    assert "镇礼堂" not in page


def test_the_newest_edition_with_who_was_to_come(office: Any, public: Any) -> None:
    """D5."""
    first, second = published_december(office)
    swaps.exchange(office.session, office.actor("office_head"), first, second, "县委会议")
    assert "原：" not in public.get("/schedule/2026-12").text
    reception.published(office)
    page = public.get("/schedule/2026-12").text
    for text in ("第 2 版", "原：陈立国", "原：林海"):
        assert text in page
    assert "县委会议" not in page


def test_a_session_called_off_is_said(office: Any, public: Any) -> None:
    first, _second = published_december(office)
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    reception.published(office)
    page = public.get("/schedule/2026-12").text
    assert "已取消" in page
    assert "县里开会" in page


def test_the_sheet_to_post(office: Any, public: Any) -> None:
    """D6: A4 with the official title and the place for the seal."""
    published_december(office)
    page = public.get("/schedule/2026-12/print").text
    for text in ("领导干部接访日程公示", "（盖章）", "2026年11月21日", "12月16日", "林海"):
        assert text in page


@pytest.mark.parametrize(
    "path",
    [
        "/schedule/2026-10",
        "/schedule/2026-13",
        "/schedule/2026",
        "/schedule/abc",
        "/schedule/2026-10/print",
        "/schedule/../admin/print",
        "/schedule/2026-12%00",
        "/schedule/9999-12",
        "/nothing",
    ],
)
def test_what_is_not_there(office: Any, public: Any, path: str) -> None:
    assert public.get(path).status_code == 404


# address, what it says
MONTHS = {
    "never published": ("/schedule/2025-03", "这个月没有公示过接访日程。"),
    "not yet published": ("/schedule/2031-05", "这个月的接访日程尚未公示。"),
    "its paper": ("/schedule/2031-05/print", "这个月的接访日程尚未公示。"),
    "no such month": ("/schedule/2026-13", "“2026-13”不是月份"),
    "a year": ("/schedule/2026", "“2026”不是月份"),
    "year 0": ("/schedule/0000-01", "“0000-01”不是月份"),
    "no month at all": ("/schedule/<b>abc", "“&lt;b&gt;abc”不是月份"),
}


@pytest.mark.parametrize(("path", "words"), MONTHS.values(), ids=MONTHS)
def test_a_month_without_a_notice_leads_to_those_that_have_one_d6(
    office: Any, public: Any, path: str, words: str
) -> None:
    published_december(office)
    page = public.get(path)
    assert page.status_code == 404
    assert words in page.text
    assert '<a href="/schedule/2026-12">' in page.text
    assert "搜索" not in page.text


def test_the_feed_reads_back(office: Any, public: Any) -> None:
    """Design §6: one plain VEVENT a session, SEQUENCE the edition."""
    published_december(office)
    answer = public.get("/schedule.ics")
    assert answer.mimetype == "text/calendar"
    found = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert [(e["DTSTART"].dt.date(), e["SEQUENCE"]) for e in found] == [(date(2026, 12, 1), 1), (date(2026, 12, 16), 1)]


@pytest.mark.parametrize("path", ["/", "/schedule/2026-12", "/schedule/2026-12/print", "/schedule.ics", "/cases"])
def test_a_reader_who_has_the_page_gets_304(office: Any, public: Any, path: str) -> None:
    """Until the content changes."""
    first, second = published_december(office)
    etag = public.get(path).headers["ETag"]
    assert public.get(path, headers={"If-None-Match": etag}).status_code == 304
    if "2026-12" in path:
        swaps.exchange(office.session, office.actor("office_head"), first, second, "")
        reception.published(office)
        assert public.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_nobody_posts_here(office: Any, public: Any) -> None:
    for path in ("/", "/schedule", "/schedule.ics", "/cases", "/healthz"):
        assert public.post(path).status_code in (400, 405)


def opened_case(office: Any, name: str, **said: Any) -> m.Case:
    """An assigned case of a matter that somebody brought."""
    clerk = office.actor("clerk")
    demand = f"{name}家的补偿款没有到位。"
    contact = register(
        office.session, clerk, Registration("visit", demand, office.today, people=[Person(name, "13900009999")], **said)
    )
    said = cases.Assignment(office.leader("a").id, unit_id=office.unit("a").id)
    return cases.assign(office.session, clerk, contact.petition, said)


@pytest.mark.db
def test_the_open_list_of_cases_names_no_petitioner(office: Any, public: Any) -> None:
    """F7: number, leader, unit, state, dates."""
    case = opened_case(office, "欧阳青山", place="河东村七组")
    page = public.get("/cases").text
    for text in (case.number, "赵明", "副镇长", "城建办", "包案中", "2026-11-21"):
        assert text in page
    for text in ("欧阳青山", "13900009999", "补偿款", "河东村七组", case.petition.number):
        assert text not in page


BROUGHT: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    (
        "欧阳青山", {"place": "河东村七组", "people_count": 6},
        ("欧阳青山", "青山", "13900009999", "河东村七组", "补偿款没有到位", "补偿款"),
    ),
    (
        "司徒明月",
        {"respondents": [Accused(RespondentKind.OUTSIDE, name="青石砂石厂")], "channel": "letter"},
        ("司徒明月", "青石砂石厂", "13900009999"),
    ),
    (
        "诸葛长风",
        {"people": [Person("诸葛长风", id_number="430102196001010011", phone="13700001234", address="河西村三组 18 号")]},
        ("诸葛长风", "430102196001010011", "13700001234", "河西村三组"),
    ),
)  # fmt: skip
"""Who brought a matter, what was registered, what may stand nowhere on the open list."""


def test_the_whole_source_of_the_open_list_tells_nothing_of_the_person_f7(office: Any, public: Any) -> None:
    """F7: number, category, leader, unit, state, dates; of several matters, running and closed, nothing else."""
    clerk, cases_of = office.actor("clerk"), []
    for name, said, _words in BROUGHT:
        told = {"channel": "visit", "people": [Person(name, "13900009999")]} | said
        demand = f"{name}家的补偿款没有到位。"
        petition = register(
            office.session, clerk, Registration(demand=demand, received_on=office.today, **told)
        ).petition
        assignment = cases.Assignment(
            office.leader("a").id, unit_id=office.unit("a").id, responsible_id=office.user("handler_a").id,
            direction=f"先与{name}见面", plan=f"到{name}家走访", reason=f"{name}指名",
        )  # fmt: skip
        cases_of.append(cases.assign(office.session, clerk, petition, assignment))
    ended = cases_of[-1]
    ended.status, ended.ended_on, ended.end_reason = CaseStatus.CLOSED, office.today, "诸葛长风已签字"
    office.session.flush()
    page = public.get("/cases").text
    assert all(case.number in page for case in cases_of)
    hidden = {word for _name, _said, words in BROUGHT for word in words}
    hidden |= {
        office.user("handler_a").name,
        "见面",
        "走访",
        "指名",
        "已签字",
        *(case.petition.number for case in cases_of),
    }
    assert {word for word in hidden if word in page} == set()


def test_a_voided_matter_leaves_the_open_list(office: Any, public: Any) -> None:
    case = opened_case(office, "欧阳青山")
    handling.move(office.session, office.actor("office_head"), case.petition, "void", {"reason": "重复登记"})
    assert case.number not in public.get("/cases").text


def test_guarded_matters_are_on_no_public_page(office: Any, public: Any) -> None:
    """J1, C2: the pages are the same to the byte with and without them."""
    published_december(office)
    opened_case(office, "欧阳青山")
    paths = ("/", "/schedule/2026-12", "/schedule.ics", "/cases")
    before = [public.get(path).data for path in paths]
    opened_case(office, "司马长河", purpose=Purpose.REPORT)
    opened_case(office, "上官云", is_secret=True)
    assert [public.get(path).data for path in paths] == before


def test_records_never_reach_the_public(office: Any, public: Any) -> None:
    """J1: who came to a session is not on its notice."""
    first, _second = reception.roster(office, "2026-11")
    reception.visitor(office, first, visitor="欧阳青山")
    reception.published(office, "2026-11")
    for path in ("/", "/schedule/2026-11", "/schedule/2026-11/print", "/schedule.ics", "/cases"):
        assert "欧阳青山" not in public.get(path).text


def test_english_is_offered(office: Any, public: Any) -> None:
    assert "/language/en" in public.get("/schedule").text


def test_days_of_an_unpublished_year_are_marked(office: Any, public: Any) -> None:
    """D2: 推定."""
    reception.roster(office, "2027-01")
    reception.published(office, "2027-01")
    page = public.get("/schedule/2027-01").text
    assert "日期为推定" in page
    assert "原 1月1日" in page


def test_today_stands_out(office: Any, public: Any) -> None:
    held = {"held_on": office.today, "starts": "09:00", "ends": "10:00", "leader_id": office.leader("a").id}
    receptions.add(office.session, office.actor("clerk"), held)
    receptions.add(office.session, office.actor("clerk"), held | {"held_on": office.today + timedelta(days=2)})
    reception.published(office, "2026-11")
    assert public.get("/").text.count('<tr class="today">') == 1
