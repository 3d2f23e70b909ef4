"""登记件: the contacts, their registration forms, and a typed contact shown in full for the rest of its clerk's session."""

from typing import Any

import sqlalchemy as sa
from flask import g, jsonify, request, url_for
from flask import session as web_session
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import hinting, looked, reading_put, registration, sent_forms
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.contact_names import names, shown_name
from admin_views.listing import Cell, Column, Filter, Tab, between, equals, tagged, words
from admin_views.wording import listed
from models import db
from rules.access import MASKED_FIELDS, Actor, mask, may
from rules.words import DocumentKind, Level, Purpose, RuleBroken, Status
from services import gate, petitions, settings

TYPED = "typed"
REMEMBERED = 50


def remember_typed(contact: m.Contact) -> None:
    """The clerk sees in full what he typed for the rest of his session (§4)."""
    web_session[TYPED] = [*web_session.get(TYPED, ()), contact.id][-REMEMBERED:]


def is_typed(contact: m.Contact) -> bool:
    return contact.id in web_session.get(TYPED, ())


def channel_label(code: str) -> str:
    """The channel's name; the office's list is read once a request, for every row of a list asks."""
    if "channels" not in g:
        g.channels = settings.channels(db.session())
    return gettext(g.channels.get(code, code))


def channel_options(_actor: Actor) -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in settings.channels(db.session()).items()]


