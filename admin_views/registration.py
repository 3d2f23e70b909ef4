"""来信来访登记: one screen registers a contact and opens or joins a matter (A1–A4, A8)."""

from typing import Any

from flask import current_app
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
from admin_views.base import current_actor
from models import db
from rules import identity
from rules.access import Actor
from rules.gathered import Gathered
from rules.words import Level, Purpose, RespondentKind, RuleBroken
from services import attachments, gate, linking, petitions, registration, settings
from services.registration import Accused, Person, Registration

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


def register(actor: Actor, values: dict[str, Any]) -> m.Contact:
    """Turn the form's values into one registration with its files. Raises RuleBroken."""
    session = db.session()
    joins = gate.find(session, actor, m.Petition, values["petition_id"]) if values["petition_id"] else None
    related = gate.find(session, actor, m.Petition, values["related_id"]) if values["related_id"] else None
    if values["related_reason"] and related is None:
        raise RuleBroken(gettext("关联事项：填了关联理由的，请选择关联的事项。"), "related_id")
    gathered = Gathered()
    said = as_registration(values, gathered)
    with gathered.going_on():
        registration.check(session, actor, said)
    gathered.refuse()
    contact = petitions.register(session, actor, said, joins)
    if related is not None:
        linking.link(session, actor, contact.petition, related, values["related_reason"] or gettext("登记时关联"))
    folder = current_app.config["DESK_DATA"] / "attachments"
    attachments.add_all(session, actor, contact.petition, uploaded(values["attachments"]), folder, "登记", contact)
    return contact


def uploaded(files: Any) -> list[tuple[str, Any]]:
    """The files a form brought, each with its name; an empty file field brings none."""
    return [(file.filename, file.stream) for file in files or () if getattr(file, "filename", "")]


def problems(actor: Actor, form: Any) -> list[RuleBroken]:
    """What the rules would refuse besides what the form's own fields refuse, so that everything is said at once."""
    values = {item.name: item.data for item in form}
    known = {"received_on": actor.today, "demand": "…", "people": [], "respondents": []}
    values |= {name: value for name, value in known.items() if form[name].errors}
    values |= {name: None for name in ("level_from", "sender_due_on") if form[name].errors}
    gathered = Gathered()
    said = as_registration(values, gathered)
    with gathered.going_on():
        registration.check(db.session(), actor, said)
    return [no for no in gathered.found if no.field in form and not form[no.field].errors]


def as_registration(values: dict[str, Any], gathered: Gathered) -> Registration:
    """The form's values as services.petitions.register wants them; empty rows are left out, refusals kept in `gathered`."""
    people: list[Person] = []
    for place, row in enumerate(values["people"], start=1):
        if _any(row, "name", "phone", "id_number"):
            people.append(_person(row, place, gathered))
    if any(not person.name for person in people):
        gathered.found.append(RuleBroken(gettext("信访人：每一行都要填姓名；不知道的行请去掉。"), "people"))
    respondents: list[Accused] = []
    for row in values["respondents"]:
        if _any(row, "target", "name"):
            with gathered.going_on():
                respondents.append(accused(row))
    return Registration(
        channel=values["channel"],
        demand=values["demand"],
        received_on=values["received_on"],
        title=values["title"] or "",
        people=people,
        is_anonymous=values["is_anonymous"],
        is_secret=values["is_secret"],
        people_count=values["people_count"] or 1,
        level_visited=values["level_visited"],
        purpose=values["purpose"],
        category_id=values["category_id"],
        place=(values["place"] or "").strip() or None,
        respondents=respondents,
        original_at=(values["original_at"] or "").strip() or None,
        receptionist_id=values["receptionist_id"],
        level_from=values["level_from"] or None,
        sender=(values["sender"] or "").strip() or None,
        source_number=(values["source_number"] or "").strip() or None,
        sender_due_on=values["sender_due_on"],
        form_key=values.get("form_key"),
    )


def _person(row: dict[str, Any], place: int, gathered: Gathered) -> Person:
    """One row of the petitioners; a phone or ID number that cannot be right is refused in `gathered`."""
    who = gettext("第%(place)s行 ", place=place)
    phone = number = None
    with gathered.going_on():
        phone = identity.check_phone(row["phone"], "people", who)
    with gathered.going_on():
        number = identity.check_id_number(row["id_number"], "people", who)
    return Person(**{**row, "name": (row["name"] or "").strip(), "phone": phone, "id_number": number})


def _any(row: dict[str, Any], *names: str) -> bool:
    return any((row[name] or "").strip() for name in names)


MODELS = {
    "unit": (RespondentKind.UNIT, m.Unit),
    "leader": (RespondentKind.LEADER, m.Leader),
    "user": (RespondentKind.USER, m.User),
}


def accused(row: dict[str, Any]) -> Accused:
    """One respondent: "unit-3" from the look-up, else a name outside the system. Raises RuleBroken."""
    target = (row["target"] or "").strip()
    if not target:
        return Accused(RespondentKind.OUTSIDE, None, row["name"])
    kind, _, number = target.partition("-")
    if kind not in MODELS:
        raise RuleBroken(gettext("被反映人：没有这个选项，请重新选择。"), "respondents")
    word, model = MODELS[kind]
    try:
        found = gate.find(db.session(), current_actor(), model, number)
    except gate.NotHere:
        raise RuleBroken(gettext("被反映人：没有这个选项，请重新选择。"), "respondents") from None
    return Accused(word, found.id, str(found.name))
