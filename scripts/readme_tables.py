"""Write the generated parts of README.md: the matter's state diagram and the table of deadlines.

`python -m scripts.readme_tables` rewrites them in place; tests/test_readme.py compares. Both come from the tables the
product itself reads: rules.moves.ROWS and rules.terms.TERMS.
"""

import re
from pathlib import Path

from rules.moves import CLOCK_PURPOSES, ROWS
from rules.terms import TERMS, UNITS
from rules.words import Status

README = Path(__file__).resolve().parent.parent / "README.md"


def diagram() -> str:
    """A Mermaid state diagram of every row of the table of moves."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Status.REGISTERED.name}: 登记"]
    lines += [f"    {state.name}: {state.label}" for state in Status]
    for row in ROWS:
        lines += [f"    {state.name} --> {(row.to or state).name}: {row.label}" for state in row.froms]
    return "\n".join([*lines, "```"])


def deadlines() -> str:
    """A table of the shipped terms: name, days, how they are counted, basis, for which purposes."""
    lines = ["| 期限 | 天数 | 计算 | 末日遇休息日 | 适用 | 依据 |", "|---|---|---|---|---|---|"]
    for term in TERMS:
        purposes = (
            "、".join(p.label for p in sorted(CLOCK_PURPOSES[term.key])) if term.key in CLOCK_PURPOSES else "全部"
        )
        roll = "顺延" if term.roll else "不顺延"
        lines.append(f"| {term.label} | {term.days} | {UNITS[term.unit]} | {roll} | {purposes} | {term.source} |")
    return "\n".join(lines)


PARTS = {"moves": diagram, "deadlines": deadlines}


def written(text: str) -> str:
    """README's text with every generated part made anew."""
    for name, make in PARTS.items():
        marks = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        text = re.sub(marks, lambda found, make=make: f"{found[1]}{make()}\n{found[2]}", text, flags=re.S)
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
