"""卷内目录 on paper: a matter's contents on A4 for the office and the archivist, and the pages counted by hand (§2 归档)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import looked
from admin_views.base import current_actor, done
from admin_views.dossier_page import DossierPage, crumb, refused, sheet
from admin_views.wording import said
from models import db
from rules.access import Actor
from rules.words import RuleBroken
from services import dossier, gate


class Dossiers(DossierPage):
    """The contents of one matter's dossier."""

    verbs = {"index": "petition.dossier", "contents": "petition.dossier", "pages": "petition.dossier"}

    @expose("/<row_id>/")
    def contents(self, row_id: str) -> Any:
        """卷内目录, A4."""
        session, actor = db.session(), current_actor()
        petition = gate.find(session, actor, m.Petition, row_id)
        looked.note("print", table="dossier", petition_id=petition.id)
        pieces = dossier.contents(session, actor, petition)
        return self.render(
            "paper/dossier.html",
            **sheet(actor, petition, pieces),
            back=url_for("petition.details_view", id=petition.id),
            pages_url=url_for("dossier.pages", row_id=petition.id),
            set_url=url_for("dossier_set.printed", row_id=petition.id),
        )

    @expose("/<row_id>/pages", methods=("GET", "POST"))
    def pages(self, row_id: str) -> Any:
        """How many pages each piece has."""
        session, actor = db.session(), current_actor()
        petition = gate.find(session, actor, m.Petition, row_id)
        if request.method == "GET":
            return self._page(actor, petition, {}, None)
        typed = {key: value[:10] for key, value in request.form.items()}
        try:
            count = dossier.count_pages(session, actor, petition, typed)
        except RuleBroken as no:
            return refused(row_id, no, lambda found, no=no: self._page(actor, found, typed, no))
        return done(
            gettext("已记下 %(count)s 件的页数。", count=count), url_for("dossier.contents", row_id=petition.id)
        )

    def _page(self, actor: Actor, petition: m.Petition, typed: dict[str, str], no: RuleBroken | None) -> Any:
        return self.render(
            "dossier_pages.html",
            title=gettext("卷内目录：填写页数"),
            crumb=crumb(petition),
            pieces=[one for one in dossier.contents(db.session(), actor, petition) if one.is_counted_by_hand],
            typed=typed,
            error=said(no.message) if no else "",
            wrong=no.field if no else None,
            back=url_for("dossier.contents", row_id=petition.id),
        )


def views() -> list[Any]:
    return [Dossiers(name="卷内目录", endpoint="dossier", url="/admin/dossier")]
