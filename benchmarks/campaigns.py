"""A campaign at its largest, CPU in this process: the ledger's page, a list of 5,000 rows with its differences, the monthly table.

A page is measured against the page of a campaign whose ledger is empty, so that another machine can compare.
"""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from flask import Flask

import models as m
from benchmarks import fresh_office
from benchmarks.fresh_office import NOW, TODAY
from benchmarks.pages import Browser
from benchmarks.sections import Section
from models import db
from rules import campaigns as rules
from rules.access import Actor, system
from rules.words import Role
from services import campaigns, list_import, list_takeover, monthly_reports
from services.column_map import find_header
from services.passwords import hashed
from services.workbook_in import Sheet, read_rows
from services.workbook_out import Column, TableSheet, write_table

LARGE, LEDGER, LIST = 100_000, 5_000, 5_000
WARM_UPS, RUNS = 2, 9
PAGE_GOAL, LIST_GOAL, TABLE_GOAL = 3.0, 20.0, 0.3
EMPTY, OWN, WHOLE = "空台账", "五千件", "十万件"
PASSWORD = "Measured-once-2026"  # noqa: S105 - of an office that lives as long as the measurement
FLOOR = "空的列表页（没有一件的台账）"


@dataclass(frozen=True)
class Case:
    """What was timed: CPU seconds, the most they may be, and in words what of."""

    label: str
    took: float
    most: float | None = None
    said: str = ""


def measure() -> Section:
    """Time every case; the table and what missed its goal."""
    with office() as (app, actor):
        return section([*_pages(app), *_tables(app, actor), *_lists(app, actor)])


def section(found: list[Case]) -> Section:
    """The table of a run."""
    lines = [f"| {one.label} | {one.took * 1000:,.0f} | {one.said} | {_verdict(one)} |" for one in found]
    text = (
        "## Campaigns\n\n"
        f"CPU milliseconds in process, SQLite, median of {RUNS} (a list: once). An office of {LARGE:,} matters, all of them in one\n"
        f"campaign's ledger and {LEDGER:,} in another's; the list names {LIST:,} rows: nine in ten there with changed fields, one in ten\n"
        "new. `python -m benchmarks --only campaigns` measures and writes this part.\n\n"
        "| what | ms | bound | goal |\n|---|---:|---|---|\n" + "\n".join(lines) + "\n"
    )
    return Section(text, [f"{one.label}: {one.took:.3f} s" for one in found if _is_missed(one)])


def _verdict(one: Case) -> str:
    return "" if one.most is None else "missed" if _is_missed(one) else "met"


def _is_missed(one: Case) -> bool:
    return one.most is not None and one.took > one.most


def _seconds(run: Callable[[], object]) -> float:
    times = []
    for n in range(WARM_UPS + RUNS):
        began = time.process_time()
        run()
        if n >= WARM_UPS:
            times.append(time.process_time() - began)
    return median(times)


def _pages(app: Flask) -> list[Case]:
    browser = Browser(app.test_client())
    browser.log_in("measured", PASSWORD)
    with app.app_context():
        ids = {row.name: row.id for row in db.session.scalars(sa.select(m.Campaign))}
    floor = _seconds(lambda: browser.get(f"/admin/campaign_case/?campaign={ids[EMPTY]}"))
    asked = {
        "台账第一页，5,000 件": "",
        "台账第一页，5,000 件，只看超期": "&tab=late",
        "台账就地填写，5,000 件": "&fill=1",
    }
    found = [Case(FLOOR, floor)]
    for label, more in asked.items():
        took = _seconds(lambda more=more: browser.get(f"/admin/campaign_case/?campaign={ids[OWN]}{more}"))
        found.append(Case(label, took, floor * PAGE_GOAL, f"{took / floor:.1f} × 空页，≤ {PAGE_GOAL:.0f}"))
    return found


def _tables(app: Flask, actor: Actor) -> list[Case]:
    with app.app_context():
        whole = db.session.scalars(sa.select(m.Campaign).where(m.Campaign.name == WHOLE)).one()
        took = _seconds(lambda: monthly_reports.preview(db.session(), actor, whole, "2026-10", 100))
    return [Case("情况统计表，100,000 件", took, TABLE_GOAL, f"≤ {TABLE_GOAL * 1000:.0f} ms")]


