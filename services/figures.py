"""Counting the office's figures (I1–I3): all aggregates in the database, one statement for each kind of row."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import figures, periods
from rules.access import Actor
from rules.figures import Figure, Side
from services import gate
from services.figure_rows import Narrow, RowSet, days_between, row_set

NOWHERE = Narrow()


def compute(
    session: Session, actor: Actor, name: str | None, start: date, end: date, narrow: Narrow = NOWHERE
) -> list[dict[str, Any]]:
    """The figure `name`, or all, of the period: the contract of `flask figures` (design §6).

    A rate's value is in per cent with one decimal and None where the denominator is zero. Raises RuleBroken for an
    unknown name or a period in the wrong order, gate.Forbidden when the actor may see no figures.
    """
    gate.allow(actor, "figures.view")
    wanted = [figures.named(name)] if name else list(figures.FIGURES)
    period = periods.between(start, end)
    sums: dict[str, dict[str, Any]] = {}
    for rows in dict.fromkeys(figure.rows for figure in wanted):
        found = row_set(session, actor, rows, period.start, period.end).narrowed(session, narrow)
        sums |= _sums(session, found, [figure for figure in wanted if figure.rows == rows])
    return [_entry(figure, sums[figure.name], start, end) for figure in wanted]


def _sums(session: Session, rows: RowSet, wanted: list[Figure]) -> dict[str, dict[str, Any]]:
    """{figure: {"numerator", "denominator"}} of figures over the same rows, in one statement."""
    columns: list[Any] = []
    for figure in wanted:
        columns += [_measured(rows, figure), _counted(rows, figure.denominator)]
    values = session.execute(rows.select(*columns)).one()
    return {
        figure.name: {"numerator": values[2 * place], "denominator": values[2 * place + 1]}
        for place, figure in enumerate(wanted)
    }


def _counted(rows: RowSet, side: Side | None) -> sa.ColumnElement[Any]:
    if side is None:
        return sa.null()
    return sa.func.coalesce(sa.func.sum(sa.case((rows.picked(side.picks), 1), else_=0)), 0)


def _measured(rows: RowSet, figure: Figure) -> sa.ColumnElement[Any]:
    picked = rows.picked(figure.numerator.picks)
    if figure.measure == "people":
        return sa.func.coalesce(sa.func.sum(sa.case((picked, m.Contact.people_count), else_=0)), 0)
    if figure.measure in ("mean_days", "max_days"):
        days = sa.case((picked, days_between(m.Petition.accepted_on, m.Petition.closed_on)))
        return sa.func.max(days) if figure.measure == "max_days" else sa.func.coalesce(sa.func.sum(days), 0)
    return _counted(rows, figure.numerator)


def _entry(figure: Figure, sums: dict[str, Any], start: date, end: date) -> dict[str, Any]:
    numerator = None if sums["numerator"] is None else int(sums["numerator"])
    denominator = None if sums["denominator"] is None else int(sums["denominator"])
    return {
        "name": figure.name,
        "label": figure.label,
        "value": _value(figure, numerator, denominator),
        "numerator": numerator,
        "denominator": denominator,
        "unit": figure.unit,
        "from": start.isoformat(),
        "to": end.isoformat(),
    }


def _value(figure: Figure, numerator: int | None, denominator: int | None) -> float | int | None:
    if figure.measure == "share":
        return figures.share(numerator or 0, denominator or 0)
    if figure.measure == "mean_days":
        return round((numerator or 0) / denominator, 1) if denominator else None
    return numerator


def behind(
    session: Session, actor: Actor, name: str, side: str, start: date, end: date, narrow: Narrow = NOWHERE
) -> sa.Select[Any]:
    """The list behind a figure: its rows (Contact, Clock, Petition, CampaignCase or ReturnVisit), newest first.

    `side`: numerator, denominator or one of the figure's classes. Raises RuleBroken for a name or side there is not.
    """
    gate.allow(actor, "figures.view")
    figure = figures.named(name)
    picks = figures.side(figure, side).picks
    period = periods.between(start, end)
    rows = row_set(session, actor, figure.rows, period.start, period.end).narrowed(session, narrow)
    return rows.select().where(rows.picked(picks)).order_by(rows.model.id.desc())


def classes(
    session: Session, actor: Actor, name: str, start: date, end: date, narrow: Narrow = NOWHERE
) -> list[dict[str, Any]]:
    """The further lists of a figure with their numbers: [{"key", "label", "value"}]."""
    gate.allow(actor, "figures.view")
    figure = figures.named(name)
    if not figure.classes:
        return []
    rows = row_set(session, actor, figure.rows, start, end).narrowed(session, narrow)
    values = session.execute(rows.select(*(_counted(rows, side) for side in figure.classes))).one()
    return [
        {"key": side.key, "label": side.label, "value": int(value)}
        for side, value in zip(figure.classes, values, strict=True)
    ]
