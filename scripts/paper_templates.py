"""Write the shipped Word templates of the papers into templates/docx: `python -m scripts.paper_templates`.

The official look (GB/T 9704): A4, margins 37/35/28/26 mm, title 方正小标宋 22 pt, text 仿宋_GB2312 16 pt at 28 pt, page number
between dashes; fonts name their fallbacks. The same rules give the same bytes, so that a test can compare.
"""

import io
import re
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from rules.paper_fields import fields_of, lists_of
from rules.papers import FORMS, LINES, PAPERS, TO_UNITS, UNSEALED
from rules.words import DocumentKind

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "docx"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WIDTH = 8844
"""Twips between the side margins: 210 − 28 − 26 mm."""
PAGE = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588" w:header="851" w:footer="1588" w:gutter="0"/></w:sectPr>'
)
FONTS = {"方正小标宋简体": "华文中宋", "仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "黑体": "SimHei"}
"""Official fonts and what stands in where they are not installed."""
STYLES: dict[str, tuple[str, str, float, str, str]] = {
    "PaperHead": ("红头", "方正小标宋简体", 30, '<w:jc w:val="center"/>', '<w:color w:val="E00000"/>'),
    "PaperTitle": (
        "文书标题",
        "方正小标宋简体",
        22,
        '<w:spacing w:before="240" w:after="240"/><w:jc w:val="center"/>',
        "",
    ),
    "PaperNumber": ("文号", "仿宋_GB2312", 16, '<w:jc w:val="center"/>', ""),
    "PaperTo": ("主送", "仿宋_GB2312", 16, "", ""),
    "PaperBody": (
        "正文段落",
        "仿宋_GB2312",
        16,
        '<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>',
        "",
    ),
    "PaperSign": ("落款", "仿宋_GB2312", 16, '<w:ind w:right="640"/><w:jc w:val="right"/>', ""),
    "PaperWord": ("表格栏目", "黑体", 12, '<w:spacing w:line="320" w:lineRule="exact"/><w:jc w:val="center"/>', ""),
    "PaperCell": ("表格内容", "仿宋_GB2312", 12, '<w:spacing w:line="320" w:lineRule="exact"/>', ""),
}
"""Style → its name in Word, font, points, paragraph and run properties."""
LINE = '<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="E00000"/></w:pBdr>'

TALL = ("demand", "text", "minutes", "conclusion")
"""Fields whose row gets room to read and write."""
ROOM = '<w:spacing w:before="480"/>'
"""Above the issuer's name, for the seal."""


def paragraph(style: str, text: str, more: str = "") -> str:
    """A paragraph of one style; a line break in the text is one in Word."""
    pieces = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(line) for line in text.split("\n"))
    run = f'<w:r><w:t xml:space="preserve">{pieces}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{run}</w:p>'


def filled(kind: DocumentKind, text: str) -> str:
    """{name} becomes {{信访人}}: people in Word read labels."""
    labels = {field.name: field.label for field in fields_of(kind)}
    return re.sub(r"\{(\w+)\}", lambda found: "{{" + labels[found[1]] + "}}", text)


def body(kind: DocumentKind) -> str:
    """The whole text of a kind's template."""
    parts = []
    if kind in TO_UNITS:
        parts.append(paragraph("PaperHead", "{{制发单位}}"))
        parts.append(paragraph("PaperNumber", "{{文号}}", LINE))
        parts.append(paragraph("PaperTitle", "{{文书名称}}"))
    else:
        parts.append(paragraph("PaperTitle", "{{文书名称}}"))
        parts.append(paragraph("PaperNumber", "{{文号}}"))
    for text in PAPERS.get(kind, ()):
        is_address = text.endswith("}：") and text.startswith("{") and text.count("{") == 1
        parts.append(paragraph("PaperTo" if is_address else "PaperBody", filled(kind, text)))
    if kind in FORMS:
        parts.append(form(kind))
    if kind in LINES:
        parts += [paragraph("PaperCell", ""), listing(kind)]
    if kind not in UNSEALED:
        parts += [paragraph("PaperSign", "{{制发单位}}", ROOM), paragraph("PaperSign", "{{制发日期}}")]
    elif kind in FORMS:
        parts.append(paragraph("PaperSign", "{{制发日期}}", ROOM))
    return "".join(parts)


