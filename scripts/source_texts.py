"""The Chinese source strings of the screens: where they stand, and which of them are words somebody reads.

Collected: everything templates pass to `_`; every Chinese text in the screens' code and in the tables whose labels
the screens show; the sentences rules and services refuse with, as patterns (see admin_views.wording.said).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

from babel.messages.extract import extract_from_file

from admin_views import wording
from admin_views.menu import MENU
from rules import access, appointments, calendar_days, campaigns, figures, inspection_report, moves, rule_remarks, terms
from services import (
    calendar_moves,
    clocks,
    import_fields,
    list_registering,
    mail_merge,
    monthly_reports,
    paper_check,
    paper_templates,
    setting_items,
)

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile("[\u4e00-\u9fff]")
FULL_WIDTH = re.compile("[\u3000-\u303f\uff00-\uffef]")
LAW = re.compile("《[^》]+》第[零一二三四五六七八九十百]+条")
SENTENCE = re.compile(r"。$|，%\(\w\)s$")
HOLE = re.compile(r"\{\w*\}")

SCREENS = ("admin_views", "public.py")
"""Every Chinese text here is read by somebody on a screen."""
TABLES = (
    "rules/words.py", "rules/reception_words.py", "rules/handling_words.py", "rules/moves.py", "rules/moves_office.py",
    "rules/moves_unit.py", "rules/moves_review.py", "rules/moves_end.py", "rules/move_row.py", "rules/closing.py", "rules/deadlines.py",
    "rules/file_purposes.py",
    "rules/cases.py", "rules/closing_items.py", "rules/closing_templates.py", "rules/proceedings.py", "rules/demand_ways.py",
    "rules/inspection.py", "rules/screening.py", "rules/inspection_words.py", "rules/inspection_sheet.py",
    "rules/rule_form.py", "rules/filing_words.py", "rules/job_words.py", "rules/supervision.py", "rules/aftercare.py",
    "rules/relief.py", "services/duplicates.py", "services/case_boards.py", "services/bundles.py", "rules/owed.py",
    "rules/reception_outcomes.py", "services/reception_report_table.py", "services/workbench.py", "services/workbench_tiles.py",
    "services/tray.py", "services/legs.py",
    "services/office_setup.py", "services/roster_checks.py", "services/notices.py", "services/visits.py",
    "services/visit_plans.py", "services/notice_changes.py", "services/notice_checks.py", "services/import_jobs.py",
)  # fmt: skip
"""Modules of which every text is shown through gettext; of the others, only what _from_tables names."""
SPEAKING = {"RuleBroken", "Stale", "Forbidden", "NotHere", "refuse", "Note", "Complaint", "Step"}
"""Calls whose texts a person reads, anywhere in rules and services; so are all whole sentences there."""
PAPERS = (
    "rules/papers.py", "rules/paper_fields.py", "rules/relief_texts.py", "services/paper_values.py", "services/demo",
    "services/import_fields.py", "admin_views/notice_paper.py",
)  # fmt: skip
"""Texts of official papers, of the demonstration office and of samples; they stay Chinese."""

Found = tuple[str, str | tuple[str, str], str | None]
"""(where, msgid, context), the msgid a pair for ngettext."""


def collected() -> list[Found]:
    """Every source string with where it stands, in order of files."""
    found: list[Found] = [*_from_templates(), *_from_code()]
    found += [(where, text, None) for where, text in _from_tables()]
    lines = [line for _group, part in MENU for entry in part for line in (entry, *entry.beside)]
    labels = [*(group for group, _part in MENU), *(line.label for line in lines)]
    found += [("admin_views/menu.py", label, wording.HEADING) for label in labels]
    found += [("rules/figures.py", one.label, wording.HEADING) for one in figures.FIGURES]
    found += [("rules/moves.py", label, wording.DONE) for label in moves.VERBS.values()]
    return [one for one in found if _is_words(one[1] if isinstance(one[1], str) else one[1][0])]


def _is_words(text: str) -> bool:
    """Chinese, and no regular expression or title of a law."""
    if LAW.fullmatch(text) or "\\" in text:
        return False
    return bool(CHINESE.search(text) or (FULL_WIDTH.search(text) and "%(" in text))


def _from_templates() -> Iterator[Found]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for line, text, _comments, _context in extract_from_file("jinja2", path, options={"silent": "false"}):
            yield f"{path.relative_to(ROOT)}:{line}", text, None


def _from_code() -> Iterator[Found]:
    for folder in (*SCREENS, "rules", "services"):
        for path in sorted((ROOT / folder).rglob("*.py")) or [ROOT / folder]:
            name = str(path.relative_to(ROOT))
            if not name.startswith(PAPERS):
                is_screen = name.startswith(SCREENS)
                source = path.read_text(encoding="utf-8")
                for line, text in texts_of(source, every=is_screen or name in TABLES, fills=not is_screen):
                    yield f"{name}:{line}", text, None


def _from_tables() -> Iterator[tuple[str, str]]:
    """Labels made at run time, or standing among texts that nobody translates (samples, defaults, sources)."""
    for day in calendar_days.days_of_year(2026)[:7]:
        yield "rules/calendar_days.py", calendar_days.weekday_name(day)
    for text in (*calendar_days.FESTIVALS.values(), "%(a)s调休上班", "%(a)s假期", "%(a)s调休"):
        yield "rules/calendar_days.py", text
    for words in appointments.HARD:
        yield "rules/appointments.py", words.replace("{}", "%(a)s")
    for scope in access.Scope:
        yield "rules/access.py", scope.label
    for term in terms.TERMS:
        yield "rules/terms.py", term.label
    for text in (*campaigns.LIGHTS.values(), *campaigns.SPANS):
        yield "rules/campaigns.py", text
    for text in [*terms.UNITS.values(), *_words_in(figures.FIGURES)]:
        yield "rules/figures.py", text
    for label in (*monthly_reports.COUNT_LABELS.values(), "%(a)s年%(b)s月情况统计表"):
        yield "services/monthly_reports.py", label
    for label in ("%(a)s年%(b)s月领导接访月报", "%(a)s年%(b)s月领导干部接访情况月报"):
        yield "services/reception_reports.py", label
    for text in rule_remarks.SHORT.values():
        yield "rules/rule_remarks.py", text
    for text in ("逾期未办", "逾期办结", "截至 %(a)s", "无"):
        yield "services/circulations.py", text
    for text in calendar_moves.NOTES.values():
        yield "services/calendar_moves.py", text
    for text in (
        *paper_check.PLACES,
        paper_check.ELSEWHERE,
        *paper_templates.NOTES,
        mail_merge.FORM_LABEL,
        mail_merge.FORM_HELP,
    ):
        yield "services/paper_check.py", text
    for part in inspection_report.REPORT_PARTS:
        yield "rules/inspection_report.py", part.label
    for word in terms.NAMED.values():
        yield "rules/terms.py", word
    for word in (*clocks.START_WORDS.values(), clocks.LETTER):
        yield "services/clocks.py", word
    for item in setting_items.ITEMS:
        yield from (("services/setting_items.py", text) for text in (item.label, item.help, item.group, *item.choices))
    for text in ("办理期限 %(a)s 件、%(b)s 个日期，其他 %(c)s 个", "化解超期", "督办逾期未复"):
        yield "services/digest.py", text
    for text in ("包案已过时限", "进展逾期未记", "%(a)s 天没有进展"):
        yield "services/agenda.py", text
    for column in list_registering.FIELDS:
        yield "services/list_registering.py", column.label
    for kind in import_fields.KINDS.values():
        yield from (("services/import_fields.py", text) for text in (kind.label, kind.says, *kind.labels().values()))


def _words_in(table: object) -> Iterator[str]:
    """Every text in nested tuples and dataclasses."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, tuple):
        for part in table:
            yield from _words_in(part)
    elif is_dataclass(table):
        yield from _words_in(tuple(getattr(table, part.name) for part in fields(table)))


