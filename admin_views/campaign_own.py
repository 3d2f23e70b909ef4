"""A campaign's own columns on the ledger's screens: as columns, as filters, as columns of the export (G1, G2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import g, has_request_context, request
from flask_babel import gettext
from sqlalchemy.orm import selectinload

import models as m
from admin_views.base import show
from admin_views.listing import Cell, Column, Filter
from models import db
from rules.access import Actor
from rules.words import ColumnKind
from services import campaign_columns, gate
from services.export_fields import Field, ListTable, Reader
from services.export_tables import CAMPAIGN_CASES

SHORT = 48
MOST_SHOWN = 2
"""More own columns than these are shown when they are chosen: the ledger has ten of its own."""


def asked_id() -> int | None:
    """The campaign whose ledger is open; its tabs count and keep to it."""
    return gate.id_in(request.args.get("campaign", "")) if has_request_context() else None


def asked() -> m.Campaign | None:
    """That campaign, read once a request."""
    key = asked_id()
    if key is None:
        return None
    if "asked_campaign" not in g:
        g.asked_campaign = db.session.get(m.Campaign, key)
    found: m.Campaign | None = g.asked_campaign
    return found


def columns(is_masked: Callable[[], bool]) -> tuple[Column, ...]:
    """Its own columns; free text is not for the statistician."""
    campaign = asked()
    if campaign is None:
        return ()
    return tuple(
        Column(
            campaign_columns.key(one), one.label, _cell(one, is_masked), kind="num" if one.kind is ColumnKind.NUMBER else "text",
            load=selectinload(m.CampaignCase.values), shown=len(campaign.own_columns) <= MOST_SHOWN,
        )
        for one in campaign.own_columns
    )  # fmt: skip


def _cell(column: m.CampaignColumn, is_masked: Callable[[], bool]) -> Callable[[Any], Cell]:
    def cell(row: m.CampaignCase) -> Cell:
        value = said(row, column)
        if value is None or (column.kind is ColumnKind.TEXT and is_masked()):
            return Cell("")
        text = show(value)
        short = text if len(text) <= SHORT else f"{text[:SHORT]}……"
        return Cell(short, kind={ColumnKind.NUMBER: "num", ColumnKind.DATE: "code"}.get(column.kind, "text"))

    return cell


def said(row: m.CampaignCase, column: m.CampaignColumn) -> campaign_columns.Said:
    """What the row says in the column."""
    return next((one.said for one in row.values if one.column_id == column.id), None)


def filters() -> tuple[Filter, ...]:
    """A chip for each: a choice to pick, a period, a span of numbers, or a piece of text."""
    campaign = asked()
    return tuple(_filter(one) for one in (campaign.own_columns if campaign else ()))


def _filter(column: m.CampaignColumn) -> Filter:
    key = campaign_columns.key(column)

    def narrowed(statement: Any, value: Any) -> Any:
        return statement.where(campaign_columns.holding(column, value))

    def offered(_actor: Actor) -> list[tuple[str, str]]:
        return [*((one, one) for one in column.choices), ("none", gettext("（空）"))]

    if column.kind is ColumnKind.CHOICE:
        return Filter(key, column.label, narrowed, offered)
    kind = {ColumnKind.DATE: "dates", ColumnKind.NUMBER: "numbers"}.get(column.kind, "text")
    return Filter(key, column.label, narrowed, kind=kind)


def export_table() -> ListTable:
    """The ledger's export, with the campaign's own columns when one campaign is asked for."""
    campaign = asked()
    if campaign is None or not campaign.own_columns:
        return CAMPAIGN_CASES
    fields = (*CAMPAIGN_CASES.fields, *map(_field, campaign.own_columns))
    return replace(
        CAMPAIGN_CASES, fields=fields, options=(*CAMPAIGN_CASES.options, selectinload(m.CampaignCase.values))
    )


def _field(column: m.CampaignColumn) -> Field:
    def value(row: m.CampaignCase, _reader: Reader) -> Any:
        found = said(row, column)
        return float(found) if column.kind is ColumnKind.NUMBER and found is not None else found

    kind = "date" if column.kind is ColumnKind.DATE else "text"
    return Field(campaign_columns.key(column), column.label, value, kind, column.kind is ColumnKind.TEXT)
