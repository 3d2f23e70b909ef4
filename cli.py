"""The office's commands: each a few lines that call a service and commit (design §6).

`--json` prints one JSON document on stdout; messages go to stderr; exit 0 ok, 1 the office says no, 2 wrong use.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from models import User, db, engine
from rules.access import Actor, system
from rules.words import Role, RuleBroken
from services import gate_actors


class Day(click.ParamType):
    """An ISO date."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是日期，应为 2026-11-21 的样子。", param, ctx)


DAY = Day()


def acting(username: str | None) -> Actor:
    """The actor of a command: the named account through the gate, or `system`."""
    today, now = current_app.extensions["desk_clock"]()
    if username is None:
        return system(today, now)
    user = db.session.query(User).filter_by(username=username, is_active=True).one_or_none()
    if user is None:
        raise RuleBroken(f"没有启用的账号“{username}”。", "as")
    actor = gate_actors.actor_of(db.session(), user, today, now, "command")
    db.session().info["actor"] = actor
    return actor


@contextmanager
def office_says(as_json: bool) -> Iterator[None]:
    """Turn a refusal into exit 1 with its sentence, and leave nothing half done."""
    try:
        yield
    except RuleBroken as no:
        db.session.rollback()
        if as_json:
            click.echo(
                json.dumps({"error": {"message": no.message, "field": no.field, "row": no.row}}, ensure_ascii=False)
            )
        click.echo(no.message, err=True)
        sys.exit(1)


def answer(value: Any, as_json: bool, said: str = "") -> None:
    """The result: one JSON document, or a sentence."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, default=str))
    else:
        click.echo(said or json.dumps(value, ensure_ascii=False, default=str, indent=2))


def command(group: Any, name: str, *, acts: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Declare a command with --json and, when it acts for the office, --as. It returns the value to print, or None."""

    def wrap(run: Callable[..., Any]) -> Any:
        @wraps(run)
        def wrapped(as_json: bool, as_user: str | None = None, **options: Any) -> None:
            token = engine.is_writing.set(True)
            with office_says(as_json):
                if acts:
                    options["actor"] = acting(as_user)
                value = run(**options)
                db.session.commit()
            engine.is_writing.reset(token)
            if value is not None:
                answer(value, as_json)

        wrapped = click.option("--json", "as_json", is_flag=True, help="只在标准输出印一份 JSON。")(wrapped)
        if acts:
            wrapped = click.option("--as", "as_user", metavar="USER", help="以这个账号的权限执行。")(wrapped)
        return group.command(name)(with_appcontext(wrapped))

    return wrap


office = click.Group("office")
user_group = AppGroup("user", help="账号。")
calendar_group = AppGroup("calendar", help="工作日历。")
roster_group = AppGroup("roster", help="接访日程。")
audit_group = AppGroup("audit", help="审计。")
closing_group = AppGroup("closing", help="结案卷。")
jobs_group = AppGroup("jobs", help="定时任务。")
import_group = AppGroup("import", help="从 Excel 导入。")


