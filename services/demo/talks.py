"""What visitors of the reception days came for: every kind of decision, results fed back, the month's reports sent (D7, D8)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import models as m
from rules.roster_period import Period, period
from rules.words import Outcome, Purpose, Rank
from services import (
    gate,
    reception_ledger,
    reception_records,
    reception_report_body,
    reception_reports,
)
from services.demo import names
from services.demo.matters import VILLAGES
from services.demo.town import Life, Town

TALKS: tuple[dict[str, Any], ...] = (
    {"demand": "询问农村危房改造的申请条件。", "outcome": Outcome.EXPLAIN, "opinion": "当场讲清政策，发放办事指南。"},
    {"demand": "反映村口变压器老化，夏天经常跳闸。", "outcome": Outcome.COORDINATE, "opinion": "请镇建设办会同供电所现场查看。",
     "cause": "设备老化，更新计划未到位", "result": "供电所已更换变压器。"},
    {"demand": "要求尽快发放去年的林木补偿。", "outcome": Outcome.DEADLINE, "unit": "a", "days": 7, "cause": "资金拨付环节多",
     "opinion": "请自然资源所一周内核实并答复。", "result": "补偿款已打卡到户。"},
    {"demand": "希望村里给老人食堂安排送餐。", "outcome": Outcome.SOLVED, "opinion": "当场联系民政办，下周起每日送餐。"},
    {"demand": "对土地确权面积有疑问，要求查档。", "outcome": Outcome.FORWARD, "unit": "a", "opinion": "转自然资源所提供档案查询。",
     "result": "已提供档案，本人无异议。"},
    {"demand": "要求按照新标准补发五年前的征地补偿。", "outcome": Outcome.NOT_NOW, "policy": "新标准自公布之日起执行，不溯及以前的征地。",
     "opinion": "已当面说明政策，请村里做好解释。", "cause": "对政策适用时间不了解"},
)  # fmt: skip
"""Visitors for whom nothing had to be registered, in turn; `days`: the term; `result`: what was noted a week later."""
OWN_CASE = "反映村里几年前的补偿款发放名单一直没有公开，多次询问没有答复，要求查清并公布。"
CASE_WINDOW = timedelta(days=20)
"""Within so many days before today one visitor's trouble is to become the leader's own case."""
ACCOUNTS = {"a": "leader_a", "b": "leader_b", "in_charge": "leader_in_charge"}
"""Leaders who write their opinions themselves; for the others the office does."""
CAUSES = ("政策宣传不到位", "历史遗留，手续不全", "责任单位之间衔接不够", "工期安排不合理")
HANDED_ON = "已听取诉求，请责任单位依法办理并按期书面答复。"
TERM = timedelta(days=30)


def note(town: Town, held: m.ReceptionSession, said: dict[str, Any], given: dict[str, Any]) -> m.ReceptionRecord:
    """A visitor and what the leader, or the office for him, decided that day."""
    record = reception_records.add(town.session, town.acting("clerk", held.held_on), held, said)
    keys = {leader.id: key for key, leader in town.leaders.items()}
    writer = ACCOUNTS.get(keys[record.leader_id], "clerk")
    reception_records.give_opinion(town.session, town.acting(writer, held.held_on), record, given)
    return record


def hand_on(town: Town, held: m.ReceptionSession, said: dict[str, Any]) -> m.ReceptionRecord:
    """A visitor whose matter goes to a unit: with a term inside the leader's division, with his written word outside it."""
    inside = held.leader_id is not None and reception_records.is_within(town.session, held.leader_id, said["unit_id"])
    given: dict[str, Any] = {"opinion": HANDED_ON, "due_on": held.held_on + TERM, "outcome": Outcome.DEADLINE}
    if not inside:
        given |= {"outcome": Outcome.ASSIGN, "signed_on": held.held_on}
    return note(town, held, said | {"cause": town.rng.choice(CAUSES)}, given)


def talks(town: Town, held: m.ReceptionSession) -> None:
    """Visitors of the session whose trouble ended there, the kinds in turn; lately one whose trouble is to become a case."""
    for _ in range(town.rng.choice((0, 1, 1, 2))):
        talk = TALKS[_count(town) % len(TALKS)]
        given: dict[str, Any] = {name: talk[name] for name in ("outcome", "opinion", "policy") if name in talk}
        if "unit" in talk:
            given["unit_id"] = town.units[talk["unit"]].id
        if "days" in talk:
            given["due_on"] = held.held_on + timedelta(days=talk["days"])
        said = _visitor(town, talk["demand"]) | {"purpose": Purpose.INQUIRY, "cause": talk.get("cause")}
        note(town, held, said, given)
    if held.held_on >= town.today - CASE_WINDOW:
        _own_case(town, held)


def _count(town: Town) -> int:
    r = m.ReceptionRecord
    asked = sa.select(sa.func.count(r.id)).where(r.purpose == Purpose.INQUIRY)
    return town.session.scalar(asked.execution_options(gated=True)) or 0


def _visitor(town: Town, demand: str) -> dict[str, Any]:
    village = town.rng.choice(VILLAGES)
    person = names.person(town.rng, village)
    return {"visitor": person.name, "phone": person.phone, "place": f"青石镇{village}", "demand": demand}


def _own_case(town: Town, held: m.ReceptionSession) -> None:
    """列入包案, once, by a leader with a division of his own; the office has still to register it."""
    r = m.ReceptionRecord
    before = sa.select(r.id).where(r.outcome == Outcome.CASE).limit(1).execution_options(gated=True)
    leader = held.leader
    units = [unit for unit in leader.units if not unit.is_office] if leader else []
    if leader is None or leader.rank is Rank.MAIN or not units or town.session.scalar(before):
        return
    given: dict[str, Any] = {"outcome": Outcome.CASE, "unit_id": units[0].id, "due_on": held.held_on + TERM}
    given |= {"opinion": "列入本人包案，先调档查清发放情况，再当面答复。", "assisting_ids": [town.units["b"].id]}
    if units[0].id == town.units["b"].id:
        del given["assisting_ids"]
    note(town, held, _visitor(town, OWN_CASE) | {"people_count": 3, "cause": CAUSES[1]}, given)


def feedback(town: Town) -> Life:
    """A week after each session its results are noted; a fortnight ago the office told leaders and visitors all there was."""
    yield (told_on := town.workday_before(town.ago(14)))
    clerk = town.acting("clerk", told_on)
    texts = {talk["demand"]: talk["result"] for talk in TALKS if "result" in talk}
    for record in _records(town, told_on - timedelta(days=7)):
        told = {"leader_told_on": told_on, "visitor_told_on": told_on}
        if record.demand in texts:
            reception_records.note_result(town.session, clerk, record, texts[record.demand], **told)
        elif reception_ledger.line(record).is_owed:
            reception_records.note_result(town.session, clerk, record, "", **told)


def _records(town: Town, until: date) -> Iterable[m.ReceptionRecord]:
    r = m.ReceptionRecord
    statement = gate.rows(town.system, r).join(r.session).where(m.ReceptionSession.held_on <= until)
    return town.session.scalars(statement.options(*reception_ledger.OPTIONS).order_by(r.id)).unique().all()


def report(town: Town, over: Period) -> Life:
    """A month's report, sent on the day it is due."""
    key = over.key
    day = reception_report_body.days_of(town.session, period(key).last, key).due_on
    yield day
    reception_reports.send(town.session, town.acting("office_head", day), key)
