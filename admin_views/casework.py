"""领导包案: the list of cases, assigning, and the case's own page with its duties, plan and log."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import aid, case_from, contact_filters, demands, looked, proceeding_page
from admin_views import handovers as handover_pages
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.closing_story import visit_story
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor, may
from rules.cases import CaseSource, TeamRole
from rules.moves import Need
from rules.words import CaseStatus, DutyState
from services import (
    case_boards,
    case_choices,
    case_dues,
    case_sources,
    case_team,
    case_work,
    cases,
    closing,
    closing_content,
    gate,
    handovers,
    return_visits,
)

STATUS_KINDS = {CaseStatus.RUNNING: "now", CaseStatus.HANDED_OVER: "wait", CaseStatus.CLOSED: "ok"}
DUTY_KINDS = {DutyState.OPEN: "wait", DutyState.DOING: "now", DutyState.DONE: "ok"}


def close_by_cell(case: m.Case) -> Cell:
    """The day the case is to be closed by, late in words."""
    is_late = case.ended_on is None and case.close_by is not None and case.close_by < current_actor().today
    return tagged(gettext("已过时限"), "late", show(case.close_by)) if is_late else Cell(show(case.close_by))


def next_cell(case: m.Case) -> Cell:
    """The next day named in the log, late in words."""
    if case_work.is_log_late(case, current_actor().today):
        return tagged(gettext("逾期未记"), "late", show(case_work.next_date(case)))
    return Cell(show(case_work.next_date(case)) if case.ended_on is None else "")


def duties_cell(case: m.Case) -> str:
    return "{} / {}".format(*cases.done_duties(case))


def leader_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(str(leader.id), leader.name) for leader in case_choices.leaders(db.session())]


def asked_for(statement: Any, key: str) -> Any:
    """Late with the log, silent, without an owner …"""
    return case_boards.asked_for(statement, key, db.session(), current_actor().today)


def ask_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(key, gettext(label)) for key, (label, _condition) in case_boards.ASKED.items()]


def _hand_over(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    follower = handovers.hand_over(session, actor, case, said["leader_id"], said["reason"])
    return gettext("已移交给%(leader)s，新的包案编号 %(number)s。", leader=follower.leader.name, number=follower.number)


def _open_closing(session: Any, actor: Actor, case: m.Case, _said: dict[str, Any]) -> str:
    closing.open_file(session, actor, case)
    return gettext("已开始结案审查，请逐项备齐“六有”。")


def _join(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    told = case_team.Person(said["role"], said["user_id"], said["name"] or "", said["unit_id"], said["duty"] or "")
    return gettext("%(name)s已加入专班。", name=case_team.join(session, actor, case, told).name)


def _step(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    case_work.add_step(session, actor, case, said["due_on"], said["text"])
    return gettext("已加入化解方案。")


def _progress(session: Any, actor: Actor, case: m.Case, said: dict[str, Any]) -> str:
    case_work.note_progress(session, actor, case, said["text"], said["noted_on"], said["next_on"])
    return gettext("已记入进展。")


def is_written(case: m.Case, actor: Actor) -> bool:
    return cases.may_write(actor, case)


def closing_url(case: m.Case) -> str:
    """The case's closing file, else the case itself."""
    file = closing.find(db.session(), case)
    return url_for("closing_file.details_view", id=file.id) if file else url_for("case.details_view", id=case.id)


def running_url(case: m.Case) -> str:
    """Where the matter's running case stands now."""
    running = cases.running(db.session(), case.petition) or case
    return url_for("case.details_view", id=running.id)


FIXED = ("petition_id", "leader_id", "level", "is_major", "basis", "unit_id", "reason")
"""Fields of assigning that editing leaves alone."""


