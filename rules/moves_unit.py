"""The responsible unit's moves: accept or not, handle, ask for time, reply, serve (Art 23, 28, 31–35, B1–B7, B12)."""

from rules.access import OFFICE, UNIT_STAFF
from rules.handling_words import Fact, Finding, Procedure, TellingMethod
from rules.move_row import REASON, WHY, Need, Row
from rules.words import DocumentKind, Opinion, Role, ServiceMethod, Status

S = Status
WITH_THE_UNIT = (S.ROUTED, S.HANDLING)
AFTER_REPLY = (S.REPLIED, S.SERVED, S.REVIEWED, S.FINAL, S.CLOSED)
HANDLER = Need("handler_id", "承办人", "user", required=False, help="不填则为本人。")
SERVED_AT = Need("served_at", "签收时间", "datetime", help="到小时和分钟，没有签收时间不能记为已送达。", past=True)

ROWS: tuple[Row, ...] = (
    Row(
        "accept", "受理", (S.ROUTED,), S.HANDLING, UNIT_STAFF,
        (HANDLER, Need("note", "处理途径", "long", required=False, help="写入受理告知书。")),
        DocumentKind.ACCEPT, starts=("handle",), stops=("unit_accept", "object"),
    ),
    Row(
        "simple", "简易办理", (S.ROUTED,), S.HANDLING, UNIT_STAFF,
        (HANDLER, Need("note", "说明", "long", required=False)),
        starts=("simple_answer",), stops=("unit_accept", "object"), is_quiet=True,
    ),
    Row("refuse", "不予受理", (S.ROUTED,), S.REFUSED, UNIT_STAFF, (REASON,),
        DocumentKind.REFUSE, stops=("unit_accept", "object"), is_quiet=True),
    Row(
        "object", "提出异议", (S.ROUTED,), S.OBJECTED, UNIT_STAFF,
        (
            Need("reason", "异议理由", "long", help="不属于本单位职责的依据；收到后 5 个工作日内提出。"),
            Need("suggested_id", "建议交给", "unit", required=False),
        ),
        stops=("object",), only=Fact.OBJECTABLE, is_quiet=True,
    ),
    Row(
        "divert", "导入其他法定程序", WITH_THE_UNIT, S.DIVERTED, UNIT_STAFF,
        (
            Need("procedure", "程序", "choice", choices=Procedure),
            Need("body", "受理机关", limit=100),
            Need("basis", "法律依据", "long", help="告知书上照此打印。"),
            Need("due_on", "该程序的期限", "date", help="按该程序自己的规定，不适用 60 日。"),
        ),
        DocumentKind.DIVERT, stops=("unit_accept", "object", "handle", "simple_answer"), is_quiet=True,
    ),
    Row(
        "step_aside", "回避", WITH_THE_UNIT, None, UNIT_STAFF | OFFICE,
        (
            Need("user_id", "回避人", "user", required=False, help="不填则为现在的承办人；承办人自己声明的不用填。"),
            Need("handler_id", "改由", "user", help="责任单位的其他承办人员；单位负责人要回避的，由信访办“回避改交”。"),
            Need("reason", "回避理由", "long", limit=300),
        ),
        is_quiet=True,
    ),
    Row(
        "refer_up", "向上请示", WITH_THE_UNIT, None, UNIT_STAFF,
        (
            Need("question", "请示的问题", "long"),
            Need("asked_to", "请示机关", limit=100),
            Need("told", "怎样告知信访人", limit=200, help="请示期间办理期限照常计算。"),
        ),
        is_quiet=True,
    ),
    Row("answer_up", "收到批复", WITH_THE_UNIT, None, UNIT_STAFF, (Need("answer", "批复内容", "long", limit=2000),),
        only=Fact.ASKED_UP),
    Row(
        "interview", "谈话笔录", (S.HANDLING,), None, UNIT_STAFF,
        (
            Need("held_at", "谈话时间", "datetime", past=True, since="accepted_on"),
            Need("place", "谈话地点", limit=100),
            Need("with_whom", "谈话对象", limit=100),
            Need("asked_by", "谈话人、记录人", limit=100),
            Need("text", "谈话内容", "long", limit=8000),
        ),
        DocumentKind.INTERVIEW, is_quiet=True,
    ),
    Row(
        "investigate", "调查报告", (S.HANDLING,), None, UNIT_STAFF,
        (Need("facts", "调查的事实", "long", limit=8000), Need("text", "结论和建议", "long", limit=4000)),
        DocumentKind.INVESTIGATION, is_quiet=True,
    ),
    Row(
        "mediate", "调解", (S.HANDLING,), None, UNIT_STAFF,
        (Need("held_on", "达成日期", "date", past=True, since="accepted_on"), Need("host", "主持人", limit=60),
         Need("text", "协议内容", "long", limit=4000)),
        DocumentKind.MEDIATION, is_quiet=True,
    ),
    Row(
        "settle", "和解", (S.HANDLING,), None, UNIT_STAFF,
        (Need("held_on", "达成日期", "date", past=True, since="accepted_on"), Need("text", "协议内容", "long", limit=4000)),
        DocumentKind.SETTLEMENT, is_quiet=True,
    ),
    Row(
        "ask_extension", "申请延期", (S.HANDLING,), None, frozenset({Role.HANDLER}),
        (Need("days", "申请天数", "int", help="自然日，最多 30 天。"), Need("reason", "延期理由", "long")),
        DocumentKind.EXTEND_FORM, only=Fact.TIMED, is_quiet=True,
    ),
    Row(
        "extend", "延期", (S.HANDLING,), None, frozenset({Role.UNIT_HEAD, Role.LEADER_IN_CHARGE}),
        (
            Need("days", "延长天数", "int", help="自然日，最多 30 天，从原届满日起算。"),
            Need("reason", "延期理由", "long", help="须告知信访人，写入延期办理告知书。"),
        ),
        DocumentKind.EXTEND, is_quiet=True, help="由单位负责人或分管领导批准。",
    ),
    Row("ordinary", "转为普通办理", (S.HANDLING,), None, UNIT_STAFF, (WHY,),
        starts=("handle",), stops=("simple_answer",), takes_back=True, only=Fact.SIMPLE, is_quiet=True),
    Row(
        "simple_reply", "简易答复", (S.HANDLING,), S.SERVED, UNIT_STAFF,
        (
            Need("text", "答复内容", "long", limit=4000),
            Need("told_by", "告知方式", "choice", choices=TellingMethod),
            Need("served_at", "告知时间", "datetime", past=True),
        ),
        starts=("review_request",), stops=("simple_answer",), only=Fact.SIMPLE,
    ),
    Row(
        "reply", "答复", (S.HANDLING,), S.REPLIED, UNIT_STAFF,
        (
            Need("facts", "查明的事实", "long", limit=4000),
            Need("basis", "依据", "long", limit=1000, help="法律、法规、政策的名称和条款。"),
            Need("opinion", "处理意见", "choice", choices=Opinion),
            Need("text", "答复内容", "long", limit=4000),
            Need("finding", "查核结论", "choice", required=False, choices=Finding, help="反映问题的事项填写；属实的要写整改。"),
            Need("rectify", "整改内容", "long", required=False, limit=500),
            Need("rectify_by", "整改责任人", required=False, limit=60),
            Need("rectify_on", "整改期限", "date", required=False),
            Need("shown", "向信访人出示的证据", "long", required=False, limit=500, help="不属实的要写。"),
        ),
        DocumentKind.REPLY, stops=("handle", "simple_answer"), help="受理之后才能答复。",
    ),
    Row("withdraw_reply", "收回答复", (S.REPLIED,), S.HANDLING, UNIT_STAFF, (WHY,), resumes=("handle", "simple_answer"), is_quiet=True,
        help="送达之前可以收回改正。"),
    Row(
        "serve", "送达", (S.REPLIED,), S.SERVED, UNIT_STAFF,
        (SERVED_AT, Need("receiver", "签收人", limit=60), Need("method", "送达方式", "choice", choices=ServiceMethod)),
        DocumentKind.SERVICE, starts=("review_request",),
    ),
    Row(
        "rectified", "整改完成", AFTER_REPLY, None, UNIT_STAFF,
        (Need("done_on", "完成日期", "date", past=True, since="replied_on"), Need("text", "整改情况", "long", limit=1000)),
        only=Fact.RECTIFYING, is_quiet=True,
    ),
)  # fmt: skip
