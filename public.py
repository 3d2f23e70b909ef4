"""The only pages without a login: notice, calendar feed, open list of assigned cases, health.

Nothing here reads a matter's text or a petitioner; notices are shown from their frozen bodies.
"""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext

from admin_views.notice_paper import paper_of
from models import db
from rules.roster_period import Period, month_of, period
from rules.words import RuleBroken
from services import cases as assigned_cases
from services import feed, gate, published, settings

pages = Blueprint("pages", __name__)

MONTHS_LISTED = 24
"""Published months offered under the notice."""


@pages.get("/")
@pages.get("/schedule")
def schedule() -> Any:
    """The notice of the current month."""
    return _month_page(period(month_of(_today())), is_current=True)


@pages.get("/schedule/<month>")
def schedule_of(month: str) -> Any:
    """The newest edition of a month."""
    return _month_page(_month(month))


@pages.get("/schedule/<month>/print")
def schedule_print(month: str) -> Any:
    """The same as an A4 paper with title and place for the seal."""
    asked = _month(month)
    notice = published.for_month(db.session(), asked)
    if notice is None:
        raise gate.NotHere("没有找到这个月的公示。")
    page = paper_of(notice, asked, back=url_for("pages.schedule_of", month=month))
    return _cached(make_response(page))


@pages.get("/schedule.ics")
def schedule_feed() -> Any:
    """The calendar feed: published sessions of last month and all later ones."""
    today = _today()
    since = period(period(month_of(today)).previous).first
    host = urlsplit(current_app.config["DESK_PUBLIC_URL"]).hostname or "petition-desk"
    name = settings.get(db.session(), "office_place_name", today) + "领导接访"
    body = feed.calendar(db.session(), since, current_app.config["DESK_TZ"], name, host)
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="schedule.ics"'
    return _cached(answer)


@pages.get("/cases")
def cases() -> Any:
    """The open list of assigned cases (F7)."""
    lines = assigned_cases.open_list(db.session())
    return _cached(make_response(render_template("public/cases.html", lines=lines, public_page="cases")))


@pages.get("/healthz")
def healthz() -> Any:
    """Alive, and the database answers."""
    db.session.execute(sa.select(1))
    return jsonify(status="ok")


def _month_page(asked: Period, *, is_current: bool = False) -> Any:
    notice = published.for_month(db.session(), asked)
    page = render_template(
        "public/schedule.html",
        public_page="schedule",
        asked=asked,
        notice=notice,
        body=notice.body if notice else {},
        lines=published.rows_of(notice, asked.key) if notice else [],
        months=_months(),
        today_key=_today().isoformat(),
    )
    code = 200 if notice is not None or is_current else 404
    return _cached(make_response(page, code))


def _months() -> list[Period]:
    """Months that have a notice, newest first."""
    found: set[str] = set()
    for notice in published.newest(db.session()):
        found |= {line["date"][:7] for line in notice.body["rows"]} | (
            {notice.period} if len(notice.period) > 4 else set()
        )
    return [period(key) for key in sorted(found, reverse=True)[:MONTHS_LISTED]]


def _month(text: str) -> Period:
    """The month in the address; anything else is not here."""
    try:
        asked = period(text)
    except RuleBroken as no:
        raise gate.NotHere(gettext("没有找到这个月的公示。")) from no
    if not asked.is_month:
        raise gate.NotHere(gettext("没有找到这个月的公示。"))
    return asked


def _today() -> date:
    today: date = current_app.extensions["desk_clock"]()[0]
    return today


def _cached(answer: Response) -> Response:
    """With an ETag of what it says; a reader who has it gets 304."""
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
