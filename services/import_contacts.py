"""Importing contacts (来信来访): each row a registration, its number the key against doubles, nothing joined on its own (A4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import Purpose, RuleBroken, Status
from services import bulk_registration, gate, import_categories, petitions, registration, settings
from services.import_fields import PURPOSES
from services.import_rows import JOINED, NEW, SKIPPED, ImportResult, Options, RowReader, Seen
from services.registration import Person, Registration

MAX_TITLE, MAX_CATEGORY, MAX_PEOPLE = 100, 200, 100_000
OLD = timedelta(days=60)
NAMELESS = ("", "匿名", "不详", "未留名")
_SEPARATOR = re.compile(r"\s*[/／>＞→\\]\s*")


@dataclass
class Draft:
    """A row ready to be registered, and the matter it joins."""

    row: int
    said: Registration
    joins: m.Petition | None = None
    opening: bulk_registration.Opening | None = None


@dataclass
class Office:
    """What rows are compared with, read once for the whole table."""

    actor: Actor
    options: Options
    channels: dict[str, str]
    categories: dict[str, int]
    known: dict[str, date]
    matters: dict[str, m.Petition]


def read(
    session: Session, actor: Actor, rows: Sequence[RowReader], result: ImportResult, options: Options
) -> list[Draft]:
    """Check every row. Returns the drafts to write; what is skipped or wrong stands in the result only."""
    office, numbers, drafts = _office(session, actor, rows, options), Seen(), []
    for reader in rows:
        draft = _draft(reader, office)
        number = reader.peek("external_number")
        first = numbers.before(number, reader.number) if number else None
        if first is not None:
            reader.error("external_number", f"编号“{number}”与第 {first} 行重复，请删去其中一行或改正编号。")
        elif draft and not _is_known(reader, draft, office, result):
            drafts.append(draft)
            _count(result, draft, office)
    if not options.carried_over:
        _note_old(session, actor, drafts, result)
    return drafts


def write(session: Session, actor: Actor, drafts: Sequence[Draft], result: ImportResult) -> None:
    """Register the drafts: new matters in chunks, then those that join one."""
    prepare(session, actor, drafts)
    openings = [draft.opening for draft in drafts if draft.opening is not None]
    result.made = bulk_registration.write(session, actor, openings, result.tick)[:20]
    for draft in drafts:
        if draft.joins is not None:
            petitions.register(session, actor, draft.said, joins=draft.joins)


def prepare(session: Session, actor: Actor, drafts: Sequence[Draft]) -> None:
    """Make the rows of the new matters; before the write lock is taken, where it can be."""
    for draft in drafts:
        if draft.joins is None and draft.opening is None:
            draft.opening = bulk_registration.prepared(session, actor, draft.said)


def facts(draft: Draft, office: Office) -> dict[str, str]:
    """The draft as the preview shows it: {label: text}."""
    said = draft.said
    path = next((path for path, key in office.categories.items() if key == said.category_id), said.category_text)
    return {
        "原编号": said.external_number or "",
        "信访人": said.people[0].name if said.people else "匿名",
        "概况": said.title or registration.headline(said.demand),
        "收到日期": said.received_on.isoformat(),
        "登记日期": str(said.registered_on or ""),
        "信访方式": office.channels[said.channel],
        "内容分类": path or "",
        "诉求": said.demand[:80],
    }


def _office(session: Session, actor: Actor, rows: Sequence[RowReader], options: Options) -> Office:
    channels = settings.channels(session)
    if options.channel not in channels:
        raise RuleBroken("信访方式：没有这个选项，请重新选择。", "channel")
    if not 0 < len(options.source.strip()) <= 40:
        raise RuleBroken("来源名称：请填写，最多 40 个字。", "source")
    return Office(
        actor,
        options,
        channels,
        import_categories.paths(session),
        bulk_registration.known_numbers(session, options.source.strip(), [r.peek("external_number") for r in rows]),
        matters(session, actor, sorted({r.peek("matter_number") for r in rows} - {""})),
    )


def matters(session: Session, actor: Actor, numbers: Sequence[str]) -> dict[str, m.Petition]:
    """Number → matter, of those the actor may know."""
    found: dict[str, m.Petition] = {}
    for start in range(0, len(numbers), 500):
        statement = gate.rows(actor, m.Petition).where(m.Petition.number.in_(numbers[start : start + 500]))
        found |= {row.number: row for row in session.scalars(statement)}
    return found


def _draft(reader: RowReader, office: Office) -> Draft | None:
    said = _registration(reader, office)
    joins = _joined(reader, office)
    return Draft(reader.number, said, joins) if said and not reader.is_wrong else None


def _registration(reader: RowReader, office: Office) -> Registration | None:
    received_on = reader.day("received_on", required=True)
    registered_on = reader.day("registered_on") or received_on
    demand, number = reader.long_text("demand"), reader.identifier("external_number", 60)
    if not demand:
        reader.error("demand", "没有填写，请补上。")
    people = _people(reader)
    channels = {label: code for code, label in office.channels.items()}
    channel = reader.choice("channel", channels) or office.options.channel
    purpose = reader.choice("purpose", PURPOSES) or Purpose.SEEK
    people_count = reader.count("people_count", MAX_PEOPLE) or 1
    place = reader.text("place", 100)
    if reader.is_wrong or received_on is None:
        return None
    said = Registration(
        channel=channel,
        demand=demand,
        received_on=received_on,
        title=_title(reader),
        people=people,
        is_anonymous=not people,
        people_count=people_count,
        purpose=Purpose(purpose),
        place=place or None,
        registered_on=registered_on,
        is_carried_over=office.options.carried_over,
        source=office.options.source.strip() if number else None,
        external_number=number or None,
    )
    said.category_id, said.category_text = _category(reader, office)
    try:
        registration.check_words(office.actor, said, office.channels)
    except RuleBroken as no:
        # The day of registering is the day received unless a cell says otherwise.
        key = "received_on" if no.field == "registered_on" and not reader.has("registered_on") else no.field or ""
        reader.error(key, no.message.partition("：")[2] or no.message)
    return said


def _people(reader: RowReader) -> list[Person]:
    name = reader.text("name", 60)
    phone, id_number = reader.identifier("phone", 40), reader.identifier("id_number", 30)
    address = reader.text("address", 200)
    if name in NAMELESS and not (phone or id_number):
        reader.warn("name", "没有姓名，按匿名登记。")
        return []
    return [Person(name or "未留名", phone or None, id_number or None, address or None)]


def _title(reader: RowReader) -> str:
    title = " ".join(reader.long_text("title").split())
    if len(title) > MAX_TITLE:
        reader.warn("title", f"概况有 {len(title)} 个字，只保留前 {MAX_TITLE} 个字，全文请看诉求。")
    return title[:MAX_TITLE]


def _category(reader: RowReader, office: Office) -> tuple[int | None, str | None]:
    """The node whose whole path the cells name, else the words themselves."""
    levels = [reader.text(key, MAX_CATEGORY) for key in ("category", "category_2", "category_3")]
    path = "/".join(part for level in levels for part in _SEPARATOR.split(level) if part)
    if not path or path in office.categories:
        return office.categories.get(path), None
    reader.warn("category", f"内容分类中没有“{path[:60]}”，原文保留在“来文分类”，登记后可再选。")
    return None, path[:MAX_CATEGORY]


def _joined(reader: RowReader, office: Office) -> m.Petition | None:
    number = reader.identifier("matter_number", 30)
    matter = office.matters.get(number)
    if number and matter is None:
        reader.error("matter_number", f"没有找到信访事项“{number}”，请核对编号；要新开事项请留空。")
    if matter is not None and matter.status == Status.VOIDED:
        reader.error("matter_number", f"信访事项“{number}”已作废，不能并入，请改填别的编号或留空。")
    return matter


def _note_old(session: Session, actor: Actor, drafts: Sequence[Draft], result: ImportResult) -> None:
    """Say once what happens to old rows that are not marked as carried over; those older than every term are so by nature."""
    first = session.scalar(sa.select(sa.func.min(m.TermRow.valid_from)).where(m.TermRow.key == "office_route"))
    said = [draft.said for draft in drafts if draft.joins is None]
    for one in said:
        one.is_carried_over = (one.registered_on or actor.today) < (first or actor.today)
    if carried := sum(one.is_carried_over for one in said):
        result.warn(
            None, "", f"有 {carried} 行登记于 {first} 以前，那时还没有现行的期限规定，按历史结转导入，不计算期限。"
        )
    if late := sum(one.received_on < actor.today - OLD and not one.is_carried_over for one in said):
        result.warn(
            None, "", f"有 {late} 行是 60 天以前收到的，期限从收到日期算起，导入后就显示超期；旧件请勾选“历史结转”。"
        )


def _is_known(reader: RowReader, draft: Draft, office: Office, result: ImportResult) -> bool:
    number = draft.said.external_number
    if number not in office.known:
        return False
    result.skipped += 1
    if office.known[number] != draft.said.received_on:
        said = f"编号“{number}”早先已登记，收到日期却不同，已跳过；如不是同一件，请换一个来源名称再导入。"
        reader.warn("external_number", said)
    result.show(reader.number, SKIPPED, lambda: facts(draft, office))
    return True


def _count(result: ImportResult, draft: Draft, office: Office) -> None:
    result.created += draft.joins is None
    result.joined += draft.joins is not None
    result.show(draft.row, JOINED if draft.joins else NEW, lambda: facts(draft, office))
