"""矛盾纠纷: the ledger of disputes by unit — entered, reported upward, settled, turned into a matter (E2)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contact_filters, looked, targets
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.export import conditions
from admin_views.list_rows import ListRows
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules import access
from rules.access import Actor, mask, may
from rules.moves import Need
from rules.reception_words import DisputeState, Urgency
from services import dispute_cases, disputes, documents, gate, settings
from services.cases import Assignment

PRINTED = 500
"""Lines of a printed ledger; more is for Excel."""

STATE_KINDS = {DisputeState.OPEN: "now", DisputeState.SETTLED: "ok", DisputeState.TURNED: "wait"}
URGENCY_KINDS = {Urgency.NORMAL: "wait", Urgency.SERIOUS: "soon", Urgency.URGENT: "late"}


def due_cell(row: m.Dispute) -> Cell:
    """The deadline, late in words."""
    is_late = row.state is DisputeState.OPEN and row.due_on is not None and row.due_on < current_actor().today
    return tagged(gettext("已超期"), "late", show(row.due_on)) if is_late else Cell(show(row.due_on), kind="code")


def reported_cell(row: m.Dispute) -> Cell:
    """When and to whom it was reported; what is owed, in words."""
    if row.reported_on is None:
        owed = row.state is DisputeState.OPEN and row.urgency in disputes.SERIOUS
        return tagged(gettext("应上报"), "late") if owed else Cell()
    return Cell(show(row.reported_on), sub=row.reported_to or "", kind="code")


def _report(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    on, to = said["reported_on"], said["reported_to"]
    disputes.report(session, actor, row, on, to, said["situation"], said["measures"])
    return gettext("已登记上报。")


def _settle(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    disputes.settle(session, actor, row, said["settled_on"], said["result"])
    return gettext("已登记化解结果。")


def _reopen(session: Any, actor: Actor, row: m.Dispute, _said: dict[str, Any]) -> str:
    disputes.reopen(session, actor, row)
    return gettext("已恢复为化解中。")


def _matter(session: Any, actor: Actor, row: m.Dispute, _said: dict[str, Any]) -> str:
    return gettext("已转为信访事项 %(number)s。", number=disputes.into_matter(session, actor, row).number)


def _case(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    told = Assignment(said["leader_id"], close_by=said["close_by"], reason=said["reason"] or None)
    case = dispute_cases.into_case(session, actor, row, told)
    return gettext(
        "已登记信访事项 %(matter)s，由%(leader)s包案，编号 %(number)s。",
        matter=row.petition.number, leader=case.leader.name, number=case.number,
    )  # fmt: skip


def round_options(_actor: Actor) -> list[tuple[str, str]]:
    newest = sa.select(m.ScreeningRound).order_by(m.ScreeningRound.id.desc()).limit(24)
    return [(str(one.id), one.name) for one in db.session.scalars(newest)]


def is_open(row: m.Dispute, actor: Actor) -> bool:
    """Still to be settled, and this actor's to write."""
    return row.state is DisputeState.OPEN and disputes.writes_for(actor, row.unit_id)


def matter_url(row: m.Dispute) -> str:
    """The matter it became, where the reader may open it; else its own page."""
    actor = current_actor()
    if row.petition_id is not None and may(actor, "petition.view"):
        seen = gate.rows(actor, m.Petition).where(m.Petition.id == row.petition_id)
        if db.session.scalars(seen).first() is not None:
            return url_for("petition.details_view", id=row.petition_id)
    return url_for("dispute.details_view", id=row.id)


def case_url(row: m.Dispute) -> str:
    """The case it became."""
    return url_for("case.details_view", id=row.case_id)


ACTIONS = (
    Action(
        "report", "登记上报", "dispute.edit", _report,
        (
            Need("reported_on", "上报日期", "date"), Need("reported_to", "报送单位", limit=100),
            Need("situation", "目前态势", "long"), Need("measures", "已采取的措施", "long"),
        ),
        is_shown=is_open, help="较重、紧急的要立即上报：起因、目前态势、已采取的措施。",
    ),
    Action(
        "matter", "转为信访事项", "dispute.register", _matter, is_shown=is_open, after=matter_url,
        confirm="按台账的内容登记一件信访事项，确定吗？",
    ),
    Action(
        "case", "列入领导包案", "case.assign", _case,
        (
            Need("leader_id", "包案领导", "leader"), Need("close_by", "结案时限", "date", required=False),
            Need("reason", "改派理由", "long", required=False, limit=300, help="不按分工由他人包案的，写明理由。"),
        ),
        is_shown=is_open, after=case_url, help="一步登记为信访事项并列入领导包案，三者互相关联。",
    ),
    Action(
        "settle", "登记化解", "dispute.edit", _settle,
        (Need("settled_on", "化解日期", "date"), Need("result", "化解结果", "long")), is_shown=is_open, kind="go",
    ),
    Action(
        "reopen", "重新化解", "dispute.edit", _reopen, confirm="恢复为化解中，原来的结果清空，确定吗？",
        is_shown=lambda row, actor: row.state is DisputeState.SETTLED and disputes.writes_for(actor, row.unit_id),
    ),
)  # fmt: skip


