"""案卷检查: what the last check found wrong in which file, on what ground, with the place to mend; 初审 as a list (H5)."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, options
from admin_views.base import Action, DeskView, current_actor, done, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.inspection import FAULTS
from rules.inspection_words import Fault, FirstResult, Weight
from rules.moves import Need
from services import gate, inspection, inspection_reviews

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
    verbs = {"run_view": "file_fault.run"}
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
        if may(actor, "file_fault.run"):
            confirm = gettext("检查您能看到的全部案卷？上次的结果会换成这次的。")
            url = url_for("file_fault.run_view")
            found.append(
                {"label": gettext("检查全部案卷"), "url": url, "post": True, "primary": True, "confirm": confirm}
            )
        return found

    def dress(self, screen: Any, actor: Actor) -> None:
        when = inspection.last_run(db.session(), actor)
        if when is not None:
            day = when.astimezone(current_app.config["DESK_TZ"])
            screen.notes.append(gettext("最近一次检查：%(when)s", when=f"{day:%Y-%m-%d %H:%M}"))

    @expose("/run", methods=("POST",))
    def run_view(self) -> Any:
        """Check every file now."""
        made = inspection.run(db.session(), current_actor())
        words_ = gettext("检查了 %(files)s 件案卷，发现 %(faults)s 个问题。", files=made.files, faults=made.faults)
        return done(words_, url_for("file_fault.index_view"))

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


RESULT_KINDS = {FirstResult.PASSED: "ok", FirstResult.RETURNED: "late"}


def result_cell(row: m.FirstReview) -> Cell:
    if row.result is FirstResult.RETURNED and row.mended_on is not None:
        return tagged(gettext("已补正，待初审"), "soon", show(row.mended_on))
    return tagged(gettext(row.result.label), RESULT_KINDS[row.result], show(row.reviewed_on))


def _mend(session: Any, actor: Actor, row: m.FirstReview, told: dict[str, Any]) -> str:
    inspection_reviews.mend(session, actor, row, told["mend_note"])
    return gettext("已登记补正，等信访办再次初审。")


class FirstReviewView(DeskView):
    """案卷初审: passed, or returned with what is to be mended."""

    title, group = "案卷初审", "包案"
    empty_words = "还没有初审。在结案审查的页面点“初审通过”或“初审退回”。"
    is_named_by_word = True
    export_verb = "first_review.export"
    columns = (
        Column("petition", "信访事项", lambda r: number_cell(r, r.closing_file.case), sort=m.FirstReview.id),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("unit", "责任单位", lambda r: show(r.closing_file.case.unit or r.petition.unit)),
        Column("result", "初审结果", result_cell),
        Column("reason", "理由", lambda r: Cell(r.reason or "", kind="clip")),
        Column("by", "初审人", lambda r: show(r.by)),
        Column("mend_by", "补正期限", lambda r: Cell(show(r.mend_by), kind="code"), sort=m.FirstReview.mend_by),
    )  # fmt: skip
    tabs = (
        Tab("mend", "待补正", lambda _s, a: inspection_reviews.to_mend(a)),
        Tab("again", "补正后待初审", lambda _s, a: inspection_reviews.again(a)),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.FirstReview.petition).joinedload(m.Petition.unit),
        joinedload(m.FirstReview.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
        joinedload(m.FirstReview.by),
    )
    actions = (
        Action(
            "mend", "登记补正", "first_review.mend", _mend,
            (Need("mend_note", "补正情况", "long", limit=500, help="逐条写明怎样补正；信访办会再次初审。"),),
            is_shown=lambda row, actor: inspection_reviews.is_open(row) and inspection_reviews.may_mend(actor, row),
            kind="go",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.FirstReview.id.desc()]

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="first_review", petition_id=row.petition_id)
        context = super().details(row)
        facts: list[dict[str, Any]] = [
            {
                "label": gettext("结案卷"), "text": f"{row.closing_file.case.number} {row.petition.title}",
                "url": url_for("closing_file.details_view", id=row.closing_file_id),
            },
            {"label": gettext("初审日期"), "text": show(row.reviewed_on), "num": True},
            {"label": gettext("初审人"), "text": show(row.by)},
            {"label": gettext("理由"), "text": row.reason or "", "wide": True},
            {"label": gettext("补正期限"), "text": show(row.mend_by), "num": True},
            {"label": gettext("补正日期"), "text": show(row.mended_on), "num": True},
            {"label": gettext("登记人"), "text": show(row.mended_by)},
            {"label": gettext("补正情况"), "text": row.mend_note or "", "wide": True},
        ]  # fmt: skip
        cell = result_cell(row)
        context["screen"] |= {
            "title": gettext("初审：%(title)s", title=row.petition.title),
            "tags": [cell.tag] if cell.tag else [],
            "facts": [{"title": gettext("案卷初审"), "items": [one for one in facts if one["text"]]}],
        }
        return context


def views() -> list[Any]:
    return [FileFaultView(m.FileFault), FirstReviewView(m.FirstReview)]
