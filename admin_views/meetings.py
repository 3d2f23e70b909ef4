"""信访例会、联席会议: planned, agenda picked, minutes and decisions item by item, printed (E3)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import export, looked, wording
from admin_views.agenda_items import ItemView
from admin_views.base import Action, DeskView, check_version, current_actor, done, posted, show
from admin_views.decisions import DecisionView, owner_text, state_tag
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.meeting_fields import DECIDE, HOLD, PLAN_FIELDS, plan_form
from models import db
from rules.access import Actor, may
from rules.meetings import MeetingKind, MeetingState
from rules.moves import Need
from rules.words import RuleBroken, Stale
from services import agenda, decisions, gate, meeting_papers, meetings, settings

KINDS = {MeetingState.PLANNED: "now", MeetingState.HELD: "ok", MeetingState.CANCELLED: "wait"}
OFFERED = {
    "petition": "超期的信访事项",
    "case": "包案：超期、久无进展",
    "dispute": "矛盾纠纷",
    "supervision": "逾期未复的督办",
}
"""What the groups of services.agenda.offers are called."""


def state_cell(row: m.Meeting) -> Cell:
    """待召开, 已召开, 已取消; late in words."""
    late = meetings.is_late(db.session(), row, current_actor().today)
    return tagged(show(row.state), KINDS[row.state], gettext("逾期") if late else "")


def is_planned(row: m.Meeting, _actor: Actor) -> bool:
    return row.state is MeetingState.PLANNED


def _hold(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> str:
    meetings.hold(session, actor, row, said["held_on"], said["minutes"], said["recorder"], said["absent"] or "")
    return gettext("已登记召开，纪要可以打印。")


def _cancel(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> None:
    meetings.cancel(session, actor, row, said["state_reason"])


def _correct(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> None:
    meetings.correct(session, actor, row, said["minutes"])


def _decide(session: Any, actor: Actor, row: m.Meeting, said: dict[str, Any]) -> str:
    decisions.decide(session, actor, decisions.Source(meeting=row), decisions.Said(**said))
    return gettext("已列入议定事项。")


ACTIONS = (
    Action("hold", "登记召开", "meeting.edit", _hold, HOLD, is_shown=is_planned, kind="go"),
    Action(
        "decide", "议定一项工作", "decision.make", _decide, DECIDE,
        is_shown=lambda row, _actor: row.state is not MeetingState.CANCELLED,
        help="不属于哪一项议题的工作；单位、领导、个人选一个。",
    ),
    Action(
        "correct", "改纪要", "meeting.edit", _correct, (Need("minutes", "会议纪要", "long", limit=10_000),),
        is_shown=lambda row, _actor: row.state is MeetingState.HELD,
    ),
    Action(
        "cancel", "取消会议", "meeting.edit", _cancel, (Need("state_reason", "取消理由", limit=200),),
        is_shown=is_planned, kind="no",
    ),
)  # fmt: skip


class MeetingView(DeskView):
    """信访例会、联席会议."""

    title, group = "信访例会", "接访"
    create_verb = edit_verb = "meeting.edit"
    create_label = "安排会议"
    verbs = {
        "pick": "meeting.edit", "print_view": "meeting.list", "table": "meeting.export",
    }  # fmt: skip
    details_template = "meeting/details.html"
    columns = (
        Column("number", "编号", lambda r: Cell(r.number, kind="code"), sort=m.Meeting.id),
        Column("kind", "会议种类", lambda r: show(r.kind)),
        Column("held_on", "召开日期", lambda r: Cell(show(r.held_on), sub=r.starts or "", kind="code"), sort=m.Meeting.held_on),
        Column("place", "会议地点", lambda r: r.place or "", shown=False),
        Column("chair", "会议主持", lambda r: r.chair.name if r.chair else ""),
        Column("units", "参会单位", lambda r: Cell(wording.listed(unit.name for unit in r.units), kind="clip")),
        Column("state", "状态", state_cell),
    )  # fmt: skip
    filters = (
        Filter("kind", "会议种类", equals(m.Meeting.kind), words(MeetingKind)),
        Filter("held", "召开日期", between(m.Meeting.held_on), kind="dates"),
    )
    tabs = (
        Tab("planned", "待召开", lambda s, _a: s.where(m.Meeting.state == MeetingState.PLANNED)),
        Tab("held", "已召开", lambda s, _a: s.where(m.Meeting.state == MeetingState.HELD), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (joinedload(m.Meeting.chair), selectinload(m.Meeting.units))
    actions = ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Meeting.held_on.desc(), m.Meeting.id.desc()]

    def dress(self, screen: Any, actor: Actor) -> None:
        for one in meetings.missing(db.session(), actor):
            screen.notes.append(missing_words(one))

    def page_title(self, row: Any | None) -> str:
        if row is None:
            return gettext(self.create_label)
        return f"{wording.long_date(row.held_on)} {show(row.kind)}"

    # -- planning

    def create_form(self, obj: Any = None) -> Any:
        return plan_form()(posted() if request.method == "POST" else None)

    def edit_form(self, obj: Any = None) -> Any:
        form = self.create_form()
        if request.method == "GET":
            for name in ("kind", "held_on", "starts", "place", "chair_id", "guests"):
                form[name].data = getattr(obj, name)
            form.leader_ids.data = [leader.id for leader in obj.leaders]
            form.unit_ids.data = [unit.id for unit in obj.units]
        return form

    def standing(self, row: Any, name: str) -> Any:
        return getattr(row, {"leader_ids": "leaders", "unit_ids": "units"}.get(name, name.removesuffix("_id")), None)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        return super().form_screen(row) | {"fieldsets": [{"title": gettext("会议"), "fields": PLAN_FIELDS}]}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        plan = meetings.Plan(
            values["kind"], values["held_on"], values["starts"] or "", values["place"] or "", values["chair_id"],
            values["leader_ids"] or (), values["unit_ids"] or (), values["guests"] or "",
        )  # fmt: skip
        return meetings.save(db.session(), actor, row, plan)

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return row.state is MeetingState.PLANNED

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        actor = current_actor()
        if action.verb == "hold":
            form.held_on.data = min(row.held_on, actor.today)
            form.recorder.data = actor.name
        if action.verb == "correct":
            form.minutes.data = row.minutes

    # -- its page

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        looked.note("view", table="meeting")
        context = super().details(row)
        context["screen"]["tags"] = tags_of(row)
        if may(actor, "meeting.edit") and row.state is MeetingState.PLANNED:
            pick = {"label": gettext("选议题"), "url": url_for("meeting.pick", row_id=row.id)}
            context["screen"]["actions"].insert(0, pick)
        own = gate.rows(actor, m.Decision).where(m.Decision.meeting_id == row.id, m.Decision.item_id.is_(None))
        items = agenda.items_of(session, actor, row)
        return context | {
            "facts": facts_of(row),
            "items": [item_of(session, actor, item) for item in items],
            "own": [decision_of(one) for one in session.scalars(own.order_by(m.Decision.id))],
            "may_edit": may(actor, "meeting.edit"),
            "may_decide": may(actor, "decision.make") and row.state is not MeetingState.CANCELLED,
            "is_planned": row.state is MeetingState.PLANNED,
            "papers": papers_of(row, actor, has_guarded=any(agenda.is_guarded(item) for item in items)),
            "minutes": row.minutes,
        }

    @expose("/<row_id>/pick", methods=("GET", "POST"))
    def pick(self, row_id: str) -> Any:
        """Open and late items to choose from, a matter by its number, a topic in words."""
        row, actor, session = self.get_one(row_id), current_actor(), db.session()
        error = ""
        if request.method == "POST":
            keys = request.form.getlist("keys")
            asked = gate.id_in(request.form.get("petition_id", ""))
            keys += [f"petition-{asked}"] if asked is not None else []
            try:
                check_version(row, request.form.get("version"))
                made = agenda.add(session, actor, row, keys, request.form.get("topic", ""))
                return done(gettext("已列入 %(count)s 项议题。", count=len(made)), self.row_url(row))
            except RuleBroken as no:
                session.rollback()
                if isinstance(no, gate.Forbidden | gate.NotHere):
                    raise
                row, error, status = (
                    self.get_one(row_id),
                    wording.said(no.message),
                    409 if isinstance(no, Stale) else 422,
                )
        else:
            status = 200
        meetings.check_planned(row)
        groups = [(gettext(OFFERED[kind]), rows) for kind, rows in agenda.offers(session, actor, row).items() if rows]
        page = self.render(
            "meeting/pick.html", row=row, groups=groups, error=error, ticked=set(request.form.getlist("keys")),
            topic=request.form.get("topic", ""), crumb=self.crumb(row), back=self.row_url(row), said=wording.said,
        )  # fmt: skip
        return page, status

    # -- paper

    @expose("/<row_id>/print/<paper>")
    def print_view(self, row_id: str, paper: str) -> Any:
        """议程 or 纪要; `copy=own` prints what the reader may see himself, else the sheet is fit to be handed round."""
        row, actor = self.get_one(row_id), current_actor()
        check_paper(row, paper)
        own = request.args.get("copy") == "own"
        looked.note("print", table="meeting")
        items = agenda.items_of(db.session(), actor, row, to_hand_round=not own)
        return self.render(
            f"paper/meeting_{paper}.html", row=row, own=own, back=self.row_url(row),
            items=[(item, *agenda.title_of(item), decisions_of(actor, item)) for item in items],
            loose=loose_of(actor, row, own=own), owner=owner_text,
            office=settings.get(db.session(), "office_name", actor.today), minutes=row.minutes,
        )  # fmt: skip

    @expose("/<row_id>/table/<paper>/<form>/")
    def table(self, row_id: str, paper: str, form: str) -> Any:
        """The same as Word or Excel, fit to be handed round."""
        row, actor = self.get_one(row_id), current_actor()
        check_paper(row, paper)
        export.check_form(form)
        name = meeting_papers.TITLES[paper].format(kind=row.kind.label)
        return export.answer(
            "meeting", f"{name}_{row.number}",
            lambda: meeting_papers.sheet(db.session(), actor, row, paper), conditions=row.number, form=form,
        )  # fmt: skip


def check_paper(row: m.Meeting, paper: str) -> None:
    """There is an agenda, and minutes once it was held. Raises NotHere for anything else."""
    if paper not in meeting_papers.TITLES:
        raise gate.NotHere(gettext("没有这种会议文书。"))
    if paper == "minutes" and row.state is not MeetingState.HELD:
        raise gate.NotHere(gettext("会议还没有召开，没有纪要。"))


def missing_words(one: meetings.Missing) -> str:
    """11月信访例会应于 11-30 前召开，还没有召开。"""
    return gettext(
        "%(month)s %(kind)s应于 %(day)s 前召开，还没有登记召开。",
        month=wording.month_year(one.month), kind=show(one.kind), day=show(one.due_on),
    )  # fmt: skip


def tags_of(row: m.Meeting) -> list[dict[str, str]]:
    found = [{"text": show(row.state), "kind": KINDS[row.state]}]
    if meetings.is_late(db.session(), row, current_actor().today):
        found.append({"text": gettext("逾期"), "kind": "late"})
    return found


def facts_of(row: m.Meeting) -> list[dict[str, Any]]:
    """When, where, who."""
    lines = [
        (gettext("编号"), row.number),
        (gettext("会议种类"), show(row.kind)),
        (gettext("召开日期"), " ".join(filter(None, (show(row.held_on), row.starts)))),
        (gettext("会议地点"), row.place or ""),
        (gettext("会议主持"), str(row.chair or "")),
        (gettext("记录人"), row.recorder or ""),
        (gettext("参会领导"), wording.listed(leader.name for leader in row.leaders)),
        (gettext("参会单位"), wording.listed(unit.name for unit in row.units)),
        (gettext("列席人员"), row.guests or ""),
        (gettext("缺席人员"), row.absent or ""),
        (gettext("取消理由"), row.state_reason or ""),
    ]
    return [{"label": label, "text": text} for label, text in lines if text]


def item_of(session: Any, actor: Actor, item: m.AgendaItem) -> dict[str, Any]:
    """One item as the page shows it."""
    number, title = agenda.title_of(item)
    may_assign = (
        may(actor, "case.assign")
        and item.case is None
        and (item.petition is not None or item.dispute is not None)
        and item.meeting.state is not MeetingState.CANCELLED
    )
    return {
        "row": item, "number": number, "title": title, "url": item_url(session, actor, item),
        "why": wording.said(item.why or ""), "guarded": agenda.is_guarded(item), "may_assign": may_assign,
        "case": item.case, "decisions": [decision_of(one) for one in decisions_of(actor, item)],
    }  # fmt: skip


def item_url(session: Any, actor: Actor, item: m.AgendaItem) -> str:
    """Where the reader may look it up; empty when he only hears of it here."""
    for model, key, noun in (
        (m.Case, item.case_id, "case"), (m.Dispute, item.dispute_id, "dispute"),
        (m.Supervision, item.supervision_id, "supervision"), (m.Petition, item.petition_id, "petition"),
    ):  # fmt: skip
        verb = f"{noun}.view" if noun in ("case", "petition") else f"{noun}.list"
        opens = key is not None and may(actor, verb)
        if opens and session.scalars(gate.rows(actor, model).where(model.id == key)).first() is not None:
            return url_for(f"{noun}.details_view", id=key)
    return ""


def decisions_of(actor: Actor, item: m.AgendaItem) -> list[m.Decision]:
    statement = gate.rows(actor, m.Decision).where(m.Decision.item_id == item.id).order_by(m.Decision.id)
    return list(db.session.scalars(statement))


def loose_of(actor: Actor, row: m.Meeting, *, own: bool) -> list[m.Decision]:
    """Decisions on no item."""
    d = m.Decision
    statement = gate.rows(actor, d).where(d.meeting_id == row.id, d.item_id.is_(None)).order_by(d.id)
    return [one for one in db.session.scalars(statement) if own or one.petition is None or not one.petition.is_guarded]


def decision_of(row: m.Decision) -> dict[str, Any]:
    """One decision as a line."""
    return {
        "text": row.text, "owner": owner_text(row), "due": show(row.due_on), "tag": state_tag(row),
        "url": url_for("decision.details_view", id=row.id),
    }  # fmt: skip


def papers_of(row: m.Meeting, actor: Actor, *, has_guarded: bool) -> list[dict[str, Any]]:
    """Agenda and minutes to print; as Word and Excel with a reason; the reader's own copy when items are held back."""
    found: list[dict[str, Any]] = []
    labels = {
        "agenda": (gettext("打印议程"), gettext("议程导出 Word"), gettext("议程导出 Excel")),
        "minutes": (gettext("打印纪要"), gettext("纪要导出 Word"), gettext("纪要导出 Excel")),
    }
    for paper, (label, *exports) in labels.items():
        if paper == "minutes" and row.state is not MeetingState.HELD:
            continue
        url = url_for("meeting.print_view", row_id=row.id, paper=paper)
        found.append({"label": label, "url": url, "new_tab": True})
        if has_guarded:
            said = gettext("%(label)s（本人留存，含保密议题）", label=label)
            found.append({"label": said, "url": f"{url}?copy=own", "new_tab": True})
        if may(actor, "meeting.export"):
            ask = gettext("请写明导出理由，会记入审计。")
            for form, name in zip(("docx", "xlsx"), exports, strict=True):
                to = url_for("meeting.table", row_id=row.id, paper=paper, form=form)
                found.append({"label": name, "url": to, "ask_reason": ask})
    return found


def views() -> list[Any]:
    return [MeetingView(m.Meeting), ItemView(m.AgendaItem), DecisionView(m.Decision)]
