"""What is said when a contact is registered (登记), and what of it cannot be right (A1–A4)."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.gathered import Gathered
from rules.words import Level, Purpose, RespondentKind, RuleBroken
from services import settings

EARLIEST = date(1980, 1, 1)
"""Nothing received before it is registered: such a year is a slip of the hand."""


@dataclass
class Person:
    """A petitioner as registered: protected fields in full, kept only on the row."""

    name: str
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None
    is_representative: bool = False


@dataclass
class Accused:
    """Whom the matter complains of: a unit, leader or user by id, or a name outside the system."""

    kind: RespondentKind
    target_id: int | None = None
    name: str = ""


@dataclass
class Registration:
    """Everything the registration screen or an import says of one contact (A1–A4)."""

    channel: str
    demand: str
    received_on: date
    title: str = ""
    people: list[Person] = field(default_factory=list)
    is_anonymous: bool = False
    is_secret: bool = False
    people_count: int = 1
    level_visited: Level = Level.OWN
    purpose: Purpose = Purpose.SEEK
    category_id: int | None = None
    category_text: str | None = None
    place: str | None = None
    respondents: list[Accused] = field(default_factory=list)
    original_at: str | None = None
    receptionist_id: int | None = None
    registered_on: date | None = None
    is_carried_over: bool = False
    source: str | None = None
    external_number: str | None = None
    reception_session_id: int | None = None
    level_from: Level | None = None
    sender: str | None = None
    source_number: str | None = None
    sender_due_on: date | None = None
    form_key: str | None = None


def is_guarded(said: Registration) -> bool:
    """Will the matter opened by this registration be a guarded one?"""
    return said.purpose == Purpose.REPORT or said.is_secret


def check(session: Session, actor: Actor, said: Registration) -> None:
    """The registration's rules, each a sentence naming its field, all that are broken raised together."""
    gathered = Gathered(_wrong_words(actor, said, settings.channels(session)))
    most = int(settings.get(session, "max_representatives", actor.today))
    if sum(person.is_representative for person in said.people) > most:
        no = RuleBroken(f"代表：最多 {most} 人（《信访工作条例》第二十条），请减少代表人数。", "people")
        gathered.found.append(no)
    with gathered.going_on():
        _check_respondents(session, said.respondents)
    gathered.refuse()


def check_words(actor: Actor, said: Registration, channels: Container[str]) -> None:
    """The part of `check` that needs nothing from the database; `channels`: the codes in use."""
    Gathered(_wrong_words(actor, said, channels)).refuse()


def _wrong_words(actor: Actor, said: Registration, channels: Container[str]) -> Iterator[RuleBroken]:
    registered_on = said.registered_on or actor.today
    if not said.demand.strip():
        yield RuleBroken("诉求：请填写。", "demand")
    if not said.is_anonymous and not said.people:
        yield RuleBroken("信访人：请填写姓名；不愿留名的请勾选“匿名”。", "people")
    if said.received_on > registered_on:
        yield RuleBroken("收到日期：不能晚于登记日期，请核对。", "received_on")
    if said.received_on < EARLIEST:
        yield RuleBroken(f"收到日期：{said.received_on} 太早，请核对年份。", "received_on")
    if registered_on > actor.today:
        yield RuleBroken("登记日期：不能晚于今天，请核对。", "registered_on")
    if said.level_from is None and (said.sender or said.source_number or said.sender_due_on):
        yield RuleBroken("交办级别：填了来文的，请选择是哪一级交办。", "level_from")
    if said.sender_due_on and said.sender_due_on < registered_on:
        yield RuleBroken("上级要求期限：不能早于登记日期，请核对。", "sender_due_on")
    if said.channel not in channels:
        yield RuleBroken("信访方式：没有这个选项，请重新选择。", "channel")


def _check_respondents(session: Session, respondents: list[Accused]) -> None:
    """Free text equal to a known name must be resolved before saving (rules-of-the-office §3)."""
    for accused in respondents:
        if accused.kind != RespondentKind.OUTSIDE:
            continue
        if not accused.name.strip():
            raise RuleBroken("被反映人：请填写姓名或单位名称。", "respondents")
        known = [m.Unit.name, m.Leader.name, m.User.name]
        hits = [
            column
            for column in known
            if session.scalar(sa.select(sa.literal(1)).where(column == accused.name.strip()).limit(1))
        ]
        if hits:
            raise RuleBroken(f"被反映人：“{accused.name}”与本系统中的名称相同，请从列表中选定是不是他。", "respondents")


def headline(demand: str) -> str:
    """The first sentence of a demand as its 概况, 40 characters at most; "…" where it is cut."""
    text = " ".join(demand.split())
    for stop in "。！？；":
        text = text.split(stop)[0]
    return (f"{text[:39]}…" if len(text) > 40 else text) or "（无内容）"
