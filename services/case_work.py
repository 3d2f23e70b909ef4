"""What is done on an assigned case: the four duties, the plan's steps, the progress log (F2, F3)."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import DutyState, RuleBroken
from services import cases


def record_duty(session: Session, actor: Actor, duty: m.DutyItem, state: DutyState, done: str | None) -> m.DutyItem:
    """Say what the office did under one of the four duties; a finished one must say it (F2).

    Raises RuleBroken (done).
    """
    cases.check_recorder(actor, duty.case)
    text = (done or "").strip() or None
    if state is DutyState.DONE and text is None:
        raise RuleBroken(f"做了什么：“{duty.name}”标为完成前，请写明本办或单位做了什么。", "done")
    if state is not duty.state:
        duty.done_on = actor.today if state is DutyState.DONE else None
    duty.state, duty.done = state, text
    session.flush()
    return duty


def show_evidence(
    session: Session, actor: Actor, duty: m.DutyItem, happened_on: date, text: str, paper: Any = None
) -> m.DutyEvidence:
    """Keep what shows that a duty was done: the day, what it is, and a paper or file of the same matter (F2).

    `paper`: a Document or an Attachment, or None. Raises RuleBroken naming the field.
    """
    cases.check_recorder(actor, duty.case)
    if not text.strip():
        raise RuleBroken("佐证：请填写。", "text")
    if not begun_on(duty.case) <= happened_on <= actor.today:
        raise RuleBroken("佐证日期：应在事项登记之日与今天之间，请核对。", "happened_on")
    if paper is not None and (paper.petition_id != duty.case.petition_id or getattr(paper, "voided_reason", None)):
        raise RuleBroken("佐证材料：不是这件事项的有效材料，请重新选择。", "paper")
    row = m.DutyEvidence(
        case_id=duty.case_id, duty=duty, happened_on=happened_on, text=text.strip(), by_id=actor.user_id
    )
    if isinstance(paper, m.Document):
        row.document = paper
    else:
        row.attachment = paper
    session.add(row)
    if duty.state is DutyState.OPEN:
        duty.state = DutyState.DOING
    session.flush()
    return row


def add_step(session: Session, actor: Actor, case: m.Case, due_on: date, text: str) -> m.PlanStep:
    """One more step of the plan (化解方案), with its date. Raises RuleBroken (text, due_on)."""
    cases.check_recorder(actor, case)
    if not text.strip():
        raise RuleBroken("步骤：请填写。", "text")
    if due_on < case.assigned_on:
        raise RuleBroken("完成期限：不能早于包案日期，请核对。", "due_on")
    step = m.PlanStep(case=case, due_on=due_on, text=text.strip())
    session.add(step)
    session.flush()
    return step


def finish_step(session: Session, actor: Actor, step: m.PlanStep, done_on: date | None = None) -> m.PlanStep:
    """Tick a step off, today unless another day is named.

    Raises RuleBroken: ticked already, or (done_on) a day to come.
    """
    cases.check_recorder(actor, step.case)
    if step.done_on is not None:
        raise RuleBroken("这一步已经记为完成，不需要再记。")
    day = done_on or actor.today
    if day > actor.today:
        raise RuleBroken("完成日期：不能晚于今天，请核对。", "done_on")
    step.done_on = day
    session.flush()
    return step


def note_progress(
    session: Session, actor: Actor, case: m.Case, text: str, noted_on: date | None = None, next_on: date | None = None
) -> m.Progress:
    """A line of the progress log with the date of the next (F3). Raises RuleBroken (text, noted_on, next_on)."""
    cases.check_recorder(actor, case)
    day = noted_on or actor.today
    if not text.strip():
        raise RuleBroken("进展：请填写。", "text")
    if day > actor.today:
        raise RuleBroken("日期：不能晚于今天，请核对。", "noted_on")
    if day < begun_on(case):
        raise RuleBroken("日期：不能早于这件事项登记之日，请核对。", "noted_on")
    if next_on is not None and next_on < actor.today:
        raise RuleBroken("下次时间：不能早于今天，请改为以后的日期。", "next_on")
    line = m.Progress(case=case, noted_on=day, text=text.strip(), next_on=next_on, by_id=actor.user_id)
    session.add(line)
    session.flush()
    session.expire(case, ["progress"])
    return line


def begun_on(case: m.Case) -> date:
    """The first day a line of the log can speak of: the matter's registration."""
    return min(case.petition.registered_on, case.assigned_on)


def next_date(case: m.Case) -> date | None:
    """When the next line of the log was promised; None when nobody named a day."""
    return case.progress[0].next_on if case.progress else None


def is_log_late(case: m.Case, today: date) -> bool:
    """True when the promised next day has passed and nothing was written since."""
    promised = next_date(case)
    return case.ended_on is None and promised is not None and promised < today
