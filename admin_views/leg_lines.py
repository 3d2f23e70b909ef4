"""How a leg (流转) is shown: its standing as a coloured word, and its line in the table on its matter's page."""

from typing import Any

from flask_babel import gettext

import models as m
from admin_views.base import current_actor, show
from admin_views.listing import Cell, tagged
from admin_views.wording import done, said
from rules import moves
from services import legs

LIGHTS = {"late": ("已超期", "late"), "today": ("今日到期", "soon"), "soon": ("即将到期", "soon")}
HEAD = ("单位", "承办人", "送出", "签收日", "受理日", "反馈期限", "答复日", "现状")


def standing_cell(leg: m.Leg, soon: int) -> Cell:
    """待签收 · 已签收 · 办理中 · 已答复 · 已结束, with the light of the feedback date below."""
    found = legs.standing(leg, current_actor().today, soon)
    light = LIGHTS.get(found.light)
    kind = light[1] if light else found.kind
    return tagged(gettext(found.word), kind, gettext(light[0]) if light else "")


def part_of(leg: m.Leg) -> str:
    """牵头 or 协办."""
    return gettext("牵头") if leg.is_lead else gettext("协办")


def head() -> list[dict[str, str]]:
    """The head of the table of legs on a matter's page."""
    return [{"label": gettext(label)} for label in HEAD]


def ended_by(leg: m.Leg) -> str:
    """Why a leg ended: the move that was made, or a sentence."""
    reason = leg.end_reason or ""
    return done(reason) if reason in moves.VERBS.values() else said(reason)


def line(leg: m.Leg, soon: int) -> dict[str, Any]:
    """A leg in that table."""
    cell = standing_cell(leg, soon)
    ended = ended_by(leg)
    cells = [
        {"text": leg.unit.name, "sub": part_of(leg)},
        {"text": show(leg.handler)},
        {"text": show(leg.sent_on), "kind": "code"},
        {"text": show(leg.received_on), "kind": "code", "sub": show(leg.received_by)},
        {"text": show(leg.accepted_on), "kind": "code"},
        {"text": show(leg.feedback_on), "kind": "code"},
        {"text": show(leg.answered_on), "kind": "code"},
        {"text": "", "tag": cell.tag, "sub": cell.sub or ended},
    ]
    return {"cells": cells}


def withdrawals(petition: m.Petition) -> list[str]:
    """回避: who, when, why, and who took over, one sentence each."""
    return [
        gettext(
            "%(day)s %(name)s回避：%(reason)s。改由%(next)s办理。",
            day=show(row.withdrawn_on),
            name=row.user.name,
            reason=row.reason.rstrip("。"),
            next=show(row.to_user or row.to_unit),
        )
        for row in petition.recusals
    ]
