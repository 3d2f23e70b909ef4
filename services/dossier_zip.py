"""The whole dossier (卷宗) in one zip, in the order archives want: contents, papers, files, closing sheet, what was done, manifest (B9).

Names inside are safe on every system; the bytes of papers and files go in as they are kept, with their fingerprints.
"""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services import attachments, audit, documents, dossier, dossier_papers, exports, gate, settings
from services.dossier import Piece

LARGE_BYTES = 30 * 1024 * 1024
LARGE_PIECES = 120
"""Above either the worker makes it."""
LONGEST = 80
"""Characters of a name inside, without its ending."""
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
Tick = Callable[[int], None]


def safe(text: str) -> str:
    """A text as a file's name: no separators, no control or direction marks, not too long, not ending in a dot or space."""
    return re.sub(r"\s+", " ", _UNSAFE.sub("_", text)).strip(". ")[:LONGEST].rstrip(". ") or "_"


def is_large(session: Session, actor: Actor, petition: m.Petition) -> bool:
    """Is it too much to make while somebody waits?"""
    return len(pieces := dossier.contents(session, actor, petition)) > LARGE_PIECES or weight(pieces) > LARGE_BYTES


def weight(pieces: Sequence[Piece]) -> int:
    """Bytes of the files among the pieces."""
    return sum(piece.row.size for piece in pieces if piece.key[0] == "a")


@dataclass
class Packed:
    """A zip being written: what lies in it, and what should but could not be put in."""

    zip: zipfile.ZipFile
    when: tuple[int, int, int, int, int, int]
    files: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def put(self, name: str, data: bytes, **said: Any) -> None:
        """A file from memory, compressed."""
        self.zip.writestr(zipfile.ZipInfo(name, self.when), data, zipfile.ZIP_DEFLATED, 6)
        self._note(name, hashlib.sha256(data).hexdigest(), len(data), said)

    def put_file(self, name: str, path: Path, sha256: str, size: int, **said: Any) -> None:
        """A file from the disk as it is, never whole in memory."""
        with path.open("rb") as source, self.zip.open(zipfile.ZipInfo(name, self.when), "w") as out:
            shutil.copyfileobj(source, out, 1 << 20)
        self._note(name, sha256, size, said)

    def _note(self, name: str, sha256: str, size: int, said: dict[str, Any]) -> None:
        self.files.append({"path": name, "sha256": sha256, "bytes": size, **said})


def write(
    session: Session,
    actor: Actor,
    petition: m.Petition,
    reason: str,
    out: BinaryIO,
    folder: Path,
    tick: Tick | None = None,
) -> "Packed":
    """Write the dossier to `out`: what lies in it. `folder`: where files lie; `tick`: told how far. Only reads the database.

    Raises gate.Forbidden without the permission, RuleBroken without a reason. The caller calls `note` afterwards.
    """
    gate.allow(actor, "petition.dossier")
    exports.check_reason(reason)
    pieces = dossier.contents(session, actor, petition)
    day = actor.today
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        packed = Packed(file, (day.year, day.month, day.day, 0, 0, 0))
        sheet = dossier_papers.contents_sheet(session, actor, petition, pieces)
        packed.put("00 卷内目录.docx", dossier_papers.docx(sheet))
        for place, piece in enumerate(pieces, start=1):
            _piece(session, actor, packed, piece, folder)
            if tick is not None:
                tick(place)
        history = dossier_papers.docx(dossier_papers.history_sheet(session, actor, petition))
        packed.put("04 办理经过.docx", history)
        manifest = _manifest(session, actor, petition, reason, packed)
        packed.put("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return packed


def note(session: Session, actor: Actor, petition: m.Petition, reason: str, packed: "Packed") -> None:
    """The export's entry into the trail (C9)."""
    details = {"name": "dossier", "rows": len(packed.files), "reason": reason.strip(), "missing": len(packed.missing)}
    audit.record(session, actor, "export", table="dossier", petition_id=petition.id, details=details)


def _piece(session: Session, actor: Actor, packed: Packed, piece: Piece, folder: Path) -> None:
    said = {
        "order": piece.order,
        "title": piece.title,
        "number": piece.number,
        "day": str(piece.day),
        "pages": piece.pages,
    }
    row = piece.row
    if isinstance(row, m.ClosingFile):
        sheet = dossier_papers.docx(dossier_papers.closing_sheet(session, actor, row))
        packed.put(f"03 结案审查表/{piece.order:03d} {safe(row.case.number)} {piece.title}.docx", sheet, **said)
    elif isinstance(row, m.Document):
        name = f"01 文书/{piece.order:03d} {safe(f'{piece.number} {piece.title}')}.docx"
        try:
            packed.put(name, documents.docx_of(row), **said)
        except RuleBroken as no:
            packed.missing.append(f"第 {piece.order} 件“{piece.title}”：{no.message}")
    elif attachments.is_intact(row, folder):
        ending = Path(row.name).suffix.lower()
        name = f"02 附件/{piece.order:03d} {safe(row.name.removesuffix(Path(row.name).suffix))}{ending}"
        packed.put_file(name, attachments.path_of(row, folder), row.sha256, row.size, **said)
    else:
        packed.missing.append(
            f"第 {piece.order} 件“{piece.title}”：文件缺失或与登记的指纹不符，请联系系统管理员从备份恢复。"
        )


def _manifest(session: Session, actor: Actor, petition: m.Petition, reason: str, packed: Packed) -> dict[str, Any]:
    """What lies in it, for a machine that checks it later."""
    return {
        "office": settings.get(session, "office_name", actor.today) or "信访办",
        "matter": petition.number,
        "made_on": str(actor.today),
        "made_by": f"{actor.name}（{actor.username}）",
        "reason": reason.strip(),
        "files": packed.files,
        "missing": packed.missing,
    }


def faults(path: Path) -> Iterator[str]:
    """What is wrong with a dossier's zip against its own manifest, in words; nothing when it is whole.

    Raises RuleBroken for a file that is no dossier's zip.
    """
    try:
        with zipfile.ZipFile(path) as file:
            said = {one["path"]: one for one in json.loads(file.read("manifest.json"))["files"]}
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError):
        raise RuleBroken(
            f"“{path.name}”不是完整的卷宗压缩包：打不开，或者没有校验清单 manifest.json。", "file"
        ) from None
    with zipfile.ZipFile(path) as file:
        there = set(file.namelist()) - {"manifest.json"}
        yield from (f"清单中的“{name}”不在包里。" for name in sorted(set(said) - there))
        yield from (f"包里的“{name}”不在清单中。" for name in sorted(there - set(said)))
        for name in sorted(there & set(said)):
            if hashlib.sha256(file.read(name)).hexdigest() != said[name]["sha256"]:
                yield f"“{name}”与清单中的指纹不符。"
