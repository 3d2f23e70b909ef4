"""文书模板: each kind's template in use, its fields, its editions; the office head replaces it in Word. 救济途径: dated texts."""

import io
from typing import Any

from flask import request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext, lazy_gettext

import models as m
from admin_views import fields, need_forms
from admin_views.base import DeskView, Page, current_actor, done, posted, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, words
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.move_row import Need
from rules.paper_fields import COMMON, examples, fields_of, lists_of
from rules.papers import OF_THE_OFFICE
from rules.relief import Branch
from rules.words import DocumentKind, RuleBroken
from services import gate, paper_templates, relief

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NEEDS = (
    Need("file", "模板文件", "files", help="用 Word 改好后另存为 .docx，不超过 2 MB。"),
    Need("valid_from", "启用日期", "date", help="从这一天起制发的文书用新模板，已制发的不变。"),
    Need("note", "改动说明", required=False, limit=200),
)


class PaperTemplates(Page):
    """文书模板."""

    verbs = dict.fromkeys(("index", "kind_view", "download", "trial"), "paper_template.list") | {
        "upload": "paper_template.edit",
        "revert": "paper_template.edit",
    }

    @expose("/")
    def index(self) -> Any:
        editions = paper_templates.in_use(db.session(), current_actor().today)
        rows = [_kind_row(kind, editions.get(kind)) for kind in DocumentKind]
        return self.render("paper_templates.html", rows=rows)

    @expose("/<kind>/")
    def kind_view(self, kind: str) -> Any:
        return self._page(found(kind), None)

    @expose("/<kind>/template.docx")
    def download(self, kind: str) -> Any:
        """The template in use, or an edition (?edition=2; 0 is the shipped one)."""
        asked, actor = found(kind), current_actor()
        text = request.args.get("edition", "")
        if text == "0":
            data = paper_templates.shipped_bytes(asked)
        elif text:
            data = paper_templates.bytes_of(db.session(), asked, _edition(asked, text))
        else:
            data = paper_templates.bytes_of(
                db.session(), asked, paper_templates.current(db.session(), asked, actor.today)
            )
        return _send(data, f"{asked.label}模板.docx")

    @expose("/<kind>/trial.docx")
    def trial(self, kind: str) -> Any:
        """The template in use, filled with examples."""
        asked = found(kind)
        return _send(paper_templates.trial(db.session(), asked, current_actor().today), f"{asked.label}样张.docx")

    @expose("/<kind>/upload", methods=("POST",))
    def upload(self, kind: str) -> Any:
        asked, actor = found(kind), current_actor()
        form = need_forms.form_of(NEEDS)(posted())
        try:
            if not form.validate():
                raise fields.first_error(form)
            sent = next((one for one in request.files.getlist("file") if one.filename), None)
            if sent is None:
                raise RuleBroken(gettext("模板文件：请先选择文件。"), "file")
            data = sent.stream.read(paper_templates.paper_package.MAX_BYTES + 1)
            made = paper_templates.upload(
                db.session(), actor, asked, sent.filename or "", data, form.valid_from.data, form.note.data or ""
            )
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden):
                raise
            return self._page(asked, form, said(no.message)), 422
        return done(gettext("已启用第 %(edition)s 版模板。", edition=made.edition), _url(asked))

    @expose("/<kind>/revert", methods=("POST",))
    def revert(self, kind: str) -> Any:
        asked = found(kind)
        edition = gate.id_in(request.form.get("edition", ""))
        if edition is None:
            raise gate.NotHere("没有这一版模板。")
        made = paper_templates.go_back(db.session(), current_actor(), asked, edition)
        return done(gettext("已恢复，记为第 %(edition)s 版。", edition=made.edition), _url(asked))

    def _page(self, kind: DocumentKind, form: Any, error: str = "") -> Any:
        actor = current_actor()
        now = paper_templates.current(db.session(), kind, actor.today)
        form = form or need_forms.form_of(NEEDS)(None)
        form.valid_from.data = form.valid_from.data or actor.today
        form.file.render_kw = {"accept": ".docx", "data_max_mb": 2}
        own = [field for field in fields_of(kind) if field not in COMMON]
        return self.render(
            "paper_template.html",
            kind=kind,
            now=now,
            editions=[_edition_row(kind, one, now, actor) for one in paper_templates.editions(db.session(), kind)],
            own=own,
            common=[field for field in fields_of(kind) if field in COMMON],
            lists=lists_of(kind),
            examples=examples(kind),
            form=form,
            names=[need.name for need in NEEDS],
            error=error,
            may_edit=may(actor, "paper_template.edit"),
        )


