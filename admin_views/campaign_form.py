"""The form of a campaign: facts, targets, scope, leading group, phases, milestones, own columns; a template fills it (G1, G3)."""

from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, IntegerField, StringField, TextAreaField, validators
from wtforms.widgets import HiddenInput

from admin_views import fields
from admin_views.campaign_parts_form import (
    ChoicesField,
    ColumnForm,
    MemberForm,
    MilestoneForm,
    PhaseForm,
    channels,
    length,
    levels,
    rows_of,
)
from rules import campaigns as rules

PERCENT = [validators.Optional(), validators.NumberRange(0, 100, lazy_gettext("请填 0 到 100 之间的整数。"))]


class CampaignForm(BaseForm):
    """A campaign; field names are the model's, the scope's parts are fields of their own."""

    name = StringField(lazy_gettext("活动名称"), [validators.InputRequired(fields.REQUIRED), *length(100)])
    body = StringField(lazy_gettext("发起单位"), [validators.InputRequired(fields.REQUIRED), *length(100)])
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
    report_to = StringField(lazy_gettext("报送单位"), [validators.Optional(), *length(100)])
    is_active = BooleanField(lazy_gettext("进行中"), default=True)
    schemes = TextAreaField(
        lazy_gettext("问题类别"),
        [validators.Optional(), *length(2000)],
        description=lazy_gettext("一行一类，按办理的先后排列。"),
        render_kw={"rows": 5},
    )
    years = IntegerField(
        lazy_gettext("往前追溯（年）"),
        [validators.Optional(), validators.NumberRange(0, 50, lazy_gettext("请填 0 到 50 之间的整数。"))],
        default=5,
        description=lazy_gettext("从活动开始日期往前；填 0 不限。"),
    )
    channels = ChoicesField(lazy_gettext("信访方式"), choices=channels, description=lazy_gettext("不选为全部。"))
    levels = ChoicesField(
        lazy_gettext("交办级别"), choices=levels, description=lazy_gettext("只看上级交办的；不选为不限。")
    )
    unit_ids = fields.UnitsField(lazy_gettext("责任单位"), description=lazy_gettext("不选为全部。"))
    only_open = BooleanField(lazy_gettext("只看未办结的"), default=True)
    only_repeated = BooleanField(lazy_gettext("只看重复信访的"))
    spans = ChoicesField(
        lazy_gettext("三跨三分离"),
        choices=lambda: [(name, gettext(name)) for name in rules.SPANS],
        description=lazy_gettext("按事项的同名标签认定；不选为不限。"),
    )
    senders = StringField(
        lazy_gettext("交办机关"),
        [validators.Optional(), *length(300)],
        description=lazy_gettext("来文机关名称中的字，多个用顿号隔开。"),
    )
    only_disputes = BooleanField(lazy_gettext("只看矛盾排查台账转来的"))
    target_per_leader = IntegerField(
        lazy_gettext("每位领导化解目标（件）"),
        [validators.Optional(), validators.NumberRange(0, 1000, lazy_gettext("请填 0 到 1000 之间的整数。"))],
    )
    strike_months = IntegerField(
        lazy_gettext("销号时限（月）"),
        [validators.Optional(), validators.NumberRange(1, 60, lazy_gettext("请填 1 到 60 之间的整数。"))],
        description=lazy_gettext("从包案之日算起，半年销号填 6；不填为不限。"),
    )
    duties = TextAreaField(
        lazy_gettext("包案责任"),
        [validators.Optional(), *length(2000)],
        description=lazy_gettext("一行一项。"),
        render_kw={"rows": 4},
    )
    closing_points = TextAreaField(
        lazy_gettext("销号要求"),
        [validators.Optional(), *length(2000)],
        description=lazy_gettext("一行一项；申请销号时逐项确认。"),
        render_kw={"rows": 4},
    )
    members = rows_of(MemberForm, "members", lazy_gettext("领导小组"), lazy_gettext("增加一位"))
    columns = rows_of(ColumnForm, "columns", lazy_gettext("自设栏"), lazy_gettext("增加一栏"))
    phases = rows_of(PhaseForm, "phases", lazy_gettext("阶段"), lazy_gettext("增加一个阶段"))
    milestones = rows_of(MilestoneForm, "milestones", lazy_gettext("报送节点"), lazy_gettext("增加一个节点"))
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


FIELDSETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("专项活动", ("name", "body", "starts_on", "ends_on", "is_active")),
    (
        "目标和报表",
        ("target_resolved", "target_closed", "target_per_leader", "strike_months", "report_day", "report_to"),
    ),
    ("类别和要求", ("schemes", "duties", "closing_points")),
    (
        "范围",
        ("years", "channels", "levels", "senders", "unit_ids", "spans", "only_open", "only_repeated", "only_disputes"),
    ),
    ("领导小组", ("members",)),
    ("阶段", ("phases",)),
    ("报送节点", ("milestones",)),
    ("自设栏", ("columns",)),
)
TABLES = ("members", "phases", "milestones", "columns")
LINES = ("schemes", "duties", "closing_points")
