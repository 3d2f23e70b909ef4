"""Rows of a closing file: an item of the six haves, a promise of the agreement. Each has only its verbs."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from markupsafe import Markup

import models as m
from admin_views.base import Action, DeskView, current_actor
from admin_views.wording import heading
from rules.access import Actor
from rules.moves import Need
from services import checklist, closing_papers


class FilePart(DeskView):
    """A row of a closing file: only its verbs; afterwards the file's page shows."""

    verbs = {"do_view": "closing_file.edit"}

    def row_url(self, row: Any) -> str:
        return url_for("closing_file.details_view", id=row.closing_file_id)

    def crumb(self, row: Any | None = None) -> Any:
        link = Markup('<a href="{}">{}</a>')
        trail = link.format(url_for("closing_file.index_view"), heading("结案审查"))
        return trail if row is None else trail + " / " + link.format(self.row_url(row), row.closing_file.case.number)


def _meet(session: Any, actor: Actor, item: m.ChecklistItem, said: dict[str, Any]) -> str:
    uploads = [(f.filename, f.stream) for f in said.pop("attachments") or () if getattr(f, "filename", "")]
    folder = current_app.config["DESK_DATA"] / "attachments"
    checklist.meet(session, actor, item, checklist.Evidence(**said, uploads=uploads), folder)
    return gettext("“%(item)s”已保存。", item=gettext(item.label))


def _waive(session: Any, actor: Actor, item: m.ChecklistItem, said: dict[str, Any]) -> str:
    checklist.waive(session, actor, item, said["reason"])
    return gettext("“%(item)s”已认定为不适用。", item=gettext(item.label))


class ChecklistItemView(FilePart):
    """六有: one item of the checklist."""

    title = "六有"
    actions = (
        Action(
            "meet",
            "填写材料",
            "closing_file.edit",
            _meet,
            (
                Need("note", "说明", "long", required=False, limit=2000, help="材料名称、文号，或者简要情况。"),
                Need("document_id", "本事项的文书", "document", required=False),
                Need("attachment_id", "本事项的附件", "attachment", required=False),
                Need("attachments", "上传新附件", "files", required=False),
            ),
        ),
        Action(
            "waive",
            "不适用",
            "closing_file.waive",
            _waive,
            (Need("reason", "理由", "long", limit=300, help="写明这一项为什么不适用，与批准人一并留存。"),),
        ),
    )

    def crumb(self, row: Any | None = None) -> Any:
        trail = super().crumb(row)
        return trail if row is None else trail + f" / {gettext(row.label)}"

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb != "meet":
            return
        petition_id = row.closing_file.petition_id
        form.document_id.narrow = lambda s: s.where(m.Document.petition_id == petition_id)
        form.attachment_id.narrow = lambda s: s.where(
            m.Attachment.petition_id == petition_id, m.Attachment.voided_reason.is_(None)
        )

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "meet":
            form.note.data, form.document_id.data, form.attachment_id.data = (
                row.note,
                row.document_id,
                row.attachment_id,
            )


def _keep(session: Any, actor: Actor, promise: m.Promise, said: dict[str, Any]) -> str:
    closing_papers.keep_promise(session, actor, promise, said["kept_on"], said["evidence"])
    return gettext("已记为兑现。")


class PromiseView(FilePart):
    """承诺事项: tracked until kept."""

    title = "承诺事项"
    actions = (
        Action(
            "keep",
            "记为兑现",
            "closing_file.edit",
            _keep,
            (
                Need("kept_on", "兑现日期", "date"),
                Need("evidence", "凭证", "text", limit=300, help="凭什么认定已经兑现，如银行回单号。"),
            ),
        ),
    )

    def prefill(self, _row: Any, _action: Action, form: Any) -> None:
        form.kept_on.data = current_actor().today


def views() -> list[Any]:
    return [ChecklistItemView(m.ChecklistItem), PromiseView(m.Promise)]
