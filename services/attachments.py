"""Files of a matter: checked by content, kept under random names outside the web root (C12)."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services.backup_archive import sync_folder

MAX_BYTES = 20 * 1024 * 1024
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".doc": ("application/msword", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    ".xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)),
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    ".mp4": ("video/mp4", (b"\x00\x00\x00",)),
}
"""Suffix → media type and how the bytes must begin; everything else is refused."""


def allowed_suffixes() -> str:
    """For the `accept` attribute and the rule said before uploading."""
    return ",".join(KINDS)


def add_all(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    files: Iterable[tuple[str, BinaryIO]],
    folder: Path,
    purpose: str,
) -> int:
    """Take several files (name, stream) in, all or none; how many. Raises RuleBroken naming the one that cannot be taken."""
    read = [(name, stream.read(MAX_BYTES + 1)) for name, stream in files]
    for name, data in read:
        check(clean_name(name), data)
    for name, data in read:
        add(session, actor, petition, name, BytesIO(data), folder, purpose)
    return len(read)


def add(
    session: Session, actor: Actor, petition: m.Petition, name: str, stream: BinaryIO, folder: Path, purpose: str = ""
) -> m.Attachment:
    """Take a file in. Raises RuleBroken naming the file: empty, too large, wrong kind, or content unlike its name."""
    shown = clean_name(name)
    data = stream.read(MAX_BYTES + 1)
    media_type = check(shown, data)
    stored = f"{secrets.token_hex(16)}{Path(shown).suffix.lower()}"
    _keep(folder / stored[:2], stored, data)
    attachment = m.Attachment(
        petition=petition,
        name=shown,
        stored_name=stored,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        purpose=purpose,
        uploaded_by_id=actor.user_id,
    )
    session.add(attachment)
    session.flush()
    return attachment


def _keep(folder: Path, stored: str, data: bytes) -> None:
    """On the disk before the row that names it is (J3): the file, and the folders that lead to it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / stored).open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(folder)
    sync_folder(folder.parent)


def clean_name(name: str) -> str:
    """The name a person gave, without any path and without control characters; 200 characters at most."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in last if c.isprintable()).strip(". ")
    stem, dot, suffix = text.rpartition(".")
    return f"{stem[: 190 - len(suffix)]}{dot}{suffix}" if dot else text[:190]


def check(name: str, data: bytes) -> str:
    """The media type, or RuleBroken."""
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None:
        raise RuleBroken(f"附件“{name}”：这类文件不能上传，请换成 PDF、图片、Word 或 Excel。", "attachments")
    if not data:
        raise RuleBroken(f"附件“{name}”：文件是空的，请重新选择。", "attachments")
    if len(data) > MAX_BYTES:
        raise RuleBroken(f"附件“{name}”：超过 20 MB，请压缩或拆分后再传。", "attachments")
    if not data.startswith(kind[1]):
        raise RuleBroken(f"附件“{name}”：内容和扩展名不符，请用原来的程序另存后再传。", "attachments")
    return kind[0]


def path_of(attachment: m.Attachment, folder: Path) -> Path:
    """Where the bytes lie."""
    return folder / attachment.stored_name[:2] / attachment.stored_name


def is_intact(attachment: m.Attachment, folder: Path) -> bool:
    """True when the stored bytes still have the recorded hash."""
    path = path_of(attachment, folder)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == attachment.sha256
