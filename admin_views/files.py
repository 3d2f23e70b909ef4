"""附件: taken in one by one or several at once, shown in a safe preview, downloaded, voided; authorised by their matter (C12)."""

from typing import Any

from flask import current_app, flash, jsonify, request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import looked, need_forms, registration
from admin_views.base import Page, current_actor, done, posted, show
from admin_views.saving import attach
from admin_views.wording import said
from models import db
from rules import file_purposes
from rules.access import OFFICE, Actor, may
from rules.moves import Need
from rules.words import Role, RuleBroken
from services import attachments, gate

PREVIEW_CSP = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A shown file is a page of its own without script, form, origin or anything to load."""
VOIDING = (Need("reason", "作废理由", "long", limit=200, help="附件不会删除：列在“已作废”里，并记入审计。"),)


def folder() -> Any:
    """Where the bytes lie."""
    return current_app.config["DESK_DATA"] / "attachments"


def may_void(actor: Actor, file: m.Attachment) -> bool:
    """The office and the head of a unit void any file of a matter they see, everybody else what he brought himself."""
    if actor.is_system or actor.role in OFFICE | {Role.UNIT_HEAD}:
        return file.voided_reason is None
    return file.voided_reason is None and file.uploaded_by_id == actor.user_id


def line(file: m.Attachment) -> dict[str, Any]:
    """A file as its matter's page lists it."""
    is_shown = file.media_type in attachments.INLINE and file.voided_reason is None
    return {
        "name": file.name,
        "url": url_for("attachment.show" if is_shown else "attachment.download", row_id=file.id),
        "is_shown": is_shown,
        "sub": " ".join(
            filter(None, (said(file_purposes.words(file.purpose)), size(file.size), show(file.uploaded_by)))
        ),
        "void_url": url_for("attachment.void", row_id=file.id),
        "may_void": may_void(current_actor(), file),
        "voided": file.voided_reason or "",
        "voided_by": " ".join(filter(None, (show(file.voided_on), show(file.voided_by)))),
    }


def size(count: int) -> str:
    """12 KB, 3.4 MB."""
    return f"{-(-count // 1024)} KB" if count < 2**20 else f"{count / 2**20:.1f} MB"


def take(petition: m.Petition, files: Any, purpose: str) -> attachments.Taken:
    """Take in what a form brought. Raises RuleBroken (field attachments) when it brought nothing or nothing could be kept."""
    found = registration.uploaded(files)
    if not found:
        raise RuleBroken(gettext("附件：请先选择文件。"), "attachments")
    taken = attachments.take(db.session(), current_actor(), petition, found, folder(), purpose)
    if not taken.kept:
        raise RuleBroken(" ".join(said(one) for one in taken.refused), "attachments")
    for one in taken.refused:
        flash(said(one), "error")
    return taken


