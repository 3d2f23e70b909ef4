"""One item of an agenda: what was heard, the opinion, decisions, the leader it is given to; it stands on its meeting's page (E3)."""

from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup

import models as m
from admin_views import wording
from admin_views.base import Action, DeskView, current_actor
from admin_views.meeting_fields import DECIDE
from models import db
from rules import meetings as rules
from rules.access import Actor
from rules.meetings import MeetingState
from rules.moves import Need
from services import agenda, case_choices, decisions, dispute_cases
from services.cases import Assignment

NOTE = (
    Need("heard", "汇报情况", "long", required=False, limit=3000),
    Need("opinion", "研究意见", "long", limit=3000),
    Need(
        "reason", "更正理由", required=False, limit=200, help="会议召开以后改的，写明理由；原来的内容留在更正记录中。"
    ),
)
ASSIGN = (
    Need("leader_id", "包案领导", "leader"),
    Need("close_by", "结案时限", "date", required=False),
    Need("reason", "改派理由", "long", required=False, limit=300, help="不按分工由他人包案的，写明理由。"),
)


def is_written(item: m.AgendaItem, _actor: Actor) -> bool:
    return item.meeting.state is not MeetingState.CANCELLED


def is_assignable(item: m.AgendaItem, actor: Actor) -> bool:
    return is_written(item, actor) and item.case is None and (item.petition is not None or item.dispute is not None)


def _note(session: Any, actor: Actor, item: m.AgendaItem, said: dict[str, Any]) -> str:
    is_settled = agenda.is_settled(item)
    agenda.note(session, actor, item, said["heard"] or "", said["opinion"], said["reason"] or "")
    return gettext("已更正，原来的内容留在更正记录中。") if is_settled else gettext("已记议题。")


def _decide(session: Any, actor: Actor, item: m.AgendaItem, said: dict[str, Any]) -> str:
    source = decisions.Source(item.meeting, item, petition=item.petition, dispute=item.dispute)
    decisions.decide(session, actor, source, decisions.Said(**said))
    return gettext("已列入议定事项，到落实单位、落实人的工作台。")


def _assign(session: Any, actor: Actor, item: m.AgendaItem, said: dict[str, Any]) -> str:
    told = Assignment(said["leader_id"], close_by=said["close_by"], reason=said["reason"] or None)
    case = agenda.assign(session, actor, item, told)
    return gettext("由%(leader)s包案，编号 %(number)s。", leader=case.leader.name, number=case.number)


def _remove(session: Any, actor: Actor, item: m.AgendaItem, _said: dict[str, Any]) -> Any:
    meeting_id = item.meeting_id
    agenda.remove(session, actor, item)
    return redirect(url_for("meeting.details_view", id=meeting_id))


class ItemView(DeskView):
    """议题."""

    title, group = "议题", "接访"
    verbs = {"index_view": "", "details_view": "meeting.list", "do_view": "meeting.edit"}
    actions = (
        Action("note", "记议题", "meeting.edit", _note, NOTE, is_shown=is_written),
        Action(
            "decide", "议定", "decision.make", _decide, DECIDE, is_shown=is_written,
            help="单位、领导、个人选一个；会作为任务到其工作台。",
        ),
        Action("assign", "定包案领导", "case.assign", _assign, ASSIGN, is_shown=is_assignable),
        Action(
            "remove", "移出议程", "meeting.edit", _remove, confirm="把这项移出议程，确定吗？",
            is_shown=lambda item, _actor: item.meeting.state is MeetingState.PLANNED and not item.decisions,
        ),
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        """Its place on the meeting's page, as this reader counts."""
        seen = agenda.items_of(db.session(), current_actor(), row.meeting)
        place = next((place for place, one in enumerate(seen, start=1) if one.id == row.id), 1)
        return url_for("meeting.details_view", id=row.meeting_id) + f"#item-{place}"

    def crumb(self, row: Any | None = None) -> Any:
        """The way back to the meeting."""
        found = Markup('<a href="{}">{}</a>').format(url_for("meeting.index_view"), wording.heading("信访例会"))
        if row is None:
            return found
        return found + Markup(' / <a href="{}">{}</a>').format(self.row_url(row), str(row.meeting))

    @expose("/details/")
    def details_view(self) -> Any:
        """An item stands on its meeting's page."""
        return redirect(self.row_url(self.get_one(request.args.get("id"))))

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "note":
            form.heard.data, form.opinion.data = row.heard, rules.current(row.opinion)
        if action.verb == "assign":
            actor, session = current_actor(), db.session()
            leader = (
                case_choices.propose_leader(session, actor, row.petition)
                if row.petition is not None
                else dispute_cases.proposed(session, actor, row.dispute)
            )
            form.leader_id.data = leader.id if leader else None
