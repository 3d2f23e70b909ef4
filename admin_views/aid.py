"""帮扶救助: what was given on which matter, from which fund, when paid (F6)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

import models as m
from admin_views import looked, need_forms
from admin_views.base import Action, DeskView, current_actor, posted, show
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged
from models import db
from rules.access import Actor, mask_name, may
from rules.moves import Need
from services import aid, gate

NEEDS = (
    Need("petition_id", "信访事项", "petition"),
    Need("kind_id", "帮扶种类", "aid_kind"),
    Need("receiver", "受助人", limit=60),
    Need("fund_id", "资金", "fund", required=False, help="资金类的从哪项资金列支；非资金类不填。"),
    Need("amount", "金额", required=False, limit=20, help="元，如 3000 或 1200.50；非资金类不填。"),
    Need("decided_on", "决定日期", "date"),
    Need("decided_by", "决定人", limit=60, help="批准的领导或会议。"),
    Need("over_reason", "超预算理由", required=False, limit=200, help="超出年度预算时填写。"),
    Need("note", "备注", "long", required=False, limit=300),
)
GROUPS = (
    ("帮扶", ("petition_id", "kind_id", "receiver", "fund_id", "amount")),
    ("决定", ("decided_on", "decided_by", "over_reason", "note")),
)


def receiver(row: m.Aid) -> str:
    """The receiver's name; masked in guarded matters (C3)."""
    return mask_name(row.receiver, guarded=row.petition.is_guarded)


def state_tag(row: m.Aid) -> dict[str, str]:
    """已决定, 已发放, 已撤销."""
    if row.withdrawn_reason:
        return {"text": gettext("已撤销"), "kind": "wait"}
    if row.paid_on is not None:
        return {"text": gettext("已发放") if row.amount is not None else gettext("已落实"), "kind": "ok"}
    return {"text": gettext("待发放") if row.amount is not None else gettext("待落实"), "kind": "soon"}


def state_cell(row: m.Aid) -> Cell:
    tag = state_tag(row)
    return tagged(tag["text"], tag["kind"], show(row.paid_on))


def kind_options(_actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.query(m.AidKind).order_by(m.AidKind.position, m.AidKind.id)
    return [(str(one.id), one.name) for one in rows]


def fund_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in db.session.query(m.Fund).order_by(m.Fund.id)]


def is_open(row: m.Aid, actor: Actor) -> bool:
    return row.paid_on is None and row.withdrawn_reason is None and aid.may_write(db.session(), actor, row.petition)


def _pay(session: Any, actor: Actor, row: m.Aid, said: dict[str, Any]) -> str:
    aid.pay(session, actor, row, said["paid_on"], said["note"] or "", said["over_reason"] or "")
    return gettext("已登记发放。")


def _withdraw(session: Any, actor: Actor, row: m.Aid, said: dict[str, Any]) -> None:
    aid.withdraw(session, actor, row, said["withdrawn_reason"])


