"""领导阅批: what lies before whom, the leader's instruction, the closing report, the result told back (C1–C3)."""

from typing import Any

from flask import url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contact_facts, contact_names, looked, reading_page, reading_put
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.options import leader_options
from admin_views.wording import heading
from models import db
from rules.access import LEADERS, UNIT_STAFF, Actor
from rules.moves import Need
from rules.reception_words import ReadingReason
from rules.words import Satisfaction
from services import reading_lists, readings, settings


def _read(session: Any, actor: Actor, row: m.Reading, said: dict[str, Any]) -> str:
    readings.read(session, actor, row, said["instruction"], said["read_on"], said["report_due_on"])
    return gettext("批示已登记。")


def _sign(session: Any, actor: Actor, row: m.Reading, said: dict[str, Any]) -> str:
    readings.sign(session, actor, row, said["signed_on"])
    return gettext("结案报告已审签。")


def _explain(session: Any, actor: Actor, row: m.Reading, said: dict[str, Any]) -> str:
    readings.explain(session, actor, row, said["late_reason"], said["progress"], said["extension_to"])
    return gettext("逾期说明已登记。")


def _feed_back(session: Any, actor: Actor, row: m.Reading, said: dict[str, Any]) -> str:
    readings.feed_back(session, actor, row, said["result"], said["writer_opinion"])
    return gettext("结果已反馈给%(name)s。", name=row.leader.name)


def _withdraw(session: Any, actor: Actor, row: m.Reading, said: dict[str, Any]) -> None:
    readings.withdraw(session, actor, row, said["reason"])


def is_unread(row: m.Reading, actor: Actor) -> bool:
    return row.read_on is None and row.withdrawn_reason is None and is_his(row, actor)


def is_his(row: m.Reading, actor: Actor) -> bool:
    return actor.role not in LEADERS or row.leader_id == actor.leader_id


def is_his_to_explain(row: m.Reading, actor: Actor) -> bool:
    return readings.owes_report(row) and (actor.role not in UNIT_STAFF or row.petition.unit_id in actor.unit_ids)


ACTIONS = (
    Action(
        "read", "写批示", "reading.read", _read,
        (
            Need("instruction", "批示", "long", limit=500),
            Need("read_on", "阅批日期", "date"),
            Need("report_due_on", "结案报告期限", "date", required=False, help="要求承办单位报结案报告的，写明日期。"),
        ),
        is_shown=is_unread, kind="go", help="领导本人填写；写在纸上的批示由本办照录。",
    ),
    Action(
        "sign", "审签结案报告", "reading.read", _sign, (Need("signed_on", "审签日期", "date"),),
        is_shown=lambda row, actor: readings.owes_report(row) and is_his(row, actor), kind="go",
    ),
    Action(
        "feed_back", "反馈结果", "reading.feed_back", _feed_back,
        (
            Need("result", "办理结果", "long", limit=500),
            Need("writer_opinion", "来信人意见", "choice", choices=Satisfaction, help="来信人本人对结果的态度。"),
        ),
        is_shown=lambda row, _actor: row.read_on is not None, kind="go", help="办理结果和来信人意见反馈给阅批领导。",
    ),
    Action(
        "explain", "说明逾期", "reading.explain", _explain,
        (
            Need("late_reason", "逾期原因", "long", limit=300),
            Need("progress", "办理进展", "long", limit=300),
            Need("extension_to", "申请延至", "date", required=False),
        ),
        is_shown=is_his_to_explain, help="结案报告不能按期报送的，由承办单位写明原因、进展和申请的延期。",
    ),
    Action(
        "withdraw", "撤回", "reading.withdraw", _withdraw, (Need("reason", "撤回理由", limit=200),),
        is_shown=is_unread, kind="no", help="呈错的可以撤回，不计入阅批率；领导阅批后不能撤回。",
    ),
)  # fmt: skip


def number_cell(row: m.Reading) -> Cell:
    return Cell(row.petition.number, sub=contact_facts.channel_label(row.contact.channel), kind="code")