@command(office, "init")
def init() -> Any:
    """Create or migrate the database; ship calendar, terms and lists."""
    from flask_migrate import upgrade

    from services import keys, office_setup

    path = current_app.config["DESK_KEY_FILE"]
    if not path.exists():
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
@click.option("--port", envvar="PORT", default=5000, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option(
    "--mail-merge/--no-mail-merge", default=True, show_default=True, help="A process beside it for mail merges."
)
@with_appcontext
def serve(host: str, port: int, workers: int, mail_merge: bool) -> None:
    """The production WSGI server."""
    from server import run

    run(host, port, workers, current_app.config["DESK_DATA"], mail_merge)


@command(calendar_group, "show")
@click.argument("year", type=click.IntRange(1902, 2099))
def calendar_show(year: int) -> Any:
    """Every day of a year with kind, note and whether it is provisional."""
    from rules.calendar_days import days_of_year
    from services import calendars

    found = calendars.load(db.session())
    return {day.isoformat(): found.info(day).as_json() for day in days_of_year(year)}


@command(calendar_group, "import", acts=True)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def calendar_import(file: Path, actor: Actor) -> Any:
    """Take in a year: JSON of date → {kind, note}, the notice's text, xlsx or csv; what moved is listed."""
    from services import calendar_tables

    return calendar_tables.import_file(db.session(), actor, file)


@command(office, "due")
@click.option("--start", required=True, type=DAY)
@click.option("--days", required=True, type=int)
@click.option("--unit", type=click.Choice(["natural", "working"]), default="natural", show_default=True)
@click.option("--no-roll", is_flag=True)
def due(start: date, days: int, unit: str, no_roll: bool) -> Any:
    """A due date with its derivation."""
    from rules import deadlines
    from services import calendars

    return deadlines.compute(start, days, unit, calendars.load(db.session()), roll=not no_roll).as_json()


@command(roster_group, "plan")
@click.option("--rule", required=True)
@click.option(
    "--on-holiday", type=click.Choice(["skip", "next", "previous", "keep"]), default="next", show_default=True
)
@click.option("--from", "start", required=True, type=DAY)
@click.option("--to", "end", required=True, type=DAY)
@click.option("--leaders", default="")
def roster_plan(rule: str, on_holiday: str, start: date, end: date, leaders: str) -> Any:
    """The days of a rule with the leaders in turn; nothing is stored."""
    from services import reception_rules

    names = [name.strip() for name in leaders.split(",") if name.strip()]
    return reception_rules.plan(db.session(), rule, on_holiday, start, end, names)


@command(office, "export", acts=True)
@click.argument("name", required=False)
@click.option("--out", type=click.Path(path_type=Path))
@click.option("--from", "start", type=DAY)
@click.option("--to", "end", type=DAY)
@click.option("--reason", default="")
@click.option("--list", "lists", is_flag=True)
def export(
    name: str | None, out: Path | None, start: date | None, end: date | None, reason: str, lists: bool, actor: Actor
) -> Any:
    """Write a table as xlsx; --list names them."""
    from services import exports

    if lists:
        return exports.names()
    if not name or not out:
        raise click.UsageError("NAME 和 --out 都要写。")
    return exports.to_file(db.session(), actor, name, out, start=start, end=end, reason=reason)


@command(office, "figures", acts=True)
@click.argument("name", required=False)
@click.option("--from", "start", type=DAY)
@click.option("--to", "end", type=DAY)
def figures(name: str | None, start: date | None, end: date | None, actor: Actor) -> Any:
    """Figures of a period with numerator and denominator."""
    from services import figures as service

    first = start or actor.today.replace(month=1, day=1)
    return service.compute(db.session(), actor, name, first, end or actor.today)


@command(jobs_group, "run")
def jobs_run() -> Any:
    """One pass of everything due: the night's check, mail merges left undone, reminders and digests by mail."""
    import jobs

    clock = current_app.extensions["desk_clock"]
    session, smtp_url = db.session(), current_app.config["DESK_SMTP_URL"]
    letters = jobs.merge(session, clock)
    dossiers = jobs.pack_dossiers(session, clock, Path(current_app.config["DESK_DATA"]))
    today, now = clock()
    base = current_app.config["DESK_PUBLIC_URL"]
    address = f"{base.rstrip('/')}/admin/" if base else ""
    return {
        "check": jobs.check_at_night(session, today, now),
        "screening": jobs.ask_screening(session, today, now),
        "mail_merge": letters,
        "dossiers": dossiers,
        "reminders": jobs.remind(session, today, smtp_url, address).as_json(),
        "digests": jobs.send_digests(session, today, now, smtp_url, address).as_json(),
    }


@jobs_group.command("work", hidden=True)
@click.argument("parent", type=int)
@with_appcontext
def jobs_work(parent: int) -> None:
    """The worker beside the server: looks for mail merges until its parent is gone."""
    import jobs

    jobs.work(db.session(), current_app.extensions["desk_clock"], parent, Path(current_app.config["DESK_DATA"]))


@command(closing_group, "verify", acts=True)
@click.argument("number", required=False)
def closing_verify(actor: Actor, number: str | None) -> Any:
    """Examine the signatures of one case's closing file, or of all; exit 1 when one no longer stands (H2)."""
    from services import signature_check

    found = signature_check.verify_all(db.session(), actor, number)
    if not found["ok"]:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        sys.exit(1)
    return found


@command(audit_group, "verify")
def audit_verify() -> Any:
    """Walk the chain: {"ok", "rows", "head", "first_bad"}; a broken chain exits 1."""
    from services import audit

    found = audit.verify(db.session())
    if not found["ok"]:
        click.echo(json.dumps(found, default=str))
        sys.exit(1)
    return found


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
        raise RuleBroken("没有密钥文件；请先运行 flask init，恢复时请把原来的密钥文件放回。", "DESK_KEY_FILE")
    return found


def _import_command(kind: str) -> None:
    @command(import_group, kind, acts=True)
    @click.argument("file", type=click.Path(exists=True, path_type=Path))
    @click.option("--dry-run", is_flag=True)
    @click.option("--map", "map_file", type=click.Path(exists=True, path_type=Path))
    @click.option("--carried-over", is_flag=True)
    def run(file: Path, dry_run: bool, map_file: Path | None, carried_over: bool, actor: Actor) -> Any:
        """Take a table in: all rows or none."""
        from services import imports

        mapping = json.loads(map_file.read_text("utf-8")) if map_file else None
        found = imports.import_file(
            db.session(), actor, kind, file, mapping=mapping, dry_run=dry_run, carried_over=carried_over
        )
        if found["errors"]:
            db.session.rollback()
            click.echo(json.dumps(found, ensure_ascii=False, default=str))
            sys.exit(1)
        return found


for _kind in ("contacts", "leaders", "units", "categories", "campaign-cases"):
    _import_command(_kind)


def init_commands(app: Flask) -> None:
    """Hang the commands on `flask`."""
    for found in office.commands.values():
        app.cli.add_command(found)
    for group in (user_group, calendar_group, roster_group, audit_group, closing_group, import_group, jobs_group):
        app.cli.add_command(group)
