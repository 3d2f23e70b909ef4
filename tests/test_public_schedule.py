"""Public pages by leader, lobby, poster, QR and feeds; what is kept and when it is made anew (D5, D6, J1)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events

import models as m
from rules.words import Purpose
from services import receptions, settings, swaps
from services.page_cache import LIMIT, Page, PageCache
from services.petitions import register
from services.registration import Person, Registration
from tests.fixtures import reception

PATHS = (
    "/", "/schedule/2026-12", "/schedule/2026-12/print", "/schedule.ics", "/schedule/leader/{mayor}",
    "/schedule/leader/{mayor}.ics", "/schedule/lobby", "/schedule/poster", "/schedule/qr.svg",
)  # fmt: skip
YEAR = (date(2026, 1, 1), date(2028, 1, 1))


@pytest.fixture
def public(client_for: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody from the street; the office has said its address."""
    monkeypatch.setitem(app.config, "DESK_PUBLIC_URL", "http://desk.example")
    return client_for("")


def december(office: Any) -> list[m.ReceptionSession]:
    """1 December 陈立国 (mayor), 16 December 林海; published."""
    rows = reception.roster(office)
    reception.published(office)
    return rows


def path_of(office: Any, path: str) -> str:
    return path.format(mayor=office.leader("mayor").id, in_charge=office.leader("in_charge").id)


def read_back(answer: Any) -> list[tuple[str, datetime, str, int]]:
    """The feed as a calendar program reads it: (uid, start, status, sequence) by start."""
    whole = icalendar.Calendar.from_ical(answer.data)
    assert [event.errors for event in whole.walk()] == [[]] * len(whole.walk())
    found = recurring_ical_events.of(whole).between(*YEAR)
    assert len(found) == len(whole.walk("VEVENT"))
    return sorted((str(e["UID"]), e["DTSTART"].dt, str(e["STATUS"]), e["SEQUENCE"]) for e in found)


def expected(rows: list[m.ReceptionSession], status: str, sequence: int) -> list[tuple[str, datetime, str, int]]:
    return sorted(
        (f"{row.uid}@desk.example", datetime.combine(row.held_on, datetime.min.time(), UTC) + timedelta(hours=1), status, sequence)
        for row in rows
    )  # fmt: skip


def test_the_whole_feed_reads_back_as_the_sessions(office: Any, public: Any) -> None:
    """Must show of issue 3: a year of sessions, no parse error, the same days and hours."""
    rows = reception.roster(office, "2027")
    reception.published(office, "2027")
    assert read_back(public.get("/schedule.ics")) == expected(rows, "CONFIRMED", 1)


def test_every_leaders_feed_reads_back_as_his_sessions(office: Any, public: Any) -> None:
    rows = reception.roster(office, "2027")
    reception.published(office, "2027")
    for key in ("mayor", "in_charge", "a", "b"):
        leader = office.leader(key)
        own = [row for row in rows if row.leader_id == leader.id]
        assert own
        assert read_back(public.get(f"/schedule/leader/{leader.id}.ics")) == expected(own, "CONFIRMED", 1)


def test_an_exchange_updates_every_subscribed_calendar(office: Any, public: Any) -> None:
    """The UIDs survive, SEQUENCE grows; what a leader gave away is cancelled in his feed and stands in the other's."""
    first, second = december(office)
    uids = [entry[0] for entry in read_back(public.get("/schedule.ics"))]
    swaps.exchange(office.session, office.actor("office_head"), first, second, "出差")
    reception.published(office)
    assert [(e[0], e[2], e[3]) for e in read_back(public.get("/schedule.ics"))] == [(u, "CONFIRMED", 2) for u in uids]
    for key, status in (("mayor", ["CANCELLED", "CONFIRMED"]), ("in_charge", ["CONFIRMED", "CANCELLED"])):
        found = read_back(public.get(f"/schedule/leader/{office.leader(key).id}.ics"))
        assert [(e[0], e[2], e[3]) for e in found] == [(u, s, 2) for u, s in zip(uids, status, strict=True)]


def test_a_session_called_off_is_cancelled_in_the_feeds(office: Any, public: Any) -> None:
    first, second = december(office)
    receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
    reception.published(office)
    assert read_back(public.get("/schedule.ics")) == sorted(
        expected([first], "CANCELLED", 2) + expected([second], "CONFIRMED", 2)
    )


def test_a_moved_session_keeps_its_uid(office: Any, public: Any) -> None:
    first, second = december(office)
    receptions.change(office.session, office.actor("clerk"), first, {"held_on": date(2026, 12, 3)})
    reception.published(office)
    assert read_back(public.get("/schedule.ics")) == expected([first, second], "CONFIRMED", 2)