class DisputeView(DeskView):
    """矛盾纠纷排查化解台账."""

    title, group = "矛盾纠纷", "接访"
    create_verb = edit_verb = "dispute.edit"
    create_label, export_verb = "登记矛盾纠纷", "dispute.export"
    searchable, search_hint = True, "编号、地点、起因"
    verbs = {"ledger": "dispute.list", "report_view": "dispute.list"}
    columns = (
        Column("number", "编号", lambda d: Cell(d.number, sub=show(d.found_on), kind="code"), sort=m.Dispute.id),
        Column("unit", "单位", lambda d: show(d.unit)),
        Column("cause", "起因", lambda d: Cell(d.cause, kind="clip")),
        Column("place", "发生地点", lambda d: d.place, shown=False),
        Column("people_count", "涉及人数", lambda d: show(d.people_count), kind="num"),
        Column("urgency", "轻重", lambda d: tagged(show(d.urgency), URGENCY_KINDS[d.urgency])),
        Column("responsible", "责任人", lambda d: d.responsible or "", shown=False),
        Column("found_on", "发现日期", lambda d: show(d.found_on), sort=m.Dispute.found_on, shown=False),
        Column("due_on", "化解期限", due_cell),
        Column("reported_on", "上报", reported_cell),
        Column("state", "状态", lambda d: tagged(show(d.state), STATE_KINDS[d.state])),
    )
    filters = (
        Filter("unit", "单位", equals(m.Dispute.unit_id), contact_filters.unit_options),
        Filter("urgency", "轻重", equals(m.Dispute.urgency), words(Urgency)),
        Filter("round", "排查", equals(m.Dispute.round_id), round_options),
        Filter("found", "发现日期", between(m.Dispute.found_on), kind="dates"),
    )
    tabs = (
        Tab("open", "化解中", lambda s, _a: s.where(m.Dispute.state == DisputeState.OPEN)),
        Tab("late", "已超期", disputes.late),
        Tab("report", "应上报", disputes.unreported),
        Tab("settled", "已化解", lambda s, _a: s.where(m.Dispute.state == DisputeState.SETTLED)),
        Tab("turned", "已转事项", lambda s, _a: s.where(m.Dispute.state == DisputeState.TURNED)),
        Tab("all", "全部", lambda s, _a: s),
    )
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


def facts_of(row: m.Dispute) -> list[dict[str, Any]]:
    """The dispute, what is being done, what came of it; the phone stays masked."""
    due = due_cell(row)
    dispute = [
        {"label": gettext("单位"), "text": show(row.unit)},
        {"label": gettext("发现日期"), "text": show(row.found_on), "num": True},
        {"label": gettext("发生地点"), "text": row.place},
        {"label": gettext("涉及人数"), "text": show(row.people_count), "num": True},
        {"label": gettext("当事人"), "text": row.party or ""},
        {"label": gettext("电话"), "text": mask("phone", row.phone), "num": True},
        {"label": gettext("起因"), "text": row.cause, "wide": True},
    ]
    work = [
        {"label": gettext("责任人"), "text": row.responsible or ""},
        {"label": gettext("化解期限"), "text": show(row.due_on), "num": True, "tag": due.tag},
        {"label": gettext("目前态势"), "text": row.situation or "", "wide": True},
        {"label": gettext("化解措施"), "text": row.measures or "", "wide": True},
        {"label": gettext("上报日期"), "text": show(row.reported_on), "num": True},
        {"label": gettext("报送单位"), "text": row.reported_to or ""},
    ]
    if row.state is DisputeState.SETTLED:
        work += [
            {"label": gettext("化解日期"), "text": show(row.settled_on), "num": True},
            {"label": gettext("化解结果"), "text": row.result or "", "wide": True},
        ]
    if row.petition_id is not None and (url := matter_url(row)) != url_for("dispute.details_view", id=row.id):
        work.append({"label": gettext("信访事项"), "text": str(row.petition), "url": url, "wide": True})
        if row.case is not None:
            work.append(
                {
                    "label": gettext("领导包案"),
                    "text": f"{row.case.number} {row.case.leader.name}",
                    "url": case_url(row),
                }
            )
    if row.round is not None:
        dispute.append({"label": gettext("排查"), "text": row.round.name})
    return [{"title": gettext("矛盾纠纷"), "items": dispute}, {"title": gettext("化解"), "items": work}]


def views() -> list[Any]:
    return [DisputeView(m.Dispute)]
