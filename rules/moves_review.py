"""Review (复查) and re-review (复核) by the upper body, recorded by the office (Art 35, 36, B6)."""

from rules.access import OFFICE
from rules.handling_words import Fact, ReviewResult
from rules.move_row import Need, Row
from rules.words import DocumentKind, Status

S = Status
ASKED = (
    Need("asked_on", "申请日期", "date", past=True),
    Need("request", "申请的请求和理由", "long", limit=2000),
    Need("body", "受理机关", limit=100, help="原办理机关的上一级机关、单位。"),
)
DECIDED = (
    Need("result", "结论", "choice", choices=ReviewResult),
    Need("text", "意见内容", "long", limit=4000),
    Need("basis", "依据", "long", limit=1000),
    Need("served_at", "送达时间", "datetime", past=True),
)
ANNULLED = (Need("text", "撤销的理由和要求", "long", limit=4000), Need("basis", "依据", "long", limit=1000))

ANNUL = "撤销原处理意见，责令重新办理"

ROWS: tuple[Row, ...] = (
    Row("ask_review", "申请复查", (S.SERVED, S.CLOSED), S.REVIEWING, OFFICE, ASKED,
        DocumentKind.REVIEW_REQUEST, starts=("review",), stops=("review_request", "feedback"), only=Fact.ROUTED, is_quiet=True),
    Row("uphold", "复查意见", (S.REVIEWING,), S.REVIEWED, OFFICE, DECIDED,
        DocumentKind.REVIEW, starts=("recheck_request",), stops=("review",)),
    Row("annul", "复查撤销重办", (S.REVIEWING,), S.HANDLING, OFFICE, ANNULLED,
        DocumentKind.REVIEW, starts=("handle",), stops=("review",), verdict=ANNUL, is_quiet=True),
    Row("ask_recheck", "申请复核", (S.REVIEWED, S.CLOSED), S.RECHECKING, OFFICE, ASKED,
        DocumentKind.RECHECK_REQUEST, starts=("recheck",), stops=("recheck_request",), only=Fact.ROUTED, is_quiet=True),
    Row("hear", "复核听证", (S.RECHECKING,), None, OFFICE,
        (
            Need("from_on", "听证开始", "date", past=True),
            Need("to_on", "听证结束", "date", help="听证所需时间不计算在复核期限内。", past=True),
        ),
        is_quiet=True),
    Row("recheck_uphold", "复核意见", (S.RECHECKING,), S.FINAL, OFFICE, DECIDED, DocumentKind.RECHECK, stops=("recheck",)),
    Row("recheck_annul", "复核撤销重办", (S.RECHECKING,), S.HANDLING, OFFICE, ANNULLED,
        DocumentKind.RECHECK, starts=("handle",), stops=("recheck",), verdict=ANNUL, is_quiet=True),
)  # fmt: skip
