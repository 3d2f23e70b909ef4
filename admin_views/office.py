"""设置: the set-up list, the office's settings, terms, categories, and the read-only table of rules."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField

import models as m
from admin_views.base import DeskView, Page, current_actor, show
from admin_views.labels import lazy_label
from admin_views.listing import Cell, Column, Filter, Tab, equals
from admin_views.lookup import contains
from admin_views.wording import said
from models import db
from rules import access, moves
from rules.access import Actor, may
from rules.terms import MAX_DAYS, UNITS
from rules.words import Role, RuleBroken, Status
from services import calendars, gate, office_setup, setting_items, settings

STEP_VERBS = {
    "office": "setting.edit",
    "units": "unit.edit",
    "leaders": "leader.edit",
    "rule": "reception_rule.edit",
    "categories": "import.run",
    "accounts": "user.edit",
}
"""Step of the set-up list → what its doer may do; the others see who does it."""


class SetupList(Page):
    """开办清单: the first day of a real office; every step skippable and findable again."""

    verbs = {"index": "setup.view", "skip": "setup.view"}

    @expose("/")
    def index(self) -> Any:
        actor = current_actor()
        return self.render(
            "setup.html",
            steps=office_setup.setup_steps(db.session(), actor),
            mine={key for key, verb in STEP_VERBS.items() if may(actor, verb)},
            may_skip=may(actor, "setting.edit"),
        )

    @expose("/skip", methods=("POST",))
    def skip(self) -> Any:
        actor = current_actor()
        gate.allow(actor, "setting.edit")
        known = {step.key for step in office_setup.setup_steps(db.session(), actor)}
        key = request.form.get("key", "")
        if key not in known:
            raise gate.NotHere(gettext("没有这一步。"))
        office_setup.skip_step(db.session(), actor, key, skip=request.form.get("skip") == "1")
        db.session.commit()
        return redirect(url_for("setup.index"))


class SettingPage(Page):
    """本办设置: every setting of services.settings on one page, dated from today on."""

    verbs = {"index": "setting.list", "save": "setting.edit"}

    @expose("/")
    def index(self) -> Any:
        return self._page({}, {}, 200)

    @expose("/save", methods=("POST",))
    def save(self) -> Any:
        actor, errors = current_actor(), {}
        sent = {
            item.key: request.form[item.key] for item in setting_items.ITEMS if item.group and item.key in request.form
        }
        for key, text in sent.items():
            try:
                settings.put(db.session(), actor, key, text)
            except RuleBroken as no:
                errors[key] = said(no.message)
        if errors:
            db.session.rollback()
            return self._page(sent, errors, 422)
        db.session.commit()
        flash(gettext("设置已保存，从今天起生效。"), "success")
        return redirect(url_for("setting.index"))

    def _page(self, sent: dict[str, str], errors: dict[str, str], status: int) -> Any:
        actor = current_actor()
        groups: dict[str, list[dict[str, Any]]] = {}
        for item in setting_items.ITEMS:
            if item.group:
                value = sent.get(item.key, settings.get(db.session(), item.key, actor.today))
                groups.setdefault(item.group, []).append({"item": item, "value": value, "error": errors.get(item.key)})
        page = self.render("settings.html", groups=groups, errors=errors, may_edit=may(actor, "setting.edit"))
        return page, status


class TermView(DeskView):
    """期限: dated rows the clocks are computed from."""

    title, group = "期限", "设置"
    noun = "term"
    create_verb = edit_verb = "term.edit"
    create_label = "新增期限"
    columns = (
        Column("label", "期限", lambda t: gettext(t.label)),
        Column("days", "天数", lambda t: str(t.days), kind="num"),
        Column("unit", "计算方式", lambda t: gettext(UNITS[t.unit])),
        Column("roll", "末日顺延", lambda t: show(t.roll)),
        Column("source", "依据", lambda t: Cell(t.source, kind="clip")),
        Column("valid_from", "生效日期", lambda t: show(t.valid_from), sort=m.TermRow.valid_from),
        Column("valid_to", "失效日期", lambda t: show(t.valid_to)),
    )
    fieldsets = (("期限", ("key", "label", "days", "unit", "roll", "source", "valid_from", "valid_to")),)
    form_args = {"key": {"description": "与规则中的名称一致，如 handle；同一名称可有多行，按日期生效。"}}

    def default_order(self) -> list[Any]:
        return [m.TermRow.id]

    def page_title(self, row: Any | None) -> str:
        return gettext(row.label) if row is not None else super().page_title(row)

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        found = super().fact(row, name)
        return found | {"text": gettext(UNITS[row.unit])} if name == "unit" else found

    def row_url(self, row: Any) -> str:
        return (
            url_for("term.edit_view", id=row.id)
            if may(current_actor(), "term.edit")
            else url_for("term.details_view", id=row.id)
        )

    def scaffold_form(self) -> Any:
        form = super().scaffold_form()
        form.unit = SelectField(lazy_label("unit"), choices=[(key, lazy_gettext(word)) for key, word in UNITS.items()])
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if values["valid_to"] and values["valid_to"] < values["valid_from"]:
            raise RuleBroken(gettext("失效日期：不能早于生效日期，请核对。"), "valid_to")
        if not 1 <= (values["days"] or 0) <= MAX_DAYS:
            raise RuleBroken(gettext("天数：请填 1 到 %(most)s 之间的整数。", most=MAX_DAYS), "days")
        saved = super().save(actor, row, values)
        calendars.forget(db.session())
        return saved


class CategoryView(DeskView):
    """内容分类: the three-level tree; the whole path is its identity."""

    title, group = "内容分类", "设置"
    create_verb = edit_verb = "category.edit"
    create_label, export_verb = "新增分类", "category.export"
    searchable = True
    columns = (
        Column("path", "内容分类", lambda c: str(c), sort=m.Category.path),
        Column("level", "级别", lambda c: str(c.level), kind="num"),
        Column("code", "代码", lambda c: c.code or ""),
        Column("valid_to", "失效日期", lambda c: show(c.valid_to)),
    )
    filters = (Filter("level", "级别", equals(m.Category.level), lambda _a: [("1", "1"), ("2", "2"), ("3", "3")]),)
    tabs = (
        Tab("valid", "在用", lambda s, _a: s.where(m.Category.valid_to.is_(None))),
        Tab("all", "全部", lambda s, _a: s),
    )
    fieldsets = (("内容分类", ("parent_id", "name", "code", "valid_from", "valid_to")),)

    def default_order(self) -> list[Any]:
        return [m.Category.path]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(contains(m.Category.path, text))

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        parent = db.session.get(m.Category, values["parent_id"]) if values["parent_id"] else None
        if "/" in (values["name"] or ""):
            raise RuleBroken(gettext("名称：不能含有“/”，请换一个字。"), "name")
        if parent is not None and (parent.level >= 3 or parent.id == row.id):
            raise RuleBroken(gettext("上级：只能选一级或二级分类，且不能是自己。"), "parent_id")
        if row.id is not None and (row.parent_id, row.name) != (values["parent_id"], values["name"]):
            raise RuleBroken(
                gettext("名称：分类用过后不能改名或移动；请将它停用（填失效日期），另建新的分类。"), "name"
            )
        row.level = parent.level + 1 if parent else 1
        row.path = f"{parent.path}/{values['name']}" if parent else values["name"]
        return super().save(actor, row, values)


class Rulebook(Page):
    """规则一览: moves and permissions, which are code, shown read-only (design §4)."""

    verbs = {"index": "rules.view"}

    @expose("/")
    def index(self) -> Any:
        table = [(state, list(moves.MOVES[state].values())) for state in Status if moves.MOVES[state]]
        return self.render(
            "rulebook.html", table=table, permissions=access.PERMISSIONS, roles=list(Role), scopes=access.MATTER_SCOPE
        )


def views() -> list[Any]:
    return [
        SetupList(name="开办清单", endpoint="setup", url="/admin/setup"),
        SettingPage(name="本办设置", endpoint="setting", url="/admin/setting"),
        TermView(m.TermRow),
        CategoryView(m.Category),
        Rulebook(name="规则一览", endpoint="rulebook", url="/admin/rulebook"),
    ]
