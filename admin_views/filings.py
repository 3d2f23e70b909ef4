"""存信: letters filed without handling — proposed, approved (A5)."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import contact_facts, looked
from admin_views.base import DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor, may
from rules.filing_words import FilingAnswer
from rules.handling_words import FilingReason
from rules.words import Status
from services import filing, gate

ANSWER_KINDS = {FilingAnswer.APPROVED: "ok", FilingAnswer.REFUSED: "wait"}


def answer_cell(row: m.Filing) -> Cell:
    """The head's answer with who and when, or that it waits."""
    if row.answer is None:
        return tagged(gettext("待批准"), "soon")
    return tagged(show(row.answer), ANSWER_KINDS[row.answer], f"{show(row.answered_by)} {show(row.answered_on)}")


def bundle_cell(row: m.Filing) -> Cell:
    """In which bundle the letter lies."""
    letter = db.session.scalars(
        gate.rows(current_actor(), m.BundleLetter).where(m.BundleLetter.petition_id == row.petition_id)
    ).first()
    if letter is None:
        return Cell()
    return Cell(letter.bundle.number, kind="code", url=url_for("bundle.details_view", id=letter.bundle_id))


def _filed(statement: Any) -> Any:
    is_filed = m.Filing.petition.has(m.Petition.status == Status.FILED)
    return statement.where(m.Filing.answer == FilingAnswer.APPROVED, is_filed)


def _bundled() -> Any:
    return sa.exists().where(m.BundleLetter.petition_id == m.Filing.petition_id)


class FilingView(DeskView):
    """存信台账: every filing proposed, with its reason and who approved it."""

    title, group = "存信", "登记"
    export_verb = "filing.export"
    columns = (
        Column(
            "number", "编号", lambda f: Cell(f.petition.number, sub=show(f.asked_on), kind="code"), sort=m.Filing.id
        ),
        Column("title", "概况", lambda f: Cell(f.petition.title, kind="clip")),
        Column("filing", "存信原因", lambda f: show(f.filing)),
        Column("place", "问题属地", lambda f: f.petition.place or ""),
        Column("asked_by", "提出人", lambda f: show(f.asked_by)),
        Column("answer", "批准", answer_cell),
        Column("bundle", "存信捆", bundle_cell),
    )
    filters = (
        Filter("filing", "存信原因", equals(m.Filing.filing), words(FilingReason)),
        Filter("asked", "提出日期", between(m.Filing.asked_on), kind="dates"),
    )
    tabs = (
        Tab("waiting", "待批准", lambda s, _a: s.where(filing.is_waiting())),
        Tab("loose", "未打包", lambda s, _a: _filed(s).where(sa.not_(_bundled()))),
        Tab("bundled", "已打包", lambda s, _a: _filed(s).where(_bundled())),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Filing.petition), joinedload(m.Filing.asked_by), joinedload(m.Filing.answered_by))

    def first_tab(self, actor: Actor) -> Tab | None:
        """The head sees what waits for him; the others what is to be bundled."""
        return self.tabs[0] if may(actor, "filing.answer") else self.tabs[1]

    def default_order(self) -> list[Any]:
        return [m.Filing.id.desc()]

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "bundle.make"):
            found.append({"label": gettext("打包"), "url": url_for("bundle.create_view"), "primary": True})
        return found

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        said = gettext("没有存信。不需要办理的来信，在信访事项页“拟存信”。")
        return super().empty_state(actor, narrowed) if narrowed else {"text": said, "action": None}

    def page_title(self, row: Any | None) -> str:
        return f"{gettext('存信')} {row.petition.number}"

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="filing", petition_id=row.petition_id)
        context = super().details(row)
        bundle, answer = bundle_cell(row), answer_cell(row)
        facts: list[dict[str, Any]] = [
            {
                "label": gettext("信访事项"),
                "text": str(row.petition),
                "url": contact_facts.matter_page(row.petition_id),
                "wide": True,
            },
            {"label": gettext("存信原因"), "text": show(row.filing)},
            {"label": gettext("提出"), "text": f"{show(row.asked_by)} {show(row.asked_on)}"},
            {"label": gettext("理由"), "text": row.reason, "wide": True},
            {"label": gettext("批准"), "text": answer.sub, "tag": answer.tag},
            {"label": gettext("批准意见"), "text": row.answer_reason or "", "wide": True},
            {"label": gettext("存信捆"), "text": bundle.text, "url": bundle.url},
        ]
        answers = [*self._answers(row), *context["screen"]["actions"]]
        context["screen"] |= {"facts": [{"title": gettext("存信"), "items": facts}], "actions": answers}
        return context

    def _answers(self, row: Any) -> list[dict[str, Any]]:
        """The head's two answers to a proposal that waits: the matter's own moves."""
        is_open = row.answered_on is None and row.petition.status is Status.REGISTERED
        if not is_open or not may(current_actor(), "filing.answer"):
            return []
        pages = (("file_away", gettext("批准存信…")), ("refuse_filing", gettext("不同意…")))
        return [
            {
                "label": label,
                "url": url_for("petition.do_view", row_id=row.petition_id, verb=verb),
                "primary": verb == "file_away",
            }
            for verb, label in pages
        ]


def views() -> list[Any]:
    return [FilingView(m.Filing)]
