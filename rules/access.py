"""The one gate's rules: who may do what, which rows a role sees, what is masked, the rule of the accused.

Pure: roles and facts in, words out. services.gate turns the row words into SQL. The table is rules-of-the-office §4;
nothing else in the project says who may do what (the moves' `who` uses the groups below).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from rules.words import Role, Word

R = Role
OFFICE = frozenset({R.CLERK, R.OFFICE_HEAD})
"""The petition office's own staff."""
UNIT_STAFF = frozenset({R.HANDLER, R.UNIT_HEAD})
LEADERS = frozenset({R.LEADER, R.LEADER_IN_CHARGE})
RECORD_READERS = OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR, R.ARCHIVIST}
"""Roles that open single matters; the statistician sees masked rows and figures only."""
LIST_READERS = RECORD_READERS | {R.STATISTICIAN}
CASE_TEAM = OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER}
"""Roles that may carry an assigned case, as its person responsible or in its team (专班); while they do, they see its matter (F1)."""
EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Actor:
    """Who acts, on which business day, from where. Built once a request by services.gate_actors.actor_of.

    unit_ids: units whose matters he handles or answers for (whole subtrees); line_ids: own unit and its ancestors;
    head_user_ids / head_leader_ids: who heads his own unit; today: business date; now: business instant, aware UTC.
    """

    user_id: int | None
    username: str
    name: str
    role: Role | None
    unit_id: int | None = None
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    line_ids: frozenset[int] = field(default_factory=frozenset)
    leader_id: int | None = None
    head_user_ids: frozenset[int] = field(default_factory=frozenset)
    head_leader_ids: frozenset[int] = field(default_factory=frozenset)
    is_office: bool = False
    is_discipline_contact: bool = False
    today: date = date.min
    now: datetime = datetime(1, 1, 1, tzinfo=UTC)
    address: str = ""

    @property
    def is_system(self) -> bool:
        """The command line without --as: every row, every verb."""
        return self.role is None


def system(today: date, now: datetime) -> Actor:
    """The actor of commands that name nobody (design §6)."""
    return Actor(None, "system", "系统", None, today=today, now=now)


class Scope(Word):
    """Which matters a role sees; services.gate.criteria knows how to ask the database for each."""

    ALL = "all", "本办全部事项"
    UNITS = "units", "本单位(含下属)的事项，以及本人负责或参加专班的包案"
    LEADER = "leader", "本人包案、接访、参加专班的和分管单位的事项"
    CLOSED = "closed", "已办结的事项"
    NONE = "none", "无"


MATTER_SCOPE: dict[Role, Scope] = {
    R.CLERK: Scope.ALL,
    R.OFFICE_HEAD: Scope.ALL,
    R.INSPECTOR: Scope.ALL,
    R.STATISTICIAN: Scope.ALL,
    R.CADRE: Scope.UNITS,
    R.REPORTER: Scope.UNITS,
    R.HANDLER: Scope.UNITS,
    R.UNIT_HEAD: Scope.UNITS,
    R.LEADER_IN_CHARGE: Scope.LEADER,
    R.LEADER: Scope.LEADER,
    R.ARCHIVIST: Scope.CLOSED,
    R.AUDITOR: Scope.NONE,
    R.SYSADMIN: Scope.NONE,
}

