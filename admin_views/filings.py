"""存信: letters filed without handling — proposed, approved, bundled by area and year, destroyed on a list (A5, A6)."""

from typing import Any

import sqlalchemy as sa
from flask import current_app, request, url_for
from flask_admin import expose
from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField, validators
from wtforms.widgets import HiddenInput

import models as m
from admin_views import contacts, fields, looked
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from models import db
from rules.access import Actor, may
from rules.filing_words import DestructionState, DestructionWay, FilingAnswer
from rules.handling_words import FilingReason
from rules.moves import Need
from rules.words import RuleBroken, Status
from services import bundles, destruction, gate, settings

ANSWER_KINDS = {FilingAnswer.APPROVED: "ok", FilingAnswer.REFUSED: "wait"}
STATE_KINDS = {
    DestructionState.PROPOSED: "soon",
    DestructionState.APPROVED: "now",
    DestructionState.REFUSED: "wait",
    DestructionState.DONE: "ok",
}


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


def _waiting(statement: Any, _actor: Actor) -> Any:
    at_office = m.Filing.petition.has(m.Petition.status == Status.REGISTERED)
    return statement.where(m.Filing.answered_on.is_(None), at_office)


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
        Tab("waiting", "待批准", _waiting),
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
                "url": contacts.matter_page(row.petition_id),
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


class BundleForm(BaseForm):
    """One heap of loose filed letters becomes a bundle."""

    heap = SelectField(
        lazy_gettext("地区和年度"),
        [validators.InputRequired(fields.REQUIRED)],
        choices=lambda: [("", gettext("（未选）")), *heap_options(current_actor())],
        description=lazy_gettext("同一地区、同一年度登记的存信打成一捆；检举控告和保密件另打。"),
    )
    shelf = StringField(lazy_gettext("存放位置"), [validators.Optional(), validators.Length(max=100), fields.NoNul()])
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


def heap_options(actor: Actor) -> list[tuple[str, str]]:
    """Each heap with how many letters it has."""
    return [
        (
            heap.key,
            gettext(
                "%(area)s · %(year)s 年（%(count)s 件）", area=gettext(heap.area), year=heap.year, count=heap.count
            ),
        )
        for heap in bundles.heaps(db.session(), actor)
    ]


def list_cell(row: m.Bundle) -> Cell:
    """The destruction list a bundle stands on."""
    found = row.destruction
    return tagged(show(found.state), STATE_KINDS[found.state], found.number) if found else Cell()


class BundleView(DeskView):
    """存信捆: numbered bundles by area and year, with their labels."""

    title, group = "存信捆", "登记"
    create_verb, create_label = "bundle.make", "打包"
    verbs = {"label_view": "bundle.list"}
    columns = (
        Column("number", "捆号", lambda b: Cell(b.number, sub=show(b.made_on), kind="code"), sort=m.Bundle.id),
        Column("area", "地区", lambda b: gettext(b.area)),
        Column("year", "年度", lambda b: str(b.year), kind="num"),
        Column("count", "件数", lambda b: str(len(bundles.letters(db.session(), current_actor(), b))), kind="num"),
        Column("shelf", "存放位置", lambda b: b.shelf or ""),
        Column("made_by", "打包人", lambda b: show(b.made_by)),
        Column("destruction", "销毁清单", list_cell),
    )
    tabs = (
        Tab("kept", "在存", lambda s, _a: s.where(sa.or_(~m.Bundle.destruction.has(m.Destruction.state == "done")))),
        Tab("ripe", "保存期满", lambda _s, a: bundles.ripe(db.session(), a)),
        Tab("gone", "已销毁", lambda s, _a: s.where(m.Bundle.destruction.has(m.Destruction.state == "done"))),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Bundle.destruction), joinedload(m.Bundle.made_by))

    def default_order(self) -> list[Any]:
        return [m.Bundle.id.desc()]

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return BundleForm(posted())
        return BundleForm(heap=request.args.get("heap", ""))

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        is_empty = not bundles.heaps(db.session(), current_actor())
        intro = gettext("现在没有可打包的存信；批准存信后再来打包。") if is_empty else ""
        return screen | {
            "fieldsets": [{"title": gettext("打包"), "fields": ["heap", "shelf"]}],
            "intro": intro,
            "submit": gettext("打包"),
        }

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        return bundles.make(db.session(), actor, values["heap"], values["shelf"] or "")

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已打包：%(number)s，共 %(count)s 件。", number=saved.number, count=len(saved.letters))

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        letters = bundles.letters(db.session(), current_actor(), row)
        facts: list[dict[str, Any]] = [
            {"label": gettext("地区"), "text": gettext(row.area)},
            {"label": gettext("年度"), "text": str(row.year)},
            {"label": gettext("件数"), "text": str(len(letters))},
            {"label": gettext("存放位置"), "text": row.shelf or ""},
            {"label": gettext("打包"), "text": f"{show(row.made_by)} {show(row.made_on)}"},
        ]
        if row.destruction:
            url = url_for("destruction.details_view", id=row.destruction_id)
            facts.append(
                {"label": gettext("销毁清单"), "text": row.destruction.number, "url": url, "tag": list_cell(row).tag}
            )
        label = {"label": gettext("打印标签"), "url": url_for("bundle.label_view", row_id=row.id), "new_tab": True}
        context["screen"] |= {
            "facts": [{"title": gettext("存信捆"), "items": facts}],
            "actions": [label, *context["screen"]["actions"]],
            "letters": [letter_line(one) for one in letters],
        }
        return context

    details_template = "bundle.html"

    @expose("/<row_id>/label")
    def label_view(self, row_id: str) -> Any:
        """The label of the bundle, A4."""
        row, actor = self.get_one(row_id), current_actor()
        letters = bundles.letters(db.session(), actor, row)
        office = settings.get(db.session(), "office_name", actor.today)
        years = int(settings.get(db.session(), "filed_keep_years", actor.today))
        return self.render(
            "paper/bundle_label.html",
            bundle=row,
            letters=letters,
            office=office,
            keep_until=row.year + years,
        )


