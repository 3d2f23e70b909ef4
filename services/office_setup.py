"""Opening an office: the schema, the shipped rows, and the set-up list of its first day (design §4, §6)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import CHANNELS, RuleBroken
from services import aid_lists, calendars, closing_templates, people, relief, settings


def fill(session: Session, actor: Actor) -> None:
    """Ship calendar, terms and lists into rows the office edits; what is there stays."""
    calendars.fill(session)
    relief.fill(session)
    aid_lists.ship(session)
    closing_templates.ship(session, actor)
    have = set(session.scalars(sa.select(m.ListItem.code).where(m.ListItem.list_name == "channel")))
    for position, (code, label) in enumerate(CHANNELS.items()):
        if code not in have:
            session.add(m.ListItem(list_name="channel", code=code, label=label, position=position))
    session.flush()
    people.spell(session)


def named_unit(session: Session, name: str | None) -> m.Unit | None:
    """The unit of that name; raises RuleBroken when there is none. No name, no unit."""
    if not name:
        return None
    found = session.scalars(sa.select(m.Unit).where(m.Unit.name == name)).one_or_none()
    if found is None:
        raise RuleBroken(f"单位：没有“{name}”，请先在“单位”中新增。", "unit")
    return found


def named_leader(session: Session, name: str | None) -> m.Leader | None:
    """The leader of that name; raises RuleBroken when there is none or more than one. No name, no leader."""
    if not name:
        return None
    found = session.scalars(sa.select(m.Leader).where(m.Leader.name == name, m.Leader.is_active)).all()
    if len(found) != 1:
        raise RuleBroken(
            f"领导：没有“{name}”，请先在“领导”中新增。"
            if not found
            else f"领导：有 {len(found)} 位“{name}”，请先改成不同的名称。",
            "leader",
        )
    return found[0]


@dataclass(frozen=True)
class SetupStep:
    """One step of the first day: its page, and whether it is done."""

    key: str
    label: str
    help: str
    endpoint: str
    done: bool
    skipped: bool


def setup_steps(session: Session, actor: Actor) -> list[SetupStep]:
    """The set-up list of a real office; every step can be skipped and found again."""
    skipped = set(str(settings.get(session, "setup_skipped", actor.today)).split(","))

    def has(model: Any, *where: Any) -> bool:
        return session.scalar(sa.select(sa.literal(1)).select_from(model).where(*where).limit(1)) is not None

    facts = (
        (
            "office",
            "办公室名称",
            "左上角、表头和公示都用它。",
            "setting.index",
            bool(settings.get(session, "office_name", actor.today)),
        ),
        (
            "units",
            "单位",
            "先建本级、信访办，再建部门和村（社区）；也可以从“批量导入”读入 Excel。",
            "unit.index_view",
            has(m.Unit),
        ),
        (
            "leaders",
            "领导",
            "姓名、职务、分管工作、办公电话、轮次；也可以从“批量导入”读入 Excel。",
            "leader.index_view",
            has(m.Leader),
        ),
        (
            "rule",
            "接访规则",
            "哪天接访、几点到几点、遇节假日怎么办；存好后到“接访日程”排定、公示。",
            "reception_rule.index_view",
            has(m.ReceptionRule),
        ),
        ("categories", "内容分类", "从 Excel 导入三级分类。", "imports.index", has(m.Category)),
        (
            "accounts",
            "账号",
            "先给信访办负责人建账号，由他做前面几步；再给每位同事一个，角色决定看到什么。",
            "user.index_view",
            _has_colleagues(session),
        ),
    )
    return [SetupStep(*fact, skipped=fact[0] in skipped) for fact in facts]


def _has_colleagues(session: Session) -> bool:
    return (session.scalar(sa.select(sa.func.count()).select_from(m.User)) or 0) > 1


def skip_step(session: Session, actor: Actor, key: str, *, skip: bool) -> None:
    """Mark a step skipped, or take it up again."""
    skipped = set(filter(None, str(settings.get(session, "setup_skipped", actor.today)).split(",")))
    skipped = skipped | {key} if skip else skipped - {key}
    settings.put(session, actor, "setup_skipped", ",".join(sorted(skipped)))
