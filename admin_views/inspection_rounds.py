"""案件评查: rounds drawn by a seed or picked, the files in them, the score sheet, what is to be mended (H7)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import export, inspection_card, looked, need_forms, options, wording
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from models import db
from rules.access import PERMISSIONS, Actor, may
from rules.inspection_words import DrawMethod, ReviewResult
from rules.moves import Need
from rules.words import Role
from services import case_reviews, export_inspection, gate, inspection, settings

NEEDS = (
    Need("name", "评查名称", limit=80, help="如“2026年下半年案件评查”。"),
    Need("method", "抽取方式", "choice", choices=DrawMethod, help="指定的，建好后逐件加入。"),
    Need("from_on", "办结日期从", "date", required=False),
    Need("to_on", "办结日期到", "date", required=False),
    Need("unit_id", "责任单位", "unit", required=False, help="含下属单位；不选为全部单位。"),
    Need("wanted", "抽取件数", "int", required=False, help="随机抽取时填写；不足的全部抽取。"),
    Need("seed", "随机种子", "int", required=False, help="不填由系统生成并记录；同一种子、同一范围，抽出的案卷相同。"),
)
RESULT_KINDS = {ReviewResult.PASSED: "ok", ReviewResult.FAILED: "late"}


def period_text(row: m.CaseReviewRound) -> str:
    """2026-01-01 至 2026-06-30; empty without bounds."""
    if row.from_on is None and row.to_on is None:
        return ""
    return gettext("%(start)s 至 %(end)s", start=show(row.from_on), end=show(row.to_on))


def _pick(session: Any, actor: Actor, row: m.CaseReviewRound, told: dict[str, Any]) -> str:
    case_reviews.pick(session, actor, row, gate.find(session, actor, m.Petition, told["petition_id"]))
    return gettext("已加入评查。")


class RoundView(DeskView):
    """案件评查 rounds."""

    title, group = "案件评查", "包案"
    create_verb = "case_review_round.draw"
    create_label = "新建评查"
    details_template = "inspection/round.html"
    verbs = {"print_view": "case_review_round.list", "table": "case_review_round.export"}
    columns = (
        Column("name", "评查名称", lambda r: Cell(r.name), sort=m.CaseReviewRound.id),
        Column("method", "抽取方式", lambda r: show(r.method)),
        Column("period", "办结日期", lambda r: Cell(period_text(r), kind="code")),
        Column("unit", "责任单位", lambda r: show(r.unit) if r.unit else gettext("全部单位")),
        Column("seed", "随机种子", lambda r: Cell(str(r.seed if r.seed is not None else ""), kind="code"), shown=False),
        Column("drawn_on", "建立日期", lambda r: Cell(show(r.drawn_on), kind="code")),
    )  # fmt: skip
    list_options = (joinedload(m.CaseReviewRound.unit),)
    actions = (
        Action(
            "pick", "加入一件", "case_review_round.draw", _pick,
            (Need("petition_id", "信访事项", "petition", help="已办结的事项。"),),
            is_shown=lambda row, _actor: row.method is DrawMethod.PICKED,
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.CaseReviewRound.id.desc()]

    def create_form(self, obj: Any = None) -> Any:
        form = need_forms.form_of(NEEDS)(posted() if request.method == "POST" else None)
        if request.method == "GET":
            form.method.data, form.wanted.data = DrawMethod.RANDOM, 5
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        names = [need.name for need in NEEDS]
        groups = [
            {"title": gettext("案件评查"), "fields": names[:2]},
            {"title": gettext("抽取范围"), "fields": names[2:]},
        ]
        return super().form_screen(row) | {"fieldsets": groups}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        said = case_reviews.Draw(
            values["name"] or "", values["method"], values["from_on"], values["to_on"], values["unit_id"],
            values["wanted"] or 0, values["seed"],
        )  # fmt: skip
        return case_reviews.begin(db.session(), actor, said)

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        context = super().details(row)
        reviews = case_reviews.of_round(db.session(), actor, row)
        print_url = url_for("case_review_round.print_view", row_id=row.id)
        actions = [{"label": gettext("打印情况表"), "url": print_url, "new_tab": True}]
        if may(actor, "case_review_round.export"):
            ask = gettext("请写明导出理由，会记入审计。")
            for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
                url = url_for("case_review_round.table", row_id=row.id, form=form)
                actions.append({"label": label, "url": url, "ask_reason": ask})
        context["screen"]["actions"] = [*actions, *context["screen"]["actions"]]
        return context | {
            "how": " ".join(wording.said(one) for one in export_inspection.drawn_how(row, reviews)),
            "head": [
                {"label": gettext(text)} for text in ("信访事项", "责任单位", "评查人", "得分", "评查结果", "整改期限")
            ],
            "lines": [
                {"url": url_for("case_review.details_view", id=one.id), "cells": cells_of(one)} for one in reviews
            ],
            "sheet": row.sheet,
        }

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        """案件评查情况表, A4 landscape."""
        row, actor = self.get_one(row_id), current_actor()
        looked.note("print", table="case_review_round")
        sheet = export_inspection.round_sheet(db.session(), actor, row)
        return self.render(
            "paper/inspection_table.html", sheet=sheet, lines=list(sheet.lines()), preparer=actor.name, today=actor.today,
            office=settings.get(db.session(), "office_name", actor.today), back=self.row_url(row),
        )  # fmt: skip

    @expose("/<row_id>/table/<form>/")
    def table(self, row_id: str, form: str) -> Any:
        """The same as Excel or Word."""
        row, actor, session = self.get_one(row_id), current_actor(), db.session()
        export.check_form(form)
        return export.answer(
            "case_review_round", row.name, lambda: export_inspection.round_sheet(session, actor, row),
            conditions=row.name, form=form,
        )  # fmt: skip


def cells_of(one: m.CaseReview) -> list[Any]:
    """A line of the round's table."""
    return [
        Cell(one.petition.number, sub=one.petition.title, kind="code"),
        Cell(show(one.petition.unit)),
        Cell(show(one.reviewer) if one.reviewer else gettext("未指定")),
        Cell("" if one.score is None else str(one.score), kind="num"),
        result_cell(one),
        Cell(show(one.mend_by), kind="code"),
    ]