class ReadingView(DeskView):
    """领导阅批."""

    title, group = "领导阅批", "办理"
    export_verb = "reading.export"
    verbs = {"print_view": "reading.list"}
    details_template, action_template = "reading.html", "reading_form.html"
    columns = (
        Column("number", "信访事项", number_cell, sort=m.Reading.id),
        Column("petitioner", "来信人", lambda r: contact_names.names(r.contact, current_actor())),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("leader", "阅批领导", lambda r: Cell(r.leader.name, sub=r.leader.title)),
        Column("reason", "呈阅事由", lambda r: show(r.reason)),
        Column("put_on", "呈送日期", lambda r: Cell(show(r.put_on), kind="code"), sort=m.Reading.put_on),
        Column("state", "状态", lambda r: tagged(*reading_put.state_tag(r))),
        Column(
            "read_on", "阅批日期", lambda r: Cell(show(r.read_on), kind="code"), sort=m.Reading.read_on, shown=False
        ),
        Column("instruction", "批示", lambda r: Cell(r.instruction or "", kind="clip"), shown=False),
        Column("received_on", "收信日期", lambda r: Cell(show(r.contact.received_on), kind="code"), shown=False),
        Column("due_on", "报告期限", lambda r: Cell(show(r.extension_to or r.report_due_on), kind="code"), shown=False),
        Column("opinion", "来信人意见", lambda r: show(r.writer_opinion), shown=False),
    )
    filters = (
        Filter("leader", "阅批领导", equals(m.Reading.leader_id), leader_options),
        Filter("reason", "呈阅事由", equals(m.Reading.reason), words(ReadingReason)),
        Filter("put", "呈送日期", between(m.Reading.put_on), kind="dates"),
        Filter("read", "阅批日期", between(m.Reading.read_on), kind="dates"),
        Filter("opinion", "来信人意见", equals(m.Reading.writer_opinion), words(Satisfaction)),
    )
    tabs = (
        Tab("to_read", "待阅批", reading_lists.to_read),
        Tab("report_due", "待结案报告", reading_lists.report_due),
        Tab("late", "报告逾期", reading_lists.late),
        Tab("result_due", "待反馈结果", reading_lists.result_due),
        Tab("read", "已阅批", lambda s, _a: s.where(m.Reading.read_on.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Reading.leader),
        joinedload(m.Reading.petition),
        joinedload(m.Reading.contact).selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner),
        joinedload(m.Reading.contact).joinedload(m.Contact.petition),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Reading.put_on.desc(), m.Reading.id.desc()]

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if narrowed:
            return super().empty_state(actor, narrowed)
        action = {"label": gettext("去信访事项"), "url": url_for("petition.index_view")}
        return {"text": gettext("还没有呈领导阅批的来信。在事项的页面上呈领导阅批。"), "action": action}

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        rates = {"label": gettext("阅批率"), "url": url_for("figures.figure", key="reading_rate")}
        return [rates, *super().list_actions(actor)]

    def page_title(self, row: Any | None) -> str:
        return gettext("呈%(name)s阅批", name=row.leader.name) if row is not None else ""

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        today = current_actor().today
        if action.verb == "read":
            form.read_on.data = today
        if action.verb == "sign":
            form.signed_on.data = today
        if action.verb == "explain":
            form.late_reason.data, form.progress.data = row.late_reason, row.progress
            form.extension_to.data = row.extension_to
        if action.verb == "feed_back":
            form.result.data = row.result or show(row.petition.opinion)
            form.writer_opinion.data = row.writer_opinion or reading_page.last_word(row)

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="reading", petition_id=row.petition_id)
        actor, context = current_actor(), super().details(row)
        buttons = context["screen"]["actions"]
        paper = {"label": gettext("打印批示单"), "url": url_for("reading.print_view", row_id=row.id), "new_tab": True}
        text, kind = reading_put.state_tag(row)
        context["screen"] |= {
            "crumb": Markup('<a href="{}">{}</a> / {}').format(
                url_for("reading.index_view"), heading("领导阅批"), row.petition.number
            ),
            "tags": [{"text": text, "kind": kind}],
            "facts": reading_page.facts(row, actor),
            "actions": [paper],
        }
        return context | {"doing": buttons, "story": reading_page.story(row)}

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """领导阅批单."""
        row = self.get_one(row_id)
        looked.note("print", table="reading", petition_id=row.petition_id)
        actor = current_actor()
        return self.render(
            "paper/reading.html",
            reading=row,
            writer=contact_names.names(row.contact, actor),
            channel=contact_facts.channel_label(row.contact.channel),
            office=settings.get(db.session(), "office_name", actor.today),
            back=self.row_url(row),
        )


def views() -> list[Any]:
    return [ReadingView(m.Reading)]
