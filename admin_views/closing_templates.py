"""结案清单: the templates of the closing file; an edited one becomes the next edition (H1)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.base import Action, DeskView, current_actor, done, show
from admin_views.listing import Cell, Column, Tab, tagged
from admin_views.template_rows import FIELDS, blank_row, entered, row_of
from admin_views.wording import said as worded
from models import db
from rules.access import Actor, may
from rules.closing_items import SOURCES, WAIVERS, ByHand, Proof, When
from rules.moves import Need
from rules.words import RuleBroken, Stale
from services import closing_templates, gate

BLANKS = 3
"""Empty rows under the items."""
NAME = Need("name", "清单名称", "text", limit=closing_templates.LONGEST_NAME)


def _default(session: Any, actor: Actor, row: m.ClosingTemplate, _said: dict[str, Any]) -> str:
    closing_templates.make_default(session, actor, row)
    return gettext("“%(name)s”已设为本办默认，已开的结案卷不变。", name=row.name)


def _copy(session: Any, actor: Actor, row: m.ClosingTemplate, said: dict[str, Any]) -> Any:
    made = closing_templates.create(session, actor, said["name"], row)
    session.flush()
    return done(gettext("已复制为“%(name)s”。", name=made.name), url_for("closing_template.details_view", id=made.id))


def _rename(session: Any, actor: Actor, row: m.ClosingTemplate, said: dict[str, Any]) -> str:
    closing_templates.rename(session, actor, row, said["name"])
    return gettext("已改名。")


def _assign(is_used: bool) -> Any:
    def run(session: Any, actor: Actor, row: m.ClosingTemplate, said: dict[str, Any]) -> str:
        campaign = closing_templates.assign(session, actor, row, said["campaign_id"], is_used=is_used)
        text = "“%(name)s”的包案以后按这份清单结案。" if is_used else "“%(name)s”的包案以后按本办默认清单结案。"
        return str(gettext(text, name=campaign.name))

    return run


def _retire(is_active: bool) -> Any:
    def run(session: Any, actor: Actor, row: m.ClosingTemplate, _said: dict[str, Any]) -> str:
        closing_templates.retire(session, actor, row, is_active=is_active)
        return gettext("已启用。") if is_active else gettext("已停用，按它办理的结案卷不受影响。")

    return run


def campaigns_of(row: m.ClosingTemplate) -> list[m.Campaign]:
    found = gate.rows(current_actor(), m.Campaign).where(m.Campaign.closing_template_id == row.id)
    return list(db.session.scalars(found.order_by(m.Campaign.id)))


class ClosingTemplateView(DeskView):
    """结案清单."""

    title, group = "结案清单", "包案"
    details_template = "closing/template.html"
    verbs = {"items_view": "closing_template.edit"}
    columns = (
        Column("name", "清单名称", lambda t: Cell(t.name, sub=t.source or "")),
        Column("edition", "版次", lambda t: gettext("第 %(edition)s 版", edition=t.current.edition)),
        Column("items", "项数", lambda t: str(len(t.current.items))),
        Column("made_on", "改定日期", lambda t: show(t.current.made_on)),
        Column("is_default", "用于", lambda t: tagged(gettext("本办默认"), "ok") if t.is_default else Cell(_used(t))),
    )
    tabs = (
        Tab("active", "在用", lambda s, _a: s.where(m.ClosingTemplate.is_active)),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    actions = (
        Action(
            "default", "设为本办默认", "closing_template.edit", _default,
            is_shown=lambda row, _actor: not row.is_default and row.is_active,
            confirm="设为本办默认？以后新开的结案卷按它办理，已开的不变。",
        ),
        Action(
            "use", "用于专项活动", "closing_template.edit", _assign(True), (Need("campaign_id", "专项活动", "campaign"),),
            is_shown=lambda row, _actor: row.is_active,
        ),
        Action(
            "unuse", "专项活动改回默认", "closing_template.edit", _assign(False), (Need("campaign_id", "专项活动", "campaign"),),
            is_shown=lambda row, _actor: bool(campaigns_of(row)),
        ),
        Action("copy", "另存为新清单", "closing_template.edit", _copy, (NAME,)),
        Action("rename", "改名", "closing_template.edit", _rename, (NAME,)),
        Action(
            "retire", "停用", "closing_template.edit", _retire(False), kind="no",
            is_shown=lambda row, _actor: row.is_active and not row.is_default, confirm="停用？以后新开的结案卷不再用它。",
        ),
        Action(
            "revive", "启用", "closing_template.edit", _retire(True), is_shown=lambda row, _actor: not row.is_active,
            confirm="启用这份清单？",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.ClosingTemplate.id]

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "unuse":
            form.campaign_id.narrow = lambda s: s.where(m.Campaign.closing_template_id == row.id)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "rename":
            form.name.data = row.name

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        asked = gate.id_in(request.args.get("edition", ""))
        edition = next((one for one in row.editions if one.edition == asked), row.current)
        context = super().details(row)
        if may(actor, "closing_template.edit"):
            edit = {
                "label": gettext("修改清单"),
                "url": url_for("closing_template.items_view", row_id=row.id),
                "primary": True,
            }
            context["screen"]["actions"].insert(0, edit)
        return context | {
            "checklist": row,
            "edition": edition,
            "items": closing_templates.items_of(edition),
            "campaigns": campaigns_of(row),
            "sources": SOURCES,
            "show": show,
        }

    @expose("/<row_id>/items", methods=("GET", "POST"))
    def items_view(self, row_id: str) -> Any:
        """Edit the items: what is saved becomes the next edition."""
        row = self.get_one(row_id)
        if request.method == "GET":
            items = [row_of(item) for item in closing_templates.items_of(row.current)]
            return self._items_page(row, [*items, *(blank_row() for _n in range(BLANKS))], "", None)
        rows = entered(request.form)
        note = request.form.get("note", "")
        try:
            shown, current = request.form.get("version", type=int), row.current.edition
            if shown != current:
                raise Stale(gettext("别人已经保存了第 %(edition)s 版，没有保存；请打开新版再改。", edition=current))
            items = [one.item for one in rows if one.is_kept]
            made = closing_templates.revise(db.session(), current_actor(), row, items, note)
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            return self._items_page(self.get_one(row_id), [one.said for one in rows], note, no)
        db.session.commit()
        flash(gettext("已保存为第 %(edition)s 版；以前开的结案卷仍按原来的版次。", edition=made.edition), "success")
        return redirect(self.row_url(row))

    def _items_page(self, row: Any, rows: list[dict[str, Any]], note: str, no: RuleBroken | None) -> Any:
        page = self.render(
            "closing/template_items.html", checklist=row, rows=rows, note=note, fields=FIELDS,
            error=worded(no.message) if no is not None else "", bad_row=no.row if no is not None else None,
            bad_field=no.field if no is not None else None, proofs=_choices(Proof), by_hands=_choices(ByHand),
            whens=_choices(When), sources=_choices(SOURCES.values()), waivers=WAIVERS, crumb=self.crumb(row), back=self.row_url(row),
        )  # fmt: skip
        return page if no is None else (page, 409 if isinstance(no, Stale) else 422)


def _choices(words: Any) -> list[tuple[str, str]]:
    """(value, what is shown) of an enum's words, or of the sources with their kind of evidence."""
    if isinstance(words, type):
        return [(word.value, gettext(word.label)) for word in words]
    return [(one.key, f"{gettext(one.label)}（{gettext(one.proof.label)}）") for one in words]


def _used(row: m.ClosingTemplate) -> str:
    return "、".join(campaign.name for campaign in campaigns_of(row))


def views() -> list[Any]:
    return [ClosingTemplateView(m.ClosingTemplate)]