class CaseView(DeskView):
    """领导包案."""

    title, group = "领导包案", "包案"
    create_verb, edit_verb, export_verb = "case.assign", "case.edit", "case.export"
    create_label = "列入领导包案"
    details_template = "case.html"
    columns = (
        Column("number", "包案编号", lambda c: Cell(c.number, sub=c.petition.number, kind="code"), sort=m.Case.id),
        Column("title", "概况", lambda c: Cell(c.petition.title, kind="clip")),
        Column("leader", "包案领导", lambda c: Cell(c.leader.name, sub=c.leader.title)),
        Column("unit", "责任单位", lambda c: Cell(show(c.unit), sub=show(c.responsible))),
        Column("status", "状态", lambda c: tagged(gettext(c.status.label), STATUS_KINDS[c.status])),
        Column("duties", "四包完成", duties_cell, kind="num"),
        Column("next_on", "下次时间", next_cell),
        Column("close_by", "结案时限", close_by_cell),
        Column("assigned_on", "包案日期", lambda c: show(c.assigned_on)),
        Column("level", "级别", lambda c: show(c.level), shown=False),
        Column("report_by", "报结时限", lambda c: show(c.report_by), shown=False),
        Column("ended_on", "结束日期", lambda c: show(c.ended_on), shown=False),
    )
    filters = (
        Filter("leader", "包案领导", equals(m.Case.leader_id), leader_options),
        Filter("unit", "责任单位", equals(m.Case.unit_id), contact_filters.unit_options),
        Filter("status", "状态", equals(m.Case.status), words(CaseStatus)),
        Filter("source", "来源", equals(m.Case.source), words(CaseSource)),
        Filter("ask", "提醒", asked_for, ask_options),
        Filter("assigned", "包案日期", between(m.Case.assigned_on), kind="dates"),
    )
    tabs = (
        Tab("running", "包案中", lambda s, _a: s.where(m.Case.ended_on.is_(None))),
        Tab("mine", "我的包案", lambda s, a: s.where(case_dues.mine(a), m.Case.ended_on.is_(None))),
        Tab("late", "已过时限", lambda s, a: s.where(m.Case.ended_on.is_(None), m.Case.close_by < a.today)),
        Tab("closed", "已结案", lambda s, _a: s.where(m.Case.status == CaseStatus.CLOSED), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Case.petition),
        joinedload(m.Case.leader),
        joinedload(m.Case.unit),
        joinedload(m.Case.responsible),
        selectinload(m.Case.duties),
        selectinload(m.Case.progress),
    )
    fieldsets = (
        ("包案", ("petition_id", "leader_id", "basis", "level", "is_major", "reason")),
        ("责任", ("unit_id", "responsible_id")),
        ("方案", ("direction", "measures", "plan", "close_by", "report_by", "first_meeting_by")),
    )
    actions = (
        Action(
            "open_closing",
            "结案审查",
            "case.edit",
            _open_closing,
            is_shown=lambda case, actor: is_written(case, actor) and closing.find(db.session(), case) is None,
            confirm="开始结案审查？系统会建立“六有”清单，并带入已有的文书和回访。",
            kind="go",
            after=closing_url,
        ),
        Action(
            "hand_over",
            "移交",
            "case.hand_over",
            _hand_over,
            (
                Need("leader_id", "接手领导", "leader"),
                Need(
                    "reason", "移交理由", "long", limit=300, help="原包案就此结束；四包、未完成的步骤和结案卷随之移交。"
                ),
            ),
            is_shown=lambda case, _actor: case.ended_on is None,
            after=running_url,
        ),
        Action(
            "join",
            "加入专班",
            "case.edit",
            _join,
            (
                Need("role", "分工", "choice", choices=TeamRole),
                Need("user_id", "账号", "user", required=False, help="有账号的选账号；没有的填姓名。"),
                Need("name", "姓名", required=False, limit=40),
                Need("unit_id", "单位", "unit", required=False),
                Need("duty", "负责的事", required=False, limit=200),
            ),
            is_shown=is_written,
        ),
        Action(
            "add_step",
            "增加步骤",
            "case.edit",
            _step,
            (Need("due_on", "完成期限", "date"), Need("text", "步骤", "text", limit=300)),
            is_shown=is_written,
        ),
        Action(
            "note_progress",
            "记进展",
            "case.edit",
            _progress,
            (
                Need("text", "进展", "long", limit=2000),
                Need("noted_on", "日期", "date"),
                Need("next_on", "下次时间", "date", required=False),
            ),
            is_shown=is_written,
        ),
    )

    def page_title(self, row: Any | None) -> str:
        return row.petition.title if row is not None else gettext(self.create_label)

    # -- assigning and editing

    def create_form(self, obj: Any = None) -> Any:
        form = short_areas(super().create_form(obj))
        source = case_from.asked_source()
        asked = form.petition_id.data or request.args.get("petition_id") or case_from.matter_id(source)
        if asked and asked != -1:
            self.offer(form, gate.find(db.session(), current_actor(), m.Petition, asked))
        if source is not None and request.method == "GET":
            case_from.fill(form, source)
        return form

    def offer(self, form: Any, petition: m.Petition) -> None:
        """Fill in what the division of work and the matter say; offer nobody the matter complains of."""
        actor = current_actor()
        narrow_leaders(form.leader_id, petition)
        proposed = case_choices.propose_leader(db.session(), actor, petition)
        form.leader_id.description = case_from.leader_hint(petition, proposed)
        if request.method == "POST":
            return
        form.petition_id.data, form.unit_id.data = petition.id, petition.unit_id
        form.responsible_id.data = petition.handler_id
        form.leader_id.data = proposed.id if proposed else None
        form.petition_id.post_process()
        form.responsible_id.post_process()

    def edit_form(self, obj: Any = None) -> Any:
        form = short_areas(super().edit_form(obj))
        for name in FIXED:
            del form[name]
        return form

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        session = db.session()
        if row.id is not None:
            return cases.edit(session, actor, row, values)
        petition = gate.find(session, actor, m.Petition, values.pop("petition_id"))
        source = case_from.source_for(petition)
        return case_sources.open_from(session, actor, source, cases.Assignment(**values))

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return cases.may_write(actor, row)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "hand_over":
            narrow_leaders(form.leader_id, row.petition, but=row.leader_id)

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "note_progress":
            form.noted_on.data = current_actor().today

    # -- the case's page

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        looked.note("view", table="case", petition_id=row.petition_id)
        context = super().details(row)
        file = closing.find(session, row)
        shown = ("open_closing", "hand_over")
        context["screen"] |= {
            "crumb": self.crumb() + f" / {row.number}",
            "actions": [a for a in self.row_actions(row) if a["url"].rpartition("/")[2] in shown or "edit" in a["url"]],
        }
        return context | {
            "case": row,
            "facts": self.facts(row),
            "tag": {"text": gettext(row.status.label), "kind": STATUS_KINDS[row.status]},
            "is_written": cases.may_write(actor, row),
            "duties": [self.duty(duty) for duty in row.duties],
            "duty_states": [(state.value, gettext(state.label)) for state in DutyState],
            "next_cell": next_cell(row),
            "today": actor.today,
            "file": file,
            "missing": closing_content.read(session, file).missing if file else [],
            "visits": visit_story(return_visits.of(session, row.petition)),
            "may_visit": may(actor, "return_visit.record"),
            "papers": papers_of(actor, row.petition),
            "aids": aid.card(row.petition, actor),
            "demand": demands.card(row.petition, actor),
            "proceedings": proceeding_page.card(row.petition, actor),
            "team": case_from.team(row),
            "handed": handover_pages.story(row, actor),
            "paper_choices": evidence_choices(actor, row.petition),
            "show": show,
        }

    def duty(self, duty: m.DutyItem) -> dict[str, Any]:
        tag = {"text": gettext(duty.state.label), "kind": DUTY_KINDS[duty.state]}
        return {"row": duty, "tag": tag, "evidence": [case_from.evidence(one) for one in duty.evidence]}

    def facts(self, case: m.Case) -> list[dict[str, Any]]:
        """The labelled facts of the case."""
        url = url_for("petition.details_view", id=case.petition_id)
        late = close_by_cell(case)
        lines: list[dict[str, Any]] = [
            {"label": gettext("信访事项"), "text": case.petition.number, "url": url},
            {"label": gettext("事项状态"), "text": gettext(case.petition.status.label)},
            {"label": gettext("包案领导"), "text": str(case.leader)},
            {"label": gettext("责任单位"), "text": show(case.unit)},
            {"label": gettext("责任人"), "text": show(case.responsible)},
            {"label": gettext("级别"), "text": show(case.level), "tag": case_from.major_tag(case)},
            {"label": gettext("包案方式"), "text": show(case.basis)},
            {"label": gettext("来源"), "text": show(case.source)},
            *case_from.links(case),
            {"label": gettext("包案日期"), "text": show(case.assigned_on)},
            {"label": gettext("结案时限"), "text": show(case.close_by), "tag": late.tag},
            {"label": gettext("报结时限"), "text": show(case.report_by)},
            {"label": gettext("首次约见期限"), "text": show(case.first_meeting_by)},
            {"label": gettext("改派理由"), "text": case.reason or "", "wide": True},
            {"label": gettext("办案方向"), "text": case.direction or "", "wide": True},
            {"label": gettext("稳控措施"), "text": case.measures or "", "wide": True},
            {"label": gettext("化解方案"), "text": case.plan or "", "wide": True},
            {"label": gettext("结束"), "text": " ".join(filter(None, (show(case.ended_on), case.end_reason)))},
        ]
        return [line for line in lines if line["text"]]


