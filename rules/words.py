"""Every enum with its Chinese label, and the one "no" a person reads.

A member is a `str` (its stored value) with a `.label`; screens, exports, documents and constraints all read it here.
"""

from enum import Enum


class RuleBroken(Exception):
    """The office says no. `message`: a whole Chinese sentence; `field`: form field or column; `row`: Excel row number.

    `also`: further refusals of the same form (rules.gathered).
    """

    also: "tuple[RuleBroken, ...]" = ()

    def __init__(self, message: str, field: str | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.message, self.field, self.row = message, field, row


class Stale(RuleBroken):
    """Somebody saved the thing first (HTTP 409): the version shown is no longer the current one."""


class Word(str, Enum):
    """A stored value with its Chinese label: `Channel.LETTER == "letter"`, `Channel.LETTER.label == "来信"`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Word":
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word

    def __str__(self) -> str:
        return str(self.value)


class Role(Word):
    """Who somebody is in the office (rules-of-the-office §4)."""

    CLERK = "clerk", "登记员"
    CADRE = "cadre", "信访干部"
    REPORTER = "reporter", "村(社区)报送员"
    HANDLER = "handler", "承办人"
    UNIT_HEAD = "unit_head", "单位负责人"
    LEADER_IN_CHARGE = "leader_in_charge", "分管领导"
    LEADER = "leader", "包案领导"
    OFFICE_HEAD = "office_head", "信访办负责人"
    INSPECTOR = "inspector", "督查员"
    STATISTICIAN = "statistician", "统计员"
    ARCHIVIST = "archivist", "档案员"
    AUDITOR = "auditor", "审计员"
    SYSADMIN = "sysadmin", "系统管理员"


class Status(Word):
    """Where a matter (信访事项) stands. The moves between them are rules.moves."""

    REGISTERED = "registered", "待交办"
    PROPOSED = "proposed", "待签批"
    ROUTED = "routed", "待受理"
    OBJECTED = "objected", "异议待审"
    HANDLING = "handling", "办理中"
    REPLIED = "replied", "已答复"
    SERVED = "served", "已送达"
    REVIEWING = "reviewing", "复查中"
    REVIEWED = "reviewed", "已复查"
    RECHECKING = "rechecking", "复核中"
    FINAL = "final", "复核终结"
    REFUSED = "refused", "不予受理"
    GUIDED = "guided", "已引导告知"
    DIVERTED = "diverted", "已导入其他程序"
    FILED = "filed", "已存信"
    CLOSED = "closed", "已办结"
    ARCHIVED = "archived", "已归档"
    VOIDED = "voided", "已作废"


ENDED_STATUSES = (Status.FILED, Status.CLOSED, Status.ARCHIVED, Status.VOIDED)
OPEN_STATUSES = tuple(status for status in Status if status not in ENDED_STATUSES)


class Purpose(Word):
    """What the person wants (信访目的, rules-of-the-office §7)."""

    SEEK = "seek", "求决"
    APPEAL = "appeal", "申诉"
    ADVICE = "advice", "意见建议"
    REPORT = "report", "检举控告"
    INQUIRY = "inquiry", "咨询"
    OTHER = "other", "其他"


class Level(Word):
    """Which level was visited or sent a matter down."""

    OWN = "own", "本级"
    COUNTY = "county", "县(区)"
    CITY = "city", "市"
    PROVINCE = "province", "省"
    STATE = "state", "国家"


class UnitKind(Word):
    """What kind of body a unit is."""

    GOVERNMENT = "government", "党委政府"
    OFFICE = "office", "信访工作机构"
    DEPARTMENT = "department", "部门站所"
    VILLAGE = "village", "村(社区)"
    OTHER = "other", "其他单位"


class Rank(Word):
    """党政主要领导 or another of the team: their minimums of receiving differ (D3)."""

    MAIN = "main", "主要领导"
    OTHER = "other", "班子成员"


class RespondentKind(Word):
    """Who is complained of (被反映人); one OUTSIDE the system has only a name."""

    UNIT = "unit", "单位"
    LEADER = "leader", "领导"
    USER = "user", "工作人员"
    OUTSIDE = "outside", "不在本系统"


class LegKind(Word):
    """How a matter is routed (《信访工作条例》第二十二条): 转送, or 交办 with a day to report."""

    FORWARD = "forward", "转送"
    ASSIGN = "assign", "交办"


class Opinion(Word):
    """What the reply says of the demand (Art 32)."""

    SUPPORT = "support", "支持"
    PARTLY = "partly", "部分支持"
    EXPLAIN = "explain", "解释说明"
    REJECT = "reject", "不予支持"


class ServiceMethod(Word):
    """How a paper was served (送达方式)."""

    DIRECT = "direct", "直接送达"
    POST = "post", "邮寄送达"
    LEFT = "left", "留置送达"
    ONLINE = "online", "网上送达"
    NOTICE = "notice", "公告送达"


class DocumentKind(Word):
    """Papers the office issues; each kind is numbered per year in its own series."""

    VISIT_FORM = "visit_form", "来访登记表"
    LETTER_FORM = "letter_form", "来信登记表"
    FORWARD = "forward", "转送函"
    ASSIGN = "assign", "交办函"
    ACCEPT = "accept", "受理告知书"
    RETURN = "return", "退回函"
    REFUSE = "refuse", "不予受理告知书"
    NO_MORE = "no_more", "不再受理告知书"
    GUIDE = "guide", "引导告知单"
    DIVERT = "divert", "导入法定程序告知书"
    EXTEND_FORM = "extend_form", "延期审批表"
    EXTEND = "extend", "延期办理告知书"
    INTERVIEW = "interview", "谈话笔录"
    INVESTIGATION = "investigation", "调查报告"
    MEDIATION = "mediation", "调解协议书"
    SETTLEMENT = "settlement", "和解协议书"
    VERIFICATION = "verification", "核查报告"
    CONFERENCE = "conference", "会商纪要"
    HEARING = "hearing", "听证笔录"
    MEDIATION_RECORD = "mediation_record", "调解记录"
    APPRAISAL_RECORD = "appraisal_record", "公开评议记录"
    REPLY = "reply", "处理意见书"
    SERVICE = "service", "送达回证"
    REVIEW_REQUEST = "review_request", "复查申请书"
    REVIEW = "review", "复查意见书"
    RECHECK_REQUEST = "recheck_request", "复核申请书"
    RECHECK = "recheck", "复核意见书"
    SUPERVISE = "supervise", "督办函"
    CLOSE = "close", "办结报告"
    DOSSIER = "dossier", "卷内目录"


class DayKind(Word):
    """What a calendar day is; the last three come from the yearly notice (放假安排)."""

    WORKDAY = "workday", "工作日"
    WEEKEND = "weekend", "周末"
    HOLIDAY = "holiday", "法定节假日"
    SHIFTED_REST = "shifted_rest", "调休放假"
    MAKEUP = "makeup", "调休上班"


class OnHoliday(Word):
    """What a rule does with a day that is a rest day (D2)."""

    NEXT = "next", "顺延到下一工作日"
    PREVIOUS = "previous", "提前到上一工作日"
    SKIP = "skip", "节假日除外"
    KEEP = "keep", "照常"


class SessionForm(Word):
    """Form of a reception session (接访形式, D4)."""

    FIXED = "fixed", "定点接访"
    INVITED = "invited", "重点约访"
    TOPIC = "topic", "专题约访"
    CASE_VISIT = "case_visit", "带案下访"
    ON_SITE = "on_site", "现场接访"
    RANDOM = "random", "随机接访"
    JOINT_LEADERS = "joint_leaders", "多人联合接访"
    JOINT_UNITS = "joint_units", "多部门联合接访"


class Outcome(Word):
    """What a leader decides at a session (D7)."""

    SOLVED = "solved", "当场解决"
    CASE = "case", "列入包案"
    ASSIGN = "assign", "签批交办"
    DEADLINE = "deadline", "限期交办"
    COORDINATE = "coordinate", "统筹安排"
    EXPLAIN = "explain", "政策解释"
    NOT_NOW = "not_now", "暂不能解决"
    FORWARD = "forward", "转送"


class CaseStatus(Word):
    """Where an assigned case (包案) stands."""

    RUNNING = "running", "包案中"
    HANDED_OVER = "handed_over", "已移交"
    CLOSED = "closed", "已结案"


class DutyState(Word):
    """How far one of a case's duties (四包) is."""

    OPEN = "open", "未开始"
    DOING = "doing", "进行中"
    DONE = "done", "完成"


class ClosingStatus(Word):
    """Where a closing file (结案卷) stands."""

    OPEN = "open", "准备中"
    CLOSED = "closed", "已结案"
    REOPENED = "reopened", "已重新办理"


class SignerRole(Word):
    """Signatures in their order (H2)."""

    HANDLER = "handler", "承办人"
    LEADER = "leader", "包案领导"
    UNIT_HEAD = "unit_head", "单位负责人（一把手）"


class PaperKind(Word):
    """The petitioner's paper (H3): two different papers, both optional."""

    NONE = "none", "未签订"
    PLEDGE = "pledge", "息诉罢访保证书"
    AGREEMENT = "agreement", "息访协议"


class Satisfaction(Word):
    """What the petitioner says of office and unit (满意度评价); NONE counts in no rate."""

    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    BAD = "bad", "不满意"
    NONE = "none", "未表态"


class VisitMethod(Word):
    """How a return visit is made."""

    HOME = "home", "上门"
    PHONE = "phone", "电话"
    LETTER = "letter", "书面"
    MEETING = "meeting", "约见"


class LedgerSource(Word):
    """Where a campaign's row came from (G2)."""

    MATTER = "matter", "本级信访事项"
    DISPUTE = "dispute", "矛盾排查"
    HANDED_DOWN = "handed_down", "上级交办"
    CARRIED = "carried", "上期结转"


class LedgerState(Word):
    """Where a campaign's row stands (化解情况)."""

    OPEN = "open", "未化解"
    DOING = "doing", "化解中"
    RESOLVED = "resolved", "已化解"
    REMOVED = "removed", "已移出"


class GroupRole(Word):
    """Somebody's place in a campaign's leading group (领导小组)."""

    HEAD = "head", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE = "office", "办公室"


class ColumnKind(Word):
    """What a campaign's own column holds."""

    TEXT = "text", "文字"
    NUMBER = "number", "数字"
    DATE = "date", "日期"
    CHOICE = "choice", "选项"


CHANNELS: dict[str, str] = {
    "letter": "来信",
    "visit": "来访",
    "online": "网上信访",
    "call": "来电",
    "fax_mail": "传真/电子邮件",
    "mailbox": "领导信箱",
    "from_above": "上级交办",
    "leader_reception": "领导接访",
    "leader_visit": "下访发现",
    "screening": "矛盾纠纷排查",
}
"""First filling of the office's editable list of channels (信访方式, A1)."""

VISIT_CHANNELS = ("visit", "leader_reception", "leader_visit")
"""Channels counted in 批次 and 人次 (rules-of-the-office §5)."""
