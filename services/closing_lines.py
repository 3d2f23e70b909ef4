"""What a closing sheet lists, line by line (H2): the one place that says it. The sheet's annex prints these lines, the
fingerprint is taken over exactly these lines, and a signature keeps them."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import models as m
from rules.access import mask_name
from rules.closing_items import Piece
from rules.words import PaperKind
from services import closing_sources
from services.closing_names import Names

if TYPE_CHECKING:
    from services.closing_content import Material

FORM = 3
"""Edition of this listing; signatures of the earlier ones are read by services.closing_old_forms."""
POST = "包案领导职务"
"""The line that came with the third edition."""
HEAD, ITEMS, PROMISES = "基本情况", "清单", "承诺事项"
"""Parts of the sheet: whose case it is, what stands under each item, what was promised."""
TOLD_ELSEWHERE = (Piece.REPORT, Piece.VISIT, Piece.PROMISES)
"""Pieces that have a part of their own on the sheet."""


class Line(NamedTuple):
    """One line: which part of the sheet, what it is called, what it says, and the fingerprint of the file behind it."""

    part: str
    label: str
    text: str
    sha: str = ""


Change = tuple[str, str, str]
"""(what it is called, what stood there, what stands there now)."""


def lines(
    file: m.ClosingFile, materials: "Sequence[Material]", attachments: Sequence[m.Attachment], names: Names
) -> list[Line]:
    """Every line of the file's sheet as it is now, in the order of the paper; `names` notes whom they speak of."""
    return [
        *_head(file, names),
        *_items(materials, names),
        *_report(file),
        *_papers(file, attachments),
        *_promises(file, names),
        *_visits(file),
    ]


def content(found: Sequence[Line], names: Names) -> dict[str, Any]:
    """The lines and the names in them as a signature keeps them and as the fingerprint is taken."""
    return {"form": FORM, "lines": [list(line) for line in found], "names": names.spoken}


def kept(signed_text: dict[str, Any]) -> list[Line]:
    """The lines a signature keeps; none of one given before there were lines."""
    return [Line(*line) for line in signed_text.get("lines", ())]


def _head(file: m.ClosingFile, names: Names) -> Iterator[Line]:
    petition, case = file.petition, file.case
    yield Line(HEAD, "包案编号", case.number)
    yield Line(HEAD, "信访事项编号", petition.number)
    yield Line(HEAD, "概况", petition.title)
    for name in _petitioners(petition):
        shown = mask_name(name, guarded=True)
        yield Line(HEAD, "信访人", shown, hashlib.sha256(f"{petition.number} {name}".encode()).hexdigest())
    yield Line(HEAD, "包案领导", names.speak(case.leader))
    yield Line(HEAD, POST, names.speak(case.leader, "title"))
    yield Line(HEAD, "责任单位", names.speak(case.unit) if case.unit else "")
    yield Line(HEAD, "包案日期", case.assigned_on.isoformat())
    for label, day in (("受理日期", petition.accepted_on), ("答复日期", petition.replied_on)):
        if day is not None:
            yield Line(HEAD, label, day.isoformat())
    if petition.served_at is not None:
        yield Line(HEAD, "送达时间", closing_sources.moment(petition.served_at))
    yield Line(HEAD, "清单", f"{file.template}（第 {file.template_edition} 版）")


def _petitioners(petition: m.Petition) -> list[str]:
    came = petition.contacts[0] if petition.contacts else None
    return [one.petitioner.name for one in came.people] if came is not None else []


def _items(materials: "Sequence[Material]", names: Names) -> Iterator[Line]:
    for material in materials:
        yield from _item(material, names)


def _item(material: "Material", names: Names) -> Iterator[Line]:
    item, label = material.item, material.item.label
    if item.waived_reason is not None:
        by = names.speak(item.waived_by) if item.waived_by else ""
        yield Line(ITEMS, label, f"不适用：{item.waived_reason}（{by} 批准）")
    elif not material.is_asked:
        yield Line(ITEMS, label, f"不适用：只对{material.spec.when.label}事项")
    if item.note:
        yield Line(ITEMS, label, item.note)
    for value in (item.said_on, item.said_person, item.said_number):
        if value is not None:
            yield Line(ITEMS, label, str(value))
    for one in material.found:
        if one.piece not in TOLD_ELSEWHERE:
            if one.name is not None:
                names.note(one.name)
            yield Line(ITEMS, label, one.text, one.sha)
    shown = {(one.noun, one.id) for one in material.found}
    for paper in material.documents:
        if ("document", paper.id) not in shown:
            yield Line(
                ITEMS, label, closing_sources.paper_words(item.closing_file, paper), closing_sources.paper_sha(paper)
            )
    for attachment in material.attachments:
        yield Line(ITEMS, label, attachment.name, attachment.sha256)


def _report(file: m.ClosingFile) -> Iterator[Line]:
    if file.report:
        yield Line("查办报告", "查办报告", file.report)


def _papers(file: m.ClosingFile, attachments: Sequence[m.Attachment]) -> Iterator[Line]:
    for kind, day in papers_of(file):
        yield Line("信访人文书", kind.label, day.isoformat() if day else "有")
    if file.paper is PaperKind.NONE:
        yield Line("信访人文书", file.paper.label, file.paper_reason or "")
    elif file.paper_reason:
        yield Line("信访人文书", "说明", file.paper_reason)
    for attachment in attachments:
        yield Line("信访人文书", "附件", attachment.name, attachment.sha256)


def papers_of(file: m.ClosingFile) -> list[tuple[PaperKind, Any]]:
    """The petitioner's papers that there are, each with the day it was signed (None: not recorded)."""
    found = []
    if file.pledge_on is not None or file.paper is PaperKind.PLEDGE:
        found.append((PaperKind.PLEDGE, file.pledge_on))
    if file.paper is PaperKind.AGREEMENT:
        found.append((PaperKind.AGREEMENT, file.agreement_on))
    return found


def _promises(file: m.ClosingFile, names: Names) -> Iterator[Line]:
    for promise in file.promises:
        owner = promise.owner
        yield Line(
            PROMISES, promise.text, f"{promise.due_on} 前，{names.speak(owner)}" if owner else f"{promise.due_on} 前"
        )


def _visits(file: m.ClosingFile) -> Iterator[Line]:
    for visit in file.visits:
        if visit.made_on is not None:
            said = (closing_sources.visit_words(visit), visit.visitor, visit.words, visit.help_given)
            yield Line("回访", "回访", "；".join(filter(None, said)))


def changes(then: Sequence[Line], now: Sequence[Line]) -> list[Change]:
    """What differs between two listings, line by line: what stood there, what stands there now; "" where nothing does."""
    found: list[Change] = []
    before, after = _by_label(then), _by_label(now)
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key, []), after.get(key, [])
        gone = [line for line in old if line not in new]
        come = [line for line in new if line not in old]
        for place in range(max(len(gone), len(come))):
            was = gone[place] if place < len(gone) else None
            is_now = come[place] if place < len(come) else None
            found.append((key[1], _told(was, is_now), _told(is_now, was)))
    return found or ([("顺序", "", "")] if list(then) != list(now) else [])


def _by_label(found: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        grouped.setdefault((line.part, line.label), []).append(line)
    return grouped


def _told(line: Line | None, other: Line | None) -> str:
    """The text; with the beginning of the fingerprint where only that differs."""
    if line is None:
        return ""
    return f"{line.text}（{line.sha[:8]}）" if other is not None and line.text == other.text else line.text
