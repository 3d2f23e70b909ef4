"""Back the office up while it works, and restore it into an empty place (C16, J3).

One file holds the database as of one moment, the attachments and a manifest with row counts, checksums and the head of
the audit chain. The key file (DESK_KEY_FILE) is **not** inside: whoever finds a backup must not find the key to its
protected fields and audit seals in it. The manifest carries a fingerprint of the key, and a restore with another key is
refused; so the key file is kept apart from the backups, on paper or on another disk.
"""

import hashlib
import hmac
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from models.base import db
from rules.words import RuleBroken
from services import audit_chain, backup_archive, backup_postgres, backup_sqlite
from services.keys import Keys

FORMAT = 1
ATTACHMENTS = "attachments"


@dataclass(frozen=True)
class Backup:
    """What a backup file holds. `made_at`: ISO 8601 UTC; `rows`: table → count; `broken`: attachments that were
    already missing or changed on disk when it was made; `audit_ok`: after a restore with keys, whether the trail is whole."""

    file: Path
    made_at: str
    dialect: str
    revision: str
    rows: dict[str, int]
    attachments: int
    broken: list[str]
    audit_head: str
    audit_ok: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """What `flask backup` and `flask restore` print."""
        return asdict(self) | {"file": str(self.file)}


def backup(engine: sa.Engine, attachments: Path, target: Path, *, now: datetime, keys: Keys | None) -> Backup:
    """Write a verified backup of the running office to `target`.

    `attachments`: the folder of stored files; `now`: aware UTC; `keys`: the office's, for their fingerprint.
    The database is read before the files: a file is on disk before its row is, so every row's file is inside.
    Raises RuleBroken when `target` exists or the database is not whole.
    """
    with tempfile.TemporaryDirectory(dir=_ready(target.parent)) as work:
        folder = Path(work)
        facts = _kind(engine).copy_out(engine, folder)
        members = _files(folder, "") | _files(attachments, f"{ATTACHMENTS}/")
        facts |= {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "dialect": engine.dialect.name,
            "key": fingerprint(keys),
        }
        facts["broken"] = _broken(facts["files"], attachments)
        backup_archive.pack(target, members, facts)
    return verify(target)


def verify(file: Path) -> Backup:
    """Read a backup through against its checksums. Raises RuleBroken when a single byte differs."""
    return _described(file, backup_archive.check(file))


def restore(
    engine: sa.Engine, attachments: Path, file: Path, *, migrate: Callable[[str], None], keys: Keys | None
) -> Backup:
    """Lay a backup down in an empty database and an empty folder, checked through before anything is put in place.

    `migrate(revision)` brings an empty PostgreSQL database to that revision; SQLite brings its schema along.
    Raises RuleBroken when the file is damaged, the place is not empty, the key is another or the database is of another
    kind. A broken audit trail does not stop a restore, the office needs its letters back: it is told in `audit_ok`.
    """
    _refuse_unless_empty(engine, attachments)
    with tempfile.TemporaryDirectory(dir=_ready(attachments.parent)) as work:
        folder = Path(work)
        facts = backup_archive.unpack(file, folder)
        _refuse_stranger(facts, engine, keys)
        if engine.dialect.name == "postgresql":
            migrate(facts["revision"])
        (folder / ATTACHMENTS).mkdir(exist_ok=True)
        if attachments.exists():
            attachments.rmdir()
        (folder / ATTACHMENTS).replace(attachments)
        backup_archive.sync_folder(attachments.parent)
        try:
            _kind(engine).copy_in(engine, folder, facts)
        except Exception:
            shutil.rmtree(attachments)
            raise
    return replace(_described(file, facts), audit_ok=_audit_is_whole(engine, keys, facts["audit_head"]))


def fingerprint(keys: Keys | None) -> str:
    """Tell key files apart without giving one away: 16 hex digits of a keyed hash, or "" without keys."""
    return hmac.new(keys.audit, b"petition desk: which key", hashlib.sha256).hexdigest()[:16] if keys else ""


def _audit_is_whole(engine: sa.Engine, keys: Keys | None, head: str) -> bool | None:
    if keys is None:
        return None
    with engine.connect() as connection:
        found = audit_chain.verify(connection, keys)
    return bool(found["ok"]) and found["head"] == head


def _kind(engine: sa.Engine) -> Any:
    return backup_sqlite if engine.dialect.name == "sqlite" else backup_postgres


def _ready(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _files(folder: Path, prefix: str) -> dict[str, Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {prefix + path.relative_to(folder).as_posix(): path for path in found}


def _broken(wanted: dict[str, str], attachments: Path) -> list[str]:
    stored = {path.name: path for path in _files(attachments, "").values()}
    return sorted(
        name for name, digest in wanted.items() if name not in stored or backup_archive.sha256(stored[name]) != digest
    )


def _described(file: Path, facts: dict[str, Any]) -> Backup:
    inside = sum(name.startswith(f"{ATTACHMENTS}/") for name in facts["members"])
    same = {name: facts[name] for name in ("made_at", "dialect", "revision", "rows", "broken", "audit_head")}
    return Backup(file=file, attachments=inside, **same)


def _refuse_unless_empty(engine: sa.Engine, attachments: Path) -> None:
    with engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
        ours = [table for table in db.metadata.sorted_tables if table.name in there]
        filled = any(connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)) for table in ours)
    if filled:
        raise RuleBroken("数据库不是空的，不能恢复到这里；请另设一个空数据库。", "file")
    if attachments.exists() and any(attachments.iterdir()):
        raise RuleBroken("附件目录不是空的，不能恢复到这里；请另设一个空目录。", "file")


def _refuse_stranger(facts: dict[str, Any], engine: sa.Engine, keys: Keys | None) -> None:
    if facts["format"] != FORMAT:
        raise RuleBroken("这份备份由较新的版本制作；请先升级本系统。", "file")
    if facts["dialect"] != engine.dialect.name:
        raise RuleBroken(
            f"备份来自 {facts['dialect']}，当前数据库是 {engine.dialect.name}；请改用同一种数据库。", "file"
        )
    if facts["key"] and facts["key"] != fingerprint(keys):
        raise RuleBroken("密钥文件与备份不符；请先放回制作备份时的密钥文件（DESK_KEY_FILE）。", "file")