def unit_options(actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(gate.rows(actor, m.Unit).where(m.Unit.is_active).order_by(m.Unit.position, m.Unit.id))
    return [(str(unit.id), unit.name) for unit in rows]


def category_options(_actor: Actor) -> list[tuple[str, str]]:
    rows = db.session.scalars(sa.select(m.Category).where(m.Category.level == 1).order_by(m.Category.path))
    return [(str(row.id), row.name) for row in rows]


def in_category(statement: Any, value: str) -> Any:
    """Matters in a category of any level, everything below it included."""
    node = db.session.get(m.Category, gate.id_in(value) or 0)
    if node is None:
        return statement.where(sa.false())
    below = sa.select(m.Category.id).where(
        sa.or_(m.Category.id == node.id, m.Category.path.startswith(node.path + "/", autoescape=True))
    )
    return statement.where(m.Petition.category_id.in_(below))


def joined(statement: Any) -> Any:
    """Contacts with their matter joined, once."""
    return statement.join(m.Petition, m.Contact.petition_id == m.Petition.id)


def _repeat(statement: Any, value: str) -> Any:
    return statement.where(m.Contact.is_first if value == "first" else sa.not_(m.Contact.is_first))


def _group(statement: Any, value: str) -> Any:
    least = int(settings.get(db.session(), "group_threshold", current_actor().today))
    return statement.where(m.Contact.people_count >= least if value == "group" else m.Contact.people_count < least)


def _of_unit(statement: Any, value: str) -> Any:
    number = gate.id_in(value)
    unit = m.Petition.unit_id.is_(None) if number is None else m.Petition.unit_id == number
    return statement.where(m.Contact.petition.has(unit))


def _of_category(statement: Any, value: str) -> Any:
    inner = in_category(sa.select(m.Petition.id), value)
    return statement.where(m.Contact.petition_id.in_(inner))


def matter_url(contact: m.Contact) -> str | None:
    """The matter's page, for those who may open single matters."""
    return matter_page(contact.petition_id)


def matter_page(petition_id: int) -> str | None:
    """The same by the matter's id."""
    return url_for("petition.details_view", id=petition_id) if may(current_actor(), "petition.view") else None


class ContactView(DeskView):
    """登记件."""

    title, group = "登记件", "登记"
    create_verb, create_label, edit_verb, export_verb = (
        "contact.register",
        "登记来信来访",
        "contact.edit",
        "contact.export",
    )
    verbs = {"print_view": "contact.view", "hints_view": "contact.register"}
    columns = (
        Column("number", "登记编号", lambda c: Cell(c.number, kind="code"), sort=m.Contact.id),
        Column("people", "信访人", lambda c: names(c, current_actor())),
        Column("title", "概况", lambda c: Cell(c.petition.title, kind="clip")),
        Column("petition", "信访事项", lambda c: Cell(c.petition.number, kind="code", url=matter_url(c))),
        Column("channel", "信访方式", lambda c: channel_label(c.channel)),
        Column(
            "repeat",
            "初次/重复",
            lambda c: tagged(gettext("初次"), "wait") if c.is_first else tagged(gettext("重复"), "soon"),
        ),
        Column("people_count", "人数", lambda c: str(c.people_count), kind="num"),
        Column("level_visited", "走访级别", lambda c: show(c.level_visited), shown=False),
        Column("purpose", "信访目的", lambda c: show(c.purpose), shown=False),
        Column("place", "问题属地", lambda c: c.place or "", shown=False),
        Column("received_on", "收到日期", lambda c: show(c.received_on), shown=False),
        Column("registered_on", "登记日期", lambda c: show(c.registered_on), sort=m.Contact.registered_on),
    )
    filters = (
        Filter("channel", "信访方式", equals(m.Contact.channel), channel_options),
        Filter("registered", "登记日期", between(m.Contact.registered_on), kind="dates"),
        Filter("repeat", "初次/重复", _repeat, lambda _a: [("first", gettext("初次")), ("again", gettext("重复"))]),
        Filter("group", "个体/集体", _group, lambda _a: [("group", gettext("集体")), ("single", gettext("个体"))]),
        Filter("level", "走访级别", equals(m.Contact.level_visited), words(Level)),
        Filter("purpose", "信访目的", equals(m.Contact.purpose), words(Purpose)),
        Filter("unit", "责任单位", _of_unit, unit_options),
        Filter("category", "内容分类", _of_category, category_options),
    )
    tabs = (
        Tab("all", "全部", lambda s, _a: s),
        Tab("mine", "我登记的", lambda s, a: s.where(m.Contact.receptionist_id == a.user_id)),
        Tab("carried", "历史结转", lambda s, _a: s.where(m.Contact.is_carried_over), count=False),
    )
    list_options = (
        joinedload(m.Contact.petition),
        selectinload(m.Contact.people).joinedload(m.ContactPetitioner.petitioner),
    )
    fieldsets = (
        (
            "来信来访",
            ("channel", "received_on", "level_visited", "people_count", "place", "original_at", "receptionist_id"),
        ),
    )
    create_template = "registration.html"
    actions = (reading_put.PUT,)

    def shape(self, row: Any, _action: Action, form: Any) -> None:
        reading_put.shape(row, form)

    def prefill(self, row: Any, _action: Action, form: Any) -> None:
        reading_put.prefill(row, form)

    def default_order(self) -> list[Any]:
        return [m.Contact.id.desc()]

    def scaffold_form(self) -> Any:
        from wtforms import SelectField

        form = super().scaffold_form()
        form.channel = SelectField(
            gettext("信访方式") if request else "信访方式",
            choices=lambda: list(settings.channels(db.session()).items()),
        )
        return form

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return registration.RegistrationForm(hinting.chosen())
        actor = current_actor()
        return registration.RegistrationForm(received_on=actor.today, receptionist_id=actor.user_id)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        if row is None:
            sets = [
                {"title": gettext(title), "fields": list(names), "one": names in (("people",), ("respondents",))}
                for title, names in registration.FIELDSETS
            ]
            screen |= {"title": gettext("登记来信来访"), "fieldsets": sets, "submit": gettext("登记")}
        return screen

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """The registration screen; the button 查重 only asks what may be the same, and saves nothing (A5)."""
        if request.method == "POST" and request.form.get("check"):
            form = self.create_form()
            screen = self.form_screen(None) | {"hints": hinting.found(request.form), "checked": True}
            return self.render(
                self.create_template, form=form, screen=screen, return_url=screen["back_url"], row=None, view=self
            )
        return super().create_view()

    @expose("/hints/", methods=("POST",))
    def hints_view(self) -> Any:
        """What may be the same as the contact being typed, as JSON."""
        return jsonify(hints=hinting.found(request.form))

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.id is None:
            contact = registration.register(actor, values | {"form_key": sent_forms.key()})
            remember_typed(contact)
            return contact
        if row.petition.status != Status.REGISTERED:
            raise RuleBroken(gettext("事项已交办或转送，登记内容不能再改；需要更正请在事项中说明。"))
        if values["received_on"] > row.registered_on:
            raise RuleBroken(gettext("收到日期：不能晚于登记日期，请核对。"), "received_on")
        return super().save(actor, row, values)

    def problems(self, form: Any, *, is_edit: bool) -> list[RuleBroken]:
        return [] if is_edit else registration.problems(current_actor(), form)

    def made_before(self, actor: Actor) -> Any:
        """The matter this very form registered, whoever logged in since (A1)."""
        contact = petitions.sent_before(db.session(), actor, sent_forms.key())
        if contact is None:
            return None
        sentence = gettext(
            "这张表已经登记为 %(contact)s（信访事项 %(matter)s），没有再登记一次。登记另一件请重新打开“登记来信来访”。",
            contact=contact.number,
            matter=contact.petition.number,
        )
        return self.sent_twice(sentence, self.row_url(contact))

    def saved_words(self, saved: Any, *, is_edit: bool) -> str:
        if is_edit:
            return super().saved_words(saved, is_edit=True)
        return gettext("已登记：%(contact)s，信访事项 %(matter)s。", contact=saved.number, matter=saved.petition.number)

    def is_editable_now(self, row: Any, _actor: Actor) -> bool:
        return bool(row.petition.status == Status.REGISTERED)

    def row_url(self, row: Any) -> str:
        return matter_url(row) or ""

    def details(self, row: Any) -> dict[str, Any]:
        actor = current_actor()
        looked.note("view", table="contact", petition_id=row.petition_id)
        context = super().details(row)
        context["screen"] |= {
            "title": f"{row.number} {names(row, actor)}",
            "facts": [{"title": gettext("登记内容"), "items": facts(row, actor)}],
            "actions": [
                {"label": gettext("打印登记表"), "url": url_for("contact.print_view", row_id=row.id), "new_tab": True},
                *self.row_actions(row),
                {"label": gettext("看信访事项"), "url": self.row_url(row), "primary": True},
            ],
        }
        return context

    @expose("/<row_id>/print")
    def print_view(self, row_id: str) -> Any:
        row = self.get_one(row_id)
        looked.note("print", table="contact", petition_id=row.petition_id)
        kind = (
            DocumentKind.VISIT_FORM
            if "visit" in row.channel or row.channel == "leader_reception"
            else DocumentKind.LETTER_FORM
        )
        actor = current_actor()
        office = settings.get(db.session(), "office_name", actor.today)
        people = [person_facts(link.petitioner, row, actor) for link in row.people]
        return self.render(
            "paper/registration.html",
            contact=row,
            kind=kind,
            people=people,
            channel=channel_label(row.channel),
            office=office,
            is_secret=row.petition.is_secret,
        )


def person_facts(person: m.Petitioner, contact: m.Contact, actor: Actor) -> dict[str, str]:
    """A petitioner as shown: protected fields masked, in full for the clerk who just typed them."""
    is_open = is_typed(contact) and may(actor, "contact.edit")
    name = person.name if is_open else shown_name(person.name, contact.petition, actor)
    found = {key: getattr(person, key) or "" for key in MASKED_FIELDS}
    return {"name": name} | (found if is_open else {key: mask(key, value) for key, value in found.items()})


def facts(contact: m.Contact, actor: Actor) -> list[dict[str, Any]]:
    """The labelled facts of a contact."""
    people = [person_facts(link.petitioner, contact, actor) for link in contact.people]
    lines = [
        ("信访人", names(contact, actor)),
        ("电话", listed(p["phone"] for p in people if p["phone"])),
        ("证件号码", listed(p["id_number"] for p in people if p["id_number"])),
        ("详细地址", listed(p["address"] for p in people if p["address"])),
        ("信访方式", channel_label(contact.channel)),
        ("初次/重复", gettext("初次") if contact.is_first else gettext("重复")),
        ("人数", str(contact.people_count)),
        ("走访级别", show(contact.level_visited)),
        ("收到日期", show(contact.received_on)),
        ("登记日期", show(contact.registered_on)),
        ("信访目的", show(contact.purpose)),
        ("问题属地", contact.place or ""),
        ("原件存放", contact.original_at or ""),
        ("接待人", show(contact.receptionist)),
        ("来源", f"{contact.source} {contact.external_number}" if contact.source else ""),
    ]
    items: list[dict[str, Any]] = [{"label": gettext(label), "text": text} for label, text in lines if text]
    return [*items, {"label": gettext("诉求"), "text": contact.demand, "wide": True}]


def views() -> list[Any]:
    return [ContactView(m.Contact)]
