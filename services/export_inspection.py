"""Faults, first reviews, case reviews and final ones as sheets (H5–H7, I1)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from rules.inspection import FAULTS
from services import case_reviews, inspection_finals
from services.export_fields import Field, ListTable, named, of_matter, plain
from services.workbook_table import Column, TableSheet, Value

MATTER = (of_matter("number", "信访事项编号"), of_matter("title", "概况"))

FILE_FAULTS = ListTable(
    "file_fault", "案卷检查问题清单", m.FileFault, "file_fault.export",
    (
        *MATTER,
        Field("case", "包案编号", lambda row, _reader: row.case.number if row.case else ""),
        named("unit", "责任单位"),
        plain("code", "问题"),
        plain("weight", "程度"),
        plain("text", "说明", is_text=True),
        Field("mend", "怎样补正", lambda row, _reader: FAULTS[row.code].mend),
        Field("basis", "依据", lambda row, _reader: FAULTS[row.code].basis),
        plain("found_at", "检查时间", "datetime"),
    ),
    m.FileFault.found_at,
    (joinedload(m.FileFault.petition), joinedload(m.FileFault.case), joinedload(m.FileFault.unit)),
)  # fmt: skip

FIRST_REVIEWS = ListTable(
    "first_review", "案卷初审台账", m.FirstReview, "first_review.export",
    (
        *MATTER,
        Field("case", "包案编号", lambda row, _reader: row.closing_file.case.number),
        Field("unit", "责任单位", lambda row, _reader: str(row.closing_file.case.unit or row.petition.unit or "")),
        plain("reviewed_on", "初审日期", "date"),
        named("by", "初审人"),
        plain("result", "初审结果"),
        plain("reason", "理由", is_text=True),
        plain("mend_by", "补正期限", "date"),
        plain("mended_on", "补正日期", "date"),
        plain("mend_note", "补正情况", is_text=True),
    ),
    m.FirstReview.reviewed_on,
    (
        joinedload(m.FirstReview.petition).joinedload(m.Petition.unit), joinedload(m.FirstReview.by),
        joinedload(m.FirstReview.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
    ),
)  # fmt: skip

CASE_REVIEWS = ListTable(
    "case_review", "案件评查台账", m.CaseReview, "case_review.export",
    (
        named("round", "评查名称"),
        *MATTER,
        Field("unit", "责任单位", lambda row, _reader: str(row.petition.unit or "")),
        named("reviewer", "评查人"),
        plain("score", "得分", "int"),
        plain("result", "评查结果"),
        plain("faults", "发现的问题", is_text=True),
        plain("reviewed_on", "评查日期", "date"),
        plain("mend_by", "整改期限", "date"),
        plain("mended_on", "整改日期", "date"),
        plain("mend_note", "整改情况", is_text=True),
    ),
    m.CaseReview.reviewed_on,
    (
        joinedload(m.CaseReview.petition).joinedload(m.Petition.unit), joinedload(m.CaseReview.reviewer),
        joinedload(m.CaseReview.round),
    ),
)  # fmt: skip

FINAL_MATTERS = ListTable(
    "final_matter", "三级终结事项台账", m.FinalMatter, "final_matter.export",
    (
        *MATTER,
        Field("unit", "责任单位", lambda row, _reader: str(row.petition.unit or "")),
        plain("final_on", "终结日期", "date"),
        of_matter("status", "办理状态"),
        plain("wording", "统一答复口径", is_text=True),
        plain("remains", "今后还办什么", is_text=True),
        plain("reported_to", "报送单位"),
        plain("reported_on", "上报日期", "date"),
        plain("report_number", "文号"),
    ),
    m.FinalMatter.final_on,
    (joinedload(m.FinalMatter.petition).joinedload(m.Petition.unit),),
)  # fmt: skip

TABLES = (FILE_FAULTS, FIRST_REVIEWS, CASE_REVIEWS, FINAL_MATTERS)
"""The lists of this subject, for services.export_tables."""


def round_sheet(session: Session, actor: Actor, row: m.CaseReviewRound) -> TableSheet:
    """A round as one table: a line a file, a column an item of the sheet (案件评查情况表)."""
    items = [
        Column(f"p_{item['key']}", f"{item['label']}（{item['points']}）", kind="int", group="评分")
        for item in row.sheet
    ]
    columns = [
        Column("number", "信访事项编号"), Column("title", "概况"), Column("unit", "责任单位"), *items,
        Column("score", "得分", kind="int"), Column("result", "评查结果"), Column("faults", "发现的问题"),
        Column("reviewer", "评查人"), Column("reviewed_on", "评查日期", kind="date"),
        Column("mend_by", "整改期限", kind="date"), Column("mended_on", "整改日期", kind="date"),
    ]  # fmt: skip
    reviews = case_reviews.of_round(session, actor, row)
    return TableSheet(
        columns, [_line(one) for one in reviews], title=f"案件评查情况表（{row.name}）", period=period_of(row),
        remark="".join(drawn_how(row, reviews)),
    )  # fmt: skip


def _line(one: m.CaseReview) -> dict[str, Value]:
    line: dict[str, Value] = {
        "number": one.petition.number, "title": one.petition.title, "unit": str(one.petition.unit or ""),
        "score": one.score, "result": one.result.label if one.result else "未评查", "faults": one.faults or "",
        "reviewer": str(one.reviewer or ""), "reviewed_on": one.reviewed_on, "mend_by": one.mend_by,
        "mended_on": one.mended_on,
    }  # fmt: skip
    return line | {f"p_{key}": value for key, value in one.points.items()}


def period_of(row: m.CaseReviewRound) -> str:
    """办结日期 2026-01-01 至 2026-06-30."""
    if row.from_on is None and row.to_on is None:
        return ""
    return f"办结日期 {row.from_on or ''} 至 {row.to_on or ''}".strip()


def drawn_how(row: m.CaseReviewRound, reviews: Sequence[m.CaseReview]) -> list[str]:
    """How the files were chosen, so that the draw can be made again; how they came out: two sentences."""
    passed = sum(case_reviews.is_passed(one) for one in reviews)
    judged = sum(one.result is not None for one in reviews)
    out = f"已评查 {judged} 件，合格 {passed} 件，不合格 {judged - passed} 件；满分 100 分，{row.pass_mark} 分合格。"
    if row.seed is None:
        return [f"指定评查 {len(reviews)} 件。", out]
    unit = row.unit.name if row.unit is not None else "全部单位"
    return [f"从{unit}已办结的 {row.pool} 件中随机抽取，随机种子 {row.seed}。", out]


def finals_sheet(session: Session, actor: Actor, rows: Sequence[m.FinalMatter]) -> TableSheet:
    """The list of final ones as printed (建档造册)."""
    later = inspection_finals.later_contacts(session, rows)
    columns = [
        Column("place", "序号", kind="int"), Column("number", "信访事项编号"), Column("title", "概况"),
        Column("unit", "责任单位"), Column("final_on", "终结日期", kind="date"), Column("wording", "统一答复口径"),
        Column("remains", "今后还办什么"), Column("reported", "上报（单位、日期、文号）"), Column("later", "终结后来信来访", kind="int"),
    ]  # fmt: skip
    lines: list[dict[str, Value]] = [
        {
            "place": place, "number": row.petition.number, "title": row.petition.title,
            "unit": str(row.petition.unit or ""), "final_on": row.final_on, "wording": row.wording or "未定",
            "remains": row.remains or "",
            "reported": f"{row.reported_to} {row.reported_on} {row.report_number}" if row.reported_on else "未上报",
            "later": later.get(row.petition_id, 0),
        }
        for place, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return TableSheet(columns, lines, title="三级终结信访事项登记表")
