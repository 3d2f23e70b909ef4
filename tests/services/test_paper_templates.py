"""Templates the office replaces in Word (issue 4 point 6; trust: templates are code): nothing but named fields gets in or runs."""

import io
import zipfile
from datetime import timedelta

import pytest

from rules.paper_fields import lists_of
from rules.words import DocumentKind, RuleBroken
from services import gate, paper_check, paper_package, paper_templates, relief
from services.paper_templates import shipped_bytes
from tests.fixtures.office import TODAY, Office
from tests.services.paper_files import packed, parts_of, words_of, zipped

D = DocumentKind
DOCUMENT = "word/document.xml"
RELS = "word/_rels/document.xml.rels"


def run(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def rels(line: str) -> dict[str, bytes]:
    parts = parts_of(shipped_bytes(D.GUIDE))
    return {RELS: parts[RELS].replace(b"</Relationships>", line.encode() + b"</Relationships>")}


def bomb() -> bytes:
    parts = parts_of(shipped_bytes(D.GUIDE))
    return zipped({**parts, "word/styles.xml": b" " * (paper_package.MAX_UNPACKED + 1)})


def field(code: str) -> str:
    begin, end = ('<w:r><w:fldChar w:fldCharType="%s"/></w:r>' % kind for kind in ("begin", "end"))  # noqa: UP031
    pieces = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:3], code[3:]))
    return f"<w:p>{begin}{pieces}{end}</w:p>" + run("{{信访人}}")


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><w>&a;</w>'
OUTSIDE = '<Relationship Id="rId9" Type="http://x/hyperlink" Target="http://evil.example/" TargetMode="External"/>'
# what is in the template, what the refusal says
REFUSED = {
    "attribute": (packed(body="第一段\n{{ ''.__class__ }}"), "第2段：{{''.__class__}} 不是字段"),
    "class_walk": (packed(body="{{ 信访人.__class__.__mro__ }}"), "第1段：{{信访人.__class__.__mro__}} 不是字段"),
    "dotted": (packed(body="{{ 信访人.长度 }}"), "第1段：未知字段 {{信访人.长度}}"),
    "call": (packed(body="{{ range(99999999) }}"), "第1段：{{range(99999999)}} 不是字段"),
    "filter": (packed(body="{{ 信访人|upper }}"), "第1段：{{信访人|upper}} 不是字段"),
    "arithmetic": (packed(body="{{ 9**9**9 }}"), "第1段：{{9**9**9}} 不是字段"),
    "global": (packed(body="{{ cycler }}"), "第1段：未知字段 {{cycler}}"),
    "for": (packed(body="{% for x in 信访人 %}{{信访人}}{% endfor %}"), "第1段：不能使用 {% for x in 信访人 %}"),
    "for_rows": (packed(body="{%tr for x in 信访人 %}\n{{信访人}}\n{%tr endfor %}"), "第1段：不能使用 {%tr for x in 信访人 %}"),
    "if": (packed(body="{% if 信访人 %}{{信访人}}{% endif %}"), "第1段：不能使用 {% if 信访人 %}"),
    "set": (packed(body="{% set a = 1 %}{{信访人}}"), "第1段：不能使用 {% set a = 1 %}"),
    "include": (packed(body="好\n好\n{% include '/etc/passwd' %}"), "第3段：不能使用 {% include '/etc/passwd' %}"),
    "import": (packed(body="{% import 'os' as os %}{{信访人}}"), "第1段：不能使用"),
    "comment": (packed(body="{# 批注 #}{{信访人}}"), "第1段：不能使用 {# 批注 #}"),
    "split_tag": (packed(xml=run("{{信访人}}{") + run("% include 'x' %}")), "第2段：有不成对的"),
    "unknown": (packed(body="好\n好\n致{{信访人姓名}}"), "第3段：未知字段 {{信访人姓名}}，请改为 {{信访人}}"),
    "half": (packed(body="致{{信访人"), "第1段：有不成对的"),
    "of_another_kind": (packed(body="{{签收时间}}"), "第1段：未知字段 {{签收时间}}"),
    "in_an_attribute": (
        packed(xml='<w:p><w:pPr><w:pStyle w:val="{{ cycler }}"/></w:pPr></w:p>' + run("{{信访人}}")),
        "只能写字段名和列出的重复行",
    ),
    "no_field": (packed(body="没有字段的模板"), "里面没有字段"),
    "empty": (b"", "是空的"),
    "huge": (b"PK\x03\x04" + b"x" * paper_package.MAX_BYTES, "超过 2 MB"),
    "text": (b"just text", "内容不是 Word 文档"),
    "broken": (b"PK\x03\x04broken", "打不开"),
    "cut": (shipped_bytes(D.GUIDE)[:-300], "打不开"),
    "not_word": (zipped({"a.txt": b"x"}), "里面有不能使用的部件“a.txt”"),
    "excel": (zipped({"[Content_Types].xml": b"<Types/>"}), "不是 Word 文档"),
    "bomb": (bomb(), "解压后过大"),
    "many": (zipped({**parts_of(shipped_bytes(D.GUIDE)), **{f"word/media/{n}.png": b"x" for n in range(250)}}), "个部件"),
    "macro": (packed(more={"word/vbaProject.bin": b"x"}), "不能使用的部件“word/vbaProject.bin”"),
    "embedded": (packed(more={"word/embeddings/oleObject1.bin": b"x"}), "不能使用的部件"),
    "path": (packed(more={"../../evil.xml": b"<x/>"}), "不能使用的部件"),
    "macro_type": (
        packed(more={"[Content_Types].xml": parts_of(shipped_bytes(D.GUIDE))["[Content_Types].xml"].replace(
            b"</Types>", b'<Override PartName="/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
        )}),
        "带有宏",
    ),
    "external": (packed(more=rels(OUTSIDE)), "指向文件以外的链接"),
    "entities": (packed(more={"word/settings.xml": DOCTYPE}), "不能使用的声明"),
    "bad_xml": (packed(more={"word/settings.xml": b"<w:settings"}), "读不出来"),
    "empty_part": (packed(more={"word/settings.xml": b""}), "是空的"),
    "object": (packed(xml="<w:p><w:r><w:object/></w:r></w:p>" + run("{{信访人}}")), "不能使用的内容（object"),
    "alt_chunk": (packed(xml='<w:altChunk r:id="rId1"/>' + run("{{信访人}}")), "不能使用的内容（altChunk"),
    "mail_merge": (
        packed(more={"word/settings.xml": b'<w:settings xmlns:w="urn:w"><w:mailMerge/></w:settings>'}),
        "不能使用的内容（mailMerge",
    ),
    "dde": (packed(xml=field('DDEAUTO c:\\\\windows "x"')), "不能使用的域“DDEAUTO”"),
    "include_text": (packed(xml=field('INCLUDETEXT "\\\\\\\\host\\\\x"')), "不能使用的域“INCLUDETEXT”"),
    "simple_field": (packed(xml='<w:p><w:fldSimple w:instr=" HYPERLINK x "/></w:p>' + run("{{信访人}}")), "域“HYPERLINK”"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_template_is_refused_and_nothing_changes(office: Office, case: str) -> None:
    data, said = REFUSED[case]
    with pytest.raises(RuleBroken) as no:
        paper_templates.upload(office.session, office.actor("office_head"), D.GUIDE, "模板.docx", data, TODAY)
    assert said in no.value.message.replace("{{ ", "{{").replace(" }}", "}}"), no.value.message
    assert no.value.field == "file"
    assert paper_templates.editions(office.session, D.GUIDE) == []


@pytest.mark.parametrize("name", ["模板.docm", "模板.dotm", "模板.doc", "模板.zip", "模板", "x.docx.exe"])
def test_only_docx_by_name(office: Office, name: str) -> None:
    with pytest.raises(RuleBroken, match=r"只能上传 \.docx"):
        paper_templates.upload(
            office.session, office.actor("office_head"), D.GUIDE, name, packed(body="{{信访人}}"), TODAY
        )


@pytest.mark.parametrize("kind", D, ids=lambda kind: kind.value)
def test_every_shipped_template_passes_the_same_check(kind: DocumentKind) -> None:
    """And its test print names no field any more."""
    made = paper_check.checked(kind, "x.docx", shipped_bytes(kind))
    filled, _text = made.fill(paper_check.test_values(kind))
    assert "{{" not in words_of(filled)
    assert "{%" not in words_of(filled)


def test_a_field_that_word_cut_to_pieces_is_found() -> None:
    """Word splits what was typed over runs, proofing marks and formats."""
    pieces = "".join(
        f"<w:r><w:rPr><w:b/></w:rPr><w:t>{p}</w:t></w:r><w:proofErr w:type='spellStart'/>"
        for p in ("{", "{信", "访人", "}", "}")
    )
    made = paper_check.checked(D.GUIDE, "x.docx", packed(xml=f"<w:p>{pieces}</w:p>"))
    filled, _text = made.fill(paper_check.test_values(D.GUIDE))
    assert words_of(filled) == "赵丽华等3人"


def test_both_names_of_a_field_work_and_a_listed_row_repeats() -> None:
    row = "<w:tr>{}</w:tr>"
    cell = '<w:tc><w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p></w:tc>'
    lines = ["{%tr for 件 in papers %}", "{{件.序号}} {{件.title}}", "{%tr endfor %}"]
    table = "<w:tbl>" + "".join(row.format(cell.format(line)) for line in lines) + "</w:tbl>"
    made = paper_check.checked(D.DOSSIER, "x.docx", packed(D.DOSSIER, xml=run("{{name}} {{信访人}}") + table))
    papers = [{"order": n, "title": title} for n, title in ((1, "交办函"), (2, "<b>答复</b>"))]
    filled, _text = made.fill(paper_check.both_names(D.DOSSIER, {"name": "赵丽华", "papers": papers}))
    assert words_of(filled) == "赵丽华 赵丽华\n1 交办函\n2 <b>答复</b>"
    assert lists_of(D.DOSSIER)[0].label == "卷内文件"


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("{%tr for 件 in 卷内文件 %}|{%tr for 件 in 卷内文件 %}|x|{%tr endfor %}|{%tr endfor %}", "nested"),
        ("{%tr for 件 in 卷内文件 %}|x", "not ended"),
        ("x|{%tr endfor %}", "not begun"),
        ("{{件.序号}}", "outside its list"),
    ],
)
def test_a_list_is_repeated_once_and_whole(xml: str, why: str) -> None:
    rows = "".join(f"<w:tr><w:tc>{run(line)}</w:tc></w:tr>" for line in xml.split("|"))
    with pytest.raises(RuleBroken):
        paper_check.checked(D.DOSSIER, "x.docx", packed(D.DOSSIER, xml=f"{run('{{信访人}}')}<w:tbl>{rows}</w:tbl>"))


