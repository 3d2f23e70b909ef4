"""The commands on a real office's first day (issue 2 item 1, C18): what each refuses, in a sentence that says what to do."""

import socket
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import models as m
import server
from models import db, engine
from rules.words import Role
from services import keys
from tests.fixtures.databases import fresh_sqlite, make_app


@pytest.fixture
def empty(tmp_path: Path) -> Flask:
    """The program in an empty folder."""
    folder = tmp_path / "office"
    return make_app(f"sqlite:///{folder / 'desk.db'}", folder, DESK_KEY_FILE=folder / "keys.json")


@pytest.fixture
def new(empty: Flask) -> Flask:
    """An office just made by `flask init`."""
    fresh_sqlite("empty", database(empty))
    keys.create(empty.config["DESK_KEY_FILE"])
    return empty


def database(app: Flask) -> Path:
    return Path(app.config["DESK_DATA"]) / "desk.db"


def refused(app: Flask, *args: str) -> str:
    """The sentence of a refusal: exit 1, nothing on stdout, no traceback."""
    done = app.test_cli_runner().invoke(args=args)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert "Traceback" not in done.stderr
    return done.stderr


def edit(app: Flask, statement: str) -> None:
    with sqlite3.connect(database(app)) as connection:
        connection.execute(statement)


def test_an_office_is_read_by_its_own_account_alone(empty: Flask) -> None:
    database(empty).parent.chmod(0o755)  # a folder made beforehand
    with empty.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE letters (id INTEGER)")
    assert database(empty).stat().st_mode & 0o077 == 0


def test_serve_waits_for_init(empty: Flask) -> None:
    assert "请先运行 flask --app app init" in refused(empty, "serve")


def test_serve_waits_for_the_migration_of_old_data(new: Flask) -> None:
    edit(new, "UPDATE alembic_version SET version_num = '0001'")
    assert "请先用 flask backup 备份，再运行 flask --app app init 升级" in refused(new, "serve")


@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_newer_programs_data_are_left_alone(new: Flask, command: str) -> None:
    edit(new, "UPDATE alembic_version SET version_num = '0999'")
    assert "数据库是更新版本的程序建的（0999）" in refused(new, command)


def test_a_port_in_use_is_said_before_any_address(new: Flask) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"端口 {port} 已被占用" in refused(new, "serve", "--port", str(port))


def test_serve_serves_what_is_ready(new: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(server, "run", lambda *given: asked.append(given))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = new.test_cli_runner().invoke(args=["serve", "--port", str(port), "--no-mail-merge"])
    assert (done.exit_code, asked) == (0, [("127.0.0.1", port, 2, new.config["DESK_DATA"], False)])


@pytest.mark.parametrize("command", ["init", "serve"])
def test_demonstration_data_are_never_a_real_office(new: Flask, command: str) -> None:
    with new.app_context():
        clerk = {"username": "clerk", "name": "王敏", "role": Role.CLERK, "password_hash": "", "is_demo": True}
        db.session.execute(sa.insert(m.User).values(clerk).execution_options(audited=True))
        db.session.commit()
    new.config["DESK_ENV"] = "production"
    assert "这里装的是演示数据" in refused(new, command)


def test_init_runs_again_in_production(new: Flask) -> None:
    """The upgrade of a real office: the checks leave no lock behind that the migration would wait for."""
    new.config["DESK_ENV"] = "production"
    assert new.test_cli_runner().invoke(args=["init"]).exit_code == 0


def test_no_demonstration_in_production(new: Flask) -> None:
    new.config["DESK_ENV"] = "production"
    assert "正式环境" in refused(new, "demo")


def test_a_lost_key_file_is_not_replaced_behind_ones_back(new: Flask) -> None:
    new.config["DESK_KEY_FILE"].unlink()
    assert "请把原来的 keys.json 放回" in refused(new, "init")
    assert not new.config["DESK_KEY_FILE"].exists()


def test_restore_says_where_the_key_file_belongs(empty: Flask, tmp_path: Path) -> None:
    (tmp_path / "office.tar").write_bytes(b"")
    said = refused(empty, "restore", str(tmp_path / "office.tar"))
    assert str(empty.config["DESK_KEY_FILE"]) in said
    assert "不要先运行 init" in said


def test_a_database_that_is_not_there_is_a_sentence(empty: Flask) -> None:
    assert "还没有建库的，先运行 init" in refused(empty, "export", "unit", "--out", "x.xlsx", "--as", "clerk")


def test_a_busy_database_is_a_sentence(new: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", ("busy_timeout=0",))
    with sqlite3.connect(database(new), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "请稍后再试" in refused(new, "init")
