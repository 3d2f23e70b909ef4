"""The chips of the list of contacts."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

import models as m
from admin_views.base import current_actor
from admin_views.listing import Filter, between, equals, words
from admin_views.options import category_options, channel_options, unit_options
from models import db
from rules.words import Level, Purpose
from services import gate, settings


def in_category(statement: Any, value: str) -> Any:
    """Matters in a category of any level, everything below it included."""
    node = db.session.get(m.Category, gate.id_in(value) or 0)
    if node is None:
        return statement.where(sa.false())
    below = sa.select(m.Category.id).where(
        sa.or_(m.Category.id == node.id, m.Category.path.startswith(node.path + "/", autoescape=True))
    )
    return statement.where(m.Petition.category_id.in_(below))


def _repeat(statement: Any, value: str) -> Any:
    return statement.where(m.Contact.is_first if value == "first" else sa.not_(m.Contact.is_first))


def _group(statement: Any, value: str) -> Any:
    least = int(settings.get(db.session(), "group_threshold", current_actor().today))
    return statement.where(m.Contact.people_count >= least if value == "group" else m.Contact.people_count < least)


def _of_unit(statement: Any, value: str) -> Any:
    number = gate.id_in(value)
    unit = m.Petition.unit_id.is_(None) if number is None else m.Petition.unit_id == number
    return statement.where(m.Contact.petition.has(unit))


def _of_category(statement: Any, value: str) -> Any:
    inner = in_category(sa.select(m.Petition.id), value)
    return statement.where(m.Contact.petition_id.in_(inner))


FILTERS = (
    Filter("channel", "信访方式", equals(m.Contact.channel), channel_options),
    Filter("registered", "登记日期", between(m.Contact.registered_on), kind="dates"),
    Filter("repeat", "初次/重复", _repeat, lambda _a: [("first", gettext("初次")), ("again", gettext("重复"))]),
    Filter("group", "个体/集体", _group, lambda _a: [("group", gettext("集体")), ("single", gettext("个体"))]),
    Filter("level", "走访级别", equals(m.Contact.level_visited), words(Level)),
    Filter("purpose", "信访目的", equals(m.Contact.purpose), words(Purpose)),
    Filter("unit", "责任单位", _of_unit, unit_options),
    Filter("category", "内容分类", _of_category, category_options),
)