def test_editions_are_dated_kept_and_taken_back(office: Office) -> None:
    head, session = office.actor("office_head"), office.session

    def text_on(day: int) -> str:
        made, _edition = paper_templates.ready(session, D.GUIDE, TODAY + timedelta(days=day))
        return words_of(made.fill(paper_check.test_values(D.GUIDE))[0])

    shipped = text_on(0)
    first = paper_templates.upload(session, head, D.GUIDE, "一.docx", packed(body="一 {{信访人}}"), TODAY, "改了抬头")
    later = paper_templates.upload(
        session, head, D.GUIDE, "二.docx", packed(body="二 {{信访人}}"), TODAY + timedelta(days=3)
    )
    assert (text_on(0), text_on(2), text_on(3)) == ("一 赵丽华等3人", "一 赵丽华等3人", "二 赵丽华等3人")
    assert paper_templates.in_use(session, TODAY) == {D.GUIDE: first}
    assert paper_templates.in_use(session, TODAY + timedelta(days=3)) == {D.GUIDE: later}
    paper_templates.go_back(session, head, D.GUIDE, 0)
    assert text_on(0) == shipped
    assert paper_templates.in_use(session, TODAY) == {}
    assert text_on(3) == "二 赵丽华等3人"
    paper_templates.go_back(session, head, D.GUIDE, first.edition)
    assert text_on(0) == "一 赵丽华等3人"
    assert [one.edition for one in paper_templates.editions(session, D.GUIDE)] == [4, 3, 2, 1]
    assert (first.note, later.edition) == ("改了抬头", 2)
    with pytest.raises(gate.NotHere):
        paper_templates.go_back(session, head, D.GUIDE, 9)


