"""Rows of a closing file that have only their verbs: the items of its checklist."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from markupsafe import Markup

import models as m
from admin_views import closing_story
from admin_views.base import Action, DeskView
from admin_views.wording import heading
from rules.access import Actor
from rules.closing_items import ByHand, Proof
from rules.moves import Need
from rules.words import Word
from services import checklist


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
    uploads = [(f.filename, f.stream) for f in said.pop("attachments", None) or () if getattr(f, "filename", "")]
    folder = current_app.config["DESK_DATA"] / "attachments"
    checklist.meet(session, actor, item, checklist.Evidence(**said, uploads=uploads), folder)
    closing_story.say_lapsed(item.closing_file, actor)
    return gettext("“%(item)s”已保存。", item=gettext(item.label))


def _waive(session: Any, actor: Actor, item: m.ChecklistItem, said: dict[str, Any]) -> str:
    checklist.waive(session, actor, item, str(said["reason"]))
    closing_story.say_lapsed(item.closing_file, actor)
    return gettext("“%(item)s”已认定为不适用。", item=gettext(item.label))


NOTE = Need("note", "说明", "long", required=False, limit=2000, help="材料名称、文号，或者简要情况。")
FILES = (
    Need("document_id", "本事项的文书", "document", required=False),
    Need("attachment_id", "本事项的附件", "attachment", required=False),
    Need("attachments", "上传新附件", "files", required=False),
)
VALUES = {
    Proof.DATE: Need("said_on", "日期", "date", required=False),
    Proof.PERSON: Need("said_person", "姓名", "text", required=False, limit=60),
    Proof.NUMBER: Need("said_number", "数字", "decimal", required=False),
}


def meet_needs(item: m.ChecklistItem) -> tuple[Need, ...]:
    """What may be put behind this item by hand, as its template says."""
    spec = checklist.spec_of(item)
    if spec.by_hand is ByHand.NO:
        return (NOTE,)
    value = VALUES.get(spec.proof)
    return (value, NOTE, *FILES) if value is not None else (NOTE, *FILES)


def waive_needs(item: m.ChecklistItem) -> tuple[Need, ...]:
    """The reason: one of those the template allows, or in words where it names none."""
    spec = checklist.spec_of(item)
    help_text = "写明这一项为什么不适用，与批准人一并留存。"
    if not spec.reasons:
        return (Need("reason", "理由", "long", limit=300, help=help_text),)
    kind: Any = Word("Reason", {f"R{place}": (text, text) for place, text in enumerate(spec.reasons)})
    return (Need("reason", "理由", "choice", choices=kind, help=help_text),)


class ChecklistItemView(FilePart):
    """清单项目: one item of the checklist."""

    title = "清单项目"
    actions = (
        Action("meet", "填写材料", "closing_file.edit", _meet, meet_needs),
        Action("waive", "不适用", "closing_file.waive", _waive, waive_needs),
    )

    def crumb(self, row: Any | None = None) -> Any:
        trail = super().crumb(row)
        return trail if row is None else trail + f" / {gettext(row.label)}"

    def action_title(self, row: Any, action: Action) -> str:
        return gettext("%(label)s：%(said)s", label=gettext(row.label), said=gettext(action.label))

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb != "meet" or "document_id" not in form:
            return
        petition_id = row.closing_file.petition_id
        form.document_id.narrow = lambda s: s.where(m.Document.petition_id == petition_id)
        form.attachment_id.narrow = lambda s: s.where(
            m.Attachment.petition_id == petition_id, m.Attachment.voided_reason.is_(None)
        )

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "meet":
            for need in meet_needs(row):
                if need.kind != "files":
                    form[need.name].data = getattr(row, need.name)


def views() -> list[Any]:
    return [ChecklistItemView(m.ChecklistItem)]
