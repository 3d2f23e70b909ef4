"""An office with so many matters, filled in bulk into a SQLite file that is kept between runs."""

import hashlib
import json
import shutil
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

import models as m
from app import create_app
from benchmarks.history import World, rows_of
from benchmarks.vocabulary import Vocabulary
from models import db
from rules.access import system
from rules.words import LegKind, Role, Status
from services import search
from services.demo import people, plans
from services.demo.town import Town

TODAY = date(2026, 11, 21)
WAITING = 30
"""Matters on the measured handler's table in each of two states: more than a page."""
CHUNK = 2000
TABLES = ("petitioner", "petition", "contact", "contact_petitioner", "leg", "move", "clock", "return_visit")
"""In the order their foreign keys ask for."""
HERE = Path(__file__).parent


def office(folder: Path, size: int) -> tuple[Flask, dict[str, str]]:
    """The application over an office of `size` matters, and its passwords; made only when it is not there yet."""
    place = folder / f"{size}-{_edition()}"
    made = place / "passwords.json"
    if not made.exists():
        for old in folder.glob(f"{size}-*"):
            shutil.rmtree(old)
        place.mkdir(parents=True)
        _fill(opened(place), size, made)
    return opened(place), json.loads(made.read_text(encoding="utf-8"))


def _edition() -> str:
    """Changes with the tables and with what fills them."""
    sources = [HERE / name for name in ("generator.py", "history.py", "vocabulary.py")]
    sources += [*sorted((HERE.parent / "models").glob("*.py")), HERE.parent / "services" / "search.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def opened(place: Path) -> Flask:
    return create_app(
        {
            "DESK_DATA": place,
            "DESK_KEY_FILE": place / "keys.json",
            "DESK_TODAY": TODAY,
            "SECRET_KEY": "only for measuring, on this machine alone",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{place / 'desk.db'}",
        }
    )


def _fill(app: Flask, size: int, passwords: Path) -> None:
    began = time.perf_counter()
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=["init"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        session = db.session()
        session.info["keys"] = app.extensions["desk_keys"]
        today, now = app.extensions["desk_clock"]()
        town = Town(session, system(today, now), Random(size), passwords.parent / "attachments")
        people.settle(town, plans.OLDEST * 6)
        session.commit()
        _matters(session, _world(town), size)
        _tray(session, town, size)
        session.commit()
        db.session.remove()
        db.engine.dispose()
    passwords.write_text(json.dumps(town.passwords), encoding="utf-8")
    print(f"{size:,} matters made in {time.perf_counter() - began:.0f} s")


def _world(town: Town) -> World:
    handlers = [user for user in town.users.values() if user.role is Role.HANDLER]
    units = [(user.unit_id, user.id) for user in handlers if user.unit_id]
    categories = [row_id for path, row_id in town.categories.items() if path.count("/") == 2]
    return World(units, categories, town.users["clerk"].id, town.today, town.rng, Vocabulary())


def _matters(session: Any, world: World, size: int) -> None:
    years: dict[tuple[str, int], int] = defaultdict(int)
    for start in range(1, size + 1, CHUNK):
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for number in range(start, min(start + CHUNK, size + 1)):
            for table, some in rows_of(world, number, size).items():
                rows[table] += some
        _write(session, rows)
        for row in rows["petition"]:
            years["XF", row["registered_on"].year] = row["id"]
        for row in rows["contact"]:
            years["LX", row["registered_on"].year] = row["id"]
    session.connection().execute(
        sa.insert(m.Counter.__table__), [{"series": s, "year": y, "value": v} for (s, y), v in years.items()]
    )


def _tray(session: Any, town: Town, size: int) -> None:
    """As much on one handler's table in every office: half of these to reply, half to finish, all to be received."""
    handler = town.users["handler_a"]
    ids = range(max(1, size - 2 * WAITING), size)
    connection, p, leg = session.connection(), m.Petition.__table__, m.Leg.__table__
    his = {"unit_id": handler.unit_id, "handler_id": handler.id}
    for status, some in ((Status.HANDLING, ids[:WAITING]), (Status.REPLIED, ids[WAITING:])):
        is_open = dict.fromkeys(("closed_on", "archived_on", "voided_on", "void_reason"))
        connection.execute(sa.update(p).where(p.c.id.in_(some)).values(status=status, **his, **is_open))
    connection.execute(sa.delete(leg).where(leg.c.petition_id.in_(ids)))
    row = {"kind": LegKind.ASSIGN, "is_lead": True, "sent_on": town.today, **his}
    connection.execute(sa.insert(leg), [row | {"petition_id": one} for one in ids])


def _write(session: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    tables = m.Petition.metadata.tables
    for name in TABLES:
        if rows[name]:
            keys = set[str]().union(*rows[name])
            some = [dict.fromkeys(keys) | row for row in rows[name]]
            session.connection().execute(sa.insert(tables[name]), some)
    bodies = {row["id"]: search.normal(f"{row['title']} {row['demand']} {row['place']}") for row in rows["petition"]}
    texts = [{"petition_id": key, "body": body} for key, body in bodies.items()]
    session.connection().execute(sa.insert(tables["petition_text"]), texts)
    search.write_pairs(session, bodies)
