"""Papers as docx (issue 4 point 6, B-papers): every kind opened with python-docx, each field found; filed as issued."""

import hashlib
import io
import re
import zipfile
from datetime import date

import docx
import pytest
import sqlalchemy as sa

import models as m
from rules import moves
from rules.paper_fields import examples, fields_of, lists_of
from rules.papers import FORMS, PAPERS
from rules.words import DocumentKind, Purpose, RuleBroken
from scripts.paper_templates import FOLDER, template
from services import documents, gate, paper_templates, paper_values
from services.registration import Person
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office
from tests.services.paper_files import packed, words_of

D = DocumentKind


def issued(office: Office, petition: m.Petition, kind: DocumentKind, **said: str) -> m.Document:
    return documents.issue(office.session, office.actor("clerk"), petition, kind, said, "城建办")


def used(kind: DocumentKind) -> set[str]:
    """Names of the fields on the shipped template."""
    texts = [*PAPERS.get(kind, ()), *(value for row in FORMS.get(kind, ()) for _word, value in row)]
    return set(re.findall(r"\{(\w+)\}", " ".join(texts)))


@pytest.mark.parametrize("kind", D, ids=lambda kind: kind.value)
def test_every_paper_says_every_field_of_its_template(office: Office, kind: DocumentKind) -> None:
    """The docx of each kind: what the move was told, what the matter says, number, issuer, day, title."""
    petition = registered(office, TODAY)
    petition.unit = office.unit("a")
    told = {field.name: f"〈{field.label}〉" for field in fields_of(kind) if field.name in used(kind)}
    paper = issued(office, petition, kind, **told)
    said = words_of(documents.docx_of(paper))
    undated = (D.INTERVIEW, D.REVIEW_REQUEST, D.RECHECK_REQUEST, D.MEDIATION, D.SETTLEMENT)
    for value in (paper.number, kind.label, *(() if kind in undated else ("2026年11月21日",))):
        assert value in said, (kind, value)
    for name, value in told.items():
        assert value in said or name in ("issuer", "addressee"), (kind, name)
    assert "{{" not in said


# verb path before, verb, who, kind, what must stand there
LIVES = [
    (("assign",), "信访办", D.ASSIGN, ("城建办：", "赵丽华", "征地补偿款少付 3 亩", "2027年1月4日")),
    (("forward",), "信访办", D.FORWARD, ("城建办：", "转送你单位")),
    (("forward", "accept"), "城建办", D.ACCEPT, ("赵丽华：", "决定予以受理")),
    (("forward", "refuse"), "城建办", D.REFUSE, ("已由法院判决。", "可以向本机关、单位的上一级机关、单位提出")),
    (("assign", "object", "agree_return"), "信访办", D.RETURN, ("城建办：", "同意退回")),
    (("guide",), "信访办", D.GUIDE, ("县人民法院", "建设路 8 号 0731-1234567", "属于民事纠纷。", "请持本告知单")),
    (("no_more",), "信访办", D.NO_MORE, ("已经复核终结。", "有新的事实、理由的")),
    (("forward", "divert"), "城建办", D.DIVERT, ("诉讼", "县人民法院", "《民事诉讼法》第一百二十二条", "2026年12月31日")),
    (("assign", "accept", "interview"), "城建办", D.INTERVIEW, ("村委会", "赵丽华", "郑伟", "问答。", "10时00分")),
    (("assign", "accept", "investigate"), "城建办", D.INVESTIGATION, ("实测 8.2 亩。", "建议补发。")),
    (("assign", "accept", "mediate"), "城建办", D.MEDIATION, ("周强", "双方同意补发 3 亩。")),
    (("assign", "accept", "settle"), "城建办", D.SETTLEMENT, ("双方同意补发 3 亩。",)),
    (("assign", "accept", "ask_extension"), "城建办", D.EXTEND_FORM, ("30日", "需要重新测量。", "2027年1月20日")),
    (("assign", "accept", "extend"), "城建办", D.EXTEND, ("30日", "2027年2月19日", "需要重新测量。")),
    (("assign", "accept", "reply"), "城建办", D.REPLY,
     ("补偿款少付 3 亩。", "《土地管理法》第四十八条", "支持", "补发。", "三十日内请求原办理机关")),
    (("assign", "accept", "reply", "serve"), "城建办", D.SERVICE,
     ("赵丽华", "直接送达", "2026年11月21日10时00分", "信复〔2026〕1号处理意见书")),
]  # fmt: skip


