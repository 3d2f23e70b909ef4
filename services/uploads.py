"""Uploaded tables between the steps of an import: random names in a folder of their own, gone after a day (C11, C12).

Beside a table stands how far its import is and whether it shall stop: while rows are written nobody can write that in the database.
"""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from models.base import utcnow
from rules.access import Actor
from services import gate
from services.attachments import clean_name
from services.workbook_cells import MAX_BYTES

KEPT_SECONDS = 24 * 60 * 60
GONE = "上传的文件已过期，请重新上传。"
_TOKEN = re.compile(r"[0-9a-f]{40}")


@dataclass
class Upload:
    """One uploaded table and what is known of it. `samples`: first cells of each column; `report`: the import's outcome.

    `phase`, `done`: what a large import is at, and how many rows are written.
    """

    token: str
    user_id: int | None
    kind: str
    name: str
    header: list[str] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)
    rows: int = 0
    report: dict[str, Any] | None = None
    phase: str = ""
    done: int = 0


def keep(folder: Path, actor: Actor, kind: str, name: str, stream: BinaryIO) -> Upload:
    """Store an upload for this actor alone and sweep old ones. At most one byte more than allowed is kept: readers refuse it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder)
    upload = Upload(secrets.token_hex(20), actor.user_id, kind, clean_name(name))
    with _private(file_of(folder, upload)) as out:
        left = MAX_BYTES + 1
        while left and (piece := stream.read(min(left, 65_536))):
            out.write(piece)
            left -= len(piece)
    save(folder, upload)
    return upload


def save(folder: Path, upload: Upload) -> None:
    """Write down what is known of the upload."""
    made = folder / f"{upload.token}.new"
    with _private(made) as out:
        out.write(json.dumps(asdict(upload), ensure_ascii=False).encode())
    made.replace(folder / f"{upload.token}.json")


def find(folder: Path, actor: Actor, kind: str, token: str) -> Upload:
    """The actor's own upload. Raises NotHere for anybody else's, an old one, or none."""
    if not _TOKEN.fullmatch(token):
        raise gate.NotHere(GONE)
    upload = load(folder, token)
    if (upload.user_id, upload.kind) != (actor.user_id, kind):
        raise gate.NotHere(GONE)
    return upload


def load(folder: Path, token: str) -> Upload:
    """An upload by its token, for the worker. Raises NotHere for an old one, or none."""
    path = folder / f"{token}.json"
    if not path.is_file() or _is_old(path):
        raise gate.NotHere(GONE)
    return Upload(**json.loads(path.read_text(encoding="utf-8")))


def advance(folder: Path, upload: Upload, phase: str, done: int = 0) -> None:
    """Write down how far a large import is."""
    upload.phase, upload.done = phase, done
    save(folder, upload)


def ask_stop(folder: Path, upload: Upload) -> None:
    """Ask the worker to stop; it looks between rows, up to the commit."""
    _stop(folder, upload).touch(mode=0o600)


def is_stopped(folder: Path, upload: Upload) -> bool:
    """Was it asked to stop?"""
    return _stop(folder, upload).exists()


def go_on(folder: Path, upload: Upload) -> None:
    """Forget that it was asked to stop: the import is asked for anew."""
    _stop(folder, upload).unlink(missing_ok=True)


def _stop(folder: Path, upload: Upload) -> Path:
    return folder / f"{upload.token}.stop"


def file_of(folder: Path, upload: Upload) -> Path:
    """Where the bytes lie."""
    return folder / upload.token


def drop(folder: Path, upload: Upload) -> None:
    """Forget an upload that could not be read."""
    file_of(folder, upload).unlink(missing_ok=True)
    (folder / f"{upload.token}.json").unlink(missing_ok=True)


def close(folder: Path, upload: Upload, report: dict[str, Any]) -> None:
    """After the import: the table itself goes, its report stays for a day."""
    upload.report, upload.samples = report, []
    save(folder, upload)
    go_on(folder, upload)
    file_of(folder, upload).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove everything older than a day."""
    for path in folder.iterdir():
        if _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    try:
        return utcnow().timestamp() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return True


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
