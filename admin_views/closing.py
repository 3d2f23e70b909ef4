"""结案审查: the closing file's page, its items, its promises, the signatures and the printed sheet."""

from typing import Any

from flask import Response, current_app, request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

import models as m
from admin_views import closing_sheet, closing_story, closing_verdict, inspection_card, looked
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.case_list import DUTY_KINDS, leader_options
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from admin_views.wording import heading, said
from models import db
from models.base import utcnow
from rules.access import Actor, may
from rules.inspection_report import report_form
from rules.moves import Need
from rules.words import ClosingStatus, PaperKind
from services import (
    cases,
    closing,
    closing_content,
    closing_edition,
    closing_papers,
    gate,
    promises,
    return_visits,
    signature_images,
    signatures,
)
from services.closing_content import WORKING

STATUS_KINDS = {ClosingStatus.OPEN: "now", ClosingStatus.CLOSED: "ok", ClosingStatus.REOPENED: "soon"}


def is_working(file: m.ClosingFile, _actor: Actor) -> bool:
    return file.status in WORKING


def is_written(file: m.ClosingFile, actor: Actor) -> bool:
    return file.status in WORKING and cases.may_write(actor, file.case)


def _report(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing.write_report(session, actor, file, said["report"])
    return gettext("查办报告已保存。")


def _paper(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing_papers.record_paper(session, actor, file, said["paper"], said["paper_reason"] or "", said["signed_on"])
    scans = [(f.filename, f.stream) for f in said["scans"] or () if getattr(f, "filename", "")]
    if scans:
        closing_papers.add_scans(session, actor, file, scans, current_app.config["DESK_DATA"] / "attachments")
    return gettext("信访人文书已登记。")


def _promise(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    promises.add(session, actor, file, said["text"], said["due_on"], said["unit_id"])
    return gettext("承诺事项已登记，到期会提醒。")


def _sign(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    try:
        scan = getattr(said["scan"], "stream", None)
        picture = signature_images.drawn(said["drawing"] or "")
        picture = picture or signature_images.scanned(scan.read(signature_images.MOST_BYTES + 1) if scan else b"")
        signature = signatures.sign(session, actor, file, said["password"], utcnow(), picture)
    except signatures.WrongPassword:
        session.commit()  # the wrong password stays counted
        raise
    return gettext(
        "%(role)s已签字，内容指纹 %(digest)s。",
        role=gettext(signature.role.label),
        digest=closing_story.short(signature.digest),
    )


def _close(session: Any, actor: Actor, file: m.ClosingFile, _said: dict[str, Any]) -> str:
    closing.close(session, actor, file)
    return gettext("已结案：%(number)s，下次回访已排入计划。", number=file.case.number)


def _reopen(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing.reopen(session, actor, file, said["reason"])
    return gettext("已重新办理，原有签字失效。")


def _edition(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing_edition.move(session, actor, file, session.get(m.ClosingEdition, said["edition_id"]))
    return gettext("已改按“%(edition)s”办理，原有签字失效。", edition=str(file.edition))


REOPEN_NEED = Need(
    "reason", "重新办理的理由", "long", limit=300, help="回访不满意、承诺没有兑现或其他情况；原有签字随之失效。"
)


def leader_filter(statement: Any, value: str) -> Any:
    return statement.where(m.ClosingFile.case.has(m.Case.leader_id == (gate.id_in(value) or 0)))


def waits_for_me(statement: Any, actor: Actor) -> Any:
    return statement.where(m.ClosingFile.id.in_([file.id for file in closing.waiting_for(db.session(), actor)]))


class ClosingFileView(DeskView):
    """结案审查."""

    title, group = "结案审查", "包案"
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
    actions = (
        Action(
            "close",
            "结案",
            "closing_file.close",
            _close,
            is_shown=is_working,
            kind="go",
            confirm="结案？包案和信访事项同时办结，并按设置安排下次回访。",
        ),
        Action(
            "report",
            "写查办报告",
            "closing_file.edit",
            _report,
            (
                Need(
                    "report",
                    "查办报告",
                    "long",
                    limit=20_000,
                    help="意见执行情况、协议条款、包案领导所做工作。改动后已有签字失效。",
                ),
            ),
            is_shown=is_written,
        ),
        Action(
            "paper",
            "登记信访人文书",
            "closing_file.edit",
            _paper,
            (
                Need("paper", "信访人文书", "choice", choices=PaperKind),
                Need(
                    "paper_reason",
                    "说明",
                    "long",
                    required=False,
                    limit=300,
                    help="没有签订的写明原因；不得要求信访人签订。",
                ),
                Need("signed_on", "签订日期", "date", required=False, help="不填为今天；没有签订的不填。"),
                Need("scans", "文书扫描件", "files", required=False),
            ),
            is_shown=is_written,
        ),
        Action(
            "promise",
            "登记承诺事项",
            "closing_file.edit",
            _promise,
            (
                Need("text", "承诺事项", "text", limit=300),
                Need("unit_id", "兑现单位", "unit", required=False, help="不选为包案的责任单位。"),
                Need("due_on", "兑现期限", "date"),
            ),
            is_shown=is_written,
        ),
        Action(
            "sign",
            "签字",
            "closing_file.sign",
            _sign,
            (
                Need("password", "登录密码", "password", limit=200),
                Need(
                    "drawing",
                    "手写签名",
                    "signature",
                    required=False,
                    limit=450_000,
                    help="可以不写；写了印在审查表上。",
                ),
                Need("scan", "签名扫描件", "picture", required=False, help="也可以传签名的照片。"),
            ),
            is_shown=is_working,
            help="签的是本页所列内容的指纹，须本人输入登录密码；内容改动后签字自动失效。",
        ),
        Action(
            "edition",
            "换用清单",
            "closing_file.close",
            _edition,
            (Need("edition_id", "清单", "closing_edition"),),
            is_shown=is_written,
            help="改按新版或别的清单办理：已填的材料保留，改过的项目须重新认定，已有签字全部失效。",
        ),
        *inspection_card.ACTIONS,
        Action(
            "reopen",
            "重新办理",
            "closing_file.reopen",
            _reopen,
            (REOPEN_NEED,),
            is_shown=lambda file, _actor: file.status is ClosingStatus.CLOSED,
            kind="no",
        ),
    )

    def page_title(self, row: Any | None) -> str:
        return gettext("结案审查：%(title)s", title=row.petition.title) if row is not None else ""

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        inspection_card.prefill(row, action, form, current_actor())
        if action.verb == "report":
            form.report.data = row.report or report_form(row.paper)
        if action.verb == "paper":
            form.paper.data, form.paper_reason.data = row.paper, row.paper_reason

    def _action_page(self, row: Any, action: Action, form: Any, status: int) -> Any:
        # A refused closing shows the file itself, with the list of what is missing on top.
        if action.verb == "close" and status == 422:
            return self.render(self.details_template, **self.details(row)), 422
        return super()._action_page(row, action, form, status)

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
            "actions": self.head_actions(row, reading.missing),
        }
        return context | self.page_parts(row, reading, actor)

    def head_actions(self, row: Any, missing: list[str]) -> list[dict[str, Any]]:
        """Print; close — said to be impossible while something is missing; reopen."""
        found = [
            {"label": gettext("打印审查表"), "url": url_for("closing_file.sheet_view", row_id=row.id), "new_tab": True}
        ]
        for button in self.row_actions(row):
            verb = button["url"].rpartition("/")[2]
            if verb == "close" and missing:
                label = gettext("结案（还差 %(count)s 项）", count=len(missing))
                found.append({"label": label, "disabled": True, "why": said("；".join(missing))})
            elif verb in ("close", "reopen", "edition", "pass_review", "return_review"):
                found.append(button)
        return found

    def page_parts(self, row: Any, reading: closing_content.Reading, actor: Actor) -> dict[str, Any]:
        """What the page shows beside its head."""
        return {
            "file": row,
            "inspection": inspection_card.card(reading, actor),
            "case": row.case,
            "missing": [said(words) for words in reading.missing] if row.status in WORKING else [],
            "rows": closing_story.checklist_rows(reading, actor, is_written(row, actor)),
            "boxes": closing_story.signature_boxes(reading, actor),
            "voided": closing_story.voided(reading),
            "verdict": closing_verdict.verdict(db.session(), reading),
            "edition": closing_edition.newer(row) if is_written(row, actor) else None,
            "papers": closing_story.papers(reading),
            "fingerprint": closing_story.short(reading.digest),
            "is_written": is_written(row, actor),
            "is_working": row.status in WORKING,
            "status_tag": {"text": gettext(row.status.label), "kind": STATUS_KINDS[row.status]},
            "duties": [
                (d.name, {"text": gettext(d.state.label), "kind": DUTY_KINDS[d.state]}) for d in row.case.duties
            ],
            "promises": closing_story.promise_lines(row, actor),
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
