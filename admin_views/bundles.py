"""存信捆: filed letters bundled by area and year, with their labels (A5, A6)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, SelectField, StringField, validators
from wtforms.widgets import HiddenInput

import models as m
from admin_views import contact_facts, fields
from admin_views.base import DeskView, current_actor, posted, show
from admin_views.listing import Cell, Column, Tab, tagged
from models import db
from rules.access import Actor
from rules.filing_words import DestructionState
from rules.words import Status
from services import bundles, settings

STATE_KINDS = {
    DestructionState.PROPOSED: "soon",
    DestructionState.APPROVED: "now",
    DestructionState.REFUSED: "wait",
    DestructionState.DONE: "ok",
}


class BundleForm(BaseForm):
    """One heap of loose filed letters becomes a bundle."""

    heap = SelectField(
        lazy_gettext("地区和年度"),
        [validators.InputRequired(fields.REQUIRED)],
        choices=lambda: [("", gettext("（未选）")), *heap_options(current_actor())],
        description=lazy_gettext("同一地区、同一年度登记的存信打成一捆；检举控告和保密件另打。"),
    )
    shelf = StringField(lazy_gettext("存放位置"), [validators.Optional(), validators.Length(max=100), fields.NoNul()])
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


def heap_options(actor: Actor) -> list[tuple[str, str]]:
    """Each heap with how many letters it has."""
    return [
        (
            heap.key,
            gettext(
                "%(area)s · %(year)s 年（%(count)s 件）", area=gettext(heap.area), year=heap.year, count=heap.count
            ),
        )
        for heap in bundles.heaps(db.session(), actor)
    ]


def list_cell(row: m.Bundle) -> Cell:
    """The destruction list a bundle stands on."""
    found = row.destruction
    return tagged(show(found.state), STATE_KINDS[found.state], found.number) if found else Cell()


class BundleView(DeskView):
    """存信捆: numbered bundles by area and year, with their labels."""

    title, group = "存信捆", "登记"
    create_verb, create_label = "bundle.make", "打包"
    verbs = {"label_view": "bundle.list"}
    columns = (
        Column("number", "捆号", lambda b: Cell(b.number, sub=show(b.made_on), kind="code"), sort=m.Bundle.id),
        Column("area", "地区", lambda b: gettext(b.area)),
        Column("year", "年度", lambda b: str(b.year), kind="num"),
        Column("count", "件数", lambda b: str(len(bundles.letters(db.session(), current_actor(), b))), kind="num"),
        Column("shelf", "存放位置", lambda b: b.shelf or ""),
        Column("made_by", "打包人", lambda b: show(b.made_by)),
        Column("destruction", "销毁清单", list_cell),
    )
    tabs = (
        Tab("kept", "在存", lambda s, _a: s.where(sa.or_(~m.Bundle.destruction.has(m.Destruction.state == "done")))),
        Tab("ripe", "保存期满", lambda _s, a: bundles.ripe(db.session(), a)),
        Tab("gone", "已销毁", lambda s, _a: s.where(m.Bundle.destruction.has(m.Destruction.state == "done"))),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Bundle.destruction), joinedload(m.Bundle.made_by))

    def default_order(self) -> list[Any]:
        return [m.Bundle.id.desc()]

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return BundleForm(posted())
        return BundleForm(heap=request.args.get("heap", ""))

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        is_empty = not bundles.heaps(db.session(), current_actor())
        intro = gettext("现在没有可打包的存信；批准存信后再来打包。") if is_empty else ""
        return screen | {
            "fieldsets": [{"title": gettext("打包"), "fields": ["heap", "shelf"]}],
            "intro": intro,
            "submit": gettext("打包"),
        }

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return bundles.make(db.session(), actor, values["heap"], values["shelf"] or "")

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已打包：%(number)s，共 %(count)s 件。", number=saved.number, count=len(saved.letters))

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        letters = bundles.letters(db.session(), current_actor(), row)
        facts: list[dict[str, Any]] = [
            {"label": gettext("地区"), "text": gettext(row.area)},
            {"label": gettext("年度"), "text": str(row.year)},
            {"label": gettext("件数"), "text": str(len(letters))},
            {"label": gettext("存放位置"), "text": row.shelf or ""},
            {"label": gettext("打包"), "text": f"{show(row.made_by)} {show(row.made_on)}"},
        ]
        if row.destruction:
            url = url_for("destruction.details_view", id=row.destruction_id)
            facts.append(
                {"label": gettext("销毁清单"), "text": row.destruction.number, "url": url, "tag": list_cell(row).tag}
            )
        label = {"label": gettext("打印标签"), "url": url_for("bundle.label_view", row_id=row.id), "new_tab": True}
        context["screen"] |= {
            "facts": [{"title": gettext("存信捆"), "items": facts}],
            "actions": [label, *context["screen"]["actions"]],
            "letters": [letter_line(one) for one in letters],
        }
        return context

    details_template = "bundle.html"

    @expose("/<row_id>/label")
    def label_view(self, row_id: str) -> Any:
        """The label of the bundle, A4."""
        row, actor = self.get_one(row_id), current_actor()
        letters = bundles.letters(db.session(), actor, row)
        office = settings.get(db.session(), "office_name", actor.today)
        years = int(settings.get(db.session(), "filed_keep_years", actor.today))
        return self.render(
            "paper/bundle_label.html",
            bundle=row,
            letters=letters,
            office=office,
            keep_until=row.year + years,
        )


def letter_line(petition: m.Petition) -> dict[str, Any]:
    """One letter of a bundle."""
    state = "" if petition.status is Status.FILED else gettext("已取出")
    return {
        "url": contact_facts.matter_page(petition.id),
        "cells": [
            {"text": petition.number, "kind": "code"},
            {"text": petition.title, "kind": "clip"},
            {"text": show(petition.registered_on)},
            {"text": show(petition.filing), "tag": {"text": state, "kind": "wait"} if state else None},
        ],
    }


def views() -> list[Any]:
    return [BundleView(m.Bundle)]
