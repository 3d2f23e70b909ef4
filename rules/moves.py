"""The matter's life as one table: from which state, by which verb, to which state, by whom, with what, on which clock.

The screens' buttons, the server's refusal, the diagram in the README and the cross-product test all read MOVES.
Adding a branch of the law is adding rows.
"""

from dataclasses import dataclass

from rules.access import OFFICE, UNIT_STAFF, Actor
from rules.words import DocumentKind, LegKind, Opinion, Purpose, Role, ServiceMethod, Status, Word

S = Status


@dataclass(frozen=True)
class Need:
    """One thing a move must (or may) be told. kind: text, long, date, datetime, int, unit, units, user, choice."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: type[Word] | None = None
    help: str = ""
    limit: int = 500


@dataclass(frozen=True)
class Row:
    """One row of the table. `starts`/`stops`: terms (rules.deadlines); `ends_leg`: the running legs end with it."""

    verb: str
    label: str
    froms: tuple[Status, ...]
    to: Status | None
    who: frozenset[Role]
    needs: tuple[Need, ...] = ()
    paper: DocumentKind | None = None
    starts: str | None = None
    stops: tuple[str, ...] = ()
    leg: LegKind | None = None
    ends_leg: bool = False
    is_quiet: bool = False
    help: str = ""


REASON = Need("reason", "理由", "long", help="写明依据和事实，告知书上照此打印。")

ROWS: tuple[Row, ...] = (
    Row(
        "assign",
        "交办",
        (S.REGISTERED,),
        S.ROUTED,
        OFFICE,
        (
            Need("unit_id", "责任单位", "unit", help="有权处理该事项的单位。"),
            Need("assisting_ids", "协办单位", "units", required=False),
            Need("handler_id", "承办人", "user", required=False, help="不填则由责任单位自行指定。"),
            Need("feedback_on", "反馈期限", "date", help="交办函上写明的日期。"),
            Need("measures", "办理要求", "long", required=False),
        ),
        DocumentKind.ASSIGN,
        starts="unit_accept",
        stops=("office_route",),
        leg=LegKind.ASSIGN,
    ),
    Row(
        "forward",
        "转送",
        (S.REGISTERED,),
        S.ROUTED,
        OFFICE,
        (
            Need("unit_id", "责任单位", "unit", help="有权处理该事项的单位。"),
            Need(
                "phoned",
                "已先电话联系",
                "text",
                required=False,
                help="先打电话问清：联系了谁，避免群众往返。",
                limit=100,
            ),
            Need("measures", "转送说明", "long", required=False),
        ),
        DocumentKind.FORWARD,
        starts="unit_accept",
        stops=("office_route",),
        leg=LegKind.FORWARD,
    ),
    Row(
        "accept",
        "受理",
        (S.ROUTED,),
        S.HANDLING,
        UNIT_STAFF,
        (
            Need("handler_id", "承办人", "user", required=False, help="不填则为本人。"),
            Need("note", "处理途径", "long", required=False, help="写入受理告知书。"),
        ),
        DocumentKind.ACCEPT,
        starts="handle",
        stops=("unit_accept",),
    ),
    Row(
        "refuse",
        "不予受理",
        (S.ROUTED,),
        S.REFUSED,
        UNIT_STAFF,
        (REASON,),
        DocumentKind.REFUSE,
        stops=("unit_accept",),
        is_quiet=True,
    ),
    Row(
        "extend",
        "延期",
        (S.HANDLING,),
        None,
        frozenset({Role.UNIT_HEAD, Role.LEADER_IN_CHARGE}),
        (
            Need("days", "延长天数", "int", help="自然日，最多 30 天，从原届满日起算。"),
            Need("reason", "延期理由", "long", help="须告知信访人，写入延期办理告知书。"),
        ),
        DocumentKind.EXTEND,
        is_quiet=True,
        help="由单位负责人或分管领导批准。",
    ),
    Row(
        "reply",
        "答复",
        (S.HANDLING,),
        S.REPLIED,
        UNIT_STAFF,
        (
            Need("facts", "查明的事实", "long", limit=4000),
            Need("basis", "依据", "long", limit=1000, help="法律、法规、政策的名称和条款。"),
            Need("opinion", "处理意见", "choice", choices=Opinion),
            Need("text", "答复内容", "long", limit=4000),
        ),
        DocumentKind.REPLY,
        stops=("handle",),
        help="受理之后才能答复。",
    ),
    Row(
        "serve",
        "送达",
        (S.REPLIED,),
        S.SERVED,
        UNIT_STAFF,
        (
            Need("served_at", "签收时间", "datetime", help="到小时和分钟，没有签收时间不能记为已送达。"),
            Need("receiver", "签收人", limit=60),
            Need("method", "送达方式", "choice", choices=ServiceMethod),
        ),
        DocumentKind.SERVICE,
        starts="review_request",
    ),
    Row(
        "close",
        "办结",
        (S.SERVED, S.REFUSED),
        S.CLOSED,
        UNIT_STAFF | OFFICE,
        (Need("note", "办结说明", "long", help="落实情况、后续安排。"),),
        DocumentKind.CLOSE,
        ends_leg=True,
        help="有领导包案的，结案卷签字齐全后才能办结。",
    ),
    Row(
        "archive",
        "归档",
        (S.CLOSED,),
        S.ARCHIVED,
        OFFICE | {Role.ARCHIVIST},
        (Need("shelf", "存放位置", limit=100, help="档案柜、卷号。"),),
        DocumentKind.DOSSIER,
        stops=("review_request",),
    ),
    Row(
        "reopen",
        "重新办理",
        (S.CLOSED, S.ARCHIVED),
        S.HANDLING,
        OFFICE,
        (
            Need(
                "reason",
                "重新办理的理由",
                "long",
                help="回访不满意、承诺没有兑现或其他情况；原有签字随之失效。",
                limit=300,
            ),
        ),
        starts="handle",
        stops=("review_request",),
        is_quiet=True,
    ),
    Row(
        "void",
        "作废",
        (S.REGISTERED, S.ROUTED),
        S.VOIDED,
        frozenset({Role.OFFICE_HEAD}),
        (Need("reason", "作废理由", "long", help="登记不会删除，作废后仍可查到。", limit=300),),
        stops=("office_route", "unit_accept"),
        ends_leg=True,
        is_quiet=True,
    ),
)

MOVES: dict[Status, dict[str, Row]] = {state: {row.verb: row for row in ROWS if state in row.froms} for state in Status}
"""{state: {verb: row}}: the whole state machine."""

VERBS: dict[str, str] = {"register": "登记", "join": "重复来信来访", "withdraw": "回避收回"} | {
    row.verb: row.label for row in ROWS
}
"""Every verb that a move in the history may carry, with its label."""

CLOCK_PURPOSES: dict[str, frozenset[Purpose]] = {"handle": frozenset({Purpose.SEEK, Purpose.APPEAL})}
"""60 (+30) days run only for 申诉求决; other terms run for every purpose (rules-of-the-office §2, Which clock)."""

UNIT_MOVES = UNIT_STAFF | {Role.LEADER_IN_CHARGE}
"""Roles that act only on matters of the units they handle or answer for."""


def runs_for(term: str, purpose: Purpose) -> bool:
    """Does this term's clock run for a matter of this purpose?"""
    return purpose in CLOCK_PURPOSES.get(term, frozenset(Purpose))


