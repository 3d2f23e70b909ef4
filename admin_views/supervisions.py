"""督办: what was demanded of whom by when, its answers round by round, several late matters pressed at once (B10)."""

from typing import Any

from flask import current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models as m
from admin_views import fields, looked, need_forms, options, registration, supervision_page, targets
from admin_views.base import Action, DeskView, current_actor, done, posted, show
from admin_views.listing import COUNT_CAP, Cell, Column, Filter, Tab, between, count_text, equals, tagged, words
from admin_views.options import leader_options
from admin_views.saving import attach
from admin_views.wording import heading
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.supervision import SupervisionKind
from rules.words import RuleBroken
from services import attachments, documents, gate, settings, supervision_lists, supervisions

DEMAND = Need(
    "demand", "督办要求", "long", limit=1000, help="要求查明什么、落实什么；督办函照此打印，只说单位和干部的工作。"
)
DUE = Need("reply_due_on", "回复期限", "date", help="督办函中写明的日期；不影响事项本身的法定期限。")
SEVERAL = (Need("kind", "督办方式", "choice", choices=SupervisionKind), DEMAND, DUE)


ANSWER = (
    Need("answer", "办理情况", "long", limit=4000, help="做了什么、结果怎样、还有什么没有落实。"),
    Need("attachments", "附件", "files", required=False),
)
"""What an answer says; files belong to a matter, so that one on the work itself has none."""


def _answer(session: Any, actor: Actor, row: m.Supervision, said: dict[str, Any]) -> str:
    taken = []
    files = registration.uploaded(said.get("attachments") or [])
    for name, stream in files:
        attachments.check(attachments.clean_name(name), stream.read(attachments.MAX_BYTES + 1))
        stream.seek(0)
    for name, stream in files:
        folder = current_app.config["DESK_DATA"] / "attachments"
        taken.append(attachments.add(session, actor, row.petition, name, stream, folder, "督办回复"))
    supervisions.answer(session, actor, row, said["answer"], taken)
    return gettext("已回复，等待审核。")


def _accept(session: Any, actor: Actor, row: m.Supervision, said: dict[str, Any]) -> str:
    supervisions.accept(session, actor, row, said["outcome"])
    return gettext("督办已办结。")


def _urge(session: Any, actor: Actor, row: m.Supervision, said: dict[str, Any]) -> str:
    supervisions.urge(session, actor, row, said["lacking"], said["reply_due_on"])
    return gettext("已再次催办，回复期限 %(day)s。", day=show(said["reply_due_on"]))


def _withdraw(session: Any, actor: Actor, row: m.Supervision, said: dict[str, Any]) -> None:
    supervisions.withdraw(session, actor, row, said["reason"])


def is_running(row: m.Supervision) -> bool:
    return row.closed_on is None and row.withdrawn_reason is None


def is_judged(row: m.Supervision, actor: Actor) -> bool:
    return is_running(row) and supervisions.may_judge(actor, row)


def is_to_urge(row: m.Supervision, actor: Actor) -> bool:
    has_come = row.answered_on is not None or row.reply_due_on < actor.today
    return is_judged(row, actor) and has_come


ACTIONS = (
    Action(
        "answer", "回复督办", "supervision.answer", _answer, lambda row: ANSWER if row.petition else ANSWER[:1],
        is_shown=lambda row, actor: is_running(row) and row.answered_on is None and supervisions.may_answer(actor, row),
        kind="go", help="被督办的单位、领导填写；送来纸质回复的，由信访办照录。",
    ),
    Action(
        "accept", "办结督办", "supervision.issue", _accept, (Need("outcome", "督办结果", "long", limit=500),),
        is_shown=lambda row, actor: is_judged(row, actor) and row.answered_on is not None, kind="go",
        help="回复已说明问题、要求已落实的，办结这次督办。",
    ),
    Action(
        "urge", "再次催办", "supervision.issue", _urge,
        (
            Need("lacking", "催办要求", "long", limit=500, help="还缺什么；催办函照此打印。"),
            Need("reply_due_on", "新的回复期限", "date"),
        ),
        is_shown=is_to_urge, help="回复没有说明问题，或到期没有回复：这一轮照原样保留，另发一份督办函。",
    ),
    Action(
        "withdraw", "撤回督办", "supervision.issue", _withdraw, (Need("reason", "撤回理由", limit=200),),
        is_shown=is_judged, kind="no", help="发错的可以撤回；记录保留，不再计入督办数字。",
    ),
)  # fmt: skip


