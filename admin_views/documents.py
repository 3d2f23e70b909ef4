"""文书: papers as they were issued."""

import io
from typing import Any

from flask import abort, send_file, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contact_names, looked
from admin_views.base import DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, between, equals, words
from services import documents

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DocumentView(DeskView):
    """文书: what was issued, as it was issued."""

    title, group = "文书", "办理"
    empty_words = "还没有制发过文书。在信访事项的页面上办理时制发，如受理告知书。"
    verbs = {"print_view": "document.view", "download": "document.view"}
    export_verb = "document.export"
    columns = (
        Column("number", "文号", lambda d: Cell(d.number or "", kind="code")),
        Column("title", "文书", lambda d: gettext(d.title)),
        Column("petition", "信访事项", lambda d: Cell(d.petition.title, sub=d.petition.number, kind="clip")),
        Column("addressee", "送", lambda d: contact_names.shown_name(d.addressee, d.petition, current_actor())),
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
        return self.render("paper/document.html", document=row, back=back)

    @expose("/<row_id>/docx")
    def download(self, row_id: str) -> Any:
        """The Word file as it was issued."""
        row = self.get_one(row_id)
        data = documents.docx_of(row)
        looked.note("download", table="document", petition_id=row.petition_id)
        name = f"{row.number or ''} {row.title}.docx".strip()
        return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=name)


def views() -> list[Any]:
    return [DocumentView(m.Document)]
