"""Papers beside the moves: a template the office changed in Word, and the registration forms of a few matters issued together."""

from datetime import date

import sqlalchemy as sa

import models as m
from models.base import utcnow
from rules.words import DocumentKind
from services import gate, job_queue, mail_merge, paper_templates
from services.demo.town import Life, Town

CHANGED_AGO, MERGED_AGO = 40, 2
"""Natural days before today."""
FORMS = 6
NOTE = "落款前加一句“联系电话见来访接待室公示”"


def life(town: Town) -> Life:
    """The office head takes a template in; later the clerk issues the forms of the newest plain matters."""
    changed_on = town.workday(town.ago(CHANGED_AGO))
    yield changed_on
    head = town.acting("office_head", changed_on)
    kind = DocumentKind.GUIDE
    data = paper_templates.shipped_bytes(kind)
    paper_templates.upload(town.session, head, kind, "引导告知单（本办）.docx", data, changed_on, NOTE)
    merged_on = town.workday_before(town.ago(MERGED_AGO))
    yield merged_on
    _forms(town, merged_on)


def _forms(town: Town, on: date) -> None:
    clerk = town.acting("clerk", on)
    plain = gate.rows(clerk, m.Petition).where(sa.not_(m.Petition.is_guarded), m.Petition.is_carried_over.is_(False))
    newest = plain.order_by(m.Petition.id.desc()).limit(FORMS).with_only_columns(m.Petition.id)
    ids = sorted(town.session.scalars(newest))
    if not ids:
        return
    letter = mail_merge.letter_of(mail_merge.FORM)
    job = mail_merge.make(town.session, clerk, letter, {}, ids)
    job.started_at, job.attempts = utcnow(), 1
    for line in job.lines:
        mail_merge.do_line(town.session, clerk, line, letter, {})
    job_queue.end(town.session, job, utcnow())
