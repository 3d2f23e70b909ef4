"""A campaign's first day changed on its form: its phases, milestones and last day shown at their new dates before they move (G1, G3)."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask import g, request
from flask_babel import gettext

import models as m
from admin_views import campaign_values
from admin_views.base import show
from models import db
from rules import campaigns as rules
from rules.access import Actor
from rules.words import RuleBroken
from services import campaign_moves
from services.campaign_moves import Line, Offer
from services.campaigns import Plan


def settled(actor: Actor, plan: Plan, campaign: m.Campaign | None) -> Plan:
    """The plan with its dates moved, or as it was sent, whichever was chosen. Raises RuleBroken while nothing was chosen."""
    before = campaign_values.values_of(campaign) if campaign else _drafted(actor.today)
    planned = None if campaign or plan.starts_on.day != 1 else _drafted(plan.starts_on)
    offer = campaign_moves.offer(db.session(), campaign, before, asdict(plan), planned) if before else None
    if offer is None:
        return plan
    is_answered = request.form.get("moves_for") == str(plan.starts_on)
    is_wanted = not is_answered or "moves_parts" in request.form
    g.campaign_moving = _said(offer, plan, is_wanted=is_wanted)
    if not is_answered:
        raise RuleBroken(gettext("改了开始日期，请看“跟着移动的日期”，选好后再保存。"), "starts_on")
    return replace(plan, **offer.values) if is_wanted else plan


def asked() -> dict[str, Any] | None:
    """What the form asks about the dates that hang on the first day, if that was changed."""
    found: dict[str, Any] | None = g.get("campaign_moving")
    return found


def _drafted(first_day: date) -> dict[str, Any] | None:
    """What the template fills in from there; nothing hangs together on a form that was filled in by hand."""
    key = request.args.get("template", "")
    return rules.draft(key, first_day) if key in rules.BY_KEY else None


def _said(offer: Offer, plan: Plan, *, is_wanted: bool) -> dict[str, Any]:
    end = offer.values["ends_on"] if is_wanted else plan.ends_on
    kept = [
        gettext("%(name)s（%(days)s）已上报，不移动。", name=_name(line), days=_days(line.was)) for line in offer.kept
    ]
    if offer.sent:
        kept.append(gettext("%(months)s的情况统计表已上报，不变。", months=_span(offer.sent[0], offer.sent[-1])))
    months = _span(f"{plan.starts_on:%Y-%m}", f"{end:%Y-%m}")
    kept.append(gettext("每月报表日仍是 %(day)s 日，要报的月份是 %(months)s。", day=plan.report_day, months=months))
    moved = [{"name": _name(line), "was": _days(line.was), "now": _days(line.now)} for line in offer.moved]
    return {"for": plan.starts_on, "is_wanted": is_wanted, "moved": moved, "kept": kept}


def _name(line: Line) -> str:
    if line.part == "ends_on":
        return gettext("结束日期")
    return (
        gettext("阶段：%(name)s", name=line.name)
        if line.part == "phases"
        else gettext("报送节点：%(name)s", name=line.name)
    )


def _days(days: tuple[Any, ...]) -> str:
    return " – ".join(map(show, days))


def _span(first: str, last: str) -> str:
    return first if first == last else gettext("%(first)s 至 %(last)s", first=first, last=last)
