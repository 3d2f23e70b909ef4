"""The benchmark itself (`make bench`): every page it times answers over a generated office, and the table says what it should."""

from pathlib import Path

import pytest

from benchmarks import generator, measure, report
from benchmarks.pages import TASKS
from models import db


@pytest.mark.trust
def test_every_timed_page_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Must show of issue 2: list, filter, search, form, save, statistics; made once, found again."""
    monkeypatch.setattr(measure, "RUNS", 1)
    monkeypatch.setattr(measure, "WARM_UPS", 0)
    app, passwords = generator.office(tmp_path, 120)
    found = measure.milliseconds({120: measure.Desk(app, passwords)})[120]
    with app.app_context():
        db.engine.dispose()
    assert list(found) == [task.label for task in TASKS]
    assert min(found.values()) > 0
    again, kept = generator.office(tmp_path, 120)
    assert kept == passwords
    with again.app_context():
        assert db.session.execute(db.text("select count(*) from petition")).scalar() == 120
        db.session.remove()
        db.engine.dispose()


def test_table_shows_ratio_and_goal() -> None:
    small = {task.label: 10.0 for task in TASKS}
    large = small | {TASKS[2].label: 14.0, TASKS[3].label: 16.0}
    lines = report.table([1_000, 100_000], {1_000: small, 100_000: large}).splitlines()
    assert lines[4] == f"| {TASKS[2].label} | 10.0 | 14.0 | 1.40 | 1.4 | met |"
    assert lines[5].endswith("| 1.60 | 1.6 | missed (≤ 1.5) |")
    assert report.missed([1_000, 100_000], {1_000: small, 100_000: large}) == [TASKS[3].label]
