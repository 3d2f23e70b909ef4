"""Supervision in the last two months: answered and closed, urged again, overdue, waiting; one of the reception work itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

import models as m
from rules.supervision import SupervisionKind
from rules.words import Status
from services import gate, supervisions
from services.demo.people import HANDLERS
from services.demo.town import Life, Town
from services.supervisions import Order

DEMANDS = (
    "请查明进展缓慢的原因，落实办理责任人，并与信访人见面沟通。",
    "请核实承诺的补偿款发放时间，逾期未发的说明理由和补发日期。",
    "请在期限内作出书面答复并送达，同时报告办理过程。",
)
ANSWER = "已由负责人牵头召开会议，明确了完成时间，并已当面告知信访人进展。"


@dataclass(frozen=True)
class Script:
    """One supervision: issued so many days ago, to be answered in so many; answered, urged, closed after how many (0: never)."""

    ago: int
    days: int
    answered: int = 0
    urged: int = 0
    closed: int = 0
    kind: SupervisionKind = SupervisionKind.LETTER


SCRIPTS = (
    Script(58, 7, answered=5, closed=8),
    Script(44, 10, answered=12, closed=14, kind=SupervisionKind.PHONE),
    Script(30, 7, answered=6, urged=8, kind=SupervisionKind.CARRYING),
    Script(20, 10),
    Script(12, 10, answered=9),
    Script(4, 10),
)


def lives(town: Town) -> Sequence[Life]:
    """The scripts, and the reception work of one leader pressed."""
    return [*(_life(town, script, turn) for turn, script in enumerate(SCRIPTS)), _work(town)]


def _life(town: Town, script: Script, turn: int) -> Life:
    issued_on = town.workday(town.ago(script.ago))
    yield issued_on
    petition = _slow(town)
    if petition is None:
        return
    due, demand = issued_on + timedelta(days=script.days), DEMANDS[turn % len(DEMANDS)]
    order = Order(script.kind, demand, due, unit_id=petition.unit_id)
    row = supervisions.issue(town.session, town.acting("inspector", issued_on), petition, order)
    if script.answered:
        day = town.workday(issued_on + timedelta(days=script.answered))
        yield day
        supervisions.answer(town.session, town.acting(_handler(town, row), day), row, ANSWER)
    if script.urged:
        day = town.workday(issued_on + timedelta(days=script.urged))
        yield day
        again = town.acting("office_head", day)
        supervisions.urge(town.session, again, row, "没有写明完成日期，请补充。", town.today + timedelta(days=6))
    if script.closed:
        day = town.workday(issued_on + timedelta(days=script.closed))
        yield day
        supervisions.accept(town.session, town.acting("inspector", day), row, "要求已落实，信访人已知悉。")


def _slow(town: Town) -> m.Petition | None:
    """The matter longest in hand at a unit that nobody presses yet, no guarded one."""
    inspector = town.acting("inspector", town.today)
    pressed = sa.select(m.Supervision.petition_id).where(m.Supervision.petition_id.is_not(None))
    units = [town.units[key].id for key in HANDLERS]
    rows = gate.rows(inspector, m.Petition).where(
        m.Petition.status == Status.HANDLING,
        m.Petition.is_guarded.is_(sa.false()),
        m.Petition.unit_id.in_(units),
        m.Petition.id.not_in(pressed),
    )
    return town.session.scalars(rows.order_by(m.Petition.registered_on, m.Petition.id).limit(1)).first()


def _handler(town: Town, row: m.Supervision) -> str:
    return next(name for key, name in HANDLERS.items() if town.units[key].id == row.unit_id)


def _work(town: Town) -> Life:
    day = town.workday(town.ago(9))
    yield day
    due = day + timedelta(days=14)
    demand = "本月接访登记中有两件没有写明领导意见，请补充并说明。"
    order = Order(
        SupervisionKind.SPECIAL, demand, due, leader_id=town.leaders["a"].id, subject="领导接访登记的完整情况"
    )
    supervisions.issue(town.session, town.acting("inspector", day), None, order)
