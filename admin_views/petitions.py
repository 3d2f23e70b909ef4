"""信访事项: the list with its tabs and lights, the matter's own page, its moves, files and identities."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import (
    contacts,
    feedback_fields,
    fields,
    files,
    letter_batches,
    linked,
    looked,
    petition_filters,
    petition_page,
    reading_put,
    saved_filters,
    supervision_page,
    wording,
)
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Screen, Tab, tagged
from models import db
from rules import moves, owed
from rules.access import Actor, may
from rules.moves import Need, Row
from rules.words import OPEN_STATUSES, Role, RuleBroken, Status
from services import (
    aftercare,
    audit,
    documents,
    dues,
    handling,
    handling_checks,
    matter_facts,
    petitions,
    recusals,
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
    return Cell(petition.number, sub=contacts.channel_label(petition.channel) + repeat, kind="code")


def perform(row: Row) -> Callable[..., Any]:
    """The run of a move's action."""
    return lambda session, actor, petition, said: handling.move(session, actor, petition, row.verb, said) and None


def gone_on(row: Row) -> Callable[..., Any]:
    """Why a move makes no sense any more: who made the last one, and where the matter stands now."""

    def said(petition: m.Petition) -> str:
        if row.verb in moves.MOVES[petition.status] or not petition.moves:
            return ""
        last = petition.moves[-1]
        return gettext(
            "%(who)s已办理“%(what)s”，这件事项现在是“%(state)s”，不能再“%(label)s”。",
            who=last.by_name,
            what=gettext(moves.VERBS.get(last.verb, last.verb)),
            state=gettext(petition.status.label),
            label=gettext(row.label),
        )

    return said


def lacking(row: Row) -> Callable[..., Any]:
    """What a move's form lacks besides what its fields say."""
    return lambda actor, petition, said: handling_checks.problems(row, actor, petition, said)


MOVE_ACTIONS = tuple(
    Action(
        row.verb,
        row.label,
        row.who,
        perform(row),
        row.needs,
        is_shown=lambda petition, actor, row=row: (
            row.verb in moves.MOVES[petition.status]
            and moves.is_allowed(actor, row, petition.unit_id, matter_facts.of(petition, actor))
        ),
        kind="no" if row.verb == "void" else "" if row.is_quiet else "go",
        problems=lacking(row),
        not_now=gone_on(row),
    )
    for row in moves.ROWS
)


def _attach(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> str:
    taken = files.take(petition, said["attachments"], said.get("purpose") or "")
    return gettext("已上传 %(count)s 个附件。", count=len(taken.kept))


def _issue_form(session: Any, actor: Actor, petition: m.Petition, _said: dict[str, Any]) -> str:
    paper = documents.issue_form(session, actor, petition)
    return gettext("已制发%(title)s %(number)s。", title=gettext(paper.title), number=paper.number)


def _lacks_form(petition: m.Petition, actor: Actor) -> bool:
    return documents.registration_form(db.session(), actor, petition) is None


def _reveal(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> Any:
    """Full identities, once, with the reason in the trail (C3)."""
    audit.record(
        session,
        actor,
        "reveal",
        table="petition",
        row_id=petition.id,
        petition_id=petition.id,
        details={"reason": said["reason"]},
    )
    people = petitions.people_of(petition)
    return PetitionView.page("reveal.html", petition=petition, people=people, reason=said["reason"])


def _tag(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> None:
    tags.put(session, actor, petition, said.get("tags") or "")


TAG_HELP = "几个标签之间用顿号隔开，每个不超过 12 个字；留空则全部去掉。全办都能按标签筛选，请不要写人名。"
TAGS = selectinload(m.Petition.tags).joinedload(m.PetitionTag.tag)


def of_the_unit(field: Any, petition: m.Petition) -> None:
    """Who handles or withdraws is one of the few people of the responsible unit: a list, nothing to look up."""
    ids = [user.id for user in recusals.staff(db.session(), petition, petition.unit_id)]
    field.narrow = lambda statement: fields.active_users(statement).where(m.User.id.in_(ids))
    field.render_kw = None


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
    actions = (
        *MOVE_ACTIONS,
        *linked.ACTIONS,
        reading_put.PUT,
        supervision_page.SUPERVISE,
        Action(
            "issue_form",
            "制发登记表",
            "document.issue_form",
            _issue_form,
            confirm="给这件事项编号制发来访（来信）登记表？",
            is_shown=_lacks_form,
        ),
        Action(
            "attach",
            "上传附件",
            "petition.attach",
            _attach,
            (
                Need("attachments", "附件", "files"),
                Need(
                    "purpose",
                    "材料名称",
                    required=False,
                    limit=40,
                    help="例如：照片、合同、身份证复印件；这一次上传的都用这个名称。",
                ),
            ),
            after=lambda petition: url_for("petition.details_view", id=petition.id, _anchor="files"),
        ),
        Action(
            "tag",
            "标签",
            "petition.tag",
            _tag,
            (Need("tags", "标签", required=False, help=TAG_HELP, limit=200),),
        ),
        Action(
            "reveal",
            "查看完整身份",
            "petition.reveal",
            _reveal,
            (Need("reason", "查看理由", "text", help="会记入审计：谁、何时、为什么看了完整身份。", limit=200),),
        ),
    )

    @staticmethod
    def page(template: str, **context: Any) -> Any:
        """A page answered to a post."""
        from flask import make_response, render_template

        return make_response(render_template(template, **context))

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
            raise RuleBroken(gettext("事项已交办或转送，登记内容不能再改；需要更正请在办理中说明。"))
        was_guarded = row.is_guarded
        saved = super().save(actor, row, values)
        petitions.set_guard(db.session(), actor, row, was_guarded)
        search.index(db.session(), row)
        return saved

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return bool(row.status == Status.REGISTERED)

    def shape(self, row: Any, action: Action, form: Any) -> None:
        """What an action asks of this matter; whom it complains of is left out of every form (guarded_choices)."""
        linked.shape(row, action, form)
        feedback_fields.tell(form, row.purpose)
        if action.verb == reading_put.PUT.verb:
            reading_put.shape(row, form)
        if action.verb == "attach":
            url = url_for("attachment.upload", row_id=row.id)
            form.attachments.render_kw = dict(form.attachments.render_kw, data_upload=url)
        for name in ("handler_id", "user_id"):
            if name in form and row.unit_id is not None:
                of_the_unit(form[name], row)
        if action.verb == supervision_page.SUPERVISE.verb:
            supervision_page.shape(row, form)

    def prefill(self, row: Any, action: Action, form: Any) -> None:
        linked.prefill(row, action, form, current_actor())
        feedback_fields.propose(form, row.purpose, row)
        if action.verb == reading_put.PUT.verb:
            reading_put.prefill(row, form)
        if action.verb == supervision_page.SUPERVISE.verb:
            supervision_page.prefill(row, form)
        if action.verb == "tag":
            form.tags.data = "、".join(tags.of(row))

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
