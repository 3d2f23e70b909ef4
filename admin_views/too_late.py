"""A form sent after its record went on or left one's sight: nothing is done, what was typed is shown, to be copied (C14, C17)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext

from admin_views import fields, need_forms, wording
from admin_views.gated import posted
from admin_views.shown import show
from rules.access import Actor
from rules.words import RuleBroken
from services import gate


def gone_on(view: Any, row: Any, verb: str, no: RuleBroken) -> Any:
    """The record went on: 409 from a stale form, else 422. Raises the refusal itself where nothing was sent."""
    action = next((one for one in view.actions if one.verb == verb), None)
    if request.method != "POST" or action is None or isinstance(no, gate.Forbidden | gate.NotHere):
        raise no
    form = need_forms.form_of(action.needs_for(row))(posted())
    view.shape(row, action, form)
    typed = [(item.label.text, show(fields.said(item))) for item in form if item.name != "version"]
    is_stale = form.version.data is not None and form.version.data != getattr(row, "version", None)
    page = _page(view, action, view.crumb(row), wording.said(no.message), typed, view.row_url(row))
    return page, 409 if is_stale else 422


def out_of_sight(view: Any, actor: Actor, verb: str, no: gate.NotHere) -> Any:
    """The record left one's sight (改交、回避), or never was: 404 with one's own words, and of the record nothing."""
    action = next((one for one in view.actions if one.verb == verb and one.permits(actor)), None)
    needs = () if action is None or callable(action.needs) else action.needs
    typed = [(gettext(need.label), request.form.get(need.name, "")) for need in needs if need.kind in ("text", "long")]
    if not any(text.strip() for _label, text in typed):
        raise no
    said = gettext("没有这条记录，或者它已不归您办理，没有办成。")
    return _page(view, action, view.crumb(), said, typed, url_for(f"{view.noun}.index_view")), 404


def _page(view: Any, action: Any, crumb: Any, said: str, typed: list[tuple[str, str]], url: str) -> Any:
    return view.render(
        "too_late.html",
        title=gettext(action.label),
        crumb=crumb,
        said=said,
        typed=[(label, text) for label, text in typed if text.strip()],
        return_url=url,
    )