PERMISSIONS: dict[str, frozenset[Role]] = {
    "home.view": EVERYBODY,
    "search.view": RECORD_READERS,
    # 登记
    "contact.register": OFFICE | {R.CADRE, R.REPORTER},
    "contact.list": LIST_READERS,
    "contact.view": RECORD_READERS,
    "contact.edit": OFFICE,
    "contact.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.STATISTICIAN},
    "import.run": OFFICE,
    "import.setup": OFFICE | {R.SYSADMIN},
    "category.list": RECORD_READERS | {R.STATISTICIAN},
    "category.export": OFFICE | {R.STATISTICIAN},
    "category.edit": frozenset({R.OFFICE_HEAD}),
    # 办理
    "petition.list": LIST_READERS,
    "tray.list": UNIT_STAFF,
    "leg.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "petition.view": RECORD_READERS,
    "petition.edit": OFFICE,
    "petition.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.STATISTICIAN, R.ARCHIVIST},
    "petition.link": OFFICE,
    "petition.split": OFFICE,
    "petition.merge": OFFICE,
    "filing.list": OFFICE | {R.INSPECTOR, R.ARCHIVIST},
    "filing.answer": frozenset({R.OFFICE_HEAD}),
    "filing.export": OFFICE | {R.INSPECTOR, R.ARCHIVIST},
    "bundle.list": OFFICE | {R.INSPECTOR, R.ARCHIVIST},
    "bundle.make": OFFICE | {R.ARCHIVIST},
    "destruction.list": OFFICE | {R.INSPECTOR, R.ARCHIVIST},
    "destruction.propose": frozenset({R.ARCHIVIST}),
    "destruction.decide": frozenset({R.OFFICE_HEAD}),
    "destruction.carry_out": frozenset({R.ARCHIVIST}),
    "petition.reveal": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "petition.attach": OFFICE | UNIT_STAFF | {R.CADRE, R.REPORTER},
    "petition.tag": OFFICE,
    "petition.looked": frozenset({R.OFFICE_HEAD, R.INSPECTOR}),
    "petition.print": RECORD_READERS,
    "document.list": RECORD_READERS,
    "document.view": RECORD_READERS,
    "document.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.ARCHIVIST},
    "document.issue_form": OFFICE,
    "paper_template.list": OFFICE,
    "paper_template.edit": frozenset({R.OFFICE_HEAD}),
    "relief_text.list": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "relief_text.edit": frozenset({R.OFFICE_HEAD}),
    "job.list": OFFICE,
    "job.make": OFFICE,
    "digest.view": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR},
    "check_run.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "check_run.run": OFFICE,
    "check_run.mend": frozenset({R.OFFICE_HEAD}),
    "circulation.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "circulation.draft": OFFICE | {R.INSPECTOR},
    "circulation.issue": frozenset({R.OFFICE_HEAD, R.INSPECTOR}),
    "circulation.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "return_visit.list": RECORD_READERS,
    "return_visit.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "return_visit.plan": OFFICE | UNIT_STAFF,
    "return_visit.record": OFFICE | UNIT_STAFF,
    "supervision.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "supervision.issue": OFFICE | {R.INSPECTOR},
    "supervision.answer": OFFICE | UNIT_STAFF | LEADERS,
    "supervision.export": OFFICE | {R.INSPECTOR},
    "petition.dossier": OFFICE | {R.ARCHIVIST},
    "reading.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "reading.put": OFFICE,
    "reading.read": OFFICE | LEADERS,
    "reading.explain": OFFICE | UNIT_STAFF,
    "reading.feed_back": OFFICE,
    "reading.withdraw": OFFICE,
    "reading.export": OFFICE | {R.INSPECTOR},
    # 接访
    "leader.list": EVERYBODY - {R.AUDITOR},
    "leader.export": OFFICE | {R.INSPECTOR},
    "leader.edit": frozenset({R.OFFICE_HEAD, R.CLERK}),
    "reception_rule.list": OFFICE | LEADERS | {R.INSPECTOR},
    "reception_rule.edit": OFFICE,
    "reception_session.list": EVERYBODY - {R.AUDITOR, R.SYSADMIN},
    "reception_session.edit": OFFICE,
    "reception_session.export": OFFICE | LEADERS | {R.INSPECTOR, R.STATISTICIAN},
    "appointment.list": OFFICE | LEADERS | {R.INSPECTOR},
    "appointment.view": OFFICE | LEADERS | {R.INSPECTOR},
    "appointment.edit": OFFICE,
    "appointment.export": OFFICE | {R.INSPECTOR},
    "duty_day.list": EVERYBODY - {R.AUDITOR, R.SYSADMIN},
    "duty_day.edit": OFFICE,
    "duty_day.export": OFFICE | LEADERS | {R.INSPECTOR, R.STATISTICIAN},
    "on_call.list": EVERYBODY - {R.AUDITOR, R.SYSADMIN},
    "on_call.edit": OFFICE,
    "on_call.export": OFFICE | LEADERS | {R.INSPECTOR},
    "absence.list": OFFICE | LEADERS | {R.INSPECTOR},
    "absence.edit": OFFICE,
    "minimum.list": OFFICE | LEADERS | {R.INSPECTOR},
    "minimum.edit": OFFICE,
    "swap.list": OFFICE | LEADERS | {R.INSPECTOR},
    "swap.make": OFFICE | LEADERS,
    "swap.approve": frozenset({R.OFFICE_HEAD}),
    "notice.list": EVERYBODY - {R.AUDITOR, R.SYSADMIN},
    "notice.publish": frozenset({R.OFFICE_HEAD}),
    "reception_record.list": OFFICE | LEADERS | {R.INSPECTOR},
    "reception_record.view": OFFICE | LEADERS | {R.INSPECTOR},
    "reception_record.edit": OFFICE | LEADERS,
    "reception_record.register": OFFICE,
    "reception_record.export": OFFICE | {R.INSPECTOR},
    "reception_report.list": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "reception_report.export": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "reception_report.send": frozenset({R.OFFICE_HEAD, R.STATISTICIAN}),
    "visit.list": OFFICE | LEADERS | {R.INSPECTOR},
    "visit.edit": OFFICE | LEADERS,
    "visit.plan": OFFICE,
    "visit.export": OFFICE | {R.INSPECTOR},
    "visit.days": OFFICE | LEADERS | {R.INSPECTOR, R.STATISTICIAN},
    "visit_days.export": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "visit_finding.list": OFFICE | LEADERS | {R.INSPECTOR},
    "visit_finding.edit": OFFICE | LEADERS,
    "visit_finding.register": OFFICE,
    "visit_finding.export": OFFICE | {R.INSPECTOR},
    "dispute.list": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR},
    "dispute.edit": OFFICE | UNIT_STAFF | {R.CADRE, R.REPORTER},
    "dispute.register": OFFICE | {R.CADRE, R.REPORTER},
    "dispute.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "screening_round.list": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR},
    "screening_round.edit": OFFICE,
    "screening_round.export": OFFICE | {R.INSPECTOR},
    "screening_return.list": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR},
    "screening_return.give": OFFICE | {R.CADRE, R.REPORTER},
    "meeting.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "meeting.edit": OFFICE,
    "meeting.export": OFFICE | {R.INSPECTOR},
    "decision.list": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER, R.INSPECTOR},
    "decision.make": OFFICE,
    "decision.finish": OFFICE | UNIT_STAFF | LEADERS | {R.CADRE, R.REPORTER},
    "decision.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    # 包案
    "proceeding.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "proceeding.edit": OFFICE | UNIT_STAFF | LEADERS,
    "proceeding.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "demand_appraisal.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "demand_appraisal.judge": OFFICE | UNIT_STAFF | LEADERS,
    "demand_appraisal.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "aid.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "aid.edit": OFFICE | UNIT_STAFF,
    "aid.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "aid.totals": OFFICE | LEADERS | {R.INSPECTOR},
    "aid_kind.list": OFFICE | {R.INSPECTOR},
    "aid_kind.edit": frozenset({R.OFFICE_HEAD}),
    "fund.list": OFFICE | LEADERS | {R.INSPECTOR},
    "fund.edit": frozenset({R.OFFICE_HEAD}),
    "fund.export": OFFICE | {R.INSPECTOR},
    "case.list": LIST_READERS,
    "case.view": RECORD_READERS,
    "case.assign": OFFICE | {R.LEADER_IN_CHARGE},
    "case.edit": OFFICE | LEADERS | UNIT_STAFF,
    "case.record": CASE_TEAM,
    "case.hand_over": frozenset({R.OFFICE_HEAD, R.LEADER_IN_CHARGE}),
    "case.board": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR, R.STATISTICIAN},
    "case_proposal.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "case_proposal.ask": OFFICE | UNIT_STAFF,
    "case_proposal.answer": frozenset({R.OFFICE_HEAD, R.LEADER_IN_CHARGE}),
    "hand_over.list": OFFICE | LEADERS | {R.INSPECTOR},
    "hand_over.export": OFFICE | {R.INSPECTOR},
    "case.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.STATISTICIAN},
    "file_fault.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "file_fault.run": OFFICE | {R.INSPECTOR},
    "file_fault.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "first_review.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "first_review.make": OFFICE | {R.INSPECTOR},
    "first_review.mend": OFFICE | UNIT_STAFF,
    "first_review.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "case_review_round.list": OFFICE | {R.INSPECTOR},
    "case_review_round.draw": frozenset({R.OFFICE_HEAD, R.INSPECTOR}),
    "case_review_round.export": OFFICE | {R.INSPECTOR},
    "case_review.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "case_review.score": OFFICE | {R.INSPECTOR},
    "case_review.mend": OFFICE | UNIT_STAFF,
    "case_review.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "final_matter.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "final_matter.word": frozenset({R.OFFICE_HEAD}),
    "final_matter.report": OFFICE,
    "final_matter.export": OFFICE | {R.INSPECTOR},
    "closing_file.list": RECORD_READERS,
    "closing_file.view": RECORD_READERS,
    "closing_file.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    "closing_file.edit": OFFICE | UNIT_STAFF | LEADERS,
    "closing_file.waive": frozenset({R.OFFICE_HEAD, R.LEADER_IN_CHARGE, R.LEADER}),
    "closing_file.sign": UNIT_STAFF | LEADERS,
    "closing_file.close": OFFICE,
    "closing_file.reopen": OFFICE,
    "closing_template.list": OFFICE | {R.INSPECTOR},
    "closing_template.edit": frozenset({R.OFFICE_HEAD}),
    "promise.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "promise.keep": OFFICE | UNIT_STAFF | LEADERS,
    "promise.export": OFFICE | UNIT_STAFF | {R.INSPECTOR},
    # 专项
    "campaign.list": LIST_READERS,
    "campaign.view": LIST_READERS,
    "campaign.edit": frozenset({R.OFFICE_HEAD}),
    "campaign_case.list": LIST_READERS,
    "campaign_case.view": RECORD_READERS,
    "campaign_case.edit": OFFICE | UNIT_STAFF,
    "campaign_case.add": OFFICE,
    "campaign_case.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.STATISTICIAN},
    "campaign_case.strike": OFFICE | UNIT_STAFF,
    "campaign_case.approve_strike": frozenset({R.OFFICE_HEAD, R.LEADER_IN_CHARGE}),
    "milestone_report.view": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "milestone_report.edit": OFFICE | {R.STATISTICIAN},
    "milestone_report.send": frozenset({R.OFFICE_HEAD, R.STATISTICIAN}),
    "monthly_report.list": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "monthly_report.export": OFFICE | {R.INSPECTOR, R.STATISTICIAN},
    "monthly_report.send": frozenset({R.OFFICE_HEAD, R.STATISTICIAN}),
    # 统计
    "figures.view": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR, R.STATISTICIAN},
    "figures.export": OFFICE | UNIT_STAFF | {R.INSPECTOR, R.STATISTICIAN},
    # 设置
    "unit.list": EVERYBODY - {R.AUDITOR},
    "unit.export": OFFICE | {R.INSPECTOR},
    "unit.edit": frozenset({R.OFFICE_HEAD}),
    "setting.list": frozenset({R.OFFICE_HEAD, R.SYSADMIN}),
    "setting.edit": frozenset({R.OFFICE_HEAD}),
    "term.list": OFFICE | UNIT_STAFF | LEADERS | {R.INSPECTOR},
    "term.edit": frozenset({R.OFFICE_HEAD}),
    "calendar.list": EVERYBODY - {R.AUDITOR},
    "calendar.edit": frozenset({R.OFFICE_HEAD}),
    "setup.view": frozenset({R.OFFICE_HEAD, R.SYSADMIN}),
    "user.list": frozenset({R.SYSADMIN}),
    "user.edit": frozenset({R.SYSADMIN}),
    "audit_entry.list": frozenset({R.AUDITOR}),
    "rules.view": EVERYBODY - {R.AUDITOR},
    "saved_filter.make": LIST_READERS,
    "saved_filter.list": LIST_READERS,
    "saved_filter.view": LIST_READERS,
    "list_columns.choose": EVERYBODY,
}
"""Verb → roles. The verbs of a matter's own moves are rules.moves.MOVES (`petition.<move>` is refused here)."""


