"""What waits on the workbench, shown only while it does: one table of what is counted, its words, its list and its part of the day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from rules import access
from rules.access import Actor
from services import (
    appointment_lists,
    case_dues,
    case_proposals,
    case_reviews,
    decisions,
    filing,
    gate,
    inspection_reviews,
    meetings,
    proceeding_lists,
    reading_lists,
    screening,
    strike_offs,
    supervision_lists,
    swaps,
    visit_tasks,
)

Count = Callable[[Session, Actor], Mapping[Any, int]]
CAP = 1000
"""A tile counts no further."""


NOW, OTHERS, MONTH = "now", "others", "month"
PARTS = {NOW: "今天要办", OTHERS: "等别人办", MONTH: "近期和本月"}
"""The parts of what waits, in the order of the screen. What stands in none of them is a tile above."""


@dataclass(frozen=True)
class Line:
    """One number. `kind`: its colour while something waits; `query`: the part of the list that was counted, else its key as tab.

    `part`: a key of PARTS; what waits on others is, for those others, their own to do today.
    """

    label: str
    noun: str
    kind: str = "soon"
    query: Mapping[str, str] | None = None
    part: str = NOW


def tile(line: Line, value: int, query: Mapping[str, str], sub: str = "") -> dict[str, Any]:
    """What the screen shows of a line: {"label", "value", "noun", "args", "sub", "kind", "part"}."""
    return {
        "part": line.part,
        "label": line.label,
        "value": value if value <= CAP else f"{CAP}+",
        "noun": line.noun,
        "args": dict(query),
        "sub": sub,
        "kind": line.kind if value else "",
    }


def waiting(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Everything that waits for this actor, in the order of the table."""
    owes = actor.role in access.CASE_TEAM - access.OFFICE
    return [
        tile(lines[key], count, lines[key].query or {"tab": key})
        | ({"part": NOW} if owes and lines[key].part == OTHERS else {})
        for counts, lines in WAITING
        for key, count in counts(session, actor).items()
        if count
    ]


def _strikes(session: Session, actor: Actor) -> dict[str, int]:
    return {"waiting": len(strike_offs.waiting(session, actor))}


def _filings(session: Session, actor: Actor) -> dict[str, int]:
    if not access.may(actor, "filing.answer"):
        return {}
    return {"waiting": gate.count(session, filing.waiting(actor), CAP)}


def _swaps(session: Session, actor: Actor) -> dict[str, int]:
    if not access.may(actor, "swap.list"):
        return {}
    whose = "leader" if actor.role in access.LEADERS else "other"
    return {"office" if access.may(actor, "swap.approve") else whose: swaps.waiting(session, actor)}


def _proceedings(session: Session, actor: Actor) -> dict[str, int]:
    return {"overdue": proceeding_lists.counts(session, actor).get("overdue", 0)}


def _cases(session: Session, actor: Actor) -> dict[tuple[str, str], int]:
    if not access.sees_matters(actor):
        return {}
    tab = "running" if actor.role in access.OFFICE else "mine"
    return {(key, tab): count for key, count in case_dues.counts(session, actor).items()}


def _proposals(session: Session, actor: Actor) -> dict[str, int]:
    return {"waiting": case_proposals.waiting(session, actor)}


def _meetings(session: Session, actor: Actor) -> dict[str, int]:
    return {"planned": len(meetings.missing(session, actor))}


def _asks(label: str, ask: str, kind: str) -> dict[tuple[str, str], Line]:
    return {(ask, tab): Line(label, "case", kind, {"tab": tab, "ask": ask}, OTHERS) for tab in ("running", "mine")}


BY_TAB = {"tab": "waiting"}
WAITING: tuple[tuple[Count, Mapping[Any, Line]], ...] = (
    (reading_lists.waiting, {
        "to_read": Line("待我阅批的来信", "reading"),
        "report_due": Line("待我审签的报告", "reading"),
        "result_due": Line("待反馈的阅批结果", "reading"),
        "late": Line("逾期的结案报告", "reading", "late", part=OTHERS),
    }),
    (supervision_lists.counts, {
        "mine": Line("待我回复的督办", "supervision"),
        "answered": Line("待审核的督办回复", "supervision"),
        "late": Line("逾期未复的督办", "supervision", "late", part=OTHERS),
    }),
    (inspection_reviews.counts, {
        "mend": Line("初审退回待补正", "first_review"),
        "again": Line("补正后待初审", "first_review"),
    }),
    (case_reviews.counts, {
        "mine": Line("待我评查的案卷", "case_review"),
        "mend": Line("评查后待整改", "case_review"),
    }),
    (_strikes, {"waiting": Line("待我批准的销号", "campaign_case", query={"strike": "waiting"})}),
    (_filings, {"waiting": Line("待我批准的存信", "filing")}),
    (_swaps, {
        "office": Line("待我批准的调换", "swap", query=BY_TAB),
        "leader": Line("待我同意的调换", "swap", query=BY_TAB),
        "other": Line("待对方同意的调换", "swap", query=BY_TAB, part=OTHERS),
    }),
    (appointment_lists.waiting, {
        "coming": Line("约见我的来访人", "appointment"),
        "next_day": Line("下一工作日的预约", "appointment", part=MONTH),
        "no_brief": Line("缺接访准备", "appointment"),
        "adrift": Line("需另行安排的预约", "appointment"),
    }),
    (visit_tasks.counts, {
        ("visit", "unrecorded"): Line("下访待登记", "visit", query={"tab": "unrecorded"}),
        ("visit_finding", "due"): Line("下访待回访", "visit_finding", query={"tab": "due"}, part=MONTH),
        ("dispute", "report"): Line("矛盾纠纷应上报", "dispute", query={"tab": "report"}),
    }),
    (decisions.counts, {
        "mine": Line("待我落实的议定事项", "decision"),
        "late": Line("逾期的议定事项", "decision", "late", part=OTHERS),
    }),
    (_proceedings, {"overdue": Line("待登记结果的会商听证", "proceeding", "late")}),
    (_cases, _asks("逾期未记进展的包案", "log_late", "late") | _asks("没有下次时间的包案", "undated", "soon")),
    (_proposals, {"waiting": Line("待我批准的包案建议", "case_proposal")}),
    (_meetings, {"planned": Line("逾期未开的会议", "meeting", "late", part=MONTH)}),
    (screening.counts, {
        "missing": Line("待报送的排查", "screening_return", part=OTHERS),
        "late": Line("逾期未报的排查", "screening_return", "late", part=OTHERS),
    }),
)  # fmt: skip
"""(what counts: {key: how many}, the tile of each key)."""
