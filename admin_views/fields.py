"""Form fields: choices checked through the gate, dates, and the sentences a wrong one is answered with."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    SelectField,
    SelectMultipleField,
    validators,
)
from wtforms.utils import unset_value
from wtforms.widgets import Select

import models as m
from admin_views.gated import current_actor
from admin_views.targets import active_units
from models import db
from rules.words import RuleBroken, Word
from services import gate

REQUIRED = lazy_gettext("请填写。")
NO_FILE = lazy_gettext("请先选择文件。")
BAD_CHOICE = lazy_gettext("没有这个选项，请重新选择。")
BAD_DATE = lazy_gettext("日期应为“2026-11-21”的样子。")
TAKEN = lazy_gettext("已经有了，请换一个，或去修改原来那条。")
MOST = 1_000_000
"""The largest number anybody types into a form."""
BAD_TIME = lazy_gettext("时间应为“2026-11-21 09:30”的样子。")


class NoNul(validators.Regexp):
    """PostgreSQL cannot keep NUL; nobody types it."""

    def __init__(self) -> None:
        super().__init__(r"^[^\x00]*\Z", message=lazy_gettext("含有不能保存的字符，请删去。"))


class Filled(validators.InputRequired):
    """Something is given; blanks are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and isinstance(field.raw_data[0], str) and not field.raw_data[0].strip():
            field.raw_data = None
        super().__call__(form, field)


class NotEmptied(Filled):
    """What was sent is not blank; what was not sent at all keeps its default (a line typed on another page)."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data:
            super().__call__(form, field)


class WordField(SelectField):
    """A choice of one enum of rules.words, shown by label, stored by value.

    blank: it may stay empty; unset: it may not, and nothing is chosen for the person at first.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        kind: type[Word],
        blank: bool = False,
        unset: bool = False,
        **options: Any,
    ) -> None:
        self.kind, self.blank, self.unset = kind, blank, unset
        super().__init__(label, validators, choices=self.options, coerce=self._word, validate_choice=True, **options)

    def options(self) -> list[tuple[str, str]]:
        empty = gettext("（未填）") if self.blank else gettext("（未选）") if self.unset else ""
        return ([("", empty)] if empty else []) + [(word.value, gettext(word.label)) for word in self.kind]

    def _word(self, value: Any) -> Any:
        if value in (None, ""):
            return None if self.blank else ""
        try:
            return self.kind(value)
        except ValueError:
            return str(value)

    def pre_validate(self, form: Any) -> None:
        if self.unset and not self.data:
            raise validators.StopValidation(str(REQUIRED))
        if not (isinstance(self.data, self.kind) or (self.blank and self.data is None)):
            raise validators.StopValidation(str(BAD_CHOICE))

    def iter_choices(self) -> Any:
        current = self.data.value if isinstance(self.data, Word) else (self.data or "")
        for value, text in self.options():
            yield value, text, value == current, {}


class RowField(Field):
    """The id of a row of another table, offered and accepted only through the gate.

    `lookup` set: rendered as a search-as-you-type input; else a select of all rows (small tables only).
    """

    widget = Select()
    say: Callable[[Any], str] = str
    """What an offered row is called; a form that knows more of them sets it."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        model: type[Any],
        lookup: str | None = None,
        narrow: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.model, self.narrow = model, narrow
        if lookup:
            self.render_kw = dict(self.render_kw or {}, data_lookup=f"/admin/lookup/{lookup}/?q=")

    def statement(self) -> Any:
        statement = gate.rows(current_actor(), self.model)
        return self.narrow(statement) if self.narrow else statement

    def post_process(self) -> None:
        """What a look-up shows of the id."""
        if self.render_kw and "data_lookup" in self.render_kw:
            self.render_kw = dict(self.render_kw, data_text=str(self.chosen() or ""))

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        number = gate.id_in(text)
        self.data = number if number is not None or not text else -1

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.chosen() is None:
            raise validators.StopValidation(str(BAD_CHOICE))

    def chosen(self) -> Any:
        """The row now chosen, or None."""
        if self.data is None or self.data < 0:
            return None
        found = db.session.scalars(self.statement().where(self.model.id == self.data)).first()
        # A row that is already set may be shown although it is no longer offered (a retired unit).
        return found or (db.session.get(self.model, self.data) if self.data == self.object_data else None)

    def iter_choices(self) -> Any:
        yield "", gettext("（未选）"), self.data is None, {}
        order = getattr(self.model, "position", None) or getattr(self.model, "turn", None) or self.model.id
        for row in db.session.scalars(self.statement().order_by(order, self.model.id).limit(500)):
            yield str(row.id), self.say(row), row.id == self.data, {}

    def has_groups(self) -> bool:
        return False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        self.post_process()


class DeskDate(DateField):
    """A date typed or picked; the native input of the browser."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(BAD_DATE)) from error


class DeskTime(DateTimeLocalField):
    """A date with hour and minute in the office's time zone, kept as an aware instant."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        from flask import current_app

        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(BAD_TIME)) from error
        if self.data is not None:
            self.data = self.data.replace(tzinfo=current_app.config["DESK_TZ"])


def row_id(value: Any) -> int:
    """An id as a form says it; -1, which nothing has, for anything else."""
    number = gate.id_in(str(value))
    return -1 if number is None else number


class UnitsField(SelectMultipleField):
    """Several units, offered and accepted only through the gate."""

    narrow: Callable[[Any], Any] | None = None

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, coerce=row_id, choices=self.options, **options)

    def options(self) -> list[tuple[int, str]]:
        statement = active_units(gate.rows(current_actor(), m.Unit)).order_by(m.Unit.position, m.Unit.id)
        statement = self.narrow(statement) if self.narrow else statement
        return [(unit.id, unit.name) for unit in db.session.scalars(statement)]

    def pre_validate(self, form: Any) -> None:
        offered = {unit_id for unit_id, _name in self.options()}
        if any(value not in offered for value in self.data or ()):
            raise validators.StopValidation(str(BAD_CHOICE))


def said(field: Any) -> Any:
    """What a field says, as a person reads it: the row behind an id, the label behind a choice."""
    if isinstance(field, RowField):
        return field.chosen()
    if isinstance(field, SelectField | SelectMultipleField) and not isinstance(field, WordField):
        return [text for _value, text, is_chosen, *_rest in field.iter_choices() if is_chosen]
    return field.data


def first_error(form: Any) -> RuleBroken:
    """The first complaint of a form as a sentence naming its field."""
    for name, errors in form.errors.items():
        if errors:
            return RuleBroken(f"{form[name].label.text}：{errors[0]}", name)
    return RuleBroken(gettext("请检查填写的内容。"))
