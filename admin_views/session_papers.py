"""Papers of the reception days besides the notice: the desk plate (挂牌) and the sheet of who goes along (D4)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose

import models as m
from admin_views import export
from admin_views.base import Page, current_actor
from admin_views.roster import asked_month
from models import db
from rules.roster_period import span
from services import arrangement, gate, receptions, roster_table, settings


class SessionPapers(Page):
    """`/`: a month's sheet; `/plates`: a month's desk plates; `/<id>/plate`: one; `/export/…`: S3's table (D10)."""

    verbs = dict.fromkeys(("index", "plates", "plate"), "reception_session.list") | {
        "export": "reception_session.export"
    }

    @expose("/")
    def index(self) -> Any:
        session, asked = db.session(), asked_month(request.args.get("month"))
        rows = receptions.between(session, asked.first, asked.last)
        return self.render(
            "paper/arrangement.html",
            asked=asked,
            sheet=arrangement.sheet(rows),
            columns=arrangement.COLUMNS,
            back=url_for("roster.index", month=asked.key),
            **self.office(),
        )

    @expose("/plates")
    def plates(self) -> Any:
        """The plates of all sessions of a month that have a leader."""
        asked = asked_month(request.args.get("month"))
        rows = receptions.between(db.session(), asked.first, asked.last)
        return self.paper([row for row in rows if row.leader is not None], url_for("roster.index", month=asked.key))

    @expose("/<row_id>/plate")
    def plate(self, row_id: str) -> Any:
        row = gate.find(db.session(), current_actor(), m.ReceptionSession, row_id)
        rows = [row] if row.leader is not None and not row.is_cancelled else []
        return self.paper(rows, url_for("reception_session.details_view", id=row.id))

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """领导信访接待日安排表 of a month, half-year or year as Excel or Word."""
        export.check_form(export_type)
        actor = current_actor()
        asked = span(request.args.get("period", str(actor.today.year)))
        made = roster_table.sheet(db.session(), actor, asked)
        return export.answer("reception_session", made.title, lambda: made, conditions=asked.label, form=export_type)

    def paper(self, rows: list[m.ReceptionSession], back: str) -> Any:
        plates = [arrangement.plate(row) for row in rows]
        return self.render("paper/desk_plate.html", plates=plates, back=back, **self.office())

    def office(self) -> dict[str, Any]:
        return {"office": settings.get(db.session(), "office_name", current_actor().today)}


def views() -> list[Any]:
    return [SessionPapers(name="接访用纸", endpoint="session_paper", url="/admin/session_paper")]