def form(kind: DocumentKind) -> str:
    """The table of a form: a word, its value; one pair fills the row and gets room to write."""
    rows = []
    for pairs in FORMS[kind]:
        cells = []
        for word, value in pairs:
            width = WIDTH - 1700 if len(pairs) == 1 else WIDTH // 2 - 1700
            span = 3 if len(pairs) == 1 else 1
            cells += [cell("PaperWord", word, 1700), cell("PaperCell", filled(kind, value), width, span)]
        is_tall = len(pairs) == 1 and (not pairs[0][1] or any(name in pairs[0][1] for name in TALL))
        rows.append(row(cells, 1900 if is_tall else 560))
    half = WIDTH // 2 - 1700
    return table([1700, half, 1700, half], rows)


def listing(kind: DocumentKind) -> str:
    """A table whose middle row repeats for a list."""
    lines = lists_of(kind)[0]
    chosen = [field for name in LINES[kind] for field in lines.fields if field.name == name]
    sizes = [700, 2000, 1700, 2300, 1444, 700]
    head = row([cell("PaperWord", field.label, size) for field, size in zip(chosen, sizes, strict=True)], 480)
    filling = [
        cell("PaperCell", "{{" + f"{lines.item}.{field.label}" + "}}", size)
        for field, size in zip(chosen, sizes, strict=True)
    ]
    start = row([cell("PaperCell", f"{{%tr for {lines.item} in {lines.label} %}}", WIDTH, len(chosen))], 400)
    end = row([cell("PaperCell", "{%tr endfor %}", WIDTH, len(chosen))], 400)
    return table(sizes, [head, start, row(filling, 480), end])


def cell(style: str, text: str, width: int, span: int = 1) -> str:
    """A table cell of so many columns."""
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shape = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{grid}<w:vAlign w:val="center"/></w:tcPr>'
    return f"<w:tc>{shape}{paragraph(style, text)}</w:tc>"


def row(cells: list[str], height: int) -> str:
    """A table row at least so high."""
    return f'<w:tr><w:trPr><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>{"".join(cells)}</w:tr>'


def table(sizes: list[int], rows: list[str]) -> str:
    """A ruled table over the whole width."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    shape = f'<w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    return f"<w:tbl>{shape}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def styles() -> str:
    """styles.xml: the text's base and the styles above, which an office may change in Word."""
    base = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
        'w:eastAsia="仿宋_GB2312" w:cs="Times New Roman"/><w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
        '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    )
    own = []
    for key, (name, font, size, shape, look) in STYLES.items():
        line = '<w:spacing w:line="700" w:lineRule="atLeast"/>' if key == "PaperHead" else ""
        fonts = f'<w:rFonts w:eastAsia="{font}"/>{look}<w:sz w:val="{int(size * 2)}"/>'
        own.append(
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{line}{shape}</w:pPr><w:rPr>{fonts}</w:rPr></w:style>'
        )
    return f"{HEAD}<w:styles {NAMESPACES}>{base}{''.join(own)}</w:styles>"


def font_table() -> str:
    """fontTable.xml: Word takes the other name where the official font is missing."""
    fonts = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in FONTS.items())
    return f"{HEAD}<w:fonts {NAMESPACES}>{fonts}</w:fonts>"


def footer() -> str:
    """— 1 —, centred."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    shape = '<w:pPr><w:jc w:val="center"/></w:pPr>'
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return f"{HEAD}<w:ftr {NAMESPACES}><w:p>{shape}{dash.format('— ')}{field}{dash.format(' —')}</w:p></w:ftr>"


def types() -> str:
    """[Content_Types].xml."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = {"document": "document.main", "styles": "styles", "fontTable": "fontTable", "footer1": "footer"}
    own = "".join(f'<Override PartName="/word/{k}.xml" ContentType="{main}.{v}+xml"/>' for k, v in parts.items())
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{own}</Types>'
    )


def relations(targets: dict[str, str]) -> str:
    """A .rels part: type → target."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    own = "".join(
        f'<Relationship Id="rId{n}" Type="{base}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{own}</Relationships>'


def template(kind: DocumentKind) -> bytes:
    """The docx of one kind."""
    parts = {
        "[Content_Types].xml": types(),
        "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"{HEAD}<w:document {NAMESPACES}><w:body>{body(kind)}{PAGE}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(
            {"styles": "styles.xml", "fontTable": "fontTable.xml", "footer": "footer1.xml"}
        ),
        "word/styles.xml": styles(),
        "word/fontTable.xml": font_table(),
        "word/footer1.xml": footer(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main() -> int:
    """Write every template."""
    FOLDER.mkdir(exist_ok=True)
    for kind in DocumentKind:
        (FOLDER / f"{kind.value}.docx").write_bytes(template(kind))
    print(f"{len(DocumentKind)} templates in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
