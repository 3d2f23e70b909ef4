"""Form fields: what Flask-Admin's scaffolding makes of a column, choices checked through the gate, forms from Needs."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.form import BaseForm
from flask_admin.model.form import converts
from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.utils import unset_value
from wtforms.widgets import HiddenInput, Select

import models as m
from admin_views.gated import current_actor
from admin_views.labels import lazy_label
from models import db
from rules.moves import Need
from rules.words import RuleBroken, Word
from services import attachments, gate

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


class WordField(SelectField):
    """A choice of one enum of rules.words, shown by label, stored by value."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, kind: type[Word], blank: bool = False, **options: Any
    ) -> None:
        self.kind, self.blank = kind, blank
        super().__init__(label, validators, choices=self.options, coerce=self._word, validate_choice=True, **options)

    def options(self) -> list[tuple[str, str]]:
        blank = [("", gettext("（未填）"))] if self.blank else []
        return blank + [(word.value, gettext(word.label)) for word in self.kind]

    def _word(self, value: Any) -> Any:
        if value in (None, ""):
            return None if self.blank else ""
        try:
            return self.kind(value)
        except ValueError:
            return str(value)

    def pre_validate(self, form: Any) -> None:
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


def active_units(statement: Any) -> Any:
    return statement.where(m.Unit.is_active)


def active_users(statement: Any) -> Any:
    return statement.where(m.User.is_active)


def active_leaders(statement: Any) -> Any:
    return statement.where(m.Leader.is_active)


def current_editions(statement: Any) -> Any:
    newest = sa.select(sa.func.max(m.ClosingEdition.id)).join(m.ClosingEdition.template)
    active = newest.where(m.ClosingTemplate.is_active).group_by(m.ClosingEdition.template_id)
    return statement.where(m.ClosingEdition.id.in_(active))


def coming_days(statement: Any) -> Any:
    return statement.where(m.DutyDay.held_on >= current_actor().today).order_by(m.DutyDay.held_on)


TARGETS: dict[str, dict[str, Any]] = {
    "unit": {"model": m.Unit, "narrow": active_units},
    "leader": {"model": m.Leader, "narrow": active_leaders},
    "user": {"model": m.User, "narrow": active_users, "lookup": "user"},
    "category": {"model": m.Category, "lookup": "category"},
    "petition": {"model": m.Petition, "lookup": "petition"},
    "reception_session": {"model": m.ReceptionSession, "lookup": "reception_session"},
    "open_session": {"model": m.ReceptionSession},
    "reception_rule": {"model": m.ReceptionRule},
    "duty_day": {"model": m.DutyDay, "narrow": coming_days},
    "campaign": {"model": m.Campaign},
    "contact": {"model": m.Contact},
    "petition_link": {"model": m.PetitionLink},
    "document": {"model": m.Document},
    "closing_edition": {"model": m.ClosingEdition, "narrow": current_editions},
    "closing_template": {
        "model": m.ClosingTemplate,
        "narrow": lambda statement: statement.where(m.ClosingTemplate.is_active),
    },
    "attachment": {"model": m.Attachment},
    "aid_kind": {"model": m.AidKind, "narrow": lambda statement: statement.where(m.AidKind.is_active)},
    "fund": {"model": m.Fund, "narrow": lambda statement: statement.where(m.Fund.is_active)},
}
"""Tables a form may point into: small ones as a select, large ones by typing."""