class AidView(DeskView):
    """帮扶救助."""

    title, group = "帮扶救助", "包案"
    create_verb, export_verb = "aid.edit", "aid.export"
    create_label = "登记帮扶"
    columns = (
        Column("petition", "信访事项", lambda r: Cell(r.petition.number, sub=r.case.number if r.case else "", kind="code"), sort=m.Aid.id),
        Column("receiver", "受助人", receiver),
        Column("kind", "帮扶种类", lambda r: r.kind.name),
        Column("fund", "资金", lambda r: show(r.fund)),
        Column("amount", "金额（元）", lambda r: aid.shown(r.amount), kind="num"),
        Column("decided_on", "决定日期", lambda r: Cell(show(r.decided_on), sub=r.decided_by, kind="code"), sort=m.Aid.decided_on),
        Column("state", "状态", state_cell),
        Column("over_reason", "超预算理由", lambda r: r.over_reason or "", shown=False),
        Column("note", "备注", lambda r: r.note or "", shown=False),
    )  # fmt: skip
    filters = (
        Filter("kind", "帮扶种类", equals(m.Aid.kind_id), kind_options),
        Filter("fund", "资金", equals(m.Aid.fund_id), fund_options),
        Filter("decided", "决定日期", between(m.Aid.decided_on), kind="dates"),
        Filter("paid", "发放日期", between(m.Aid.paid_on), kind="dates"),
    )
    tabs = (
        Tab("open", "待发放、待落实", lambda s, _a: s.where(m.Aid.paid_on.is_(None), m.Aid.withdrawn_reason.is_(None))),
        Tab("done", "已发放、已落实", lambda s, _a: s.where(m.Aid.paid_on.is_not(None)), count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Aid.petition), joinedload(m.Aid.case), joinedload(m.Aid.kind), joinedload(m.Aid.fund),
    )  # fmt: skip
    actions = (
        Action(
            "pay", "登记发放", "aid.edit", _pay,
            (
                Need("paid_on", "发放日期", "date", help="非资金类填落实的日期。"),
                Need("note", "备注", "long", required=False, limit=300),
                Need("over_reason", "超预算理由", required=False, limit=200, help="预算不足时填写。"),
            ),
            is_shown=is_open, kind="go",
        ),
        Action(
            "withdraw", "撤销", "aid.edit", _withdraw, (Need("withdrawn_reason", "撤销理由", limit=200),),
            is_shown=is_open, kind="no",
        ),
    )  # fmt: skip

    def default_order(self) -> list[Any]:
        return [m.Aid.id.desc()]

    def page_title(self, row: Any | None) -> str:
        return (
            gettext("%(kind)s：%(who)s", kind=row.kind.name, who=receiver(row)) if row else gettext(self.create_label)
        )

    def create_form(self, obj: Any = None) -> Any:
        form = need_forms.form_of(NEEDS)(posted() if request.method == "POST" else None)
        if request.method == "GET":
            asked = gate.id_in(request.args.get("petition_id", ""))
            if asked is not None:
                matter = gate.find(db.session(), current_actor(), m.Petition, asked)
                form.petition_id.data = matter.id
                form.petition_id.post_process()
            form.decided_on.data = current_actor().today
        return form

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        groups = [{"title": gettext(title), "fields": list(names)} for title, names in GROUPS]
        return super().form_screen(row) | {"fieldsets": groups}

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        petition = gate.find(db.session(), actor, m.Petition, values["petition_id"])
        text = (values["amount"] or "").strip()
        said = aid.Said(
            values["kind_id"], values["receiver"] or "", values["decided_on"], values["decided_by"] or "",
            values["fund_id"], aid.yuan(text) if text else None, values["note"] or "", values["over_reason"] or "",
        )  # fmt: skip
        return aid.decide(db.session(), actor, petition, said)

    def prefill(self, _row: Any, action: Action, form: Any) -> None:
        if action.verb == "pay":
            form.paid_on.data = current_actor().today

    def details(self, row: Any) -> dict[str, Any]:
        looked.note("view", table="aid", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {
            "tags": [state_tag(row)],
            "facts": [{"title": gettext("帮扶救助"), "items": facts_of(row)}],
        }
        return context


def facts_of(row: m.Aid) -> list[dict[str, Any]]:
    """From which fund, how much, when, to whom."""
    lines: list[dict[str, Any]] = [
        {
            "label": gettext("信访事项"),
            "text": str(row.petition),
            "url": url_for("petition.details_view", id=row.petition_id),
        },
        {"label": gettext("受助人"), "text": receiver(row)},
        {"label": gettext("帮扶种类"), "text": row.kind.name},
        {"label": gettext("资金"), "text": show(row.fund)},
        {"label": gettext("金额（元）"), "text": aid.shown(row.amount), "num": True},
        {"label": gettext("决定日期"), "text": show(row.decided_on), "num": True},
        {"label": gettext("决定人"), "text": row.decided_by},
        {"label": gettext("发放日期"), "text": show(row.paid_on), "num": True},
        {"label": gettext("超预算理由"), "text": row.over_reason or "", "wide": True},
        {"label": gettext("备注"), "text": row.note or "", "wide": True},
        {"label": gettext("撤销理由"), "text": row.withdrawn_reason or "", "wide": True},
    ]
    if row.case is not None:
        url = url_for("case.details_view", id=row.case_id)
        lines.insert(1, {"label": gettext("领导包案"), "text": row.case.number, "url": url})
    return [line for line in lines if line["text"]]


def card(petition: m.Petition, actor: Actor) -> dict[str, Any]:
    """What was given on a matter, for its page and its case's: lines, and where to record more."""
    if not may(actor, "aid.list"):
        return {"lines": [], "url": ""}
    lines = [
        {
            "url": url_for("aid.details_view", id=row.id), "kind": row.kind.name, "amount": aid.shown(row.amount),
            "who": receiver(row), "day": show(row.decided_on), "tag": state_tag(row),
        }
        for row in aid.of_matter(db.session(), actor, petition)
    ]  # fmt: skip
    writes = aid.may_write(db.session(), actor, petition)
    return {"lines": lines, "url": url_for("aid.create_view", petition_id=petition.id) if writes else ""}


def views() -> list[Any]:
    return [AidView(m.Aid)]
