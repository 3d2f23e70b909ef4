"""What is done with a dispute by a button: reported upward, turned into a matter or case, settled, taken up again."""

from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import Action, current_actor
from models import db
from rules.access import Actor, may
from rules.moves import Need
from rules.reception_words import DisputeState
from services import dispute_cases, disputes, gate
from services.cases import Assignment


def _report(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    on, to = said["reported_on"], said["reported_to"]
    disputes.report(session, actor, row, on, to, said["situation"], said["measures"])
    return gettext("已登记上报。")


def _settle(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    disputes.settle(session, actor, row, said["settled_on"], said["result"])
    return gettext("已登记化解结果。")


def _reopen(session: Any, actor: Actor, row: m.Dispute, _said: dict[str, Any]) -> str:
    disputes.reopen(session, actor, row)
    return gettext("已恢复为化解中。")


def _matter(session: Any, actor: Actor, row: m.Dispute, _said: dict[str, Any]) -> str:
    return gettext("已转为信访事项 %(number)s。", number=disputes.into_matter(session, actor, row).number)


def _case(session: Any, actor: Actor, row: m.Dispute, said: dict[str, Any]) -> str:
    told = Assignment(said["leader_id"], close_by=said["close_by"], reason=said["reason"] or None)
    case = dispute_cases.into_case(session, actor, row, told)
    return gettext(
        "已登记信访事项 %(matter)s，由%(leader)s包案，编号 %(number)s。",
        matter=row.petition.number, leader=case.leader.name, number=case.number,
    )  # fmt: skip


def is_open(row: m.Dispute, actor: Actor) -> bool:
    """Still to be settled, and this actor's to write."""
    return row.state is DisputeState.OPEN and disputes.writes_for(actor, row.unit_id)


def matter_url(row: m.Dispute) -> str:
    """The matter it became, where the reader may open it; else its own page."""
    actor = current_actor()
    if row.petition_id is not None and may(actor, "petition.view"):
        seen = gate.rows(actor, m.Petition).where(m.Petition.id == row.petition_id)
        if db.session.scalars(seen).first() is not None:
            return url_for("petition.details_view", id=row.petition_id)
    return url_for("dispute.details_view", id=row.id)


def case_url(row: m.Dispute) -> str:
    """The case it became."""
    return url_for("case.details_view", id=row.case_id)


ACTIONS = (
    Action(
        "report", "登记上报", "dispute.edit", _report,
        (
            Need("reported_on", "上报日期", "date"), Need("reported_to", "报送单位", limit=100),
            Need("situation", "目前态势", "long"), Need("measures", "已采取的措施", "long"),
        ),
        is_shown=is_open, help="较重、紧急的要立即上报：起因、目前态势、已采取的措施。",
    ),
    Action(
        "matter", "转为信访事项", "dispute.register", _matter, is_shown=is_open, after=matter_url,
        confirm="按台账的内容登记一件信访事项，确定吗？",
    ),
    Action(
        "case", "列入领导包案", "case.assign", _case,
        (
            Need("leader_id", "包案领导", "leader"), Need("close_by", "结案时限", "date", required=False),
            Need("reason", "改派理由", "long", required=False, limit=300, help="不按分工由他人包案的，写明理由。"),
        ),
        is_shown=is_open, after=case_url, help="一步登记为信访事项并列入领导包案，三者互相关联。",
    ),
    Action(
        "settle", "登记化解", "dispute.edit", _settle,
        (Need("settled_on", "化解日期", "date"), Need("result", "化解结果", "long")), is_shown=is_open, kind="go",
    ),
    Action(
        "reopen", "重新化解", "dispute.edit", _reopen, confirm="恢复为化解中，原来的结果清空，确定吗？",
        is_shown=lambda row, actor: row.state is DisputeState.SETTLED and disputes.writes_for(actor, row.unit_id),
    ),
)  # fmt: skip
