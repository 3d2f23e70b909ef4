"""Parts of docs/bench.md that are measured by themselves: each between its own marks, kept when the others are written anew."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs" / "bench.md"
MARKED = re.compile(r"<!-- (\w+) -->\n.*?<!-- /\1 -->\n", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """What a measurement says: Markdown below a heading, and the goals it missed in words."""

    text: str
    missed: list[str] = field(default_factory=list)


def kept(text: str) -> str:
    """The marked parts of a page, as they stand."""
    return "\n".join(found[0] for found in MARKED.finditer(text))


def put(name: str, section: Section, file: Path = FILE) -> None:
    """Write one part into the page, in its place or at the end."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    part = f"<!-- {name} -->\n{section.text.strip()}\n<!-- /{name} -->\n"
    own = re.compile(rf"<!-- {name} -->\n.*?<!-- /{name} -->\n", re.DOTALL)
    replaced = own.sub(lambda _found: part, text) if own.search(text) else f"{text.rstrip()}\n\n{part}"
    file.write_text(replaced.lstrip("\n"), encoding="utf-8")
