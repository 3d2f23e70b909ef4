"""成批出文书: choosing matters and a letter from the filtered list, and the job that issues them: progress, cancel, the files."""

import io
from typing import Any

from flask import request, send_file, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import fields, looked, need_forms, petition_page
from admin_views.base import Action, DeskView, current_actor, done, posted, show
from admin_views.list_rows import ListRows
from admin_views.listing import Cell, Column, tagged
from admin_views.wording import said
from models import db
from models.base import utcnow
from rules.access import Actor
from rules.job_words import ENDED, JobState, LineState
from rules.words import RuleBroken
from services import gate, job_queue, letter_bundle, mail_merge
from services.mail_merge import MOST, Letter

JOB_KINDS = {JobState.QUEUED: "wait", JobState.RUNNING: "now", JobState.DONE: "ok", JobState.CANCELLED: "wait"}
LINE_KINDS = {LineState.WAITING: "wait", LineState.DONE: "ok", LineState.FAILED: "late", LineState.CANCELLED: "wait"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def choose_page(view: Any) -> Any:
    """The filtered matters with the letter to issue; posted, the job. `view`: the list of matters."""
    actor = current_actor()
    letter = mail_merge.letter_of(request.values.get("letter", mail_merge.MERGED[0]))
    form = need_forms.form_of(letter.needs)(posted() if request.method == "POST" else None)
    if request.method == "GET":
        return _choose(view, actor, letter, form, None, "")
    try:
        if not form.validate():
            raise fields.first_error(form)
        values = {need.name: form[need.name].data for need in letter.needs}
        ids = [key for text in request.form.getlist("ids") if (key := gate.id_in(text)) is not None]
        job = mail_merge.make(db.session(), actor, letter, values, ids)
    except RuleBroken as no:
        db.session.rollback()
        if isinstance(no, gate.Forbidden | gate.NotHere):
            raise
        chosen = set(request.form.getlist("ids"))
        return _choose(view, actor, letter, form, chosen, said(no.message)), 422
    url = url_for("job.details_view", id=job.id)
    return done(gettext("已排队：%(count)s 件，在后台依次制发。", count=job.total), url)


def _choose(view: Any, actor: Actor, letter: Letter, form: Any, chosen: set[str] | None, error: str) -> Any:
    args = {key: ",".join(values) for key, values in request.args.lists() if key not in ("letter", "page")}
    listing = ListRows(view, actor, args)
    ids = list(db.session.scalars(listing.ordered().with_only_columns(m.Petition.id).limit(MOST + 1)))
    found = gate.rows(actor, m.Petition).where(m.Petition.id.in_(ids[:MOST])).options(*view.list_options)
    by_id = {row.id: row for row in db.session.scalars(found)}
    why = mail_merge.reasons(db.session(), actor, letter, by_id.values())
    rows = [_line(by_id[key], why[key], chosen) for key in ids[:MOST] if key in by_id]
    return view.render(
        "letters.html",
        letter=letter,
        letters=[{"label": _label(one), "url": _letter_url(one, args), "active": one is letter} for one in mail_merge.LETTERS.values()],
        label=_label(letter),
        form=form,
        able=[row for row in rows if row["able"]],
        unable=[row for row in rows if not row["able"]],
        is_cut=len(ids) > MOST,
        most=MOST,
        error=error,
        names=[need.name for need in letter.needs],
        back=url_for("petition.index_view", **args),
    )  # fmt: skip


def _letter_url(letter: Letter, args: dict[str, str]) -> str:
    return url_for("petition.letters_view", **{**args, "letter": letter.key})


def _label(letter: Letter) -> str:
    return gettext(letter.label)


def _line(petition: m.Petition, why: str, chosen: set[str] | None) -> dict[str, Any]:
    return {
        "id": petition.id,
        "number": petition.number,
        "name": petition_page.petitioner(petition),
        "title": petition.title,
        "status": gettext(petition.status.label),
        "kind": petition_page.STATUS_KINDS[petition.status],
        "unit": show(petition.unit),
        "why": said(why),
        "able": not why,
        "checked": chosen is not None and not why and str(petition.id) in chosen,
    }


def _cancel(session: Any, actor: Actor, job: m.Job, _said: dict[str, Any]) -> str:
    job_queue.cancel(session, actor, job, utcnow())
    return gettext("正在取消；已经制发的文书仍然有效。")


def _too_late(job: m.Job) -> str:
    """Cancelled as it ended, or twice."""
    if job.state not in ENDED:
        return gettext("已经在取消了：手上的几件办完就停，已经制发的文书仍然有效。")
    count = job_queue.counts(db.session(), [job.id]).get(job.id, {}).get(LineState.DONE, 0)
    return gettext("这批文书刚好已经办完，制发了 %(count)s 件，没有可以取消的。", count=count)


def _again(session: Any, actor: Actor, job: m.Job, _said: dict[str, Any]) -> str:
    return gettext("已重新排队 %(count)s 件。", count=job_queue.again(session, actor, job))


class JobView(DeskView):
    """后台任务: the mail merges of this account."""

    title, group = "成批出文书", "办理"
    verbs = {"state": "job.list", "letters_docx": "job.list", "letters_zip": "job.list"}
    details_template = "job.html"
    columns = (
        Column("letter", "文书", lambda j: gettext(mail_merge.LETTERS[j.letter].label)),
        Column("total", "件数", lambda j: str(j.total), kind="num"),
        Column("state", "状态", lambda j: tagged(gettext(j.state.label), JOB_KINDS[j.state])),
        Column("by", "经办人", lambda j: j.by.name),
        Column("created_at", "日期", lambda j: show(j.made_on) if j.made_on else show(j.created_at)[:10]),
    )
    list_options = (joinedload(m.Job.by),)
    actions = (
        Action(
            "cancel", "取消", "job.make", _cancel, kind="no", confirm="停止制发剩下的文书？已经制发的仍然有效。",
            is_shown=lambda job, _actor: job.state not in ENDED and not job.is_cancel_asked, not_now=_too_late,
        ),
        Action(
            "again", "未制发的再试", "job.make", _again, confirm="把没有制发的重新排队？",
            is_shown=lambda job, _actor: job.state in ENDED and _left(job) > 0,
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Job.id.desc()]

    def base_statement(self, actor: Actor) -> Any:
        return super().base_statement(actor).where(m.Job.letter != job_queue.IMPORT)

    def get_one(self, id: Any) -> Any:
        job = super().get_one(id)
        if job.letter == job_queue.IMPORT:
            raise gate.NotHere("没有找到这条记录。")
        return job

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        action = {"label": gettext("去选信访事项"), "url": url_for("petition.letters_view")}
        return {"text": gettext("还没有成批出过文书。"), "action": action}

    def page_title(self, row: Any | None) -> str:
        return f"{gettext(mail_merge.LETTERS[row.letter].label)} · {row.total}" if row else ""

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        context["screen"]["facts"] = []
        return context | {"show": show, "job": row, "progress": progress(row), "lines": lines(row), "files": files(row)}

    @expose("/<row_id>/state")
    def state(self, row_id: str) -> Any:
        """How far it is, for the page that watches it."""
        return progress(self.get_one(row_id))

    @expose("/<row_id>/letters.docx")
    def letters_docx(self, row_id: str) -> Any:
        return self._send(row_id, letter_bundle.as_docx, "docx", DOCX)

    @expose("/<row_id>/letters.zip")
    def letters_zip(self, row_id: str) -> Any:
        return self._send(row_id, letter_bundle.as_zip, "zip", "application/zip")

    def _send(self, row_id: str, bundle: Any, ending: str, media_type: str) -> Any:
        job = self.get_one(row_id)
        papers = mail_merge.issued(db.session(), current_actor(), job)
        if not papers:
            raise RuleBroken(gettext("还没有制发的文书，没有可以下载的。"))
        data = bundle(papers)
        looked.note("export", table="document", details={"job": job.id, "rows": len(papers)})
        name = f"{mail_merge.LETTERS[job.letter].label} {len(papers)}件.{ending}"
        return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)


def _left(job: m.Job) -> int:
    found = job_queue.counts(db.session(), [job.id]).get(job.id, {})
    return found.get(LineState.FAILED, 0) + found.get(LineState.CANCELLED, 0)


def progress(job: m.Job) -> dict[str, Any]:
    """Numbers of the progress page."""
    found = job_queue.counts(db.session(), [job.id]).get(job.id, {})
    done_, failed = found.get(LineState.DONE, 0), found.get(LineState.FAILED, 0)
    waits = found.get(LineState.WAITING, 0)
    word = gettext("正在取消") if job.is_cancel_asked and job.state not in ENDED else gettext(job.state.label)
    return {
        "total": job.total,
        "done": done_,
        "failed": failed,
        "waiting": waits,
        "cancelled": found.get(LineState.CANCELLED, 0),
        "over": job.total - waits,
        "ended": job.state in ENDED,
        "word": word,
        "kind": JOB_KINDS[job.state],
        "is_idle": job.state is JobState.QUEUED or (job.state is JobState.RUNNING and job_queue.is_free(job, utcnow())),
    }


def lines(job: m.Job) -> list[dict[str, Any]]:
    """What was not issued and why first, then the letters in the order of their numbers; at most 200 of each."""
    actor, line = current_actor(), m.JobLine
    mine = gate.rows(actor, line).where(line.job_id == job.id)
    options = (joinedload(line.petition), joinedload(line.document))
    order = [(LineState.FAILED,), (LineState.DONE, LineState.WAITING, LineState.CANCELLED)]
    found: list[m.JobLine] = []
    for states in order:
        part = mine.where(line.state.in_(states)).order_by(line.position).options(*options).limit(200)
        found += db.session.scalars(part).unique().all()
    return [_shown(one) for one in found]


def _shown(line: m.JobLine) -> dict[str, Any]:
    paper = line.document
    return {
        "url": url_for("petition.details_view", id=line.petition_id),
        "cells": [
            Cell(line.petition.number, kind="code"),
            Cell(line.petition.title, kind="clip"),
            tagged(gettext(line.state.label), LINE_KINDS[line.state]),
            Cell(
                (paper.number or "") if paper else said(line.message or ""),
                url=url_for("document.print_view", row_id=paper.id) if paper else None,
            ),
        ],
    }


def files(job: m.Job) -> list[dict[str, Any]]:
    """What can be taken away."""
    return [
        {"label": gettext("下载合并的 Word"), "url": url_for("job.letters_docx", row_id=job.id), "primary": True},
        {"label": gettext("下载压缩包"), "url": url_for("job.letters_zip", row_id=job.id)},
    ]


def views() -> list[Any]:
    return [JobView(m.Job)]
