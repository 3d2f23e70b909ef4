"""A SQLite database copied while people work, and laid down again.

VACUUM INTO reads one snapshot of a WAL database without stopping writers and carries no deleted pages along; a `cp` of
the live file gives a file without tables (trust §3).
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rules.words import RuleBroken
from services.backup_archive import sync_folder

COPY = "database.sqlite3"


def database_file(engine: sa.Engine) -> Path:
    """Where the database file is. Raises RuleBroken for one that lives in memory only."""
    if not engine.url.database or engine.url.database == ":memory:":
        raise RuleBroken("内存数据库不能备份，也不能恢复。", "file")
    return Path(engine.url.database)


def copy_out(engine: sa.Engine, folder: Path) -> dict[str, Any]:
    """Write a consistent copy into `folder`, check it through and return its facts (see `facts_of`)."""
    with closing(sqlite3.connect(database_file(engine), timeout=30)) as live:
        live.execute("VACUUM INTO ?", (str(folder / COPY),))
    return facts_of(folder / COPY)


def facts_of(file: Path) -> dict[str, Any]:
    """{"revision", "rows": {table: n}, "audit_head", "files": {stored name: sha256}} of a whole database file.

    Raises RuleBroken when SQLite finds a broken page or a reference into nothing.
    """
    with closing(sqlite3.connect(file)) as copy:
        whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not whole or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise RuleBroken("数据库完整性检查未通过；请联系系统管理员。", "file")
        tables = [row[1] for row in copy.execute("PRAGMA table_list") if row[2] == "table" and row[1][:7] != "sqlite_"]
        head = copy.execute("SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()
        return {
            "revision": copy.execute("SELECT version_num FROM alembic_version").fetchone()[0],
            "rows": {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(tables)},  # noqa: S608
            "audit_head": head[0] if head else "",
            "files": dict(copy.execute("SELECT stored_name, sha256 FROM attachment").fetchall()),
        }


def copy_in(engine: sa.Engine, folder: Path, facts: dict[str, Any]) -> None:
    """Put the copy in `folder` where the engine's database belongs. Raises RuleBroken when it differs from `facts`."""
    found = facts_of(folder / COPY)
    if found != {key: facts[key] for key in found}:
        raise RuleBroken("备份中的行数与清单不一致，没有恢复；请换用另一份备份。", "file")
    target = database_file(engine)
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    (folder / COPY).replace(target)
    sync_folder(target.parent)
