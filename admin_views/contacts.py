"""登记件: the contacts, their registration screen and registration forms."""

from typing import Any

from flask import jsonify, request, url_for
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

import models as m
from admin_views import hinting, looked, not_now, reading_put, registration, registration_form, sent_forms
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.contact_facts import channel_label, facts, matter_url, person_facts, remember_typed
from admin_views.contact_filters import FILTERS
from admin_views.contact_names import names
from admin_views.listing import Cell, Column, Tab, tagged
from models import db
from rules.access import Actor
from rules.words import DocumentKind, RuleBroken, Status
from services import petitions, settings


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
        Column(
            "registered_on",
            "登记日期",
            lambda c: Cell(show(c.registered_on), kind="code"),
            sort=m.Contact.registered_on,
        ),
    )
    filters = FILTERS
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
        form = super().scaffold_form()
        form.channel = registration_form.RegistrationForm.channel
        return form

    def create_form(self, obj: Any = None) -> Any:
        if request.method == "POST":
            return registration_form.RegistrationForm(hinting.chosen())
        actor = current_actor()
        return registration_form.RegistrationForm(received_on=actor.today, receptionist_id=actor.user_id)

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        screen = super().form_screen(row)
        if row is None:
            sets = [
                {"title": gettext(title), "fields": list(names), "one": names in (("people",), ("respondents",))}
                for title, names in registration_form.FIELDSETS
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
            raise RuleBroken(not_now.no_more_edits(row.petition))
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


def views() -> list[Any]:
    return [ContactView(m.Contact)]
