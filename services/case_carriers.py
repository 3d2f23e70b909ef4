"""Who carries a case beside its leader: the person responsible (责任人) and the team (专班). They see its matter while they do (F1).

What they see is decided by services.gate_scope; here is who they are, and who may become one.
"""

from sqlalchemy.orm import Session

import models as m
from rules.access import CASE_TEAM, UNIT_STAFF, Actor
from rules.words import RuleBroken
from services import gate, gate_actors, recusals

LABELS = {"user_id": "账号", "responsible_id": "责任人"}
"""The field an account is chosen in → what the form calls it."""


def holders(case: m.Case) -> frozenset[int]:
    """Accounts that carry it beside the leader: the person responsible and the team's standing members."""
    team = {one.user_id for one in case.members if one.left_on is None and one.user_id}
    return frozenset(team | ({case.responsible_id} if case.responsible_id else set()))


def carries(actor: Actor, case: m.Case) -> bool:
    """Is it this actor's own to carry: its leader, its person responsible, its team?"""
    is_leader = actor.leader_id is not None and actor.leader_id == case.leader_id
    return is_leader or (actor.user_id is not None and actor.user_id in holders(case))


def check(session: Session, actor: Actor, petition: m.Petition, user: m.User, field: str) -> None:
    """Raises RuleBroken (at `field`, of LABELS) for an account that carrying the case would not let see its matter.

    Who sees it anyway may carry it. A unit's staff open it to their own people only, the office and the leaders to others too.
    """
    label, name = LABELS[field], user.name
    if user.role not in CASE_TEAM:
        raise RuleBroken(f"{label}：{name}是{user.role.label}，不参加办案，请选别人。", field)
    if user.id in recusals.withdrawn(petition):
        raise RuleBroken(f"{label}：{name}已经回避这件事项，请选别人。", field)
    him = gate_actors.actor_of(session, user, actor.today, actor.now)
    if _sees(session, him, petition):
        return
    if petition.is_guarded:
        raise RuleBroken(f"{label}：{name}不能看这件检举控告（保密）事项，请选已经能看到它的人。", field)
    if gate.is_named(petition, him):
        raise RuleBroken(
            f"{label}：{name}或其单位是被反映的一方，请选别人；确需参加的，请先把事项交办到其单位。", field
        )
    if actor.role in UNIT_STAFF and user.unit_id not in actor.unit_ids:
        raise RuleBroken(f"{label}：{name}不是本单位的人，请信访办或包案领导来选。", field)


def _sees(session: Session, actor: Actor, petition: m.Petition) -> bool:
    found = gate.rows(actor, m.Petition).where(m.Petition.id == petition.id)
    return gate.count(session, found, 1) > 0