def test_the_feed_says_how_often_to_look_again(office: Any, public: Any) -> None:
    december(office)
    whole = icalendar.Calendar.from_ical(public.get("/schedule.ics").data)
    assert whole["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert (str(whole["METHOD"]), str(whole["X-WR-CALNAME"])) == ("PUBLISH", "领导干部接访")


def test_a_leaders_page_shows_what_is_published_of_him(office: Any, public: Any) -> None:
    """D6: his days, position, division, phone; not what was changed since."""
    leader = office.leader("mayor")
    leader.division, leader.phone = "主持政府全面工作", "0000-1234500"
    first, _second = december(office)
    first.place, leader.phone = "镇礼堂", "0000-0000000"
    page = public.get(f"/schedule/leader/{leader.id}").text
    for text in (
        "陈立国",
        "镇长",
        "主持政府全面工作",
        "0000-1234500",
        "12月1日",
        "群众来访接待室",
        f"/schedule/leader/{leader.id}.ics",
    ):
        assert text in page
    for text in ("林海", "12月16日", "镇礼堂", "0000-0000000"):
        assert text not in page


def test_a_leaders_page_says_who_comes_instead(office: Any, public: Any) -> None:
    """D5."""
    first, _second = december(office)
    mayor = office.leader("mayor")
    public.get(f"/schedule/leader/{mayor.id}")
    swaps.stand_in(office.session, office.actor("office_head"), first, office.leader("a"), "出差")
    reception.published(office)
    assert public.get(f"/schedule/leader/{mayor.id}").status_code == 404  # no day of his own is left
    page = public.get(f"/schedule/leader/{office.leader('a').id}").text
    assert "原：陈立国" in page


@pytest.mark.parametrize("tail", ["", ".ics"])
@pytest.mark.parametrize("who", ["a", "nobody", "huge", "word", "negative"])
def test_a_leader_who_was_not_published_is_not_here(office: Any, public: Any, who: str, tail: str) -> None:
    december(office)
    ids = {"nobody": "999", "huge": "9" * 60, "word": "abc", "negative": "-1"}
    assert public.get(f"/schedule/leader/{ids.get(who) or office.leader(who).id}{tail}").status_code == 404


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("exchange", ["本版变更", "已调换", "12月1日 星期二：原陈立国 → 现林海"]),
        ("cancel", ["本版变更", "已取消", "12月1日 星期二 陈立国：县里开会"]),
        ("nothing", []),
    ],
)
def test_the_month_says_what_its_edition_changed(office: Any, public: Any, change: str, shown: list[str]) -> None:
    """D5: a short note under the title, for everybody."""
    first, second = december(office)
    if change == "exchange":
        swaps.exchange(office.session, office.actor("office_head"), first, second, "机密事由")
        reception.published(office)
    if change == "cancel":
        receptions.cancel(office.session, office.actor("clerk"), first, "县里开会")
        reception.published(office)
    page = public.get("/schedule/2026-12").text
    assert ("本版变更" in page) == bool(shown)
    assert all(text in page for text in shown)
    assert "机密事由" not in page


def lobby_sessions(office: Any, days: list[int]) -> None:
    """Sessions that many days from today, leaders in turn; published."""
    for day, key in zip(days, ("a", "b", "mayor", "in_charge"), strict=False):
        held = {"held_on": office.today + timedelta(days=day), "starts": "09:00", "ends": "10:00"}
        receptions.add(office.session, office.actor("clerk"), held | {"leader_id": office.leader(key).id})
    reception.published(office, "2026-11")


@pytest.mark.parametrize(
    ("days", "heading", "first"),
    [([0, 2], "今天接访", "赵明"), ([2, 3], "下一次接访", "赵明"), ([-3, 4], "下一次接访", "孙丽")],
)
def test_the_lobby_shows_todays_leader_first(
    office: Any, public: Any, days: list[int], heading: str, first: str
) -> None:
    lobby_sessions(office, days)
    page = public.get("/schedule/lobby").text
    now = page.split('class="now"')[1].split('class="later"')[0]
    assert heading in now
    assert f'<p class="who">{first}</p>' in now


def test_the_lobby_without_a_notice_says_so(office: Any, public: Any) -> None:
    page = public.get("/schedule/lobby")
    assert (page.status_code, "目前没有已公示的接访日" in page.text) == (200, True)


def test_the_lobby_needs_no_script(office: Any, public: Any) -> None:
    """Everything stands in the page; without a script it fetches itself again."""
    lobby_sessions(office, [0, 2, 3, 4])
    page = public.get("/schedule/lobby").text
    assert '<noscript><meta http-equiv="refresh" content="300"></noscript>' in page
    for name in ("赵明", "孙丽", "陈立国", "林海"):
        assert name in page
    assert "<li hidden" not in page


