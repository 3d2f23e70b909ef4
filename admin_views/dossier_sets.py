"""The whole dossier (卷宗): printed as one set, or taken away as one zip, large ones packed by the worker (B9, C9)."""

import tempfile
from pathlib import Path
from typing import Any

from flask import current_app, request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import closing_sheet, files, looked
from admin_views.base import current_actor, done, show
from admin_views.dossier_page import DossierPage, crumb, refused, sheet
from admin_views.wording import said
from models import db
from models.base import utcnow
from rules.access import Actor
from rules.job_words import ENDED, JobState
from rules.words import RuleBroken
from services import closing_content, dossier, dossier_orders, dossier_papers, dossier_zip, gate

ZIP = "application/zip"
KINDS = {JobState.QUEUED: "wait", JobState.RUNNING: "now", JobState.DONE: "ok", JobState.CANCELLED: "late"}


def packed_folder() -> Path:
    """Where the worker puts what it packed."""
    return Path(current_app.config["DESK_DATA"]) / "dossiers"


class DossierSets(DossierPage):
    """One matter's dossier, whole."""

    verbs = {
        "index": "petition.dossier", "printed": "petition.dossier", "take": "petition.dossier",
        "state": "petition.dossier", "packed": "petition.dossier",
    }  # fmt: skip

    @expose("/<row_id>/print")
    def printed(self, row_id: str) -> Any:
        """The printable set: contents, papers, files, closing sheets, what was done."""
        session, actor = db.session(), current_actor()
        petition = gate.find(session, actor, m.Petition, row_id)
        looked.note("print", table="dossier", petition_id=petition.id)
        pieces = dossier.contents(session, actor, petition)
        return self.render("paper/dossier_set.html", **_set(actor, petition, pieces))

    @expose("/<row_id>/take", methods=("GET", "POST"))
    def take(self, row_id: str) -> Any:
        """The zip: at once when it is small, else queued."""
        session, actor = db.session(), current_actor()
        petition = gate.find(session, actor, m.Petition, row_id)
        reason = request.form.get("reason", "")
        if request.method == "GET":
            return self._page(actor, petition, "", None)
        try:
            if not dossier_zip.is_large(session, actor, petition):
                return _zip(actor, petition, reason)
            dossier_orders.ask(session, actor, petition, reason)
        except RuleBroken as no:
            return refused(row_id, no, lambda found, no=no: self._page(actor, found, reason, no))
        return done(gettext("已排队打包，完成后在本页下载。"), url_for("dossier_set.take", row_id=petition.id))

    @expose("/order/<row_id>/state")
    def state(self, row_id: str) -> Any:
        """How far it is, for the page that watches it."""
        order = gate.find(db.session(), current_actor(), m.DossierOrder, row_id)
        return {"total": order.total, "over": order.done, "ended": order.state in ENDED}

    @expose("/order/<row_id>/zip")
    def packed(self, row_id: str) -> Any:
        """What the worker packed, for who asked for it, while he may see the matter."""
        order = gate.find(db.session(), current_actor(), m.DossierOrder, row_id)
        path = dossier_orders.file_of(order, packed_folder(), utcnow())
        looked.note("download", table="dossier", petition_id=order.petition_id)
        return send_file(path, mimetype=ZIP, as_attachment=True, download_name=_name(order.petition))

    def _page(self, actor: Actor, petition: m.Petition, reason: str, no: RuleBroken | None) -> Any:
        session = db.session()
        pieces = dossier.contents(session, actor, petition)
        return self.render(
            "dossier_take.html",
            title=gettext("下载全卷"),
            crumb=crumb(petition),
            facts=_facts(pieces),
            is_large=dossier_zip.is_large(session, actor, petition),
            orders=[_order(one) for one in dossier_orders.of(session, actor, petition, utcnow())],
            error=said(no.message) if no else "",
            reason=reason[:200],
            show=show,
            back=url_for("dossier.contents", row_id=petition.id),
        )


def _set(actor: Actor, petition: m.Petition, pieces: list[dossier.Piece]) -> dict[str, Any]:
    session = db.session()
    closings = {piece.key: piece.row for piece in pieces if piece.key[0] == "c"}
    return sheet(actor, petition, pieces) | {
        "pictures": {p.key for p in pieces if p.key[0] == "a" and p.row.media_type in ("image/jpeg", "image/png")},
        "closing": {
            key: closing_sheet.context(closing_content.read(session, file), actor) for key, file in closings.items()
        },
        "steps": dossier_papers.history(session, actor, petition),
        "printed_text": gettext("%(day)s %(name)s 打印", day=show(actor.today), name=actor.name),
        "show": show,
        "back": url_for("dossier.contents", row_id=petition.id),
    }


def _facts(pieces: list[dossier.Piece]) -> list[dict[str, Any]]:
    kinds = [piece.key[0] for piece in pieces]
    return [
        {"label": gettext("文书"), "text": str(kinds.count("d")), "num": True},
        {"label": gettext("附件"), "text": f"{kinds.count('a')}（{files.size(dossier_zip.weight(pieces))}）"},
        {"label": gettext("结案审查表"), "text": str(kinds.count("c")), "num": True},
        {
            "label": gettext("次序"),
            "text": gettext("卷内目录、文书、附件、结案审查表、办理经过、校验清单"),
            "wide": True,
        },
    ]


def _order(order: m.DossierOrder) -> dict[str, Any]:
    is_done = order.state is JobState.DONE
    return {
        "order": order,
        "word": gettext(order.state.label),
        "kind": KINDS[order.state],
        "ended": order.state in ENDED,
        "message": said(order.message or ""),
        "state_url": url_for("dossier_set.state", row_id=order.id),
        "url": url_for("dossier_set.packed", row_id=order.id) if is_done else "",
        "size": files.size(order.size or 0),
    }


def _name(petition: m.Petition) -> str:
    return f"{gettext('卷宗')} {petition.number}.zip"


def _zip(actor: Actor, petition: m.Petition, reason: str) -> Any:
    """Made in an unlinked temporary file that is gone when it is sent."""
    session = db.session()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response when it is sent
    try:
        packed = dossier_zip.write(session, actor, petition, reason, file, attachments_folder())
        dossier_zip.note(session, actor, petition, reason, packed)
        session.commit()
    except Exception:
        file.close()
        raise
    file.seek(0)
    sent = send_file(file, mimetype=ZIP, as_attachment=True, download_name=_name(petition), max_age=0, etag=False)
    sent.call_on_close(file.close)
    return sent


def attachments_folder() -> Path:
    """Where files lie."""
    return Path(files.folder())


def views() -> list[Any]:
    return [DossierSets(name="卷宗", endpoint="dossier_set", url="/admin/dossier_set")]
