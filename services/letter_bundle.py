"""The letters of a mail merge in one file: a zip in the order of their numbers, or one docx to print, each on pages of its own."""

import copy
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from lxml import etree

import models as m
from rules.words import RuleBroken
from services import documents, paper_package
from services.paper_package import MAIN, WORD, Package

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def as_zip(papers: Sequence[m.Document]) -> bytes:
    """A zip of the docx files as issued, named by place, number and title."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for place, paper in enumerate(papers, start=1):
            name = _UNSAFE.sub("_", f"{place:04d} {paper.number or ''} {paper.title}")
            file.writestr(f"{name}.docx", documents.docx_of(paper))
    return out.getvalue()


def as_docx(papers: Sequence[m.Document]) -> bytes:
    """One docx with every letter in a section of its own, pages counted anew. Raises RuleBroken when they cannot be joined."""
    if not papers:
        raise RuleBroken("合并：没有已制发的文书。")
    packages = [_package(documents.docx_of(paper)) for paper in papers]
    first = packages[0]
    if any(_frame(package) != _frame(first) for package in packages[1:]):
        raise RuleBroken("合并：这些文书用了不同的模板，或页眉页脚各不相同，不能合成一个文件，请下载压缩包。")
    root = paper_package.parsed(first.parts[MAIN])
    body = _body(root)
    _close(body)
    for package in packages[1:]:
        for element in list(_body(paper_package.parsed(package.parts[MAIN]))):
            body.append(element)
        _close(body)
    _open_last(body)
    text = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return first.with_parts({MAIN: text})


def _package(data: bytes) -> Package:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return Package({entry.filename: file.read(entry) for entry in file.infolist()})


def _frame(package: Package) -> dict[str, bytes]:
    return {name: data for name, data in package.parts.items() if name != MAIN}


def _body(root: Any) -> Any:
    found = root.find(f"{WORD}body")
    assert found is not None
    return found


def _close(body: Any) -> None:
    """Move the letter's page set-up from the end of the body into its last paragraph: there Word ends the section."""
    section = body[-1] if len(body) and body[-1].tag == f"{WORD}sectPr" else None
    if section is None:
        section = etree.SubElement(body, f"{WORD}sectPr")
    body.remove(section)
    _count_anew(section)
    last = body[-1] if len(body) and body[-1].tag == f"{WORD}p" else etree.SubElement(body, f"{WORD}p")
    shape = last.find(f"{WORD}pPr")
    if shape is None:
        shape = etree.Element(f"{WORD}pPr")
        last.insert(0, shape)
    shape.append(section)


def _count_anew(section: Any) -> None:
    if section.find(f"{WORD}pgNumType") is None:
        numbering = etree.Element(f"{WORD}pgNumType")
        numbering.set(f"{WORD}start", "1")
        margins = section.find(f"{WORD}pgMar")
        section.insert(0 if margins is None else section.index(margins) + 1, numbering)


def _open_last(body: Any) -> None:
    """The last section's set-up belongs to the body itself."""
    section = body[-1].find(f"{WORD}pPr/{WORD}sectPr")
    body.append(copy.deepcopy(section))
    section.getparent().remove(section)
