"""The hash chain under the trail: h_n = HMAC(key, h_(n-1) ∥ row), its head under a seal, appends one after another (C13)."""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models import AuditEntry, AuditHead
from rules.words import RuleBroken
from services.keys import Keys

ENTRY, HEAD = AuditEntry.__table__, AuditHead.__table__
BROKEN = "审计记录的末端已被改动，为保留证据暂停写入；请系统管理员运行 flask audit verify 查明。"
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
FIELDS = (
    "id", "at", "user_id", "username", "address", "action", "table_name", "row_id", "petition_id", "details", "result",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing to write down; `at` aware UTC, `details` JSON with text keys."""

    at: datetime
    user_id: int | None
    username: str
    address: str
    action: str
    table_name: str = ""
    row_id: int | None = None
    petition_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    result: str = "ok"


def lock(connection: sa.Connection) -> tuple[int, str, str] | None:
    """(entries, hash, seal) of the head, held until the transaction ends; None before the first entry."""
    found = connection.execute(sa.select(HEAD.c.entries, HEAD.c.hash, HEAD.c.seal).with_for_update()).first()
    return (found.entries, found.hash, found.seal) if found else None


def append(connection: sa.Connection, keys: Keys, entries: Iterable[Entry]) -> None:
    """Write the entries behind the head. Raises RuleBroken when the head was tampered with: evidence is not overwritten."""
    count, last, known = lock(connection) or _first(connection, keys)
    if not hmac.compare_digest(known, seal(keys, count, last)):
        raise RuleBroken(BROKEN)
    rows = list(_chained(keys, count, last, entries))
    count, last = rows[-1]["id"], rows[-1]["hash"]
    connection.execute(sa.insert(ENTRY), rows)
    connection.execute(sa.update(HEAD).values(entries=count, hash=last, seal=seal(keys, count, last)))


def _first(connection: sa.Connection, keys: Keys) -> tuple[int, str, str]:
    if connection.execute(sa.select(ENTRY.c.id).limit(1)).first():
        raise RuleBroken(BROKEN)
    insert = sa.text("INSERT INTO audit_head (id, entries, hash, seal) VALUES (1, 0, '', :seal) ON CONFLICT DO NOTHING")
    connection.execute(insert, {"seal": seal(keys, 0, "")})
    return lock(connection) or (0, "", "")


def _chained(keys: Keys, count: int, last: str, entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(entries, count + 1):
        row = {"id": number, **vars(entry)}
        row |= {"prev_hash": last, "hash": link(keys, last, row)}
        last = row["hash"]
        yield row


def link(keys: Keys, previous: str, row: Any) -> str:
    """The hash of a row (a mapping with FIELDS) behind the previous hash, 64 hex digits."""
    values = [row[name] for name in FIELDS]
    values[1] = values[1].isoformat()
    text = previous + CANONICAL.encode(values)
    return hmac.digest(keys.audit, text.encode(), "sha256").hex()


def seal(keys: Keys, count: int, last: str) -> str:
    """The keyed seal over the head."""
    return hmac.digest(keys.audit, f"head {count} {last}".encode(), "sha256").hex()


def verify(connection: sa.Connection, keys: Keys) -> dict[str, Any]:
    """Walk the whole chain in constant memory.

    Returns {"ok", "rows": entries read in order, "head": last good hash, "first_bad": number of the first entry that is
    changed, missing, moved or not ours, or None}. An untouched trail may grow meanwhile.
    """
    top = connection.execute(sa.select(sa.func.max(ENTRY.c.id))).scalar() or 0
    head = connection.execute(sa.select(HEAD.c.entries, HEAD.c.hash, HEAD.c.seal)).first()
    count, last, known = (head.entries, head.hash, head.seal) if head else (0, "", seal(keys, 0, ""))
    rows, reached, bad = _walk(connection, keys, count)
    if bad is None and (rows < count or top > count):
        bad = rows + 1
    if bad is None and not (reached == last and hmac.compare_digest(known, seal(keys, count, last))):
        bad = max(rows, 1)
    return {"ok": bad is None, "rows": rows, "head": reached, "first_bad": bad}


def _walk(connection: sa.Connection, keys: Keys, count: int) -> tuple[int, str, int | None]:
    rows, last = 0, ""
    columns = [ENTRY.c[name] for name in (*FIELDS, "prev_hash", "hash")]
    statement = sa.select(*columns).where(ENTRY.c.id <= count).order_by(ENTRY.c.id)
    with connection.execute(statement.execution_options(yield_per=1000)) as found:
        for row in found.mappings():
            if row["id"] != rows + 1 or row["prev_hash"] != last or row["hash"] != link(keys, last, row):
                return rows, last, rows + 1
            rows, last = rows + 1, row["hash"]
    return rows, last, None
