"""Filed letters in bundles by area and year (打包), and what may be destroyed when (A6)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.filing_words import DestructionState
from rules.words import RuleBroken, Status
from services import gate, numbers, settings

BUNDLE, BUNDLE_GUARDED = "CX", "CJ"
"""Series of bundles; those of guarded matters have their own, so that no gap shows (§3)."""
NO_PLACE = "未注明地点"
GUARDED_AREA = "检举控告和保密件"
"""Guarded letters lie together: a label with their place would say too much."""


@dataclass(frozen=True)
class Heap:
    """Filed letters of one area and year that lie in no bundle yet."""

    area: str
    year: int
    is_guarded: bool
    count: int

    @property
    def key(self) -> str:
        """How a form names the heap; two heaps never share it."""
        return f"{self.year}|{int(self.is_guarded)}|{self.area}"


def heaps(session: Session, actor: Actor) -> list[Heap]:
    """What can be bundled now, as far as the actor sees it: oldest year first."""
    year = sa.extract("year", m.Petition.registered_on).label("year")
    area = _area().label("area")
    guarded = sa.case((m.Petition.is_guarded, 1), else_=0).label("guarded")
    loose = _loose(actor).with_only_columns(area, year, guarded, sa.func.count())
    rows = session.execute(loose.group_by(area, year, guarded).order_by(year, guarded, area))
    return [Heap(area, int(year), bool(guarded), count) for area, year, guarded, count in rows]


def make(session: Session, actor: Actor, key: str, shelf: str = "") -> m.Bundle:
    """Bundle every loose filed letter of one heap; the bundle with its number. Raises RuleBroken (field heap) when none is left."""
    heap = next((one for one in heaps(session, actor) if one.key == key), None)
    if heap is None:
        raise RuleBroken("地区和年度：已经没有可打包的存信，请重新选择。", "heap")
    year = sa.extract("year", m.Petition.registered_on) == heap.year
    same = (
        _area() == heap.area,
        year,
        m.Petition.is_guarded.is_(True) if heap.is_guarded else sa.not_(m.Petition.is_guarded),
    )
    letters = session.scalars(_loose(actor).where(*same).order_by(m.Petition.id)).all()
    series = BUNDLE_GUARDED if heap.is_guarded else BUNDLE
    row = m.Bundle(
        number=f"{series}{heap.year}-{numbers.take(session, series, heap.year):03d}",
        area=heap.area, year=heap.year, is_guarded=heap.is_guarded, shelf=shelf.strip() or None,
        made_on=actor.today, made_by_id=actor.user_id,
        letters=[m.BundleLetter(petition_id=letter.id) for letter in letters],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _area() -> sa.ColumnElement[str]:
    place = sa.func.coalesce(sa.func.nullif(m.Petition.place, ""), NO_PLACE)
    return sa.case((m.Petition.is_guarded, GUARDED_AREA), else_=place)


def _loose(actor: Actor) -> sa.Select[Any]:
    bundled = sa.exists().where(m.BundleLetter.petition_id == m.Petition.id)
    return gate.rows(actor, m.Petition).where(m.Petition.status == Status.FILED, sa.not_(bundled))


def letters(session: Session, actor: Actor, bundle: m.Bundle) -> list[m.Petition]:
    """The matters in a bundle that the actor may see, in the order of their registration."""
    inside = sa.select(m.BundleLetter.petition_id).where(m.BundleLetter.bundle_id == bundle.id)
    return list(session.scalars(gate.rows(actor, m.Petition).where(m.Petition.id.in_(inside)).order_by(m.Petition.id)))


def counts(session: Session, actor: Actor, bundle_ids: list[int]) -> dict[int, int]:
    """How many letters of each bundle the actor may see."""
    row = m.BundleLetter
    statement = gate.rows(actor, row).where(row.bundle_id.in_(bundle_ids))
    asked = statement.with_only_columns(row.bundle_id, sa.func.count()).group_by(row.bundle_id)
    return {row[0]: row[1] for row in session.execute(asked)}


def last_year(session: Session, actor: Actor) -> int:
    """The latest year whose bundles have been kept long enough (setting 存信保存年限)."""
    return actor.today.year - int(settings.get(session, "filed_keep_years", actor.today)) - 1


def ripe(session: Session, actor: Actor) -> sa.Select[Any]:
    """Bundles kept long enough that stand on no list, or only on one that was refused."""
    refused = sa.select(m.Destruction.id).where(m.Destruction.state == DestructionState.REFUSED)
    free = sa.or_(m.Bundle.destruction_id.is_(None), m.Bundle.destruction_id.in_(refused))
    return gate.rows(actor, m.Bundle).where(m.Bundle.year <= last_year(session, actor), free)