def allowed(actor: Actor, status: Status, unit_id: int | None) -> list[Row]:
    """The moves this actor may make now on a matter in `status` whose responsible unit is `unit_id`, in table order."""
    return [row for row in MOVES[status].values() if is_allowed(actor, row, unit_id)]


def is_allowed(actor: Actor, row: Row, unit_id: int | None) -> bool:
    """Role, and for unit roles the matter's responsible unit (rules-of-the-office §4)."""
    if actor.is_system:
        return True
    if actor.role not in row.who:
        return False
    return actor.role not in UNIT_MOVES or unit_id in actor.unit_ids


def not_yet(actor: Actor, status: Status) -> list[str]:
    """Sentences saying which of the actor's own verbs come later, shown under the buttons; table order."""
    states = ahead(status)
    later = [r for r in ROWS if actor.role in r.who and r.help and status not in r.froms and states & set(r.froms)]
    return [f"{row.label}：{row.help}" for row in later]


def ahead(status: Status) -> set[Status]:
    """The states still to come on the way to the end; beginning again (重新办理) is no way forward."""
    found: set[Status] = set()
    queue = [status]
    while queue:
        targets = {row.to for verb, row in MOVES[queue.pop()].items() if verb != "reopen" and row.to} - found
        found |= targets
        queue.extend(targets)
    return found
