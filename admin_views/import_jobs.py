"""A large import under way (大表导入): how far it is, cancelling it, where it led (A4, C11)."""

from typing import Any

from flask import flash, redirect, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import imports
from admin_views.base import Page, current_actor, show
from admin_views.wording import said
from models import db
from models.base import utcnow
from rules.job_words import ENDED, JobState
from services import gate, import_jobs, job_queue, uploads
from services.uploads import Upload

CANCEL = "import_job.cancel"
"""Posted, yet it writes nothing in the database: it must get through while the rows are being written."""


class ImportJobs(Page):
    """`/admin/import-job/<job>/`: its sender's alone."""

    verbs = dict.fromkeys(("index", "watched", "state", "cancel"), "import.setup")

    @expose("/")
    def index(self) -> Any:
        return redirect(url_for("imports.index"))

    @expose("/<row_id>/")
    def watched(self, row_id: str) -> Any:
        """How far it is; once it is over, its report, or why nothing was taken over and the way back."""
        job = _job(row_id)
        if job.state is JobState.DONE:
            return _finished(job)
        upload = _upload(job)
        return self.render(
            "imports/progress.html",
            job=job,
            upload=upload,
            progress=progress(job, upload),
            why=said(job.said.get("refused") or import_jobs.STOPPED),
            started=show(job.started_at)[:16] if job.started_at else "",
            back=_back(job, upload),
        )

    @expose("/<row_id>/state")
    def state(self, row_id: str) -> Any:
        """How far it is, for the page that watches it."""
        job = _job(row_id)
        return progress(job, _upload(job))

    @expose("/<row_id>/cancel", methods=("POST",))
    def cancel(self, row_id: str) -> Any:
        """Ask it to stop: up to the commit nothing of it stays."""
        job = _job(row_id)
        if job.state not in ENDED:
            uploads.ask_stop(imports.folder(), _upload(job))
        return redirect(url_for("import_job.watched", row_id=job.id), 303)


def _job(row_id: str) -> m.Job:
    job: m.Job = gate.find(db.session(), current_actor(), m.Job, row_id)
    if job.letter != job_queue.IMPORT:
        raise gate.NotHere("没有找到这次导入。")
    return job


def _upload(job: m.Job) -> Upload:
    return uploads.load(imports.folder(), job.said["token"])


def progress(job: m.Job, upload: Upload) -> dict[str, Any]:
    """Numbers of the progress page. One that was cancelled before anybody began on it counts as over."""
    is_stopped = uploads.is_stopped(imports.folder(), upload)
    is_waiting = job.state is JobState.QUEUED
    phase = (
        gettext(job.state.label) if is_waiting or job.state in ENDED else gettext(upload.phase or import_jobs.READING)
    )
    return {
        "total": job.total,
        "over": upload.done if job.state is JobState.RUNNING else 0,
        "phase": gettext("正在取消") if is_stopped and job.state is JobState.RUNNING else phase,
        "ended": job.state in ENDED or (is_stopped and is_waiting),
        "is_idle": is_waiting or (job.state is JobState.RUNNING and job_queue.is_free(job, utcnow())),
    }


def _finished(job: m.Job) -> Any:
    report, token = job.said["report"], job.said["token"]
    if "campaign" not in job.said:
        return redirect(url_for("imports.report", kind=_upload(job).kind, token=token))
    message = gettext(
        "已写入台账：新列入 %(new)s 件，改动 %(changed)s 件。", new=report["created"], changed=report["joined"]
    )
    flash(message, "success")
    return redirect(url_for("campaign_case.index_view", campaign=job.said["campaign"]))


def _back(job: m.Job, upload: Upload) -> str:
    """The preview again, with the columns as they were chosen; the upload page when the table is gone."""
    if not uploads.file_of(imports.folder(), upload).is_file():
        return url_for("imports.index")
    columns = {f"c{place}": job.said["columns"].get(header, "") for place, header in enumerate(upload.header)}
    chosen = {name: key for name, key in columns.items() if key}
    if "campaign" in job.said:
        return url_for("campaign_list.compare", row_id=job.said["campaign"], token=upload.token, **chosen)
    options = job.said["options"]
    more = {
        "carried_over": "1" if options["carried_over"] else "",
        "channel": options["channel"],
        "source": options["source"],
    }
    return url_for("imports.preview", kind=upload.kind, token=upload.token, **chosen, **more)


def views() -> list[Any]:
    return [ImportJobs(name="大表导入", endpoint="import_job", url="/admin/import-job")]
