"""What stands on a campaign's page: tiles, phases, reports owed, the ledger by unit and category with its lights (G1–G4)."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

import models as m
from admin_views.base import show
from admin_views.wording import heading, listed
from models import db
from rules import campaigns as rules
from rules import figures
from rules.access import Actor, may
from services import campaign_counts, milestone_reports, monthly_reports, settings


def scope_words(scope: rules.Scope) -> str:
    """The scope in one line."""
    labels = settings.channels(db.session())
    said = [gettext("往前追溯 %(years)s 年", years=scope.years) if scope.years else gettext("不限年份")]
    said += [gettext("未办结")] if scope.only_open else []
    said += [gettext("重复信访")] if scope.only_repeated else []
    said += [gettext("矛盾排查转来")] if scope.only_disputes else []
    said += [listed(gettext(name) for name in scope.spans)] if scope.spans else []
    said += [gettext("%(levels)s交办", levels=listed(scope.senders))] if scope.senders else []
    said += [listed(gettext(labels.get(code, code)) for code in scope.channels)] if scope.channels else []
    said += (
        [gettext("%(levels)s交办", levels=listed(gettext(level.label) for level in scope.levels))]
        if scope.levels
        else []
    )
    if scope.unit_ids:
        said.append(gettext("责任单位 %(count)s 个", count=len(scope.unit_ids)))
    return " · ".join(said)


def tiles(row: m.Campaign, whole: campaign_counts.Part | None) -> list[dict[str, Any]]:
    total, resolved = (whole.total, whole.resolved) if whole else (0, 0)
    late, soon = (whole.late, whole.soon) if whole else (0, 0)
    rate, closed = (whole.rate, whole.closed_rate) if whole else (None, None)

    def target(value: int | None) -> str:
        return gettext("目标 %(target)s%%", target=value) if value is not None else ""

    def ledger(tab: str) -> str:
        return url_for("campaign_case.index_view", campaign=row.id, tab=tab)

    below = rate is not None and row.target_resolved is not None and rate < row.target_resolved
    return [
        {"label": gettext("台账"), "value": total, "url": ledger("all"), "sub": gettext("件")},
        {"label": gettext("已化解"), "value": resolved, "url": ledger("resolved"), "sub": gettext("件")},
        {"label": gettext("临期"), "value": soon, "url": ledger("soon"), "kind": "soon" if soon else "zero"},
        {"label": gettext("超期"), "value": late, "url": ledger("late"), "kind": "late" if late else "zero"},
        {
            "label": gettext("化解率"),
            "value": figures.written(rate, figures.PERCENT),
            "url": ledger("all"),
            "sub": target(row.target_resolved),
            "kind": "soon" if below else "",
        },
        {
            "label": gettext("交办积案办结率"),
            "value": figures.written(closed, figures.PERCENT),
            "url": url_for("campaign_case.index_view", campaign=row.id, source="handed_down"),
            "sub": target(row.target_closed),
        },
    ]


def phase(phase: m.Phase, actor: Actor) -> dict[str, Any]:
    when = f"{phase.starts_on} – {phase.ends_on}"
    if actor.today > phase.ends_on:
        return {"title": phase.name, "when": when, "kind": "ok", "tag": {"text": gettext("已过"), "kind": "wait"}}
    if actor.today >= phase.starts_on:
        return {"title": phase.name, "when": when, "kind": "", "tag": {"text": gettext("进行中"), "kind": "now"}}
    return {"title": phase.name, "when": when, "kind": "wait"}


def sent_tag(sent_on: date, due_on: date) -> dict[str, str]:
    """When it was sent, and how late."""
    days = (sent_on - due_on).days
    if days > 0:
        return {"text": gettext("%(day)s 已报送，迟 %(count)s 天", day=sent_on, count=days), "kind": "soon"}
    return {"text": gettext("%(day)s 已报送", day=sent_on), "kind": "ok"}


def milestone(row: m.Campaign, one: m.Milestone, actor: Actor) -> dict[str, Any]:
    """A report owed: its day, what it must contain, what is missing, the way to it."""
    unsent = {"text": gettext("逾期未报"), "kind": "late"} if one.due_on < actor.today else None
    lacks = milestone_reports.missing(one) if one.sent_on is None else []
    may_read = may(actor, "milestone_report.view")
    return {
        "name": one.name,
        "contents": one.contents or "",
        "due_on": show(one.due_on),
        "tag": sent_tag(one.sent_on, one.due_on) if one.sent_on else unsent,
        "missing": gettext("还缺 %(count)s 项", count=len(lacks)) if lacks else "",
        "url": url_for("campaign.milestone", row_id=row.id, milestone_id=one.id) if may_read else "",
    }


def part(row: m.Campaign, part: campaign_counts.Part, by: str) -> dict[str, Any]:
    value = part.key if part.key is not None else "none"
    url = url_for("campaign_case.index_view", campaign=row.id, **{by: value})
    light = {"text": gettext(rules.LIGHTS[part.light]), "kind": part.light}
    numbers = [part.total, part.resolved, part.doing, part.soon, part.late]
    cells: list[dict[str, Any]] = [{"text": part.label}, *({"text": str(n), "kind": "num"} for n in numbers)]
    cells.append({"text": figures.written(part.rate, figures.PERCENT), "kind": "num"})
    return {"url": url, "cells": [*cells, {"text": "", "tag": light}]}


def months(row: m.Campaign, actor: Actor) -> list[dict[str, Any]]:
    """The campaign's months, newest first: frozen tables or the preview of what is owed."""
    reports = db.session.scalars(
        monthly_reports.rows(db.session(), actor)
        .where(m.MonthlyReport.campaign_id == row.id)
        .order_by(m.MonthlyReport.edition)
    )
    sent = {report.month: report for report in reports}
    found = []
    for month in sorted({*rules.months_of(row.starts_on, row.ends_on, actor.today), *sent}, reverse=True):
        report, due_on = sent.get(month), rules.due_of(month, row.report_day)
        url = url_for("monthly_report.preview", campaign_id=row.id, month=month)
        line = {"month": month, "due_on": show(due_on), "url": url, "label": gettext("预览")}
        if report:
            line["url"], line["label"] = url_for("monthly_report.details_view", id=report.id), gettext("查看")
            line["tag"] = sent_tag(report.sent_on, due_on)
        elif due_on < actor.today:
            line["tag"] = {"text": gettext("逾期未报"), "kind": "late"}
        else:
            line["tag"] = {"text": gettext("未上报"), "kind": "soon"}
        found.append(line)
    return found


