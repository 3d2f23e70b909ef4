"""The ledger filled in place (就地填写): the page's rows as one sheet of cells, saved together, all of it or nothing (G2)."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.gated import current_actor, done
from admin_views.labels import label
from admin_views.listing import page_number
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.words import ColumnKind, RuleBroken, Stale
from services import campaign_columns, campaign_ledger, gate, import_ledger, ledger_fill
from services.ledger_fill import cells, offered_states, typed

CELL = re.compile(r"r(\d{1,10})-([a-z_]+|x\d{1,9})\Z")
KINDS = {"due_on": "date", "measures": "area", "progress": "area", "unit_id": "list", "leader_id": "list"}
OWN = {ColumnKind.DATE: "date", ColumnKind.NUMBER: "number", ColumnKind.CHOICE: "choice"}


class FillPages:
    """Mixin of the ledger's view."""

    verbs = {"fill": "campaign_case.edit"}
    screen_of: Any
    ledger_page: Any

    @expose("/fill", methods=("POST",))
    def fill(self) -> Any:
        campaign, listing, args = self.screen_of(request.args)
        if campaign is None:
            raise gate.NotHere(gettext("请先选择一个专项活动。"))
        entered, versions = posted_cells(request.form)
        try:
            changed = ledger_fill.fill(db.session(), current_actor(), campaign, entered, versions)
        except RuleBroken as no:
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            db.session.rollback()
            campaign, listing, args = self.screen_of(request.args)
            refused = f"{_number(no.field or '')} {said(no.message)}".strip()
            filled = self.filling(campaign, listing, entered, refused, no.field or "")
            return self.ledger_page(campaign, listing, args, filled), 409 if isinstance(no, Stale) else 422
        message = gettext("已保存 %(count)s 行。", count=changed) if changed else gettext("没有改动。")
        return done(message, url_for("campaign_case.index_view", **args))

    def fill_actions(self, campaign: m.Campaign, args: Mapping[str, str], fill: Any) -> list[dict[str, Any]]:
        """Into the sheet, or back to the list."""
        if not may(current_actor(), "campaign_case.edit"):
            return []
        kept = {key: value for key, value in args.items() if key != "fill"}
        if fill or args.get("fill"):
            return [{"label": gettext("返回台账"), "url": url_for("campaign_case.index_view", **kept)}]
        url = url_for("campaign_case.index_view", **(kept | {"fill": "1"}))
        return [{"label": gettext("就地填写"), "url": url}]

    def filling(
        self, campaign: m.Campaign, listing: Any, entered: Mapping[int, Mapping[str, str]], refused: str, at: str = ""
    ) -> dict[str, Any]:
        """The sheet: heads, lines of cells, the choices they share."""
        actor = current_actor()
        names = cells(actor)
        own = {campaign_columns.key(column): column for column in campaign.own_columns}
        heads = [label(name, "campaign_case") for name in names] + [column.label for column in own.values()]
        rows = listing.page()
        said_there = campaign_columns.said(db.session(), [row.id for row in rows]) if own else {}
        return {
            "heads": heads,
            "lines": [
                _line(row, actor, names, own, entered.get(row.id, {}), at, said_there.get(row.id, {})) for row in rows
            ],
            "lists": {"unit_id": _units(), "leader_id": sorted(import_ledger.leaders(db.session()))},
            "refused": refused,
            "url": url_for("campaign_case.fill", **(listing.args | {"page": str(page_number()), "fill": "1"})),
        }


def _number(field: str) -> str:
    """The number of the matter whose cell was refused."""
    found = CELL.match(field)
    row = campaign_ledger.find(db.session(), current_actor(), found[1]) if found else None
    return row.petition.number if row else ""


def posted_cells(form: Any) -> tuple[dict[int, dict[str, str]], dict[int, str]]:
    """({row id: {cell: text}}, {row id: version}) of the posted sheet; strange names are left out."""
    entered: dict[int, dict[str, str]] = {}
    for name, text in form.items():
        found = CELL.match(name)
        if found and gate.id_in(found[1]) is not None:
            entered.setdefault(int(found[1]), {})[found[2]] = text[:2000]
    return entered, {key: form.get(f"v{key}", "")[:10] for key in entered}


def _line(
    row: m.CampaignCase,
    actor: Actor,
    names: list[str],
    own: Mapping[str, m.CampaignColumn],
    entered: Mapping[str, str],
    at: str,
    there: Mapping[int, campaign_columns.Said],
) -> dict[str, Any]:
    """One row of the ledger; one that may not be written is shown as it stands."""
    is_open = campaign_ledger.may_edit(actor, row) and row.struck_off_on is None
    usual = [_cell(row, name, entered.get(name, typed(row, name)), at, is_open) for name in names]
    extra = [_own_cell(row, key, column, entered, at, is_open, there.get(column.id)) for key, column in own.items()]
    return {"id": row.id, "version": row.version, "row": row, "cells": [*usual, *extra], "open": is_open}


def _cell(row: m.CampaignCase, name: str, text: str, at: str, is_open: bool) -> dict[str, Any]:
    key = f"r{row.id}-{name}"
    made = {
        "name": key, "text": text, "kind": KINDS.get(name, "text"), "list": name, "bad": key == at,
        "label": label(name, "campaign_case"),
    }  # fmt: skip
    if name == "state":
        shown = [(one.value, gettext(one.label)) for one in offered_states()]
        return made | {
            "kind": "choice",
            "choices": shown,
            "shown": gettext(row.state.label),
            "open": is_open and row.removed_on is None,
        }
    if name == "scheme":
        names = dict.fromkeys([*row.campaign.schemes, *([row.scheme] if row.scheme else [])])
        return made | {
            "kind": "choice",
            "choices": [("", ""), *((one, one) for one in names)],
            "shown": text,
            "open": is_open,
        }
    return made | {"shown": text, "open": is_open}


def _own_cell(
    row: m.CampaignCase,
    key: str,
    column: m.CampaignColumn,
    entered: Mapping[str, str],
    at: str,
    is_open: bool,
    value: campaign_columns.Said,
) -> dict[str, Any]:
    text = entered.get(key, "" if value is None else str(value))
    name = f"r{row.id}-{key}"
    choices = [("", ""), *((one, one) for one in column.choices)]
    return {
        "name": name, "text": text, "kind": OWN.get(column.kind, "text"), "choices": choices, "bad": name == at, "list": "",
        "label": column.label, "shown": text, "open": is_open,
    }  # fmt: skip


def _units() -> list[str]:
    asked = sa.select(m.Unit.name).where(m.Unit.is_active).order_by(m.Unit.position, m.Unit.id)
    return list(db.session.scalars(asked))
