"""What the two pages of a dossier share: opened from its matter, the way back, what every sheet of it says (B9)."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask_admin import expose
from markupsafe import Markup

import models as m
from admin_views.base import Page, current_actor
from admin_views.wording import heading
from models import db
from rules.access import Actor
from rules.words import RuleBroken
from services import documents, dossier, gate, settings


class DossierPage(Page):
    """A page about one matter's dossier."""

    @expose("/")
    def index(self) -> Any:
        """A dossier is opened from its matter."""
        return redirect(url_for("petition.index_view", tab="all"))


def crumb(petition: m.Petition) -> Markup:
    """The way back to the matter."""
    return Markup('<a href="{}">{}</a> / <a href="{}">{}</a>').format(
        url_for("petition.index_view"),
        heading("信访事项"),
        url_for("petition.details_view", id=petition.id),
        petition.number,
    )


def sheet(actor: Actor, petition: m.Petition, pieces: list[dossier.Piece]) -> dict[str, Any]:
    """What the contents (卷内目录) say, alone or at the head of the printed set."""
    return {
        "petition": petition,
        "name": documents.petitioner_names(petition),
        "pieces": pieces,
        "total": sum(piece.pages or 0 for piece in pieces),
        "uncounted": sum(piece.pages is None for piece in pieces),
        "office": settings.get(db.session(), "office_name", actor.today),
        "preparer": actor.name,
        "today": actor.today,
        "take_url": url_for("dossier_set.take", row_id=petition.id),
    }


def refused(row_id: str, no: RuleBroken, page: Callable[[m.Petition], Any]) -> Any:
    """The page again with what is wrong, nothing changed. Raises the refusal itself of what is forbidden or hidden."""
    if isinstance(no, gate.Forbidden | gate.NotHere):
        raise no
    db.session().rollback()
    return page(gate.find(db.session(), current_actor(), m.Petition, row_id)), 422
