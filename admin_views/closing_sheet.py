"""结案审查表 on one sheet of A4: long texts shortened until it fits; what was signed stands whole on its annex (附页, H2)."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from admin_views import closing_story, contact_names
from admin_views.base import show
from rules.access import Actor
from services import closing_lines
from services.closing_content import Reading

CUT = "……"


@dataclass(frozen=True)
class Size:
    """A size of print: Chinese characters a line of the item's name, of its material and of the whole width; lines on the sheet."""

    name: str
    title: int
    material: int
    whole: int
    lines: int


SIZES = (Size("", 13, 26, 44, 28), Size("dense", 15, 29, 49, 31), Size("tiny", 18, 36, 59, 43))
"""From the most readable to the smallest that is still read on paper."""
EDGE = 0.4
"""What a row's rule and padding take, in lines."""


def lines_of(text: str, width: int) -> list[str]:
    """The text as it wraps at `width` Chinese characters; a Latin letter or digit takes six tenths of one."""
    found, line, room = [], "", float(width)
    for char in text.strip():
        need = 0.6 if char.isascii() else 1.0
        if char == "\n" or need > room:
            found.append(line)
            line, room = "", float(width)
        if char != "\n":
            line, room = line + char, room - need
    return [*found, line]


def cut(text: str, width: int, most: int) -> str:
    """The text in at most `most` lines, its end marked when something is left out."""
    text = text.strip()
    if len(lines_of(text, width)) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = len(lines_of(text[:middle].rstrip() + CUT, width)) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + CUT


def fit(rows: list[dict[str, Any]], report: str, paper: str) -> dict[str, Any]:
    """The parts of the sheet that may be long, shortened evenly until the whole stands on one page.

    rows: title, state, text; → {"size", "rows", "report", "paper", "is_cut"}.
    """
    size, most = next(
        ((size, most) for size in SIZES for most in (8, 6, 4, 3, 2, 1) if _height(size, rows, most, report, paper)),
        (SIZES[-1], 1),
    )
    made = [
        row | {"title": cut(row["title"], size.title, most), "text": cut(row["text"], size.material, most)}
        for row in rows
    ]
    left = int(size.lines - sum(_row_lines(size, row, most) for row in rows))
    told = cut(paper, size.whole, min(4, max(1, left // 3)))
    said = cut(report, size.whole, max(2, left - len(lines_of(told, size.whole))))
    whole = [(row["text"], one["text"]) for row, one in zip(rows, made, strict=True)]
    is_cut = any(before.strip() != after for before, after in [*whole, (report, said), (paper, told)])
    return {"size": size.name, "rows": made, "report": said, "paper": told, "is_cut": is_cut}


def _row_lines(size: Size, row: dict[str, Any], most: int) -> float:
    text, title = lines_of(row["text"], size.material), lines_of(row["title"], size.title)
    return max(min(most, len(text)), min(most, len(title))) + EDGE


def _height(size: Size, rows: list[dict[str, Any]], most: int, report: str, paper: str) -> bool:
    """Do the rows leave room for the report, or for eight lines of a long one?"""
    wanted = min(8, len(lines_of(report, size.whole))) + min(3, len(lines_of(paper, size.whole)))
    return sum(_row_lines(size, row, most) for row in rows) + wanted <= size.lines


def context(reading: Reading, actor: Actor) -> dict[str, Any]:
    """What the sheet's template shows."""
    file, names = reading.file, reading.names
    rows = [
        {"title": row["title"], "state": row["state"], "text": "；".join(row["lines"] + _labels(row))}
        for row in closing_story.checklist_rows(reading, actor, False)
    ]
    promises = [f"{line.label}（{line.text}）" for line in reading.lines if line.part == closing_lines.PROMISES]
    paper = "；".join(closing_story.papers(reading)) + (f"（{file.paper_reason}）" if file.paper_reason else "")
    return {
        "file": file,
        "case": file.case,
        "leader": f"{names.of(file.case.leader)}（{names.of(file.case.leader, 'title')}）",
        "unit": names.of(file.case.unit) if file.case.unit else "",
        "petitioner": _names(reading, actor),
        "sheet": fit(rows, file.report or "", "\n".join([paper, *promises])),
        "boxes": closing_story.signature_boxes(reading, actor),
        "digest": reading.digest,
        "printed_text": gettext("%(day)s %(name)s 打印", day=show(actor.today), name=actor.name),
        "back": url_for("closing_file.details_view", id=file.id),
        "annex_url": url_for("closing_file.annex_view", row_id=file.id),
        "show": show,
    }


def _labels(row: dict[str, Any]) -> list[str]:
    return [link["label"] for link in row["links"]]


def _names(reading: Reading, actor: Actor) -> str:
    found = reading.file.petition.contacts
    return cut(contact_names.names(found[0], actor), 24, 1) if found else ""


# -- the annex: exactly what is signed


def annex(reading: Reading, actor: Actor) -> dict[str, Any]:
    """Every line under the fingerprint; of a closed file as it was signed."""
    signed = next((s for s in reading.standing.values() if closing_lines.kept(s.signed_text)), None)
    said = signed.signed_text if signed is not None else reading.content
    return {
        "file": reading.file,
        "case": reading.file.case,
        "lines": closing_lines.kept(said),
        "names": said.get("names", {}),
        "digest": signed.digest if signed is not None else reading.digest,
        "printed_text": gettext("%(day)s %(name)s 打印", day=show(actor.today), name=actor.name),
        "back": url_for("closing_file.sheet_view", row_id=reading.file.id),
    }
