"""Every form about a guarded matter, in one place: whom it complains of is neither offered nor accepted (rules §3, C2)."""

from collections.abc import Callable
from typing import Any

import models as m
from admin_views import fields
from admin_views.gated import current_actor
from models import db
from rules.access import Actor
from services import excluded, gate_paths

BARRED: dict[type[Any], Callable[[Any, Actor, m.Petition], frozenset[int]]] = {
    m.Unit: lambda session, _actor, petition: excluded.routes(session, petition),
    m.Leader: excluded.leaders,
    m.User: excluded.users,
}
"""What a choice may point to → whom of them this matter shuts out."""


def matters_of(row: Any) -> list[m.Petition]:
    """The matters a row is about, along the same paths the gate walks."""
    if isinstance(row, m.Petition):
        return [row]
    if isinstance(row, m.Visit):
        return list(row.petitions)
    if isinstance(row, m.VisitFinding):
        return [one for one in (row.petition, row.dispute and row.dispute.petition) if one is not None]
    if isinstance(row, m.Dispute):
        return [row.petition] if row.petition is not None else []
    if isinstance(row, m.AgendaItem | m.Decision):
        return [one for one in (row.petition, row.dispute and row.dispute.petition) if one is not None]
    path = gate_paths.PATHS.get(type(row))
    above = getattr(row, path.attribute) if path else None
    return matters_of(above) if above is not None else []


def narrow(row: Any, form: Any) -> None:
    """Take them out of every choice of the form, typed look-ups included."""
    matters = [one for one in matters_of(row) if one.is_guarded or one.recusals] if row is not None else []
    for field in form if matters else ():
        model = m.Unit if isinstance(field, fields.UnitsField) else getattr(field, "model", None)
        if model in BARRED and not field.name.startswith("respondent"):
            barred = frozenset().union(*(BARRED[model](db.session(), current_actor(), one) for one in matters))
            _without(field, model, barred)
            _ask_for(field, matters[0])


def of_form(form: Any) -> Any:
    """The matter a new record's form is about, as far as it says one."""
    field = form.petition_id if "petition_id" in form else None
    return field.chosen() if getattr(field, "model", None) is m.Petition else None


def _without(field: Any, model: type[Any], barred: frozenset[int]) -> None:
    before = field.narrow
    field.narrow = lambda statement: (before(statement) if before else statement).where(model.id.not_in(barred))
    if isinstance(field, fields.UnitsField):
        field.choices = field.options()


def _ask_for(field: Any, matter: m.Petition) -> None:
    """A look-up while typing says for which matter it asks."""
    kw = field.render_kw or {}
    if "data_lookup" in kw:
        field.render_kw = dict(kw, data_lookup=f"{kw['data_lookup'].partition('?')[0]}?petition={matter.id}&q=")