class DeskConverter(AdminModelConverter):
    """Flask-Admin's scaffolding with our choices: enums by label, foreign keys through the gate, native date inputs."""

    noun = ""

    def get_converter(self, column: Any) -> Any:
        return super().get_converter(column)

    def convert(self, model: Any, mapper: Any, name: str, prop: Any, field_args: Any, hidden_pk: bool) -> Any:
        columns = getattr(prop, "columns", None)
        if columns and columns[0].foreign_keys:
            target = next(iter(columns[0].foreign_keys)).column.table.name
            checks = [validators.Optional() if columns[0].nullable else validators.InputRequired(REQUIRED)]
            return RowField(lazy_label(name, model.__tablename__), checks, **TARGETS[target], **dict(field_args or {}))
        field = super().convert(model, mapper, name, prop, field_args, hidden_pk)
        if field is not None and not field.args:
            field.kwargs["label"] = (field_args or {}).get("label") or lazy_label(name, model.__tablename__)
            if field.kwargs.get("description"):
                field.kwargs["description"] = lazy_gettext(str(field.kwargs["description"]))
            for check in field.kwargs.get("validators") or ():
                if isinstance(check, Unique):
                    check.message = TAKEN
        return field

    @converts("Enum")
    def convert_enum(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> Any:
        field_args.pop("choices", None)
        return WordField(kind=column.type.enum_class, blank=column.nullable, **field_args)

    @converts("Integer")
    def convert_integer(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> Any:
        least = 1 if column.name == "people_count" else 0
        said = lazy_gettext("请填 %(least)s 到 %(most)s 之间的整数。", least=least, most=MOST)
        field_args.setdefault("validators", []).append(validators.NumberRange(least, MOST, said))
        return IntegerField(**field_args)

    @converts("Date")
    def convert_date(self, field_args: dict[str, Any], **_extra: Any) -> Any:
        return DeskDate(**field_args)

    @converts("String", "Text")
    def convert_text(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> Any:
        checks = field_args.setdefault("validators", [])
        checks.append(NoNul())
        length = getattr(column.type, "length", None)
        if length:
            checks.append(
                validators.Length(max=length, message=lazy_gettext("最多 %(max)s 个字，请删短。", max=length))
            )
        field_args.setdefault("filters", []).append(lambda text: (text or "").strip() or None)
        return (StringField if length and length <= 120 else TextAreaField)(**field_args)


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


def from_need(need: Need) -> Any:
    """An unbound WTForms field for one Need of a move or action."""
    checks: list[Any] = [validators.InputRequired(REQUIRED) if need.required else validators.Optional(), NoNul()]
    text = need.label
    common: dict[str, Any] = {"description": gettext(need.help) if need.help else ""}
    length = validators.Length(max=need.limit, message=gettext("最多 %(max)s 个字，请删短。", max=need.limit))
    match need.kind:
        case "text":
            return StringField(gettext(text), [*checks, length], **common)
        case "long":
            return TextAreaField(gettext(text), [*checks, length], **common)
        case "date":
            return DeskDate(gettext(text), checks[:1], **common)
        case "datetime":
            return DeskTime(gettext(text), checks[:1], **common)
        case "int":
            return IntegerField(
                gettext(text), [*checks[:1], validators.NumberRange(0, MOST, gettext("请填整数。"))], **common
            )
        case "choice":
            assert need.choices is not None
            return WordField(
                gettext(text), checks[:1] if need.required else [], kind=need.choices, blank=not need.required, **common
            )
        case "files":
            return files_field(gettext(text), need.required)
        case "file":
            look = {"accept": attachments.allowed_suffixes(), "data_max_mb": attachments.MAX_BYTES // 2**20}
            return FileField(gettext(text), checks[:1], render_kw=look, **common)
        case "decimal":
            return DecimalField(gettext(text), checks[:1], **common)
        case "picture":
            look = {"accept": ".png,.jpg,.jpeg", "data_max_mb": 0.3}
            return FileField(gettext(text), checks[:1], render_kw=look, **common)
        case "signature":
            words = {"data-label": gettext(text), "data-help": common["description"], "data-clear": gettext("重写")}
            return HiddenField(gettext(text), [*checks, length], render_kw={"data-sign-pad": ""} | words)
        case "password":
            return PasswordField(gettext(text), [*checks, length], **common)
        case "rows":
            return SelectMultipleField(gettext(text), choices=[], coerce=row_id, **common)
        case "bool":
            return BooleanField(gettext(text), **common)
        case "units":
            return UnitsField(gettext(text), **common)
        case target:
            return RowField(gettext(text), checks[:1], **TARGETS[target], **common)


def files_field(label: Any, required: bool = False) -> Any:
    """Several files at once; the rule is said before uploading."""
    checks = [validators.InputRequired(NO_FILE)] if required else []
    megabytes = attachments.MAX_BYTES // 2**20
    total = attachments.MAX_TOTAL // 2**20
    look = {
        "accept": attachments.allowed_suffixes(),
        "data_max_mb": megabytes,
        "data_total_mb": total,
        "multiple": True,
    }
    return MultipleFileField(label, checks, render_kw=look)


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


def form_of(needs: Sequence[Need]) -> type[BaseForm]:
    """A form class with a field for each Need, the version shown and nothing else."""
    fields: dict[str, Any] = {need.name: from_need(need) for need in needs}
    fields["version"] = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
    return type("NeedsForm", (BaseForm,), fields)


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
