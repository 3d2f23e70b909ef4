"""The forms of a proceeding, made from its kind's row in rules.proceedings (F3, F4)."""

from typing import Any

from flask import request
from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext

import models as m
from admin_views import need_forms
from admin_views.base import current_actor, posted
from admin_views.meeting_fields import LeadersField
from models import db
from rules.moves import Need
from rules.proceedings import KINDS, AskedBy, Kind, MediationLevel, Outcome, PersonRole, ProceedingKind
from services import excluded, gate, proceeding_people
from services.proceeding_people import People

ONE = "姓名，单位职务。"
EACH = "一行一人：姓名，单位职务。"
ASKS = {
    "asked_by": Need("asked_by", "提出方", "choice", choices=AskedBy),
    "asked_on": Need("asked_on", "申请日期", "date"),
    "announced_on": Need("announced_on", "公告日期", "date", help="听证前公告时间、地点和事项的日期。"),
    "level": Need("level", "调解层级", "choice", choices=MediationLevel),
    "request_id": Need("request_id", "书面申请", "attachment", required=False, help="已经上传到这件事项的；没有上传的在下面上传。"),
}  # fmt: skip
"""What a kind may ask beside day, place and people."""
PARTIES = Need("parties", "当事人", "long", required=False, limit=2000, help=EACH)


def kind_asked() -> Kind:
    """The kind named in the address; a conference without one."""
    asked = request.args.get("kind", "")
    return KINDS[ProceedingKind(asked)] if asked in set(ProceedingKind) else KINDS[ProceedingKind.CONFERENCE]


def plan_needs(kind: Kind, *, is_new: bool) -> list[Need]:
    """What planning this kind asks, in the order of the page."""
    found = [Need("petition_id", "信访事项", "petition")] if is_new else []
    found += [
        Need("held_on", "日期", "date", help="计划的日期，或已经进行的日期；结果在下一步登记。"),
        Need("starts", "开始时间", required=False, limit=5, help="如“14:30”。"),
        Need("place", "地点", required=False, limit=100),
        *(ASKS[name] for name in kind.asks),
        Need("chair", kind.chair, limit=160, help=ONE),
        Need("members", kind.member, "long", required=False, limit=4000, help=EACH),
    ]
    return [*found, PARTIES] if kind.has_parties else found


def result_needs(row: m.Proceeding) -> list[Need]:
    """What recording the result of this row asks."""
    kind = KINDS[row.kind]
    return [
        Need("held_on", "日期", "date"),
        Need("chair", kind.chair, limit=160, help=ONE),
        Need("members", kind.member, "long", required=False, limit=4000, help="到场的；一行一人：姓名，单位职务。"),
        *([PARTIES] if kind.has_parties else []),
        Need("minutes", kind.minutes, "long", limit=10_000),
        Need("outcome", "结论", "choice", choices=Outcome),
        Need("conclusion", kind.conclusion, "long", limit=4000),
        Need("dissent", "不同意见", "long", required=False, limit=4000, help="一行一条，须记名：姓名：意见。"),
        Need("recorder", "记录人", limit=60),
    ]


def plan_form(kind: Kind, *, is_new: bool) -> BaseForm:
    """The form of planning, bound to what was posted."""
    made = need_forms.form_of(plan_needs(kind, is_new=is_new))
    made.leader_ids = LeadersField(lazy_gettext("参加的领导"))
    if "request_id" in kind.asks:
        made.uploads = need_forms.files_field(lazy_gettext("上传书面申请"))
    return made(posted() if request.method == "POST" else None)


PLAN_FIELDS = (
    "petition_id",
    "held_on",
    "starts",
    "place",
    "asked_by",
    "asked_on",
    "announced_on",
    "level",
    "request_id",
    "uploads",
)
PEOPLE_FIELDS = ("chair", "leader_ids", "members", "parties")


def narrow(form: Any, petition: m.Petition | None) -> None:
    """Offer leaders the matter does not shut out, and files of this very matter."""
    if petition is not None:
        session, actor = db.session(), current_actor()
        barred = excluded.leaders(session, actor, petition) | {r.leader_id for r in petition.respondents if r.leader_id}
        offered = [one for one in form.leader_ids.options() if one[0] not in barred]
        form.leader_ids.options = lambda: offered
        form.leader_ids.choices = offered
    if "request_id" in form:
        own = m.Attachment.petition_id == (petition.id if petition is not None else -1)
        form.request_id.narrow = lambda statement: statement.where(own, m.Attachment.voided_reason.is_(None))


def narrow_outcome(form: Any, kind: Kind) -> None:
    """Only what this kind may come to."""
    form.outcome.options = lambda: [(one.value, gettext(one.label)) for one in kind.outcomes]


def fill_people(form: Any, row: m.Proceeding) -> None:
    """Who stands on the row, as typed; a guarded matter's parties are not shown and stay as they are (§4)."""
    form.chair.data = proceeding_people.typed(row, PersonRole.CHAIR)
    led = {one.name for one in row.people if one.leader_id is not None and one.role is PersonRole.MEMBER}
    lines = proceeding_people.typed(row, PersonRole.MEMBER).splitlines()
    if "leader_ids" in form:
        form.leader_ids.data = [one.leader_id for one in row.people if one.name in led]
        lines = [line for line in lines if line.partition("，")[0] not in led]
    form.members.data = "\n".join(lines)
    if "parties" in form and not row.petition.is_guarded:
        form.parties.data = proceeding_people.typed(row, PersonRole.PARTY)


def hint_parties(form: Any, row: m.Proceeding) -> None:
    """Why the field is empty although there are parties."""
    if "parties" in form and row.petition.is_guarded and any(one.role is PersonRole.PARTY for one in row.people):
        form.parties.description = gettext("保密事项不显示当事人姓名；留空则保持原来登记的。")


def people_said(said: dict[str, Any], row: m.Proceeding) -> People:
    """The people of a form."""
    parties = said.get("parties") or ""
    keeps = not parties and row.id is not None and row.petition.is_guarded
    return People(
        said["chair"] or "", said["members"] or "", None if keeps else parties, said.get("leader_ids") or ()
    )  # fmt: skip


def uploads_said(said: dict[str, Any]) -> list[tuple[str, Any]]:
    """The files of a form, as services take them."""
    return [(one.filename, one.stream) for one in said.get("uploads") or () if getattr(one, "filename", "")]


def matter_asked(form: Any) -> m.Petition | None:
    """The matter a new record's form names, or the address does."""
    asked = form.petition_id.data if request.method == "POST" else gate.id_in(request.args.get("petition_id", ""))
    if asked is None or asked < 0:
        return None
    return gate.find(db.session(), current_actor(), m.Petition, asked)
