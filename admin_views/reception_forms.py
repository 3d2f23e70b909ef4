"""What is asked of a visitor, of the leader's decision and of the step that follows (D7): the forms of 接访登记."""

import json
from datetime import date
from typing import Any

import models as m
from admin_views import targets
from admin_views.gated import current_actor
from admin_views.need_forms import form_of
from models import db
from rules.moves import Need
from rules.moves_office import FEEDBACK_ON, LATE_REASON
from rules.reception_outcomes import WAYS
from rules.words import Outcome, Purpose, RespondentKind
from services import excluded, feedback_dates, reception_accused
from services import reception_records as records
from services.registration import Accused

LINE = (
    Need("visitor", "来访人", limit=60),
    Need("phone", "电话", required=False, limit=40),
    Need("people_count", "人数", "int", required=False),
    Need("place", "问题属地", required=False, limit=100),
    Need("demand", "诉求", limit=4000),
    Need("purpose", "信访目的", "choice", required=False, choices=Purpose),
)
"""What is noted of one visitor while he sits there: one line, quick to type."""
OPINION = Need("opinion", "领导意见", "long", required=False, limit=500)
OUTCOME = Need(
    "outcome", "处理方式", "choice", required=False, choices=Outcome,
    help="分管范围内的当场解决或列入包案；范围外的书面签批并交办；其余按实际选择。",
)  # fmt: skip
UNIT = Need("unit_id", "责任单位", "unit", required=False)
ASSISTING = Need("assisting_ids", "协办单位", "units", required=False)
DUE = Need("due_on", "办理期限", "date", required=False, help="限期交办须填，交办函照此写明。")
SIGNED = Need("signed_on", "签批日期", "date", required=False, help="书面签批的日期，一般为接访当天。")
POLICY = Need("policy", "政策说明", "long", required=False, limit=300, help="依据什么政策暂时不能解决。")
DECISION = (OUTCOME, UNIT, ASSISTING, DUE, SIGNED, POLICY, OPINION)
"""What the leader decides, and what his decision asks for."""
NEEDS = (
    *LINE[:4],
    Need("demand", "诉求", "long", limit=4000),
    Need("purpose", "信访目的", "choice", required=False, choices=Purpose, help="检举控告按保密要求登记。"),
    Need("cause", "产生原因", required=False, limit=300),
    *DECISION,
)
"""Everything that may be noted of one visitor at once."""
RESULT = (
    Need("result", "办理结果", "long", required=False, limit=500, help="已转为信访事项的，答复和办结会自动带回，可不填。"),
    Need("leader_told_on", "反馈接访领导日期", "date", required=False),
    Need("visitor_told_on", "反馈来访人日期", "date", required=False, help="送达答复的日期会自动带回，可不填。"),
)  # fmt: skip
LEAD = Need("unit_id", "责任单位", "unit", help="有权处理该事项的单位。")
RESPONDENTS = (
    Need("respondent_unit_id", "被反映单位", "unit", required=False),
    Need("respondent_leader_id", "被反映领导", "leader", required=False),
    Need("respondent_name", "被反映人（不在本系统）", required=False, limit=60),
)
"""Whom a guarded matter complains of, asked before anybody can be told of it."""
ENTRY = tuple(need.name for need in LINE)


def entry_form() -> Any:
    """The empty line for the next visitor."""
    form = form_of(LINE)()
    set_defaults(form)
    return form


def set_defaults(form: Any) -> None:
    """One person who wants something settled."""
    form.people_count.data, form.purpose.data = 1, Purpose.SEEK
    if "outcome" in form:
        tell_outcome(form, None)


def tell_outcome(form: Any, held_on: date | None) -> None:
    """Give the browser the table of what each decision asks for, so that it shows these fields and no others."""
    asked = {way.outcome.value: {"needs": way.needs, "asks": way.asks} for way in WAYS.values()}
    form.outcome.render_kw = {"data-asks": json.dumps(asked)}
    if held_on is not None and "signed_on" in form:
        form.signed_on.render_kw = {"data-usual": held_on.isoformat()}
    for name in ("demand", "opinion", "policy"):
        if name in form:
            form[name].render_kw = {"rows": 3}


def lead_needs(row: m.ReceptionRecord) -> list[Need]:
    """What handing on still has to be told: unit, term, and whom a guarded matter complains of."""
    needs = [] if row.unit_id else [LEAD, ASSISTING]
    today, purpose = current_actor().today, row.petition.purpose if row.petition else row.purpose
    if row.due_on is None or row.due_on < today or feedback_dates.is_beyond(db.session(), purpose, today, row.due_on):
        needs += [FEEDBACK_ON, LATE_REASON]
    return needs + respondent_needs(row)


def unit_needs(row: m.ReceptionRecord) -> list[Need]:
    """What transferring still has to be told."""
    return ([] if row.unit_id else [LEAD]) + respondent_needs(row)


def respondent_needs(row: m.ReceptionRecord) -> list[Need]:
    """A guarded record that is not registered yet is asked whom it complains of."""
    return list(RESPONDENTS) if records.is_guarded(row) and not records.is_registered(row) else []


def said_respondents(said: dict[str, Any]) -> list[Accused]:
    """The respondents of a form made with RESPONDENTS; none of any other form."""
    found = []
    for name, kind, model in (
        ("respondent_unit_id", RespondentKind.UNIT, m.Unit),
        ("respondent_leader_id", RespondentKind.LEADER, m.Leader),
    ):
        row = db.session.get(model, said[name]) if said.get(name) else None
        if row is not None:
            found.append(Accused(kind, row.id, row.name))
    if said.get("respondent_name"):
        found.append(Accused(RespondentKind.OUTSIDE, name=said["respondent_name"].strip()))
    return found


def bar_accused(form: Any, row: m.ReceptionRecord) -> None:
    """A unit he complains of is never offered to handle it (§3)."""
    if not records.is_guarded(row):
        return
    session = db.session()
    matter = row.petition or reception_accused.as_matter(row, reception_accused.named(session, row))
    barred = excluded.units(session, matter)
    if "unit_id" in form:
        form.unit_id.narrow = lambda statement: targets.active_units(statement).where(m.Unit.id.not_in(barred))
    if "assisting_ids" in form:
        form.assisting_ids.choices = [one for one in form.assisting_ids.options() if one[0] not in barred]