@pytest.mark.parametrize(("verbs", "issuer", "kind", "words"), LIVES, ids=[kind.value for _, _, kind, _ in LIVES])
def test_a_move_issues_its_paper(
    office: Office, verbs: tuple[str, ...], issuer: str, kind: D, words: tuple[str, ...]
) -> None:
    """Art 22–36: the paper of each move says what the move was told, in the office's own time."""
    petition = registered(office, TODAY)
    made = [move(office, petition, verb, TODAY) for verb in verbs][-1]
    assert made.document is not None
    assert (made.document.kind, made.document.issuer) == (kind, issuer)
    said = words_of(documents.docx_of(made.document))
    for word in words:
        assert word in said, (kind, word, said)


def test_review_re_review_closing_and_the_files_contents(office: Office) -> None:
    """Art 35, 36; 卷内目录 lists every paper before it, in the order of days."""
    petition = registered(office, TODAY)
    path = (
        "assign", "accept", "reply", "serve", "ask_review", "uphold", "ask_recheck", "recheck_uphold", "close", "archive",
    )  # fmt: skip
    papers = {}
    for verb in path:
        made = move(office, petition, verb, TODAY).document
        assert made is not None
        papers[made.kind] = words_of(documents.docx_of(made))
    assert "县人民政府：" in papers[D.REVIEW_REQUEST]
    assert "面积仍有出入，请求复查。" in papers[D.REVIEW_REQUEST]
    assert "维持原处理意见" in papers[D.REVIEW]
    assert "请求复核" in papers[D.REVIEW]
    assert "申请复核" in papers[D.RECHECK_REQUEST]
    assert "信访终结意见" in papers[D.RECHECK]
    assert "补偿款已到账。" in papers[D.CLOSE]
    contents = papers[D.DOSSIER]
    places = [
        contents.index(title) for title in ("交办函", "受理告知书", "处理意见书", "送达回证", "复查意见书", "办结报告")
    ]
    assert places == sorted(places)
    assert "2026 年第 3 柜 12 卷" in contents


def test_the_registration_form_masks_what_the_rules_mask(office: Office) -> None:
    """§4: phone and ID number masked on papers, the reporter's name too where the matter is guarded."""
    people = [Person("赵丽华", phone="13800000026")]
    petition = registered(office, TODAY, people=people)
    form = documents.issue_form(office.session, office.actor("clerk"), petition)
    said = words_of(documents.docx_of(form))
    assert (form.kind, form.number) == (D.VISIT_FORM, "信访登〔2026〕1号")
    assert "138****0026" in said
    assert "13800000026" not in said
    assert "赵丽华" in said
    with pytest.raises(RuleBroken, match="已经有来访登记表"):
        documents.issue_form(office.session, office.actor("clerk"), petition)
    with pytest.raises(gate.Forbidden):
        documents.issue_form(office.session, office.actor("handler_a"), petition)
    secret = registered(office, TODAY, channel="letter", purpose=Purpose.REPORT, people=people)
    guarded = documents.issue_form(office.session, office.actor("clerk"), secret)
    assert (guarded.kind, guarded.number) == (D.LETTER_FORM, "信密信登〔2026〕1号")
    assert "赵某" in words_of(documents.docx_of(guarded))
    assert "赵丽华" not in words_of(documents.docx_of(guarded))


def test_numbers_run_in_order_per_kind_and_year(office: Office) -> None:
    petition = registered(office, TODAY)
    numbers = [issued(office, petition, kind).number for kind in (D.ASSIGN, D.ASSIGN, D.FORWARD, D.ASSIGN)]
    assert numbers == ["信交〔2026〕1号", "信交〔2026〕2号", "信转〔2026〕1号", "信交〔2026〕3号"]


