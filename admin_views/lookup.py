"""Look-ups while typing: at most 20 rows, through the gate, never a whole table (trap 2, 11)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import jsonify, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import guarded_choices, looked, targets
from admin_views.base import Page, current_actor
from models import db
from rules.access import Actor, may
from services import case_choices, gate
from services.search_newest import newest

LIMIT = 20


def escape_like(text: str) -> str:
    """The text as LIKE matches it literally (escape character \\)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def contains(column: Any, text: str) -> Any:
    return column.like(f"%{escape_like(text)}%", escape="\\")


def _units(actor: Actor, text: str) -> Any:
    return targets.active_units(gate.rows(actor, m.Unit)).where(contains(m.Unit.name, text)).order_by(m.Unit.position)


def _users(actor: Actor, text: str) -> Any:
    found = sa.or_(contains(m.User.name, text), m.User.username.startswith(text, autoescape=True))
    return targets.active_users(gate.rows(actor, m.User)).where(found).order_by(m.User.id)


def _leaders(actor: Actor, text: str) -> Any:
    return (
        targets.active_leaders(gate.rows(actor, m.Leader)).where(contains(m.Leader.name, text)).order_by(m.Leader.turn)
    )


def _categories(actor: Actor, text: str) -> Any:
    return (
        gate.rows(actor, m.Category)
        .where(contains(m.Category.path, text), m.Category.valid_to.is_(None))
        .order_by(m.Category.path)
    )


def _petitions(actor: Actor, text: str) -> Any:
    """What a search finds, in its order: a matter meant by its serial first."""
    keys = newest(db.session(), actor, text, LIMIT)
    rows = gate.rows(actor, m.Petition).where(m.Petition.id.in_(keys))
    places = {key: place for place, key in enumerate(keys)}
    return rows.order_by(sa.case(places, value=m.Petition.id)) if keys else rows


def _sessions(actor: Actor, text: str) -> Any:
    """Sessions from last month on, by leader or day, the earliest first."""
    since = actor.today - timedelta(days=31)
    statement = gate.rows(actor, m.ReceptionSession).where(
        m.ReceptionSession.cancelled_reason.is_(None), m.ReceptionSession.held_on >= since
    )
    if text:
        leader = m.ReceptionSession.leader.has(contains(m.Leader.name, text))
        statement = statement.where(sa.or_(leader, contains(sa.cast(m.ReceptionSession.held_on, sa.String), text)))
    return statement.options(joinedload(m.ReceptionSession.leader)).order_by(m.ReceptionSession.held_on)


RESPONDENTS = (("unit", "单位", _units), ("leader", "领导", _leaders), ("user", "工作人员", _users))


def _respondents(actor: Actor, text: str) -> Iterator[dict[str, str]]:
    """Units, leaders and users as one list of possible respondents; the id carries its kind."""
    for kind, label, statement in RESPONDENTS:
        for row in db.session.scalars(statement(actor, text).limit(LIMIT // 2)):
            yield {"id": f"{kind}-{row.id}", "text": f"{row}（{gettext(label)}）"}


def _for_leader(actor: Actor, rows: list[m.Petition]) -> list[m.Petition]:
    """With `leader=` in the address: none that complains of that leader or his unit (rule of the accused)."""
    leader_id = gate.id_in(request.args.get("leader", ""))
    if leader_id is None:
        return rows
    return [row for row in rows if leader_id not in case_choices.accused_leaders(db.session(), actor, row)]


def _for_matter(actor: Actor, statement: Any) -> Any:
    """With `petition=` in the address: nobody and no unit that guarded matter shuts out (rule of the accused)."""
    model = statement.column_descriptions[0]["entity"]
    asked = request.args.get("petition", "")
    if not asked or model not in guarded_choices.BARRED:
        return statement
    petition = gate.find(db.session(), actor, m.Petition, asked)
    return statement.where(model.id.not_in(guarded_choices.BARRED[model](db.session(), actor, petition)))


SOURCES: dict[str, tuple[str, Callable[[Actor, str], Any]]] = {
    "unit": ("unit.list", _units),
    "user": ("petition.view", _users),
    "leader": ("leader.list", _leaders),
    "category": ("category.list", _categories),
    "petition": ("petition.view", _petitions),
    "reception_session": ("reception_session.list", _sessions),
    "respondent": ("contact.register", _units),
}
"""noun → (verb of rules.access, statement of the rows offered for a text)."""


class Lookup(Page):
    """`/admin/lookup/<noun>/?q=` → [{"id", "text"}]."""

    verbs = {"index": "home.view", "lookup": "home.view"}

    @expose("/")
    def index(self) -> Any:
        raise gate.NotHere("没有这个页面。")

    @expose("/<noun>/")
    def lookup(self, noun: str) -> Any:
        if noun not in SOURCES:
            raise gate.NotHere("没有这个页面。")
        verb, statement = SOURCES[noun]
        actor = current_actor()
        if not may(actor, verb):
            raise gate.Forbidden("您的角色不能查找这类记录。")
        text = request.args.get("q", "").strip()[:60].replace("\x00", "")
        if noun == "respondent":
            return jsonify(list(_respondents(actor, text)))
        rows = list(db.session.scalars(_for_matter(actor, statement(actor, text)).limit(LIMIT)))
        if noun == "petition":
            looked.note_identity(text)
            rows = _for_leader(actor, rows)
        return jsonify([{"id": row.id, "text": str(row)} for row in rows])


def views() -> list[Any]:
    return [Lookup(name="查找", endpoint="lookup", url="/admin/lookup")]
