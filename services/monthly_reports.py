"""The monthly table (信访积案排查化解情况统计表): made from the ledger, frozen as sent, shown unchanged later (G4)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import campaigns as rules
from rules import figures
from rules.access import Actor
from rules.words import LedgerState, RuleBroken
from services import campaign_ledger, gate, settings
from services.workbook_table import Column, TableSheet

TITLE = "信访积案排查化解情况统计表"
NO_UNIT, NO_SCHEME = "未定责任单位", "未分类"
COUNTS = ("found", "added", "resolved", "resolved_all", "open", "late")


def preview(session: Session, actor: Actor, campaign: m.Campaign, month: str) -> dict[str, Any]:
    """The table of a month ("2026-10") as it would be sent today: the body that `send` freezes.

    found: on the ledger at the month's end; added, resolved: in the month; resolved_all: so far; open, late: left at
    its end (of today, while the month runs). Raises RuleBroken for a month outside the campaign or yet to come.
    """
    gate.allow(actor, "monthly_report.list")
    first, last = _bounds(actor, campaign, month)
    entered = campaign_ledger.rows(actor, campaign.id).where(
        m.CampaignCase.entered_on <= last, m.CampaignCase.state != LedgerState.REMOVED
    )
    options = (joinedload(m.CampaignCase.petition), joinedload(m.CampaignCase.unit), joinedload(m.CampaignCase.leader))
    ledger = list(session.scalars(entered.options(*options).order_by(m.CampaignCase.id)))
    schemes = [*campaign.schemes]
    if any(row.scheme not in schemes for row in ledger):
        schemes.append(NO_SCHEME)
    units = _units(session, ledger)
    by_unit = [
        _counted(name, [row for row in ledger if row.unit_id == key], schemes, first, last)
        for key, name in units.items()
    ]
    return {
        "title": f"{campaign.name}{TITLE}",
        "campaign": campaign.name,
        "month": month,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "report_to": campaign.report_to or "",
        "reporting_unit": str(settings.get(session, "office_name", actor.today) or "信访办"),
        "target_resolved": campaign.target_resolved,
        "schemes": schemes,
        "rows": by_unit,
        "total": _counted("合计", ledger, schemes, first, last),
        "cases": [_case(row, last) for row in ledger],
    }


def _bounds(actor: Actor, campaign: m.Campaign, month: str) -> tuple[date, date]:
    first, last = rules.month_bounds(month)
    if first > actor.today:
        raise RuleBroken("月份：还没有到这个月，不能填报。", "month")
    if last < campaign.starts_on or first > campaign.ends_on:
        raise RuleBroken("月份：不在活动起止日期之内，请重新选择。", "month")
    return first, min(last, actor.today)


def _units(session: Session, ledger: list[m.CampaignCase]) -> dict[int | None, str]:
    """Units that have rows, in the office's order, those without a unit last."""
    ids = {row.unit_id for row in ledger}
    found = session.execute(sa.select(m.Unit.id, m.Unit.name).order_by(m.Unit.position, m.Unit.id))
    units: dict[int | None, str] = {key: name for key, name in found if key in ids}
    return units | ({None: NO_UNIT} if None in ids else {})


def _counted(label: str, ledger: list[m.CampaignCase], schemes: list[str], first: date, last: date) -> dict[str, Any]:
    resolved = [row for row in ledger if _is_resolved(row, last)]
    still_open = [row for row in ledger if not _is_resolved(row, last)]
    by_scheme = {name: [row for row in ledger if (row.scheme or NO_SCHEME) == name] for name in schemes}
    return {
        "unit": label,
        "found": len(ledger),
        "added": sum(row.entered_on >= first for row in ledger),
        "resolved": sum(row.resolved_on is not None and row.resolved_on >= first for row in resolved),
        "resolved_all": len(resolved),
        "open": len(still_open),
        "late": sum(row.due_on is not None and row.due_on < last for row in still_open),
        "rate": figures.share(len(resolved), len(ledger)),
        "schemes": {
            name: [len(part), sum(_is_resolved(row, last) for row in part)] for name, part in by_scheme.items()
        },
    }


def _is_resolved(row: m.CampaignCase, last: date) -> bool:
    return row.resolved_on is not None and row.resolved_on <= last


