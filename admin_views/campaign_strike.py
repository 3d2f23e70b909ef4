"""Striking a row off (销号) on its page: asked with reason and requirements, approved or sent back by another, taken back (G5)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views.campaign_own import said as own_said
from admin_views.gated import current_actor, done
from admin_views.shown import show
from admin_views.wording import said
from models import db
from rules.access import may
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, closing_content, gate, strike_offs


class StrikePages:
    """Mixin of the ledger's view."""

    verbs = {
        "strike": "campaign_case.strike",
        "approve_strike": "campaign_case.approve_strike",
        "return_strike": "campaign_case.approve_strike",
        "undo_strike": "campaign_case.approve_strike",
    }
    get_one: Any
    render: Any
    row_url: Any
    is_editable_now: Any

    @expose("/<row_id>/strike", methods=("GET", "POST"))
    def strike(self, row_id: str) -> Any:
        row, actor = self.get_one(row_id), current_actor()
        reason, points = request.form.get("reason", "").replace("\x00", ""), request.form.getlist("points")
        without = request.form.get("without_file", "").replace("\x00", "")
        error, field = "", ""
        if request.method == "POST":
            try:
                strike_offs.ask(db.session(), actor, row, reason, points, without)
                return done(gettext("已申请销号，等批准。"), self.row_url(row))
            except RuleBroken as no:
                if isinstance(no, gate.Forbidden | gate.NotHere):
                    raise
                db.session.rollback()
                row, error, field = self.get_one(row_id), said(no.message), no.field or ""
        page = self.render(
            "campaign/strike.html",
            row=row,
            error=error,
            field=field,
            reason=reason,
            points=points,
            without=without,
            file=closing_content.closed_file(db.session(), row.petition),
            back=self.row_url(row),
        )
        return page, 422 if error else 200

    @expose("/<row_id>/strike/approve", methods=("POST",))
    def approve_strike(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        strike_offs.answer(db.session(), current_actor(), row, is_approved=True, words=_reason())
        return done(gettext("已批准销号。"), self.row_url(row))

    @expose("/<row_id>/strike/return", methods=("POST",))
    def return_strike(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        strike_offs.answer(db.session(), current_actor(), row, is_approved=False, words=_reason())
        return done(gettext("已退回销号申请。"), self.row_url(row))

    @expose("/<row_id>/strike/undo", methods=("POST",))
    def undo_strike(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        strike_offs.undo(db.session(), current_actor(), row, _reason())
        return done(gettext("已撤回销号，这件可以再改。"), self.row_url(row))

    def strike_actions(self, row: m.CampaignCase) -> list[dict[str, Any]]:
        """What this actor can do about striking the row off now."""
        actor, asked = current_actor(), strike_offs.waiting_of(row)
        if may(actor, "campaign_case.approve_strike"):
            if asked is not None and (asked.asked_by_id is None or asked.asked_by_id != actor.user_id):
                confirm = gettext("批准后这件不能再改。确定批准销号？")
                return [
                    _action(row, "approve_strike", gettext("批准销号"), primary=True, confirm=confirm),
                    _action(row, "return_strike", gettext("退回销号"), ask_reason=gettext("请写明退回理由。")),
                ]
            if row.struck_off_on is not None:
                return [_action(row, "undo_strike", gettext("撤回销号"), ask_reason=gettext("请写明撤回理由。"))]
        ready = row.state is LedgerState.RESOLVED and row.struck_off_on is None and asked is None
        if ready and may(actor, "campaign_case.strike") and campaign_ledger.may_edit(actor, row):
            return [
                {"label": gettext("申请销号"), "url": url_for("campaign_case.strike", row_id=row.id), "primary": True}
            ]
        return []

    def strike_context(self, row: m.CampaignCase) -> dict[str, Any]:
        """The row's own columns, the story of its strike-offs, where it came from and went to."""
        return {
            "own": [{"label": one.label, "text": show(own_said(row, one))} for one in row.campaign.own_columns],
            "own_url": self.own_url(row),
            "strikes": [_story(one) for one in reversed(row.strikes)],
            "carried": _carried(row),
        }

    def own_url(self, row: m.CampaignCase) -> str:
        """Where the row's own columns are typed in: the ledger filled in place, as narrow as the row allows."""
        if not self.is_editable_now(row, current_actor()):
            return ""
        unit = row.unit_id or "none"
        return url_for("campaign_case.index_view", campaign=row.campaign_id, unit=unit, state=row.state.value, fill=1)


def _carried(row: m.CampaignCase) -> list[dict[str, str]]:
    """The same case in the campaign before and the one after."""
    found = []
    if row.carried_from is not None:
        found.append((gettext("由“%(name)s”结转", name=row.carried_from.campaign.name), row.carried_from))
    if row.carried_to is not None:
        found.append((gettext("结转到“%(name)s”", name=row.carried_to.campaign.name), row.carried_to))
    return [{"label": label, "url": url_for("campaign_case.details_view", id=other.id)} for label, other in found]


def _reason() -> str:
    return request.form.get("reason", "").replace("\x00", "").strip()


def _action(row: m.CampaignCase, name: str, label: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "url": url_for(f"campaign_case.{name}", row_id=row.id), "post": True} | more


def _story(one: m.StrikeOff) -> dict[str, Any]:
    lines = [one.reason]
    if one.without_file:
        lines.append(gettext("没有结案卷：%(reason)s", reason=one.without_file))
    if one.approved is not None:
        word = gettext("批准") if one.approved else gettext("退回")
        lines.append(f"{show(one.answered_on)} {show(one.answered_by)} {word} {one.answer or ''}".strip())
    if one.undone_on is not None:
        lines.append(f"{show(one.undone_on)} {show(one.undone_by)} {gettext('撤回销号')}：{one.undone_reason}")
    if one.undone_on is not None:
        kind, text = "late", gettext("已撤回")
    elif one.approved is None:
        kind, text = "wait", gettext("待批")
    else:
        kind, text = ("ok", gettext("已批准")) if one.approved else ("late", gettext("已退回"))
    return {
        "title": gettext("申请销号"), "when": show(one.asked_on), "who": show(one.asked_by), "sub": "\n".join(lines),
        "tag": {"text": text, "kind": kind}, "kind": kind, "links": _file_link(one),
    }  # fmt: skip


def _file_link(one: m.StrikeOff) -> list[dict[str, str]]:
    if one.closing_file is None:
        return []
    url = url_for("closing_file.details_view", id=one.closing_file_id)
    return [{"label": gettext("结案卷 %(number)s", number=one.closing_file.case.number), "url": url}]