def test_what_is_typed_never_becomes_more_than_text(office: Office) -> None:
    """Braces, tags and control characters of a petitioner stand there as they are, or are left out; lines become paragraphs."""
    petition = registered(office, TODAY, demand="{{ 7*7 }} {% for x in y %} <w:p/> & “引号”\x0b\n第二行")
    petition.unit = office.unit("a")
    paper = issued(office, petition, D.REPLY, facts="一\n二\n三", basis="依据", opinion="支持", text="<b>补发</b>")
    document = docx.Document(io.BytesIO(documents.docx_of(paper)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "一、信访诉求：{{ 7*7 }} {% for x in y %} <w:p/> & “引号”" in texts
    assert "第二行" in texts
    assert texts[texts.index("二、查明的事实：一") + 1 :][:2] == ["二", "三"]
    assert "三、处理意见：支持。<b>补发</b>" in texts


def test_an_empty_field_alone_in_its_paragraph_leaves_no_trace(office: Office) -> None:
    petition = registered(office, TODAY)
    petition.unit = office.unit("a")
    said = words_of(documents.docx_of(issued(office, petition, D.ASSIGN, feedback_on="2026年12月20日")))
    assert "办理要求" not in said
    assert "协办单位" not in said


def test_a_later_template_does_not_touch_what_was_issued(office: Office) -> None:
    """Filed as issued: bytes and digest stay; the browser prints the same words; tampering is told."""
    petition = registered(office, TODAY)
    first = issued(office, petition, D.GUIDE, body="县人民法院", address="建设路", reason="民事纠纷")
    before = documents.docx_of(first)
    data = packed(D.GUIDE, {"请持本告知单": "x"}, body="新模板 {{信访人}} 去 {{有权处理机关}}")
    paper_templates.upload(office.session, office.actor("office_head"), D.GUIDE, "新.docx", data, TODAY)
    second = issued(office, petition, D.GUIDE, body="县人民法院", address="建设路", reason="民事纠纷")
    assert words_of(documents.docx_of(second)) == "新模板 赵丽华 去 县人民法院"
    assert second.template_id is not None
    assert second.content["blocks"] == [["", "新模板 赵丽华 去 县人民法院"]]
    office.session.expire(first)
    assert documents.docx_of(first) == before
    assert (first.template_id, first.sha256) == (None, hashlib.sha256(before).hexdigest())
    changed = sa.update(m.Document.__table__).where(m.Document.id == first.id).values(docx=before + b"x")
    office.session.connection().execute(changed)
    office.session.expire(first)
    with pytest.raises(RuleBroken, match="与制发时不一致"):
        documents.docx_of(first)


def test_a_paper_of_earlier_times_has_no_file(office: Office) -> None:
    petition = registered(office, TODAY)
    old = m.Document(
        kind=D.CLOSE, title="办结报告", petition=petition, issued_on=TODAY, issuer="信访办", content={"paragraphs": []}
    )
    with pytest.raises(RuleBroken, match="从浏览器打印"):
        documents.docx_of(old)


@pytest.mark.parametrize("kind", D, ids=lambda kind: kind.value)
def test_the_shipped_templates_are_what_the_script_writes(kind: DocumentKind) -> None:
    def parts(data: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return {name: file.read(name) for name in file.namelist()}

    assert parts((FOLDER / f"{kind.value}.docx").read_bytes()) == parts(template(kind))


def test_what_a_move_is_told_has_a_field_on_its_paper() -> None:
    """Nothing a move asks for and says in text is out of a template's reach."""
    beside = {"phoned", "shown", "rectify_by", "rectify_on", "assisting_ids"}
    for row in moves.ROWS:
        if row.paper is None:
            continue
        known = {field.name for field in fields_of(row.paper)}
        asked = {need.name for need in row.needs if need.kind in ("text", "long", "date", "datetime", "int", "choice")}
        inside = beside | (
            {"reason"} if row.verb == "hand_on" else set()
        )  # why the first unit cannot: not the next one's
        assert asked - known <= inside, (row.verb, asked - known)


def test_fields_have_one_label_each_and_an_example() -> None:
    for kind in D:
        fields = fields_of(kind)
        for part in ("name", "label"):
            names = [getattr(field, part) for field in fields]
            assert len(set(names)) == len(names), (kind, names)
            assert all(name.isidentifier() for name in names)
        assert all(field.example for field in fields)
        assert set(examples(kind)) == {f.name for f in fields} | {lines.name for lines in lists_of(kind)}


def test_dates_are_written_as_papers_write_them() -> None:
    assert paper_values.written(date(2026, 12, 1)) == "2026年12月1日"
    assert paper_values.written(Purpose.SEEK) == "求决"
    assert paper_values.written(None) == ""