def letter_line(petition: m.Petition) -> dict[str, Any]:
    """One letter of a bundle."""
    state = "" if petition.status is Status.FILED else gettext("已取出")
    return {
        "url": contacts.matter_page(petition.id),
        "cells": [
            {"text": petition.number, "kind": "code"},
            {"text": petition.title, "kind": "clip"},
            {"text": show(petition.registered_on)},
            {"text": show(petition.filing), "tag": {"text": state, "kind": "wait"} if state else None},
        ],
    }


class DestructionForm(BaseForm):
    """A list of bundles to be destroyed."""

    bundle_ids = SelectMultipleField(
        lazy_gettext("存信捆"),
        [validators.InputRequired(lazy_gettext("请至少选一捆。"))],
        coerce=lambda value: gate.id_in(str(value)) or -1,
        choices=lambda: ripe_options(current_actor()),
        render_kw={"data_down": True, "wide": True},
    )
    reason = TextAreaField(
        lazy_gettext("销毁理由"),
        [validators.InputRequired(fields.REQUIRED), validators.Length(max=300), fields.NoNul()],
        render_kw={"rows": 3},
    )
    with_files = BooleanField(
        lazy_gettext("电子件一并销毁"),
        description=lazy_gettext("不勾选时只销毁纸质原件，系统中的扫描件保留。登记内容始终保留。"),
    )
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


def ripe_options(actor: Actor) -> list[tuple[int, str]]:
    """The bundles that were kept long enough."""
    rows = list(db.session.scalars(bundles.ripe(db.session(), actor).order_by(m.Bundle.year, m.Bundle.id).limit(500)))
    counted = bundles.counts(db.session(), actor, [row.id for row in rows])
    return [(row.id, bundle_text(row, counted.get(row.id, 0))) for row in rows]


def bundle_text(row: m.Bundle, count: int) -> str:
    """A bundle as it is offered: number, area, year, how many letters."""
    said = {"number": row.number, "area": gettext(row.area), "year": row.year, "count": count}
    return gettext("%(number)s %(area)s · %(year)s 年（%(count)s 件）", **said)


