"""The month calendar changed by hand: by mouse and keyboard through JSON, without scripts through ordinary forms (D3, C14)."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import flash, jsonify, redirect, request, url_for
from flask import session as web_session
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import wording
from admin_views.gated import current_actor
from admin_views.listing import to_date
from admin_views.saving import check_version
from models import db
from rules.roster_period import month_of
from rules.words import RuleBroken, Stale
from services import gate, published, roster_checks, roster_edits

UNDO = "roster_undo"
"""Where the server-side session keeps how the last change by hand found things."""


def wants_json() -> bool:
    """The script asks for JSON; a form takes what it gets."""
    return request.accept_mimetypes.best == "application/json"


def asked_session(name: str, *, current: bool = True) -> m.ReceptionSession:
    """The session a field names as "id.version". Raises RuleBroken, gate.NotHere, and Stale for an old version."""
    key, _dot, version = request.values.get(name, "").partition(".")
    if not key:
        raise RuleBroken(gettext("场次：请先选择一场。"), name)
    row: m.ReceptionSession = gate.find(db.session(), current_actor(), m.ReceptionSession, key)
    if current:
        check_version(row, version)
    return row


def asked_leader() -> m.Leader:
    key = request.values.get("leader_id", "")
    if not key:
        raise RuleBroken(gettext("接访领导：请先选择一位。"), "leader_id")
    leader: m.Leader = gate.find(db.session(), current_actor(), m.Leader, key)
    return leader


def day_and_who(row: m.ReceptionSession) -> str:
    who = row.leader.name if row.leader else gettext("（缺领导）")
    return f"{wording.long_day(row.held_on)} {who}"


def swap_url(row: m.ReceptionSession, other: m.ReceptionSession | None = None) -> str:
    """The form of an exchange (调换) or a stand-in, for sessions the public has been told of."""
    if other is None:
        return url_for("reception_session.do_view", row_id=row.id, verb="stand_in")
    return url_for("reception_session.do_view", row_id=row.id, verb="swap", other_session_id=other.id)


class RosterEdits:
    """Mixin of the roster's page: its handlers that change one or two sessions."""

    month_page: Callable[..., Any]
    month_asked: Callable[[], Any]

    def _edit(self, change: Callable[[], str]) -> Any:
        """Do it and show the month again, or go where `change` says; refusals as JSON or on the month's page."""
        try:
            url = change()
        except gate.Forbidden:
            raise
        except RuleBroken as no:
            db.session.rollback()
            status = 409 if isinstance(no, Stale) else 404 if isinstance(no, gate.NotHere) else 422
            said = wording.said(no.message)
            if wants_json():
                return jsonify(error=said), status
            return self.month_page(self.month_asked(), status, said)
        db.session.commit()
        return jsonify(url=url) if wants_json() else redirect(url)

    def _done(self, said: str, before: roster_edits.Before, rows: list[m.ReceptionSession]) -> str:
        """Say what happened and what clashes now; keep how it was; the month to look at."""
        web_session[UNDO] = {"before": before, "said": said}
        flash(said, "success")
        tell(rows)
        return url_for("roster.index", month=month_of(rows[0].held_on))

    @expose("/move", methods=("POST",))
    def move(self) -> Any:
        """A session to another day."""
        return self._edit(self._move)

    def _move(self) -> str:
        row = asked_session("session")
        was = wording.month_day(row.held_on)
        day = to_date(request.form.get("day", ""))
        before = roster_edits.move(db.session(), current_actor(), row, day)
        return self._done(gettext("已从 %(was)s 移到 %(now)s。", was=was, now=day_and_who(row)), before, [row])

    @expose("/seat", methods=("POST",))
    def seat(self) -> Any:
        """A session to another leader; one the public has been told of goes to the stand-in's form."""
        return self._edit(self._seat)

    def _seat(self) -> str:
        row, leader = asked_session("session"), asked_leader()
        if row.leader_id != leader.id and roster_edits.needs_swap(db.session(), [row]):
            flash(gettext("这一场已经公示，换人请在这里办理，并写明事由。"), "info")
            return swap_url(row)
        before = roster_edits.seat(db.session(), current_actor(), row, leader)
        return self._done(gettext("已安排：%(now)s。", now=day_and_who(row)), before, [row])

    @expose("/exchange", methods=("POST",))
    def exchange(self) -> Any:
        """Two sessions' leaders; published ones go to the form of 调换."""
        return self._edit(self._exchange)

    def _exchange(self) -> str:
        row, other = asked_session("session"), asked_session("other")
        if row is not other and roster_edits.needs_swap(db.session(), [row, other]):
            flash(gettext("已经公示的场次，对换请在这里办理，并写明事由。"), "info")
            return swap_url(row, other)
        before = roster_edits.exchange(db.session(), current_actor(), row, other)
        said = gettext("已对换：%(one)s；%(other)s。", one=day_and_who(row), other=day_and_who(other))
        return self._done(said, before, [row, other])

    @expose("/undo", methods=("POST",))
    def undo(self) -> Any:
        """Take back the last change by hand of this person."""
        return self._edit(self._undo)

    def _undo(self) -> str:
        last = web_session.pop(UNDO, None)
        if last is None:
            raise RuleBroken(gettext("没有可以撤销的改动。"))
        rows = roster_edits.undo(db.session(), current_actor(), last["before"])
        flash(gettext("已撤销：%(said)s", said=last["said"]), "success")
        return url_for("roster.index", month=month_of(rows[0].held_on))

    @expose("/check")
    def check(self) -> Any:
        """What a change would do and clash with, before it is made: {"act", "said": [sentences]} or {"error"}."""
        try:
            return jsonify(foreseen())
        except RuleBroken as no:
            return jsonify(error=wording.said(no.message)), 404 if isinstance(no, gate.NotHere) else 422


