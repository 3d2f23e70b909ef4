"""A campaign's own columns (自设栏): set up with the campaign, their values typed, read, filtered and written (G1, G2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import ColumnKind, RuleBroken

MOST = 12
"""Own columns of one campaign."""
Said = str | Decimal | date | None
PLACES: dict[ColumnKind, str] = {
    ColumnKind.TEXT: "text", ColumnKind.CHOICE: "text", ColumnKind.NUMBER: "number", ColumnKind.DATE: "day",
}  # fmt: skip
"""Kind → the attribute of CampaignValue that holds it."""
LARGEST = Decimal(10) ** 13


def match(session: Session, campaign: m.Campaign, said: Sequence[Mapping[str, Any]]) -> None:
    """Bring the campaign's columns in line with what was said, by place. Raises RuleBroken naming the column.

    A column that rows have values in keeps its kind, its used choices, and cannot be taken away.
    """
    _check(said)
    have = list(campaign.own_columns)
    used = _used(session, [column.id for column in have])
    for column in have[len(said) :]:
        if used.get(column.id):
            raise RuleBroken(f"自设栏“{column.label}”：台账中已有内容，不能删去。", "columns")
        session.delete(column)
    session.flush()
    for place, values in enumerate(said):
        column = have[place] if place < len(have) else m.CampaignColumn(campaign=campaign, choices=[])
        _change(column, values, used.get(column.id, set()), place)
        session.add(column)


def _check(said: Sequence[Mapping[str, Any]]) -> None:
    if len(said) > MOST:
        raise RuleBroken(f"自设栏：最多 {MOST} 栏，请合并。", "columns")
    labels = [str(one["label"]) for one in said]
    for place, one in enumerate(said, start=1):
        if labels.count(one["label"]) > 1:
            raise RuleBroken(f"第 {place} 个自设栏：“{one['label']}”写了两次，请改名。", "columns")
        choices = one.get("choices") or []
        if (one["kind"] == ColumnKind.CHOICE) != bool(choices):
            raise RuleBroken(f"自设栏“{one['label']}”：类型为“选项”的要写出选项，其他类型不写。", "columns")
        if any(len(choice) > 60 for choice in choices):
            raise RuleBroken(f"自设栏“{one['label']}”：每个选项最多 60 个字，请删短。", "columns")


def _change(column: m.CampaignColumn, values: Mapping[str, Any], used: set[Any], place: int) -> None:
    if used and ColumnKind(values["kind"]) is not column.kind:
        raise RuleBroken(f"自设栏“{column.label}”：台账中已有内容，不能改类型；请另加一栏。", "columns")
    choices = list(values.get("choices") or [])
    gone = sorted(map(str, used - set(choices))) if column.kind is ColumnKind.CHOICE else []
    if gone:
        raise RuleBroken(f"自设栏“{column.label}”：选项“{gone[0]}”台账中已用，不能删去。", "columns")
    column.label, column.kind, column.choices = values["label"], ColumnKind(values["kind"]), choices
    column.position = place


def _used(session: Session, column_ids: Sequence[int]) -> dict[int, set[Any]]:
    """Column id → the texts used in it; None stands for a value of another kind."""
    value = m.CampaignValue
    statement = sa.select(value.column_id, value.text).where(value.column_id.in_(column_ids)).distinct()
    found: dict[int, set[Any]] = {}
    for column_id, text in session.execute(statement.execution_options(gated=True)):
        found.setdefault(column_id, set()).add(text)
    return found


def read(column: m.CampaignColumn, said: object) -> Said:
    """What a person typed (or a table's cell holds) as the column's kind; None for nothing.

    Raises RuleBroken naming the column, what is wrong and what to write.
    """
    if said is None or (isinstance(said, str) and not said.strip()):
        return None
    if column.kind is ColumnKind.NUMBER:
        return _number(column, said)
    if column.kind is ColumnKind.DATE:
        return _day(column, said)
    text = str(said).strip().replace("\x00", "")
    if column.kind is ColumnKind.CHOICE and text not in column.choices:
        raise RuleBroken(f"{column.label}：没有“{text[:30]}”这一项，可选：{'、'.join(column.choices)}。", key(column))
    if len(text) > 300:
        raise RuleBroken(f"{column.label}：最多 300 个字，请删短。", key(column))
    return text


def _number(column: m.CampaignColumn, said: object) -> Decimal:
    try:
        found = Decimal(str(said).strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= LARGEST or found != round(found, 2):
        raise RuleBroken(f"{column.label}：“{str(said)[:30]}”不是数字，请填数字，小数最多两位。", key(column))
    return found


def _day(column: m.CampaignColumn, said: object) -> date:
    if isinstance(said, date):
        return said
    try:
        found = date.fromisoformat(str(said).strip())
    except ValueError:
        found = date.min
    if not 1900 <= found.year <= 2200:
        raise RuleBroken(f"{column.label}：“{str(said)[:30]}”不是日期，请写成“2026-05-31”的样子。", key(column))
    return found


def key(column: m.CampaignColumn) -> str:
    """The column's key among the ledger's columns: in forms, filters, exports."""
    return f"x{column.id}"


def said(session: Session, row_ids: Iterable[int]) -> dict[int, dict[int, Said]]:
    """{row id: {column id: value}} of rows that already came through the gate."""
    found: dict[int, dict[int, Said]] = {}
    value = m.CampaignValue
    names = (value.row_id, value.column_id, value.text, value.number, value.day)
    statement = sa.select(*names).where(value.row_id.in_(list(row_ids))).execution_options(gated=True)
    for row_id, column_id, text, number, day in session.execute(statement):
        found.setdefault(row_id, {})[column_id] = text if text is not None else number if number is not None else day
    return found


def write(session: Session, row: m.CampaignCase, column: m.CampaignColumn, value: Said) -> None:
    """Put a value that `read` gave into a row's column, or take it away. The caller has asked whether he may."""
    if column.campaign_id != row.campaign_id:
        raise RuleBroken(f"{column.label}：不是这个专项活动的栏目。", key(column))
    have = session.get(m.CampaignValue, (row.id, column.id), execution_options={"gated": True})
    put(session, row, column, value, have)


def put(
    session: Session, row: m.CampaignCase, column: m.CampaignColumn, value: Said, have: m.CampaignValue | None
) -> None:
    """The same when what stands there is known already."""
    if value is None:
        if have is not None:
            session.delete(have)
    elif have is not None:
        setattr(have, PLACES[column.kind], value)
    else:
        session.add(m.CampaignValue(row=row, column=column, kind=column.kind, **{PLACES[column.kind]: value}))


def stored(session: Session, rows: Sequence[m.CampaignCase]) -> dict[tuple[int, int], m.CampaignValue]:
    """Everything these rows say in own columns: {(row id, column id): value}."""
    asked = sa.select(m.CampaignValue).where(m.CampaignValue.row_id.in_([row.id for row in rows]))
    return {(one.row_id, one.column_id): one for one in session.scalars(asked.execution_options(gated=True))}


def holding(column: m.CampaignColumn, wanted: str) -> sa.ColumnElement[bool]:
    """Rows whose column says `wanted`: a choice or number exactly, a text that contains it, a day or "from..to"; "none": empty."""
    value = m.CampaignValue
    own = sa.exists().where(value.row_id == m.CampaignCase.id, value.column_id == column.id)
    if wanted == "none":
        return sa.not_(own)
    return own.where(_says(column, value, wanted))


def _says(column: m.CampaignColumn, value: type[m.CampaignValue], wanted: str) -> sa.ColumnElement[bool]:
    if column.kind is ColumnKind.TEXT:
        return value.text.contains(wanted, autoescape=True)
    if column.kind is ColumnKind.CHOICE:
        return value.text == wanted
    first, between, last = wanted.partition("..")
    try:
        low, high = read(column, first), read(column, last if between else first)
    except RuleBroken:
        return sa.false()
    place = getattr(value, PLACES[column.kind])
    bounds = [place >= low] if low is not None else []
    return sa.and_(sa.true(), *bounds, *([place <= high] if high is not None else []))
