"""Checking a template the office made in Word: what it names and where, before it may be used (trust: uploads, templates)."""

import difflib
import re
from collections.abc import Iterator

from rules.paper_fields import examples, fields_of, lists_of
from rules.words import DocumentKind, RuleBroken
from services import paper_package
from services.paper_package import MAIN, WORD, Package
from services.paper_render import TAG, Compiled, compiled, text_of, value

NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)?")
PLACES = ("第%(a)s段", "页眉第%(a)s段", "页脚第%(a)s段")
ELSEWHERE = "“%(a)s”字段表里的字段，如 {{信访人}}"
"""Pieces of the refusals, for the English catalog."""
_LOOSE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def checked(kind: DocumentKind, name: str, data: bytes) -> Compiled:
    """The template ready to use. Raises RuleBroken (field file) naming the paragraph and what to do."""
    package = paper_package.read(name, data)
    for place, text in _paragraphs(package):
        _check_paragraph(kind, place, text)
    found = compiled(package, kind)
    if not any("{{" in text for _place, text in _paragraphs(package)):
        raise RuleBroken("模板文件：里面没有字段，填不出内容；请从“下载现用模板”改起。", "file")
    filled, _document = found.fill(test_values(kind))
    paper_package.read(name, filled)
    return found


def test_values(kind: DocumentKind) -> dict[str, object]:
    """Example values under both names, as a paper gets them."""
    return both_names(kind, examples(kind))


def both_names(kind: DocumentKind, values: dict[str, object]) -> dict[str, object]:
    """Values by field name → by name and by label; what is not given is empty. Lists are given as dicts by field name."""
    found: dict[str, object] = {}
    for field in fields_of(kind):
        found[field.name] = found[field.label] = value(str(values.get(field.name) or ""))
    for lines in lists_of(kind):
        rows = values.get(lines.name) or []
        assert isinstance(rows, list)
        made = [
            {name: value(str(row.get(f.name) or "")) for f in lines.fields for name in (f.name, f.label)}
            for row in rows
        ]
        found[lines.name] = found[lines.label] = made
    return found


def _paragraphs(package: Package) -> Iterator[tuple[str, str]]:
    """Every paragraph of the text parts with its place: 第3段, 页眉第1段."""
    for part, content in package.texts.items():
        where = "" if part == MAIN else "页眉" if "header" in part else "页脚"
        for number, paragraph in enumerate(paper_package.parsed(content).iter(f"{WORD}p"), start=1):
            yield f"{where}第{number}段", text_of(paragraph)


def _check_paragraph(kind: DocumentKind, place: str, text: str) -> None:
    for tag in TAG.finditer(text):
        if tag[1] is not None:
            _check_field(kind, place, tag[1].strip())
        else:
            _check_row(kind, place, tag[0])
    if _LOOSE.search(TAG.sub("", text)):
        raise RuleBroken(f"{place}：有不成对的“{{{{”或“}}}}”，请补全，或把多余的删去。", "file")


def _check_field(kind: DocumentKind, place: str, name: str) -> None:
    known = {label for field in fields_of(kind) for label in (field.label, field.name)}
    for lines in lists_of(kind):
        known |= {f"{lines.item}.{label}" for field in lines.fields for label in (field.label, field.name)}
    if name in known:
        return
    if not NAME.fullmatch(name):
        shown = name[:40]
        raise RuleBroken(f"{place}：{{{{{shown}}}}} 不是字段，花括号里只能写字段名，如 {{{{信访人}}}}。", "file")
    raise RuleBroken(f"{place}：未知字段 {{{{{name[:40]}}}}}，请改为 {_near(kind, name)}。", "file")


def _near(kind: DocumentKind, name: str) -> str:
    labels = [field.label for field in fields_of(kind)]
    near = difflib.get_close_matches(name, labels, 1, 0.4) or [one for one in labels if set(one) & set(name)][:1]
    return f"{{{{{near[0]}}}}}" if near else f"“{kind.label}”字段表里的字段，如 {{{{信访人}}}}"


def _check_row(kind: DocumentKind, place: str, tag: str) -> None:
    for lines in lists_of(kind):
        name = rf"(?:{lines.label}|{lines.name})"
        if re.fullmatch(rf"\{{%tr\s+(?:for\s+{lines.item}\s+in\s+{name}|endfor)\s*%\}}", tag):
            return
    raise RuleBroken(f"{place}：不能使用 {tag[:60]}，模板里只能写字段，不能写条件、循环或引用。", "file")
