"""The words of reception days: rosters, exchanges, appointments, visits down, letters put before a leader."""

from rules.words import Word


class RuleUse(Word):
    """What a rule's days are for; several stand side by side (D1, D9, E1)."""

    RECEPTION = "reception", "领导接待日"
    DUTY = "duty", "值班"
    VISIT = "visit", "下访"


class AbsenceKind(Word):
    """Why a leader cannot receive (不能接访的原因); the roster passes him over all the same."""

    LEAVE = "leave", "请假"
    BUSINESS = "business", "公务"
    TRAINING = "training", "培训学习"


class Counted(Word):
    """What a minimum counts (D3, E1)."""

    SESSIONS = "sessions", "接访（场）"
    DUTY = "duty", "值班（天）"
    VISIT_DAYS = "visit_days", "下访（天）"
    VISITS = "visits", "下访（次）"


class Every(Word):
    """The period a minimum is for."""

    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    YEAR = "year", "每年"


class DutyPart(Word):
    """What two duty days exchange (D9)."""

    LEADER = "leader", "值班领导"
    STAFF = "staff", "值班人员"
    BOTH = "both", "领导和人员"


class SwapState(Word):
    """How far an exchange has come: asked, accepted by the other leader, approved by the office (D5)."""

    ASKED = "asked", "待对方同意"
    ACCEPTED = "accepted", "待本办批准"
    APPROVED = "approved", "已调换"
    DECLINED = "declined", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class AppointmentKind(Word):
    """How somebody comes to see a leader (D11): signed up, invited by him, or at the door."""

    SIGN_UP = "sign_up", "预约"
    INVITATION = "invitation", "约访"
    WALK_IN = "walk_in", "现场登记"


class AppointmentState(Word):
    """What became of it; who waited in vain goes first the next time (D11)."""

    EXPECTED = "expected", "已约定"
    RECEIVED = "received", "已接待"
    CARRIED = "carried", "未接待，下次优先"
    ABSENT = "absent", "未到"
    CANCELLED = "cancelled", "已取消"


class RecordState(Word):
    """How far a visitor's record has come while no matter stands for it (D7)."""

    WAITING = "waiting", "待领导意见"
    TO_TURN = "to_turn", "待转办"
    ANSWERED = "answered", "当场答复"
    DONE = "done", "已有结果"


class LeaderVisitKind(Word):
    """Kinds of a leader's visit down (下访形式, E1)."""

    LONG_TERM = "long_term", "长期下访"
    REGULAR = "regular", "定期下访"
    CONCENTRATED = "concentrated", "集中下访"
    WITH_CASE = "with_case", "带案下访"


class LeaderVisitMode(Word):
    """How a visit down is made (下访方式, E1)."""

    INVITE = "invite", "约访"
    SURVEY = "survey", "调研"
    INSPECT = "inspect", "检查"


class LeaderVisitState(Word):
    """Where a visit down (下访) stands (E1)."""

    PLANNED = "planned", "已计划"
    DONE = "done", "已下访"
    CANCELLED = "cancelled", "已取消"


class Urgency(Word):
    """How pressing a dispute (矛盾纠纷) is (E2)."""

    NORMAL = "normal", "一般"
    SERIOUS = "serious", "较重"
    URGENT = "urgent", "紧急"


class DisputeState(Word):
    """What became of a dispute: a turned one goes on as a matter (E2)."""

    OPEN = "open", "化解中"
    SETTLED = "settled", "已化解"
    TURNED = "turned", "已转为信访事项"


class ReadingReason(Word):
    """Why a letter is put before a leader (C1)."""

    ADDRESSED = "addressed", "写给本人的来信"
    JOINT = "joint", "联名信"
    PROBLEM = "problem", "反映工作中的问题"
    INTEREST = "interest", "涉及职工群众切身利益"
    MAY_GATHER = "may_gather", "可能引起集体上访"
    REPEATED = "repeated", "重复来信尚未解决"
    OTHER = "other", "其他"


class ReadingState(Word):
    """How far a reading has come; told from its dates, kept nowhere."""

    TO_READ = "to_read", "待阅批"
    READ = "read", "已阅批"
    REPORT_DUE = "report_due", "待结案报告"
    LATE = "late", "报告逾期"
    SIGNED = "signed", "报告已审签"
    FED_BACK = "fed_back", "结果已反馈"
    WITHDRAWN = "withdrawn", "已撤回"
