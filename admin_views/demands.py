"""诉求评判: what a matter's demand was found to be, its way, its papers and what is missing (F5)."""

from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, need_forms
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.proceeding_fields import uploads_said
from models import db
from rules.access import Actor, may
from rules.demand_ways import WAYS, DemandKind, Facts, Required, missing
from rules.moves import Need
from services import demands, gate

NEEDS = (
    Need("petition_id", "信访事项", "petition"),
    Need("kind", "诉求评判", "choice", choices=DemandKind),
    Need("judged_on", "评判日期", "date"),
    Need("judged_by", "评判人", limit=60, help="由谁评判：包案领导、会商会议、责任单位。"),
    Need("reason", "评判理由", "long", limit=4000, help="依据的事实、法规和政策。"),
    Need("next_on", "再议日期", "date", required=False, help="条件暂不具备或暂无政策的必填，到期提示。"),
)


UPLOAD = (Need("paper", "材料", "choice", choices=Required), Need("uploads", "文件", "files"))


def writes(row: m.DemandAppraisal, actor: Actor) -> bool:
    return row.is_current and demands.may_judge(db.session(), actor, row.petition)


def number_cell(row: m.DemandAppraisal) -> Cell:
    return Cell(row.petition.number, sub=row.case.number if row.case else "", kind="code")


def facts_on_page(row: m.DemandAppraisal) -> dict[int, Facts]:
    """What is in the file of every matter on the page, asked once a request."""
    if row.petition_id not in g.setdefault("demand_facts", {}):
        loaded = [one for one in db.session().identity_map.values() if isinstance(one, m.DemandAppraisal)]
        g.demand_facts |= demands.facts_of_all(db.session(), {one.petition_id for one in loaded})
    found: dict[int, Facts] = g.demand_facts
    return found


def missing_cell(row: m.DemandAppraisal) -> Cell:
    """How many papers of the way are missing; nothing for what another appraisal replaced."""
    if not row.is_current:
        return tagged(gettext("已被新的评判代替"))
    left = len(missing(row.kind, facts_on_page(row)[row.petition_id]))
    return tagged(gettext("缺 %(count)s 项", count=left), "soon") if left else tagged(gettext("齐全"), "ok")


def _upload(session: Any, actor: Actor, row: m.DemandAppraisal, said: dict[str, Any]) -> str:
    folder = current_app.config["DESK_DATA"] / "attachments"
    count = demands.put_paper(session, actor, row, said["paper"], uploads_said(said), folder)
    return gettext("已上传 %(count)s 份材料。", count=count)


