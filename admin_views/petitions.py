"""信访事项: the list with its tabs and lights, and the matter's own page."""

from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import (
    contact_facts,
    letter_batches,
    linked,
    looked,
    not_now,
    petition_actions,
    petition_filters,
    petition_page,
    reading_put,
    saved_filters,
    wording,
)
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Screen, Tab, tagged
from models import db
from rules import moves, owed
from rules.access import Actor, may
from rules.words import OPEN_STATUSES, Role, RuleBroken, Status
from services import (
    aftercare,
    dues,
    guarding,
    search,
    tags,
    workbench,
)
from services.search_newest import newest


def light_cell(petition: m.Petition) -> Cell:
    """The running clock as a coloured word over its last day."""
    light = workbench.light_of(petition, current_actor(), petition_page.soon_days())
    if light is None:
        return Cell()
    last = wording.last_day(light["day"])
    if owed.owner_of(petition.due_term or "") in (owed.Owner.UPPER, owed.Owner.BODY):
        last = f"{last} · {gettext(dues.late_owner(petition))}"
    return tagged(wording.light(petition, current_actor().today), light["kind"], last)


def number_cell(petition: m.Petition) -> Cell:
    repeat = f" · {gettext('重复')}" if len(petition.contacts) > 1 else ""
    return Cell(petition.number, sub=contact_facts.channel_label(petition.channel) + repeat, kind="code")


TAGS = selectinload(m.Petition.tags).joinedload(m.PetitionTag.tag)


