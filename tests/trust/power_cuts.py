"""Power cuts, simulated: what a child wrote and synced is recorded, then replayed up to any point with the unsynced
part lost, kept or torn at random, as a disk may do it (C15). kill -9 alone never shows a missing sync (trust §3)."""

import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,unlink"
LINE = re.compile(r"^(?P<call>\w+)\((?P<args>.*)\)\s+= (?P<result>-?\d+)")
FILE = re.compile(r"^\d+<(?P<path>(?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True)
class Step:
    """One recorded call: `call` write | truncate | sync | unlink on a file, or `ack` with the number acknowledged.

    A sync without a file is one of the folder: it makes the removals in it sure.
    """

    call: str
    file: str = ""
    offset: int = 0
    content: bytes = b""
    number: int = 0


def record(script: str, folder: Path, *args: str, cwd: Path) -> list[Step]:
    """Run `python -c script args…` under strace and return what it did to the files in `folder`, in order.

    The child acknowledges work by writing "ack <n>\\n" to its standard output.
    """
    log = folder.parent / f"{folder.name}.strace"
    trace = ["strace", "-y", "-xx", "-s", "80000", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run(
        [*trace, sys.executable, "-c", script, *args], check=True, stdout=subprocess.PIPE, timeout=240, cwd=cwd
    )
    with log.open(encoding="ascii", errors="replace") as lines:
        return list(_steps(lines, folder))


def _steps(lines: Iterator[str], folder: Path) -> Iterator[Step]:
    for line in lines:
        match = LINE.match(line)
        if not match or int(match["result"]) < 0:
            continue
        call, args = match["call"], match["args"]
        strings = [_bytes(found) for found in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', args)]
        if call == "unlink":
            path = Path(strings[0].decode())
            if path.parent == folder:
                yield Step("unlink", path.name)
            continue
        target = FILE.match(args)
        path = Path(_bytes(target["path"]).decode()) if target else Path()
        if call == "write" and strings and strings[0].startswith(b"ack "):
            yield Step("ack", number=int(strings[0].split()[1]))
        elif path == folder and call in {"fsync", "fdatasync"}:
            yield Step("sync")
        elif path.parent != folder or path.name.endswith("-shm"):
            continue
        elif call in {"fsync", "fdatasync"}:
            yield Step("sync", path.name)
        elif call == "ftruncate":
            yield Step("truncate", path.name, offset=int(args.rsplit(",", 1)[1]))
        elif call == "pwrite64":
            yield Step("write", path.name, offset=int(args.rsplit(",", 1)[1]), content=strings[0])


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def unsynced_answers(steps: list[Step]) -> list[int]:
    """The numbers acknowledged while something written before the answer was not yet synced."""
    dirty: set[str] = set()
    wrote, late = False, []
    for step in steps:
        if step.call in {"write", "truncate"}:
            dirty.add(step.file)
            wrote = True
        elif step.call == "sync":
            dirty.discard(step.file)
        elif step.call == "ack":
            if dirty or not wrote:
                late.append(step.number)
            wrote = False
    return late


@dataclass
class Disk:
    """The files as surely on disk, and the steps since each file's last sync."""

    durable: dict[str, bytearray]
    pending: dict[str, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        if step.call == "sync" and not step.file:
            for name in [name for name, steps in self.pending.items() if steps[-1].call == "unlink"]:
                self._settle(name)
        elif step.call == "sync":
            self._settle(step.file)
        elif step.call != "ack":
            self.pending.setdefault(step.file, []).append(step)

    def _settle(self, name: str) -> None:
        for waiting in self.pending.pop(name, []):
            _apply(self.durable, waiting)

    def after_a_cut(self, draw: random.Random) -> dict[str, bytearray]:
        """What may be found when the power comes back: of the unsynced steps some, whole or torn by sectors."""
        found = {name: bytearray(content) for name, content in self.durable.items()}
        for steps in self.pending.values():
            for step in steps:
                if draw.random() < 0.5:
                    _apply(found, step, draw if draw.random() < 0.3 else None)
        return found


def _apply(files: dict[str, bytearray], step: Step, torn_by: random.Random | None = None) -> None:
    if step.call == "unlink":
        files.pop(step.file, None)
        return
    content = files.setdefault(step.file, bytearray())
    if step.call == "truncate":
        del content[step.offset :]
        return
    for start in range(0, len(step.content), SECTOR):
        if torn_by is None or torn_by.random() < 0.5:
            piece, at = step.content[start : start + SECTOR], step.offset + start
            content.extend(bytes(max(0, at + len(piece) - len(content))))
            content[at : at + len(piece)] = piece


def replay(
    steps: list[Step], before: dict[str, bytes], cuts: int, place: Path, query: str, seed: int
) -> dict[str, int]:
    """Cut the power `cuts` times; return {"lost": acknowledged numbers gone, "corrupt": databases broken}.

    `before`: the files when recording began; `query`: selects the acknowledged numbers from the database.
    """
    draw = random.Random(seed)
    first = next(index for index, step in enumerate(steps) if step.call == "ack")
    points = sorted(draw.choices(range(first, len(steps)), k=cuts))
    disk, acked, outcome = (
        Disk({name: bytearray(content) for name, content in before.items()}),
        set[int](),
        {"lost": 0, "corrupt": 0},
    )
    position = 0
    for point in points:
        for step in steps[position : point + 1]:
            disk.take(step)
            acked |= {step.number} if step.call == "ack" else set()
        position = point + 1
        try:
            outcome["lost"] += bool(acked - _reopen(disk.after_a_cut(draw), place, query))
        except sqlite3.DatabaseError:
            outcome["corrupt"] += 1
    return outcome


def _reopen(files: dict[str, bytearray], place: Path, query: str) -> set[int]:
    for old in place.iterdir():
        old.unlink()
    for name, content in files.items():
        (place / name).write_bytes(content)
    database = next(name for name in files if not name.endswith(("-wal", "-journal")))
    with closing(sqlite3.connect(place / database)) as found:
        if found.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("integrity check failed")
        return {row[0] for row in found.execute(query)}
