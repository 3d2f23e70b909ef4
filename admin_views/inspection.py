"""案卷检查: what the last check found wrong in which file, on what ground, with the place to mend; checking all anew (H5)."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import inspection_run, looked, options
from admin_views.base import DeskView, current_actor, done, show
from admin_views.list_screen import Listing
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from admin_views.wording import said
from models import db
from models.base import utcnow
from rules.access import Actor, may
from rules.inspection import FAULTS
from rules.inspection_words import Fault, Weight
from services import gate, inspection_runs

KINDS = {Weight.HARD: "late", Weight.FAULT: "soon", Weight.HINT: "wait"}


def campaign_options(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Campaign).order_by(m.Campaign.id.desc()))
    return [(str(one.id), one.name) for one in rows]


def _on_ledger(campaign_id: int) -> Any:
    row = m.CampaignCase
    return sa.select(row.petition_id).where(row.campaign_id == campaign_id, row.removed_on.is_(None))


def place_url(fault: Fault, petition_id: int, case_id: int | None, file_id: int | None, actor: Actor) -> str:
    """Where a fault is mended; the matter's page where the reader may not write there, empty for who opens no matter."""
    place = FAULTS[fault].place
    writes = may(actor, "closing_file.edit")
    if place == "report" and file_id is not None and writes:
        return url_for("closing_file.do_view", row_id=file_id, verb="report")
    if place in ("signatures", "checklist", "promises", "report") and file_id is not None:
        return url_for("closing_file.details_view", id=file_id)
    if place in ("duties", "case") and case_id is not None and may(actor, "case.view"):
        return url_for("case.details_view", id=case_id)
    if place == "visit" and may(actor, "return_visit.record"):
        return url_for("return_visit.create_view", petition_id=petition_id, made=1)
    return url_for("petition.details_view", id=petition_id) if may(actor, "petition.view") else ""


def file_url(row: m.FileFault) -> str:
    """The file itself: the closing file, else the matter."""
    if row.closing_file_id is not None:
        return url_for("closing_file.details_view", id=row.closing_file_id)
    return url_for("petition.details_view", id=row.petition_id)


def _mend_cell(row: m.FileFault) -> Cell:
    url = place_url(row.code, row.petition_id, row.case_id, row.closing_file_id, current_actor())
    return Cell(gettext("去补正"), url=url or None)


def fault_cell(row: m.FileFault) -> Cell:
    return tagged(gettext(row.code.label), KINDS[row.weight], gettext(row.weight.label))


def number_cell(row: Any, case: m.Case | None = None) -> Cell:
    """The matter's number with its case's under it."""
    case = case or getattr(row, "case", None)
    return Cell(row.petition.number, sub=case.number if case is not None else "", kind="code")


class FileFaultView(DeskView):
    """案卷检查."""

    title, group = "案卷检查", "包案"
    empty_words = "没有发现问题；还没有检查过的，点“检查全部案卷”。"
    export_verb = "file_fault.export"
    verbs = {"run_view": "file_fault.run", "state_view": "file_fault.run", "stop_view": "file_fault.run"}
    columns = (
        Column("petition", "信访事项", number_cell, sort=m.FileFault.petition_id),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("unit", "责任单位", lambda r: show(r.unit)),
        Column("code", "问题", fault_cell, sort=m.FileFault.code),
        Column("text", "说明", lambda r: Cell(said(r.text), kind="clip")),
        Column("mend", "补正", _mend_cell),
        Column("how", "怎样补正", lambda r: Cell(gettext(FAULTS[r.code].mend), kind="clip"), shown=False),
        Column("basis", "依据", lambda r: gettext(FAULTS[r.code].basis), shown=False),
        Column("status", "办理状态", lambda r: show(r.petition.status), shown=False),
    )  # fmt: skip
    filters = (
        Filter("unit", "责任单位", equals(m.FileFault.unit_id), options.unit_options),
        Filter("code", "问题", equals(m.FileFault.code), words(Fault)),
        Filter("campaign", "专项活动", lambda s, v: s.where(m.FileFault.petition_id.in_(_on_ledger(gate.id_in(v) or 0))), campaign_options),
    )  # fmt: skip
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("hard", "不得签字", lambda s, _a: s.where(m.FileFault.weight == Weight.HARD)),
        Tab("fault", "应补正", lambda s, _a: s.where(m.FileFault.weight == Weight.FAULT), count=False),
        Tab("hint", "提示", lambda s, _a: s.where(m.FileFault.weight == Weight.HINT), count=False),
    )
    list_options = (joinedload(m.FileFault.petition), joinedload(m.FileFault.case), joinedload(m.FileFault.unit))

    def default_order(self) -> list[Any]:
        return [m.FileFault.petition_id, m.FileFault.id]

    def row_url(self, row: Any) -> str:
        return file_url(row)

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "file_fault.run") and inspection_runs.under_way(db.session(), actor) is None:
            url = url_for("file_fault.run_view")
            found.append({"label": gettext("检查全部案卷"), "url": url, "post": True, "primary": True})
        return found

    @expose("/")
    def index_view(self) -> Any:
        actor = current_actor()
        args = {key: ",".join(values) for key, values in request.args.lists()}
        screen = Listing(self, actor, args).screen()
        made, run = inspection_run.made(actor), inspection_run.watched(actor)
        return self.render("inspection/faults.html", screen=screen, view=self, made=made, run=run)

    @expose("/run", methods=("POST",))
    def run_view(self) -> Any:
        """Have every file checked; the worker does it."""
        run = inspection_runs.ask(db.session(), current_actor())
        said_ = gettext("已排队检查 %(count)s 件案卷，完成后在本页列出。", count=run.total)
        return done(said_, url_for("file_fault.index_view"))

    @expose("/run/<row_id>/state")
    def state_view(self, row_id: str) -> Any:
        """How far a check is, for the page that watches it."""
        return inspection_run.progress(gate.find(db.session(), current_actor(), m.InspectionRun, row_id))

    @expose("/run/stop", methods=("POST",))
    def stop_view(self) -> Any:
        """Stop the check one asked for."""
        inspection_runs.cancel(db.session(), current_actor(), utcnow())
        return done(gettext("检查已取消；已经检查的案卷用这次的结果。"), url_for("file_fault.index_view"))

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="file_fault", petition_id=row.petition_id)
        context = super().details(row)
        rule = FAULTS[row.code]
        mend = place_url(row.code, row.petition_id, row.case_id, row.closing_file_id, current_actor())
        facts: list[dict[str, Any]] = [
            {"label": gettext("信访事项"), "text": str(row.petition), "url": file_url(row)},
            {"label": gettext("责任单位"), "text": show(row.unit)},
            {"label": gettext("问题"), "text": gettext(row.code.label)},
            {"label": gettext("说明"), "text": said(row.text), "wide": True},
            {"label": gettext("怎样补正"), "text": gettext(rule.mend), "url": mend},
            {"label": gettext("依据"), "text": gettext(rule.basis)},
        ]
        context["screen"] |= {
            "title": gettext(row.code.label),
            "tags": [{"text": gettext(row.weight.label), "kind": KINDS[row.weight]}],
            "facts": [{"title": gettext("案卷检查"), "items": facts}],
        }
        return context


def views() -> list[Any]:
    return [FileFaultView(m.FileFault)]
