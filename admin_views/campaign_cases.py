"""积案台账: a campaign's rows as a live ledger, grouped by unit with their lights, written one row a form (G2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload
from wtforms import SelectField, validators

import models as m
from admin_views import campaign_own, campaign_page, case_from
from admin_views.base import DeskView, current_actor, show
from admin_views.campaign_fill import FillPages
from admin_views.campaign_strike import StrikePages
from admin_views.contact_filters import unit_options
from admin_views.fields import BAD_CHOICE
from admin_views.list_screen import Listing
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from models import db
from rules import deadlines
from rules.access import Actor, Role
from rules.words import LedgerSource, LedgerState
from services import campaign_counts, campaign_ledger, gate, settings, strike_offs
from services.workbench import LIGHT_KINDS

SHORT = 48
STATE_KINDS = {
    LedgerState.OPEN: "wait",
    LedgerState.DOING: "now",
    LedgerState.RESOLVED: "ok",
    LedgerState.REMOVED: "wait",
}


def reads_masked() -> bool:
    """The statistician reads no free text (§4)."""
    return current_actor().role is Role.STATISTICIAN


def number_cell(row: m.CampaignCase) -> Cell:
    """The matter's 概况 with its number under it."""
    is_masked = reads_masked()
    return Cell(row.petition.number if is_masked else row.petition.title, sub="" if is_masked else row.petition.number)


def short(text: str | None) -> str:
    """The beginning of a long text; the whole stands on the row's page."""
    text = None if reads_masked() else text
    return text if text and len(text) <= SHORT else f"{text[:SHORT]}……" if text else ""


def due_cell(row: m.CampaignCase) -> Cell:
    """The limit with its light; a resolved row has none."""
    if row.due_on is None:
        return Cell("")
    if row.state in (LedgerState.RESOLVED, LedgerState.REMOVED):
        return Cell(sub=show(row.due_on))
    today = current_actor().today
    soon = int(settings.get(db.session(), "soon_days", today))
    light = deadlines.light(row.due_on, row.due_on, today, soon)
    return tagged(gettext(deadlines.LIGHTS[light]), LIGHT_KINDS[light], show(row.due_on))


def state_cell(row: m.CampaignCase) -> Cell:
    return tagged(show(row.state), STATE_KINDS[row.state], show(row.resolved_on))


def _or_none(column: Any) -> Callable[[Any, Any], Any]:
    """A filter whose value "none" picks the rows without one."""
    return lambda s, value: s.where(column.is_(None)) if value == "none" else equals(column)(s, value)


def campaign_options(actor: Actor) -> list[tuple[str, str]]:
    found = db.session.scalars(gate.rows(actor, m.Campaign).order_by(m.Campaign.starts_on.desc()).limit(100))
    return [(str(one.id), one.name) for one in found]


def _schemes(_actor: Actor) -> list[tuple[str, str]]:
    row = campaign_own.asked()
    return [(name, name) for name in row.schemes] + [("none", gettext("未分类"))] if row else []


def _scheme_choices(row: m.CampaignCase) -> list[tuple[str, str]]:
    """The campaign's own categories; one that was taken off the list since stays with the row that has it."""
    names = dict.fromkeys([*row.campaign.schemes, *([row.scheme] if row.scheme else [])])
    return [("", gettext("（未定）")), *((name, name) for name in names)]


def _leaders(actor: Actor) -> list[tuple[str, str]]:
    found = db.session.scalars(gate.rows(actor, m.Leader).where(m.Leader.is_active).order_by(m.Leader.turn))
    return [(str(one.id), one.name) for one in found]


def _running(statement: Any) -> Any:
    return statement.where(m.CampaignCase.state.in_((LedgerState.OPEN, LedgerState.DOING)))


def _soon(statement: Any, actor: Actor) -> Any:
    last = actor.today + timedelta(days=int(settings.get(db.session(), "soon_days", actor.today)))
    return _running(statement).where(m.CampaignCase.due_on.between(actor.today, last))


STRIKES: dict[str, tuple[str, Callable[[Actor], Any]]] = {
    "struck": ("已销号", lambda _actor: m.CampaignCase.struck_off_on.is_not(None)),
    "waiting": ("待批销号", lambda _actor: m.CampaignCase.strikes.any(m.StrikeOff.approved.is_(None))),
    "behind": ("超过销号时限", strike_offs.behind),
    "open": ("未销号", lambda _actor: m.CampaignCase.struck_off_on.is_(None)),
}
"""How a row stands with striking off, as a filter."""


def _strike(statement: Any, value: str) -> Any:
    return statement.where(STRIKES[value][1](current_actor()) if value in STRIKES else sa.false())


