"""回访: what is due, what was said, and reopening where somebody is not satisfied (H4)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contact_names
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.closing_story import SATISFACTION_KINDS
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor, may
from rules.aftercare import Occasion
from rules.moves import Need
from rules.words import RuleBroken, Satisfaction, VisitMethod
from services import gate, reopening, return_visits

SAID = (
    Need("made_on", "回访日期", "date"),
    Need("method", "回访方式", "choice", choices=VisitMethod),
    Need("visitor", "回访人", "text", limit=60),
    Need("satisfaction", "满意度", "choice", choices=Satisfaction),
    Need("words", "信访人意见", "long", required=False, limit=2000, help="照原话记录。"),
    Need("help_given", "已给予的帮扶", "text", required=False, limit=300),
)
"""What a recorded visit says."""
FIELDS = tuple(need.name for need in SAID)


def petitioner(visit: m.ReturnVisit) -> str:
    came = visit.petition.contacts
    return contact_names.names(came[0], current_actor()) if came else ""


def planned_cell(visit: m.ReturnVisit) -> Cell:
    if visit.made_on is None and visit.dropped_reason is None and visit.planned_on < current_actor().today:
        return tagged(gettext("已过计划"), "late", show(visit.planned_on))
    return Cell(show(visit.planned_on))


def satisfaction_cell(visit: m.ReturnVisit) -> Cell:
    if visit.dropped_reason is not None:
        return tagged(gettext("已取消"), sub=visit.dropped_reason)
    if visit.satisfaction is None:
        return tagged(gettext("计划"))
    return tagged(gettext(visit.satisfaction.label), SATISFACTION_KINDS[visit.satisfaction])


def answered(visit: m.ReturnVisit) -> str:
    """What the desk says after recording."""
    if return_visits.offers_reopening(visit):
        return gettext("已记录。信访人不满意，可以在本页重新办理。")
    return gettext("回访已记录。")


def _record(session: Any, actor: Actor, visit: m.ReturnVisit, said: dict[str, Any]) -> str:
    return_visits.record(session, actor, visit, return_visits.Said(**said))
    return answered(visit)


def _drop(session: Any, actor: Actor, visit: m.ReturnVisit, said: dict[str, Any]) -> str:
    return_visits.drop(session, actor, visit, said["reason"])
    return gettext("已取消这次回访。")


def is_to_make(visit: m.ReturnVisit) -> bool:
    return visit.made_on is None and visit.dropped_reason is None


def _reopen(session: Any, actor: Actor, visit: m.ReturnVisit, _said: dict[str, Any]) -> str:
    reopening.reopen_for_visit(session, actor, visit)
    return gettext("已重新办理。")


class ReturnVisitView(DeskView):
    """回访."""

    title, group = "回访", "办理"
    create_verb, create_label, export_verb = "return_visit.plan", "计划回访", "return_visit.export"
    columns = (
        Column("number", "编号", lambda v: Cell(v.petition.number, kind="code"), sort=m.ReturnVisit.id),
        Column("title", "概况", lambda v: Cell(v.petition.title, kind="clip")),
        Column("petitioner", "信访人", petitioner),
        Column("planned_on", "计划日期", planned_cell),
        Column("occasion", "回访缘由", lambda v: show(v.occasion)),
        Column("made_on", "回访日期", lambda v: show(v.made_on)),
        Column("method", "回访方式", lambda v: show(v.method)),
        Column("visitor", "回访人", lambda v: v.visitor or ""),
        Column("satisfaction", "满意度", satisfaction_cell),
    )
    filters = (
        Filter("occasion", "回访缘由", equals(m.ReturnVisit.occasion), words(Occasion)),
        Filter("satisfaction", "满意度", equals(m.ReturnVisit.satisfaction), words(Satisfaction)),
        Filter("planned", "计划日期", between(m.ReturnVisit.planned_on), kind="dates"),
    )
    tabs = (
        Tab("due", "待回访", return_visits.is_due),
        Tab("late", "逾期未回访", return_visits.is_late),
        Tab("planned", "全部计划", return_visits.planned),
        Tab("made", "已回访", lambda s, _a: s.where(m.ReturnVisit.made_on.is_not(None)), count=False),
        Tab("bad", "不满意", lambda s, _a: s.where(m.ReturnVisit.satisfaction == Satisfaction.BAD)),
        Tab("dropped", "已取消", lambda s, _a: s.where(m.ReturnVisit.dropped_reason.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.ReturnVisit.petition)
        .selectinload(m.Petition.contacts)
        .selectinload(m.Contact.people)
        .joinedload(m.ContactPetitioner.petitioner),
    )
    fieldsets = (("回访", ("petition_id", "planned_on", *FIELDS)),)
    fact_groups = (("回访", ("petition_id", "planned_on", *FIELDS)),)
    actions = (
        Action(
            "record",
            "记录回访",
            "return_visit.record",
            _record,
            SAID,
            is_shown=lambda visit, _actor: is_to_make(visit),
            kind="go",
        ),
        Action(
            "drop",
            "不再回访",
            "return_visit.plan",
            _drop,
            (Need("reason", "取消理由", limit=200, help="如信访人去世、失去联系、明确表示不需要。"),),
            is_shown=lambda visit, _actor: is_to_make(visit),
            kind="no",
            help="这次回访不再进行；理由留在记录中，不计入回访率。",
        ),
        Action(
            "reopen",
            "重新办理",
            "closing_file.reopen",
            _reopen,
            is_shown=lambda visit, _actor: return_visits.offers_reopening(visit),
            kind="go",
            confirm="信访人不满意，重新办理？包案和信访事项一并重新办理，原有签字失效。",
            after=lambda visit: url_for("petition.details_view", id=visit.petition_id),
        ),
    )

    def default_order(self) -> list[Any]:
        return [m.ReturnVisit.made_on.is_not(None), m.ReturnVisit.planned_on]

    def page_title(self, row: Any | None) -> str:
        if row is not None:
            return gettext("回访：%(title)s", title=row.petition.title)
        return gettext("记录回访") if self.is_made else gettext("计划回访")

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        found = super().fact(row, name)
        if name == "petition_id":
            found |= {"text": row.petition.number, "url": url_for("petition.details_view", id=row.petition_id)}
        return found

    # -- planning one, or recording one nobody planned

    @property
    def is_made(self) -> bool:
        """The form asks what was said (`?made=1` or a filled-in date) or only for a day to come."""
        return bool(request.args.get("made") or request.form.get("made_on"))

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        for name in ("planned_on",) if self.is_made else FIELDS:
            del form[name]
        for need in SAID:
            if need.required and need.name in form:
                form[need.name].flags.required = True
        if request.method == "GET":
            self.fill(form)
        return form

    def fill(self, form: Any) -> None:
        """The matter the page came from; a visit just made was made today by this person."""
        actor, asked = current_actor(), request.args.get("petition_id")
        if asked:
            form.petition_id.data = gate.find(db.session(), actor, m.Petition, asked).id
            form.petition_id.post_process()
        if self.is_made:
            form.made_on.data, form.visitor.data = actor.today, actor.name

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        session = db.session()
        petition = gate.find(session, actor, m.Petition, values.pop("petition_id"))
        if "planned_on" in values:
            return return_visits.plan(session, actor, petition, values["planned_on"])
        for need in SAID:
            if need.required and values[need.name] is None:
                raise RuleBroken(gettext("%(label)s：请填写。", label=gettext(need.label)), need.name)
        return return_visits.record_new(session, actor, petition, return_visits.Said(**values))

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "record":
            form.made_on.data, form.visitor.data = current_actor().today, current_actor().name

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        exports = [one for one in super().list_actions(actor) if "ask_reason" in one]
        if not may(actor, "return_visit.plan"):
            return exports
        return [
            *exports,
            {"label": gettext("计划回访"), "url": url_for("return_visit.create_view")},
            {"label": gettext("记录回访"), "url": url_for("return_visit.create_view", made=1), "primary": True},
        ]


def views() -> list[Any]:
    return [ReturnVisitView(m.ReturnVisit)]
