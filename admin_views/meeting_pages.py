"""选议题 and the papers of a meeting: items picked, agenda and minutes printed or taken as a file."""

from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export, looked, wording
from admin_views.base import check_version, current_actor, done
from admin_views.decisions import owner_text
from admin_views.meeting_page import decisions_of, loose_of
from models import db
from rules import meetings as rules
from rules.meetings import MeetingState
from rules.words import RuleBroken, Stale
from services import agenda, gate, meeting_papers, meetings, settings

OFFERED = {
    "petition": "超期的信访事项",
    "case": "包案：超期、久无进展",
    "dispute": "矛盾纠纷",
    "supervision": "逾期未复的督办",
}
"""What the groups of services.agenda.offers are called."""


class MeetingPages:
    """Mixin of the view of meetings: the pages beside a meeting's own."""

    render: Any
    get_one: Any
    row_url: Any
    crumb: Any
    verbs = {"pick": "meeting.edit", "print_view": "meeting.list", "table": "meeting.export"}

    @expose("/<row_id>/pick", methods=("GET", "POST"))
    def pick(self, row_id: str) -> Any:
        """Open and late items to choose from, a matter by its number, a topic in words."""
        row, actor, session = self.get_one(row_id), current_actor(), db.session()
        error = ""
        if request.method == "POST":
            keys = request.form.getlist("keys")
            asked = gate.id_in(request.form.get("petition_id", ""))
            keys += [f"petition-{asked}"] if asked is not None else []
            try:
                check_version(row, request.form.get("version"))
                made = agenda.add(session, actor, row, keys, request.form.get("topic", ""))
                return done(gettext("已列入 %(count)s 项议题。", count=len(made)), self.row_url(row))
            except RuleBroken as no:
                session.rollback()
                if isinstance(no, gate.Forbidden | gate.NotHere):
                    raise
                row, error, status = (
                    self.get_one(row_id),
                    wording.said(no.message),
                    409 if isinstance(no, Stale) else 422,
                )
        else:
            status = 200
        meetings.check_planned(row)
        groups = [(gettext(OFFERED[kind]), rows) for kind, rows in agenda.offers(session, actor, row).items() if rows]
        page = self.render(
            "meeting/pick.html", row=row, groups=groups, error=error, ticked=set(request.form.getlist("keys")),
            topic=request.form.get("topic", ""), crumb=self.crumb(row), back=self.row_url(row), said=wording.said,
        )  # fmt: skip
        return page, status

    @expose("/<row_id>/print/<paper>")
    def print_view(self, row_id: str, paper: str) -> Any:
        """议程 or 纪要; `copy=own` prints what the reader may see himself, else the sheet is fit to be handed round."""
        row, actor = self.get_one(row_id), current_actor()
        check_paper(row, paper)
        own = request.args.get("copy") == "own"
        looked.note("print", table="meeting")
        items = agenda.items_of(db.session(), actor, row, to_hand_round=not own)
        return self.render(
            f"paper/meeting_{paper}.html", row=row, own=own, back=self.row_url(row),
            items=[(item, *agenda.title_of(item), decisions_of(actor, item)) for item in items],
            loose=loose_of(actor, row, own=own), owner=owner_text,
            office=settings.get(db.session(), "office_name", actor.today), now=rules.current,
            is_corrected=any(map(rules.corrections, (row.minutes, *(item.opinion for item in items)))),
        )  # fmt: skip

    @expose("/<row_id>/table/<paper>/<form>/")
    def table(self, row_id: str, paper: str, form: str) -> Any:
        """The same as Word or Excel, fit to be handed round."""
        row, actor = self.get_one(row_id), current_actor()
        check_paper(row, paper)
        export.check_form(form)
        name = meeting_papers.TITLES[paper].format(kind=row.kind.label)
        return export.answer(
            "meeting", f"{name}_{row.number}",
            lambda: meeting_papers.sheet(db.session(), actor, row, paper), conditions=row.number, form=form,
        )  # fmt: skip


def check_paper(row: m.Meeting, paper: str) -> None:
    """There is an agenda, and minutes once it was held. Raises NotHere for anything else."""
    if paper not in meeting_papers.TITLES:
        raise gate.NotHere(gettext("没有这种会议文书。"))
    if paper == "minutes" and row.state is not MeetingState.HELD:
        raise gate.NotHere(gettext("会议还没有召开，没有纪要。"))
