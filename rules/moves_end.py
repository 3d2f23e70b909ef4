"""The end of a matter and what may follow it: closing, its report upward, the petitioner's judgment, the shelf (Art 22, B8–B11)."""

from rules.access import OFFICE, UNIT_STAFF
from rules.handling_words import Fact
from rules.move_row import Need, Row
from rules.supervision import RatedHow
from rules.words import DocumentKind, Role, Satisfaction, Status

S = Status
ANSWERED = (S.SERVED, S.REVIEWED, S.FINAL, S.CLOSED)
CLOSABLE = (S.SERVED, S.REFUSED, S.REVIEWED, S.FINAL, S.GUIDED, S.DIVERTED)
"""A matter may be closed from these, by itself or with its case."""

ROWS: tuple[Row, ...] = (
    Row(
        "close", "办结", CLOSABLE, S.CLOSED, UNIT_STAFF | OFFICE,
        (Need("note", "办结说明", "long", help="落实情况、后续安排。"),),
        DocumentKind.CLOSE, stops=("other_law", "feedback"), ends_leg=True,
        help="有领导包案的，结案卷签字齐全后才能办结。", help_only=Fact.ON_CASE,
    ),
    Row(
        "rate", "满意度评价", ANSWERED, None, OFFICE,
        (
            Need("rated_on", "评价日期", "date", past=True),
            Need("office_rating", "对信访部门", "choice", choices=Satisfaction),
            Need("unit_rating", "对责任单位", "choice", choices=Satisfaction),
            Need("rated_how", "评价方式", "choice", choices=RatedHow, help="信访人本人怎样作出评价；经手登记的人记入办理经过。"),
            Need("note", "信访人的话", "long", required=False, help="不满意的，照原话记下原因。"),
        ),
        is_quiet=True,
    ),
    Row(
        "report_up", "上报结果", (*ANSWERED, S.REFUSED, S.GUIDED, S.DIVERTED, S.FILED, S.ARCHIVED), None, OFFICE,
        (
            Need("reported_on", "上报日期", "date", past=True, since="replied_on"),
            Need("proof", "上报凭据", limit=200, help="报告文号、回执或经办人。"),
        ),
        stops=("sender",), only=Fact.FROM_ABOVE, is_quiet=True,
    ),
    Row(
        "archive", "归档", (S.CLOSED,), S.ARCHIVED, OFFICE | {Role.ARCHIVIST},
        (Need("shelf", "存放位置", limit=100, help="档案柜、卷号。"),),
        DocumentKind.DOSSIER, stops=("review_request", "recheck_request"),
    ),
    Row(
        "reopen", "重新办理", (S.CLOSED, S.ARCHIVED), S.HANDLING, OFFICE,
        (
            Need(
                "reason", "重新办理的理由", "long", limit=300,
                help="回访不满意、承诺没有兑现或其他情况；原有签字随之失效。",
            ),
        ),
        starts=("handle",), stops=("review_request", "recheck_request"), only=Fact.ROUTED, is_quiet=True,
    ),
)  # fmt: skip
