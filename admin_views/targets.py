"""Tables a form may point into, and which of their rows it offers."""

from typing import Any

import sqlalchemy as sa

import models as m
from admin_views.gated import current_actor


def active_units(statement: Any) -> Any:
    return statement.where(m.Unit.is_active)


def active_users(statement: Any) -> Any:
    return statement.where(m.User.is_active)


def active_leaders(statement: Any) -> Any:
    return statement.where(m.Leader.is_active)


def current_editions(statement: Any) -> Any:
    newest = sa.select(sa.func.max(m.ClosingEdition.id)).join(m.ClosingEdition.template)
    active = newest.where(m.ClosingTemplate.is_active).group_by(m.ClosingEdition.template_id)
    return statement.where(m.ClosingEdition.id.in_(active))


def coming_days(statement: Any) -> Any:
    return statement.where(m.DutyDay.held_on >= current_actor().today).order_by(m.DutyDay.held_on)


TARGETS: dict[str, dict[str, Any]] = {
    "unit": {"model": m.Unit, "narrow": active_units},
    "leader": {"model": m.Leader, "narrow": active_leaders},
    "user": {"model": m.User, "narrow": active_users, "lookup": "user"},
    "category": {"model": m.Category, "lookup": "category"},
    "petition": {"model": m.Petition, "lookup": "petition"},
    "reception_session": {"model": m.ReceptionSession, "lookup": "reception_session"},
    "open_session": {"model": m.ReceptionSession},
    "reception_rule": {"model": m.ReceptionRule},
    "duty_day": {"model": m.DutyDay, "narrow": coming_days},
    "campaign": {"model": m.Campaign},
    "contact": {"model": m.Contact},
    "petition_link": {"model": m.PetitionLink},
    "document": {"model": m.Document},
    "closing_edition": {"model": m.ClosingEdition, "narrow": current_editions},
    "closing_template": {
        "model": m.ClosingTemplate,
        "narrow": lambda statement: statement.where(m.ClosingTemplate.is_active),
    },
    "attachment": {"model": m.Attachment},
    "aid_kind": {"model": m.AidKind, "narrow": lambda statement: statement.where(m.AidKind.is_active)},
    "fund": {"model": m.Fund, "narrow": lambda statement: statement.where(m.Fund.is_active)},
}
"""Tables a form may point into: small ones as a select, large ones by typing."""
