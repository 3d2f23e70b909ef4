"""检查全部案卷 on its list: how far the check is, how to stop it, when the list was made (H5)."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

import models as m
from models import db
from models.base import utcnow
from rules.access import Actor, may
from rules.job_words import ENDED, JobState
from services import inspection_runs, job_queue


def progress(run: m.InspectionRun) -> dict[str, Any]:
    """Numbers of a check under way, for the page that watches it."""
    return {
        "total": run.total,
        "over": run.done,
        "done": run.done,
        "faults": run.faults,
        "ended": run.state in ENDED,
        "word": gettext("正在取消") if run.is_cancel_asked else gettext(run.state.label),
        "kind": "now" if run.state is JobState.RUNNING else "wait",
        "is_idle": job_queue.is_free(run, utcnow()),
    }


def watched(actor: Actor) -> dict[str, Any] | None:
    """What templates/inspection/faults.html shows of the actor's own check; None when none is under way."""
    run = inspection_runs.under_way(db.session(), actor) if may(actor, "file_fault.run") else None
    if run is None:
        return None
    stop = {
        "label": gettext("取消检查"),
        "url": url_for("file_fault.stop_view"),
        "post": True,
        "danger": True,
        "confirm": gettext("停止检查？已经检查的案卷用这次的结果，其余的仍是上次的。"),
    }
    return progress(run) | {
        "state_url": url_for("file_fault.state_view", row_id=run.id),
        "stop": None if run.is_cancel_asked else stop,
    }


def made(actor: Actor) -> str:
    """When the list was made, by the night or by hand, and how far when it was stopped; empty before the first check."""
    run = inspection_runs.last(db.session(), actor)
    if run is None or run.ended_at is None:
        return ""
    when = f"{run.asked_on} {run.ended_at.astimezone(current_app.config['DESK_TZ']):%H:%M}"
    if run.state is JobState.CANCELLED:
        said = gettext(
            "最近一次检查：%(when)s，检查到第 %(done)s 件时取消，共 %(total)s 件",
            when=when,
            done=run.done,
            total=run.total,
        )
    elif run.by_id is None:
        said = gettext("最近一次检查：%(when)s（每夜自动）", when=when)
    else:
        said = gettext("最近一次检查：%(when)s，共 %(total)s 件", when=when, total=run.total)
    return said
