"""English is complete (issue 2 item 3, design §9): the catalog against the sources, and what is put together in English.

tests/views/test_english_pages.py reads the pages.
"""

import ast
import re
from io import BytesIO
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import force_locale, gettext

from admin_views import labels, wording
from admin_views.rule_english import rule_words
from rules.rule_form import READY_RULES
from scripts import source_texts, translations
from services import audit, audit_values

HOLES = re.compile(r"%\(\w+\)s|\{\w*\}")
CHINESE = re.compile("[\u3400-\u9fff]+")
FIELD_NAME = re.compile(r"\{\{\w+\}\}")
"""How a Word template names a field, in Chinese in either language."""
QUOTED = (
    "初一、十五",
    "青石镇信访办",
    "青石镇",
    "包协调、包处理、包息访、保稳定",
    '"元旦"',
    "姓名（职务）",
    "领导干部接访日程公示",
    "公〔%(b)s〕%(c)s号",
    "青信交〔2026〕41号",
    "青信",
)
"""Chinese that English sentences quote: examples of what to type, titles and numbers of official papers."""


@pytest.fixture(scope="module")
def catalog() -> Any:
    return translations.read()


def test_the_catalog_holds_exactly_what_the_sources_say(catalog: Any) -> None:
    """`python -m scripts.translations` has been run: nothing is new, nothing is gone."""
    now = translations.updated(catalog, source_texts.collected())
    assert {(m.id, m.context) for m in catalog} == {(m.id, m.context) for m in now}


def test_every_source_string_has_its_english(catalog: Any) -> None:
    assert translations.missing(catalog) == []


def test_the_compiled_catalog_is_the_written_one(catalog: Any) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    assert translations.MO.read_bytes() == compiled.getvalue()


def _first(msgid: Any) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def test_both_sides_have_the_same_holes(catalog: Any) -> None:
    wrong = [
        (m.id, text)
        for m in catalog
        if m.id
        for text in ([m.string] if isinstance(m.string, str) else m.string)
        if set(HOLES.findall(_first(m.id))) != set(HOLES.findall(text)) or _first(m.id).count("%") != text.count("%")
    ]
    assert wrong == []


def test_the_english_is_english(catalog: Any) -> None:
    left = []
    for message in catalog:
        for text in [message.string] if isinstance(message.string, str) else message.string:
            for quoted in QUOTED:
                text = text.replace(quoted, "")
            text = FIELD_NAME.sub("", text)
            left += [text] if message.id and CHINESE.search(text) else []
    assert left == []


def test_screens_put_no_chinese_together_by_hand() -> None:
    """An f-string never reaches the catalog: screens fill their texts through gettext."""
    papers = {
        "calendar.py": 1,
        "hardening.py": 1,
        "imports.py": 1,
        "letter_batches.py": 1,
        "monthly_reports.py": 1,
        "notice_paper.py": 1,
        "notices.py": 1,
        "paper_templates.py": 2,
    }
    found = {}
    for path in sorted((source_texts.ROOT / "admin_views").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        joined = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) and CHINESE.search(_words_of(n))]
        if len(joined) > papers.get(path.name, 0) and path.name != "wording.py":
            found[path.name] = [n.lineno for n in joined]
    assert found == {}


def _words_of(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def test_each_label_stands_in_one_subject() -> None:
    """admin_views/labels/ puts its files together: a name said in two would hide one of its words."""
    parts = (labels.common, *labels.SUBJECTS)
    assert sum(len(part.WORDS) for part in parts) == len(labels.LABELS)
    assert sum(len(part.TABLES) for part in labels.SUBJECTS) == len(labels.TABLES)


def test_the_audit_trail_has_a_name_for_every_table_and_column_it_watches() -> None:
    watched = {mapper.local_table.name: mapper.column_attrs.keys() for mapper in audit.watched_mappers()}
    assert watched.keys() <= labels.TABLES.keys()
    named = {(table, name) for table in watched for name in watched[table] if f"{table}.{name}" in labels.LABELS}
    columns = {(table, name) for table in watched for name in watched[table] if name not in audit_values.SILENT}
    assert sorted((table, name) for table, name in columns - named if name not in labels.LABELS) == []


@pytest.mark.parametrize(
    ("source", "every", "fills", "expected"),
    [
        ('"""文档"""\nX = "词"', True, False, ["词"]),
        ('X = f"共 {n} 件"', True, False, []),
        ('X = f"共 {n} 件"', True, True, ["共 %(a)s 件"]),
        ('raise RuleBroken(f"{a}：不能晚于{b}。")', False, True, ["%(a)s：不能晚于%(b)s。"]),
        ('NOT_YET = "还不能：{}。"', False, True, ["还不能：%(a)s。"]),
        ('X = "样本"', False, True, []),
        ('ngettext("%(num)s 天", "%(num)s 天", n)', True, False, [("%(num)s 天", "%(num)s 天")]),
    ],
)
def test_texts_are_found(source: str, every: bool, fills: bool, expected: list[Any]) -> None:
    assert [text for _line, text in source_texts.texts_of(source, every=every, fills=fills)] == expected


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("理由：请填写。", "Reason: please fill it in."),
        ("来源：请填写。", "Source: please fill it in."),
        (
            "“已办结”的事项不能答复，请刷新后看现在可以做什么。",
            "A matter that is “Closed” does not allow “Reply”; refresh to see what is possible now.",
        ),
        (
            "清单还没有齐全，不能签字：基本案情材料：还缺材料或说明。",
            "The checklist is not complete, so it cannot be signed: "
            "Basic material of the case: still missing: material or a note.",
        ),
        ("末日 2026-10-30（星期五）", "last day 2026-10-30 (Friday)"),
        ("11月2日 星期一 还没有接访领导，请安排。", "Mon 2 Nov has no receiving leader; please arrange one."),
        ("张三、李四", "张三、李四"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_finished_sentence_is_said_in_english(app: Flask, chinese: str, english: str) -> None:
    with app.test_request_context():
        assert wording.said(chinese) == chinese
        with force_locale("en"):
            assert wording.said(chinese) == english


@pytest.mark.parametrize(
    ("rule", "english"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=1,16", "The 1st and the 16th, every month"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "Wednesday, every second week"),
        ("FREQ=MONTHLY;BYDAY=-1WE", "The last Wednesday, every month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "The last, every month"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=1,15", "The 1st and the 15th, every lunar month"),
        ("WORKDAYS", "Every working day"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", "Tuesday and Thursday, every week, 3 times"),
    ],
)
def test_a_rule_is_said_in_english(app: Flask, rule: str, english: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert rule_words(rule) == english


def test_every_ready_rule_has_english_words(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert [rule.text for rule in READY_RULES if CHINESE.search(rule_words(rule.text))] == []


def test_an_empty_text_stays_empty(app: Flask) -> None:
    """gettext would answer with the catalog's head."""
    with app.test_request_context(), force_locale("en"):
        assert gettext("") == ""
