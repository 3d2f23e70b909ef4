"""What is open on a case on the day it is handed over, in writing (移交清单): kept as read, printed as kept (F1)."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import DutyState
from services import case_work, closing, closing_content, return_visits


def read(session: Session, actor: Actor, case: m.Case) -> dict[str, Any]:
    """{"case", "matter", "title", "unit", "responsible", "sections": [{"title", "lines": [str]}]}, in the office's words."""
    sections = [{"title": title, "lines": lines} for title, lines in _sections(session, actor, case) if lines]
    return {
        "case": case.number,
        "matter": case.petition.number,
        "title": case.petition.title,
        "unit": case.unit.name if case.unit else "",
        "responsible": case.responsible.name if case.responsible else "",
        "assigned_on": case.assigned_on.isoformat(),
        "sections": sections,
    }


def _sections(session: Session, actor: Actor, case: m.Case) -> Iterator[tuple[str, list[str]]]:
    yield "时限", list(_limits(actor, case))
    yield (
        "未完成的四包",
        [f"{duty.name}：{duty.state.label}" for duty in case.duties if duty.state is not DutyState.DONE],
    )
    yield "未完成的化解步骤", [_late(actor, one.due_on, one.text) for one in case.steps if one.done_on is None]
    yield "最近一次进展", list(_progress(actor, case))
    file = closing.find(session, case)
    if file is not None and file.closed_on is None:
        yield "结案卷还差", list(closing_content.read(session, file).missing)
        yield "未兑现的承诺", [_late(actor, one.due_on, one.text) for one in file.promises if one.kept_on is None]
    visits = [
        one for one in return_visits.of(session, case.petition) if one.made_on is None and one.dropped_reason is None
    ]
    yield "待回访", [_late(actor, one.planned_on, one.occasion.label) for one in visits]
    yield "未落实的议定事项", list(_decisions(session, case))


def _limits(actor: Actor, case: m.Case) -> Iterator[str]:
    for label, day in (
        ("结案时限", case.close_by),
        ("报结时限", case.report_by),
        ("首次约见期限", case.first_meeting_by),
    ):
        if day is not None:
            yield _late(actor, day, label)


def _progress(actor: Actor, case: m.Case) -> Iterator[str]:
    if case.progress:
        last = case.progress[0]
        yield f"{last.noted_on} {last.text}"
    following = case_work.next_date(case)
    yield _late(actor, following, "下次进展") if following else "没有约定下次时间"


def _decisions(session: Session, case: m.Case) -> Iterator[str]:
    d = m.Decision
    waiting = sa.select(d).where(d.petition_id == case.petition_id, d.done_on.is_(None), d.dropped_reason.is_(None))
    for one in session.scalars(waiting.order_by(d.due_on, d.id).execution_options(gated=True)):
        yield f"{one.due_on} {one.text}（{one.owner.name}）"


def _late(actor: Actor, day: Any, text: str) -> str:
    return f"{day} {text}" + ("（已过期）" if day < actor.today else "")
