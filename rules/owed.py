"""What falls due on a matter (到期): every kind of date, who is late when it is missed, what is to be done; what may lack (B8, B10).

Pure. The clocks of the law, dates named in letters, and the office's own targets where no law sets a date stand in one table.
"""

from dataclasses import dataclass

from rules.words import Status, Word


class Owner(Word):
    """Who is late when a date is missed."""

    OFFICE = "office", "信访办"
    UNIT = "unit", "责任单位"
    UPPER = "upper", "复查复核机关"
    BODY = "body", "受理机关"
    PETITIONER = "petitioner", "信访人"


class Source(Word):
    """Where a date comes from."""

    LAW = "law", "法定期限"
    LETTER = "letter", "指定日期"
    TARGET = "target", "工作目标"


@dataclass(frozen=True)
class Kind:
    """One kind of date. `step`: what is to be done by it; `is_window`: it closes, but nobody is late."""

    key: str
    label: str
    step: str
    owner: Owner
    source: Source = Source.LAW
    is_window: bool = False


OFFICE, U = Owner.OFFICE, Owner.UNIT
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("office_route", "转送、交办", "交办或转送", OFFICE),
        Kind("first_reply", "首次回复", "首次回复信访人", OFFICE, Source.TARGET),
        Kind("unit_accept", "受理告知", "受理告知", U),
        Kind("object", "异议退回", "有异议的提出异议", U, is_window=True),
        Kind("handle", "办理答复", "答复", U),
        Kind("simple_answer", "简易办理答复", "答复", U),
        Kind("other_handle", "办理答复（无法定期限）", "答复", U, Source.TARGET),
        Kind("feedback", "反馈结果", "反馈办理结果", U, Source.LETTER),
        Kind("sender", "上报结果", "向交办机关上报结果", OFFICE, Source.LETTER),
        Kind("supervise", "督办回复", "回复督办", U, Source.LETTER),
        Kind("screening", "排查报送", "报送排查情况", U, Source.LETTER),
        Kind("dispute_report", "矛盾纠纷上报", "立即上报", U, Source.TARGET),
        Kind("dispute", "矛盾纠纷化解", "化解", U, Source.LETTER),
        Kind("case_log", "包案进展", "记进展", U, Source.TARGET),
        Kind("case_step", "包案化解步骤", "完成化解步骤", U, Source.TARGET),
        Kind("case_meet", "包案首次约见", "与信访人见面", U, Source.TARGET),
        Kind("case_close", "包案结案", "化解结案", U, Source.LETTER),
        Kind("case_report", "包案报结", "上报结案", OFFICE, Source.LETTER),
        Kind("strike", "包案销号", "化解并销号", U, Source.TARGET),
        Kind("promise", "承诺事项", "兑现承诺事项", U, Source.LETTER),
        Kind("decision", "议定事项", "落实议定事项", U, Source.LETTER),
        Kind("proceeding", "会商听证", "登记结果", U, Source.LETTER),
        Kind("demand_again", "诉求再议", "再议诉求", U, Source.LETTER),
        Kind("rectify", "整改", "完成整改", U, Source.LETTER),
        Kind("file_mend", "初审退回补正", "补正案卷", U, Source.LETTER),
        Kind("review_mend", "评查整改", "整改评查发现的问题", U, Source.LETTER),
        Kind("referral", "请示批复", "催问批复", U, Source.TARGET),
        Kind("serve", "送达", "送达", U, Source.TARGET),
        Kind("review", "复查", "作出复查意见", Owner.UPPER),
        Kind("recheck", "复核", "作出复核意见", Owner.UPPER),
        Kind("other_law", "其他法定程序", "跟踪程序结果", Owner.BODY, Source.LETTER),
        Kind("close", "办结", "办结", U, Source.TARGET),
    )
}
"""Key (a term of rules.terms, or what stands beside the clocks) → kind, in the order of the digest."""

WINDOWS = {"review_request": "申请复查", "recheck_request": "申请复核"}
"""The petitioner's own windows: shown on the matter, in no list of what is owed."""

CIRCULATED = ("unit_accept", "handle", "simple_answer", "feedback", "supervise", "rectify")
"""Kinds a unit may be named for in a circulation: the law's and those a letter named, never the office's own targets."""

CASE_KINDS = ("case_log", "case_step", "case_meet", "case_close", "case_report")
"""Dates of an assigned case: asked of its leader, the person responsible, the team and the office alike."""

UPPER_WORDS = {"review": "复查机关", "recheck": "复核机关"}
"""What the upper body is called where no name was written down."""


def owner_of(term: str) -> Owner:
    """Who is late when the clock of this term is missed."""
    return KINDS[term].owner if term in KINDS else Owner.PETITIONER


def is_units(term: str) -> bool:
    """Is it the responsible unit that is late?"""
    return owner_of(term) is Owner.UNIT


CLOCKED = (
    Status.REGISTERED, Status.PROPOSED, Status.ROUTED, Status.OBJECTED, Status.REVIEWING, Status.RECHECKING, Status.DIVERTED,
)  # fmt: skip
"""States that only a running clock dates; the others are dated by the office's targets where no clock runs."""

UNITS_STEP = (
    Status.ROUTED, Status.OBJECTED, Status.HANDLING, Status.REPLIED, Status.SERVED, Status.REVIEWED, Status.FINAL,
)  # fmt: skip
"""States that need a responsible unit."""


class Lack(Word):
    """What an open matter may lack (B8), or what is wrong with its dates."""

    UNIT = "unit", "没有责任单位"
    UNIT_GONE = "unit_gone", "责任单位已停用"
    PEOPLE = "people", "责任单位没有可用账号"
    HANDLER = "handler", "承办人账号已停用"
    ENDORSER = "endorser", "没有人能签批"
    DATE = "date", "没有期限"
    CARRIED = "carried", "历史结转，没有定期限"
    BEFORE_EXTENSION = "before_extension", "反馈期限早于延期"
    CLOCK = "clock", "期限与规则不符"
    MIRROR = "mirror", "列表上的期限不符"
    CASE_NEXT = "case_next", "包案没有下次时间"
    CASE_LEADER = "case_leader", "包案领导已离任"


MENDS: dict[Lack, tuple[str, tuple[str, ...]]] = {
    Lack.UNIT: ("请收回后重新交办。", ("recall", "assign")),
    Lack.UNIT_GONE: ("请收回后改交，或在“单位”中重新启用。", ("recall",)),
    Lack.PEOPLE: ("请管理员为该单位建账号，或收回后改交。", ("recall",)),
    Lack.HANDLER: ("请用“回避”改由他人承办。", ("step_aside",)),
    Lack.ENDORSER: ("请撤回呈阅，改呈其他领导。", ("take_back",)),
    Lack.DATE: ("请定反馈期限，待交办的请交办。", ("set_date", "assign")),
    Lack.CARRIED: ("请定反馈期限，待交办的请交办。", ("set_date", "assign")),
    Lack.BEFORE_EXTENSION: ("请改定反馈期限，或函告单位原期限不变。", ("set_date",)),
    Lack.CLOCK: ("请按现在的规则重算。", ()),
    Lack.MIRROR: ("请按现在的规则重算。", ()),
    Lack.CASE_NEXT: ("请在包案页记进展，并写明下次时间。", ()),
    Lack.CASE_LEADER: ("请在“包案移交”中移交给接手领导。", ()),
}
"""What is lacking → what mends it, in words, and the moves that do (the first that is allowed now is offered)."""
