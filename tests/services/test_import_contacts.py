"""Contacts from Excel: real tables come in whole, twice is once, each row as the screen would register it (A4, C11)."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import OPEN_STATUSES
from services import audit, bulk_registration, clocks, imports, petitions, registration, search
from services.workbook_in import Cell
from tests.samples.books import categories_xlsx, messages_xlsx
from tests.samples.tables import contacts, everything, number_of, real, saved, sheet, take


def test_396_real_messages_become_396_contacts_and_twice_is_once(office: Any) -> None:
    """Issue, item 4: 396 contacts, 0 errors, carried over, no clocks; again creates nothing; users' repeats never joined."""
    path, session, actor = real("群众留言.xlsx"), office.session, office.actor("clerk")
    imports.import_file(session, actor, "categories", real("内容分类.xlsx"))
    started = time.perf_counter()
    first = imports.import_file(session, actor, "contacts", path, carried_over=True)
    assert time.perf_counter() - started < 20
    assert first == {"rows": 396, "created": 396, "joined": 0, "skipped": 0, "errors": [], "warnings": []}
    again = imports.import_file(session, actor, "contacts", path, carried_over=True)
    assert (again["created"], again["skipped"]) == (0, 396)
    rows = everything(session, m.Contact)
    assert len(rows) == len({row.petition_id for row in rows}) == 396
    assert {(row.registered_on == row.received_on, row.is_carried_over, row.is_first) for row in rows} == {(True,) * 3}
    assert {row.category.level for row in everything(session, m.Petition)} == {1}
    assert number_of(session, m.Clock) == 0
    assert audit.verify(session)["ok"]


def test_the_messages_with_replies_are_understood_too(office: Any) -> None:
    found = imports.import_file(
        office.session, office.actor("clerk"), "contacts", real("群众留言与答复.xlsx"), carried_over=True
    )
    assert (found["created"], found["errors"]) == (60, [])


def test_a_message_is_registered_as_the_screen_would(office: Any, tmp_path: Path) -> None:
    """A4: number normalised, padding gone, text that looks like a formula stays text, an unknown category kept as text."""
    session, actor = office.session, office.actor("clerk")
    imports.import_file(session, actor, "categories", saved(tmp_path, categories_xlsx()))
    found = imports.import_file(
        session, actor, "contacts", saved(tmp_path, messages_xlsx(), "留言.xlsx"), carried_over=True
    )
    assert (found["created"], found["errors"]) == (4, [])
    assert [(one["row"], one["column"]) for one in found["warnings"]] == [(4, "一级分类"), (5, "一级分类")]
    lamp, _, _, formula = everything(session, m.Contact)
    assert (lamp.external_number, lamp.source, lamp.channel) == ("37", "留言导入", "online")
    assert lamp.demand == "尊敬的领导：\n路灯已坏半年。"
    assert lamp.petition.category.path == "城乡建设"
    assert (lamp.number, lamp.petition.number) == ("LX2020-000001", "XF2020-000001")
    assert formula.petition.title == '=HYPERLINK("http://x","点我")'
    assert (formula.petition.category_id, formula.petition.category_text) == (None, "没有这个分类")
    assert formula.registered_on == date(2019, 3, 5)


def test_history_search_people_and_audit_are_as_with_a_single_registration(office: Any) -> None:
    """J1: each row leaves its history line, its petitioner, its text in the search and its entries in the trail."""
    session, actor = office.session, office.actor("clerk")
    take(office, "contacts", contacts(["7", "单小红", "井盖缺失", date(2026, 11, 20), "村口井盖缺失"]))
    contact = everything(session, m.Contact)[0]
    move = contact.petition.moves[0]
    assert (move.verb, move.note, move.details, move.by_id) == (
        "register", contact.number, {"contact_id": contact.id}, actor.user_id,
    )  # fmt: skip
    assert contact.people[0].petitioner.initials == "sxh"
    assert session.scalars(search.statement(session, actor, "井盖")).all() == [contact.petition]
    actions = session.execute(sa.select(m.AuditEntry.action, m.AuditEntry.table_name)).all()
    assert {("create", table) for table in ("contact", "petition", "petitioner", "move")} <= set(map(tuple, actions))
    assert ("import", "") in set(map(tuple, actions))
    assert audit.verify(session)["ok"]