def undo_offered() -> dict[str, Any] | None:
    """The last change by hand of this person, as long as nobody has changed those sessions since."""
    last: dict[str, Any] | None = web_session.get(UNDO)
    if last is None:
        return None
    ids = [stood["id"] for stood in last["before"]]
    found = db.session.execute(
        sa.select(m.ReceptionSession.id, m.ReceptionSession.version).where(m.ReceptionSession.id.in_(ids))
    )
    now = {row.id: row.version for row in found}
    return last if all(now.get(stood["id"]) == stood["version"] for stood in last["before"]) else None


def tell(rows: list[m.ReceptionSession]) -> None:
    """Flash what is wrong with the sessions now, and that the notice is behind."""
    session = db.session()
    for text in dict.fromkeys(text for row in rows for text in roster_checks.check_day(session, row)):
        flash(wording.said(text), "warning")
    if any(published.is_public(session, row) for row in rows):
        flash(gettext("公示还是旧的，请重新公示。"), "warning")


def foreseen() -> dict[str, Any]:
    """The answer of `check` for a session with another day, another leader or another session."""
    session, row = db.session(), asked_session("session", current=False)
    if request.args.get("other"):
        other = asked_session("other", current=False)
        if roster_edits.needs_swap(session, [row, other]):
            return {"act": gettext("已经公示，放下后转到“调换”。"), "said": []}
        said = roster_checks.foresee(session, row, row.held_on, other.leader, [other.id])
        said += roster_checks.foresee(session, other, other.held_on, row.leader, [row.id])
        return {"act": gettext("与 %(other)s 对换", other=day_and_who(other)), "said": list(map(wording.said, said))}
    if request.args.get("leader_id"):
        leader = asked_leader()
        said = roster_checks.foresee(session, row, row.held_on, leader)
        return {"act": gettext("安排 %(name)s", name=leader.name), "said": list(map(wording.said, said))}
    day = to_date(request.args.get("day", ""))
    if day is None:
        raise RuleBroken(gettext("接访日期：请选择要移到的日期。"), "day")
    said = roster_checks.foresee(session, row, day, row.leader)
    return {"act": gettext("移到 %(day)s", day=wording.long_day(day)), "said": list(map(wording.said, said))}
