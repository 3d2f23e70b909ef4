"""The monthly table (信访积案排查化解情况统计表): made from the ledger, frozen as sent, shown unchanged later (G4)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

import models as m
from rules import campaigns as rules
from rules import figures
from rules.access import Actor
from rules.words import LedgerState, RuleBroken
from services import campaign_tables, gate, gate_accused, settings
from services.workbook_table import Column, TableSheet

TITLE = "信访积案排查化解情况统计表"


def preview(
    session: Session, actor: Actor, campaign: m.Campaign, month: str, most: int | None = None
) -> dict[str, Any]:
    """The table of a month ("2026-10") as it would be sent today: the body that `send` freezes.

    found: on the ledger at the month's end; added, resolved: in the month; resolved_all: so far; open, late: left at
    its end (of today, while the month runs). `most`: cases listed one by one, None for all of them.
    Raises RuleBroken for a month outside the campaign or yet to come.
    """
    gate.allow(actor, "monthly_report.list")
    first, last = _bounds(actor, campaign, month)
    return {"month": month} | body_of(session, actor, campaign, first, last, most)


def body_of(
    session: Session, actor: Actor, campaign: m.Campaign, first: date, last: date, most: int | None = None
) -> dict[str, Any]:
    """The figures and cases of a campaign between two days, as they are frozen."""
    return {
        "title": f"{campaign.name}{TITLE}",
        "campaign": campaign.name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "report_to": campaign.report_to or "",
        "reporting_unit": str(settings.get(session, "office_name", actor.today) or "信访办"),
        "target_resolved": campaign.target_resolved,
        **campaign_tables.table(session, actor, campaign, first, last),
        "cases": [_case(row, last) for row in _listed(session, actor, campaign, last, most)],
    }


def _listed(
    session: Session, actor: Actor, campaign: m.Campaign, last: date, most: int | None
) -> Iterable[m.CampaignCase]:
    entered = campaign_tables.ledger(actor, campaign).where(
        m.CampaignCase.entered_on <= last, m.CampaignCase.state != LedgerState.REMOVED
    )
    options = (joinedload(m.CampaignCase.petition), joinedload(m.CampaignCase.unit), joinedload(m.CampaignCase.leader))
    return session.scalars(entered.options(*options).order_by(m.CampaignCase.id).limit(most))


def _bounds(actor: Actor, campaign: m.Campaign, month: str) -> tuple[date, date]:
    first, last = rules.month_bounds(month)
    if first > actor.today:
        raise RuleBroken("月份：还没有到这个月，不能填报。", "month")
    if last < campaign.starts_on or first > campaign.ends_on:
        raise RuleBroken("月份：不在活动起止日期之内，请重新选择。", "month")
    return first, min(last, actor.today)


def _case(row: m.CampaignCase, last: date) -> dict[str, Any]:
    later = row.resolved_on is not None and row.resolved_on > last
    return {
        "petition_id": row.petition_id,
        "number": row.petition.number,
        "title": row.petition.title,
        "scheme": row.scheme or campaign_tables.NO_SCHEME,
        "source": row.source.label,
        "unit": row.unit.name if row.unit else campaign_tables.NO_UNIT,
        "responsible": row.responsible or "",
        "leader": row.leader.name if row.leader else "",
        "due_on": row.due_on.isoformat() if row.due_on else "",
        "state": LedgerState.DOING.label if later else row.state.label,
        "progress": row.progress or "",
    }


def send(session: Session, actor: Actor, campaign: m.Campaign, month: str, correction: str = "") -> m.MonthlyReport:
    """Freeze the month's table and record it as sent today.

    A month is sent once; what was wrong in it goes out as a new edition that says why (`correction`), the old one stays.
    Raises RuleBroken when it was sent already and no reason is given, or a reason is given for the first.
    """
    gate.allow(actor, "monthly_report.send")
    last = _last_sent(session, campaign, month)
    _check_again(last, month, correction)
    body = preview(session, actor, campaign, month)
    report = m.MonthlyReport(
        campaign=campaign,
        month=month,
        edition=last.edition + 1 if last else 1,
        correction=correction.strip() if last else "",
        body=body | {"preparer": actor.name},
        sent_at=actor.now,
        sent_on=actor.today,
        sent_by_id=actor.user_id,
    )
    session.add(report)
    session.flush()
    return report


def _last_sent(session: Session, campaign: m.Campaign, month: str) -> m.MonthlyReport | None:
    own = (m.MonthlyReport.campaign_id == campaign.id, m.MonthlyReport.month == month)
    return session.scalars(sa.select(m.MonthlyReport).where(*own).order_by(m.MonthlyReport.edition.desc())).first()


def _check_again(last: m.MonthlyReport | None, month: str, correction: str) -> None:
    if last is not None and not correction.strip():
        raise RuleBroken(
            f"月份：{month} 的情况统计表已于 {last.sent_on} 上报，不能再报一次；确有错误的，请写明更正理由后报更正表。",
            "correction",
        )
    if len(correction) > 300:
        raise RuleBroken("更正理由：最多 300 个字，请删短。", "correction")


def hidden_ids(session: Session, actor: Actor, kind: type[Any] = m.MonthlyReport) -> list[int]:
    """Frozen tables this actor may not read: they list a matter that has since become a complaint about him (§3).

    `kind`: MonthlyReport or MilestoneReport.
    """
    accused = gate_accused.complained_of(session, actor)
    if not accused:
        return []
    found = session.execute(sa.select(kind.id, kind.body))
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
    cells: dict[str, Any] = {name: row[name] for name in ("unit", *campaign_tables.COUNTS)}
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
