"""The form of 来信来访登记: its fields, the rows of people and respondents, and their groups (A1–A4, A8)."""

from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.widgets import HiddenInput

import models as m
from admin_views import fields, need_forms, targets
from models import db
from rules.words import Level, Purpose
from services import settings

MAX_ROWS = 50


def length(most: int) -> list[Any]:
    """At most so many characters, and none the database cannot keep."""
    return [validators.Length(max=most, message=lazy_gettext("最多 %(max)s 个字，请删短。", max=most)), fields.NoNul()]


class PersonForm(Form):
    """One petitioner or representative."""

    name = StringField(lazy_gettext("姓名"), length(60))
    phone = StringField(lazy_gettext("电话"), length(40))
    id_number = StringField(lazy_gettext("证件号码"), length(30))
    address = StringField(lazy_gettext("详细地址"), length(200))
    is_representative = BooleanField(lazy_gettext("代表"))


class RespondentForm(Form):
    """Whom the matter complains of: chosen from the system, or a name outside it."""

    target = StringField(
        lazy_gettext("本系统中的单位或人员"), length(30), render_kw={"data_lookup": "/admin/lookup/respondent/?q="}
    )
    name = StringField(lazy_gettext("不在本系统的单位或姓名"), length(80))


def _bound(form_class: type[Form], name: str) -> Any:
    field = FormField(form_class).bind(Form(), f"{name}-__row__")
    field.process(None)
    return field


class RegistrationForm(BaseForm):
    """The registration screen; its names are the models' attribute names."""

    channel = SelectField(
        lazy_gettext("信访方式"),
        choices=lambda: [(code, gettext(label)) for code, label in settings.channels(db.session()).items()],
    )
    received_on = fields.DeskDate(
        lazy_gettext("收到日期"),
        [validators.InputRequired(fields.REQUIRED)],
        description=lazy_gettext("来信按邮戳或收信日期。"),
    )
    is_anonymous = BooleanField(lazy_gettext("匿名"))
    is_secret = BooleanField(lazy_gettext("要求保密"))
    people = FieldList(
        FormField(PersonForm),
        lazy_gettext("信访人"),
        min_entries=1,
        max_entries=MAX_ROWS,
        render_kw={
            "blank": lambda: _bound(PersonForm, "people"),
            "add": lazy_gettext("增加一人"),
            "wide": True,
            "bare": True,
        },
    )
    people_count = IntegerField(
        lazy_gettext("人数"),
        [validators.Optional(), validators.NumberRange(1, 100000, lazy_gettext("请填 1 到 100000 之间的整数。"))],
        default=1,
        description=lazy_gettext("集体访填到场总人数。"),
    )
    level_visited = fields.WordField(lazy_gettext("走访级别"), kind=Level, default=Level.OWN)
    purpose = fields.WordField(lazy_gettext("信访目的"), kind=Purpose, default=Purpose.SEEK)
    category_id = fields.RowField(
        lazy_gettext("内容分类"),
        [validators.Optional()],
        model=m.Category,
        lookup="category",
        description=lazy_gettext("输入任意一级的几个字查找。"),
    )
    place = StringField(lazy_gettext("问题属地"), length(100))
    title = StringField(
        lazy_gettext("概况"),
        [validators.Optional(), *length(100)],
        description=lazy_gettext("一句话；不填则取诉求的第一句。"),
        render_kw={"wide": True},
    )
    demand = TextAreaField(
        lazy_gettext("诉求"), [validators.InputRequired(fields.REQUIRED), *length(20000)], render_kw={"rows": 6}
    )
    respondents = FieldList(
        FormField(RespondentForm),
        lazy_gettext("被反映人或单位"),
        max_entries=MAX_ROWS,
        render_kw={
            "blank": lambda: _bound(RespondentForm, "respondents"),
            "add": lazy_gettext("增加被反映人或单位"),
            "wide": True,
            "bare": True,
        },
    )
    level_from = fields.WordField(
        lazy_gettext("交办级别"), kind=Level, blank=True, description=lazy_gettext("上级交办的事项才填。")
    )
    sender = StringField(lazy_gettext("来文机关"), length(100))
    source_number = StringField(lazy_gettext("来文编号"), length(60))
    sender_due_on = fields.DeskDate(
        lazy_gettext("上级要求期限"),
        [validators.Optional()],
        description=lazy_gettext("来文写明的上报日期，到期前一直提示上报结果。"),
    )
    attachments = need_forms.files_field(lazy_gettext("附件"))
    original_at = StringField(lazy_gettext("原件存放"), length(100))
    receptionist_id = fields.RowField(lazy_gettext("接待人"), [validators.Optional()], **targets.TARGETS["user"])
    petition_id = fields.RowField(
        lazy_gettext("并入已有事项"),
        [validators.Optional()],
        model=m.Petition,
        lookup="petition",
        description=lazy_gettext("同一人同一事又来：输入编号、姓名或诉求中的词，选中原事项，记为重复。"),
    )
    related_id = fields.RowField(
        lazy_gettext("关联事项"),
        [validators.Optional()],
        model=m.Petition,
        lookup="petition",
        description=lazy_gettext("有关但不是同一件：另立新事项，两件互相注明。"),
    )
    related_reason = StringField(
        lazy_gettext("关联理由"),
        [validators.Optional(), *length(300)],
        description=lazy_gettext("如同一地块、同一起因。"),
    )
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


JOINING = "是否来过"
"""The fieldset below which the hints stand."""
FIELDSETS = (
    ("来信来访", ("channel", "received_on", "level_visited", "people_count", "is_anonymous", "is_secret")),
    ("信访人", ("people",)),
    ("诉求", ("purpose", "category_id", "place", "title", "demand")),
    (JOINING, ("petition_id", "related_id", "related_reason")),
    ("被反映人", ("respondents",)),
    ("上级交办", ("level_from", "sender", "source_number", "sender_due_on")),
    ("材料", ("attachments", "original_at", "receptionist_id")),
)
