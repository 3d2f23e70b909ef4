"""What the chips of several lists offer: channels, units, leaders, categories."""

import sqlalchemy as sa
from flask_babel import gettext

import models as m
from models import db
from rules.access import Actor
from services import gate, settings


def channel_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in settings.channels(db.session()).items()]


def unit_options(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Unit).where(m.Unit.is_active).order_by(m.Unit.position, m.Unit.id))
    return [(str(unit.id), unit.name) for unit in rows]


def leader_options(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Leader).order_by(m.Leader.turn, m.Leader.id))
    return [(str(leader.id), str(leader)) for leader in rows]


def category_options(_actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(sa.select(m.Category).where(m.Category.level == 1).order_by(m.Category.path))
    return [(str(row.id), row.name) for row in rows]
