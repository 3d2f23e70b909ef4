"""C16, issue 2 item 1: `flask backup` and `flask restore` as the office runs them, schema by the real migrations."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import models as m
from tests.fixtures.databases import blank, make_app, run, session_on
from tests.fixtures.office import Office


@pytest.mark.db
def test_an_office_moves_to_another_machine(app: Flask, office: Office, desk_url: str, tmp_path: Path) -> None:
    paper = b"%PDF-1.4 the petitioner's paper"
    folder = app.config["DESK_DATA"] / "attachments" / "5f"
    folder.mkdir(parents=True)
    (folder / "5f00.pdf").write_bytes(paper)
    office.session.add(m.Unit(name="新设的单位"))
    office.session.commit()

    made = json.loads(run(app, "backup", str(tmp_path / "office.tar"), "--json"))
    assert made["rows"]["unit"] == 6
    assert made["attachments"] == 1

    url = blank("sqlite" if desk_url.startswith("sqlite") else "postgres", "moved", tmp_path)
    moved = make_app(url, tmp_path / "moved")
    restored = json.loads(run(moved, "restore", str(tmp_path / "office.tar"), "--json"))
    assert restored["audit_ok"] is True
    assert restored["rows"] == made["rows"]
    assert (tmp_path / "moved" / "attachments" / "5f" / "5f00.pdf").read_bytes() == paper
    assert json.loads(run(moved, "audit", "verify", "--json"))["ok"] is True
    with session_on(url) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(m.Unit)) == 6
        session.add(m.Unit(name="恢复之后新设的单位"))
        session.commit()

    again = moved.test_cli_runner().invoke(args=["restore", str(tmp_path / "office.tar"), "--json"])
    assert again.exit_code == 1
    assert "不是空的" in json.loads(again.stdout)["error"]["message"]
