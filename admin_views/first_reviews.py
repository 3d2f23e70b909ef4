"""案卷初审 as a list, and one review: passed, or returned with what is to be mended by when (H5)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked
from admin_views.base import Action, DeskView, show
from admin_views.inspection import number_cell
from admin_views.listing import Cell, Column, Tab, tagged
from admin_views.wording import said
from rules.access import Actor
from rules.inspection_words import FirstResult
from rules.moves import Need
from services import inspection_reviews

RESULT_KINDS = {FirstResult.PASSED: "ok", FirstResult.RETURNED: "late"}


def result_cell(row: m.FirstReview) -> Cell:
    if row.result is FirstResult.RETURNED and row.mended_on is not None:
        return tagged(gettext("已补正，待初审"), "soon", show(row.mended_on))
    return tagged(gettext(row.result.label), RESULT_KINDS[row.result], show(row.reviewed_on))


def over_words(row: m.FirstReview) -> str:
    """The faults a file was passed over, one a line, in the reader's language."""
    return "\n".join(fault_words(line) for line in (row.passed_over or "").splitlines())


def fault_words(line: str) -> str:
    """A fault as services.inspection_reviews writes it: what it is, a colon, its sentence."""
    label, _colon, text = line.partition("：")
    return gettext("%(label)s：%(said)s", label=gettext(label), said=said(text))


def _mend(session: Any, actor: Actor, row: m.FirstReview, told: dict[str, Any]) -> str:
    inspection_reviews.mend(session, actor, row, told["mend_note"])
    return gettext("已登记补正，等信访办再次初审。")


class FirstReviewView(DeskView):
    """案卷初审: passed, or returned with what is to be mended."""

    title, group = "案卷初审", "包案"
    empty_words = "还没有初审。在结案审查的页面点“通过初审”或“初审退回”。"
    is_named_by_word = True
    export_verb = "first_review.export"
    columns = (
        Column("petition", "信访事项", lambda r: number_cell(r, r.closing_file.case), sort=m.FirstReview.id),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("unit", "责任单位", lambda r: show(r.closing_file.case.unit or r.petition.unit)),
        Column("result", "初审结果", result_cell),
        Column("reason", "理由", lambda r: Cell(r.reason or "", kind="clip")),
        Column("by", "初审人", lambda r: show(r.by)),
        Column("mend_by", "补正期限", lambda r: Cell(show(r.mend_by), kind="code"), sort=m.FirstReview.mend_by),
    )  # fmt: skip
    tabs = (
        Tab("mend", "待补正", lambda _s, a: inspection_reviews.to_mend(a)),
        Tab("again", "补正后待初审", lambda _s, a: inspection_reviews.again(a)),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.FirstReview.petition).joinedload(m.Petition.unit),
        joinedload(m.FirstReview.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.unit),
        joinedload(m.FirstReview.by),
    )
    actions = (
        Action(
            "mend", "登记补正", "first_review.mend", _mend,
            (Need("mend_note", "补正情况", "long", limit=500, help="逐条写明怎样补正；信访办会再次初审。"),),
            is_shown=lambda row, actor: inspection_reviews.is_open(row) and inspection_reviews.may_mend(actor, row),
            after=lambda row: url_for("closing_file.details_view", id=row.closing_file_id),
            kind="go",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.FirstReview.id.desc()]

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="first_review", petition_id=row.petition_id)
        context = super().details(row)
        facts: list[dict[str, Any]] = [
            {
                "label": gettext("结案卷"), "text": f"{row.closing_file.case.number} {row.petition.title}",
                "url": url_for("closing_file.details_view", id=row.closing_file_id),
            },
            {"label": gettext("初审日期"), "text": show(row.reviewed_on), "num": True},
            {"label": gettext("初审人"), "text": show(row.by)},
            {"label": gettext("理由"), "text": row.reason or "", "wide": True},
            {"label": gettext("通过时仍有的问题"), "text": over_words(row), "wide": True},
            {"label": gettext("补正期限"), "text": show(row.mend_by), "num": True},
            {"label": gettext("补正日期"), "text": show(row.mended_on), "num": True},
            {"label": gettext("登记人"), "text": show(row.mended_by)},
            {"label": gettext("补正情况"), "text": row.mend_note or "", "wide": True},
        ]  # fmt: skip
        cell = result_cell(row)
        context["screen"] |= {
            "title": gettext("初审：%(title)s", title=row.petition.title),
            "tags": [cell.tag] if cell.tag else [],
            "facts": [{"title": gettext("案卷初审"), "items": [one for one in facts if one["text"]]}],
        }
        return context


def views() -> list[Any]:
    return [FirstReviewView(m.FirstReview)]