def _approve(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    destruction.decide(session, actor, row, is_approved=True, words=said["decision"] or "")
    return gettext("已批准，可以销毁。")


def _refuse(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    destruction.decide(session, actor, row, is_approved=False, words=said["decision"])
    return gettext("不予批准，存信捆继续保存。")


def _carry_out(session: Any, actor: Actor, row: m.Destruction, said: dict[str, Any]) -> str:
    gone = destruction.carry_out(session, actor, row, said)
    session.commit()
    destruction.remove_files(gone, current_app.config["DESK_DATA"] / "attachments")
    return gettext("已登记销毁，登记内容保留。")


def _is(state: DestructionState) -> Any:
    return lambda row, _actor: row.state is state


DESTRUCTION_ACTIONS = (
    Action(
        "approve", "批准销毁", "destruction.decide", _approve, (Need("decision", "批准意见", "long", required=False, limit=300),),
        is_shown=lambda row, actor: row.state is DestructionState.PROPOSED and row.proposed_by_id != actor.user_id,
        kind="go", help="批准人不能是拟定人。批准后由档案员在两名监销人在场时销毁。",
    ),
    Action(
        "refuse", "不予批准", "destruction.decide", _refuse, (Need("decision", "理由", "long", limit=300),),
        is_shown=lambda row, actor: row.state is DestructionState.PROPOSED and row.proposed_by_id != actor.user_id,
    ),
    Action(
        "carry_out", "登记销毁", "destruction.carry_out", _carry_out,
        (
            Need("done_on", "销毁日期", "date"), Need("done_at", "销毁地点", limit=100),
            Need("way", "销毁方式", "choice", choices=DestructionWay),
            Need("witness_1", "监销人一", limit=60), Need("witness_2", "监销人二", limit=60),
        ),
        is_shown=_is(DestructionState.APPROVED), kind="no",
        help="纸质原件销毁后不能恢复，请先核对销毁清册。登记内容始终保留；清单写明“电子件一并销毁”的，扫描件也会删除。",
    ),
)  # fmt: skip


class DestructionView(DeskView):
    """销毁清单: proposed by the archivist, approved by the office head, carried out before two witnesses."""

    title, group = "销毁清单", "登记"
    create_verb, create_label = "destruction.propose", "拟定销毁清单"
    verbs = {"register_view": "destruction.list"}
    details_template = "bundle.html"
    columns = (
        Column(
            "number", "清单编号", lambda d: Cell(d.number, sub=show(d.proposed_on), kind="code"), sort=m.Destruction.id
        ),
        Column("reason", "销毁理由", lambda d: Cell(d.reason, kind="clip")),
        Column("proposed_by", "拟定人", lambda d: show(d.proposed_by)),
        Column("decided_by", "批准人", lambda d: Cell(show(d.decided_by), sub=show(d.decided_on))),
        Column("state", "状态", lambda d: tagged(show(d.state), STATE_KINDS[d.state], show(d.done_on))),
    )
    filters = (Filter("proposed", "拟定日期", between(m.Destruction.proposed_on), kind="dates"),)
    tabs = (
        Tab("open", "待办", lambda s, _a: s.where(m.Destruction.state.in_(("proposed", "approved")))),
        Tab("done", "已销毁", lambda s, _a: s.where(m.Destruction.state == "done")),
        Tab("all", "全部", lambda s, _a: s),
    )
    list_options = (joinedload(m.Destruction.proposed_by), joinedload(m.Destruction.decided_by))
    actions = DESTRUCTION_ACTIONS

    def default_order(self) -> list[Any]:
        return [m.Destruction.id.desc()]

    def create_form(self, obj: Any = None) -> Any:
        return DestructionForm(posted()) if request.method == "POST" else DestructionForm()

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen, actor = super().form_screen(row), current_actor()
        year = bundles.last_year(db.session(), actor)
        intro = gettext("%(year)s 年及以前登记的存信已满保存年限。", year=year)
        if not ripe_options(actor):
            intro = gettext("没有可以销毁的存信捆：%(year)s 年及以前登记的存信才满保存年限。", year=year)
        names = ["bundle_ids", "reason", "with_files"]
        return screen | {
            "fieldsets": [{"title": gettext("销毁清单"), "fields": names}],
            "intro": intro,
            "submit": gettext("提交审批"),
        }

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        files = values["with_files"]
        return destruction.propose(db.session(), actor, values["bundle_ids"], values["reason"], with_files=files)

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        return gettext("已拟定 %(number)s，等信访办负责人批准。", number=saved.number)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        if "done_on" in form:
            form.done_on.data = current_actor().today

    def find_action(self, row: Any, verb: str, actor: Actor) -> Action:
        if verb in ("approve", "refuse") and row.proposed_by_id == actor.user_id and may(actor, "destruction.decide"):
            raise RuleBroken(gettext("销毁清单：拟定人不能批准自己的清单，须由另一人批准。"))
        return super().find_action(row, verb, actor)

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        session, actor = db.session(), current_actor()
        rows = destruction.letters(session, actor, row)
        facts: list[dict[str, Any]] = [
            {"label": gettext("拟定"), "text": f"{show(row.proposed_by)} {show(row.proposed_on)}"},
            {"label": gettext("保存年限"), "text": gettext("%(years)s 年", years=row.keep_years)},
            {"label": gettext("存信捆"), "text": str(len({bundle.id for bundle, _ in rows}))},
            {"label": gettext("件数"), "text": str(len(rows))},
            {"label": gettext("电子件一并销毁"), "text": gettext("是") if row.with_files else gettext("否")},
            {"label": gettext("批准"), "text": f"{show(row.decided_by)} {show(row.decided_on)}".strip()},
            {"label": gettext("销毁理由"), "text": row.reason, "wide": True},
        ]
        if row.decision:
            facts.append({"label": gettext("批准意见"), "text": row.decision, "wide": True})
        if row.done_on:
            facts += [
                {"label": gettext("销毁"), "text": f"{show(row.done_on)} {row.done_at} {show(row.way)}", "wide": True},
                {"label": gettext("监销人"), "text": f"{row.witness_1}、{row.witness_2}"},
                {"label": gettext("经手人"), "text": show(row.done_by)},
            ]
        register = {
            "label": gettext("打印销毁清册"),
            "url": url_for("destruction.register_view", row_id=row.id),
            "new_tab": True,
        }
        context["screen"] |= {
            "facts": [{"title": gettext("销毁清单"), "items": facts}],
            "tags": [{"text": show(row.state), "kind": STATE_KINDS[row.state]}],
            "actions": [register, *context["screen"]["actions"]],
            "letters": [letter_line(one) for _, one in rows],
        }
        return context

    @expose("/<row_id>/register")
    def register_view(self, row_id: str) -> Any:
        """The register of destruction (销毁清册), A4."""
        row, actor = self.get_one(row_id), current_actor()
        rows = destruction.letters(db.session(), actor, row)
        office = settings.get(db.session(), "office_name", actor.today)
        return self.render("paper/destruction.html", made=row, rows=rows, office=office)


def views() -> list[Any]:
    return [FilingView(m.Filing), BundleView(m.Bundle), DestructionView(m.Destruction)]