class PetitionView(DeskView):
    """信访事项."""

    title, group = "信访事项", "办理"
    edit_verb, export_verb = "petition.edit", "petition.export"
    verbs = {"looked_view": "petition.looked", "letters_view": "job.make"}
    searchable, search_hint = True, "编号、姓名、诉求中的词"
    details_template = "petition.html"
    columns = (
        Column("number", "编号", number_cell, sort=m.Petition.id),
        Column("petitioner", "信访人", petition_page.petitioner),
        Column("title", "概况", lambda p: Cell(p.title, kind="clip")),
        Column("status", "状态", lambda p: tagged(gettext(p.status.label), petition_page.STATUS_KINDS[p.status])),
        Column("unit", "责任单位", lambda p: Cell(show(p.unit), sub=show(p.handler))),
        Column("registered_on", "登记日期", lambda p: show(p.registered_on), sort=m.Petition.registered_on),
        Column("due", "期限", light_cell, sort=m.Petition.breach_on),
        Column("purpose", "信访目的", lambda p: show(p.purpose), shown=False),
        Column("category", "内容分类", lambda p: show(p.category) or p.category_text or "", shown=False),
        Column("place", "问题属地", lambda p: p.place or "", shown=False),
        Column("people_count", "人数", lambda p: str(p.people_count), kind="num", shown=False),
        Column("first_receiver", "首办责任人", lambda p: show(p.first_receiver), shown=False),
        Column("closed_on", "办结日期", lambda p: show(p.closed_on), sort=m.Petition.closed_on, shown=False),
        Column("tags", "标签", lambda p: "、".join(tags.of(p)), shown=False, load=TAGS),
    )
    filters = petition_filters.FILTERS
    tabs = (
        Tab("open", "在办", workbench.open_ones),
        Tab("mine", "等我办理", workbench.mine),
        Tab("late", "已超期", workbench.late),
        Tab("today", "今日到期", workbench.due_today),
        Tab("soon", "即将到期", lambda s, a: workbench.due_soon(s, a, petition_page.soon_days()), count=False),
        Tab("adrift", "没有下一步", workbench.adrift, count=False),
        Tab("to_rate", "待评价", aftercare.to_rate, count=False),
        Tab("all", "全部", lambda s, _a: s, count=False),
    )
    list_options = (
        joinedload(m.Petition.unit),
        joinedload(m.Petition.handler),
        selectinload(m.Petition.contacts).selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner),
    )
    fieldsets = (
        ("事项", ("title", "purpose", "is_secret", "category_id", "place", "demand", "source_number", "level_from")),
    )
    actions = petition_actions.ACTIONS

    def first_tab(self, actor: Actor) -> Tab | None:
        """The open ones; the archivist sees none of those."""
        return self.tabs[-1] if actor.role is Role.ARCHIVIST else super().first_tab(actor)

    def default_order(self) -> list[Any]:
        """The most urgent first; of all matters ever, which no index orders so, the newest."""
        first = self.first_tab(current_actor())
        if request.args.get("tab", first.key if first else "") == "all":
            return []
        return [m.Petition.breach_on.is_(None), m.Petition.breach_on]

    def found_ids(self, actor: Actor, text: str, narrow: Any, limit: int) -> list[int] | None:
        """What a search finds, newest first; without one the list has its own order."""
        looked.note_identity(text)
        return newest(db.session(), actor, text, limit, narrow) if text else None

    def dress(self, screen: Screen, actor: Actor) -> None:
        """Saved filters stand as tabs behind the list's own."""
        saved = saved_filters.tabs(actor, self.noun, screen.query)
        if any(tab["active"] for tab in saved):
            screen.tabs = [tab | {"active": False} for tab in screen.tabs]
        screen.tabs += saved
        screen.saving = saved_filters.offer(actor, self.noun, screen.query)
        screen.notes += looked.short_note(request.args.get("q", ""))

    def search(self, statement: Any, text: str) -> Any:
        looked.note_identity(text)
        hits = search.statement(db.session(), current_actor(), text).with_only_columns(m.Petition.id).order_by(None)
        return statement.where(m.Petition.id.in_(hits))

    def page_title(self, row: Any | None) -> str:
        return row.title if row is not None else ""

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.status != Status.REGISTERED:
            raise RuleBroken(not_now.no_more_edits(row))
        was_guarded = row.is_guarded
        saved = super().save(actor, row, values)
        guarding.set_guard(db.session(), actor, row, was_guarded)
        search.index(db.session(), row)
        return saved

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return bool(row.status == Status.REGISTERED)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        petition_actions.shape(row, action, form)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        petition_actions.prefill(row, action, form, current_actor())

    def list_actions(self, actor: Actor) -> list[dict[str, Any]]:
        found = super().list_actions(actor)
        if may(actor, "job.make"):
            kept = {key: value for key, value in request.args.items() if key not in ("page", "letter")}
            found.append({"label": gettext("成批出文书…"), "url": url_for("petition.letters_view", **kept)})
        if may(actor, "contact.register"):
            found.append({"label": gettext("登记来信来访"), "url": url_for("contact.create_view"), "primary": True})
        return found

    def empty_state(self, actor: Actor, narrowed: bool) -> dict[str, Any]:
        found = super().empty_state(actor, narrowed)
        if not narrowed and may(actor, "contact.register"):
            found["action"] = {"label": gettext("登记来信来访"), "url": url_for("contact.create_view")}
        return found

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        looked.note("view", table="petition", petition_id=row.id)
        context = super().details(row)
        context["screen"] |= {
            "title": row.title,
            "crumb": self.crumb() + f" / {row.number}",
            "actions": self.head_actions(row, actor),
        }
        own = [(link.tag.name, url_for("petition.index_view", tab="all", tag=link.tag_id)) for link in row.tags]
        own.sort()
        return context | petition_page.parts(row, actor, self.row_actions(row)) | {"own_tags": own}

    def head_actions(self, row: Any, actor: Actor) -> list[dict[str, Any]]:
        """Above the page: print and edit; moves, files and identities stand in their own cards."""
        verbs = (
            {item.verb for item in moves.ROWS}
            | linked.VERBS
            | {"attach", "reveal", "tag", reading_put.PUT.verb}
            | {"supervise"}
        )
        found = [a for a in self.row_actions(row) if a["url"].rpartition("/")[2] not in verbs]
        if may(actor, "appointment.edit") and row.status in OPEN_STATUSES:
            url = url_for("appointment.create_view", petition_id=row.id)
            found.insert(0, {"label": gettext("预约领导接访"), "url": url})
        if may(actor, "contact.view") and row.contacts:
            url = url_for("contact.print_view", row_id=row.contacts[0].id)
            found.insert(0, {"label": gettext("打印登记表"), "url": url, "new_tab": True})
        if may(actor, "petition.dossier"):
            url = url_for("dossier.contents", row_id=row.id)
            found.insert(0, {"label": gettext("卷内目录"), "url": url, "new_tab": True})
        return found

    @expose("/letters/", methods=("GET", "POST"))
    def letters_view(self) -> Any:
        """成批出文书: one letter for the filtered list."""
        return letter_batches.choose_page(self)

    @expose("/<row_id>/looked")
    def looked_view(self, row_id: str) -> Any:
        """Who looked at this matter, newest first (J2)."""
        row = self.get_one(row_id)
        entry = m.AuditEntry
        seen = sa.select(entry).where(
            entry.petition_id == row.id, entry.action.in_(("view", "reveal", "print", "download", "export"))
        )
        entries = db.session.scalars(seen.order_by(entry.id.desc()).limit(200)).all()
        people = {
            u.id: u
            for u in db.session.scalars(
                sa.select(m.User).where(m.User.id.in_({e.user_id for e in entries if e.user_id}))
            )
        }
        return self.render("looked.html", petition=row, entries=entries, people=people, labels=LOOKED)


LOOKED = {"view": "查看", "reveal": "查看完整身份", "print": "打印", "download": "下载附件", "export": "导出"}


def views() -> list[Any]:
    return [
        PetitionView(m.Petition),
    ]
