"""The import screen (批量导入): upload → columns → preview → confirm → report, for every kind of table (A4, C11)."""

import io
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import current_app, redirect, request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views.base import Page, current_actor, done
from admin_views.wording import said
from models import db
from rules.access import Actor, may
from rules.job_words import ENDED
from rules.words import RuleBroken
from services import column_map, gate, import_jobs, imports, settings, uploads
from services.import_fields import KINDS, Kind
from services.import_rows import ImportResult, Options
from services.uploads import Upload
from services.workbook_in import Sheet, as_text
from services.workbook_out import Column, TableSheet, write_table

SAMPLES = 3
COLUMN = re.compile(r"c\d{1,2}\Z")
SHOWN = 200
"""Complaints shown on the page; the number of all stands above them."""


class Imports(Page):
    """`/admin/import/`; each kind has its own verb, asked again by the service."""

    verbs = dict.fromkeys(("index", "kind_view", "blank", "mapping", "preview", "confirm", "report"), "import.setup")

    @expose("/")
    def index(self) -> Any:
        actor = current_actor()
        kinds = [kind for kind in KINDS.values() if may(actor, kind.verb)]
        running = [job for job in import_jobs.own(db.session(), actor) if job.state not in ENDED]
        return self.render("imports/index.html", kinds=kinds, running=running)

    @expose("/<kind>/", methods=("GET", "POST"))
    def kind_view(self, kind: str) -> Any:
        actor = current_actor()
        table = imports.kind_of(actor, kind)
        if request.method == "GET":
            return self.render("imports/upload.html", kind=table, error="")
        try:
            upload = take_in(actor, table)
        except RuleBroken as no:
            return self.render("imports/upload.html", kind=table, error=said(no.message), row=no.row), 422
        return redirect(url_for("imports.mapping", kind=kind, token=upload.token), 303)

    @expose("/<kind>/blank.xlsx")
    def blank(self, kind: str) -> Any:
        table = imports.kind_of(current_actor(), kind)
        out = io.BytesIO()
        write_table(out, TableSheet([Column(field.key, field.label) for field in table.fields], []))
        out.seek(0)
        return send_file(out, as_attachment=True, download_name=f"{table.label}导入模板.xlsx")

    @expose("/<kind>/<token>/")
    def mapping(self, kind: str, token: str) -> Any:
        table, upload = found(kind, token)
        chosen = column_map.guess(upload.header, table.fields)
        return self.mapping_page(table, upload, chosen, Options(carried_over=False))

    @expose("/<kind>/<token>/preview")
    def preview(self, kind: str, token: str) -> Any:
        table, upload = found(kind, token)
        chosen, options = chosen_columns(upload), chosen_options()
        try:
            result = imports.run(
                db.session(), current_actor(), kind, sheet_of(table, upload), chosen, dry_run=True, options=options
            )
        except RuleBroken as no:
            return self.mapping_page(table, upload, chosen, options, no), 422
        return self.preview_page(table, upload, result, options)

    @expose("/<kind>/<token>/confirm", methods=("POST",))
    def confirm(self, kind: str, token: str) -> Any:
        table, upload = found(kind, token)
        chosen, options = chosen_columns(upload), chosen_options()
        sheet = None if import_jobs.is_large(upload) else sheet_of(table, upload)
        try:
            if sheet is None:
                return queued(upload, chosen, options=asdict(options))
            result = imports.run(db.session(), current_actor(), kind, sheet, chosen, options=options)
        except RuleBroken as no:
            db.session.rollback()
            return self.mapping_page(table, upload, chosen, options, no), 422
        if result.errors:
            return self.preview_page(table, upload, result, options), 422
        answer = done(gettext("导入完成。"), url_for("imports.report", kind=kind, token=token))
        uploads.close(folder(), upload, import_jobs.report_of(result))
        return answer

    @expose("/<kind>/<token>/report")
    def report(self, kind: str, token: str) -> Any:
        table, upload = found(kind, token)
        job = import_jobs.of(db.session(), current_actor(), upload) if upload.report is None else None
        report = upload.report or (job and job.said.get("report"))
        if report is None:
            raise gate.NotHere("没有找到这次导入的结果。")
        made = [{"text": text, "url": f"/admin/petition/details/?id={row_id}"} for text, row_id in report["made"]]
        return self.render(
            "imports/report.html", kind=table, upload=upload, report=report | {"made": made}, list_url=list_url(kind)
        )

    def mapping_page(
        self, kind: Kind, upload: Upload, chosen: dict[str, str], options: Options, no: RuleBroken | None = None
    ) -> Any:
        """The columns with what was guessed or chosen, and what was wrong with it."""
        return self.render(
            "imports/mapping.html",
            kind=kind,
            upload=upload,
            columns=columns_of(upload, chosen),
            options=options,
            channels=settings.channels(db.session()),
            error=said(no.message) if no else "",
        )

    def preview_page(self, kind: Kind, upload: Upload, result: ImportResult, options: Options) -> Any:
        """What would happen, row by row; nothing can be confirmed while a row is wrong."""
        return self.render(
            "imports/preview.html",
            kind=kind,
            upload=upload,
            result=result,
            options=options,
            shown=SHOWN,
            seconds=import_jobs.seconds(result.created + result.joined) if import_jobs.is_large(upload) else 0,
            fields=kept_fields(),
            back=url_for("imports.mapping", kind=kind.key, token=upload.token),
        )


