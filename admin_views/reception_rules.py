"""接访规则: said as people say them, with the next ten days shown while the form is filled."""

from datetime import date
from typing import Any

from flask import jsonify, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.base import DeskView, current_actor, show
from admin_views.listing import Cell, Column, Tab
from admin_views.people import state_cell
from admin_views.reception_rule_form import FIELDSETS, PARTS, RuleForm, filled_from, ready_rules, said_by, text_of
from admin_views.rule_english import day_in_english, rule_words
from admin_views.wording import is_english, said
from models import db
from rules.access import Actor
from rules.rule_text import parse
from rules.session_hours import hours_text
from rules.words import OnHoliday, RuleBroken
from services import reception_rules, rule_preview, settings
from services.rule_preview import RuleDay

ASKED = ("kind", *PARTS, "on_holiday", "valid_from", "valid_to")
"""Fields that decide which days a rule gives."""


def preview_of(form: RuleForm) -> dict[str, Any]:
    """{"words", "days", "remarks"} of a filled form, or {"error"}: a sentence."""
    form.validate()
    try:
        for name in ASKED:
            if form[name].errors:
                raise RuleBroken(f"{form[name].label.text}：{form[name].errors[0]}", name)
        text, since, until = (
            text_of({field.name: field.data for field in form}),
            form.valid_from.data,
            form.valid_to.data,
        )
        return preview_text(text, form.on_holiday.data, since, until)
    except RuleBroken as no:
        return {"error": said(no.message), "words": "", "days": [], "remarks": []}


def preview_text(text: str, on_holiday: OnHoliday, since: date | None, until: date | None) -> dict[str, Any]:
    """A rule with its next ten days, in the reader's language. Raises RuleBroken."""
    today = current_actor().today
    found = rule_preview.preview(db.session(), text, on_holiday, today, since=since, until=until)
    return {
        "words": f"{rule_words(text)}{COMMA[is_english()]}{show(on_holiday)}",
        "days": [line(day, today.year) for day in found.days],
        "remarks": [said(one) for one in found.remarks],
    }


def line(day: RuleDay, year: int) -> dict[str, Any]:
    """One line of the preview: its text, its kind (moved, dropped or nothing), and the word for a year not published."""
    kind = "dropped" if day.held is None else "moved" if day.is_moved else ""
    text = day_in_english(day, year) if is_english() else day.text(year)
    return {"text": text, "kind": kind, "tag": gettext("推定") if day.provisional else ""}


COMMA = {False: "，", True: ", "}


