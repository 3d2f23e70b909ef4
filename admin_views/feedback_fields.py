"""The feedback date (反馈期限) in a form that sends a 交办函: the day the law's days propose, and until when it goes without a reason."""

from typing import Any

from flask_babel import gettext

import models as m
from admin_views.gated import current_actor
from admin_views.shown import show
from models import db
from rules.words import Purpose
from services import clocks, feedback_dates

FIELD, REASON = "feedback_on", "late_reason"


def tell(form: Any, purpose: Purpose) -> None:
    """Say below the field where its days come from."""
    if REASON not in form:
        return
    today = current_actor().today
    usual = feedback_dates.usual(db.session(), purpose, today)
    last = feedback_dates.last(db.session(), purpose, today)
    said = gettext("交办函上写明的日期；今天交办的，办理期限到 %(usual)s。", usual=show(usual.breach))
    if last is not None:
        said = gettext(
            "交办函上写明的日期；今天交办的，法定 60 日到 %(usual)s，加延长 30 日到 %(last)s，再晚须写超期理由。",
            usual=show(usual.breach),
            last=show(last.breach),
        )
    form[FIELD].description = said


def propose(form: Any, purpose: Purpose, petition: m.Petition | None) -> None:
    """Fill the date in: for a new letter the law's day, for a date named anew the last day of the running clock."""
    if FIELD not in form:
        return
    today, session = current_actor().today, db.session()
    if petition is None:
        form[FIELD].data = feedback_dates.usual(session, purpose, today).breach
    elif REASON in form:
        form[FIELD].data = feedback_dates.proposed(session, petition, today)
    else:
        handle = next((clock for clock in clocks.running(petition) if clock.term == "handle"), None)
        form[FIELD].data = handle.breach_on if handle is not None and handle.breach_on >= today else None
