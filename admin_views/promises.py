"""承诺事项: what agreements promise, who owes it, by when; kept with evidence, or broken and reopened (H3, H4)."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

import models as m
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, between, tagged
from admin_views.options import unit_options
from admin_views.promise_lines import promise_tag
from models import db
from rules.access import Actor
from rules.moves import Need
from services import gate, promises, reopening


def _keep(session: Any, actor: Actor, promise: m.Promise, said: dict[str, Any]) -> str:
    file = said["scan"]
    folder = current_app.config["DESK_DATA"] / "attachments"
    scan = (file.filename, file.stream, folder) if getattr(file, "filename", "") else None
    promises.keep(session, actor, promise, said["kept_on"], said["evidence"], scan)
    return gettext("已记为兑现。")


def _reopen(session: Any, actor: Actor, promise: m.Promise, _said: dict[str, Any]) -> str:
    reopening.reopen_for_promise(session, actor, promise)
    return gettext("已重新办理，原有签字失效。")


def is_to_keep(promise: m.Promise, actor: Actor) -> bool:
    return promise.kept_on is None and promises.may_keep(actor, promise)


def unit_filter(statement: Any, value: str) -> Any:
    unit_id = gate.id_in(value) or 0
    of_case = m.Promise.closing_file.has(m.ClosingFile.case.has(m.Case.unit_id == unit_id))
    return statement.where((m.Promise.unit_id == unit_id) | (m.Promise.unit_id.is_(None) & of_case))


class PromiseView(DeskView):
    """承诺事项."""

    title, group = "承诺事项", "包案"
    empty_words = "还没有承诺事项。签了息访协议的，在结案审查里逐项登记。"
    export_verb = "promise.export"
    verbs = {"details_view": "promise.list"}
    columns = (
        Column(
            "text",
            "承诺事项",
            lambda p: Cell(p.text, sub=p.closing_file.petition.number, kind="text"),
            sort=m.Promise.id,
        ),
        Column("title", "概况", lambda p: Cell(p.closing_file.petition.title, kind="clip")),
        Column("unit", "兑现单位", lambda p: show(p.owner)),
        Column("leader", "包案领导", lambda p: p.closing_file.case.leader.name),
        Column("due_on", "兑现期限", lambda p: show(p.due_on), sort=m.Promise.due_on),
        Column("state", "状态", lambda p: tagged(*promise_tag(p, current_actor().today).values())),
        Column("evidence", "凭证", lambda p: p.evidence or "", shown=False),
    )
    filters = (
        Filter("unit", "兑现单位", unit_filter, unit_options),
        Filter("due", "兑现期限", between(m.Promise.due_on), kind="dates"),
    )
    tabs = (
        Tab("late", "到期未兑现", promises.is_late),
        Tab("open", "待兑现", promises.is_open),
        Tab("kept", "已兑现", lambda s, _a: s.where(m.Promise.kept_on.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = promises.LOADED
    fact_groups = (("承诺事项", ("text", "due_on", "kept_on", "evidence")),)
    actions = (
        Action(
            "keep",
            "记为兑现",
            "promise.keep",
            _keep,
            (
                Need("kept_on", "兑现日期", "date"),
                Need("evidence", "凭证", "text", limit=300, help="凭什么认定已经兑现，如银行回单号。"),
                Need("scan", "凭证附件", "file", required=False),
            ),
            is_shown=is_to_keep,
            kind="go",
        ),
        Action(
            "reopen",
            "重新办理",
            "closing_file.reopen",
            _reopen,
            is_shown=lambda promise, actor: promises.offers_reopening(promise, actor.today),
            kind="no",
            confirm="承诺没有兑现，重新办理？包案和信访事项一并重新办理，原有签字失效。",
            after=lambda promise: url_for("closing_file.details_view", id=promise.closing_file_id),
        ),
    )

    def default_order(self) -> list[Any]:
        return [m.Promise.due_on]

    def page_title(self, row: Any | None) -> str:
        return gettext("承诺事项：%(text)s", text=row.text) if row is not None else ""

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "keep":
            form.kept_on.data = current_actor().today

    def details(self, row: Any) -> dict[str, Any]:
        context = super().details(row)
        file = row.closing_file
        pages = [
            (gettext("结案审查"), file.case.number, url_for("closing_file.details_view", id=file.id)),
            (gettext("信访事项"), file.petition.number, url_for("petition.details_view", id=file.petition_id)),
        ]
        if row.attachment is not None:
            url = url_for("attachment.download", row_id=row.attachment_id)
            pages.append((gettext("凭证附件"), row.attachment.name, url))
        is_open = promises.sees_matter(db.session(), current_actor(), row)
        found = [{"label": label, "text": text, "url": url if is_open else ""} for label, text, url in pages]
        found += [
            {"label": gettext("兑现单位"), "text": show(row.owner)},
            {"label": gettext("状态"), "text": promise_tag(row, current_actor().today)["text"]},
        ]
        context["screen"]["facts"].append({"title": gettext("包案"), "items": found})
        return context


def views() -> list[Any]:
    return [PromiseView(m.Promise)]
