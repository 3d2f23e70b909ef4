"""What is done on an assigned case: the four duties, the plan's steps, the progress log (F2, F3)."""

from datetime import date

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import DutyState, RuleBroken
from services import cases


def record_duty(session: Session, actor: Actor, duty: m.DutyItem, state: DutyState, done: str | None) -> m.DutyItem:
    """Say what the office did under one of the four duties; a finished one must say it (F2)."""
    cases.check_writer(actor, duty.case)
    text = (done or "").strip() or None
    if state is DutyState.DONE and text is None:
        raise RuleBroken(f"做了什么：“{duty.name}”标为完成前，请写明本办或单位做了什么。", "done")
    if state is not duty.state:
        duty.done_on = actor.today if state is DutyState.DONE else None
    duty.state, duty.done = state, text
    session.flush()
    return duty


def add_step(session: Session, actor: Actor, case: m.Case, due_on: date, text: str) -> m.PlanStep:
    """One more step of the plan (化解方案), with its date."""
    cases.check_writer(actor, case)
    if not text.strip():
        raise RuleBroken("步骤：请填写。", "text")
    if due_on < case.assigned_on:
        raise RuleBroken("完成期限：不能早于包案日期，请核对。", "due_on")
    step = m.PlanStep(case=case, due_on=due_on, text=text.strip())
    session.add(step)
    session.flush()
    return step


def finish_step(session: Session, actor: Actor, step: m.PlanStep, done_on: date | None = None) -> m.PlanStep:
    """Tick a step off, today unless another day is named."""
    cases.check_writer(actor, step.case)
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
    """A line of the progress log with the date of the next (F3)."""
    cases.check_writer(actor, case)
    day = noted_on or actor.today
    if not text.strip():
        raise RuleBroken("进展：请填写。", "text")
    if day > actor.today:
        raise RuleBroken("日期：不能晚于今天，请核对。", "noted_on")
    if next_on is not None and next_on < day:
        raise RuleBroken("下次时间：不能早于这次的日期，请核对。", "next_on")
    line = m.Progress(case=case, noted_on=day, text=text.strip(), next_on=next_on, by_id=actor.user_id)
    session.add(line)
    session.flush()
    session.expire(case, ["progress"])
    return line


def next_date(case: m.Case) -> date | None:
    """When the next line of the log was promised; None when nobody named a day."""
    return case.progress[0].next_on if case.progress else None


def is_log_late(case: m.Case, today: date) -> bool:
    """True when the promised next day has passed and nothing was written since."""
    promised = next_date(case)
    return case.ended_on is None and promised is not None and promised < today
