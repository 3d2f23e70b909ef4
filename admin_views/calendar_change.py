"""What a changed calendar moves, as its page shows it: old day → new day, in the reader's language (D2)."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views.base import current_actor, show
from admin_views.wording import month_day, said, short_weekday
from rules.calendar_days import DayInfo
from services.calendar_change import Plan
from services.calendar_moves import NOBODY, Move, What

TITLES = {
    What.SESSION: ("sessions", "变动的接访场次", "领导、规则"),
    What.DUTY: ("duties", "变动的值班", "领导、规则"),
    What.CLOCK: ("clocks", "变动的办理期限", "事项"),
}


def change_screen(plan: Plan) -> dict[str, Any]:
    """`groups` of moves, `tiles`, and how a day and its kind are said."""
    groups = [
        {"id": key, "title": gettext(title), "head": gettext(head), "moves": [_line(move) for move in plan.of(what)]}
        for what, (key, title, head) in TITLES.items()
    ]
    tiles = [{"label": one["title"], "value": len(one["moves"]), "url": f"#{one['id']}"} for one in groups]
    return {"groups": groups, "tiles": tiles, "day": day_said, "what": kind_said}


def day_said(day: date) -> str:
    """1月4日 周日, with its year when it is not this one."""
    year = "" if day.year == current_actor().today.year else f"{day.year}-"
    return f"{year}{day:%m-%d} {short_weekday(day)}" if year else f"{month_day(day)} {short_weekday(day)}"


def kind_said(info: DayInfo) -> str:
    """法定节假日（元旦）."""
    note = said(info.note)
    return f"{show(info.kind)}（{note}）" if note else show(info.kind)


def _line(move: Move) -> dict[str, Any]:
    new = day_said(move.new) if move.new else ""
    tag = None if move.new else {"text": gettext("不安排"), "kind": "late"}
    return {
        "label": _named(move),
        "old": day_said(move.old) if move.old else gettext("新增"),
        "new": new,
        "tag": tag,
        "note": gettext(move.note) if move.note else "",
        "url": _url(move),
    }


def _named(move: Move) -> str:
    """A deadline by its number and term; a session or duty day by the leader and the rule, as the office calls them."""
    if move.what == What.CLOCK:
        return said(move.label)
    return move.label.replace(NOBODY, gettext("（缺领导）"))


def _url(move: Move) -> str:
    if move.row is None:
        return ""
    if move.what == What.SESSION:
        return url_for("reception_session.details_view", id=move.row.id)
    if move.what == What.CLOCK:
        return url_for("petition.details_view", id=move.row.petition_id)
    return ""
