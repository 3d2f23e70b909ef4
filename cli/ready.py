"""Whether this office can be served from here: its schema, its data, the port. Each refusal says what to do."""

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from models import User, db
from rules.words import RuleBroken

DEMO_HERE = (
    "这里装的是演示数据，演示账号的密码写在文件里，不能用作正式环境；请用 DESK_DATA 指向另一个空文件夹，再运行 init。"
)
NO_DEMO = "正式环境（DESK_ENV=production）不装演示数据；要看演示，请去掉 DESK_ENV，并用 DESK_DATA 指向另一个文件夹。"


def check_schema() -> None:
    """Raises RuleBroken unless the database is of the revision this program ships."""
    found, script = _found(), _script()
    if found == script.get_current_head():
        return
    if found is None:
        raise RuleBroken("数据库还没有建好，请先运行 flask --app app init。")
    check_not_newer()
    raise RuleBroken("数据库还是旧版本的；请先用 flask backup 备份，再运行 flask --app app init 升级。")


def check_not_newer() -> None:
    """Raises RuleBroken for a database that a newer program made."""
    found, script = _found(), _script()
    if found is not None and found not in {one.revision for one in script.walk_revisions()}:
        raise RuleBroken(
            f"数据库是更新版本的程序建的（{found}），这里的程序只认到 {script.get_current_head()}；请换用那个版本的程序。"
        )


def check_new_key(path: Path) -> None:
    """Raises RuleBroken where an office is already: with another key its trail could no longer be proved."""
    if _found() is not None:
        raise RuleBroken(
            f"数据库里已有数据，但密钥文件 {path} 不在；请把原来的 keys.json 放回（或用 DESK_KEY_FILE 指向它）。"
            "另造密钥会使审计记录无法核实、证件号码无法查找。"
        )


def check_no_demonstration() -> None:
    """Raises RuleBroken in production where the demonstration accounts are."""
    if is_production() and _found() is not None:
        with db.engine.connect() as connection:  # not the session: it would hold the lock that the migration needs
            if connection.scalar(sa.select(User.id).where(User.is_demo).limit(1)):
                raise RuleBroken(DEMO_HERE)


def is_production() -> bool:
    """Is this the real office, by DESK_ENV?"""
    return bool(current_app.config["DESK_ENV"] == "production")


def check_port(host: str, port: int) -> None:
    """Raises RuleBroken where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if sys.platform.startswith("linux"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server: a port just left is free
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RuleBroken(_why_not(host, port, error)) from None


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用：可能已经启动过了。请先停掉原来的，或换一个端口，如 PORT={port + 1}。"
    if error.errno == errno.EACCES:
        return f"端口 {port} 需要系统管理员权限；请换一个 1024 以上的端口，如 PORT=5000。"
    return f"不能在 {host}:{port} 上提供服务：{os.strerror(error.errno or 0)}；请核对 HOST 和 PORT。"


def _found() -> Any:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
