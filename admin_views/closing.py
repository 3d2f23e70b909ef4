"""结案审查: the list of closing files, the page of one, its printed sheet and the pictures of its signatures (H1, H2)."""

from typing import Any

from flask import Response, request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models as m
from admin_views import (
    closing_actions,
    closing_sheet,
    closing_story,
    closing_verdict,
    inspection_card,
    looked,
    promise_lines,
)
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.case_list import DUTY_KINDS, leader_options
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from admin_views.wording import heading, said
from models import db
from rules import closing as closing_rule
from rules.access import Actor, may
from rules.inspection_report import report_form
from rules.words import ClosingStatus, PaperKind
from services import cases, closing, closing_content, closing_edition, gate, inspection_reviews, return_visits
from services.closing_content import WORKING

STATUS_KINDS = {ClosingStatus.OPEN: "now", ClosingStatus.CLOSED: "ok", ClosingStatus.REOPENED: "soon"}


def leader_filter(statement: Any, value: str) -> Any:
    return statement.where(m.ClosingFile.case.has(m.Case.leader_id == (gate.id_in(value) or 0)))


def waits_for_me(statement: Any, actor: Actor) -> Any:
    return statement.where(m.ClosingFile.id.in_([file.id for file in closing.waiting_for(db.session(), actor)]))