def test_the_poster_points_to_the_notice(office: Any, public: Any) -> None:
    december(office)
    page = public.get("/schedule/poster").text
    for text in ("/schedule/qr.svg", "http://desk.example/schedule", "12月1日 周二", "陈立国（镇长）"):
        assert text in page
    picture = public.get("/schedule/qr.svg")
    assert (picture.mimetype, picture.data[:5]) == ("image/svg+xml", b"<?xml")


def test_without_an_address_there_is_no_code(
    office: Any, public: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DESK_PUBLIC_URL", "")
    december(office)
    assert public.get("/schedule/qr.svg").status_code == 404
    page = public.get("/schedule/poster").text
    assert "/schedule/qr.svg" not in page
    assert "尚未设置公开网址" in page


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.db
def test_a_reader_who_has_it_gets_304(office: Any, public: Any, path: str) -> None:
    """By ETag and by date, until something is published; the answer to both has no body."""
    december(office)
    path = path_of(office, path)
    first = public.get(path)
    for header in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = public.get(path, headers=header)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert public.get(path).data == first.data
    assert "Cookie" in first.headers["Vary"]
    assert first.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("/", "/schedule/qr.svg")])
def test_a_new_edition_is_seen_at_once(office: Any, public: Any, path: str) -> None:
    first, _second = december(office)
    path = path_of(office, path)
    etag = public.get(path).headers["ETag"]
    receptions.change(office.session, office.actor("clerk"), first, {"starts": "08:00"})
    assert public.get(path, headers={"If-None-Match": etag}).status_code == 304  # not published yet
    reception.published(office)
    assert public.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_pages_follow_the_office_the_day_and_the_language(office: Any, public: Any, app: Any) -> None:
    """What a kept page depends on besides the notice."""
    december(office)
    chinese = public.get("/schedule/2026-12").text
    settings.put(office.session, office.actor("office_head"), "office_name", "青石镇信访办")
    assert "青石镇信访办" in public.get("/schedule/2026-12").text
    assert "青石镇信访办" not in chinese
    clock = app.extensions["desk_clock"]
    app.extensions["desk_clock"] = lambda: (date(2026, 12, 1), clock()[1])
    try:
        assert '<tr class="today">' in public.get("/schedule/2026-12").text
    finally:
        app.extensions["desk_clock"] = clock


def test_english_pages_are_kept_apart(office: Any, public: Any) -> None:
    december(office)
    chinese = public.get("/schedule/2026-12").text
    public.get("/language/en")
    english = public.get("/schedule/2026-12").text
    assert "December 2026" in english
    assert "December 2026" not in chinese


def test_nothing_of_petitioners_is_on_any_public_page(office: Any, public: Any) -> None:
    """J1, C2: the same to the byte with a guarded matter, visitors and appointments in the office."""
    december(office)
    paths = [path_of(office, path) for path in PATHS]
    before = [public.get(path).data for path in paths]
    clerk = office.actor("clerk")
    said = Registration(
        "visit", "举报。", office.today, people=[Person("司马长河", "13900009999")], purpose=Purpose.REPORT
    )
    register(office.session, clerk, said)
    held = {"held_on": office.today, "starts": "09:00", "ends": "10:00", "leader_id": office.leader("a").id}
    reception.visitor(office, receptions.add(office.session, clerk, held), visitor="欧阳青山")
    office.session.commit()
    public.application.extensions["desk_pages"] = PageCache()
    assert [public.get(path).data for path in paths] == before


@pytest.mark.parametrize("path", ["/schedule/lobby", "/schedule/poster", "/schedule/qr.svg", "/schedule/leader/1"])
def test_nobody_posts_here(office: Any, public: Any, path: str) -> None:
    assert public.post(path).status_code in (400, 405)


def test_odd_addresses_cannot_fill_the_memory() -> None:
    kept = PageCache()
    for number in range(3 * LIMIT):
        kept.page("state", number, lambda: Page(b"x", ()))
    assert len(kept._pages) <= LIMIT


def test_a_page_is_made_once_for_each_state() -> None:
    kept, made = PageCache(), list[str]()
    make: Callable[[], Page] = lambda: made.append("made") or Page(b"x", ())  # type: ignore[func-returns-value]  # noqa: E731
    for state in (1, 1, 2, 2, 1):
        kept.page(state, "key", make)
    assert len(made) == 3


def test_what_is_not_here_is_not_kept() -> None:
    kept = PageCache()

    def broken() -> Page:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            kept.page(1, "key", broken)
    assert kept.page(1, "key", lambda: Page(b"x", ())).body == b"x"
