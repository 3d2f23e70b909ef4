"""导出 Excel (or Word) of every list and figure: the reason asked for, the sheet made, the trail written, the file streamed (C9).

The workbook lies in an unlinked temporary file only while it is sent.
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from flask import Response, request, send_file
from flask_babel import gettext

from admin_views.base import current_actor
from admin_views.list_rows import ListRows
from models import db, engine
from services import exports, gate
from services.export_tables import LISTS
from services.workbook_table import TableSheet

CHUNK = 64 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA = {"xlsx": f"{OFFICE}spreadsheetml.sheet", "docx": f"{OFFICE}wordprocessingml.document"}


def export_list(view: Any, export_type: str) -> Response:
    """The list of a DeskView as it is now narrowed and sorted, with the columns of services.export_tables."""
    check_form(export_type)
    actor = current_actor()
    own = getattr(view, "export_table", None)
    table = own() if own is not None else LISTS.get(view.noun)
    if table is None:
        raise gate.NotHere(gettext("这张表不能导出。"))
    args = {key: ",".join(values) for key, values in request.args.lists() if key != "reason"}
    listing = ListRows(view, actor, args)
    said = conditions(listing)

    def make() -> TableSheet:
        return exports.list_sheet(db.session(), actor, table, listing.ordered(), "；".join(said) or gettext("全部"))

    kept = "；".join(line for line in said if line != searched(listing))
    return answer(view.noun, table.title, make, conditions=kept, form=export_type)


def check_form(export_type: str) -> None:
    """There are two kinds of export. Raises NotHere for any other."""
    if export_type not in MEDIA:
        raise gate.NotHere(gettext("只能导出 Excel（xlsx）或 Word（docx）。"))


def answer(noun: str, title: str, make: Callable[[], TableSheet], conditions: str, form: str = "xlsx") -> Response:
    """The sheet that `make` builds as a download. `noun`: in the trail; `title`: of the file; `form`: xlsx or docx."""
    reason = request.args.get("reason", "").strip()
    exports.check_reason(reason)
    actor, session = current_actor(), db.session()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response when it is sent
    try:
        exports.write(
            session, actor, noun, file, make(), reason, conditions=conditions, write_now=_begin_writing, form=form
        )
        session.commit()
    except Exception:
        file.close()
        raise
    file.seek(0)
    name = f"{title}_{actor.today}.{form}"
    sent = send_file(file, mimetype=MEDIA[form], as_attachment=True, download_name=name, max_age=0, etag=False)
    sent.response, sent.direct_passthrough = _chunks(file), False
    sent.call_on_close(file.close)
    return sent


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file piece by piece; it is gone when the last one is sent."""
    with file:
        while piece := file.read(CHUNK):
            yield piece


def _begin_writing() -> None:
    # A GET has only read so far; the trail's entry goes into a short transaction of its own that takes the write lock.
    db.session.rollback()
    engine.is_writing.set(True)


def searched(listing: ListRows) -> str:
    """The typed search as a condition; it may name a person and stays out of the trail."""
    text = listing.args.get("q", "")
    return gettext("查找“%(text)s”", text=text) if text else ""


def conditions(listing: ListRows) -> list[str]:
    """What narrows the list, in words: tab, chips, search."""
    said = [gettext(listing.tab.label)] if listing.tab and listing.tab is not listing.tabs[0] else []
    for chip in listing.view.filters:
        value = listing.args.get(chip.key)
        if value:
            options = dict(chip.options(listing.actor)) if chip.options else {}
            shown = options.get(value) or value.replace("..", gettext(" 至 "))
            said.append(f"{gettext(chip.label)}：{shown}")
    return said + [line for line in (searched(listing),) if line]
