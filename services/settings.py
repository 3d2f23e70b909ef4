"""The office's own settings: dated rows of what is set, over the shipped table of what may be set (setting_items)."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import aftercare, report_days, session_hours
from rules.access import Actor
from rules.words import CHANNELS, RuleBroken
from services.setting_items import BY_KEY, Item

READ = "settings read"
"""Where a session keeps the values it has read in this transaction: {day: {key: value}}."""


def get(session: Session, key: str, today: date) -> Any:
    """The value valid on `today`: the newest row whose date has come, else the shipped default."""
    read = session.info.setdefault(READ, {})
    if today not in read:
        s = m.Setting
        statement = sa.select(s.key, s.value).where(s.valid_from <= today).order_by(s.valid_from)
        read[today] = {row.key: row.value for row in session.execute(statement)}
    return read[today].get(key, BY_KEY[key].default)


@sa.event.listens_for(Session, "after_begin")
@sa.event.listens_for(Session, "after_rollback")
def _read_again(session: Session, *_of: Any) -> None:
    session.info.pop(READ, None)


@sa.event.listens_for(Session, "after_flush")
def _read_what_was_set(session: Session, *_of: Any) -> None:
    if any(isinstance(row, m.Setting) for rows in (session.new, session.dirty, session.deleted) for row in rows):
        session.info.pop(READ, None)


def lines(session: Session, key: str, today: date) -> list[str]:
    """A `lines` setting as its non-empty lines."""
    return [line.strip() for line in str(get(session, key, today)).splitlines() if line.strip()]


def put(session: Session, actor: Actor, key: str, text: str) -> None:
    """Set a value from today on. Raises RuleBroken naming the setting when the text does not fit its kind."""
    item = BY_KEY[key]
    value = clean(item, text)
    if key == "discipline_contact":
        _check_account(session, item, value)
    if value == get(session, key, actor.today):
        return
    row = session.scalars(sa.select(m.Setting).where(m.Setting.key == key, m.Setting.valid_from == actor.today)).first()
    if row is None:
        session.add(m.Setting(key=key, value=value, valid_from=actor.today))
    else:
        row.value = value
    session.flush()


def _check_account(session: Session, item: Item, username: str) -> None:
    """The discipline contact is an account in use, or nobody."""
    account = sa.select(m.User.id).where(m.User.username == username, m.User.is_active)
    if username and session.scalar(account) is None:
        raise RuleBroken(f"{item.label}：没有这个账号，请核对，或先新增账号。", item.key)


def clean(item: Item, text: str) -> Any:
    """The typed value of what was entered; raises RuleBroken naming the setting."""
    text = text.strip()
    if item.kind == "int":
        if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) <= item.most):
            raise RuleBroken(f"{item.label}：请填 1 到 {item.most} 之间的整数。", item.key)
        return int(text)
    if item.choices and text not in item.choices:
        raise RuleBroken(f"{item.label}：请填{'或'.join(item.choices)}。", item.key)
    if item.kind == "days":
        _check_days(item, text)
    if item.kind == "time":
        return _hour(item, text)
    if item.kind == "report_day":
        _check_day(item, text)
    if len(text) > item.limit:
        raise RuleBroken(f"{item.label}：最多 {item.limit} 个字，请删短。", item.key)
    for number, line in enumerate(text.splitlines(), start=1):
        if item.line_limit and len(line.strip()) > item.line_limit:
            raise RuleBroken(f"{item.label}：第 {number} 行超过 {item.line_limit} 个字，请一行只写一人。", item.key)
    return text


def _hour(item: Item, text: str) -> str:
    try:
        return session_hours.clean(text, "starts")
    except RuleBroken:
        raise RuleBroken(f"{item.label}：应为“17:00”的样子，请改正。", item.key) from None


def _check_days(item: Item, text: str) -> None:
    try:
        aftercare.parse_days(text)
    except RuleBroken as no:
        raise RuleBroken(f"{item.label}：{no.message}", item.key) from no


def _check_day(item: Item, text: str) -> None:
    try:
        report_days.parse(text)
    except RuleBroken as no:
        raise RuleBroken(f"{item.label}：{no.message}", item.key) from no


def channels(session: Session) -> dict[str, str]:
    """Code → label of the channels (信访方式) in use, in the office's order."""
    statement = sa.select(m.ListItem).where(m.ListItem.list_name == "channel", m.ListItem.is_active)
    found = session.scalars(statement.order_by(m.ListItem.position)).all()
    return {item.code: item.label for item in found} or dict(CHANNELS)
