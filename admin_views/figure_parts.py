"""What the statistics pages share: the period in the address, addresses of figures and lists, columns of the lists behind."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views.base import show
from admin_views.listing import Cell, Column
from admin_views.wording import month_year
from models import db
from rules.access import Actor, Role, may
from rules.periods import Period, around, between
from rules.words import RuleBroken
from services import gate, settings
from services.figure_rows import Narrow

KINDS = ("month", "quarter", "year")


def asked_period(today: date) -> Period:
    """The period of the address (`from`, `to`), else this month. Raises RuleBroken naming the wrong one."""
    start, end = _day("from", gettext("开始日期")), _day("to", gettext("截止日期"))
    if start is None and end is None:
        return around("month", today)
    return between(start or date(today.year, 1, 1), end or today)


def _day(name: str, label: str) -> date | None:
    text = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleBroken(gettext("%(label)s：应为“2026-11-21”的样子，请改正。", label=label), name) from None


def days(period: Period) -> dict[str, str]:
    """The period as arguments of an address."""
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


def title(period: Period) -> str:
    """The period as the reader's language says it."""
    year, month = period.start.year, period.start.month
    if period.kind == "month":
        return month_year(period.start)
    if period.kind == "quarter":
        return gettext("%(year)s年第%(number)s季度", year=year, number=(month - 1) // 3 + 1)
    if period.kind == "year":
        return gettext("%(year)s年", year=year)
    return gettext("%(start)s 至 %(end)s", start=period.start, end=period.end)


def picker(period: Period, today: date, endpoint: str, **kept: Any) -> dict[str, Any]:
    """The chip that chooses a period: ready ones and a from–to form (parts.list_chip)."""
    ready = []
    for kind in KINDS:
        now = around(kind, today)
        ready += [now, now.before]
    options = [
        {
            "label": title(one),
            "url": url_for(endpoint, **kept, **days(one)),
            "active": (one.start, one.end) == (period.start, period.end),
        }
        for one in ready
    ]
    typed = [
        {"name": "from", "label": gettext("从"), "type": "date", "value": period.start.isoformat()},
        {"name": "to", "label": gettext("到"), "type": "date", "value": period.end.isoformat()},
    ]
    form = {"action": url_for(endpoint, **kept), "hidden": list(kept.items()), "fields": typed}
    return {"label": gettext("统计期间：%(period)s", period=title(period)), "options": options, "form": form}


def neighbours(period: Period, endpoint: str, **kept: Any) -> list[dict[str, Any]]:
    """上一期 and 下一期, called by their kind."""
    before, after = {
        "month": (gettext("上月"), gettext("下月")),
        "quarter": (gettext("上季度"), gettext("下季度")),
        "year": (gettext("上年"), gettext("下年")),
    }.get(period.kind, (gettext("上一期"), gettext("下一期")))
    return [
        {"label": before, "url": url_for(endpoint, **kept, **days(period.before))},
        {"label": after, "url": url_for(endpoint, **kept, **days(period.after))},
    ]


def month_of(key: tuple[int, int], period: Period) -> Period:
    """A month's row as a period: the month cut to the period of the table."""
    month = around("month", date(*key, 1))
    return Period("month", max(month.start, period.start), min(month.end, period.end))


def list_url(name: str, side: str, period: Period, **part: Any) -> str:
    """Where the rows behind a number stand."""
    return url_for("figures.rows", key=name, side=side, **days(period), **part)


@dataclass(frozen=True)
class Asked:
    """A part of a table in the address: the same keys make the link, the list and its words."""

    narrow: Narrow
    args: dict[str, str]


def asked_part() -> Asked:
    """channel, unit, category and leader of the address. Raises RuleBroken when an id is no number."""
    args = {key: request.args[key][:60] for key in ("channel", "unit", "category", "leader") if request.args.get(key)}
    return Asked(Narrow(args.get("channel"), _id(args, "unit"), _id(args, "category"), _id(args, "leader")), args)


def _id(args: dict[str, str], name: str) -> int | None:
    text = args.get(name)
    if text is None:
        return None
    number = gate.id_in(text)
    if number is None:
        raise RuleBroken(gettext("条件“%(name)s”应为编号，请从报表中重新点开。", name=name), name)
    return number


def part_words(part: Asked) -> list[str]:
    """The part in words, for the head of its list."""
    said = []
    if part.narrow.channel is not None:
        label = settings.channels(db.session()).get(part.narrow.channel, part.narrow.channel)
        said.append(gettext("信访方式：%(name)s", name=gettext(label)))
    if part.narrow.unit_id is not None:
        unit = db.session.get(m.Unit, part.narrow.unit_id)
        said.append(gettext("责任单位：%(name)s", name=unit.name if unit else gettext("尚未交办")))
    if part.narrow.category_id is not None:
        category = db.session.get(m.Category, part.narrow.category_id)
        said.append(gettext("内容分类：%(name)s", name=category.path if category else gettext("未分类")))
    if part.narrow.leader_id is not None:
        leader = db.session.get(m.Leader, part.narrow.leader_id)
        said.append(gettext("领导：%(name)s", name=leader.name if leader else ""))
    return said


def petition_of(row: Any) -> Any:
    """The matter a row belongs to, or is."""
    return row if isinstance(row, m.Petition) else row.petition


_HEAD = (
    Column("number", "信访事项", lambda r: Cell(petition_of(r).number, kind="code")),
    Column("title", "概况", lambda r: Cell(petition_of(r).title, kind="clip")),
    Column("unit", "责任单位", lambda r: str(petition_of(r).unit or "")),
)
_STATUS = Column("status", "状态", lambda r: show(petition_of(r).status))


def _dated(key: str, label: str) -> Column:
    return Column(key, label, lambda r: Cell(show(getattr(r, key)), kind="code"))


COLUMNS: dict[str, tuple[Column, ...]] = {
    "contacts": (
        Column("contact", "登记件", lambda r: Cell(r.number, kind="code")),
        *_HEAD,
        Column("channel", "信访方式", lambda r: gettext(settings.channels(db.session()).get(r.channel, r.channel))),
        Column("repeat", "初次/重复", lambda r: gettext("初次") if r.is_first else gettext("重复")),
        Column("people_count", "人数", lambda r: str(r.people_count), kind="num"),
        _dated("registered_on", "登记日期"),
    ),
    "clocks": (
        *_HEAD,
        _STATUS,
        _dated("started_on", "起算日期"),
        _dated("due_on", "期限"),
        _dated("breach_on", "最后期限"),
        _dated("stopped_on", "完成日期"),
    ),
    "closed": (*_HEAD, _STATUS, _dated("accepted_on", "受理日期"), _dated("closed_on", "办结日期")),
    "late_now": (*_HEAD, _STATUS, _dated("registered_on", "登记日期"), _dated("breach_on", "最后期限")),
    "ledger": (
        *_HEAD,
        Column("campaign", "专项活动", lambda r: str(r.campaign)),
        Column("source", "来源", lambda r: show(r.source)),
        Column("state", "化解情况", lambda r: show(r.state)),
        _dated("resolved_on", "化解日期"),
    ),
    "readings": (
        *_HEAD,
        Column("leader", "阅批领导", lambda r: r.leader.name),
        Column("received_on", "收信日期", lambda r: Cell(show(r.contact.received_on), kind="code")),
        _dated("put_on", "呈送日期"),
        _dated("read_on", "阅批日期"),
    ),
    "visits_due": (*_HEAD, _dated("planned_on", "计划日期"), _dated("made_on", "回访日期")),
    "supervisions": (
        *_HEAD,
        Column("supervision", "督办文号", lambda r: Cell(r.number, kind="code")),
        Column("addressee", "督办对象", lambda r: r.addressee.name),
        _dated("reply_due_on", "回复期限"),
        _dated("answered_on", "回复日期"),
    ),
    "rated": (
        *_HEAD,
        Column("office_rating", "对信访部门", lambda r: show(r.office_rating)),
        Column("unit_rating", "对责任单位", lambda r: show(r.unit_rating)),
        _dated("rate_by", "评价期限"),
        _dated("rated_on", "评价日期"),
    ),
    "visits": (*_HEAD, _dated("made_on", "回访日期"), Column("said", "满意度", lambda r: show(r.satisfaction))),
}
"""Columns of the list behind a figure, by its kind of rows; the three clocks share one."""


def columns_for(rows: str, actor: Actor) -> tuple[Column, ...]:
    """The columns this reader gets; the statistician's rows carry no free text (§4)."""
    found = COLUMNS.get(rows, COLUMNS["clocks"])
    return tuple(c for c in found if c.key != "title") if actor.role is Role.STATISTICIAN else found


MODELS: dict[str, type[Any]] = {
    "contacts": m.Contact,
    "ledger": m.CampaignCase,
    "visits": m.ReturnVisit,
    "visits_due": m.ReturnVisit,
    "supervisions": m.Supervision,
    "readings": m.Reading,
}
"""Whose rows a list behind a figure shows; clocks for the rest."""


def load(rows: str) -> tuple[Any, ...]:
    """What the columns need, so that a page costs a fixed number of queries."""
    if rows in ("closed", "late_now", "rated"):
        return (joinedload(m.Petition.unit),)
    model = MODELS.get(rows, m.Clock)
    own = {
        "ledger": (joinedload(m.CampaignCase.campaign),),
        "supervisions": (joinedload(m.Supervision.unit), joinedload(m.Supervision.leader)),
        "readings": (joinedload(m.Reading.leader), joinedload(m.Reading.contact)),
    }
    return (joinedload(model.petition).joinedload(m.Petition.unit), *own.get(rows, ()))


def row_url(row: Any, actor: Actor) -> str | None:
    """The matter's page for those who may open single matters."""
    return url_for("petition.details_view", id=petition_of(row).id) if may(actor, "petition.view") else None
