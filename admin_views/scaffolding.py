"""Flask-Admin's scaffolding of a form with our fields."""

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.contrib.sqla.validators import Unique
from flask_admin.model.form import converts
from flask_babel import lazy_gettext
from wtforms import (
    IntegerField,
    StringField,
    TextAreaField,
    validators,
)

from admin_views.fields import MOST, REQUIRED, TAKEN, DeskDate, Filled, NoNul, NotEmptied, RowField, WordField
from admin_views.labels import lazy_label
from admin_views.targets import TARGETS


def _our_own(check: Any) -> Any:
    """Flask-Admin's check, saying it in our words; blanks count as nothing."""
    if isinstance(check, Unique):
        check.message = TAKEN
    return Filled(REQUIRED) if type(check) is validators.InputRequired else check


class DeskConverter(AdminModelConverter):
    """Flask-Admin's scaffolding with our choices: enums by label, foreign keys through the gate, native date inputs."""

    def convert(self, model: Any, mapper: Any, name: str, prop: Any, field_args: Any, hidden_pk: bool) -> Any:
        columns = getattr(prop, "columns", None)
        if columns and columns[0].foreign_keys:
            target = next(iter(columns[0].foreign_keys)).column.table.name
            checks = [validators.Optional() if columns[0].nullable else Filled(REQUIRED)]
            return RowField(lazy_label(name, model.__tablename__), checks, **TARGETS[target], **dict(field_args or {}))
        field = super().convert(model, mapper, name, prop, field_args, hidden_pk)
        if field is not None and not field.args:
            field.kwargs["label"] = (field_args or {}).get("label") or lazy_label(name, model.__tablename__)
            if field.kwargs.get("description"):
                field.kwargs["description"] = lazy_gettext(str(field.kwargs["description"]))
            field.kwargs["validators"] = [_our_own(check) for check in field.kwargs.get("validators") or ()]
        return field

    @converts("Enum")
    def convert_enum(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> Any:
        field_args.pop("choices", None)
        return WordField(kind=column.type.enum_class, blank=column.nullable, **field_args)

    @converts("Integer")
    def handle_integer_types(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> Any:
        least = 1 if column.name == "people_count" else 0
        said = lazy_gettext("请填 %(least)s 到 %(most)s 之间的整数。", least=least, most=MOST)
        checks = field_args.setdefault("validators", [])
        if not column.nullable:
            checks.insert(0, NotEmptied(REQUIRED))
        checks.append(validators.NumberRange(least, MOST, said))
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
