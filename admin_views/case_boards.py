"""包案分布: running cases by leader and by unit, what has no owner; every number opens its list (F1, F8)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import export
from admin_views.base import Page, current_actor
from models import db
from rules.access import Actor, may
from services import case_boards, gate, settings
from services.case_boards import Line


class BoardPage(Page):
    """How many each leader or unit carries, how many of them are late or silent."""

    verbs = {"index": "case.board", "table": "case.export", "print_view": "case.board"}

    @expose("/")
    def index(self) -> Any:
        actor, session, by = current_actor(), db.session(), asked_by()
        found = case_boards.board(session, actor, by)
        return self.render(
            "case/board.html", by=by, head=head(actor, by), rows=[row_of(line, by, actor) for line in found],
            total=[{"text": gettext("合计")}, *(num(getattr(case_boards.total(found), key)) for key in case_boards.COUNTED)],
            tabs=tabs(by), actions=actions(actor, by), lacking=lacking(actor), unled=unled(actor),
        )  # fmt: skip

    @expose("/print")
    def print_view(self) -> Any:
        actor, by = current_actor(), asked_by()
        sheet = case_boards.sheet(db.session(), actor, by)
        totals = [sheet.totals.get(column.key, "") for column in sheet.columns]
        return self.render(
            "paper/aid_totals.html", sheet=sheet, lines=[*sheet.lines(), totals], preparer=actor.name, today=actor.today,
            office=settings.get(db.session(), "office_name", actor.today), back=url_for("case_board.index", by=by),
        )  # fmt: skip

    @expose("/table/<form>/")
    def table(self, form: str) -> Any:
        actor, session, by = current_actor(), db.session(), asked_by()
        export.check_form(form)
        return export.answer(
            "case", gettext("领导包案情况表"), lambda: case_boards.sheet(session, actor, by), conditions=by, form=form
        )


def asked_by() -> str:
    """By leader unless by unit is asked for."""
    return "unit" if request.args.get("by") == "unit" else "leader"


def head(actor: Actor, by: str) -> list[dict[str, str]]:
    days = case_boards.silent_days(db.session(), actor.today)
    words = (
        gettext("在包件数"), gettext("已过时限"), gettext("逾期未记进展"), gettext("%(days)s 天无进展", days=days),
        gettext("没有下次时间"),
    )  # fmt: skip
    return [{"label": gettext(case_boards.KINDS[by])}, *({"label": word, "kind": "num"} for word in words)]


def num(value: int, url: str = "") -> dict[str, Any]:
    """A number that opens its list; a nought opens nothing."""
    return {"text": value, "kind": "num", "url": url if value else ""}


def row_of(line: Line, by: str, actor: Actor) -> dict[str, Any]:
    """One leader or unit, each number with the address of its list."""
    whom = {by: line.key} if line.key is not None else {"ask": "unowned"}
    lists = {
        "running": {"tab": "running"},
        "late": {"tab": "late"},
        "log_late": {"tab": "running", "ask": "log_late"},
        "silent": {"tab": "running", "ask": "silent"},
        "undated": {"tab": "running", "ask": "undated"},
    }
    cells = [num(getattr(line, key), url_for("case.index_view", **(whom | asked))) for key, asked in lists.items()]
    name: dict[str, Any] = {"text": gettext(line.name) if line.key is None else line.name, "sub": line.sub}
    if line.is_gone:
        name["tag"] = {"text": gettext("已停用"), "kind": "late"}
    if by == "leader" and line.running and may(actor, "case.hand_over"):
        name["url"] = url_for("hand_over.leave", leader=line.key)
    return {"cells": [name, *cells], "kind": ""}


def lacking(actor: Actor) -> list[dict[str, Any]]:
    """Cases without owner or leader, as tiles with their lists."""
    session, found = db.session(), []
    running = gate.rows(actor, m.Case)
    for key in ("leaderless", "unowned", "undated", "silent"):
        label = case_boards.ASKED[key][0]
        count = gate.count(session, case_boards.asked_for(running, key, session, actor.today))
        url = url_for("case.index_view", tab="running", ask=key)
        found.append({"label": gettext(label), "value": count, "url": url, "kind": "late" if count else ""})
    return found


def unled(actor: Actor) -> list[dict[str, str]]:
    """Rows of campaigns that no leader carries, each with the way to give it to one."""
    if not may(actor, "campaign_case.view"):
        return []
    noun = "case.create_view" if may(actor, "case.assign") else ""
    return [
        {
            "text": f"{row.petition.number} {row.petition.title}",
            "sub": row.campaign.name,
            "url": url_for("campaign_case.details_view", id=row.id),
            "give": url_for(noun, campaign_case_id=row.id) if noun else "",
        }
        for row in case_boards.unled(db.session(), actor)
    ]


def tabs(by: str) -> list[dict[str, Any]]:
    return [
        {"label": gettext(label), "url": url_for("case_board.index", by=key), "active": key == by}
        for key, label in case_boards.KINDS.items()
    ]


def actions(actor: Actor, by: str) -> list[dict[str, Any]]:
    found = [{"label": gettext("打印"), "url": url_for("case_board.print_view", by=by), "new_tab": True}]
    if may(actor, "case.export"):
        ask = gettext("请写明导出理由，会记入审计。")
        for label, form in ((gettext("导出 Word"), "docx"), (gettext("导出 Excel"), "xlsx")):
            found.append({"label": label, "url": url_for("case_board.table", form=form, by=by), "ask_reason": ask})
    return found


def views() -> list[Any]:
    return [BoardPage(name="包案分布", endpoint="case_board", url="/admin/case_board")]
