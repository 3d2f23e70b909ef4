"""The small tables inside a campaign's form: phases, milestones, leading group, own columns (G1, G3)."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import FieldList, Form, FormField, SelectField, SelectMultipleField, StringField, validators

from admin_views import fields
from models import db
from rules.words import ColumnKind, GroupRole, Level, Word
from services import settings

MAX_ROWS = 30


def length(most: int) -> list[Any]:
    """At most so many characters, and none a database refuses."""
    return [validators.Length(max=most, message=lazy_gettext("最多 %(max)s 个字，请删短。", max=most)), fields.NoNul()]


class PhaseForm(Form):
    """One phase."""

    name = StringField(lazy_gettext("阶段名称"), length(60))
    starts_on = fields.DeskDate(lazy_gettext("开始日期"), [validators.Optional()])
    ends_on = fields.DeskDate(lazy_gettext("结束日期"), [validators.Optional()])


class MilestoneForm(Form):
    """One report owed on a fixed date."""

    name = StringField(lazy_gettext("报送内容"), length(100))
    due_on = fields.DeskDate(lazy_gettext("报送日期"), [validators.Optional()])
    contents = StringField(lazy_gettext("须包含"), length(500), render_kw={"wide": True})


class MemberForm(Form):
    """One of the leading group."""

    role = SelectField(lazy_gettext("组内职务"), choices=lambda: [("", ""), *_words(GroupRole)], default="")
    name = StringField(lazy_gettext("姓名"), length(60))
    post = StringField(lazy_gettext("单位及职务"), length(60))
    duties = StringField(lazy_gettext("分工"), length(300), render_kw={"wide": True})


class ColumnForm(Form):
    """One column of the campaign's own."""

    label = StringField(lazy_gettext("栏名"), length(30))
    kind = SelectField(lazy_gettext("类型"), choices=lambda: _words(ColumnKind), default=ColumnKind.TEXT.value)
    choices = StringField(lazy_gettext("选项（用顿号隔开）"), length(800), render_kw={"wide": True})


def _words(kind: type[Word]) -> list[tuple[str, str]]:
    return [(one.value, gettext(one.label)) for one in kind]


def rows_of(form_class: type[Form], name: str, label: Any, add: Any) -> FieldList:
    """A field of such rows, with an empty one for the page to add."""

    def blank() -> Any:
        field = FormField(form_class).bind(Form(), f"{name}-__row__")
        field.process(None)
        return field

    kw = {"blank": blank, "add": add, "wide": True, "bare": True}
    return FieldList(FormField(form_class), label, max_entries=MAX_ROWS, render_kw=kw)


class ChoicesField(SelectMultipleField):
    """Several of a list that is read when the form is shown; an unknown one is refused in words."""

    def pre_validate(self, form: Any) -> None:
        offered = {value for value, _label in self.choices or ()}
        if any(value not in offered for value in self.data or ()):
            raise validators.StopValidation(str(fields.BAD_CHOICE))


def channels() -> list[tuple[str, str]]:
    """Channels of the office."""
    return [(code, gettext(label)) for code, label in settings.channels(db.session()).items()]


def levels() -> list[tuple[str, str]]:
    """Levels that hand down."""
    return [(level.value, gettext(level.label)) for level in Level if level is not Level.OWN]