def result_cell(one: m.CaseReview) -> Cell:
    """未评查, 合格, 不合格, and whether its faults are mended."""
    if one.result is None:
        return tagged(gettext("未评查"), "wait")
    sub = gettext("已整改") if one.mended_on is not None else gettext("待整改") if one.mend_by is not None else ""
    return tagged(gettext(one.result.label), RESULT_KINDS[one.result], sub)


def score_needs(row: m.CaseReview) -> tuple[Need, ...]:
    """The sheet as a form: an item a field."""
    items = tuple(
        Need(
            f"p_{item['key']}", item["label"], "int",
            help=gettext("满分 %(points)s 分。", points=item["points"]) + gettext(item["help"])
            + (gettext("0 分为一票否决。") if item["veto"] else ""),
        )
        for item in row.round.sheet
    )  # fmt: skip
    return (
        *items,
        Need("faults", "发现的问题", "long", required=False, limit=1000, help="扣了分的，写明扣在哪里、为什么。"),
        Need("mend_by", "整改期限", "date", required=False, help="有问题的必填。"),
    )


def of_unit(statement: Any, value: str) -> Any:
    return statement.where(m.CaseReview.petition.has(m.Petition.unit_id == (gate.id_in(value) or 0)))


def _assign(session: Any, actor: Actor, row: m.CaseReview, told: dict[str, Any]) -> str:
    case_reviews.assign(session, actor, row, told["reviewer_id"])
    return gettext("已指定评查人。")


def _score(session: Any, actor: Actor, row: m.CaseReview, told: dict[str, Any]) -> str:
    points = {item["key"]: told[f"p_{item['key']}"] for item in row.round.sheet}
    case_reviews.score(session, actor, row, points, told["faults"] or "", told["mend_by"])
    return gettext("已评查：%(score)s 分。", score=row.score)


def _mend(session: Any, actor: Actor, row: m.CaseReview, told: dict[str, Any]) -> str:
    case_reviews.mend(session, actor, row, told["mended_on"], told["mend_note"])
    return gettext("已登记整改。")


def may_score_now(row: m.CaseReview, actor: Actor) -> bool:
    return row.result is None and row.reviewer_id in (None, actor.user_id)