class DemandAppraisalView(DeskView):
    """诉求评判."""

    title, group = "诉求评判", "包案"
    is_named_by_word = True
    create_verb, export_verb = "demand_appraisal.judge", "demand_appraisal.export"
    create_label = "评判诉求"
    details_template = "proceeding/demand.html"
    columns = (
        Column("petition", "信访事项", number_cell, sort=m.DemandAppraisal.id),
        Column("title", "概况", lambda r: Cell(r.petition.title, kind="clip")),
        Column("kind", "诉求评判", lambda r: show(r.kind)),
        Column("way", "办法", lambda r: gettext(WAYS[r.kind].text)),
        Column("judged_on", "评判日期", lambda r: Cell(show(r.judged_on), sub=r.judged_by, kind="code"), sort=m.DemandAppraisal.judged_on),
        Column("next_on", "再议日期", lambda r: Cell(show(r.next_on), kind="code"), sort=m.DemandAppraisal.next_on),
        Column("missing", "材料", missing_cell),
    )  # fmt: skip
    filters = (
        Filter("kind", "诉求评判", equals(m.DemandAppraisal.kind), words(DemandKind)),
        Filter("judged", "评判日期", between(m.DemandAppraisal.judged_on), kind="dates"),
    )
    tabs = (
        Tab("current", "现行评判", lambda s, _a: s.where(m.DemandAppraisal.is_current)),
        Tab("again", "待再议", demands.again),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (joinedload(m.DemandAppraisal.petition), joinedload(m.DemandAppraisal.case))
    actions = (
        Action("upload", "上传材料", "demand_appraisal.judge", _upload, UPLOAD, is_shown=writes),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.DemandAppraisal.id.desc()]

    def page_title(self, row: Any | None) -> str:
        return gettext("诉求评判：%(kind)s", kind=show(row.kind)) if row is not None else gettext(self.create_label)

    def create_form(self, obj: Any = None) -> Any:
        form = need_forms.form_of(NEEDS)(posted() if request.method == "POST" else None)
        if request.method == "GET":
            asked = gate.id_in(request.args.get("petition_id", ""))
            if asked is not None:
                form.petition_id.data = gate.find(db.session(), current_actor(), m.Petition, asked).id
                form.petition_id.post_process()
            form.judged_on.data = current_actor().today
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        groups = [{"title": gettext("诉求评判"), "fields": [need.name for need in NEEDS]}]
        return super().form_screen(row) | {"fieldsets": groups}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        petition = gate.find(db.session(), actor, m.Petition, values["petition_id"])
        said = demands.Said(
            values["kind"], values["judged_on"], values["judged_by"] or "", values["reason"] or "", values["next_on"]
        )  # fmt: skip
        return demands.judge(db.session(), actor, petition, said)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        if action.verb == "upload":
            lines = demands.papers(db.session(), row)
            form.paper.options = lambda: [(one.key.value, gettext(one.key.label)) for one in lines]

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        looked.note("view", table="demand_appraisal", petition_id=row.petition_id)
        context = super().details(row)
        said = gettext("现行评判") if row.is_current else gettext("已被新的评判代替")
        context["screen"]["tags"] = [{"text": said, "kind": "now" if row.is_current else "wait"}]
        older = [one for one in demands.of_matter(db.session(), actor, row.petition) if one.id != row.id]
        return context | {
            "facts": facts_of(row),
            "papers": lines_of(row) if row.is_current else [],
            "older": [older_line(one) for one in older],
        }  # fmt: skip


def older_line(row: m.DemandAppraisal) -> dict[str, str]:
    """Another appraisal of the same matter."""
    url = url_for("demand_appraisal.details_view", id=row.id)
    return {"text": show(row.kind), "sub": f"{row.judged_on} {row.judged_by}", "url": url}


def lines_of(row: m.DemandAppraisal) -> list[dict[str, Any]]:
    """The required papers, there or missing."""
    return [{"label": gettext(one.key.label), "there": one.is_there} for one in demands.papers(db.session(), row)]


def facts_of(row: m.DemandAppraisal) -> list[dict[str, Any]]:
    """What it was found to be, by whom, why, and the way that follows."""
    lines: list[dict[str, Any]] = [
        {"label": gettext("信访事项"), "text": row.petition.number, "url": url_for("petition.details_view", id=row.petition_id)},
        {"label": gettext("诉求评判"), "text": show(row.kind)},
        {"label": gettext("办法"), "text": gettext(WAYS[row.kind].text)},
        {"label": gettext("评判日期"), "text": show(row.judged_on), "num": True},
        {"label": gettext("评判人"), "text": row.judged_by},
        {"label": gettext("再议日期"), "text": show(row.next_on), "num": True},
        {"label": gettext("评判理由"), "text": row.reason, "wide": True},
    ]  # fmt: skip
    if row.case is not None:
        url = url_for("case.details_view", id=row.case_id)
        lines.insert(1, {"label": gettext("领导包案"), "text": row.case.number, "url": url})
    return [line for line in lines if line["text"]]


def card(petition: m.Petition, actor: Actor) -> dict[str, Any]:
    """The standing appraisal of a matter's demand for its page and its case's: way, papers, what is missing."""
    if not may(actor, "demand_appraisal.list"):
        return {}
    session = db.session()
    row = next((one for one in demands.of_matter(session, actor, petition) if one.is_current), None)
    writes = demands.may_judge(session, actor, petition)
    found: dict[str, Any] = {
        "new_url": url_for("demand_appraisal.create_view", petition_id=petition.id) if writes else ""
    }
    if row is not None:
        found |= {
            "url": url_for("demand_appraisal.details_view", id=row.id), "kind": show(row.kind),
            "way": gettext(WAYS[row.kind].text), "papers": lines_of(row), "next_on": show(row.next_on),
            "sub": f"{row.judged_on} {row.judged_by}",
            "upload_url": url_for("demand_appraisal.do_view", row_id=row.id, verb="upload") if writes else "",
        }  # fmt: skip
    return found


def views() -> list[Any]:
    return [DemandAppraisalView(m.DemandAppraisal)]