def _case(row: m.CampaignCase, last: date) -> dict[str, Any]:
    later = row.resolved_on is not None and row.resolved_on > last
    return {
        "petition_id": row.petition_id,
        "number": row.petition.number,
        "title": row.petition.title,
        "scheme": row.scheme or NO_SCHEME,
        "source": row.source.label,
        "unit": row.unit.name if row.unit else NO_UNIT,
        "responsible": row.responsible or "",
        "leader": row.leader.name if row.leader else "",
        "due_on": row.due_on.isoformat() if row.due_on else "",
        "state": LedgerState.DOING.label if later else row.state.label,
        "progress": row.progress or "",
    }


def send(session: Session, actor: Actor, campaign: m.Campaign, month: str) -> m.MonthlyReport:
    """Freeze the month's table and record it as sent today; a table sent again is a new edition, the old one stays."""
    gate.allow(actor, "monthly_report.send")
    body = preview(session, actor, campaign, month)
    last = session.scalar(
        sa.select(sa.func.max(m.MonthlyReport.edition)).where(
            m.MonthlyReport.campaign_id == campaign.id, m.MonthlyReport.month == month
        )
    )
    report = m.MonthlyReport(
        campaign=campaign,
        month=month,
        edition=(last or 0) + 1,
        body=body | {"preparer": actor.name},
        sent_at=actor.now,
        sent_on=actor.today,
        sent_by_id=actor.user_id,
    )
    session.add(report)
    session.flush()
    return report


def hidden_ids(session: Session, actor: Actor) -> list[int]:
    """Frozen tables this actor may not read: they list a matter that has since become a complaint about him (§3)."""
    if actor.is_system:
        return []
    kept = sa.select(m.Petition.id).where(sa.not_(gate.not_accused(actor))).execution_options(gated=True)
    accused = set(session.scalars(kept))
    if not accused:
        return []
    found = session.execute(sa.select(m.MonthlyReport.id, m.MonthlyReport.body))
    return [key for key, body in found if accused & {case["petition_id"] for case in body["cases"]}]


def rows(session: Session, actor: Actor) -> sa.Select[Any]:
    """The frozen tables the actor may read, newest first by their own order."""
    return sa.select(m.MonthlyReport).where(m.MonthlyReport.id.not_in(hidden_ids(session, actor)))


def find(session: Session, actor: Actor, row_id: object) -> m.MonthlyReport:
    """A frozen table, or NotHere when it is absent or hidden."""
    report: m.MonthlyReport = gate.find(session, actor, m.MonthlyReport, row_id)
    if report.id in hidden_ids(session, actor):
        raise gate.NotHere("没有找到这条记录。")
    return report


def sheet(body: dict[str, Any]) -> TableSheet:
    """The table as a sheet: units × categories with totals."""
    pairs = [(place, name) for place, name in enumerate(body["schemes"])]
    columns = [
        Column("unit", "责任单位"),
        *(Column(f"{kind}{place}", label, kind="int", group=name) for place, name in pairs for kind, label in _PAIR),
        *(Column(name, label, kind="int", group="合计") for name, label in COUNT_LABELS.items()),
        Column("rate", "化解率", kind="percent", group="合计"),
    ]
    return TableSheet(
        columns,
        [_cells(row) for row in body["rows"]],
        title=body["title"],
        period=f"{body['from']} 至 {body['to']}",
        totals=_cells(body["total"]),
        remark=f"报送：{body['report_to']}" if body["report_to"] else "",
    )


_PAIR = (("f", "排查"), ("r", "化解"))
COUNT_LABELS = {
    "found": "累计排查", "added": "本月新增", "resolved": "本月化解", "resolved_all": "累计化解", "open": "未化解", "late": "超期",
}  # fmt: skip


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {name: row[name] for name in ("unit", *COUNTS)}
    cells["rate"] = figures.NOTHING if row["rate"] is None else round(row["rate"] / 100, 4)
    for place, (found, resolved) in enumerate(row["schemes"].values()):
        cells |= {f"f{place}": found, f"r{place}": resolved}
    return cells


def cases_sheet(body: dict[str, Any]) -> TableSheet:
    """The 办理情况 of each case as a sheet."""
    labels = {
        "number": "信访事项编号", "title": "概况", "scheme": "问题类别", "source": "来源", "unit": "责任单位", "responsible": "责任人",
        "leader": "包案领导", "due_on": "化解时限", "state": "化解情况", "progress": "办理情况",
    }  # fmt: skip
    columns = [Column(name, label) for name, label in labels.items()]
    return TableSheet(
        columns, body["cases"], title=f"{body['title']}（逐案）", period=f"{body['from']} 至 {body['to']}"
    )