def test_one_by_one_and_in_bulk_make_the_same_matter(office: Any) -> None:
    """The fast way writes what services.petitions.register writes."""
    session, actor = office.session, office.actor("clerk")

    def said() -> registration.Registration:
        return registration.Registration(
            channel="letter",
            demand="路灯损坏",
            received_on=office.today,
            people=[registration.Person("张三", "13800000000")],
        )

    single = petitions.register(session, actor, said())
    [(_, petition_id)] = bulk_registration.register_many(session, actor, [said()])
    bulk = session.get(m.Petition, petition_id).contacts[0]
    own = {"id", "number", "petition_id", "created_at", "version"}
    for one, other in (
        (single, bulk),
        (single.petition, bulk.petition),
        (single.petition.clocks[0], bulk.petition.clocks[0]),
    ):
        names = [column.key for column in one.__table__.columns if column.key not in own]
        assert {name: getattr(one, name) for name in names} == {name: getattr(other, name) for name in names}
    assert bulk.people[0].petitioner_id == single.people[0].petitioner_id
    assert (single.number, bulk.number) == ("LX2026-000001", "LX2026-000002")


def test_people_are_known_by_number_never_by_name_alone(office: Any) -> None:
    """A2: the same name with the same phone or ID number is one person, in the table and in the office."""
    session, day = office.session, date(2026, 11, 20)
    header = ["编号", "姓名", "电话", "证件号码", "日期", "内容"]
    before = sheet(header, ["1", "张三", "13800000001", None, day, "一"])
    take(office, "contacts", before)
    rows: list[list[Cell]] = [
        ["2", "张三", "+86 138 0000 0001", "43052419900101001X", day, "一"],
        ["3", "张三", None, "43052419900101001x", day, "一"],
        ["4", "张三", None, None, day, "一"],
        ["5", "李四", "13800000001", None, day, "一"],
    ]
    take(office, "contacts", sheet(header, *rows))
    owners = [contact.people[0].petitioner_id for contact in everything(session, m.Contact)]
    assert owners[0] == owners[1] == owners[2]
    assert len(set(owners)) == 3


def test_fresh_rows_get_their_clock(office: Any) -> None:
    """B2: without 历史结转 the office's first term runs from the day received."""
    take(office, "contacts", contacts(["1", "张三", "", date(2026, 11, 18), "内容"]))
    petition = everything(office.session, m.Petition)[0]
    assert (petition.due_term, clocks.current(petition).started_on) == ("office_route", date(2026, 11, 18))


def test_a_matters_number_joins(office: Any) -> None:
    """A3: the named matter gets a second contact; it is 重复."""
    day, session = date(2026, 11, 20), office.session
    take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"]))
    first = everything(session, m.Petition)[0]
    table = contacts(["2", "张三", "路灯", day, "又来", first.number], more=("信访事项编号",))
    found = take(office, "contacts", table)
    assert (found.created, found.joined) == (0, 1)
    assert [contact.is_first for contact in first.contacts] == [True, False]


def test_long_titles_are_cut_and_nameless_rows_are_anonymous(office: Any) -> None:
    day = date(2026, 11, 20)
    found = take(
        office, "contacts", contacts(["1", None, "题" * 150, day, "一"], ["2", "匿名", None, day, "第一句。二"])
    )
    first, second = everything(office.session, m.Contact)
    assert (len(first.petition.title), first.is_anonymous, first.people) == (100, True, [])
    assert (second.petition.title, second.is_anonymous) == ("第一句", True)
    assert [one["column"] for one in found.warnings] == ["姓名", "主题", "姓名"]


