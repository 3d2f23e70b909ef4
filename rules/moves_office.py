"""The office's moves before a unit handles a matter: before a leader, to a unit, elsewhere, or nowhere (Art 22, A5–A7, B2, B4)."""

from rules.access import LEADERS, OFFICE, UNIT_STAFF
from rules.handling_words import Fact, FilingReason, TellingMethod
from rules.move_row import REASON, WHY, Need, Row
from rules.words import DocumentKind, LegKind, Role, Status

S = Status
BEFORE_ACCEPTANCE = ("office_route", "unit_accept", "object")
FEEDBACK_ON = Need("feedback_on", "反馈期限", "date", help="交办函上写明的日期。")
LATE_REASON = Need(
    "late_reason",
    "超期理由",
    required=False,
    limit=200,
    help="反馈期限晚于法定的 60 日加延长 30 日时填写，记入办理经过。",
)
UNIT = Need("unit_id", "责任单位", "unit", help="有权处理该事项的单位。")

ROWS: tuple[Row, ...] = (
    Row(
        "submit", "呈阅", (S.REGISTERED,), S.PROPOSED, OFFICE,
        (Need("leader_id", "签批领导", "leader"), Need("note", "拟办意见", "long", help="建议交哪个单位、怎样办。")),
        is_quiet=True, help="本办设置要求先签批的，签批后才能交办。",
    ),
    Row(
        "endorse", "签批", (S.PROPOSED,), S.REGISTERED, LEADERS,
        (Need("instruction", "签批意见", "long"),), only=Fact.ENDORSER,
    ),
    Row("take_back", "撤回呈阅", (S.PROPOSED,), S.REGISTERED, OFFICE, (WHY,), is_quiet=True),
    Row(
        "first_reply", "首次回复", (S.REGISTERED, S.PROPOSED, S.ROUTED, S.OBJECTED), None, OFFICE | UNIT_STAFF,
        (
            Need("told_on", "回复日期", "date", past=True),
            Need("told_by", "告知方式", "choice", choices=TellingMethod),
            Need("note", "回复内容", "long", help="能答复的答复；一时答复不了的，说明原因和怎样办理。"),
        ),
        is_quiet=True,
    ),
    Row(
        "set_date", "改定反馈期限",
        (S.ROUTED, S.OBJECTED, S.HANDLING, S.REPLIED, S.SERVED, S.REVIEWED, S.FINAL, S.REFUSED, S.GUIDED, S.DIVERTED),
        None, OFFICE,
        (
            Need("feedback_on", "反馈期限", "date", help="批准延期不会自动改变反馈期限，需要的在这里改定。"),
            Need("reason", "改定的理由", "long", limit=300),
        ),
        is_quiet=True,
    ),
    Row(
        "assign", "交办", (S.REGISTERED,), S.ROUTED, OFFICE,
        (
            UNIT,
            Need("assisting_ids", "协办单位", "units", required=False),
            Need("handler_id", "承办人", "user", required=False, help="不填则由责任单位自行指定。"),
            FEEDBACK_ON,
            LATE_REASON,
            Need("measures", "办理要求", "long", required=False),
        ),
        DocumentKind.ASSIGN, starts=("unit_accept", "object"), stops=("office_route",), leg=LegKind.ASSIGN,
    ),
    Row(
        "forward", "转送", (S.REGISTERED,), S.ROUTED, OFFICE,
        (
            UNIT,
            Need("phoned", "已先电话联系", required=False, help="先打电话问清：联系了谁，避免群众往返。", limit=100),
            Need("measures", "转送说明", "long", required=False),
        ),
        DocumentKind.FORWARD, starts=("unit_accept", "object"), stops=("office_route",), leg=LegKind.FORWARD,
    ),
    Row(
        "answer", "当场答复", (S.REGISTERED,), S.CLOSED, OFFICE,
        (
            Need("text", "答复内容", "long", limit=4000, help="政策清楚的咨询和简单事项。"),
            Need("told_by", "告知方式", "choice", choices=TellingMethod),
        ),
        stops=("office_route",), is_quiet=True,
    ),
    Row(
        "guide", "引导告知", (S.REGISTERED, S.ROUTED), S.GUIDED, OFFICE | UNIT_STAFF,
        (
            Need("body", "有权处理机关", limit=100),
            Need("address", "地址和联系电话", limit=200, help="让群众一次走对门。"),
            REASON,
        ),
        DocumentKind.GUIDE, stops=BEFORE_ACCEPTANCE, ends_leg=True, is_quiet=True,
    ),
    Row(
        "no_more", "不再受理", (S.REGISTERED, S.ROUTED), S.REFUSED, OFFICE | UNIT_STAFF, (REASON,),
        DocumentKind.NO_MORE, stops=BEFORE_ACCEPTANCE, is_quiet=True,
    ),
    Row(
        "ask_filing", "拟存信", (S.REGISTERED,), None, OFFICE,
        (Need("filing", "存信原因", "choice", choices=FilingReason), WHY), only=Fact.UNFILED, is_quiet=True,
    ),
    Row("refuse_filing", "不同意存信", (S.REGISTERED,), None, frozenset({Role.OFFICE_HEAD}), (WHY,),
        only=Fact.FILING_ASKED, is_quiet=True),
    Row(
        "file_away", "存信", (S.REGISTERED,), S.FILED, frozenset({Role.OFFICE_HEAD}),
        (Need("filing", "存信原因", "choice", choices=FilingReason), WHY), stops=("office_route",), is_quiet=True,
    ),
    Row(
        "take_out", "恢复办理", (S.FILED, S.CLOSED, S.ARCHIVED), S.REGISTERED, frozenset({Role.OFFICE_HEAD}), (WHY,),
        resumes=("office_route",), only=Fact.UNROUTED, is_quiet=True,
    ),
    Row(
        "recall", "收回", (S.ROUTED,), S.REGISTERED, OFFICE,
        (Need("reason", "收回的理由", "long", help="交错了单位，或需要改交。", limit=300),),
        stops=("unit_accept", "object"), resumes=("office_route",), takes_back=True, ends_leg=True, is_quiet=True,
    ),
    Row(
        "hand_on", "回避改交", (S.ROUTED, S.HANDLING), S.ROUTED, OFFICE,
        (
            Need("user_id", "回避人", "user", required=False, help="不填则为责任单位的负责人。"),
            Need("reason", "回避理由", "long", limit=300),
            Need("unit_id", "改交单位", "unit", help="另一个有权处理的单位；原单位的流转随之结束。"),
            Need("assisting_ids", "协办单位", "units", required=False),
            FEEDBACK_ON,
            LATE_REASON,
            Need("measures", "办理要求", "long", required=False),
        ),
        DocumentKind.ASSIGN, starts=("unit_accept", "object"), stops=("unit_accept", "object", "handle", "simple_answer"),
        takes_back=True, leg=LegKind.ASSIGN, is_quiet=True,
    ),
    Row(
        "agree_return", "同意退回", (S.OBJECTED,), S.REGISTERED, OFFICE,
        (Need("note", "说明", "long", required=False),),
        DocumentKind.RETURN, stops=("unit_accept",), resumes=("office_route",), takes_back=True, ends_leg=True,
    ),
    Row("refuse_return", "不同意退回", (S.OBJECTED,), S.ROUTED, OFFICE, (WHY,), is_quiet=True),
    Row(
        "void", "作废", (S.REGISTERED, S.PROPOSED, S.ROUTED), S.VOIDED, frozenset({Role.OFFICE_HEAD}),
        (Need("reason", "作废理由", "long", help="登记不会删除，作废后仍可查到。", limit=300),),
        stops=(*BEFORE_ACCEPTANCE, "feedback", "sender"), takes_back=True, ends_leg=True, is_quiet=True,
    ),
)  # fmt: skip
