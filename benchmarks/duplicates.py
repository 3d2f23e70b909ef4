"""What the hints for one new contact cost among a million matters, and whether repeats are found there (A5)."""

import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median, quantiles

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from benchmarks import million
from benchmarks.sections import Section
from models import db, engine
from rules.access import Actor
from rules.words import Status
from services import duplicates, gate_actors
from services.duplicates import Typed

GOAL = 50.0
"""CPU milliseconds for one new contact."""
REPEATS, RUNS = 200, 40
FRESH = (
    "今年八月以来村口新建的养猪场排出的污水流进我家鱼塘，鱼全部死了，找过村委会三次，答复说等检测结果，请求核实损失并赔偿。",
    "我们要求有关部门尽快解决问题，谢谢领导。",
    "孩子在镇中心小学就读，学校门口的人行道被占为停车位，上下学只能走机动车道，请交警部门处理。",
)
TEXT = """## Duplicate hints

`python -m benchmarks --only duplicates`: CPU milliseconds of the hints for one contact being typed, over {size:,} generated
matters on SQLite (person by name, sound, ID number and phone; place; similar demand), median and 95th percentile of {runs}.
Written again: matters drawn from all, other punctuation, the name replaced and the numbers changed, nothing but the demand given.

| typed | median (ms) | p95 (ms) | goal |
|---|---:|---:|---|
{lines}

Repeats written again that are among the hints: {found} of {asked} (goal: all).
"""


def measure(folder: Path | None = None, size: int = million.SIZE) -> Section:
    """Time the three kinds of contact and look for the repeats; misses in words."""
    made = million.office(folder or Path(tempfile.gettempdir()) / "petition-desk-bench", size)
    with made.app.app_context():
        token = engine.is_writing.set(False)
        try:
            return _measured(made, size)
        finally:
            engine.is_writing.reset(token)
            db.session.remove()
            db.engine.dispose()


def _measured(made: million.Million, size: int) -> Section:
    session = db.session()
    session.info["keys"] = made.app.extensions["desk_keys"]
    user = session.scalars(sa.select(m.User).where(m.User.username == "clerk")).one()
    actor = gate_actors.actor_of(session, user, *made.app.extensions["desk_clock"]())
    drawn = list(_drawn(session, size, REPEATS))
    kinds = {
        "the same again (person, place, demand)": [_whole(row) for row in drawn[:RUNS]],
        "the same demand, written again": [Typed(demand=again(row)) for row in drawn[:RUNS]],
        "something new, a common name": [
            Typed((("王伟", "", ""),), "河东村", "", FRESH[n % len(FRESH)]) for n in range(RUNS)
        ],
    }
    times = {label: _times(session, actor, typed) for label, typed in kinds.items()}
    found = sum(_is_found(session, actor, row) for row in drawn)
    lines = [_line(label, values) for label, values in times.items()]
    missed = [f"hints: {label}" for label, values in times.items() if median(values) > GOAL]
    if found < len(drawn):
        missed.append(f"hints: {len(drawn) - found} repeats not found")
    text = TEXT.format(size=size, runs=RUNS, lines="\n".join(lines), found=found, asked=len(drawn))
    return Section(text, missed)


def _line(label: str, values: list[float]) -> str:
    goal = "met" if median(values) <= GOAL else f"missed (≤ {GOAL:.0f})"
    return f"| {label} | {median(values):.1f} | {quantiles(values, n=20)[-1]:.1f} | {goal} |"


def _drawn(session: Session, size: int, count: int) -> Iterator[m.Petition]:
    """Matters from the whole span of years, none void, none masked."""
    rng = Random(size)
    while count:
        row = session.get_one(m.Petition, rng.randint(1, size), execution_options={"gated": True})
        if row.status is not Status.VOIDED and not row.is_guarded:
            count -= 1
            yield row


def _whole(row: m.Petition) -> Typed:
    who = row.contacts[0].people[0].petitioner
    return Typed(((who.name, who.phone or "", who.id_number or ""),), row.place or "", row.title, row.demand)


def again(row: m.Petition) -> str:
    """The demand as somebody else would send it in: another name, other numbers, other punctuation."""
    who = row.contacts[0].people[0].petitioner.name
    text = re.sub(r"\d+", lambda number: str(int(number[0]) + 1), row.demand.replace(who, "钱某某"))
    return re.sub(r"[，。、；！？\s]+", "；", text)


def _times(session: Session, actor: Actor, asked: list[Typed]) -> list[float]:
    """CPU milliseconds of each, the second time it is asked: the typist's own pages are warm by then."""
    times = []
    for typed in asked:
        duplicates.hints(session, actor, replace(typed, demand=typed.demand[:-4]))
        session.expire_all()
        began = time.process_time()
        duplicates.hints(session, actor, typed)
        times.append((time.process_time() - began) * 1000)
    return times


def _is_found(session: Session, actor: Actor, row: m.Petition) -> bool:
    return any(hint.petition.id == row.id for hint in duplicates.hints(session, actor, Typed(demand=again(row))))