class Files(Page):
    """Attachments of matters."""

    verbs = {
        "index": "home.view", "download": "petition.view", "show": "petition.view", "content": "petition.view",
        "upload": "petition.attach", "void": "petition.attach",
    }  # fmt: skip

    @expose("/")
    def index(self) -> Any:
        raise gate.NotHere("没有这个页面。")

    @expose("/<row_id>/")
    def download(self, row_id: str) -> Any:
        file = self.whole(row_id)
        looked.note("download", table="attachment", petition_id=file.petition_id)
        return send_file(
            attachments.path_of(file, folder()), mimetype=file.media_type, as_attachment=True, download_name=file.name
        )

    @expose("/<row_id>/show")
    def show(self, row_id: str) -> Any:
        """The preview: the file in a frame of its own, the matter's other scans beside it."""
        file = self.whole(row_id)
        kind = attachments.shown_as(file, folder())
        others = gate.rows(current_actor(), m.Attachment).where(
            m.Attachment.petition_id == file.petition_id, m.Attachment.voided_reason.is_(None)
        )
        rows = db.session.scalars(others.order_by(m.Attachment.id)).all()
        return self.render(
            "attachment.html",
            file=file,
            kind=kind,
            one=line(file),
            others=[(row, line(row)) for row in rows],
            may_attach=may(current_actor(), "petition.attach"),
        )

    @expose("/<row_id>/content")
    def content(self, row_id: str) -> Any:
        """The bytes, inline only for an image or a PDF that still is one; everything else is sent as a download."""
        file = self.whole(row_id)
        kind = attachments.shown_as(file, folder())
        looked.note("download", table="attachment", petition_id=file.petition_id)
        answer = send_file(
            attachments.path_of(file, folder()),
            mimetype=kind or file.media_type,
            as_attachment=not kind,
            download_name=file.name,
        )
        answer.headers["Content-Security-Policy"] = PREVIEW_CSP
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        return answer

    @expose("/to/<row_id>", methods=("POST",))
    def upload(self, row_id: str) -> Any:
        """One file of a drop, answered in JSON: {"kept": [names], "refused": [sentences]}; 422 when it is not kept.

        The last of a drop says in `kept` how many were taken in with it, which the next page tells.
        """
        petition = gate.find(db.session(), current_actor(), m.Petition, row_id)
        files = registration.uploaded(request.files.getlist("attachments"))
        purpose = request.form.get("purpose", "")[:40].replace("\x00", "")
        taken = attachments.take(db.session(), current_actor(), petition, files, folder(), purpose)
        db.session.commit()
        count = gate.id_in(request.form.get("kept", ""))
        if count and taken.kept:
            flash(gettext("已上传 %(count)s 个附件。", count=count), "success")
        body = {"kept": [one.name for one in taken.kept], "refused": [said(one) for one in taken.refused]}
        return jsonify(body), 200 if taken.kept and not taken.refused else 422

    @expose("/<row_id>/void", methods=("GET", "POST"))
    def void(self, row_id: str) -> Any:
        """Ask why, then take the file off its matter."""
        file = gate.find(db.session(), current_actor(), m.Attachment, row_id)
        if not may_void(current_actor(), file):
            if file.voided_reason is not None:
                raise RuleBroken(gettext("附件“%(name)s”已经作废，请刷新后再看。", name=file.name))
            said = gettext("附件“%(name)s”不是您上传的，请上传人、单位负责人或信访办作废。", name=file.name)
            raise RuleBroken(said)
        form = need_forms.form_of(VOIDING)(posted() if request.method == "POST" else None)
        back = url_for("petition.details_view", id=file.petition_id, _anchor="files")
        if request.method == "POST" and form.validate():
            try:
                attachments.void(db.session(), current_actor(), file, form.reason.data)
                return done(gettext("已作废附件“%(name)s”。", name=file.name), back)
            except RuleBroken as no:
                db.session.rollback()
                attach(form, no)
        screen = {
            "title": gettext("作废附件"), "crumb": file.name, "submit": gettext("作废"),
            "fieldsets": [{"title": file.name, "fields": ["reason"]}],
        }  # fmt: skip
        page = self.render("admin/model/form.html", form=form, screen=screen, return_url=back)
        return page, 422 if form.errors or form.form_errors else 200

    @staticmethod
    def whole(row_id: str) -> m.Attachment:
        """The file, as it was taken in. Raises NotHere, or RuleBroken when it is voided or its bytes are not what they were."""
        file: m.Attachment = gate.find(db.session(), current_actor(), m.Attachment, row_id)
        if file.voided_reason or not attachments.is_intact(file, folder()):
            raise RuleBroken(
                gettext("附件“%(name)s”在磁盘上缺失或已变动，请联系系统管理员从备份恢复。", name=file.name)
                if not file.voided_reason
                else gettext("附件“%(name)s”已作废：%(reason)s", name=file.name, reason=file.voided_reason)
            )
        return file


def views() -> list[Any]:
    return [Files(name="附件", endpoint="attachment", url="/admin/attachment")]
