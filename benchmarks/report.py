"""The table of a run, on the screen and in docs/bench.md."""

import platform
from collections.abc import Mapping
from pathlib import Path

from benchmarks import sections
from benchmarks.measure import RUNS
from benchmarks.pages import TASKS

FILE = Path(__file__).resolve().parent.parent / "docs" / "bench.md"
HEAD = """# What a page costs

CPU milliseconds of one request, in process, warmed up, median of {runs}, the two offices in turns. `make bench` fills two
offices in bulk (matters spread over ten years, words from {source}), measures and writes this page. The floor is an empty
view that shows the same shell (menu with its counts, search box, language switch) to the same logged-in person.
Lists and searches may cost at most 1.5 times as much in the large office as in the small one.

Python {python}, SQLite, {machine}.
"""


def table(sizes: list[int], found: Mapping[int, Mapping[str, float]]) -> str:
    """The measurements as a Markdown table: each size, the ratio of the last to the first, and to the floor."""
    floor = TASKS[0].label
    small, large = sizes[0], sizes[-1]
    heads = [f"{size:,}" for size in sizes]
    lines = [
        "| request | "
        + " | ".join(f"{head} (ms)" for head in heads)
        + f" | {heads[-1]} ÷ {heads[0]} | × floor | goal |",
        "|---|" + "---:|" * (len(sizes) + 2) + "---|",
    ]
    for task in TASKS:
        times = [found[size][task.label] for size in sizes]
        ratio = found[large][task.label] / found[small][task.label]
        over = found[large][task.label] / found[large][floor]
        goal = "" if task.goal is None else "met" if ratio <= task.goal else f"missed (≤ {task.goal})"
        cells = [*(f"{value:.1f}" for value in times), f"{ratio:.2f}", f"{over:.1f}", goal]
        lines.append(f"| {task.label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(sizes: list[int], found: Mapping[int, Mapping[str, float]], source: str) -> str:
    """Write docs/bench.md, its other parts as they stood, and return the table."""
    told = table(sizes, found)
    head = HEAD.format(runs=RUNS, source=source, python=platform.python_version(), machine=platform.machine())
    FILE.parent.mkdir(exist_ok=True)
    others = "\n" + sections.kept(FILE.read_text(encoding="utf-8")) if FILE.exists() else ""
    FILE.write_text(f"{head}\n{told}\n{others}", encoding="utf-8")
    return told


def missed(sizes: list[int], found: Mapping[int, Mapping[str, float]]) -> list[str]:
    """The tasks whose goal was missed."""
    small, large = found[sizes[0]], found[sizes[-1]]
    return [task.label for task in TASKS if task.goal and large[task.label] / small[task.label] > task.goal]
