"""`python -m benchmarks [--sizes 1000,100000] [--folder DIR] [--only NAME]`: measure, print, write docs/bench.md; 1 when a goal is missed.

`pages` fills two offices and compares them; every other name is a module of its own (benchmarks.sections) with `measure()`.
"""

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks import generator, measure, report, sections
from benchmarks.vocabulary import Vocabulary
from models import db

SIZES = "1000,100000"
SECTIONS = (
    "rosters",
    "public_page",
    "search_million",
    "mail_merge",
    "imports",
    "duplicates",
    "campaigns",
    "inspection",
)
"""Modules measured by themselves, in the order of docs/bench.md."""


def main() -> int:
    """Run what was asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "petition-desk-bench")
    parser.add_argument("--only", choices=("pages", *SECTIONS))
    asked = parser.parse_args()
    missed = []
    if asked.only in (None, "pages"):
        missed += pages(sorted(int(size) for size in asked.sizes.split(",")), asked.folder)
    for name in SECTIONS:
        if asked.only in (None, name):
            found = import_module(f"benchmarks.{name}").measure()
            sections.put(name, found)
            print(found.text)
            missed += found.missed
    for label in missed:
        print(f"missed: {label}", file=sys.stderr)
    return 1 if missed else 0


def pages(sizes: list[int], folder: Path) -> list[str]:
    """The comparison of two offices, kept in the folder for the next run; the goals missed."""
    offices = {size: generator.office(folder, size) for size in sizes}
    found = measure.milliseconds({size: measure.Desk(*made) for size, made in offices.items()})
    for app, _ in offices.values():
        with app.app_context():
            db.engine.dispose()
    print(report.write(sizes, found, Vocabulary().source))
    return report.missed(sizes, found)


if __name__ == "__main__":
    sys.exit(main())
