"""The words of a matter's life beyond the main path: other procedures, reviews, findings, letters filed without handling."""

from rules.words import Word


class Procedure(Word):
    """Another procedure of the law a matter belongs to (Art 31(1)–(5))."""

    LITIGATION = "litigation", "诉讼"
    ARBITRATION = "arbitration", "仲裁"
    PARTY_APPEAL = "party_appeal", "党员申诉"
    ADMINISTRATIVE = "administrative", "行政程序"
    STATUTORY_DUTY = "statutory_duty", "履行法定职责"


class ReviewResult(Word):
    """What a review or re-review decides when the opinion stands or is changed (Art 35, 36)."""

    UPHELD = "upheld", "维持原处理意见"
    CHANGED = "changed", "变更原处理意见"


class Finding(Word):
    """What the investigation found (B7)."""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    FALSE = "false", "不属实"


class FilingReason(Word):
    """Why a letter is filed without handling (存信, A5)."""

    ANSWERED = "answered", "已经答复过的"
    NO_CONTENT = "no_content", "没有实质内容的"
    FINAL = "final", "已经复核终结的"


class TellingMethod(Word):
    """How a plain answer is told (简易办理、当场答复)."""

    ORAL = "oral", "当面"
    PHONE = "phone", "电话"
    MESSAGE = "message", "短信"
    ONLINE = "online", "网络"


class Fact(Word):
    """What some moves depend on besides the state; the label is the sentence of the refusal."""

    SIMPLE = "simple", "只用于适用简易办理的事项"
    FROM_ABOVE = "from_above", "只用于上级交办的事项"
    RECTIFYING = "rectifying", "没有待整改的问题"
    ASKED_UP = "asked_up", "没有等待答复的请示"
    ENDORSER = "endorser", "这件事项不是呈您签批的"
    ROUTED = "routed", "这件事项没有责任单位，请用“恢复办理”"
    UNROUTED = "unrouted", "这件事项有责任单位，请用“重新办理”"
    TIMED = "timed", "这件事项没有法定办理期限"
    OBJECTABLE = "objectable", "已超过收到后 5 个工作日（《信访工作条例》第二十三条），请与信访办协商由其收回"
    UNFILED = "unfiled", "已经提出存信，等信访办负责人批准"
    FILING_ASKED = "filing_asked", "没有人提出存信"
    ON_CASE = "on_case", "这件事项没有领导包案"
