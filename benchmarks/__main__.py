"""`python -m benchmarks [--sizes 1000,100000] [--folder DIR]`: fill, measure, print, write docs/bench.md; 1 when a goal is missed."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import generator, measure, report
from benchmarks.vocabulary import Vocabulary
from models import db

SIZES = "1000,100000"


def main() -> int:
    """Run the comparison. The offices made are kept in the folder for the next run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "petition-desk-bench")
    asked = parser.parse_args()
    sizes = sorted(int(size) for size in asked.sizes.split(","))
    offices = {size: generator.office(asked.folder, size) for size in sizes}
    found = measure.milliseconds({size: measure.Desk(*made) for size, made in offices.items()})
    for app, _ in offices.values():
        with app.app_context():
            db.engine.dispose()
    print(report.write(sizes, found, Vocabulary().source))
    missed = report.missed(sizes, found)
    for label in missed:
        print(f"missed: {label}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