def texts_of(source: str, *, every: bool, fills: bool) -> list[tuple[int, str | tuple[str, str]]]:
    """The Chinese texts of a module with their lines: `every` one that is no docstring, else only sentences a person reads.

    `fills`: texts with holes become patterns; a screen fills its texts through gettext and has none.
    """
    tree = ast.parse(source)
    inner = {id(part) for node in ast.walk(tree) for part in _no_text_alone(node)}
    roots = [tree] if every else [node for node in ast.walk(tree) if id(node) not in inner and _speaks(node)]
    found = {place: text for root in roots for place, text in _texts(root, fills=fills)}
    return [(line, found[line, column]) for line, column in sorted(found)]


def _no_text_alone(node: ast.AST) -> list[ast.expr]:
    """The parts of an f-string, and a docstring."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    return [node.value] if isinstance(node, ast.Expr) else []


def _speaks(node: ast.AST) -> bool:
    """A refusal or note being made, or a text that is a whole sentence: it ends with its full stop, or leaves its end open."""
    if isinstance(node, ast.Call):
        return (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in SPEAKING
    return SENTENCE.search(pattern_of(node, fills=True)) is not None


def _texts(node: ast.AST, *, fills: bool) -> Iterator[tuple[tuple[int, int], str | tuple[str, str]]]:
    """Texts under a node with their places; f-strings as patterns, docstrings left out."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ngettext":
        one, many = (str(part.value) for part in node.args[:2] if isinstance(part, ast.Constant))
        yield place, (one, many)
        return
    text = pattern_of(node, fills=fills)
    if CHINESE.search(text) or (FULL_WIDTH.search(text) and not fills):
        yield place, text
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _texts(child, fills=fills)


def pattern_of(node: ast.AST, *, fills: bool) -> str:
    """The text of a literal; the holes of an f-string (and of str.format, if `fills`) become %(a)s, %(b)s …"""
    parts = [""]
    if isinstance(node, ast.JoinedStr) and fills:
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts[-1] += str(part.value)
            else:
                parts.append("")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        parts = HOLE.split(node.value) if fills else [node.value]
    if len(parts) == 1:
        return parts[0]
    holes = [f"%({chr(ord('a') + n)})s" for n in range(len(parts) - 1)]
    return "".join(text.replace("%", "%%") + hole for text, hole in zip(parts, [*holes, ""], strict=True))
