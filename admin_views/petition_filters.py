"""What a list of matters can be narrowed by; a condition that is none is left out and said so (Filter.known)."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import g, request
from flask_babel import gettext

import models as m
from admin_views import contact_filters, options, petition_page
from admin_views.base import current_actor
from admin_views.listing import Filter, between, equals, is_period, is_range, within, words
from models import db
from rules.access import Actor
from rules.words import Level, Purpose, Status
from services import gate, tags, workbench

Options = Callable[[Actor], Sequence[tuple[str, str]]]
LIGHT_OPTIONS = (("late", "已超期"), ("today", "今日到期"), ("soon", "即将到期"))


def choice(key: str, label: str, apply: Callable[..., Any], options: Options) -> Filter:
    """A chip that takes what it offers and nothing else."""
    return Filter(key, label, apply, options, known=lambda actor, value: value in {code for code, _ in options(actor)})


def _light(statement: Any, value: str) -> Any:
    actor = current_actor()
    if value == "soon":
        return workbench.due_soon(statement, actor, petition_page.soon_days())
    return workbench.late(statement, actor) if value == "late" else workbench.due_today(statement, actor)


def _light_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(key, gettext(label)) for key, label in LIGHT_OPTIONS]


def _is_row(model: type[Any]) -> Callable[[Actor, str], bool]:
    """The value is the id of a row, one no longer offered included: old links and old matters name it."""
    return lambda _actor, value: (key := gate.id_in(value)) is not None and db.session.get(model, key) is not None


def _leader_options(_actor: Actor) -> list[tuple[str, str]]:
    leaders = db.session.scalars(sa.select(m.Leader).where(m.Leader.is_active).order_by(m.Leader.turn, m.Leader.id))
    return [(str(leader.id), str(leader)) for leader in leaders]


def _of_leader(statement: Any, value: str) -> Any:
    """Matters that are or were his case."""
    cases = sa.select(m.Case.petition_id).where(m.Case.leader_id == gate.id_in(value))
    return statement.where(m.Petition.id.in_(cases))


def _visited(statement: Any, value: str) -> Any:
    """Matters with which somebody went to that level."""
    return statement.where(m.Petition.id.in_(sa.select(m.Contact.petition_id).where(m.Contact.level_visited == value)))


def _tag_options(actor: Actor) -> list[tuple[str, str]]:
    if "tags_offered" not in g:
        g.tags_offered = [(str(tag.id), tag.name) for tag in tags.offered(db.session(), actor)]
    found: list[tuple[str, str]] = g.tags_offered
    return found


def _tagged(statement: Any, value: str) -> Any:
    link = m.PetitionTag
    return statement.where(m.Petition.id.in_(sa.select(link.petition_id).where(link.tag_id == gate.id_in(value))))


def _category_options(actor: Actor) -> list[tuple[str, str]]:
    """The first level, and around the one chosen what is above and right below it."""
    found = options.category_options(actor)
    chosen = db.session.get(m.Category, gate.id_in(request.args.get("category", "")) or 0)
    if chosen is None:
        return found
    line = [row for row in (chosen.parent.parent if chosen.parent else None, chosen.parent, chosen) if row]
    below = db.session.scalars(sa.select(m.Category).where(m.Category.parent_id == chosen.id).order_by(m.Category.path))
    near = {str(row.id): str(row) for row in [*line, *below] if row.level > 1}
    place = next((i for i, (key, _) in enumerate(found, 1) if key == str(line[0].id)), len(found))
    return found[:place] + list(near.items()) + found[place:]


FILTERS = (
    choice("status", "状态", equals(m.Petition.status), words(Status)),
    choice("light", "期限", _light, _light_options),
    Filter("unit", "责任单位", equals(m.Petition.unit_id), options.unit_options, known=_is_row(m.Unit)),
    Filter("leader", "包案领导", _of_leader, _leader_options, known=_is_row(m.Leader)),
    choice("channel", "信访方式", equals(m.Petition.channel), options.channel_options),
    Filter("category", "内容分类", contact_filters.in_category, _category_options, known=_is_row(m.Category)),
    choice("purpose", "信访目的", equals(m.Petition.purpose), words(Purpose)),
    choice("level", "走访层级", _visited, words(Level)),
    choice("tag", "标签", _tagged, _tag_options),
    Filter("people", "人数", within(m.Petition.people_count), kind="numbers", known=is_range),
    Filter("registered", "登记日期", between(m.Petition.registered_on), kind="dates", known=is_period),
    Filter("closed", "办结日期", between(m.Petition.closed_on), kind="dates", known=is_period),
)
