"""How the promises of an agreement read: on the closing file's page, on its sheet, in their own list (H3)."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import show
from rules.access import Actor, may
from services import promises


def promise_lines(file: m.ClosingFile, actor: Actor) -> list[dict[str, Any]]:
    """Promises with their state, and what may be done: kept on, due by, or past due."""
    return [_promise_line(promise, actor) for promise in file.promises]


def promise_tag(promise: m.Promise, today: date) -> dict[str, str]:
    """Kept, due by, or past due."""
    if promise.kept_on is not None:
        return {"text": gettext("%(day)s 已兑现", day=show(promise.kept_on)), "kind": "ok"}
    if promises.is_broken(promise, today):
        return {"text": gettext("%(day)s 到期未兑现", day=show(promise.due_on)), "kind": "late"}
    return {"text": gettext("%(day)s 前", day=show(promise.due_on)), "kind": "soon"}


def _promise_line(promise: m.Promise, actor: Actor) -> dict[str, Any]:
    keep = url_for("promise.do_view", row_id=promise.id, verb="keep")
    reopen = url_for("promise.do_view", row_id=promise.id, verb="reopen")
    may_keep = promise.kept_on is None and promises.may_keep(actor, promise)
    may_reopen = promises.offers_reopening(promise, actor.today) and may(actor, "closing_file.reopen")
    return {
        "text": promise.text,
        "owner": promise.owner.name if promise.owner else "",
        "tag": promise_tag(promise, actor.today),
        "sub": promise.evidence or "",
        "file": {"label": promise.attachment.name, "url": url_for("attachment.download", row_id=promise.attachment_id)}
        if promise.attachment
        else None,
        "url": keep if may_keep else None,
        "reopen": {"url": reopen, "version": promise.version} if may_reopen else None,
    }
