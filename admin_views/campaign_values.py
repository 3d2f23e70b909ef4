"""A campaign's values between its form and its service (G1, G3)."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

import models as m
from admin_views.campaign_form import LINES
from rules.campaigns import Scope, scope_of
from rules.words import ColumnKind, GroupRole, Level, RuleBroken
from services.campaigns import Plan

UNNAMED = "待定"
"""The name of somebody of the leading group who is not yet known."""


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """A campaign's values (of a draft or of the row) as the form's data."""
    scope = scope_of(values.get("scope") or {})
    kept = {name: value for name, value in values.items() if name not in ("scope", *LINES, "members", "columns")}
    lines = {name: "\n".join(values.get(name) or ()) for name in LINES}
    members = [{**one, "role": one["role"].value} for one in values.get("members") or ()]
    columns = [
        {"label": one["label"], "kind": one["kind"].value, "choices": "、".join(one["choices"])}
        for one in values.get("columns") or ()
    ]
    scoped = scope.stored() | {"senders": "、".join(scope.senders)}
    return kept | scoped | lines | {"members": members, "columns": columns}


def values_of(campaign: m.Campaign) -> dict[str, Any]:
    """The row as `shown` wants it."""
    names = ("name", "body", "starts_on", "ends_on", "target_resolved", "target_closed", "report_day", "report_to")
    phases = [{"name": p.name, "starts_on": p.starts_on, "ends_on": p.ends_on} for p in campaign.phases]
    owed = [{"name": o.name, "due_on": o.due_on, "contents": o.contents} for o in campaign.milestones]
    kept = (*names, "is_active", "scope", "target_per_leader", "strike_months", *LINES)
    facts = {name: getattr(campaign, name) for name in kept}
    members = [{"role": o.role, "name": o.name, "post": o.post, "duties": o.duties} for o in campaign.members]
    columns = [{"label": o.label, "kind": o.kind, "choices": o.choices} for o in campaign.own_columns]
    return facts | {"phases": phases, "milestones": owed, "members": members, "columns": columns}


def plan(values: dict[str, Any]) -> Plan:
    """The form's values as the service takes them. Raises RuleBroken for a half-filled phase or milestone."""
    scope = Scope(
        years=5 if values["years"] is None else values["years"],
        channels=tuple(values["channels"] or ()),
        unit_ids=tuple(values["unit_ids"] or ()),
        levels=tuple(Level(value) for value in values["levels"] or ()),
        only_open=values["only_open"],
        only_repeated=values["only_repeated"],
        spans=tuple(values["spans"] or ()),
        senders=tuple(_split(values["senders"])),
        only_disputes=values["only_disputes"],
    )
    facts = {
        name: values[name] for name in ("name", "body", "starts_on", "ends_on", "report_day", "report_to", "is_active")
    }
    return Plan(
        **facts,
        target_resolved=values["target_resolved"],
        target_closed=values["target_closed"],
        target_per_leader=values["target_per_leader"],
        strike_months=values["strike_months"],
        **{name: (values[name] or "").splitlines() for name in LINES},
        scope=scope,
        members=_members(values["members"]),
        columns=_columns(values["columns"]),
        phases=_filled(values["phases"], "phases", gettext("阶段"), ("name", "starts_on", "ends_on")),
        milestones=_filled(values["milestones"], "milestones", gettext("报送节点"), ("name", "due_on")),
    )


def _split(text: str | None) -> list[str]:
    return [part for part in (one.strip() for one in re.split(r"[、，,;；]", text or "")) if part]


def _members(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those with a name; a post from the template that nobody was named for yet is kept with 待定 as its name."""
    found = []
    for place, row in enumerate(rows or (), start=1):
        said = {name: (value or "").strip() for name, value in row.items()}
        if not said["name"] and not said["post"] and not said["duties"]:
            continue
        if not said["role"]:
            raise RuleBroken(gettext("领导小组第 %(place)s 位：请选择组内职务。", place=place), "members")
        found.append(
            {
                "role": GroupRole(said["role"]),
                "name": said["name"] or UNNAMED,
                "post": said["post"] or None,
                "duties": said["duties"] or None,
            }
        )
    return found


def _columns(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for place, row in enumerate(rows or (), start=1):
        label, choices = (row["label"] or "").strip(), _split(row["choices"])
        if not label and choices:
            raise RuleBroken(gettext("第 %(place)s 个自设栏：请填写栏名。", place=place), "columns")
        if label:
            found.append({"label": label, "kind": ColumnKind(row["kind"]), "choices": choices})
    return found


def _filled(rows: Sequence[dict[str, Any]], field: str, label: str, needed: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that say something; a blank one is left out, a half-filled one refused."""
    found = []
    for place, row in enumerate(rows or (), start=1):
        said = {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}
        if not any(said.values()):
            continue
        if not all(said[name] for name in needed):
            raise RuleBroken(gettext("第 %(place)s 个%(label)s：名称和日期都要填写。", place=place, label=label), field)
        found.append({name: value or None for name, value in said.items()})
    return found