def short_areas(form: Any) -> Any:
    """Texts of a line or two do not fill the screen."""
    for name in ("reason", "direction", "measures"):
        form[name].render_kw = {"rows": 2}
    return form


def narrow_leaders(field: Any, petition: m.Petition, but: int | None = None) -> None:
    """Offer and accept leaders in office whom the matter does not complain of."""
    barred = case_choices.accused_leaders(db.session(), current_actor(), petition) | {but or 0}
    field.narrow = lambda statement: statement.where(m.Leader.is_active, m.Leader.id.not_in(sorted(barred)))


def papers_of(actor: Actor, petition: m.Petition) -> list[dict[str, str]]:
    """Papers and files of the matter as links, in order."""
    found = []
    for document in db.session.scalars(of_matter(actor, m.Document, petition)):
        label = f"{gettext(document.title)} {document.number or ''}"
        found.append({"label": label, "url": url_for("document.print_view", row_id=document.id)})
    for file in db.session.scalars(of_matter(actor, m.Attachment, petition)):
        if file.voided_reason is None:
            found.append({"label": file.name, "url": url_for("attachment.download", row_id=file.id)})
    return found


def evidence_choices(actor: Actor, petition: m.Petition) -> list[tuple[str, str]]:
    """Papers and files of the matter that may stand as evidence: (document-1, label)."""
    found = []
    for one in db.session.scalars(of_matter(actor, m.Document, petition)):
        found.append((f"document-{one.id}", f"{gettext(one.title)} {one.number or ''}".strip()))
    for file in db.session.scalars(of_matter(actor, m.Attachment, petition)):
        if file.voided_reason is None:
            found.append((f"attachment-{file.id}", file.name))
    return found


def of_matter(actor: Actor, model: Any, petition: m.Petition) -> Any:
    return gate.rows(actor, model).where(model.petition_id == petition.id).order_by(model.id)


def views() -> list[Any]:
    return [CaseView(m.Case)]
