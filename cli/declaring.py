"""How a command is declared: --json, --as, the refusal that exits 1, the commit at its end."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any, NoReturn

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from models import User, db, engine
from rules.access import Actor, system
from rules.words import RuleBroken
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
        _refuse(no, as_json)
    except sa.exc.OperationalError as error:
        db.session.rollback()
        _refuse(RuleBroken(_database_words(error)), as_json)
    except PermissionError as error:
        db.session.rollback()
        _refuse(RuleBroken(f"没有权限读写 {error.filename}；请换一个文件夹，或请管理这台机器的人给予权限。"), as_json)


def _refuse(no: RuleBroken, as_json: bool) -> NoReturn:
    if as_json:
        said = {"message": no.message, "field": no.field, "row": no.row}
        click.echo(json.dumps({"error": said}, ensure_ascii=False))
    click.echo(no.message, err=True)
    sys.exit(1)


def _database_words(error: sa.exc.OperationalError) -> str:
    reason = str(error.orig).strip().splitlines()[0]
    if engine.is_busy(error):
        return "数据库正忙：另一个命令或程序正占着它，什么都没有改；请稍后再试。"
    return (
        f"数据库用不了：{reason}。请核对 DESK_DATABASE_URL 和 DESK_DATA，以及文件夹和磁盘；还没有建库的，先运行 init。"
    )


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
            try:
                with office_says(as_json):
                    if acts:
                        options["actor"] = acting(as_user)
                    value = run(**options)
                    db.session.commit()
            finally:
                engine.is_writing.reset(token)
            if value is not None:
                answer(value, as_json)

        wrapped = click.option("--json", "as_json", is_flag=True, help="只在标准输出印一份 JSON。")(wrapped)
        if acts:
            wrapped = click.option("--as", "as_user", metavar="USER", help="以这个账号的权限执行。")(wrapped)
        return group.command(name)(with_appcontext(wrapped))

    return wrap


office = click.Group("office")
