"""Forms that save: allow-listed fields, the version they showed, refusals at their field, 409 with both versions (C4, C14)."""

import re
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from wtforms import PasswordField

from admin_views import broken_constraints, fields, guarded_choices, sent_forms, wording
from admin_views.gated import current_actor
from admin_views.shown import show
from models import db
from rules.access import Actor
from rules.words import RuleBroken, Stale
from services import gate


def check_version(row: Any, shown: Any) -> None:
    """Refuse a save from a form older than the row (C14). Raises Stale; a missing or odd version is stale too."""
    if str(row.version) != str(shown or ""):
        raise Stale("这条记录刚被别人改过，您的修改没有保存。请核对两个版本后再提交。", "version")


NO_VALUES = ("version", "csrf_token")
"""Fields of a form that are nothing of its record; what else the form declares is all that may be written (C4)."""
HEAD = re.compile(r"[^\s“”，。：（）]{1,14}：")
"""The name of the field at the beginning of a refusal, which the form says itself, perhaps in another word."""


def attach(form: Any, no: RuleBroken) -> None:
    """Put the refusal, and those behind it, at their fields, or on top of the form when they name none."""
    for one in (no, *no.also):
        if one.field and one.field in form and one.field != "version":
            sentence = headless(one.message, form[one.field].label.text)
            if sentence not in form[one.field].errors:
                form[one.field].errors = [*form[one.field].errors, sentence]
        else:
            form.form_errors = [*form.form_errors, wording.said(one.message)]


def headless(message: str, label: str) -> str:
    """What a refusal says without the field's name, in the reader's language."""
    said = wording.said(message)
    for head in (f"{label}：", f"{label}: "):
        if said.startswith(head):
            return said.removeprefix(head)
    if not HEAD.match(message):
        return said
    _head, stop, rest = said.partition("：" if said == message else ": ")
    return rest if stop else said


class SavingPages:
    """Mixin of DeskView: the pages that create and edit one record."""

    model: Any
    noun: str
    title: str
    fieldsets: tuple[tuple[str, tuple[str, ...]], ...]
    is_named_by_word = False
    create_template: str
    edit_template: str
    create_form: Any
    edit_form: Any
    get_one: Any
    render: Any
    row_url: Any
    page_title: Any

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        """Write the form's values; subclasses call their service's verb instead."""
        for name, value in values.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        return row

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        form = self.create_form()
        guarded_choices.narrow(guarded_choices.of_form(form), form)
        if request.method == "POST":
            answer = self.made_before(current_actor()) or self._save(form, self.model())
            if answer is not None:
                return answer
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        row = self.get_one(request.args.get("id"))
        form = self.edit_form(obj=row)
        guarded_choices.narrow(row, form)
        if request.method == "POST":
            answer = self._save(form, row, is_edit=True)
            if answer is not None:
                return answer
        return self._form_page(form, row)

    def made_before(self, _actor: Actor) -> Any:
        """Where to go when this very form made its record already (the Back button, a double click); None when it did not."""
        url = sent_forms.made()
        return self.sent_twice(gettext("这张表单已经提交过，没有再保存一次。"), url) if url else None

    @staticmethod
    def sent_twice(sentence: str, url: str) -> Any:
        """Say so at what the form made the first time."""
        flash(sentence, "warning")
        return redirect(url)

    def problems(self, _form: Any, *, is_edit: bool) -> list[RuleBroken]:
        """What the rules would refuse besides, where they can be asked of a form whose fields are not all right."""
        return []

    def saved_words(self, _saved: Any, *, is_edit: bool) -> str:
        """What is said after saving; a screen that gives a number says it."""
        return gettext("已保存。")

    def _save(self, form: Any, row: Any, *, is_edit: bool = False) -> Any:
        """Validate and save; None when the form must be shown again (its errors say why)."""
        if not form.validate():
            for no in self.problems(form, is_edit=is_edit):
                attach(form, no)
            return None
        if is_edit:
            try:
                check_version(row, request.form.get("version"))
            except Stale as stale:
                return self._conflict(form, row, stale)
        values = {item.name: item.data for item in form if item.name not in NO_VALUES}
        try:
            saved = self.save(current_actor(), row, values)
            db.session.commit()
        except RuleBroken as no:
            db.session.rollback()
            if isinstance(no, gate.Forbidden | gate.NotHere):
                raise
            attach(form, no)
            return None
        except sa.exc.IntegrityError as error:
            db.session.rollback()
            attach(form, broken_constraints.refusal(error, self.model, form))
            return None if is_edit else self.made_before(current_actor())
        if not is_edit:
            sent_forms.spend(self.row_url(saved))
        flash(self.saved_words(saved, is_edit=is_edit), "success")
        return redirect(self.row_url(saved))

    def _form_page(self, form: Any, row: Any | None) -> Any:
        status = 422 if form.errors else 200
        if row is not None and not form.version.data:
            form.version.data = row.version
        template = self.edit_template if row is not None else self.create_template
        screen = self.form_screen(row)
        return self.render(
            template, form=form, screen=screen, return_url=screen["back_url"], row=row, view=self
        ), status

    def form_screen(self, row: Any | None) -> dict[str, Any]:
        """Head and fieldsets of the form page."""
        back = self.row_url(row) if row is not None else url_for(f"{self.noun}.index_view")
        return {
            "title": self.page_title(None) if row is None else gettext("修改：%(name)s", name=self.page_title(row)),
            "crumb": self.crumb(),
            "fieldsets": [{"title": gettext(title), "fields": list(names)} for title, names in self.fieldsets],
            "back_url": back,
            "form_key": sent_forms.key() if row is None else "",
        }

    def crumb(self, row: Any | None = None) -> Any:
        """The way back, above the heading: list, then the row."""
        trail = Markup('<a href="{}">{}</a>').format(url_for(f"{self.noun}.index_view"), wording.heading(self.title))
        return (
            trail
            if row is None
            else trail + Markup(' / <a href="{}">{}</a>').format(self.row_url(row), self.row_name(row))
        )

    def row_name(self, row: Any) -> str:
        """What the way back calls the row; views whose rows are named by a word of the tables say it in the reader's language."""
        return wording.said(row) if self.is_named_by_word else str(row)

    def _conflict(self, form: Any, row: Any, stale: Stale) -> Any:
        """409 with both versions: what stands now beside what was sent; the sent values can be saved over it knowingly."""
        rows = []
        for item in form:
            if item.name not in NO_VALUES and not isinstance(item, PasswordField):
                now, sent = show(self.standing(row, item.name)), show(fields.said(item))
                rows += [{"label": item.label.text, "mine": sent, "theirs": now}] if now != sent else []
        form.version.data, form.version.raw_data = row.version, None
        screen = self.form_screen(row) | {"conflict": {"rows": rows, "said": wording.said(stale.message)}}
        page = self.render(
            self.edit_template, form=form, screen=screen, return_url=screen["back_url"], row=row, view=self
        )
        return page, 409

    def standing(self, row: Any, name: str) -> Any:
        """What stands in a column now; for `<x>_id` the row it points to."""
        return getattr(row, name.removesuffix("_id") if hasattr(row, name.removesuffix("_id")) else name, None)
