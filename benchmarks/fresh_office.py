"""A new office for one measurement: made by the command itself, on a fixed day, gone afterwards."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask

from app import create_app
from models import db

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


@contextmanager
def opened() -> Iterator[Flask]:
    """The application of an empty office after `flask init` on TODAY; child processes find it by their environment too."""
    before = os.environ.copy()
    with tempfile.TemporaryDirectory(prefix="petition-desk-bench-") as folder:
        said = {"DESK_DATA": folder, "DESK_TODAY": TODAY.isoformat(), "DESK_KEY_FILE": str(Path(folder) / "keys.json")}
        os.environ.update(said)
        try:
            command = [sys.executable, "-m", "flask", "--app", "app", "init"]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            app = create_app({"DESK_DATA": Path(folder)})
            yield app
            with app.app_context():
                db.engine.dispose()
        finally:
            os.environ.clear()
            os.environ.update(before)
