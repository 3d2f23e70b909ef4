"""The only pages without a login: notice, calendar feeds, lobby screen, poster, open list of assigned cases, health.

Nothing here reads a matter's text or a petitioner; notices are shown from their frozen bodies. A page is rendered once
for each state of what was published (services.page_cache) and answered with ETag and Last-Modified.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext

import models as m
from admin_views import notice_paper
from models import db
from models.base import utcnow
from rules.roster_period import Period, month_of, period
from rules.words import RuleBroken
from services import cases as assigned_cases
from services import feed, gate, notice_changes, published
from services.page_cache import Page, PageCache

pages = Blueprint("pages", __name__)

MONTHS_LISTED = 24
"""Published months offered under the notice."""
LOBBY_LINES = 60
"""Coming sessions the lobby screen pages through at most."""
CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}
"""What a reader sends who has the page already."""
HTML, CALENDAR, SVG = "text/html", "text/calendar", "image/svg+xml"


@pages.record_once
def _keep_pages(state: BlueprintSetupState) -> None:
    state.app.extensions["desk_pages"] = PageCache()


@pages.get("/")
@pages.get("/schedule")
def schedule() -> Any:
    """The notice of the current month."""
    return _kept("month", lambda: _month_page(period(month_of(_today()))))


@pages.get("/schedule/<month>")
def schedule_of(month: str) -> Any:
    """The newest edition of a month."""
    return _kept_month("month", month, lambda: _month_page(_published(month)[0]))


@pages.get("/schedule/<month>/print")
def schedule_print(month: str) -> Any:
    """The same as an A4 paper with title and place for the seal."""
    return _kept_month("print", month, lambda: _paper(month))


@pages.get("/schedule/leader/<int:leader_id>")
def schedule_leader(leader_id: int) -> Any:
    """One leader's published days."""
    return _kept(f"leader {leader_id}", lambda: _leader_page(leader_id))


@pages.get("/schedule/lobby")
def schedule_lobby() -> Any:
    """The screen in the hall: today's leader large, coming days paged by themselves."""
    return _kept("lobby", _lobby_page)


@pages.get("/schedule/poster")
def schedule_poster() -> Any:
    """A poster with the QR code of the notice."""
    return _kept("poster", lambda: notice_paper.poster_of(_coming()))


@pages.get("/schedule/qr.svg")
def schedule_qr() -> Any:
    """The QR code of the notice's address; not here when the office has not said its address (DESK_PUBLIC_URL)."""
    return _kept("qr", notice_paper.qr_picture, kind=SVG)


@pages.get("/schedule.ics")
def schedule_feed() -> Any:
    """The calendar feed: published sessions of last month and all later ones."""
    return _kept("feed", _feed, kind=CALENDAR)


@pages.get("/schedule/leader/<int:leader_id>.ics")
def schedule_leader_feed(leader_id: int) -> Any:
    """One leader's feed; not here for somebody who was never published."""
    return _kept(f"feed {leader_id}", lambda: _feed(leader_id), kind=CALENDAR)


@pages.get("/cases")
def cases() -> Any:
    """The open list of assigned cases (F7)."""
    lines = assigned_cases.open_list(db.session())
    answer = make_response(render_template("public/cases.html", lines=lines, public_page="cases"))
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get("/healthz")
def healthz() -> Any:
    """Alive, and the database answers."""
    db.session.execute(sa.select(1))
    return jsonify(status="ok")


def _kept(key: str, make: Callable[[], str | bytes], kind: str = HTML) -> Response:
    """The page from the cache, or made now; a reader who has it gets 304."""
    today = _today()
    kept: PageCache = current_app.extensions["desk_pages"]
    told = kept.told(lambda: published.stamp(db.engine)) or (utcnow(),)  # nothing is kept before the first notice
    page = kept.page((told, today, _language()), key, lambda: _made(make(), kind, today))
    answer = Response(page.body, headers=page.headers)
    return answer.make_conditional(request) if CONDITIONS & request.environ.keys() else answer


def _kept_month(kind: str, month: str, make: Callable[[], str]) -> Any:
    """A month's page; for one without a notice, or no month at all, a 404 that leads to the months that have one."""
    try:
        return _kept(f"{kind} {month}", make)
    except gate.NotHere as no:
        asked = _month_asked(month)
        page = render_template(
            "public/unpublished.html", public_page="schedule", asked=asked, said=no.message, months=_months()
        )
        return page, 404, {"Cache-Control": "no-cache"}


def _language() -> str:
    """The reader's language as admin_views.base.locale says it, without asking who is logged in (a third of the answer's time)."""
    account = getattr(session, "account", None)
    return session.get("language") or (account.language if account else "zh")


