"""Where what an item lacks is brought (H1): one link for each thing, to the page where it is done."""

from flask import url_for
from flask_babel import gettext

import models as m
from models import db
from rules.access import Actor, may
from rules.closing_items import SOURCES, Piece
from services import return_visits
from services.closing_content import Material, Reading

P = Piece
OF_MATTER = (P.ASSIGN, P.FORWARD, P.REPLY, P.SERVICE, P.REFUSE, P.INVESTIGATION, P.REPLIED_ON, P.SERVED_ON)
OF_CASE = (P.LEADER, P.RESPONSIBLE, P.DUTIES, P.ASSIGNED_ON)


def todo(reading: Reading, material: Material, actor: Actor) -> list[dict[str, str]]:
    """What to do and where, for each thing that would meet the item by itself; those this reader may not open are left out."""
    source = SOURCES.get(material.spec.source)
    if source is None:
        return []
    there = reading.facts.pieces
    first = source.groups[0] if source.groups else ()
    wanted = [piece for piece in (*first, *source.always) if piece not in there]
    found = [_step(reading, piece, actor) for piece in wanted]
    return list({step["url"]: step for step in found if step is not None}.values())


def _step(reading: Reading, piece: Piece, actor: Actor) -> dict[str, str] | None:
    file = reading.file
    if piece in OF_MATTER and may(actor, "petition.view"):
        return {"label": gettext("去信访事项办理"), "url": url_for("petition.details_view", id=file.petition_id)}
    if piece in OF_CASE and may(actor, "case.view"):
        return {"label": gettext("去领导包案登记"), "url": url_for("case.details_view", id=file.case_id)}
    if piece is P.REPORT and may(actor, "closing_file.edit"):
        return {"label": gettext("写查办报告"), "url": url_for("closing_file.do_view", row_id=file.id, verb="report")}
    if piece is P.PROMISES and may(actor, "closing_file.edit"):
        return {
            "label": gettext("登记承诺事项"),
            "url": url_for("closing_file.do_view", row_id=file.id, verb="promise"),
        }
    if piece is P.VISIT and may(actor, "return_visit.record"):
        return {"label": gettext("记录回访"), "url": _visit_url(file)}
    if piece is P.AID and may(actor, "aid.edit"):
        return {"label": gettext("登记帮扶"), "url": url_for("aid.create_view", petition_id=file.petition_id)}
    if piece is P.MINUTES and may(actor, "meeting.list"):
        return {"label": gettext("看会议纪要"), "url": url_for("meeting.index_view")}
    return None


def _visit_url(file: m.ClosingFile) -> str:
    """The planned visit that comes first, to be recorded as made; a new one where none is planned."""
    planned = (
        v for v in return_visits.of(db.session(), file.petition) if v.made_on is None and v.dropped_reason is None
    )
    first = next(planned, None)
    if first is not None:
        return url_for("return_visit.do_view", row_id=first.id, verb="record")
    return url_for("return_visit.create_view", petition_id=file.petition_id, made=1)
