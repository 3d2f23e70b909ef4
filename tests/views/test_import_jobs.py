"""A large import on its pages (A4, C11), and what others meet while somebody writes for long (C15)."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import jobs
import models as m
from admin_views import hardening
from models import db
from models.base import utcnow
from services import import_jobs
from tests.fixtures.client import DeskClient
from tests.fixtures.office import NOW, TODAY, Office
from tests.samples.books import messages_xlsx
from tests.views.test_import_screen import chosen, uploaded

Clients = Callable[[str], DeskClient]


@pytest.fixture
def confirmed(client_for: Clients, monkeypatch: pytest.MonkeyPatch) -> tuple[DeskClient, str, str, dict[str, str]]:
    """A table large enough for the worker, confirmed: the clerk, the upload's address, the job's, what was chosen."""
    monkeypatch.setattr(import_jobs, "AT_ONCE", 3)
    clerk = client_for("clerk")
    place = uploaded(clerk, messages_xlsx())
    answers = chosen(clerk.get(place).text) | {"carried_over": "1"}
    assert "在后台导入" in clerk.get(f"{place}preview", query_string=answers).text
    done = clerk.post(f"{place}confirm", data=answers)
    assert done.status_code == 302
    return clerk, place, done.location, answers


def test_a_large_table_is_watched_to_its_report(
    confirmed: tuple[DeskClient, str, str, dict[str, str]], client_for: Clients, office: Office, app: Flask
) -> None:
    """Confirmed twice it is one job and one import; nobody else sees it, and it is no mail merge."""
    clerk, place, job, answers = confirmed
    assert "取消导入" in clerk.get(job).text
    assert job in clerk.get("/admin/import/").text
    assert clerk.get(f"{job}state").json == {"total": 4, "over": 0, "phase": "排队中", "ended": False, "is_idle": True}
    assert clerk.post(f"{place}confirm", data=answers).location == job
    number = job.rstrip("/").rpartition("/")[2]
    assert clerk.get(f"/admin/job/details/?id={number}").status_code == 404
    assert client_for("clerk2").get(job).status_code == 404
    data = Path(app.config["DESK_DATA"])
    assert jobs.take_over(office.session, lambda: (TODAY, NOW), data) == 1
    report = clerk.get(clerk.get(job).location).text
    assert "<strong>4</strong>" in report
    assert clerk.post(f"{place}confirm", data=answers).location == job
    assert jobs.take_over(office.session, lambda: (TODAY, NOW), data) == 0
    assert office.session.scalar(sa.select(sa.func.count(m.Contact.id)).execution_options(gated=True)) == 4


def test_cancelled_before_anybody_began_it_leads_back_to_the_preview(
    confirmed: tuple[DeskClient, str, str, dict[str, str]], office: Office, app: Flask
) -> None:
    clerk, place, job, _ = confirmed
    assert clerk.post(f"{job}cancel").status_code == 303
    page = clerk.get(job).text
    assert "已取消，没有导入任何一行。" in page
    assert f"{place}preview?" in page
    assert jobs.take_over(office.session, lambda: (TODAY, NOW), Path(app.config["DESK_DATA"])) == 0
    assert office.session.scalar(sa.select(sa.func.count(m.Contact.id)).execution_options(gated=True)) == 0


def test_a_page_is_shown_while_somebody_writes(client_for: Clients, app: Flask, office: Office) -> None:
    """C15: to note that somebody is there, no page waits for the write lock."""
    clerk = client_for("clerk")
    assert clerk.get("/admin/petition/").status_code == 200
    office.session.execute(sa.update(m.UserSession).values(seen_at=utcnow() - timedelta(minutes=5)))
    office.session.commit()
    with app.app_context():
        path = db.engine.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = utcnow()
    try:
        assert clerk.get("/admin/petition/").status_code == 200
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert utcnow() - began < timedelta(seconds=8)


@pytest.mark.parametrize(("why", "status"), [("database is locked", 503), ("disk I/O error", 500)])
def test_a_save_that_waited_in_vain_says_what_to_do(app: Flask, why: str, status: int) -> None:
    with app.test_request_context("/admin/petition/", method="POST"):
        error: Any = sa.exc.OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError(why))
        answer = hardening._busy(error)
    assert answer.status_code == status
    assert ("请过半分钟，返回上一页再保存一次。" in answer.get_data(as_text=True)) == (status == 503)