def page_actions(row: m.Campaign, actor: Actor) -> list[dict[str, Any]]:
    found = [{"label": gettext("台账"), "url": url_for("campaign_case.index_view", campaign=row.id)}]
    found.append({"label": gettext("包案领导销号情况"), "url": url_for("campaign.leaders", row_id=row.id)})
    found.append({"label": gettext("基数和变动"), "url": url_for("campaign.base", row_id=row.id)})
    if may(actor, "campaign_case.add"):
        found.append({"label": gettext("导入下发名单"), "url": url_for("campaign_list.upload", row_id=row.id)})
    return found + pick_actions(row, actor)


def pick_actions(row: m.Campaign, actor: Actor) -> list[dict[str, Any]]:
    """The way to put matters on the ledger, for those who may: on the campaign's page and on the ledger itself."""
    if not may(actor, "campaign_case.add"):
        return []
    return [{"label": gettext("从事项中选取"), "url": url_for("campaign.propose", row_id=row.id), "primary": True}]


GROUPS = {"unit": "责任单位", "scheme": "问题类别", "leader": "包案领导", "source": "来源"}
"""What the ledger can be grouped by."""


def group(row: m.Campaign, one: campaign_counts.Part, by: str, asked: str | None) -> dict[str, Any]:
    """A unit (category, leader, source) above the ledger: name, numbers, light, a link to its rows only."""
    value = "none" if one.key is None else getattr(one.key, "value", one.key)
    is_active = asked == str(value)
    rest = {} if is_active else {by: value}
    return {
        "label": one.label,
        "numbers": f"{one.resolved} / {one.total}",
        "light": {"text": gettext(rules.LIGHTS[one.light]), "kind": one.light},
        "url": url_for("campaign_case.index_view", campaign=row.id, by=by, **rest),
        "active": is_active,
    }


def groupings(row: m.Campaign, by: str) -> list[dict[str, Any]]:
    """The ways to group, as links."""
    return [
        {
            "label": gettext(label),
            "url": url_for("campaign_case.index_view", campaign=row.id, by=key),
            "active": key == by,
        }
        for key, label in GROUPS.items()
    ]


def crumb(row: m.Campaign, *, is_ledger: bool = False) -> Markup:
    """The way back to the campaign, and to its ledger."""
    trail = Markup('<a href="{}">{}</a> / <a href="{}">{}</a>').format(
        url_for("campaign.index_view"), heading("专项活动"), url_for("campaign.details_view", id=row.id), row.name
    )
    if not is_ledger:
        return trail
    ledger = url_for("campaign_case.index_view", campaign=row.id)
    return trail + Markup(' / <a href="{}">{}</a>').format(ledger, gettext("台账"))
