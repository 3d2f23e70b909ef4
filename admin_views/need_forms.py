"""Forms made of Needs: a field for each thing a move or action asks for."""

from collections.abc import Sequence
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext
from wtforms import (
    BooleanField,
    DecimalField,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.widgets import HiddenInput

from admin_views.fields import (
    MOST,
    NO_FILE,
    REQUIRED,
    DeskDate,
    DeskTime,
    Filled,
    NoNul,
    RowField,
    UnitsField,
    WordField,
    row_id,
)
from admin_views.targets import TARGETS
from rules.moves import Need
from services import attachments

A_PAGE = 5000
"""Characters of a text that is a report of its own: it is written in a field of so many ROWS."""
ROWS = 20


def from_need(need: Need) -> Any:
    """An unbound WTForms field for one Need of a move or action."""
    checks: list[Any] = [Filled(REQUIRED) if need.required else validators.Optional(), NoNul()]
    text = need.label
    common: dict[str, Any] = {"description": gettext(need.help) if need.help else ""}
    length = validators.Length(max=need.limit, message=gettext("最多 %(max)s 个字，请删短。", max=need.limit))
    match need.kind:
        case "text":
            return StringField(gettext(text), [*checks, length], **common)
        case "long":
            room = {"rows": ROWS} if need.limit > A_PAGE else {}
            return TextAreaField(gettext(text), [*checks, length], render_kw=room, **common)
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
            common |= {"kind": need.choices, "blank": not need.required, "unset": need.required}
            return WordField(gettext(text), checks[:1] if need.required else [], **common)
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
            words = {"data-label": gettext(text), "data-clear": gettext("重写")}
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


def form_of(needs: Sequence[Need]) -> type[BaseForm]:
    """A form class with a field for each Need, the version shown and nothing else."""
    fields: dict[str, Any] = {need.name: from_need(need) for need in needs}
    fields["version"] = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])
    return type("NeedsForm", (BaseForm,), fields)
