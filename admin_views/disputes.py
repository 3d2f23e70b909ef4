"""矛盾纠纷: the ledger of disputes by unit — entered, reported upward, settled, turned into a matter (E2)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, targets
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.dispute_actions import ACTIONS, is_open
from admin_views.dispute_list import COLUMNS, FILTERS, STATE_KINDS, TABS, URGENCY_KINDS
from admin_views.dispute_page import facts_of
from admin_views.export import conditions
from admin_views.list_rows import ListRows
from models import db
from rules import access
from rules.access import Actor, mask, may
from services import dispute_cases, disputes, documents, gate, settings

PRINTED = 500
"""Lines of a printed ledger; more is for Excel."""


class DisputeView(DeskView):
    """矛盾纠纷排查化解台账."""

    title, group = "矛盾纠纷", "接访"
    create_verb = edit_verb = "dispute.edit"
    create_label, export_verb = "登记矛盾纠纷", "dispute.export"
    searchable, search_hint = True, "编号、地点、起因"
    verbs = {"ledger": "dispute.list", "report_view": "dispute.list"}
    columns, filters, tabs = COLUMNS, FILTERS, TABS
    list_options = (joinedload(m.Dispute.unit),)
    fieldsets = (
        ("矛盾纠纷", ("unit_id", "found_on", "place", "people_count", "party", "phone", "urgency", "cause")),
        ("化解", ("responsible", "due_on", "situation", "measures")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Dispute.id.desc()]

    def search(self, statement: Any, text: str) -> Any:
        found = (
            column.contains(text, autoescape=True) for column in (m.Dispute.number, m.Dispute.place, m.Dispute.cause)
        )
        return statement.where(sa.or_(*found))

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        kept = {name: value for name, value in request.args.items() if name not in ("page", "reason")}
        found = super().list_actions(actor)
        found.insert(0, {"label": gettext("打印台账"), "url": url_for("dispute.ledger", **kept), "new_tab": True})
        if may(actor, "dispute.export"):
            url = url_for("dispute.export", export_type="docx", **kept)
            ask = gettext("请写明导出理由，会记入审计。")
            found.insert(1, {"label": gettext("导出 Word"), "url": url, "ask_reason": ask})
        return found

    @expose("/ledger/")
    def ledger(self) -> Any:
        """The list as narrowed, printed as 台账."""
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        listing = ListRows(self, actor, args)
        rows = list(db.session.scalars(listing.ordered().options(joinedload(m.Dispute.unit)).limit(PRINTED + 1)))
        looked.note("print", table="dispute")
        return self.render(
            "paper/dispute_ledger.html", rows=rows[:PRINTED], is_cut=len(rows) > PRINTED, most=PRINTED,
            said=conditions(listing) or [gettext(listing.tab.label)], office=settings.get(db.session(), "office_name", actor.today),
            preparer=actor.name, today=actor.today, back=url_for("dispute.index_view", **args),
        )  # fmt: skip

    @expose("/<row_id>/report")
    def report_view(self, row_id: str) -> Any:
        """矛盾纠纷情况上报表, as it was reported."""
        row = self.get_one(row_id)
        if row.reported_on is None:
            raise gate.NotHere(gettext("这件矛盾纠纷还没有上报。"))
        looked.note("print", table="dispute", petition_id=row.petition_id)
        office = settings.get(db.session(), "office_name", current_actor().today)
        sealed = {"seal_name": row.unit.name, "seal_date": documents.written(row.reported_on)}
        return self.render("paper/dispute_report.html", row=row, office=office, back=self.row_url(row), **sealed)

    def page_title(self, row: Any | None) -> str:
        return row.number if row is not None else gettext(self.create_label)

    def create_form(self, obj: Any = None) -> Any:
        form, actor = self.narrowed(super().create_form(obj)), current_actor()
        if request.method == "GET":
            form.found_on.data, form.people_count.data = actor.today, 1
            form.unit_id.data = actor.unit_id if actor.unit_id in actor.unit_ids and not actor.is_office else None
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The phone is not shown again: a new one replaces it, an empty field leaves it (C3)."""
        form = self.narrowed(super().edit_form(obj))
        if request.method == "GET":
            form.phone.data = ""
        if obj.phone:
            form.phone.description = gettext("已登记 %(phone)s；不改请留空。", phone=mask("phone", obj.phone))
        return form

    def narrowed(self, form: Any) -> Any:
        """A unit's people enter for their own unit and those below it."""
        actor = current_actor()
        if actor.role not in access.OFFICE:
            form.unit_id.narrow = lambda s: targets.active_units(s).where(m.Unit.id.in_(sorted(actor.unit_ids)))
        form.party.description = gettext("几个人用顿号隔开；转为信访事项时作为信访人。")
        for name in ("cause", "situation", "measures"):
            form[name].render_kw = {"rows": 3}
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return disputes.save(db.session(), actor, row, values)

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return (
            super().saved_words(saved, is_edit=True) if is_edit else gettext("已登记 %(number)s。", number=saved.number)
        )

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return is_open(row, actor)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        today = current_actor().today
        for name in ("reported_on", "settled_on"):
            if name in form:
                form[name].data = today
        if action.verb == "case":
            leader = dispute_cases.proposed(db.session(), current_actor(), row)
            form.leader_id.data = leader.id if leader else None
        if action.verb == "report":
            form.situation.data, form.measures.data = row.situation, row.measures

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="dispute", petition_id=row.petition_id)
        context = super().details(row)
        tags = [
            {"text": show(row.state), "kind": STATE_KINDS[row.state]},
            {"text": show(row.urgency), "kind": URGENCY_KINDS[row.urgency]},
        ]
        if row.reported_on is not None:
            url = url_for("dispute.report_view", row_id=row.id)
            context["screen"]["actions"].append({"label": gettext("打印上报表"), "url": url, "new_tab": True})
        context["screen"] |= {"tags": tags, "facts": facts_of(row)}
        return context


def views() -> list[Any]:
    return [DisputeView(m.Dispute)]