class ClosingFileView(DeskView):
    """结案审查."""

    title, group = "结案审查", "包案"
    empty_words = "还没有结案卷。在领导包案的页面点“结案审查”开始。"
    details_template = "closing_file.html"
    verbs = {
        "sheet_view": "closing_file.view",
        "annex_view": "closing_file.view",
        "signature_view": "closing_file.view",
    }
    export_verb = "closing_file.export"
    columns = (
        Column(
            "number",
            "包案编号",
            lambda f: Cell(f.case.number, sub=f.petition.number, kind="code"),
            sort=m.ClosingFile.id,
        ),
        Column("title", "概况", lambda f: Cell(f.petition.title, kind="clip")),
        Column("leader", "包案领导", lambda f: Cell(f.case.leader.name, sub=f.case.leader.title)),
        Column("unit", "责任单位", lambda f: show(f.case.unit)),
        Column("status", "状态", lambda f: tagged(gettext(f.status.label), STATUS_KINDS[f.status])),
        Column("paper", "信访人文书", lambda f: show(f.paper)),
        Column("closed_on", "结案日期", lambda f: show(f.closed_on)),
        Column("reopened_on", "重新办理", lambda f: show(f.reopened_on), shown=False),
    )
    filters = (
        Filter("leader", "包案领导", leader_filter, leader_options),
        Filter("closed", "结案日期", between(m.ClosingFile.closed_on), kind="dates"),
    )
    tabs = (
        Tab("open", "准备中", lambda s, _a: s.where(m.ClosingFile.status.in_(WORKING))),
        Tab("to_sign", "等我签字", waits_for_me),
        Tab("closed", "已结案", lambda s, _a: s.where(m.ClosingFile.status == ClosingStatus.CLOSED), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.ClosingFile.petition),
        joinedload(m.ClosingFile.case).joinedload(m.Case.leader),
        joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
    )
    actions = closing_actions.ACTIONS

    def page_title(self, row: Any | None) -> str:
        return gettext("结案审查：%(title)s", title=row.petition.title) if row is not None else ""

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        inspection_card.prefill(row, action, form, current_actor())
        if action.verb == "report":
            form.report.data = row.report or report_form(row.paper)
        if action.verb == "paper":
            form.paper.data, form.paper_reason.data = row.paper, row.paper_reason

    def _action_page(self, row: Any, action: Action, form: Any, status: int) -> Any:
        # Signing, and a refused closing, stay on the file itself: what is missing on top, the drawn signature still there.
        if action.verb not in ("close", "sign") or (action.verb == "close" and status == 200):
            return super()._action_page(row, action, form, status)
        refused = form if status == 409 or (action.verb == "sign" and status == 422) else None
        return self.render(self.details_template, **self.details(row), refused=refused), status

    def details(self, row: Any) -> dict[str, Any]:
        actor, session = current_actor(), db.session()
        if request.method == "GET":  # a refused post has the write lock; the look was noted when its page was opened
            looked.note("view", table="closing_file", petition_id=row.petition_id)
        reading = closing_content.read(session, row, actor.today)
        context = super().details(row)
        case_link = Markup('<a href="{}">{}</a>').format(url_for("case.details_view", id=row.case_id), row.case.number)
        context["screen"] |= {
            "crumb": Markup('<a href="{}">{}</a> / {}').format(
                url_for("case.index_view"), heading("领导包案"), case_link
            ),
            "actions": self.head_actions(row, reading),
        }
        return context | self.page_parts(row, reading, actor)

    def head_actions(self, row: Any, reading: closing_content.Reading) -> list[dict[str, Any]]:
        """Print; close and the first review — said to be impossible while something is missing; reopen."""
        lacking = {"close": reading.missing, "pass_review": closing_rule.checklist_missing(reading.facts)}
        found = [
            {"label": gettext("打印审查表"), "url": url_for("closing_file.sheet_view", row_id=row.id), "new_tab": True}
        ]
        is_passed = inspection_reviews.stands(inspection_reviews.last(db.session(), row), reading)
        for button in self.row_actions(row):
            verb = button["url"].rpartition("/")[2]
            if verb == "pass_review" and is_passed:
                continue
            if missing := lacking.get(verb):
                label = gettext(
                    "%(action)s（还差 %(count)s 项）", action=button["label"].rstrip("…"), count=len(missing)
                )
                found.append({"label": label, "disabled": True, "why": said("；".join(missing))})
            elif verb in ("close", "reopen", "edition", "pass_review", "return_review"):
                found.append(button)
        return found

    def page_parts(self, row: Any, reading: closing_content.Reading, actor: Actor) -> dict[str, Any]:
        """What the page shows beside its head."""
        return {
            "file": row,
            "inspection": inspection_card.card(reading, actor),
            "returned": inspection_card.returned(row, actor),
            "case": row.case,
            "missing": [said(words) for words in reading.missing] if row.status in WORKING else [],
            "rows": closing_story.checklist_rows(reading, actor, closing_actions.is_written(row, actor)),
            "boxes": closing_story.signature_boxes(reading, actor),
            "voided": closing_story.voided(reading),
            "is_complete": closing_rule.is_complete(reading.facts),
            "renamed": reading.names.renamed,
            "verdict": closing_verdict.verdict(db.session(), reading),
            "edition": closing_edition.newer(row) if closing_actions.is_written(row, actor) else None,
            "papers": closing_story.papers(reading),
            "fingerprint": closing_story.short(reading.digest),
            "is_written": closing_actions.is_written(row, actor),
            "is_working": row.status in WORKING,
            "status_tag": {"text": gettext(row.status.label), "kind": STATUS_KINDS[row.status]},
            "duties": [
                (d.name, {"text": gettext(d.state.label), "kind": DUTY_KINDS[d.state]}) for d in row.case.duties
            ],
            "promises": promise_lines.promise_lines(row, actor),
            "is_concerned": cases.is_concerned(actor, row.case),
            "visits": closing_story.visit_story(return_visits.of(db.session(), row.petition)),
            "may_visit": may(actor, "return_visit.record"),
            "may_reopen": may(actor, "closing_file.reopen"),
            "PaperKind": PaperKind,
            "show": show,
        }

    @expose("/<row_id>/sheet")
    def sheet_view(self, row_id: str) -> Any:
        """The closing sheet (结案审查表) to print: ticks, signatures, fingerprint."""
        return self._paper("paper/closing_sheet.html", row_id, closing_sheet.context)

    @expose("/<row_id>/annex")
    def annex_view(self, row_id: str) -> Any:
        """The sheet's annex (附页): exactly what is signed, whole."""
        return self._paper("paper/closing_annex.html", row_id, closing_sheet.annex)

    @expose("/<row_id>/signature/<signature_id>")
    def signature_view(self, row_id: str, signature_id: str) -> Any:
        """The picture of one signature of this file (手写签名)."""
        file = self.get_one(row_id)
        image = next((s.image for s in file.signatures if str(s.id) == signature_id), None)
        if image is None:
            raise gate.NotHere(gettext("没有找到这条记录。"))
        return Response(image.picture, mimetype=image.media_type)

    def _paper(self, template: str, row_id: str, context: Any) -> Any:
        file = self.get_one(row_id)
        looked.note("print", table="closing_file", petition_id=file.petition_id)
        return self.render(
            template, **context(closing_content.read(db.session(), file, current_actor().today), current_actor())
        )


def views() -> list[Any]:
    return [ClosingFileView(m.ClosingFile)]
