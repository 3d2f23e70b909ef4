"""What the forms of meetings and decisions ask (E3)."""

from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from wtforms import SelectMultipleField, validators

import models as m
from admin_views import need_forms, targets
from admin_views.base import current_actor
from models import db
from rules.meetings import MeetingKind
from rules.moves import Need
from services import gate

PLAN = (
    Need("kind", "会议种类", "choice", choices=MeetingKind),
    Need("held_on", "召开日期", "date"),
    Need("starts", "开始时间", required=False, limit=5, help="如“14:30”。"),
    Need("place", "会议地点", required=False, limit=100),
    Need("chair_id", "会议主持", "leader", required=False),
    Need("unit_ids", "参会单位", "units"),
    Need("guests", "列席人员", required=False, limit=300),
)
OWNER = (
    Need("unit_id", "落实单位", "unit", required=False),
    Need("leader_id", "落实领导", "leader", required=False),
    Need("user_id", "落实人", "user", required=False),
)
"""Whose task it is: exactly one of them."""
DECIDE = (
    Need("text", "议定事项", "long", limit=500),
    Need("due_on", "落实期限", "date"),
    *OWNER,
)
HOLD = (
    Need("held_on", "召开日期", "date"),
    Need("minutes", "会议纪要", "long", limit=10_000, help="记会议的一般情况；各项议题的内容记在议题下面。"),
    Need("recorder", "记录人", limit=60),
    Need("absent", "缺席人员", required=False, limit=300),
)
CORRECT = (
    Need("minutes", "会议纪要", "long", limit=10_000),
    Need("reason", "更正理由", limit=200, help="原来的内容连同理由留在更正记录中。"),
)


class LeadersField(SelectMultipleField):
    """Several leaders, offered and accepted only through the gate."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, coerce=_id, choices=self.options, **options)

    def options(self) -> list[tuple[int, str]]:
        statement = targets.active_leaders(gate.rows(current_actor(), m.Leader)).order_by(m.Leader.turn, m.Leader.id)
        return [(leader.id, str(leader)) for leader in db.session.scalars(statement)]

    def pre_validate(self, form: Any) -> None:
        offered = {key for key, _name in self.options()}
        if any(value not in offered for value in self.data or ()):
            raise validators.StopValidation(gettext("没有这个选项，请重新选择。"))


def _id(value: Any) -> int:
    number = gate.id_in(str(value))
    return -1 if number is None else number


def plan_form() -> type[BaseForm]:
    """The form class of planning a meeting."""
    made = need_forms.form_of(PLAN)
    made.leader_ids = LeadersField(lazy_gettext("参会领导"))
    return made


PLAN_FIELDS = ["kind", "held_on", "starts", "place", "chair_id", "leader_ids", "unit_ids", "guests"]
"""In the order of the page."""
