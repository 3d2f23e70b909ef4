"""A mail merge of 500 letters: the worker's job from the first letter to the last, and the files made of them, in this process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import jobs
import models as m
from benchmarks import fresh_office
from benchmarks.fresh_office import NOW, TODAY
from benchmarks.sections import Section
from models import db
from rules.access import Actor
from rules.words import DocumentKind, Role, UnitKind
from services import documents, gate_actors, letter_bundle, mail_merge, passwords, petitions
from services.registration import Person, Registration

LETTERS = 500
GOAL = 60.0
"""Seconds the 500 letters may take, with their moves, clocks, history and trail, each chunk on the disk."""
FLOOR = "一次提交（空行写入 SQLite，synchronous=FULL）"


def measure() -> Section:
    """Issue the letters and join them; the table and what missed its goal."""
    with office() as (session, actor):
        job = _job(session, actor)
        floor = min(_timed(lambda: _commit(session))[0] for _ in range(20))
        whole = _timed(lambda: jobs.merge(session, lambda: (TODAY, NOW)))
        session.expire_all()
        papers = mail_merge.issued(session, actor, job)
        assert [paper.number for paper in papers] == [f"信转〔2026〕{n}号" for n in range(1, LETTERS + 1)]
        matter = papers[0].petition
        one = _timed(lambda: documents.issue(session, actor, matter, DocumentKind.FORWARD, {}, "城建办"))
        session.rollback()
        joined = _timed(lambda: letter_bundle.as_docx(papers))
        packed = _timed(lambda: letter_bundle.as_zip(papers))
        size = sum(len(paper.docx or b"") for paper in papers) / len(papers) / 1024
    return section(whole, one, joined, packed, floor, size)


def section(
    whole: tuple[float, float], one: tuple[float, float], joined: tuple[float, float], packed: tuple[float, float],
    floor: float, size: float,
) -> Section:  # fmt: skip
    """The table of a run; each pair is (seconds on the clock, seconds of CPU)."""
    rows = (
        (FLOOR, (floor, 0.0)),
        (f"{LETTERS} 份转送函：移送、期限、文号、Word、审计，每 10 份一次提交", whole),
        ("其中每份", (whole[0] / LETTERS, whole[1] / LETTERS)),
        ("一份文书：编号、填 Word、存档（不含移送）", one),
        (f"{LETTERS} 份合成一个 Word", joined),
        (f"{LETTERS} 份压缩包", packed),
    )
    lines = [f"| {what} | {clock * 1000:,.1f} | {cpu * 1000:,.1f} |" for what, (clock, cpu) in rows]
    verdict = "met" if whole[0] <= GOAL else "missed"
    text = (
        "## A mail merge\n\n"
        f"{LETTERS} letters to a unit, each by the same move as by hand, worked off by `flask jobs run` or the worker beside\n"
        f"`flask serve`; one letter's docx is {size:.1f} KB. Goal: {LETTERS} letters within {GOAL:.0f} s, {verdict}.\n"
        "`python -m benchmarks --only mail_merge` measures and writes this part.\n\n"
        "| what | ms | CPU ms |\n|---|---:|---:|\n" + "\n".join(lines) + "\n"
    )
    return Section(text, [] if whole[0] <= GOAL else [f"{LETTERS} letters: {whole[0]:.1f} s"])


def _timed(run: Callable[[], Any]) -> tuple[float, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - clock, time.process_time() - cpu


def _commit(session: Session) -> None:
    session.execute(sa.update(m.Counter).where(m.Counter.series == "doc-转").values(value=m.Counter.value))
    session.commit()


def _job(session: Session, actor: Actor) -> m.Job:
    unit = session.scalars(sa.select(m.Unit).where(m.Unit.name == "城建办")).one()
    ids = []
    for n in range(LETTERS):
        people = [Person(f"赵丽华{n}")]
        told = Registration(
            channel="letter", demand=f"第{n}户滩涂补偿面积少算，请求重新测量。", received_on=TODAY, people=people
        )
        ids.append(petitions.register(session, actor, told).petition.id)
    session.commit()
    letter = mail_merge.letter_of("forward")
    job = mail_merge.make(session, actor, letter, {"unit_id": unit.id, "measures": "请按期受理。"}, ids)
    session.commit()
    return job


@contextmanager
def office() -> Iterator[tuple[Session, Actor]]:
    """A new office with a clerk and a unit."""
    with fresh_office.opened() as app, app.app_context():
        session = db.session()
        session.info["keys"] = app.extensions["desk_keys"]
        yield session, _clerk(session)
        db.session.remove()


def _clerk(session: Session) -> Actor:
    office = m.Unit(name="信访办", kind=UnitKind.OFFICE, is_office=True)
    unit = m.Unit(name="城建办", kind=UnitKind.DEPARTMENT)
    handler = m.User(username="handler", name="郑伟", role=Role.HANDLER, unit=unit, password_hash="-")  # noqa: S106
    hashed = passwords.hashed("测量用的长口令-2026")
    clerk = m.User(username="clerk", name="王敏", role=Role.CLERK, unit=office, password_hash=hashed)
    session.add_all([office, unit, handler, clerk])
    session.commit()
    return gate_actors.actor_of(session, clerk, TODAY, NOW)
