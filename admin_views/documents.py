"""文书 and attachments: papers as they were issued; files authorised by their matter (C12)."""

from typing import Any

from flask import abort, current_app, send_file, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contacts, looked
from admin_views.base import DeskView, Page, current_actor, show
from admin_views.listing import Cell, Column, Filter, between, equals, words
from models import db
from rules.words import RuleBroken
from services import attachments, gate


class DocumentView(DeskView):
    """文书: what was issued, as it was issued."""

    title, group = "文书", "办理"
    verbs = {"print_view": "document.view"}
    export_verb = "document.export"
    columns = (
        Column("number", "文号", lambda d: Cell(d.number or "", kind="code")),
        Column("title", "文书", lambda d: gettext(d.title)),
        Column("petition", "信访事项", lambda d: Cell(d.petition.title, sub=d.petition.number, kind="clip")),
        Column("addressee", "送", lambda d: contacts.shown_name(d.addressee, d.petition, current_actor())),
        Column("issuer", "制发单位", lambda d: d.issuer),
        Column("issued_on", "日期", lambda d: show(d.issued_on), sort=m.Document.issued_on),
    )
    filters = (
        Filter("kind", "种类", equals(m.Document.kind), words(m.documents.DocumentKind)),
        Filter("issued", "日期", between(m.Document.issued_on), kind="dates"),
    )
    list_options = (joinedload(m.Document.petition),)

    def default_order(self) -> list[Any]:
        return [m.Document.id.desc()]

    def row_url(self, row: Any) -> str:
        return url_for("document.print_view", row_id=row.id)

    def details(self, row: Any) -> dict[str, Any]:
        abort(404)

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        looked.note("print", table="document", petition_id=row.petition_id)
        back = url_for("petition.details_view", id=row.petition_id)
        return self.render("paper/document.html", document=row, back=back, show=show)


class Files(Page):
    """Attachments: authorised by their matter, always sent as a download (C12)."""

    verbs = {"index": "home.view", "download": "petition.view"}

    @expose("/")
    def index(self) -> Any:
        raise gate.NotHere("没有这个页面。")

    @expose("/<row_id>/")
    def download(self, row_id: str) -> Any:
        file = gate.find(db.session(), current_actor(), m.Attachment, row_id)
        folder = current_app.config["DESK_DATA"] / "attachments"
        if file.voided_reason or not attachments.is_intact(file, folder):
            raise RuleBroken(
                gettext("附件“%(name)s”在磁盘上缺失或已变动，请联系系统管理员从备份恢复。", name=file.name)
            )
        looked.note("download", table="attachment", petition_id=file.petition_id)
        return send_file(
            attachments.path_of(file, folder), mimetype=file.media_type, as_attachment=True, download_name=file.name
        )


def views() -> list[Any]:
    return [DocumentView(m.Document), Files(name="附件", endpoint="attachment", url="/admin/attachment")]