def found(kind: str) -> DocumentKind:
    """The kind of the address; NotHere when there is none."""
    try:
        return DocumentKind(kind)
    except ValueError:
        raise gate.NotHere("没有这种文书。") from None


def _edition(kind: DocumentKind, text: str) -> m.PaperTemplate:
    number = gate.id_in(text)
    chosen = [one for one in paper_templates.editions(db.session(), kind) if one.edition == number]
    if not chosen:
        raise gate.NotHere("没有这一版模板。")
    return chosen[0]


def _send(data: bytes, name: str) -> Any:
    return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=name)


def _url(kind: DocumentKind) -> str:
    return url_for("paper_template.kind_view", kind=kind.value)


def _kind_row(kind: DocumentKind, now: m.PaperTemplate | None) -> dict[str, Any]:
    source = gettext("第 %(edition)s 版", edition=now.edition) if now else gettext("系统自带")
    return {
        "url": _url(kind),
        "cells": [
            Cell(gettext(kind.label)),
            Cell(gettext("本办") if kind in OF_THE_OFFICE else gettext("责任单位")),
            Cell(tag={"text": source, "kind": "ok" if now else "wait"}),
            Cell(show(now.valid_from) if now else ""),
            Cell(now.name if now else "", kind="clip"),
        ],
    }


def _edition_row(
    kind: DocumentKind, edition: m.PaperTemplate, now: m.PaperTemplate | None, actor: Actor
) -> dict[str, Any]:
    is_to_come = edition.valid_from > actor.today
    return {
        "edition": edition.edition,
        "name": edition.name,
        "note": said(edition.note or ""),
        "day": show(edition.valid_from),
        "by": edition.by.name if edition.by else "",
        "tag": gettext("现用")
        if now is not None and edition.id == now.id
        else gettext("未到启用日")
        if is_to_come
        else "",
        "url": url_for("paper_template.download", kind=kind.value, edition=edition.edition) if edition.sha256 else "",
        "is_now": now is not None and edition.id == now.id,
    }


class ReliefTextView(DeskView):
    """救济途径."""

    title, group = "救济途径", "设置"
    create_verb = edit_verb = "relief_text.edit"
    create_label = "新增救济途径"
    columns = (
        Column("branch", "用于", lambda r: gettext(r.branch.label)),
        Column("text", "文字", lambda r: Cell(r.text, kind="clip")),
        Column("source", "依据", lambda r: Cell(r.source, kind="clip")),
        Column("valid_from", "生效日期", lambda r: show(r.valid_from)),
        Column("valid_to", "失效日期", lambda r: show(r.valid_to)),
    )
    filters = (Filter("branch", "用于", equals(m.ReliefText.branch), words(Branch)),)
    tabs = (
        Tab(
            "valid", "现行", lambda s, a: s.where(m.ReliefText.valid_to.is_(None) | (m.ReliefText.valid_to >= a.today))
        ),
        Tab("all", "全部", lambda s, _a: s),
    )
    fieldsets = (("救济途径", ("branch", "text", "source", "valid_from", "valid_to")),)
    form_args = {
        "text": {"description": lazy_gettext("原样印在文书上的字段“救济途径”里。")},
        "valid_from": {"description": lazy_gettext("从这一天起制发的文书用这段文字；同一种取最近生效的一条。")},
    }

    def default_order(self) -> list[Any]:
        return [m.ReliefText.branch, m.ReliefText.valid_from.desc()]

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return relief.save(db.session(), actor, row, values)

    def page_title(self, row: Any | None) -> str:
        return gettext(row.branch.label) if row is not None else gettext("新增救济途径")


def views() -> list[Any]:
    return [
        PaperTemplates(name="文书模板", endpoint="paper_template", url="/admin/paper_template"),
        ReliefTextView(m.ReliefText),
    ]