@pytest.mark.parametrize(("days", "said"), [(-1, "不能早于今天"), (400, "最多提前一年")])
def test_an_edition_begins_today_or_within_a_year(office: Office, days: int, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as no:
        paper_templates.upload(
            office.session,
            office.actor("office_head"),
            D.GUIDE,
            "x.docx",
            packed(body="{{信访人}}"),
            TODAY + timedelta(days=days),
        )
    assert no.value.field == "valid_from"


@pytest.mark.parametrize("username", ["clerk", "handler_a", "unit_head_a", "sysadmin", "inspector"])
def test_only_the_office_head_replaces_templates(office: Office, username: str) -> None:
    with pytest.raises(gate.Forbidden):
        paper_templates.upload(
            office.session, office.actor(username), D.GUIDE, "x.docx", packed(body="{{信访人}}"), TODAY
        )
    with pytest.raises(gate.Forbidden):
        paper_templates.go_back(office.session, office.actor(username), D.GUIDE, 0)


def test_relief_texts_are_dated_rows(office: Office) -> None:
    """《信访工作条例》 Art 35, 36: reply → review, review → re-review; a row of the office wins from its day on."""
    session = office.session
    shipped = relief.text(session, D.REPLY, TODAY)
    assert "三十日内请求原办理机关、单位的上一级机关、单位复查" in shipped
    assert "请求复核" in relief.text(session, D.REVIEW, TODAY)
    assert "信访终结意见" in relief.text(session, D.RECHECK, TODAY)
    assert relief.text(session, D.ASSIGN, TODAY) == ""
    assert relief.text(session, D.REPLY, TODAY.replace(year=2020)) == ""
    row = paper_templates.m.ReliefText()
    values = {"branch": "reply", "text": "新文字", "source": "新条例", "valid_from": TODAY, "valid_to": None}
    relief.save(session, office.actor("office_head"), row, values)
    assert relief.text(session, D.REPLY, TODAY) == "新文字"
    assert relief.text(session, D.REPLY, TODAY - timedelta(days=1)) == shipped
    with pytest.raises(RuleBroken, match="已经有同日生效"):
        relief.save(session, office.actor("office_head"), paper_templates.m.ReliefText(), values)
    with pytest.raises(RuleBroken, match="失效日期"):
        relief.save(session, office.actor("office_head"), row, values | {"valid_to": TODAY - timedelta(days=9)})


def test_what_is_filled_is_a_docx_of_the_same_parts() -> None:
    """Only text parts are written anew; the same values give the same bytes."""
    made = paper_check.checked(D.ASSIGN, "x.docx", shipped_bytes(D.ASSIGN))
    first, second = (made.fill(paper_check.test_values(D.ASSIGN))[0] for _ in range(2))
    assert first == second
    before, after = parts_of(shipped_bytes(D.ASSIGN)), parts_of(first)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} <= {DOCUMENT, "word/footer1.xml"}
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None
