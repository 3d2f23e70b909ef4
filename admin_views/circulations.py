"""逾期通报: drafted for a day and some kinds of date, frozen when issued, printed, as xlsx and docx (B10)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export, wording
from admin_views.base import DeskView, current_actor, done, show
from admin_views.listing import Cell, Column, Filter, between, to_date
from models import db
from rules import owed
from rules.access import Actor, may
from rules.words import RuleBroken
from services import circulations, gate


def named_units(row: m.Circulation) -> str:
    """城建办、民政办."""
    return wording.listed(unit.name for unit in row.units)


class CirculationView(DeskView):
    """逾期通报."""

    title, group = "逾期通报", "办理"
    verbs = {
        "draft": "circulation.draft",
        "issue": "circulation.issue",
        "print_view": "circulation.list",
        "table": "circulation.export",
    }
    columns = (
        Column("number", "文号", lambda c: Cell(c.number, kind="code"), sort=m.Circulation.id),
        Column("period", "期间", lambda c: wording.said(circulations.period_text(c.body))),
        Column("units", "被通报单位", named_units),
        Column("issued_on", "印发日期", lambda c: Cell(show(c.issued_on), kind="code"), sort=m.Circulation.issued_on),
        Column("issued_by", "印发人", lambda c: c.body["issued_by"]),
    )
    filters = (Filter("issued", "印发日期", between(m.Circulation.issued_on), kind="dates"),)
    list_options = (sa.orm.selectinload(m.Circulation.units),)

    def default_order(self) -> list[Any]:
        return [m.Circulation.id.desc()]

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        if not may(actor, "circulation.draft"):
            return []
        return [{"label": gettext("拟通报"), "url": url_for("circulation.draft"), "primary": True}]

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if narrowed:
            return super().empty_state(actor, narrowed)
        if may(actor, "circulation.draft"):
            action = {"label": gettext("拟通报"), "url": url_for("circulation.draft")}
            return {"text": gettext("还没有印发过通报。先选截至日期和期限种类，看过名单再印发。"), "action": action}
        return {"text": gettext("没有点到本单位的通报。"), "action": None}

    @expose("/draft/")
    def draft(self) -> Any:
        """The list as it would be issued now; what is asked for stands in the address."""
        actor = current_actor()
        asked = Asked(request.args, actor.today)
        try:
            body = circulations.draft(db.session(), actor, asked.as_of, asked.kinds, asked.from_on)
        except RuleBroken as no:
            return self._draft_page(actor, asked, None, wording.said(no.message)), 422
        return self._draft_page(actor, asked, circulations.seen(db.session(), actor, body))

    def _draft_page(self, actor: Actor, asked: "Asked", shown: dict[str, Any] | None, error: str = "") -> Any:
        offers = bool(shown and shown["rows"]) and may(actor, "circulation.issue")
        return self.render(
            "due/circulation_draft.html",
            asked=asked,
            error=error,
            kinds=[(key, gettext(owed.KINDS[key].label), key in asked.kinds) for key in owed.CIRCULATED],
            issue=asked.fields() if offers else None,
            **(parts_of(shown) if shown else {"body": None}),
        )

    @expose("/issue", methods=("POST",))
    def issue(self) -> Any:
        """Number and freeze the draft."""
        actor = current_actor()
        asked = Asked(request.form, actor.today)
        try:
            row = circulations.issue(db.session(), actor, asked.as_of, asked.kinds, asked.from_on)
        except gate.Forbidden:
            raise
        except RuleBroken as no:
            db.session.rollback()
            return self._draft_page(actor, asked, None, wording.said(no.message)), 422
        said = gettext("已印发：%(number)s。以后的办理不再改变这份通报。", number=row.number)
        return done(said, url_for("circulation.details_view", id=row.id))

    @expose("/details/")
    def details_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        actor = current_actor()
        shown = circulations.seen(db.session(), actor, row.body)
        return self.render("due/circulation.html", row=row, actions=actions(row, actor), **parts_of(shown))

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        shown = circulations.seen(db.session(), current_actor(), row.body)
        back = url_for("circulation.details_view", id=row.id)
        return self.render(
            "paper/circulation.html", row=row, back=back, title=circulations.TITLE, seal_date=circulations.paper_date(row.issued_on),
            words={key: kind.label for key, kind in owed.KINDS.items()},
            seal_name=row.body["reporting_unit"], **parts_of(shown),
        )  # fmt: skip

    @expose("/<row_id>/table/<form>/")
    def table(self, row_id: str, form: str) -> Any:
        row = self.get_one(row_id)
        export.check_form(form)
        shown = circulations.seen(db.session(), current_actor(), row.body)
        name = f"{circulations.TITLE}_{row.number}"
        return export.answer(
            "circulation", name, lambda: circulations.sheet(row.number, shown), conditions=row.number, form=form
        )


class Asked:
    """What a draft was asked for: until which day, since when, which kinds of date; odd days are said, not guessed."""

    def __init__(self, values: Any, today: date) -> None:
        chosen = [key for key in values.getlist("kind") if key in owed.CIRCULATED]
        self.kinds = chosen or ([] if values.get("asked") else list(owed.CIRCULATED))
        self.texts = {"as_of": values.get("as_of", "")[:10], "from_on": values.get("from_on", "")[:10]}
        self.as_of = to_date(self.texts["as_of"]) or today
        self.from_on = to_date(self.texts["from_on"])

    def fields(self) -> list[tuple[str, str]]:
        """The same as hidden fields."""
        days = [("as_of", self.as_of.isoformat()), ("from_on", self.from_on.isoformat() if self.from_on else "")]
        return [*days, ("asked", "1"), *(("kind", key) for key in self.kinds)]


def actions(row: m.Circulation, actor: Actor) -> list[dict[str, Any]]:
    """Print; take it out as Word or Excel with a reason."""
    url = url_for("circulation.print_view", row_id=row.id)
    found: list[dict[str, Any]] = [{"label": gettext("打印"), "url": url, "new_tab": True}]
    if may(actor, "circulation.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
            url = url_for("circulation.table", row_id=row.id, form=form)
            found.append({"label": label, "url": url, "ask_reason": ask, "primary": form == "xlsx"})
    return found


def parts_of(shown: dict[str, Any]) -> dict[str, Any]:
    """A body as tiles, units with their rows, and its period in words."""
    total = shown["total"]
    return {
        "body": shown,
        "period": wording.said(circulations.period_text(shown)),
        "tiles": [
            {"label": gettext("被通报单位"), "value": len(shown["units"])},
            {"label": gettext(circulations.OPEN), "value": total["open"], "kind": "late"},
            {"label": gettext(circulations.DONE), "value": total["done"]},
            {"label": gettext("最长超期天数"), "value": total["longest"]},
        ],
        "kind_words": wording.listed(gettext(owed.KINDS[key].label) for key in shown["kinds"]),
        "units": [unit | {"lines": [line_of(row) for row in unit["rows"]]} for unit in shown["units"]],
    }


def line_of(row: dict[str, Any]) -> dict[str, Any]:
    """One row in words."""
    return row | {
        "kind": gettext(owed.KINDS[row["kind"]].label),
        "state": gettext(circulations.DONE if row["done_on"] else circulations.OPEN),
        "state_kind": "wait" if row["done_on"] else "late",
    }


def views() -> list[Any]:
    return [CirculationView(m.Circulation)]