def about_cell(row: m.Supervision) -> Cell:
    """The matter it presses, or the work."""
    if row.petition is None:
        return Cell(row.subject or "", kind="clip")
    return Cell(row.petition.title, sub=row.petition.number, kind="clip")


def due_cell(row: m.Supervision) -> Cell:
    text, kind = supervision_page.light(row, current_actor())
    return tagged(text, kind, show(row.reply_due_on)) if text else Cell(show(row.reply_due_on), kind="code")


class SupervisionView(DeskView):
    """督办."""

    title, group = "督办", "办理"
    create_verb, export_verb = "supervision.issue", "supervision.export"
    create_label = "督办一项工作"
    verbs = {"print_view": "supervision.list", "several": "supervision.issue"}
    details_template, action_template = "supervision.html", "supervision_form.html"
    columns = (
        Column("number", "督办文号", lambda r: Cell(r.number, kind="code"), sort=m.Supervision.id),
        Column("about", "督办事项", about_cell),
        Column("addressee", "督办对象", lambda r: r.addressee.name),
        Column("kind", "督办方式", lambda r: show(r.kind)),
        Column("issued_on", "督办日期", lambda r: Cell(show(r.issued_on), kind="code"), sort=m.Supervision.issued_on),
        Column("reply_due_on", "回复期限", due_cell, sort=m.Supervision.reply_due_on),
        Column("round", "催办次数", lambda r: str(r.round - 1), kind="num"),
        Column("state", "状态", lambda r: tagged(*supervision_page.state_tag(r))),
        Column("answered_on", "回复日期", lambda r: Cell(show(r.answered_on), kind="code"), shown=False),
        Column("closed_on", "督办办结日期", lambda r: Cell(show(r.closed_on), kind="code"), shown=False),
        Column("demand", "督办要求", lambda r: Cell(r.demand, kind="clip"), shown=False),
        Column("by", "督办人", lambda r: show(r.by), shown=False),
    )
    filters = (
        Filter("unit", "督办单位", equals(m.Supervision.unit_id), options.unit_options),
        Filter("leader", "督办领导", equals(m.Supervision.leader_id), leader_options),
        Filter("kind", "督办方式", equals(m.Supervision.kind), words(SupervisionKind)),
        Filter("issued", "督办日期", between(m.Supervision.issued_on), kind="dates"),
        Filter("due", "回复期限", between(m.Supervision.reply_due_on), kind="dates"),
    )
    tabs = (
        Tab("waiting", "待回复", supervision_lists.waiting),
        Tab("mine", "待我回复", supervision_lists.mine),
        Tab("late", "逾期未复", supervision_lists.late),
        Tab("answered", "待审核", supervision_lists.answered),
        Tab("closed", "已办结", lambda s, _a: s.where(m.Supervision.closed_on.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Supervision.petition),
        joinedload(m.Supervision.unit),
        joinedload(m.Supervision.leader),
        joinedload(m.Supervision.by),
    )
    fieldsets = (
        ("督办事由", ("subject", "kind", "joint_with")),
        ("督办对象", ("unit_id", "leader_id")),
        ("要求", ("demand", "reply_due_on")),
    )
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        if request.args.get("tab") in ("closed", "all"):
            return [m.Supervision.id.desc()]
        return [m.Supervision.reply_due_on, m.Supervision.id]

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext(self.create_label)
        return gettext("督办：%(about)s", about=row.petition.title if row.petition else row.subject)

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "supervision.issue"):
            found.insert(-1, {"label": gettext("督办超期事项"), "url": url_for("supervision.several")})
        return found

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        if narrowed or not may(actor, "supervision.issue"):
            return super().empty_state(actor, narrowed)
        action = {"label": gettext("督办超期事项"), "url": url_for("supervision.several")}
        return {"text": gettext("没有督办。在事项的页面上督办一件，或一次督办几件超期的事项。"), "action": action}

    # -- of the work itself, without a matter

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        form.unit_id.narrow, form.leader_id.narrow = targets.active_units, targets.active_leaders
        for name in ("subject", "demand", "reply_due_on"):
            form[name].flags.required = True
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        found = super().form_screen(row)
        intro = gettext("督办接访、值班、阅批等工作本身。督办一件信访事项，请在事项的页面上进行。")
        return found | {"intro": intro, "submit": gettext("发出督办")}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if values["reply_due_on"] is None:
            raise RuleBroken(gettext("回复期限：请填写。"), "reply_due_on")
        told = {name: values[name] or "" for name in ("subject", "joint_with", "demand")}
        order = supervisions.Order(
            values["kind"], reply_due_on=values["reply_due_on"], unit_id=values["unit_id"],
            leader_id=values["leader_id"], **told,
        )  # fmt: skip
        return supervisions.issue(db.session(), actor, None, order)

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已督办，文号 %(number)s。", number=saved.number)

    # -- one on its own page

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="supervision", petition_id=row.petition_id)
        actor, context = current_actor(), super().details(row)
        buttons = context["screen"]["actions"]
        text, kind = supervision_page.state_tag(row)
        context["screen"] |= {
            "crumb": Markup('<a href="{}">{}</a> / {}').format(
                url_for("supervision.index_view"), heading("督办"), row.number
            ),
            "tags": [{"text": text, "kind": kind}],
            "facts": supervision_page.facts(row, actor),
            "actions": [
                {"label": gettext("打印督办函"), "url": supervision_page.paper_url(row), "new_tab": True},
            ],
        }
        return context | {
            "doing": buttons,
            "rounds": supervision_page.rounds(row),
            "due": supervision_page.due(row, actor),
        }

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """督办单: what presses the work itself; a matter's 督办函 is printed as issued."""
        row = self.get_one(row_id)
        looked.note("print", table="supervision", petition_id=row.petition_id)
        office = settings.get(db.session(), "office_name", current_actor().today)
        sealed = {"seal_name": office, "seal_date": documents.written(row.issued_on)}
        back = self.row_url(row)
        return self.render("paper/supervision.html", row=row, office=office, back=back, **sealed)

    # -- several late matters at once

    @expose("/several/", methods=("GET", "POST"))
    def several(self) -> Any:
        actor = current_actor()
        form = need_forms.form_of(SEVERAL)(posted() if request.method == "POST" else None)
        if request.method == "POST":
            try:
                return self._press(actor, form)
            except RuleBroken as no:
                if isinstance(no, gate.Forbidden | gate.NotHere):
                    raise
                db.session.rollback()
                attach(form, no)
                return self._several_page(actor, form), 422
        return self._several_page(actor, form)

    def _press(self, actor: Actor, form: Any) -> Any:
        session = db.session()
        if not form.validate():
            raise fields.first_error(form)
        chosen = [gate.find(session, actor, m.Petition, text) for text in request.form.getlist("petition_ids")]
        made = supervisions.issue_many(session, actor, chosen, form.kind.data, form.demand.data, form.reply_due_on.data)
        numbers = gettext("%(first)s 至 %(last)s", first=made[0].number, last=made[-1].number)
        said = gettext("已督办 %(count)s 件，文号 %(numbers)s。", count=len(made), numbers=numbers)
        return done(said, url_for("supervision.index_view", tab="waiting"))

    def _several_page(self, actor: Actor, form: Any) -> Any:
        statement = supervision_page.to_press(actor)
        unit_id = gate.id_in(request.args.get("unit", ""))
        narrowed = statement.where(m.Petition.unit_id == unit_id) if unit_id is not None else statement
        found = db.session.scalars(narrowed.options(joinedload(m.Petition.unit)).limit(supervisions.MOST))
        ticked = set(request.form.getlist("petition_ids"))
        return self.render(
            "supervision_several.html",
            form=form,
            title=gettext("督办超期事项"),
            crumb=self.crumb(),
            needs=[need.name for need in SEVERAL],
            units=options.unit_options(actor),
            unit=str(unit_id or ""),
            total=count_text(gate.count(db.session(), narrowed, COUNT_CAP)),
            rows=[supervision_page.candidate(one, actor, str(one.id) in ticked) for one in found],
        )


def views() -> list[Any]:
    return [SupervisionView(m.Supervision)]
