"""The house itself: making it, its accounts, serving it, backing it up."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from cli import ready
from cli.declaring import acting, command, office, office_says
from models import db
from rules.words import Role, RuleBroken

user_group = AppGroup("user", help="账号。")


@command(office, "init")
def init() -> Any:
    """Create or migrate the database; ship calendar, terms and lists."""
    from flask_migrate import upgrade

    from services import keys, office_setup

    ready.check_not_newer()
    ready.check_no_demonstration()
    path = current_app.config["DESK_KEY_FILE"]
    if not path.exists():
        ready.check_new_key(path)
        keys.create(path)
    current_app.extensions["desk_keys"] = db.session().info["keys"] = keys.load(path)
    upgrade()
    office_setup.fill(db.session(), acting(None))
    return {"ok": True, "database": db.engine.dialect.name}


@command(user_group, "create")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit")
@click.option("--leader")
@click.option("--password-stdin", is_flag=True, required=True)
def user_create(name: str, role: str, unit: str | None, leader: str | None, password_stdin: bool) -> Any:
    """Make an account; its password comes on stdin and must be changed at the first log-in."""
    from services import accounts, office_setup

    found = accounts.create_user(
        db.session(),
        acting(None),
        username=name,
        name=name,
        role=Role(role),
        unit=office_setup.named_unit(db.session(), unit),
        leader=office_setup.named_leader(db.session(), leader),
        password=sys.stdin.readline().rstrip("\n"),
    )
    return {"username": found.username, "role": found.role.value}


@command(office, "demo")
@click.option("--accounts", "accounts_file", type=click.Path(path_type=Path))
@click.option("--petitions", default=200, show_default=True)
@click.option("--seed", default=1, show_default=True)
def demo(accounts_file: Path | None, petitions: int, seed: int) -> Any:
    """Load the demonstration office once; the accounts file gets the passwords."""
    from services import demo as demonstration

    if ready.is_production():
        raise RuleBroken(ready.NO_DEMO)
    base = public_base()
    files = [current_app.config["DESK_DATA"] / "demo-accounts.json"] + ([accounts_file] if accounts_file else [])
    return demonstration.load(db.session(), acting(None), files, base, petitions=petitions, seed=seed)


def public_base() -> str:
    """The address people open: DESK_PUBLIC_URL, else http://HOST:PORT."""
    import os

    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "5000")
    return current_app.config["DESK_PUBLIC_URL"] or f"http://{host}:{port}"


@office.command("serve")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1))
@click.option(
    "--mail-merge/--no-mail-merge", default=True, show_default=True, help="A process beside it for mail merges."
)
@with_appcontext
def serve(host: str, port: int, workers: int, mail_merge: bool) -> None:
    """The production WSGI server."""
    from server import run

    with office_says(as_json=False):
        ready.check_schema()
        ready.check_no_demonstration()
        ready.check_port(host, port)
        db.engine.dispose()  # the workers open their own
    run(host, port, workers, current_app.config["DESK_DATA"], mail_merge)


@command(office, "backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> Any:
    """Back the running office up into one file."""
    from services import backup as service

    _today, now = current_app.extensions["desk_clock"]()
    made = service.backup(db.engine, attachments_folder(), file, now=now, keys=office_keys())
    if made.broken:
        click.echo(f"有 {len(made.broken)} 个附件在磁盘上缺失或已变动，清单见 broken。", err=True)
    return made.as_json()


@command(office, "restore")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def restore(file: Path) -> Any:
    """Restore a backup into an empty place and verify it."""
    from flask_migrate import upgrade

    from services import backup as service

    restored = service.restore(
        db.engine, attachments_folder(), file, migrate=lambda to: upgrade(revision=to), keys=office_keys()
    )
    if not restored.audit_ok:
        click.echo("数据已恢复，但审计记录在备份之前已被改动；请运行 flask audit verify 查明。", err=True)
    return restored.as_json()


def attachments_folder() -> Path:
    """Where files taken in lie."""
    return Path(current_app.config["DESK_DATA"]) / "attachments"


def office_keys() -> Any:
    """The office's keys; a backup restores only where its own key file lies (services.backup)."""
    found = current_app.extensions["desk_keys"]
    if found is None:
        path = current_app.config["DESK_KEY_FILE"]
        raise RuleBroken(
            f"没有密钥文件 {path}。恢复备份：先把原来的 keys.json 放到这里（或用 DESK_KEY_FILE 指向它），不要先运行 init；"
            "新开办的单位：先运行 flask --app app init。",
            "DESK_KEY_FILE",
        )
    return found
