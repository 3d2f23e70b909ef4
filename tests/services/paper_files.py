"""Word files for tests: what a docx says, and templates good and bad made from the shipped ones."""

import io
import re
import zipfile
from collections.abc import Mapping

import docx

from rules.words import DocumentKind
from services.paper_templates import shipped_bytes


def words_of(data: bytes) -> str:
    """All text of a docx: paragraphs and cells in their order, a line each."""
    document = docx.Document(io.BytesIO(data))
    texts = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            texts += [cell.text for row in block.rows for cell in row.cells]
        else:
            texts.append(block.text)
    return "\n".join(text for text in texts if text)


def parts_of(data: bytes) -> dict[str, bytes]:
    """A docx's parts by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A docx of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def packed(
    kind: DocumentKind = DocumentKind.GUIDE,
    swaps: Mapping[str, str] | None = None,
    body: str = "",
    more: Mapping[str, bytes] | None = None,
    xml: str = "",
) -> bytes:
    """The shipped template with words swapped in its text, or its text replaced by paragraphs (`body`, one a line) or raw `xml`."""
    parts = parts_of(shipped_bytes(kind))
    text = parts["word/document.xml"].decode()
    for old, new in (swaps or {}).items():
        text = text.replace(old, new)
    if body:
        xml = "".join(f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in body.split("\n"))
    if xml:
        text = re.sub(r"(?s)<w:body>.*(?=<w:sectPr>)", lambda _found: f"<w:body>{xml}", text)
    return zipped({**parts, "word/document.xml": text.encode(), **(more or {})})
