"""Cases of a list handed down that nobody registered yet (未登记的): registered with the list, all or nothing (G2, A1)."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import campaigns as rules
from rules.access import Actor
from rules.words import Level, RuleBroken
from services import bulk_registration, campaign_columns, gate, registration
from services.column_map import Field
from services.import_rows import RowReader
from services.registration import Person, Registration

CHANNEL = "from_above"
LEVELS = {level.label: level for level in Level if level is not Level.OWN}
NAMELESS = ("匿名", "不详", "未留名")
FIELDS = (
    Field("name", "信访人", ("信访人姓名", "姓名", "来信人", "上访人", "反映人")),
    Field("phone", "电话", ("联系电话", "手机", "手机号")),
    Field("demand", "诉求", ("反映问题", "反映的主要问题", "主要诉求", "基本案情", "案情", "概况", "诉求内容")),
    Field("place", "发生地点", ("地点", "问题属地", "属地")),
    Field("level_from", "交办级别", ("级别",)),
    Field("sender", "交办单位", ("来文单位", "交办机关")),
    Field("received_on", "交办日期", ("来文日期", "收到日期")),
)
"""What a list says of a case that is to be registered."""


@dataclass
class Unknown:
    """A row whose case is not registered: what it will be registered as, and what the ledger will say of it."""

    number: int
    source_number: str
    said: Registration
    values: dict[str, Any]
    own: Mapping[m.CampaignColumn, campaign_columns.Said]


def may_be(reader: RowReader) -> bool:
    """Can a row that names no registered case become one? It has the number of whoever handed it down, and says what it is about."""
    return bool(reader.peek("source_number")) and not reader.has("matter_number") and reader.has("demand")


def read(
    actor: Actor, campaign: m.Campaign, reader: RowReader, channels: Container[str],
    values: dict[str, Any], own: Mapping[m.CampaignColumn, campaign_columns.Said],
) -> Unknown | None:  # fmt: skip
    """The row as a registration, or None with a complaint at its cell."""
    number = reader.identifier("source_number", 60)
    said = Registration(
        channel=CHANNEL if CHANNEL in channels else "letter",
        demand=reader.long_text("demand"),
        received_on=reader.day("received_on") or actor.today,
        people=_people(reader),
        place=reader.text("place", 100) or None,
        level_from=reader.choice("level_from", LEVELS) or level_of(campaign),
        sender=reader.text("sender", 100) or campaign.body,
        source_number=number,
    )
    said.is_anonymous = not said.people
    try:
        registration.check_words(actor, said, channels)
    except RuleBroken as no:
        reader.error(no.field or "demand", no.message.partition("：")[2] or no.message)
    return None if reader.is_wrong else Unknown(reader.number, number, said, values, own)


def level_of(campaign: m.Campaign) -> Level:
    """Which level hands cases down in this campaign, when the list does not say: the first of its scope, else the county."""
    levels = [level for level in rules.scope_of(campaign.scope).levels if level is not Level.OWN]
    return levels[0] if levels else Level.COUNTY


def _people(reader: RowReader) -> list[Person]:
    name, phone = reader.text("name", 60), reader.identifier("phone", 40)
    if not name and not phone:
        reader.error("name", "没有填写；要一并登记的，请写上信访人姓名，不知道姓名的写“匿名”。")
    if name in NAMELESS and not phone:
        return []
    return [Person(name or "未留名", phone or None)]


def register(
    session: Session, actor: Actor, unknown: Sequence[Unknown], tick: Callable[[int], None]
) -> dict[int, m.Petition]:
    """Register them in their order: row → its matter. Nothing is registered twice: their numbers were new."""
    gate.allow(actor, "import.run")
    openings = [bulk_registration.prepared(session, actor, one.said) for one in unknown]
    made = bulk_registration.write(session, actor, openings, tick)
    ids = [petition_id for _number, petition_id in made]
    found: dict[int, m.Petition] = {}
    for start in range(0, len(ids), bulk_registration.CHUNK):
        asked = sa.select(m.Petition).where(m.Petition.id.in_(ids[start : start + bulk_registration.CHUNK]))
        found |= {row.id: row for row in session.scalars(asked.execution_options(gated=True))}
    return {one.number: found[key] for one, key in zip(unknown, ids, strict=True)}
