"""案卷检查 on the closing file's page: what is wrong before signing, the first review and its buttons (H5)."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import Action, current_actor, show
from admin_views.first_reviews import RESULT_KINDS, fault_words, over_words
from admin_views.inspection import KINDS, place_url
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.inspection import at_signing
from rules.inspection_sheet import SHEET
from rules.inspection_words import Fault, FirstResult
from rules.moves import Need
from services import closing_content, inspection, inspection_reviews, settings
from services.closing_content import Reading


def card(reading: Reading, actor: Actor) -> dict[str, Any]:
    """What templates/inspection/card.html shows; empty for roles without the list."""
    if not may(actor, "file_fault.list"):
        return {}
    file, session = reading.file, db.session()
    found = inspection.check_one(session, actor, file.petition)
    found = at_signing(found) if file.status in closing_content.WORKING else found
    reviews = inspection_reviews.of(session, file)
    return {
        "faults": [_line(file, one, actor) for one in found],
        "reviews": [_story(one) for one in reviews],
        "passed": inspection_reviews.stands(reviews[0] if reviews else None, reading),
        "stale": bool(reviews)
        and reviews[0].result is FirstResult.PASSED
        and not inspection_reviews.stands(reviews[0], reading),
    }


def returned(file: m.ClosingFile, actor: Actor) -> dict[str, str] | None:
    """A file sent back and not passed since: until when it is to be mended ("" when that was said), and where."""
    row = inspection_reviews.last(db.session(), file)
    if row is None or row.result is not FirstResult.RETURNED or file.status not in closing_content.WORKING:
        return None
    if inspection_reviews.is_open(row) and inspection_reviews.may_mend(actor, row):
        url, label = url_for("first_review.do_view", row_id=row.id, verb="mend"), gettext("登记补正…")
    else:
        url, label = url_for("first_review.details_view", id=row.id), gettext("查看")
    return {"day": show(row.mend_by) if inspection_reviews.is_open(row) else "", "url": url, "label": label}


def _line(file: m.ClosingFile, one: Any, actor: Actor) -> dict[str, Any]:
    return {
        "label": gettext(one.fault.label),
        "text": said(one.text),
        "tag": {"text": gettext(one.weight.label), "kind": KINDS[one.weight]},
        "mend": gettext(one.rule.mend),
        "basis": gettext(one.rule.basis),
        "url": place_url(one.fault, file.petition_id, file.case_id, file.id, actor),
    }


def _story(row: m.FirstReview) -> dict[str, Any]:
    lines = [row.reason or ""]
    if row.passed_over:
        lines.append(gettext("通过时仍有：") + over_words(row).replace("\n", "；"))
    if row.mend_by is not None:
        lines.append(gettext("补正期限 %(day)s", day=show(row.mend_by)))
    if row.mended_on is not None:
        lines.append(f"{show(row.mended_on)} {show(row.mended_by)} {row.mend_note or ''}".strip())
    return {
        "title": gettext("初审"),
        "when": show(row.reviewed_on),
        "who": show(row.by),
        "sub": "\n".join(filter(None, lines)),
        "tag": {"text": gettext(row.result.label), "kind": RESULT_KINDS[row.result]},
        "kind": RESULT_KINDS[row.result],
        "links": [{"label": gettext("查看"), "url": url_for("first_review.details_view", id=row.id)}],
    }


def is_reviewed_now(file: m.ClosingFile, actor: Actor) -> bool:
    """A working file, and not one's own."""
    return file.status in closing_content.WORKING and actor.user_id not in inspection_reviews.handlers(file)


def _pass(session: Any, actor: Actor, file: m.ClosingFile, told: dict[str, Any]) -> str:
    inspection_reviews.passes(session, actor, file, told["note"] or "")
    return gettext("初审已通过。")


def _return(session: Any, actor: Actor, file: m.ClosingFile, told: dict[str, Any]) -> str:
    row = inspection_reviews.returns(session, actor, file, told["reason"], told["mend_by"])
    return gettext("已退回补正，期限 %(day)s。", day=show(row.mend_by))


def _pass_needs(file: m.ClosingFile) -> tuple[Need, ...]:
    """The opinion; with its reason where faults are passed over."""
    over = inspection_reviews.standing_faults(db.session(), current_actor(), file)
    if not over:
        return (Need("note", "初审意见", "long", required=False, limit=500),)
    help_text = gettext("案卷检查还有应补正的问题，通过的请写明理由：") + "；".join(fault_words(line) for line in over)
    return (Need("note", "初审意见", "long", limit=500, help=help_text),)


def prefill(file: m.ClosingFile, action: Action, form: Any, actor: Actor) -> None:
    """The faults found stand in the form already."""
    if action.verb != "return_review":
        return
    found = inspection.before_signing(db.session(), actor, file)
    form.reason.data = "\n".join(f"{place}. {one.fault.label}：{one.text}" for place, one in enumerate(found, start=1))
    days = int(settings.get(db.session(), "first_review_days", actor.today))
    form.mend_by.data = actor.today + timedelta(days=days)


ACTIONS = (
    Action(
        "pass_review", "通过初审", "first_review.make", _pass,
        _pass_needs, is_shown=is_reviewed_now,
        help="通过的是案卷现在的内容；以后内容有改动的，须重新初审。",
    ),
    Action(
        "return_review", "初审退回", "first_review.make", _return,
        (
            Need("reason", "退回理由", "long", limit=1000, help="检查发现的问题已经列出，可以增删。"),
            Need("mend_by", "补正期限", "date"),
        ),
        is_shown=is_reviewed_now, kind="no",
    ),
)  # fmt: skip
"""Verbs of the first review, on the closing file."""


def proposed_points(sheet: list[dict[str, Any]], found: set[Fault]) -> dict[str, int]:
    """Full points, and two thirds where the check found a fault of the item; the reviewer decides."""
    faults = {one.key: set(one.faults) for one in SHEET}
    return {
        row["key"]: row["points"] * 2 // 3 if faults.get(row["key"], set()) & found else row["points"] for row in sheet
    }
