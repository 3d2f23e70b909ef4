"""Inspection: every file checked, one returned by the first review, a round of case reviews, final ones with their wording (H5–H7)."""

from datetime import timedelta

import sqlalchemy as sa

import models as m
from rules import inspection_sheet
from rules.inspection_words import DrawMethod
from services import (
    case_reviews,
    closing_content,
    gate,
    inspection_finals,
    inspection_reviews,
    inspection_runs,
    job_queue,
)
from services.case_reviews import Draw
from services.demo.town import Life, Town

SEED = 261_105
"""Of the draw: the same town, the same files."""
LACKS = "1. 查办报告没有按模板写处理意见落实情况；\n2. 回访记录没有写明信访人的意见。"
FAULTS = "送达回证未写明收到的钟点；查办报告没有写包案领导责任落实情况。"


def lives(town: Town) -> list[Life]:
    """The round of the month, the file sent back this week, final ones, the check of this morning."""
    return [drawn(town), returned(town), finals(town), checked(town)]


def drawn(town: Town) -> Life:
    """Four files closed this year: two passed, one with faults to mend, one still to be reviewed."""
    day = town.workday(town.ago(12))
    yield day
    inspector = town.acting("inspector", day)
    said = Draw(f"{day.year}年办结案卷评查", DrawMethod.RANDOM, day - timedelta(days=330), day, wanted=4, seed=SEED)
    row = case_reviews.begin(town.session, inspector, said)
    full = {one.key: one.points for one in inspection_sheet.SHEET}
    marks = (full, full | {"service": 6, "file": 7}, full | {"execution": 12})
    day = town.workday(day + timedelta(days=3))
    yield day
    inspector = town.acting("inspector", day)
    for review, points in zip(case_reviews.of_round(town.session, inspector, row), marks, strict=False):
        faults = "" if points == full else FAULTS
        until = day + timedelta(days=15) if faults else None
        case_reviews.score(town.session, inspector, review, points, faults, until)


def returned(town: Town) -> Life:
    """A file being signed is sent back to its handler."""
    day = town.workday(town.ago(3))
    yield day
    clerk, f = town.acting("clerk2", day), m.ClosingFile
    working = gate.rows(clerk, f).where(f.status.in_(closing_content.WORKING), f.report.is_(None))
    file = town.session.scalars(working.where(f.petition.has(sa.not_(m.Petition.is_guarded))).order_by(f.id)).first()
    if file is not None:
        inspection_reviews.returns(town.session, clerk, file, LACKS, day + timedelta(days=7))


def finals(town: Town) -> Life:
    """The oldest final one has its wording and was reported; the others wait."""
    day = town.workday(town.ago(5))
    yield day
    head, f = town.acting("office_head", day), m.FinalMatter
    first = gate.rows(head, f).where(f.final_on <= day).order_by(f.final_on, f.id).limit(1)
    row = town.session.scalars(first).first()
    if row is not None:
        inspection_finals.agree(town.session, head, row, inspection_finals.WORDING, inspection_finals.REMAINS)
        clerk = town.acting("clerk", day)
        inspection_finals.report(town.session, clerk, row, "县信访局", day, f"青信报〔{day.year}〕11号")


def checked(town: Town) -> Life:
    """Every file, this morning."""
    yield town.today
    session, inspector, worker = town.session, town.acting("inspector", town.today), job_queue.worker_name()
    run = inspection_runs.ask(session, inspector)
    inspection_runs.claim(session, worker, inspector.now)
    inspection_runs.begin(session, inspector)
    while (batch := inspection_runs.look(session, inspector, run)) is not None:
        inspection_runs.put(session, run.id, worker, batch, inspector.now)
    inspection_runs.end(session, run.id, worker, inspector.now)
