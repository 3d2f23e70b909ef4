"""夜间检查: what the last check found lacking, why, and where to mend it; made again on the spot (B8)."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import wording
from admin_views.base import Page, current_actor, done
from admin_views.listing import count_text
from models import db
from rules.access import Actor, may
from rules.owed import Lack
from services import gate, nightly_check

MOST = 200
"""Findings of one kind on the page."""


class CheckPage(Page):
    """The findings of the last run, by what is lacking."""

    verbs = {"index": "check_run.list", "run": "check_run.run", "mend": "check_run.mend"}

    @expose("/")
    def index(self) -> Any:
        actor, session = current_actor(), db.session()
        last = nightly_check.last(session)
        return self.render(
            "due/check.html",
            last=last,
            when=when(last) if last else "",
            groups=groups(actor) if last else [],
            actions=actions(actor),
        )

    @expose("/run", methods=("POST",))
    def run(self) -> Any:
        """Make the check again, now."""
        nightly_check.run(db.session(), current_actor())
        return done(gettext("检查完毕。"), url_for("check_run.index"))

    @expose("/mend", methods=("POST",))
    def mend(self) -> Any:
        """The dates found wrong become what the rules give now; then the check is made again."""
        session, actor = db.session(), current_actor()
        count = nightly_check.mend(session, actor)
        nightly_check.run(session, actor)
        session.commit()
        flash(gettext("已按现在的规则重算 %(count)s 件事项的期限。", count=count), "success")
        return redirect(url_for("check_run.index"))


def when(run: m.CheckRun) -> str:
    """2026-11-21 02:00 by the office's clock."""
    return f"{run.ran_at.astimezone(current_app.config['DESK_TZ']):%Y-%m-%d %H:%M}"


def groups(actor: Actor) -> list[dict[str, Any]]:
    """What is lacking, each with its matters; what the actor may not know of is in no list and no count."""
    session, found = db.session(), []
    statement = nightly_check.findings(session, actor)
    for lack in Lack:
        rows = statement.where(m.CheckFinding.lack == lack)
        count = gate.count(session, rows)
        if count:
            shown = rows.options(joinedload(m.CheckFinding.petition).joinedload(m.Petition.unit))
            lines = session.scalars(shown.order_by(m.CheckFinding.petition_id, m.CheckFinding.id).limit(MOST))
            found.append(
                {
                    "label": gettext(lack.label),
                    "count": count_text(count),
                    "rows": [row_of(one, actor) for one in lines],
                    "more": max(0, count - MOST),
                    "recomputes": lack in (Lack.CLOCK, Lack.MIRROR),
                }
            )
    return found


def row_of(finding: m.CheckFinding, actor: Actor) -> dict[str, Any]:
    """One finding: the matter, why it stands here, what mends it and the button for that."""
    petition = finding.petition
    text, verb = nightly_check.where_to_mend(actor, finding)
    page = url_for("petition.details_view", id=petition.id) if may(actor, "petition.view") else ""
    return {
        "number": petition.number,
        "title": petition.title,
        "state": gettext(petition.status.label),
        "unit": petition.unit.name if petition.unit else gettext("信访办"),
        "url": page,
        "why": wording.said(finding.text),
        "mend": gettext(text),
        "mend_url": url_for("petition.do_view", row_id=petition.id, verb=verb) if verb and page else "",
        "mend_label": gettext(nightly_check.label_of(verb)) if verb else "",
    }


def actions(actor: Actor) -> list[dict[str, Any]]:
    """Check again; recompute, where there is something to."""
    found: list[dict[str, Any]] = []
    if may(actor, "check_run.mend") and nightly_check.has_wrong_dates(db.session(), actor):
        confirm = gettext("把不符的期限改为按现在的日历和期限规定算出的日期？改动会记入审计。")
        found.append(
            {"label": gettext("按现在的规则重算"), "url": url_for("check_run.mend"), "post": True, "confirm": confirm}
        )
    if may(actor, "check_run.run"):
        url = url_for("check_run.run")
        found.append({"label": gettext("再检查一次"), "url": url, "post": True, "primary": True})
    return found


def views() -> list[Any]:
    return [CheckPage(name="夜间检查", endpoint="check_run", url="/admin/check_run")]