class RuleView(DeskView):
    """接访规则."""

    title, group = "接访规则", "接访"
    create_verb = edit_verb = "reception_rule.edit"
    create_label = "新增规则"
    create_template = edit_template = "reception_rule.html"
    verbs = {"preview": "reception_rule.edit"}
    columns = (
        Column("name", "名称", lambda r: r.name, sort=m.ReceptionRule.name),
        Column("words", "哪几天", lambda r: Cell(rule_words(r.rrule), sub=show(r.on_holiday))),
        Column("hours", "时间", lambda r: hours_text(r.starts, r.ends), kind="num"),
        Column("use", "用途", lambda r: Cell(show(r.use), sub=show(r.only_rank))),
        Column("place", "接访地点", lambda r: both_places(r)),
        Column("form", "接访形式", lambda r: show(r.form)),
        Column("validity", "有效期", lambda r: validity(r)),
        Column("state", "状态", state_cell),
    )
    tabs = (
        Tab("active", "启用", lambda s, _a: s.where(m.ReceptionRule.is_active)),
        Tab("all", "全部", lambda s, _a: s),
    )
    fieldsets = FIELDSETS
    fact_groups = (("接访规则", ("name",)),)

    def scaffold_form(self) -> Any:
        return RuleForm

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return RuleForm(request.form)
        ready = request.args.get("ready", "")
        chosen = next((one for one in ready_rules() if one["text"] == ready), None)
        place = settings.get(db.session(), "reception_place", current_actor().today)
        if chosen is None:
            return RuleForm(place=place)
        since = current_actor().today if parse(ready).is_anchored else None
        return RuleForm(
            name=chosen["name"],
            on_holiday=OnHoliday(chosen["on_holiday"]),
            rrule=ready,
            valid_from=since,
            place=place,
            **said_by(ready),
        )

    def edit_form(self, obj: Any = None) -> Any:
        for name, value in (dict.fromkeys(PARTS) | {"interval": 1} | filled_from(obj)).items():
            setattr(obj, name, value)
        return RuleForm(request.form if request.method == "POST" else None, obj=obj)

    def default_order(self) -> list[Any]:
        return [m.ReceptionRule.id]

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        return screen | {
            "ready": ready_rules() if row is None else [],
            "preview_url": url_for("reception_rule.preview"),
        }

    def render(self, template: str, **context: Any) -> Any:
        """The form comes with the days it says now, so that it works without scripts too."""
        if template == self.create_template:
            context["preview"] = self._preview(context["form"])
        return super().render(template, **context)

    def _preview(self, form: RuleForm) -> dict[str, Any] | None:
        """What was sent is checked; what a new form or a stored rule holds is only said."""
        if request.method == "POST":
            return preview_of(RuleForm(request.form))
        if not form.rrule.data:
            return None
        try:
            return preview_text(form.rrule.data, form.on_holiday.data, form.valid_from.data, form.valid_to.data)
        except RuleBroken as no:
            return {"error": said(no.message), "words": "", "days": [], "remarks": []}

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        if "preview" in request.form:
            return self._form_page(self.create_form(), None)
        return super().create_view()

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        if "preview" in request.form:
            row = self.get_one(request.args.get("id"))
            return self._form_page(self.edit_form(row), row)
        return super().edit_view()

    @expose("/preview/")
    def preview(self) -> Any:
        """The next ten days of what is being filled in, as JSON."""
        return jsonify(preview_of(RuleForm(request.args)))

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        said = {name: values[name] for name in reception_rules.FIELDS if name in values}
        said |= {name: values[name] or None for name in ("place", "other_place", "cadre")}
        return reception_rules.save(db.session(), actor, row, said | {"rrule": text_of(values)})

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        try:
            shown = preview_text(row.rrule, row.on_holiday, row.valid_from, row.valid_to)
        except RuleBroken as no:
            shown = {"days": [], "remarks": [said(no.message)]}
        coming = [f"{one['text']}{' · ' if one['tag'] else ''}{one['tag']}" for one in shown["days"]]
        items = [
            {"label": gettext("哪几天"), "text": f"{rule_words(row.rrule)}{COMMA[is_english()]}{show(row.on_holiday)}"},
            {"label": gettext("时间"), "text": hours_text(row.starts, row.ends), "num": True},
            {"label": gettext("用途"), "text": show(row.use)},
            {"label": gettext("哪些领导"), "text": whose(row)},
            {"label": gettext("接访地点"), "text": both_places(row)},
            {"label": gettext("接访形式"), "text": show(row.form)},
            {"label": gettext("信访干部"), "text": row.cadre or ""},
            {"label": gettext("有效期"), "text": validity(row)},
            {"label": gettext("规则文本"), "text": row.rrule},
            {
                "label": gettext("状态"),
                "text": "",
                "tag": {"text": gettext("启用") if row.is_active else gettext("停用")},
            },
            {"label": gettext("接下来的接待日"), "text": "\n".join([*coming, *shown["remarks"]]), "wide": True},
        ]
        context["screen"]["facts"] = [{"title": gettext("接访规则"), "items": items}]
        return context


def whose(row: m.ReceptionRule) -> str:
    """Whose days they are."""
    return show(row.only_rank) if row.only_rank else gettext("全部领导轮流")


def both_places(row: m.ReceptionRule) -> str:
    """The place, or the two in turn."""
    if not row.other_place:
        return row.place or ""
    return gettext("%(place)s、%(other)s轮流", place=row.place, other=row.other_place)


def validity(row: m.ReceptionRule) -> str:
    """长期, 2026-01-01 起, 至 2026-12-31."""
    if row.valid_from is None and row.valid_to is None:
        return gettext("长期")
    return gettext("%(first)s 至 %(last)s", first=row.valid_from or gettext("始"), last=row.valid_to or gettext("长期"))


def views() -> list[Any]:
    return [RuleView(m.ReceptionRule)]