def may(actor: Actor, verb: str) -> bool:
    """True when the actor's role may use the verb at all (rows are asked of services.gate). Unknown verbs are refused."""
    if actor.is_system:
        return True
    return actor.role in PERMISSIONS.get(verb, frozenset())


def sees_matters(actor: Actor) -> bool:
    """True when the role sees any matters at all."""
    return actor.role is None or MATTER_SCOPE.get(actor.role, Scope.NONE) is not Scope.NONE


MASKED_FIELDS = ("id_number", "phone", "address")
"""Masked in lists, details, exports and prints; one record is revealed with a reason, logged (C3)."""


def mask(name: str, value: str | None) -> str:
    """A protected value as everybody sees it: phone 138****0026, ID number 430***********001X, address up to the village.

    Short or odd values are masked whole, so that nothing can be guessed from their length.
    """
    text = (value or "").strip()
    if not text:
        return ""
    if name == "phone":
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****"
    if name == "id_number":
        return f"{text[:3]}***********{text[-4:]}" if len(text) == 18 else "****"
    return f"{text[:6]}****" if len(text) > 8 else "****"


def mask_name(name: str, *, guarded: bool) -> str:
    """Names in full to those who may see the matter, except the reporter's in 检举控告 and 保密 matters (§4)."""
    return f"{name[:1]}某" if guarded and name else name


@dataclass(frozen=True)
class Accused:
    """Facts of one respondent that is in the system: exactly one of the ids is set."""

    unit_id: int | None = None
    leader_id: int | None = None
    user_id: int | None = None


def is_excluded(actor: Actor, accused: Accused, registered_by_id: int | None = None) -> bool:
    """The rule of the accused (Art 30(3), 46(5)): must this actor know nothing of a guarded matter with this respondent?

    Excluded: the respondent himself; every user of a respondent unit and its subtree; every user of the unit a respondent
    heads. When the office itself is accused, its registering clerk and the discipline contact still see the matter.
    """
    if actor.is_system:
        return False
    himself = accused.user_id is not None and accused.user_id == actor.user_id
    if himself or (accused.leader_id is not None and accused.leader_id == actor.leader_id):
        return True
    by_unit = (
        accused.unit_id in actor.line_ids
        or accused.user_id in actor.head_user_ids
        or accused.leader_id in actor.head_leader_ids
    )
    is_exempt = actor.is_office and (actor.is_discipline_contact or actor.user_id == registered_by_id)
    return by_unit and not is_exempt