def _lists(app: Flask, actor: Actor) -> list[Case]:
    with app.app_context():
        own = db.session.scalars(sa.select(m.Campaign).where(m.Campaign.name == OWN)).one()
        path = Path(app.config["DESK_DATA"]) / "list.xlsx"
        path.write_bytes(_workbook(own))
        began = time.process_time()
        sheet = _read(path, own)
        mapping = {field.label: field.key for field in list_import.kind_of(own).fields if field.label in sheet.header}
        found = list_takeover.preview(db.session(), actor, own, sheet, mapping)
        compared = time.process_time() - began
        began = time.process_time()
        done = list_takeover.run(db.session(), actor, own, sheet, mapping)
        db.session.commit()
        written = time.process_time() - began
    assert not found.result.error_count, found.result.errors[:3]
    assert (len(done.new), len(done.changed)) == (LIST // 10, LIST - LIST // 10)
    return [
        Case("名单读入并比较，5,000 行", compared),
        Case("名单比较并写入，5,000 行", written),
        Case("名单从读入到写入，5,000 行", compared + written, LIST_GOAL, f"≤ {LIST_GOAL:.0f} s"),
    ]


def _read(path: Path, campaign: m.Campaign) -> Sheet:
    return find_header(read_rows(path, original_name=path.name), list_import.kind_of(campaign).fields)


def _workbook(campaign: m.Campaign) -> bytes:
    """Rows of the ledger with other progress and limits, and one in ten that it does not have."""
    first = LEDGER - (LIST - LIST // 10) + 1
    rows = [
        {
            "n": f"XF{number:09d}", "due": date(2027, 3, 1) + timedelta(days=number % 28), "said": f"第{number}件已与信访人见面",
            "own": "合理但要求过高", "money": number,
        }
        for number in range(first, first + LIST)
    ]  # fmt: skip
    columns = [
        Column("n", "信访事项编号"), Column("due", "化解时限", kind="date"), Column("said", "办理情况"), Column("own", "诉求性质"),
        Column("money", "救助金额（元）", kind="int"),
    ]  # fmt: skip
    out = io.BytesIO()
    write_table(out, TableSheet(columns, rows))
    return out.getvalue()


@contextmanager
def office() -> Iterator[tuple[Flask, Actor]]:
    """A new office with three campaigns over so many matters."""
    with fresh_office.opened() as app:
        actor = system(TODAY, NOW)
        with app.app_context():
            _fill(actor)
        yield app, actor


def _fill(actor: Actor) -> None:
    session = db.session()
    office = session.scalars(sa.select(m.Unit).where(m.Unit.is_office)).first()
    password = hashed(PASSWORD)
    session.add(
        m.User(
            username="measured",
            name="何平",
            role=Role.OFFICE_HEAD,
            unit=office,
            password_hash=password,
            must_change_password=False,
        )
    )
    units = [m.Unit(name=f"责任单位{n}", position=n) for n in range(20)]
    session.add_all(units)
    for name in (EMPTY, OWN, WHOLE):
        draft = rules.draft("year", date(2026, 1, 1)) | {"name": name, "body": "区联席办", "scope": rules.Scope()}
        campaigns.save(session, actor, campaigns.Plan(**draft))
    session.commit()
    ids = dict(session.execute(sa.select(m.Campaign.name, m.Campaign.id)).all())
    unit_ids = [unit.id for unit in units]
    session.commit()
    schemes = list(rules.BY_KEY["year"].schemes)
    with db.engine.begin() as connection:
        connection.execute(sa.insert(m.Petition.__table__), [_matter(n, unit_ids) for n in range(1, LARGE + 1)])
        for name, size in ((OWN, LEDGER), (WHOLE, LARGE)):
            rows = [_row(ids[name], n, unit_ids, schemes) for n in range(1, size + 1)]
            connection.execute(sa.insert(m.CampaignCase.__table__), rows)
        connection.exec_driver_sql("ANALYZE")


def _matter(n: int, unit_ids: list[int]) -> dict[str, object]:
    return {
        "id": n, "number": f"XF{n:09d}", "title": f"第{n}件", "demand": "诉求", "channel": "visit", "status": "handling",
        "unit_id": unit_ids[n % 20], "registered_on": date(2025, 1, 1) + timedelta(days=n % 500),
    }  # fmt: skip


def _row(campaign_id: int, n: int, unit_ids: list[int], schemes: list[str]) -> dict[str, object]:
    resolved = date(2026, 9, 1) + timedelta(days=n % 60) if n % 3 == 0 else None
    return {
        "campaign_id": campaign_id, "petition_id": n, "scheme": schemes[n % len(schemes)], "unit_id": unit_ids[n % 20],
        "state": "resolved" if resolved else "doing", "resolved_on": resolved, "entered_on": date(2026, 1, 5) + timedelta(days=n % 290),
        "due_on": date(2026, 10, 1) + timedelta(days=n % 90), "progress": "已与信访人见面", "responsible": "郑伟",
    }  # fmt: skip
