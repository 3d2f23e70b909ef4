"""Filling a template: compiled once, then a paper is a few milliseconds; only plain values, never code (trust: templates are code).

docxtpl joins the pieces Word cuts a field into; Jinja's sandbox fills it, with no filter, test, call or global at hand.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from rules.paper_fields import fields_of, lists_of
from rules.words import DocumentKind, RuleBroken
from services.paper_package import MAIN, WORD, Package, parsed

TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#(.*?)#\}", re.DOTALL)
_ALONE = re.compile(r"[^{}：]{0,20}：?\s*\{\{\s*(\w+)\s*\}\}\s*")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_IN_TEXT = "\a"
"""docxtpl's sign for a new paragraph inside a value."""


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """An environment in which a template can do nothing but name values."""
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters.clear()
    environment.tests.clear()
    environment.globals.clear()
    return environment


@dataclass(frozen=True)
class Compiled:
    """A template ready to fill: its package, and each text part as a Jinja template."""

    package: Package
    texts: dict[str, Template]

    def fill(self, values: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """(the docx, its document.xml) with these values. Raises RuleBroken when a value the template names is missing."""
        try:
            done = {name: _finished(text.render(values)).encode() for name, text in self.texts.items()}
        except TemplateError as error:
            raise RuleBroken(f"文书模板：填不出来（{error}），请到“文书模板”换回能用的一版。") from error
        return self.package.with_parts(done), done[MAIN]


def compiled(package: Package, kind: DocumentKind) -> Compiled:
    """Compile a checked package for a kind. Raises RuleBroken (field file) when anything but fields and listed rows is in it."""
    sources = {name: _source(name, content) for name, content in package.texts.items()}
    texts = {}
    for name, source in sources.items():
        try:
            _check_tree(sandbox().parse(source), kind)
            texts[name] = sandbox().from_string(source)
        except TemplateError as error:
            raise RuleBroken(
                "模板文件：字段没有写完整，请检查“{{ }}”是否成对，重复行的开头和结尾是否都在。", "file"
            ) from error
    return Compiled(package, texts)


def _source(name: str, content: bytes) -> str:
    root = parsed(content)
    if name == MAIN:
        _make_optional(root)
    text = etree.tostring(root, encoding="unicode")
    patched = _docxtpl().patch_xml(text)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{patched}'


@cache
def _docxtpl() -> DocxTemplate:
    return DocxTemplate(io.BytesIO())


def _make_optional(root: etree._Element) -> None:
    """A paragraph of the text that is one field alone, perhaps after a word and a colon, is left out when the field is empty."""
    text_body = root.find(f"{WORD}body")
    for paragraph in [] if text_body is None else text_body.findall(f"{WORD}p"):
        alone = _ALONE.fullmatch(text_of(paragraph))
        if alone is None or paragraph.find(f".//{WORD}sectPr") is not None:
            continue
        before = paragraph.getprevious()
        start, end = f"{{% if {alone[1]} %}}", "{% endif %}"
        if before is None:
            text_body.text = (text_body.text or "") + start
        else:
            before.tail = (before.tail or "") + start
        paragraph.tail = end + (paragraph.tail or "")


def text_of(paragraph: etree._Element) -> str:
    """A paragraph's own text, not that of a box inside it."""
    return "".join(
        element.text or ""
        for element in paragraph.iter(f"{WORD}t")
        if next(element.iterancestors(f"{WORD}p"), None) is paragraph
    )


def _check_tree(tree: nodes.Template, kind: DocumentKind) -> None:
    """The last word on what a template does: output of known names, a listed row, our own “left out when empty”."""
    known = {name for field in fields_of(kind) for name in (field.name, field.label)}
    lists = {name: lines for lines in lists_of(kind) for name in (lines.name, lines.label)}
    items = {lines.item: {n for f in lines.fields for n in (f.name, f.label)} for lines in lists_of(kind)}
    for node in _walk(tree):
        if not _is_plain(node, known, lists, items):
            raise RuleBroken("模板文件：只能写字段名和列出的重复行，不能写计算、条件、函数或引用。", "file")


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _is_plain(node: nodes.Node, known: set[str], lists: Mapping[str, Any], items: Mapping[str, set[str]]) -> bool:
    match node:
        case nodes.Template() | nodes.Output() | nodes.TemplateData():
            return True
        case nodes.Name():
            return node.name in known or node.name in lists or node.name in items
        case nodes.Getattr():
            return isinstance(node.node, nodes.Name) and node.attr in items.get(node.node.name, ())
        case nodes.If():
            return isinstance(node.test, nodes.Name) and node.test.name in known and not (node.elif_ or node.else_)
        case nodes.For():
            is_listed = isinstance(node.iter, nodes.Name) and node.iter.name in lists
            is_item = isinstance(node.target, nodes.Name) and node.target.name in items
            nested = any(isinstance(inner, nodes.For) for child in node.body for inner in _walk(child))
            return is_listed and is_item and not (nested or node.else_ or node.test or node.recursive)
    return False


def value(text: str) -> str:
    """A value as it may stand in Word: without control characters; its lines become paragraphs of the same look."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", clean).strip("\n").replace("\n", _IN_TEXT)


def _finished(xml: str) -> str:
    return str(_docxtpl().resolve_listing(xml)) if _IN_TEXT in xml else xml


def blocks(document: bytes) -> list[list[Any]]:
    """What the paper says, for printing from the browser: ["PaperBody", text] or ["table", [[[text, columns], …], …]]."""
    found: list[list[Any]] = []
    text_body = parsed(document).find(f"{WORD}body")
    for element in [] if text_body is None else text_body:
        if element.tag == f"{WORD}p":
            text = _text(element)
            if text.strip():
                found.append([_style(element), text])
        elif element.tag == f"{WORD}tbl":
            found.append(["table", [_cells(row) for row in element.iter(f"{WORD}tr")]])
    return found


def _cells(row: etree._Element) -> list[list[Any]]:
    return [
        ["\n".join(_text(p) for p in cell.iter(f"{WORD}p")), _span(cell), _style(cell.find(f"{WORD}p"))]
        for cell in row.iter(f"{WORD}tc")
    ]


def _span(cell: etree._Element) -> int:
    grid = cell.find(f"{WORD}tcPr/{WORD}gridSpan")
    return int(grid.get(f"{WORD}val", "1")) if grid is not None else 1


def _style(paragraph: etree._Element | None) -> str:
    named = None if paragraph is None else paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    return "" if named is None else str(named.get(f"{WORD}val", ""))


def _text(paragraph: etree._Element) -> str:
    found = []
    for element in paragraph.iter(f"{WORD}t", f"{WORD}br", f"{WORD}tab"):
        found.append((element.text or "") if element.tag == f"{WORD}t" else "\n" if element.tag == f"{WORD}br" else " ")
    return "".join(found)
