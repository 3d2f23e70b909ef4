"""Files of a matter: checked by content, kept under random names outside the web root (C12)."""

import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services.backup_archive import sync_folder

MAX_BYTES = 20 * 1024 * 1024
"""Of one file."""
MAX_TOTAL = 60 * 1024 * 1024
"""Of the files of one upload together."""
MAX_MATTER = 500 * 1024 * 1024
"""Of all files of one matter together."""
MAX_FILES = 200
"""How many files a matter may have."""
MAX_PARTS = 2000
"""How many parts a Word or Excel file may have."""
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
PACKAGES = {".docx": "word/", ".xlsx": "xl/"}
"""Word and Excel files are zip packages: the folder their content lies in."""
INLINE = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""What may be shown in the browser, and how its bytes begin; nothing else ever is (C12)."""


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
    contact: m.Contact | None = None,
) -> int:
    """Take several files (name, stream) in, all or none; how many. Raises RuleBroken naming the one that cannot be taken.

    `contact`: the contact they came with.
    """
    read = [(name, stream.read(MAX_BYTES + 1)) for name, stream in files]
    for name, data in read:
        check(clean_name(name), data)
    for name, data in read:
        add(session, actor, petition, name, BytesIO(data), folder, purpose).contact_id = contact.id if contact else None
    session.flush()
    return len(read)


@dataclass
class Taken:
    """What became of an upload: the files kept, and a sentence for each that was not."""

    kept: list[m.Attachment] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def take(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    files: Iterable[tuple[str, BinaryIO]],
    folder: Path,
    purpose: str = "",
) -> Taken:
    """Take in each file that can be taken; one that cannot leaves nothing behind and does not stop the others."""
    found, total = Taken(), 0
    for name, stream in files:
        data = stream.read(MAX_BYTES + 1)
        total += len(data)
        shown = clean_name(name)
        try:
            check(shown, data)
            _room(session, petition, shown, data, total)
            found.kept.append(add(session, actor, petition, name, BytesIO(data), folder, purpose))
        except RuleBroken as no:
            found.refused.append(no.message)
    return found


def _room(session: Session, petition: m.Petition, name: str, data: bytes, total: int) -> None:
    """Raises RuleBroken when the upload or the matter is full, or the matter has this very file already."""
    if total > MAX_TOTAL:
        raise RuleBroken(f"附件“{name}”：这一次合计超过 {MAX_TOTAL // 2**20} MB，请分几次上传。", "attachments")
    kept = sa.select(m.Attachment).where(m.Attachment.petition_id == petition.id, m.Attachment.voided_reason.is_(None))
    files = session.scalars(kept.execution_options(gated=True)).all()
    twin = next((file for file in files if file.sha256 == hashlib.sha256(data).hexdigest()), None)
    if twin is not None:
        raise RuleBroken(f"附件“{name}”：这件事项已有内容相同的附件“{twin.name}”，不用再传。", "attachments")
    if len(files) >= MAX_FILES or sum(file.size for file in files) + len(data) > MAX_MATTER:
        raise RuleBroken(
            f"附件“{name}”：这件事项的附件已满（{MAX_FILES} 个或 {MAX_MATTER // 2**20} MB），请先作废不用的。",
            "attachments",
        )


def void(session: Session, actor: Actor, attachment: m.Attachment, reason: str) -> None:
    """Take a file off its matter (作废); the bytes and the row stay. Raises RuleBroken: voided already, or it proves something."""
    if attachment.voided_reason is not None:
        raise RuleBroken("这份附件已经作废。")
    if not reason.strip():
        raise RuleBroken("作废理由：请填写。", "reason")
    if is_proof(session, attachment):
        raise RuleBroken("这份附件是结案卷、督办答复、评议申请或议定事项的凭据，不能作废。")
    attachment.voided_reason, attachment.voided_on = reason.strip(), actor.today
    attachment.voided_by_id = actor.user_id
    session.flush()


def is_proof(session: Session, attachment: m.Attachment) -> bool:
    """Does a closing file, the answer to a supervision, an appraisal or a decision carried out rest on it?"""
    item = sa.select(m.ChecklistItem.id).where(m.ChecklistItem.attachment_id == attachment.id)
    answer = sa.select(m.SupervisionFile.id).where(m.SupervisionFile.attachment_id == attachment.id)
    request = sa.select(m.Proceeding.id).where(m.Proceeding.request_id == attachment.id)
    done = sa.select(m.Decision.id).where(m.Decision.evidence_id == attachment.id)
    proofs = item, answer, request, done
    return any(session.scalar(used.limit(1), execution_options={"gated": True}) for used in proofs)


def movable(session: Session, petition: m.Petition, contact: m.Contact | None) -> list[m.Attachment]:
    """The files that came with this contact (None: with none) and may leave the matter: not voided, and no proof of anything."""
    a = m.Attachment
    rows = sa.select(a).where(a.petition_id == petition.id, a.contact_id == (contact.id if contact else None))
    found = session.scalars(rows.order_by(a.id).execution_options(gated=True))
    return [row for row in found if row.voided_reason is None and not is_proof(session, row)]


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
        received_on=actor.today,
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
        raise RuleBroken(f"附件“{name}”：超过 {MAX_BYTES // 2**20} MB，请压缩或拆分后再传。", "attachments")
    if not data.startswith(kind[1]) or not _is_inside(Path(name).suffix.lower(), data):
        raise RuleBroken(f"附件“{name}”：内容和扩展名不符，请用原来的程序另存后再传。", "attachments")
    return kind[0]


def _is_inside(suffix: str, data: bytes) -> bool:
    """Is the content what the suffix says, beyond its first bytes? A package has its own parts and no macros."""
    if suffix == ".mp4":
        return data[4:8] == b"ftyp"
    folder = PACKAGES.get(suffix)
    if folder is None:
        return True
    names = _names_in(data)
    return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names) and not _has_macros(names)


def _has_macros(names: list[str]) -> bool:
    return any(name.lower().endswith("vbaproject.bin") for name in names)


def _names_in(data: bytes) -> list[str]:
    """The names in a zip package, its directory read only when it is small: a hostile one lists half a million."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or int.from_bytes(data[end + 10 : end + 12], "little") > MAX_PARTS:
        return []
    if int.from_bytes(data[end + 12 : end + 16], "little") > MAX_PARTS * 200:
        return []
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError):
        return []


def shown_as(attachment: m.Attachment, folder: Path) -> str:
    """The media type to show the file in the browser with, or "" when it is only ever downloaded.

    Asked of the bytes on the disk and not of the row: an image or a PDF, unchanged since it was taken in.
    """
    begins = INLINE.get(attachment.media_type)
    if begins is None or attachment.voided_reason or not is_intact(attachment, folder):
        return ""
    with path_of(attachment, folder).open("rb") as file:
        return attachment.media_type if file.read(len(begins)) == begins else ""


def path_of(attachment: m.Attachment, folder: Path) -> Path:
    """Where the bytes lie."""
    return folder / attachment.stored_name[:2] / attachment.stored_name


def is_intact(attachment: m.Attachment, folder: Path) -> bool:
    """True when the stored bytes still have the recorded hash."""
    path = path_of(attachment, folder)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == attachment.sha256