def folder() -> Path:
    """Where uploads lie until they are confirmed."""
    return Path(current_app.config["DESK_DATA"]) / "uploads"


def found(kind: str, token: str) -> tuple[Kind, Upload]:
    """The kind and this person's own upload."""
    actor = current_actor()
    return imports.kind_of(actor, kind), uploads.find(folder(), actor, kind, token)


def take_in(actor: Actor, kind: Kind) -> Upload:
    """Keep the uploaded file, with its header and first cells; a file that cannot be read is dropped at once."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise RuleBroken(gettext("请先选择要导入的表格文件。"), field="file")
    upload = uploads.keep(folder(), actor, kind.key, sent.filename, sent.stream)
    try:
        sheet = sheet_of(kind, upload, sent.filename)
        if not sheet.rows:
            raise RuleBroken(gettext("表格只有表头，没有数据，请填好后再上传。"), field="file")
    except RuleBroken:
        uploads.drop(folder(), upload)
        raise
    upload.header, upload.rows = sheet.header, len(sheet.rows)
    first = sheet.rows[:SAMPLES]
    upload.samples = [[as_text(row.cells[place])[:60] for row in first] for place in range(len(sheet.header))]
    uploads.save(folder(), upload)
    return upload


def sheet_of(kind: Kind, upload: Upload, name: str = "") -> Sheet:
    """The table, read again. Nobody waits meanwhile: the transaction is ended first, and with it SQLite's write lock."""
    db.session.rollback()
    path = uploads.file_of(folder(), upload)
    if not path.is_file():
        raise gate.NotHere("上传的文件已过期，请重新上传。")
    return imports.opened(kind, path, name or upload.name)


def queued(upload: Upload, columns: dict[str, str], **more: Any) -> Any:
    """Queue the table and lead to where it is watched. `more`: of services.import_jobs.ask. Raises RuleBroken."""
    uploads.go_on(folder(), upload)
    job = import_jobs.ask(db.session(), current_actor(), upload, {"columns": columns, **more})
    return done(gettext("已排队，在后台导入；可以离开本页。"), url_for("import_job.watched", row_id=job.id))


def columns_of(upload: Upload, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Each column of the table for the page: its place, name, first cells, chosen field; twice-named ones cannot be chosen."""
    return [
        {
            "name": f"c{place}",
            "header": header,
            "samples": list(filter(None, samples)),
            "field": chosen.get(header, ""),
            "is_double": upload.header.count(header) > 1,
        }
        for place, (header, samples) in enumerate(zip(upload.header, upload.samples, strict=True))
        if header or any(samples)
    ]


def chosen_columns(upload: Upload) -> dict[str, str]:
    """{column header: field key} as the form says (fields c0, c1, …)."""
    chosen = {header: request.values.get(f"c{place}", "") for place, header in enumerate(upload.header)}
    return {header: key[:40] for header, key in chosen.items() if key}


def chosen_options() -> Options:
    """What the form says of the whole table; left out, the defaults hold."""
    usual = Options()
    return Options(
        request.values.get("carried_over", "") in ("1", "y", "on", "true"),
        request.values.get("channel") or usual.channel,
        request.values.get("source", usual.source).replace("\x00", ""),
    )


def kept_fields() -> list[tuple[str, str]]:
    """The form's fields, to be sent again with the confirmation."""
    names = {"carried_over", "channel", "source"}
    return [(name, value) for name, value in request.values.items() if value and (name in names or COLUMN.match(name))]


LISTS = {
    "contacts": "contact",
    "units": "unit",
    "leaders": "leader",
    "categories": "category",
    "campaign-cases": "campaign",
}


def list_url(kind: str) -> str:
    """Where what was imported stands."""
    endpoint = f"{LISTS[kind]}.index_view"
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def views() -> list[Any]:
    return [Imports(name="批量导入", endpoint="imports", url="/admin/import")]
