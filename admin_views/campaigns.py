"""专项活动: the campaigns, one page each, and taking matters into their ledgers (G1–G4)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import campaign_form, campaign_moving, campaign_page, campaign_values
from admin_views.base import DeskView, current_actor, done, posted, show
from admin_views.campaign_form import CampaignForm
from admin_views.campaign_steps import StepPages
from admin_views.listing import COUNT_CAP, Cell, Column, Filter, count_text, page_number, tagged
from admin_views.wording import said
from models import db
from rules import campaigns as rules
from rules import figures
from rules.access import Actor, may
from rules.words import RuleBroken
from services import campaign_counts, campaign_ledger, campaigns, gate

PROPOSED = 100
"""Proposals on one page."""


def tally(campaign: m.Campaign) -> tuple[int, int]:
    """(rows, resolved) of a campaign; read once a request for all of them."""
    from flask import g

    if "tallies" not in g:
        g.tallies = campaign_counts.tallies(db.session(), current_actor())
    found: tuple[int, int] = g.tallies.get(campaign.id, (0, 0))
    return found


def state(campaign: m.Campaign) -> Cell:
    """未开始, 进行中, 已到期 or 已结束."""
    today = current_actor().today
    if not campaign.is_active:
        return tagged(gettext("已结束"), "wait")
    if today < campaign.starts_on:
        return tagged(gettext("未开始"), "wait")
    return tagged(gettext("已到期"), "late") if today > campaign.ends_on else tagged(gettext("进行中"), "now")


def rate_text(campaign: m.Campaign) -> Cell:
    total, resolved = tally(campaign)
    rate = figures.written(figures.share(resolved, total), figures.PERCENT)
    return Cell(rate, sub=f"{resolved} / {total}", kind="num")


class CampaignView(StepPages, DeskView):
    """专项活动."""

    title, group = "专项活动", "专项"
    create_verb, create_label, edit_verb = "campaign.edit", "新建专项活动", "campaign.edit"
    verbs = {"propose": "campaign_case.add", **StepPages.verbs}
    columns = (
        Column("name", "活动名称", lambda c: c.name),
        Column("body", "发起单位", lambda c: c.body),
        Column("starts_on", "开始日期", lambda c: Cell(show(c.starts_on), kind="code"), sort=m.Campaign.starts_on),
        Column("ends_on", "结束日期", lambda c: Cell(show(c.ends_on), kind="code"), sort=m.Campaign.ends_on),
        Column("rate", "化解率", rate_text, kind="num"),
        Column("state", "状态", state),
    )
    filters = (
        Filter(
            "active",
            "状态",
            lambda s, value: s.where(m.Campaign.is_active.is_(value == "yes")),
            lambda _actor: [("yes", gettext("进行中")), ("no", gettext("已结束"))],
        ),
    )
    details_template = "campaign/details.html"
    create_template = edit_template = "campaign/form.html"
    fact_groups = (("专项活动", ("body", "starts_on", "ends_on", "report_day", "report_to")),)

    def default_order(self) -> list[Any]:
        return [m.Campaign.is_active.desc(), m.Campaign.starts_on.desc()]

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return CampaignForm(posted())
        key = request.args.get("template")
        return CampaignForm(data=campaign_values.shown(rules.draft(key, current_actor().today) if key else {}))

    def edit_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return CampaignForm(posted())
        return CampaignForm(data=campaign_values.shown(campaign_values.values_of(obj)))

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row) | {"moving": campaign_moving.asked()}
        screen["fieldsets"] = [
            {"title": gettext(title), "fields": list(names), "one": names[0] in campaign_form.TABLES}
            for title, names in campaign_form.FIELDSETS
        ]
        if row is None:
            screen |= _templates()
        return screen

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        campaign = row if row.id is not None else None
        plan = campaign_moving.settled(actor, campaign_values.plan(values), campaign)
        return campaigns.save(db.session(), actor, plan, campaign)

    def _conflict(self, form: Any, row: Any, stale: Any) -> Any:
        now = CampaignForm(data=campaign_values.shown(campaign_values.values_of(row)))
        lines = [
            {"label": item.label.text, "mine": _said(item.data), "theirs": _said(now[item.name].data)}
            for item in form
            if item.name != "version" and _said(item.data) != _said(now[item.name].data)
        ]
        form.version.data, form.version.raw_data = row.version, None
        screen = self.form_screen(row) | {"conflict": {"rows": lines, "said": said(stale.message)}}
        page = self.render(
            self.edit_template, form=form, screen=screen, return_url=screen["back_url"], row=row, view=self
        )
        return page, 409

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        context = super().details(row)
        whole = next(iter(campaign_counts.parts(db.session(), actor, row, "all")), None)
        context |= {
            "may_add": may(actor, "campaign_case.add"),
            "tiles": campaign_page.tiles(row, whole),
            "phases": [campaign_page.phase(one, actor) for one in row.phases],
            "milestones": [campaign_page.milestone(row, one, actor) for one in row.milestones],
            "scope": campaign_page.scope_words(rules.scope_of(row.scope)),
            "units": [
                campaign_page.part(row, part, "unit") for part in campaign_counts.parts(db.session(), actor, row)
            ],
            "schemes": [
                campaign_page.part(row, part, "scheme")
                for part in campaign_counts.parts(db.session(), actor, row, "scheme")
            ],
            "duties": row.duties,
            "closing_points": row.closing_points,
            "members": [
                {"title": one.name, "text": one.post or "", "who": gettext(one.role.label), "sub": one.duties or ""}
                for one in row.members
            ],
            "months": campaign_page.months(row, actor) if may(actor, "monthly_report.list") else None,
        }
        context["screen"]["actions"] += campaign_page.page_actions(row, actor)
        context["screen"]["tags"] = [state(row).tag]
        return context

    @expose("/<row_id>/propose/", methods=("GET", "POST"))
    def propose(self, row_id: str) -> Any:
        row, actor = self.get_one(row_id), current_actor()
        if request.method == "POST":
            return self._take(actor, row)
        return self._propose_page(actor, row, ""), 200

    def _take(self, actor: Actor, row: m.Campaign) -> Any:
        try:
            ids = [_number(text) for text in request.form.getlist("petition_ids")]
            scheme = request.form.get("scheme", "").strip()[:60]
            reason = request.form.get("reason", "").replace("\x00", "")
            taken = campaign_ledger.take(db.session(), actor, row, ids, scheme or None, reason)
            message = gettext("已列入台账 %(count)s 件。", count=len(taken))
            return done(message, url_for("campaign_case.index_view", campaign=row.id))
        except RuleBroken as no:
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            db.session.rollback()
            return self._propose_page(actor, row, said(no.message)), 422

    def _propose_page(self, actor: Actor, row: m.Campaign, error: str) -> Any:
        statement = campaign_ledger.propose(actor, row)
        count, page = gate.count(db.session(), statement, COUNT_CAP), page_number()
        options = (joinedload(m.Petition.unit), joinedload(m.Petition.category), selectinload(m.Petition.contacts))
        found = list(db.session.scalars(statement.options(*options).limit(PROPOSED).offset(page * PROPOSED)))
        more = count > page * PROPOSED + len(found) and found
        return self.render(
            "campaign/propose.html",
            title=gettext("选取事项"),
            crumb=self.crumb(row),
            campaign=row,
            rows=[_proposal(one) for one in found],
            count=count_text(count),
            scope=campaign_page.scope_words(rules.scope_of(row.scope)),
            edit_url=url_for("campaign.edit_view", id=row.id) if may(actor, "campaign.edit") else "",
            schemes=row.schemes,
            error=error,
            pager={
                "page": page + 1,
                "pages": "",
                "prev": f"?page={page - 1}" if page else None,
                "next": f"?page={page + 1}" if more else None,
            },
        )


def _number(text: str) -> int:
    number = gate.id_in(text)
    if number is None:
        raise RuleBroken(gettext("选择的记录不对，请刷新后重新选择。"), "petition_ids")
    return number


def _templates() -> dict[str, Any]:
    """The ready-made campaigns offered on an empty form."""
    chosen = rules.BY_KEY.get(request.args.get("template", ""))
    links = [
        {
            "label": gettext("模板：%(name)s", name=gettext(one.name)),
            "url": url_for("campaign.create_view", template=one.key),
        }
        for one in rules.TEMPLATES
        if one is not chosen
    ]
    source = (
        gettext("已按模板填好（%(source)s），请核对日期和目标后保存。", source=gettext(chosen.source)) if chosen else ""
    )
    return {"actions": links, "intro": source}


def _said(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(" ".join(show(part) for part in row.values() if part) for row in value)
    return show(value) if not isinstance(value, list) else "、".join(map(str, value))


def _proposal(petition: m.Petition) -> dict[str, Any]:
    return {
        "id": petition.id,
        "number": petition.number,
        "url": url_for("petition.details_view", id=petition.id),
        "title": petition.title,
        "registered_on": show(petition.registered_on),
        "unit": str(petition.unit or ""),
        "category": str(petition.category or petition.category_text or ""),
        "contacts": len(petition.contacts),
        "status": show(petition.status),
        "level": show(petition.level_from),
    }


def views() -> list[Any]:
    return [CampaignView(m.Campaign)]
