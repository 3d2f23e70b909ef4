"""The team of a case (专班): handlers, members, professionals — by account or by name; who leaves stays on the list (F1, F3)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.cases import TeamRole
from rules.words import RuleBroken
from services import case_carriers, cases, excluded


@dataclass(frozen=True)
class Person:
    """Somebody who joins. `user_id`: his account, else his `name`; `duty`: what he answers for."""

    role: TeamRole = TeamRole.MEMBER
    user_id: int | None = None
    name: str = ""
    unit_id: int | None = None
    duty: str = ""


def join(session: Session, actor: Actor, case: m.Case, said: Person) -> m.CaseMember:
    """Take somebody into the team. Raises RuleBroken naming the field; nobody the matter complains of (§3)."""
    cases.check_writer(actor, case)
    user = session.get(m.User, said.user_id) if said.user_id is not None else None
    if said.user_id is not None and (user is None or not user.is_active):
        raise RuleBroken("账号：没有这个账号，请重新选择。", "user_id")
    name = user.name if user is not None else said.name.strip()
    if not name:
        raise RuleBroken("姓名：请选择账号或填写姓名。", "name")
    _check_barred(session, actor, case, user, said.unit_id)
    if user is not None:
        case_carriers.check(session, actor, case.petition, user, "user_id")
    standing = [one for one in case.members if one.left_on is None]
    if any(one.user_id == user.id if user is not None else one.name == name for one in standing):
        raise RuleBroken(f"姓名：{name}已经在专班中，不需要重复加入。", "user_id" if user is not None else "name")
    row = m.CaseMember(
        case=case, role=said.role, user=user, name=name, duty=said.duty.strip() or None, joined_on=actor.today,
        unit_id=said.unit_id or (user.unit_id if user is not None else None),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _check_barred(session: Session, actor: Actor, case: m.Case, user: m.User | None, unit_id: int | None) -> None:
    if user is not None and user.id in excluded.users(session, actor, case.petition):
        raise RuleBroken("账号：此人应当回避，请选别人。", "user_id")
    if user is not None and user.leader_id == case.leader_id:
        raise RuleBroken("账号：包案领导不用加入专班，请选别人。", "user_id")
    if unit_id is None:
        return
    if session.get(m.Unit, unit_id) is None:
        raise RuleBroken("单位：没有这个单位，请重新选择。", "unit_id")
    if unit_id in excluded.units(session, case.petition):
        raise RuleBroken("单位：该单位应当回避，请选别的单位。", "unit_id")


def leave(session: Session, actor: Actor, row: m.CaseMember, left_on: date | None = None) -> m.CaseMember:
    """He is no longer in the team, from today unless another day is named.

    Raises RuleBroken: gone already, or (left_on) a day outside his time.
    """
    cases.check_writer(actor, row.case)
    if row.left_on is not None:
        raise RuleBroken("这位成员已经退出专班。")
    day = left_on or actor.today
    if not row.joined_on <= day <= actor.today:
        raise RuleBroken(f"退出日期：应在加入之日 {row.joined_on} 与今天之间，请核对。", "left_on")
    row.left_on = day
    session.flush()
    return row
