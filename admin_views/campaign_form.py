"""The form of a campaign: facts, scope, phases and milestones; a template fills it (G1, G3)."""

from collections.abc import Sequence
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.widgets import HiddenInput

import models as m
from admin_views import fields
from models import db
from rules.campaigns import Scope, scope_of
from rules.words import Level, RuleBroken
from services import settings
from services.campaigns import Plan

MAX_ROWS = 30
PERCENT = [validators.Optional(), validators.NumberRange(0, 100, lazy_gettext("请填 0 到 100 之间的整数。"))]


def _length(most: int) -> list[Any]:
    return [validators.Length(max=most, message=lazy_gettext("最多 %(max)s 个字，请删短。", max=most)), fields.NoNul()]


class PhaseForm(Form):
    """One phase."""

    name = StringField(lazy_gettext("阶段名称"), _length(60))
    starts_on = fields.DeskDate(lazy_gettext("开始日期"), [validators.Optional()])
    ends_on = fields.DeskDate(lazy_gettext("结束日期"), [validators.Optional()])


class MilestoneForm(Form):
    """One report owed on a fixed date."""

    name = StringField(lazy_gettext("报送内容"), _length(100))
    due_on = fields.DeskDate(lazy_gettext("报送日期"), [validators.Optional()])
    contents = StringField(lazy_gettext("须包含"), _length(500), render_kw={"wide": True})


def _rows(form_class: type[Form], name: str, label: Any, add: Any) -> FieldList:
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


def _channels() -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in settings.channels(db.session()).items()]


def _levels() -> list[tuple[str, str]]:
    return [(level.value, gettext(level.label)) for level in Level if level is not Level.OWN]


class CampaignForm(BaseForm):
    """A campaign; field names are the model's, the scope's parts are fields of their own."""

    name = StringField(lazy_gettext("活动名称"), [validators.InputRequired(fields.REQUIRED), *_length(100)])
    body = StringField(lazy_gettext("发起单位"), [validators.InputRequired(fields.REQUIRED), *_length(100)])
    starts_on = fields.DeskDate(lazy_gettext("开始日期"), [validators.InputRequired(fields.REQUIRED)])
    ends_on = fields.DeskDate(lazy_gettext("结束日期"), [validators.InputRequired(fields.REQUIRED)])
    target_resolved = IntegerField(lazy_gettext("化解率目标(%)"), PERCENT)
    target_closed = IntegerField(lazy_gettext("交办积案办结率目标(%)"), PERCENT)
    report_day = IntegerField(
        lazy_gettext("每月报表日"),
        [
            validators.InputRequired(fields.REQUIRED),
            validators.NumberRange(1, 28, lazy_gettext("请填 1 到 28 之间的整数。")),
        ],
        default=20,
    )
    report_to = StringField(lazy_gettext("报送单位"), [validators.Optional(), *_length(100)])
    is_active = BooleanField(lazy_gettext("进行中"), default=True)
    schemes = TextAreaField(
        lazy_gettext("问题类别"),
        [validators.Optional(), *_length(2000)],
        description=lazy_gettext("一行一类，按办理的先后排列。"),
        render_kw={"rows": 5},
    )
    years = IntegerField(
        lazy_gettext("往前追溯（年）"),
        [validators.Optional(), validators.NumberRange(0, 50, lazy_gettext("请填 0 到 50 之间的整数。"))],
        default=5,
        description=lazy_gettext("从活动开始日期往前；填 0 不限。"),
    )
    channels = ChoicesField(lazy_gettext("信访方式"), choices=_channels, description=lazy_gettext("不选为全部。"))
    levels = ChoicesField(
        lazy_gettext("交办级别"), choices=_levels, description=lazy_gettext("只看上级交办的；不选为不限。")
    )
    unit_ids = fields.UnitsField(lazy_gettext("责任单位"), description=lazy_gettext("不选为全部。"))
    only_open = BooleanField(lazy_gettext("只看未办结的"), default=True)
    only_repeated = BooleanField(lazy_gettext("只看重复信访的"))
    phases = _rows(PhaseForm, "phases", lazy_gettext("阶段"), lazy_gettext("增加一个阶段"))
    milestones = _rows(MilestoneForm, "milestones", lazy_gettext("报送节点"), lazy_gettext("增加一个节点"))
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


FIELDSETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("专项活动", ("name", "body", "starts_on", "ends_on", "is_active")),
    ("目标和报表", ("target_resolved", "target_closed", "report_day", "report_to", "schemes")),
    ("范围", ("years", "channels", "levels", "unit_ids", "only_open", "only_repeated")),
    ("阶段", ("phases",)),
    ("报送节点", ("milestones",)),
)


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """A campaign's values (of a draft or of the row) as the form's data."""
    scope = scope_of(values.get("scope") or {})
    kept = {name: value for name, value in values.items() if name not in ("scope", "schemes")}
    return kept | scope.stored() | {"schemes": "\n".join(values.get("schemes") or ())}


def values_of(campaign: m.Campaign) -> dict[str, Any]:
    """The row as `shown` wants it."""
    names = ("name", "body", "starts_on", "ends_on", "target_resolved", "target_closed", "report_day", "report_to")
    phases = [{"name": p.name, "starts_on": p.starts_on, "ends_on": p.ends_on} for p in campaign.phases]
    owed = [{"name": o.name, "due_on": o.due_on, "contents": o.contents} for o in campaign.milestones]
    facts = {name: getattr(campaign, name) for name in (*names, "is_active", "schemes", "scope")}
    return facts | {"phases": phases, "milestones": owed}


def plan(values: dict[str, Any]) -> Plan:
    """The form's values as the service takes them. Raises RuleBroken for a half-filled phase or milestone."""
    scope = Scope(
        years=5 if values["years"] is None else values["years"],
        channels=tuple(values["channels"] or ()),
        unit_ids=tuple(values["unit_ids"] or ()),
        levels=tuple(Level(value) for value in values["levels"] or ()),
        only_open=values["only_open"],
        only_repeated=values["only_repeated"],
    )
    facts = {
        name: values[name] for name in ("name", "body", "starts_on", "ends_on", "report_day", "report_to", "is_active")
    }
    return Plan(
        **facts,
        target_resolved=values["target_resolved"],
        target_closed=values["target_closed"],
        schemes=(values["schemes"] or "").splitlines(),
        scope=scope,
        phases=_filled(values["phases"], "phases", gettext("阶段"), ("name", "starts_on", "ends_on")),
        milestones=_filled(values["milestones"], "milestones", gettext("报送节点"), ("name", "due_on")),
    )


def _filled(rows: Sequence[dict[str, Any]], field: str, label: str, needed: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that say something; a blank one is left out, a half-filled one refused."""
    found = []
    for place, row in enumerate(rows or (), start=1):
        said = {name: value.strip() if isinstance(value, str) else value for name, value in row.items()}
        if not any(said.values()):
            continue
        if not all(said[name] for name in needed):
            raise RuleBroken(gettext("第 %(place)s 个%(label)s：名称和日期都要填写。", place=place, label=label), field)
        found.append({name: value or None for name, value in said.items()})
    return found
