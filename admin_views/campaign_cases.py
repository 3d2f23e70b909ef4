"""积案台账: a campaign's rows as a live ledger, grouped by unit with their lights, written one row a form (G2)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload
from wtforms import SelectField, validators

import models as m
from admin_views import campaign_own, campaign_page, case_from
from admin_views.base import DeskView, current_actor
from admin_views.campaign_fill import FillPages
from admin_views.campaign_ledger_list import COLUMNS, FILTERS, TABS, reads_masked, state_cell
from admin_views.campaign_strike import StrikePages
from admin_views.fields import BAD_CHOICE
from admin_views.list_screen import Listing
from admin_views.listing import Column, Filter
from models import db
from rules.access import Actor, may
from rules.words import LedgerState
from services import campaign_counts, campaign_ledger, gate


def _scheme_choices(row: m.CampaignCase) -> list[tuple[str, str]]:
    """The campaign's own categories; one that was taken off the list since stays with the row that has it."""
    names = dict.fromkeys([*row.campaign.schemes, *([row.scheme] if row.scheme else [])])
    return [("", gettext("（未定）")), *((name, name) for name in names)]


class SchemeField(SelectField):
    """One of the campaign's own categories, or none yet."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {value for value, _label in self.choices or ()}:
            raise validators.StopValidation(str(BAD_CHOICE))


LEDGER_ARGS = {"campaign", "tab", "by", "page", "fill"}
"""What the address of a whole ledger may carry."""


def asked_facts(row: m.CampaignCase, groups: Any) -> list[tuple[str, list[str]]]:
    """The facts of a row: nothing of taking off while it stands, nothing of striking off where it has no limit."""
    left_out = set() if row.state is LedgerState.REMOVED else {"removed_reason", "removed_on"}
    if row.strike_by is None and row.struck_off_on is None:
        left_out |= {"led_on", "strike_by", "struck_off_on"}
    kept = [(title, [name for name in names if name not in left_out]) for title, names in groups]
    return [(title, names) for title, names in kept if names]


class CampaignCaseView(FillPages, StrikePages, DeskView):
    """积案台账."""

    title, group = "积案台账", "专项"
    edit_verb, export_verb = "campaign_case.edit", "campaign_case.export"
    verbs = {**FillPages.verbs, **StrikePages.verbs}
    tabs = TABS
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
        return (*COLUMNS[:-2], *campaign_own.columns(reads_masked), *COLUMNS[-2:])

    @property
    def filters(self) -> tuple[Filter, ...]:  # type: ignore[override]
        """The ledger's, then one for each of the campaign's own columns."""
        return (*FILTERS, *campaign_own.filters())

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

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        """A campaign's ledger that nothing else narrows says how it is filled."""
        campaign = campaign_own.asked()
        if campaign is None or request.args.get("tab", "all") != "all" or set(request.args) - LEDGER_ARGS:
            return super().empty_state(actor, narrowed)
        url = url_for("campaign.propose", row_id=campaign.id)
        action = {"label": gettext("从事项中选取"), "url": url} if may(actor, "campaign_case.add") else None
        return {"text": gettext("台账中还没有事项。"), "action": action}

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
            picks = campaign_page.pick_actions(campaign, actor) if screen.rows and not args.get("fill") else []
            screen.actions = [*self.fill_actions(campaign, args, fill), *screen.actions, *picks]
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
        context["screen"]["facts"] = [
            {"title": gettext(title), "items": [self.fact(row, name) for name in names]}
            for title, names in asked_facts(row, self.fact_groups)
        ]
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