def _made(text: str | bytes, kind: str, today: date) -> Page:
    """The finished page with the headers that tell a reader whether he has it."""
    answer = Response(text, mimetype=kind)
    answer.add_etag()
    answer.last_modified = _modified(today)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.vary.add("Cookie")
    if kind == CALENDAR:
        answer.headers["Content-Disposition"] = 'inline; filename="schedule.ics"'
    return Page(answer.data, tuple(answer.headers))


def _modified(today: date) -> datetime:
    """Since when the pages read so: the newest notice's moment, or today's first minute if that is later."""
    told = db.session().scalar(sa.select(sa.func.max(m.Notice.published_at)))
    begun = datetime.combine(today, time(), current_app.config["DESK_TZ"])
    return min(max(filter(None, (told, begun))), utcnow())


def _paper(month: str) -> str:
    asked, notice = _published(month)
    return notice_paper.paper_of(notice, asked, url_for("pages.schedule_of", month=month))


def _month_page(asked: Period) -> str:
    notice = published.for_month(db.session(), asked)
    body = notice.body if notice else {}
    return render_template(
        "public/schedule.html",
        public_page="schedule",
        asked=asked,
        notice=notice,
        body=body,
        lines=published.rows_of(notice, asked.key) if notice else [],
        changes=notice_changes.in_month(body.get("changes", []), asked.key),
        kinds=notice_changes.KINDS,
        tones=notice_changes.TONES,
        months=_months(),
        today_key=_today().isoformat(),
    )


def _leader_page(leader_id: int) -> str:
    lines = _of_leader(leader_id)
    return render_template(
        "public/leader.html",
        public_page="schedule",
        leader_id=leader_id,
        lines=lines,
        newest=next(one.line for one in reversed(lines) if one.line["leader_id"] == leader_id),
        coming=[one for one in lines if one.line["date"] >= _today().isoformat()],
        past=[one for one in lines if one.line["date"] < _today().isoformat()][::-1],
        today_key=_today().isoformat(),
    )


def _of_leader(leader_id: int) -> list[published.Line]:
    """His lines since last month; NotHere when he has none of his own."""
    found = published.of_leader(db.session(), leader_id, _last_month())
    if not any(one.line["leader_id"] == leader_id for one in found):
        raise gate.NotHere("没有找到这位领导的公示。")
    return found


def _lobby_page() -> str:
    coming = _coming()
    first = coming[0].line["date"] if coming else ""
    return render_template(
        "public/lobby.html",
        today=_today(),
        zone=str(current_app.config["DESK_TZ"]),
        body=coming[0].notice.body if coming else {},
        now=[one for one in coming if one.line["date"] == first],
        is_today=first == _today().isoformat(),
        later=[one for one in coming if one.line["date"] != first],
        address=notice_paper.public_address(),
    )


def _coming() -> list[published.Line]:
    """Published sessions from today on that were not called off."""
    today = _today()
    found = [one for one in published.lines(db.session(), today) if one.line["date"] >= today.isoformat()]
    return [one for one in found if not one.line["cancelled"]][:LOBBY_LINES]


def _feed(leader_id: int | None = None) -> bytes:
    found = published.lines(db.session(), _last_month()) if leader_id is None else _of_leader(leader_id)
    host = urlsplit(current_app.config["DESK_PUBLIC_URL"]).hostname or "petition-desk"
    return feed.calendar(found, current_app.config["DESK_TZ"], host, leader_id)


def _months() -> list[Period]:
    """Months that have a notice, newest first."""
    found: set[str] = set()
    for notice in published.newest(db.session()):
        found |= {line["date"][:7] for line in notice.body["rows"]} | (
            {notice.period} if len(notice.period) > 4 else set()
        )
    return [period(key) for key in sorted(found, reverse=True)[:MONTHS_LISTED]]


def _published(month: str) -> Any:
    """The month in the address with its notice. Raises NotHere: no month, or none that anything was published for."""
    asked = _month_asked(month)
    if asked is None:
        raise gate.NotHere(gettext("地址里的“%(month)s”不是月份，月份写成“2026-12”的样子。", month=month[:20]))
    notice = published.for_month(db.session(), asked)
    if notice is None and asked.last < _today():
        raise gate.NotHere(gettext("这个月没有公示过接访日程。"))
    if notice is None:
        raise gate.NotHere(gettext("这个月的接访日程尚未公示。"))
    return asked, notice


def _month_asked(month: str) -> Period | None:
    """The month an address names, if it names one."""
    try:
        asked = period(month)
    except RuleBroken:
        return None
    return asked if asked.is_month else None


def _last_month() -> date:
    return period(period(month_of(_today())).previous).first


def _today() -> date:
    today: date = current_app.extensions["desk_clock"]()[0]
    return today
