"""The day's desk: one line a visitor without leaving the page, and the whole session on one sheet (D7)."""

from typing import Any

from flask import jsonify, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import fields, wording
from admin_views import reception_forms as forms
from admin_views.base import Page, current_actor, done, show
from admin_views.need_forms import form_of
from admin_views.wording import long_day
from models import db
from rules.access import mask
from rules.moves import Need
from rules.words import Outcome, Purpose, RuleBroken, Stale
from services import gate, reception_grid
from services import reception_records as records

BLANKS = 5
"""Empty lines at the end of the sheet."""
MOST_LINES = 200
"""Lines of one sheet; a session never has so many."""
SHEET = (
    Need("visitor", "来访人", required=False, limit=60),
    Need("phone", "电话", required=False, limit=40),
    Need("people_count", "人数", "int", required=False),
    Need("place", "问题属地", required=False, limit=100),
    Need("demand", "诉求", "long", required=False, limit=4000),
    Need("purpose", "信访目的", "choice", required=False, choices=Purpose),
    Need("cause", "产生原因", required=False, limit=300),
    Need("unit_id", "责任单位", "unit", required=False),
    Need("outcome", "处理方式", "choice", required=False, choices=Outcome),
    Need("opinion", "领导意见", "long", required=False, limit=500),
    Need("due_on", "办理期限", "date", required=False),
    Need("signed_on", "签批日期", "date", required=False),
    Need("policy", "政策说明", required=False, limit=300),
)
NAMES = tuple(need.name for need in SHEET)
BLANK = {"people_count": 1, "purpose": Purpose.SEEK}
"""What stands on an empty line without making it a visitor."""


class DeskPage(Page):
    """接待台: /admin/reception_desk/<session>/ and its line; without a session today's, or the last one held."""

    verbs = {"index": "reception_record.edit", "sheet": "reception_record.register", "line": "reception_record.edit"}

    @expose("/")
    def index(self) -> Any:
        held = reception_grid.current(db.session(), current_actor())
        if held is None:
            return redirect(url_for("reception_session.index_view"))
        return redirect(url_for("reception_session.details_view", id=held.id) + "#entry")

    @expose("/<session_id>/line", methods=("POST",))
    def line(self, session_id: str) -> Any:
        """Note one visitor; answers the new list, or the sentence of refusal with its field, as JSON."""
        actor, session = current_actor(), db.session()
        held = gate.find(session, actor, m.ReceptionSession, session_id)
        form = form_of(forms.LINE)(request.form)
        try:
            if not form.validate():
                raise fields.first_error(form)
            record = records.add(session, actor, held, {need.name: form[need.name].data for need in forms.LINE})
            session.commit()
        except RuleBroken as no:
            session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            return jsonify(message=wording.said(no.message), field=no.field), 422
        return jsonify(
            message=gettext("已登记：%(name)s。", name=records.shown_name(record)), html=visitors_html(self, held)
        )

    @expose("/<session_id>/", methods=("GET", "POST"))
    def sheet(self, session_id: str) -> Any:
        """The whole session as one sheet, saved all at once."""
        actor, session = current_actor(), db.session()
        held = gate.find(session, actor, m.ReceptionSession, session_id)
        rows = list(records.of_session(session, actor, held))[:MOST_LINES]
        lines = _lines(rows)
        if request.method == "GET":
            return self._page(held, lines, "")
        try:
            count = reception_grid.save(session, actor, held, _entries(lines))
        except RuleBroken as no:
            session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            _mark(lines, no)
            return self._page(held, lines, wording.said(no.message)), 409 if isinstance(no, Stale) else 422
        said = gettext("已保存 %(count)s 行。", count=count) if count else gettext("没有改动。")
        return done(said, url_for("reception_desk.sheet", session_id=held.id))

    def _page(self, held: m.ReceptionSession, lines: list[dict[str, Any]], refused: str) -> Any:
        return self.render(
            "reception_sheet.html",
            held=held,
            title=gettext("%(day)s 接待登记", day=long_day(held.held_on, current_actor().today.year)),
            lines=lines,
            names=NAMES,
            refused=refused,
        )


def visitors_html(page: Any, held: m.ReceptionSession) -> str:
    """The card of the session's visitors, as the session's page shows it."""
    html: str = page.render("reception_visitors.html", **visitors(held))
    return html


def visitors(held: m.ReceptionSession) -> dict[str, Any]:
    """Context of reception_visitors.html."""
    return {
        "records": records.of_session(db.session(), current_actor(), held),
        "record_url": lambda record: url_for("reception_record.details_view", id=record.id),
        "shown_name": records.shown_name,
    }


def _lines(rows: list[m.ReceptionRecord]) -> list[dict[str, Any]]:
    """A form a line: the records first, then empty ones."""
    known: list[m.ReceptionRecord | None] = [*rows, *([None] * BLANKS)]
    return [_line(place, row) for place, row in enumerate(known, start=1)]


def _line(place: int, row: m.ReceptionRecord | None) -> dict[str, Any]:
    prefix = f"r{row.id}-" if row else f"n{place}-"
    names = [name for name in NAMES if row is None or row.petition_id is None or name not in records.CARRIED]
    posted = request.form if request.method == "POST" else None
    form = form_of([need for need in SHEET if need.name in names])(posted, prefix=prefix)
    if posted is None:
        for name in names:
            form[name].data = getattr(row, name) if row else BLANK.get(name)
        if row is not None and "phone" in form:
            form.phone.data = ""
        form.version.data = row.version if row else None
    for name in ("demand", "opinion"):
        if name in form:
            form[name].render_kw = {"rows": 2}
    if row is not None:
        forms.bar_accused(form, row)
    phone = mask("phone", row.phone) if row else ""
    fixed = {name: _fixed(row, name) for name in NAMES if row and name not in names}
    return {"place": place, "row": row, "form": form, "phone": phone, "fixed": fixed}


def _fixed(row: m.ReceptionRecord, name: str) -> str:
    """What a registered line shows where it can no longer be changed here."""
    if name == "visitor":
        return records.shown_name(row)
    return mask("phone", row.phone) if name == "phone" else show(getattr(row, name))


def _entries(lines: list[dict[str, Any]]) -> list[reception_grid.Entry]:
    """The lines that say something. Raises RuleBroken with the place of the first one that is no valid line."""
    found = []
    for line in lines:
        form, row = line["form"], line["row"]
        if not form.validate():
            no = fields.first_error(form)
            no.field = (no.field or "").rpartition("-")[2]
            raise reception_grid.at_line(line["place"], no)
        said = {name: form[name].data for name in NAMES if name in form and _was_sent(form[name])}
        if row is None and not any(value and value != BLANK.get(name) for name, value in said.items()):
            continue
        found.append(reception_grid.Entry(line["place"], row, str(form.version.data or ""), said))
    return found


def _was_sent(field: Any) -> bool:
    return field.name in request.form


def _mark(lines: list[dict[str, Any]], no: RuleBroken) -> None:
    """The refusal at its cell."""
    line = next((one for one in lines if one["place"] == no.row), None)
    if line and no.field and no.field in line["form"]:
        line["form"][no.field].errors = [wording.said(no.message)]


def views() -> list[Any]:
    return [DeskPage(name="接待台", endpoint="reception_desk", url="/admin/reception_desk")]