class CaseReviewView(DeskView):
    """案件评查: one file."""

    title, group = "评查案卷", "包案"
    empty_words = "还没有评查案卷。先在案件评查里新建评查。"
    export_verb = "case_review.export"
    columns = (
        Column("petition", "信访事项", lambda r: Cell(r.petition.number, sub=r.petition.title, kind="code"), sort=m.CaseReview.id),
        Column("round", "评查名称", lambda r: Cell(r.round.name, kind="clip")),
        Column("unit", "责任单位", lambda r: show(r.petition.unit)),
        Column("reviewer", "评查人", lambda r: show(r.reviewer)),
        Column("score", "得分", lambda r: "" if r.score is None else str(r.score), kind="num"),
        Column("result", "评查结果", result_cell),
        Column("mend_by", "整改期限", lambda r: Cell(show(r.mend_by), kind="code"), sort=m.CaseReview.mend_by),
        Column("faults", "发现的问题", lambda r: Cell(r.faults or "", kind="clip"), shown=False),
    )  # fmt: skip
    filters = (
        Filter("result", "评查结果", equals(m.CaseReview.result), words(ReviewResult)),
        Filter("unit", "责任单位", of_unit, options.unit_options),
    )  # fmt: skip
    tabs = (
        Tab("all", "全部", lambda s, _a: s, count=False),
        Tab("mine", "待我评查", case_reviews.mine),
        Tab("mend", "待整改", case_reviews.to_mend),
    )
    list_options = (
        joinedload(m.CaseReview.petition).joinedload(m.Petition.unit),
        joinedload(m.CaseReview.round),
        joinedload(m.CaseReview.reviewer),
    )
    actions = (
        Action(
            "assign", "指定评查人", "case_review_round.draw", _assign,
            (Need("reviewer_id", "评查人", "user", help="办过、包过或签过这件案卷的人不能评查。"),),
            is_shown=lambda row, _actor: row.result is None,
        ),
        Action("score", "评分", "case_review.score", _score, score_needs, is_shown=may_score_now, kind="go"),
        Action(
            "mend", "登记整改", "case_review.mend", _mend,
            (Need("mended_on", "整改日期", "date"), Need("mend_note", "整改情况", "long", limit=500)),
            is_shown=lambda row, actor: case_reviews.is_to_mend(row) and case_reviews.may_mend(actor, row), kind="go",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.CaseReview.id.desc()]

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "assign":
            roles = sorted(PERMISSIONS["case_review.score"], key=lambda role: role.value)
            barred = case_reviews.concerned(db.session(), row)
            active = m.User.is_active, m.User.role.in_([Role(one) for one in roles])
            form.reviewer_id.narrow = lambda s: s.where(*active, m.User.id.not_in(barred))

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        actor = current_actor()
        if action.verb == "score":
            found = inspection.check_one(db.session(), actor, row.petition)
            said = "\n".join(f"{place}. {one.fault.label}：{one.text}" for place, one in enumerate(found, start=1))
            form.faults.data = said[:1000]
            form.mend_by.data = case_reviews.proposed_mend_by(db.session(), actor.today) if found else None
            named = {one.fault for one in found}
            for key, points in inspection_card.proposed_points(row.round.sheet, named).items():
                form[f"p_{key}"].data = points
        if action.verb == "mend":
            form.mended_on.data = actor.today

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="case_review", petition_id=row.petition_id)
        context = super().details(row)
        facts: list[dict[str, Any]] = [
            {"label": gettext("信访事项"), "text": str(row.petition), "url": url_for("petition.details_view", id=row.petition_id)},
            {"label": gettext("评查名称"), "text": row.round.name},
            {"label": gettext("责任单位"), "text": show(row.petition.unit)},
            {"label": gettext("评查人"), "text": show(row.reviewer)},
            {"label": gettext("评查日期"), "text": show(row.reviewed_on), "num": True},
            {"label": gettext("得分"), "text": "" if row.score is None else str(row.score), "num": True},
            {"label": gettext("发现的问题"), "text": row.faults or "", "wide": True},
            {"label": gettext("整改期限"), "text": show(row.mend_by), "num": True},
            {"label": gettext("整改日期"), "text": show(row.mended_on), "num": True},
            {"label": gettext("整改情况"), "text": row.mend_note or "", "wide": True},
        ]  # fmt: skip
        points = [
            {"label": gettext(item["label"]), "text": f"{row.points[item['key']]} / {item['points']}", "num": True}
            for item in row.round.sheet if item["key"] in row.points
        ]  # fmt: skip
        cell = result_cell(row)
        groups = [{"title": gettext("案件评查"), "items": [one for one in facts if one["text"]]}]
        groups += [{"title": gettext("评分"), "items": points}] if points else []
        context["screen"] |= {
            "title": gettext("评查：%(title)s", title=row.petition.title),
            "tags": [cell.tag] if cell.tag else [],
            "facts": groups,
        }
        return context


def views() -> list[Any]:
    return [RoundView(m.CaseReviewRound), CaseReviewView(m.CaseReview)]