def _base(statement: Any, value: str) -> Any:
    return statement.where(m.CampaignCase.is_base.is_(value == "base"))


def strike_cell(row: m.CampaignCase) -> Cell:
    """Struck off on a day, or the limit with its light."""
    if row.struck_off_on is not None:
        return tagged(gettext("已销号"), "ok", show(row.struck_off_on))
    if row.strike_by is None:
        return Cell("")
    late = row.strike_by < current_actor().today
    return tagged(gettext("超过销号时限"), "late", show(row.strike_by)) if late else Cell(sub=show(row.strike_by))


class SchemeField(SelectField):
    """One of the campaign's own categories, or none yet."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {value for value, _label in self.choices or ()}:
            raise validators.StopValidation(str(BAD_CHOICE))


class CampaignCaseView(FillPages, StrikePages, DeskView):
    """积案台账."""

    title, group = "积案台账", "专项"
    edit_verb, export_verb = "campaign_case.edit", "campaign_case.export"
    verbs = {**FillPages.verbs, **StrikePages.verbs}
    usual_columns = (
        Column("number", "信访事项", number_cell),
        Column("campaign", "专项活动", lambda r: str(r.campaign), shown=False),
        Column("source", "来源", lambda r: Cell(show(r.source), sub=r.source_number or "")),
        Column("scheme", "问题类别", lambda r: r.scheme or ""),
        Column("unit", "责任单位", lambda r: Cell(str(r.unit or ""), sub=r.responsible or "")),
        Column("leader", "包案领导", lambda r: r.leader.name if r.leader else ""),
        Column("measures", "化解措施", lambda r: short(r.measures)),
        Column("due_on", "化解时限", due_cell, sort=m.CampaignCase.due_on),
        Column("progress", "办理情况", lambda r: short(r.progress)),
        Column("state", "化解情况", state_cell),
        Column("strike", "销号", strike_cell, shown=False),
        Column("entered_on", "列入日期", lambda r: Cell(show(r.entered_on), kind="code"), shown=False),
    )
    usual_filters = (
        Filter("campaign", "专项活动", equals(m.CampaignCase.campaign_id), campaign_options),
        Filter(
            "unit",
            "责任单位",
            _or_none(m.CampaignCase.unit_id),
            lambda actor: [*unit_options(actor), ("none", gettext("未定责任单位"))],
        ),
        Filter("scheme", "问题类别", _or_none(m.CampaignCase.scheme), _schemes),
        Filter("source", "来源", equals(m.CampaignCase.source), words(LedgerSource)),
        Filter("leader", "包案领导", equals(m.CampaignCase.leader_id), _leaders),
        Filter("state", "化解情况", equals(m.CampaignCase.state), words(LedgerState)),
        Filter(
            "strike", "销号", _strike, lambda _actor: [(key, gettext(label)) for key, (label, _) in STRIKES.items()]
        ),
        Filter("base", "基数", _base, lambda _actor: [("base", gettext("基数内")), ("later", gettext("以后列入"))]),
    )
    tabs = (
        Tab("all", "全部", lambda s, _a: s.where(m.CampaignCase.state != LedgerState.REMOVED)),
        Tab("open", "未化解", lambda s, _a: _running(s)),
        Tab("soon", "临期", _soon),
        Tab("late", "超期", lambda s, a: _running(s).where(m.CampaignCase.due_on < a.today)),
        Tab("resolved", "已化解", lambda s, _a: s.where(m.CampaignCase.state == LedgerState.RESOLVED)),
        Tab("removed", "已移出", lambda s, _a: s.where(m.CampaignCase.state == LedgerState.REMOVED)),
    )
    lasting = ("tab", "campaign", "by")
    list_options = (
        joinedload(m.CampaignCase.petition),
        joinedload(m.CampaignCase.campaign),
        joinedload(m.CampaignCase.unit),
        joinedload(m.CampaignCase.leader),
    )
    fieldsets = (
        ("责任", ("scheme", "source", "source_number", "unit_id", "responsible", "leader_id", "due_on")),
        ("化解", ("measures", "progress", "state", "resolved_on", "removed_reason")),
    )
    fact_groups = (
        ("台账", ("campaign_id", "petition_id", "scheme", "source", "source_number", "entered_on", "entered_reason")),
        ("责任", ("unit_id", "responsible", "leader_id", "due_on")),
        ("化解", ("measures", "progress", "state", "resolved_on", "removed_reason", "removed_on")),
        ("销号", ("led_on", "strike_by", "struck_off_on")),
    )

    details_template = "campaign/row.html"

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        """The ledger's, then the campaign's own."""
        return (*self.usual_columns[:-2], *campaign_own.columns(reads_masked), *self.usual_columns[-2:])

    @property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        """The ledger's, then one for each of the campaign's own columns."""
        return (*self.usual_filters, *campaign_own.filters())

    def export_table(self) -> Any:
        return campaign_own.export_table()

    def scaffold_form(self) -> Any:
        form = super().scaffold_form()
        form.scheme = SchemeField(lazy_gettext("问题类别"), choices=[], filters=[lambda text: text or None])
        return form

    def base_statement(self, actor: Actor) -> sa.Select[Any]:
        return campaign_ledger.rows(actor, campaign_own.asked_id())

    def get_one(self, id: Any) -> Any:
        return campaign_ledger.find(db.session(), current_actor(), id)

    def default_order(self) -> list[Any]:
        return [m.CampaignCase.unit_id.nulls_last(), m.CampaignCase.due_on]

    def page_title(self, row: Any | None) -> str:
        return f"{row.petition.number} {row.petition.title}" if row is not None else ""

    @expose("/")
    def index_view(self) -> Any:
        return self.ledger_page(*self.screen_of(request.args))

    def screen_of(self, asked: Any) -> tuple[m.Campaign | None, Listing, dict[str, str]]:
        """The ledger that was asked for."""
        actor = current_actor()
        args = {key: ",".join(values) for key, values in asked.lists()}
        key = args.get("campaign", "")
        campaign = gate.find(db.session(), actor, m.Campaign, key) if key else None
        return campaign, Listing(self, actor, args), args

    def ledger_page(
        self, campaign: m.Campaign | None, listing: Listing, args: dict[str, str], fill: dict[str, Any] | None = None
    ) -> Any:
        """The list, above it its groups with their lights; with `fill` its cells are typed into."""
        actor, screen = current_actor(), listing.screen()
        by = args.get("by") if args.get("by") in campaign_page.GROUPS else "unit"
        parts = campaign_counts.parts(db.session(), actor, campaign, by) if campaign else []
        groups = [campaign_page.group(campaign, part, by, args.get(by)) for part in parts]
        if campaign:
            screen.title = gettext("%(name)s台账", name=campaign.name)
            for tab in screen.tabs:
                tab["url"] += f"&campaign={campaign.id}"
            screen.crumb = campaign_page.crumb(campaign)
            screen.actions = [*self.fill_actions(campaign, args, fill), *screen.actions]
            if fill is None and args.get("fill"):
                fill = self.filling(campaign, listing, {}, "")
        grouping = campaign_page.groupings(campaign, by) if campaign else []
        return self.render(
            "campaign/ledger.html",
            screen=screen,
            view=self,
            groups=groups,
            grouping=grouping,
            fill=fill,
            campaign=campaign,
        )

    def edit_form(self, obj: Any = None) -> Any:
        form = super().edit_form(obj)
        allowed = campaign_ledger.writable(current_actor())
        form.scheme.choices = _scheme_choices(obj)
        for name in [item.name for item in form if item.name != "version"]:
            if name not in allowed:
                delattr(form, name)
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        allowed = campaign_ledger.writable(current_actor())
        kept = [(title, [name for name in names if name in allowed]) for title, names in self.fieldsets]
        screen["fieldsets"] = [{"title": gettext(title), "fields": names} for title, names in kept if names]
        return screen

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return campaign_ledger.edit(db.session(), actor, row, values)

    def is_editable_now(self, row: Any, actor: Actor) -> bool:
        return campaign_ledger.may_edit(actor, row) and row.struck_off_on is None

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        matter = {"label": gettext("看信访事项"), "url": url_for("petition.details_view", id=row.petition_id)}
        strikes = self.strike_actions(row)
        context["screen"]["actions"] = [*strikes, *context["screen"]["actions"], *case_from.row_actions(row), matter]
        context |= self.strike_context(row)
        context["screen"]["crumb"] = campaign_page.crumb(row.campaign, is_ledger=True)
        struck = [{"text": gettext("已销号"), "kind": "ok"}] if row.struck_off_on else []
        context["screen"]["tags"] = [state_cell(row).tag, *struck]
        return context

    def fact(self, row: Any, name: str) -> dict[str, Any]:
        found = super().fact(row, name)
        if name == "petition_id":
            found["url"] = url_for("petition.details_view", id=row.petition_id)
        if name == "campaign_id":
            found["url"] = url_for("campaign.details_view", id=row.campaign_id)
        return found


def views() -> list[Any]:
    return [CampaignCaseView(m.CampaignCase)]
