"""The one file a backup is: a tar that opens with any tar, a manifest in front, a checksum over all of it behind.

The manifest names every member with its SHA-256; the last line of the file is the SHA-256 of everything before it, so
that a flipped byte anywhere is found, in padding and headers too (C16).
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from rules.words import RuleBroken

CHUNK = 1 << 20
MANIFEST = "manifest.json"
TRAILER = len("\nsha256 ") + 64 + len("\n")
DAMAGED = "备份文件已损坏或被改动，不能恢复；请换用另一份备份。"


class _Hashing(io.RawIOBase):
    """A write-only stream that passes bytes on and hashes them."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.digest = out, hashlib.sha256()

    def writable(self) -> bool:
        """Always: tarfile asks before it writes."""
        return True

    def write(self, chunk: Any) -> int:
        """Pass the bytes on; returns how many were taken."""
        self.digest.update(chunk)
        return self.out.write(chunk)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pack(target: Path, members: Mapping[str, Path], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write `members` (name in the archive → file) and the manifest to `target`, durably, and return the manifest.

    Raises RuleBroken when `target` exists. A half-written backup never bears the final name.
    """
    if target.exists():
        raise RuleBroken(f"文件“{target.name}”已存在；请换一个文件名。", "file")
    target.parent.mkdir(parents=True, exist_ok=True)
    sums = {name: {"sha256": sha256(path), "bytes": path.stat().st_size} for name, path in sorted(members.items())}
    manifest = {**facts, "members": sums}
    part = target.with_name(target.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        hashing = _Hashing(out)
        with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, ensure_ascii=False, indent=1).encode()))
            for name in sums:
                with members[name].open("rb") as stream:
                    _add(tar, name, stream)
        out.write(f"\nsha256 {hashing.digest.hexdigest()}\n".encode())
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)
    sync_folder(target.parent)
    return manifest


def _add(tar: tarfile.TarFile, name: str, stream: IO[bytes]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = stream.seek(0, os.SEEK_END), 0o600
    stream.seek(0)
    tar.addfile(info, stream)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check(file: Path) -> dict[str, Any]:
    """Read the whole file against its checksum and return the manifest. Raises RuleBroken when anything differs."""
    if not file.is_file():
        raise RuleBroken(f"找不到备份文件“{file.name}”。", "file")
    digest, left = hashlib.sha256(), file.stat().st_size - TRAILER
    with file.open("rb") as stream:
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        if left or stream.read() != f"\nsha256 {digest.hexdigest()}\n".encode():
            raise RuleBroken(DAMAGED, "file")
    with tarfile.open(file, "r:") as tar:
        first = tar.next()
        inside = tar.extractfile(first) if first and first.name == MANIFEST else None
        if inside is None:
            raise RuleBroken(f"“{file.name}”不是本系统的备份文件。", "file")
        manifest: dict[str, Any] = json.load(inside)
    return manifest


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Check the file, lay its members out in the empty `folder` and check each against the manifest.

    Raises RuleBroken (file) for a damaged one.
    """
    manifest = check(file)
    with tarfile.open(file, "r:") as tar:
        tar.extractall(folder, filter="data")
    for name, wanted in manifest["members"].items():
        if not (folder / name).is_file() or sha256(folder / name) != wanted["sha256"]:
            raise RuleBroken(DAMAGED, "file")
    return manifest