def test_rows_without_a_number_are_registered_each_time(office: Any) -> None:
    """Without a key the database keeps source and number empty together."""
    table = sheet(["姓名", "日期", "内容"], ["甲", date(2026, 11, 20), "一"])
    take(office, "contacts", table)
    take(office, "contacts", table)
    assert {(row.source, row.external_number) for row in everything(office.session, m.Contact)} == {(None, None)}
    assert number_of(office.session, m.Contact) == 2


def test_the_other_columns_arrive(office: Any) -> None:
    """A1–A4: channel and purpose by label, people counted, place, protected fields, three category columns."""
    session = office.session
    take(office, "categories", sheet(["一级分类", "二级分类", "三级分类"], ["城乡建设", "物业管理", "收费"]))
    header = ["编号", "姓名", "电话", "身份证号", "住址", "日期", "内容", "信访形式", "人数", "信访目的", "属地"]
    row: list[Cell] = ["1", "张三", 13800000000.0, "43052419900101001X", "河东村", date(2026, 11, 20), "一", "来访", 6.0,
                       "检举控告", "河东"]  # fmt: skip
    take(
        office, "contacts", sheet([*header, "一级分类", "二级分类", "三级分类"], [*row, "城乡建设", "物业管理", "收费"])
    )
    contact = everything(session, m.Contact)[0]
    person = contact.people[0].petitioner
    assert (contact.channel, contact.people_count, contact.purpose, contact.place) == ("visit", 6, "report", "河东")
    assert (person.phone, person.id_number, person.address) == ("13800000000", "43052419900101001X", "河东村")
    assert (contact.number[:2], contact.petition.number[:2]) == ("JL", "JB")
    assert contact.petition.category.path == "城乡建设/物业管理/收费"


@pytest.mark.parametrize("text", ["城乡建设/物业管理", " 城乡建设 ＞ 物业管理 ", "城乡建设／物业管理"])
def test_a_whole_path_in_one_cell_is_understood(office: Any, text: str) -> None:
    take(office, "categories", sheet(["一级分类", "二级分类"], ["城乡建设", "物业管理"]))
    take(office, "contacts", contacts(["1", "甲", "", date(2026, 11, 20), "一", text], more=("内容分类",)))
    assert everything(office.session, m.Petition)[0].category.path == "城乡建设/物业管理"


def test_a_dry_run_writes_nothing_and_shows_the_rows(office: Any) -> None:
    table = contacts(["1", "甲", "路灯", date(2026, 11, 20), "一"])
    found = take(office, "contacts", table, dry_run=True)
    assert (found.created, number_of(office.session, m.Contact)) == (1, 0)
    assert found.preview[0]["cells"]["信访人"] == "甲"
    assert found.preview[0]["fate"] == "新增"
    assert set(found.as_json()) == {"rows", "created", "joined", "skipped", "errors", "warnings"}


def test_many_rows_pass_in_several_chunks(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers run on across chunks, in the order of the file."""
    monkeypatch.setattr(bulk_registration, "CHUNK", 3)
    take(office, "contacts", contacts(*([str(n), f"人{n}", "", date(2026, 11, 20), f"诉求{n}"] for n in range(8))))
    rows = everything(office.session, m.Contact)
    assert [row.number for row in rows] == [f"LX2026-{n:06d}" for n in range(1, 9)]
    assert [row.external_number for row in rows] == [str(n) for n in range(8)]
    assert {row.petition.status for row in rows} <= set(OPEN_STATUSES)


@pytest.mark.db
def test_both_databases_take_the_messages(office: Any, tmp_path: Path) -> None:
    """The bulk statements and the pair index work on SQLite and PostgreSQL."""
    session, actor = office.session, office.actor("clerk")
    found = imports.import_file(session, actor, "contacts", saved(tmp_path, messages_xlsx()), carried_over=True)
    assert found["created"] == 4
    assert len(session.scalars(search.statement(session, actor, "路灯")).all()) == 1
    assert audit.verify(session)["ok"]
