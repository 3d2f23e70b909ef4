"""Imports (A4, C11): real tables come in whole, twice is once, one wrong row stops everything, every complaint has its place."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import OPEN_STATUSES, Purpose, Rank, RuleBroken, Status, UnitKind
from services import audit, bulk_registration, clocks, gate, imports, petitions, registration, search
from services.import_fields import KINDS
from services.import_rows import Options
from services.workbook_in import Cell, Row, Sheet
from tests.samples.books import book, categories_xlsx, messages_xlsx

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CONTACT_COLUMNS = {"编号": "external_number", "姓名": "name", "主题": "title", "日期": "received_on", "内容": "demand"}


def sheet(header: list[str], *rows: list[Cell]) -> Sheet:
    return Sheet(header, [Row(number, list(row)) for number, row in enumerate(rows, 2)])


def contacts(*rows: list[Cell], more: tuple[str, ...] = ()) -> Sheet:
    return sheet([*CONTACT_COLUMNS, *more], *rows)


def take(
    office: Any, kind: str, table: Sheet, mapping: dict[str, str] | None = None, who: str = "clerk", **said: Any
) -> Any:
    """Import a sheet as `who`, columns guessed unless mapped."""
    chosen = mapping or imports.column_map.guess(table.header, KINDS[kind].fields)
    return imports.run(office.session, office.actor(who), kind, table, chosen, **said)


def number_of(session: Any, model: type[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).execution_options(gated=True))


def everything(session: Any, model: type[Any]) -> list[Any]:
    return list(session.scalars(sa.select(model).order_by(model.id).execution_options(gated=True)))


def real(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return DATA / name


def saved(folder: Path, data: bytes, name: str = "表.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# --- the real files -----------------------------------------------------------------------------------------------------


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


def test_517_real_rows_become_the_three_levels(office: Any) -> None:
    """Issue: 15 / 118 / 517, matched on the whole path; again creates nothing."""
    path, session = real("内容分类.xlsx"), office.session
    for created, skipped in ((650, 0), (0, 517)):
        found = imports.import_file(session, office.actor("office_head"), "categories", path)
        assert (found["created"], found["skipped"], found["errors"]) == (created, skipped, [])
    levels = session.execute(sa.select(m.Category.level, sa.func.count()).group_by(m.Category.level)).all()
    assert sorted(map(tuple, levels)) == [(1, 15), (2, 118), (3, 517)]


def test_the_messages_with_replies_are_understood_too(office: Any) -> None:
    found = imports.import_file(
        office.session, office.actor("clerk"), "contacts", real("群众留言与答复.xlsx"), carried_over=True
    )
    assert (found["created"], found["errors"]) == (60, [])


# --- contacts -----------------------------------------------------------------------------------------------------------


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
    own = {"id", "number", "petition_id", "created_at"}
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


@pytest.mark.parametrize(
    ("day", "carried", "said"),
    [
        (date(2018, 7, 17), True, "按历史结转导入"),
        (date(2026, 8, 1), False, "60 天以前收到"),
        (date(2026, 11, 20), False, ""),
    ],
)
def test_old_rows_without_the_mark_are_pointed_out(office: Any, day: date, carried: bool, said: str) -> None:
    """What lies before every term is carried over by nature; what would be overdue at once is said."""
    found = take(office, "contacts", contacts(["1", "张三", "", day, "内容"]))
    petition = everything(office.session, m.Petition)[0]
    assert (petition.is_carried_over, petition.due_on is None) == (carried, carried)
    assert [said in one["message"] for one in found.warnings] == ([True] if said else [])


def test_the_same_persons_rows_are_never_joined(office: Any) -> None:
    """A3: joining is a person's decision; only a matter's own number joins."""
    day = date(2026, 11, 20)
    found = take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"], ["2", "张三", "路灯", day, "一"]))
    assert (found.created, found.joined) == (2, 0)


def test_a_matters_number_joins(office: Any) -> None:
    """A3: the named matter gets a second contact; it is 重复."""
    day, session = date(2026, 11, 20), office.session
    take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"]))
    first = everything(session, m.Petition)[0]
    table = contacts(["2", "张三", "路灯", day, "又来", first.number], more=("信访事项编号",))
    found = take(office, "contacts", table)
    assert (found.created, found.joined) == (0, 1)
    assert [contact.is_first for contact in first.contacts] == [True, False]


def test_a_hidden_matter_cannot_be_joined(office: Any) -> None:
    """C2: a number the actor may not know of is as good as none."""
    session, head = office.session, office.unit("office")
    said = registration.Registration(
        channel="letter",
        demand="反映信访办",
        received_on=office.today,
        is_anonymous=True,
        purpose=Purpose.REPORT,
        respondents=[registration.Accused(petitions.RespondentKind.UNIT, head.id, head.name)],
    )
    hidden = petitions.register(session, office.actor("system"), said).petition
    row: list[Cell] = ["1", "张三", "路灯", office.today, "一", hidden.number]
    found = take(office, "contacts", contacts(row, more=("信访事项编号",)))
    absent = take(office, "contacts", contacts([*row[:5], "XF1999-000001"], more=("信访事项编号",)))
    assert found.errors[0]["message"].replace(hidden.number, "") == absent.errors[0]["message"].replace(
        "XF1999-000001", ""
    )


def test_a_voided_matter_cannot_be_joined(office: Any) -> None:
    day, session = date(2026, 11, 20), office.session
    take(office, "contacts", contacts(["1", "张三", "路灯", day, "一"]))
    petition = everything(session, m.Petition)[0]
    petition.status, petition.voided_on, petition.void_reason = Status.VOIDED, day, "重复登记"
    found = take(office, "contacts", contacts(["2", "张三", "", day, "一", petition.number], more=("信访事项编号",)))
    assert "已作废" in found.errors[0]["message"]


@pytest.mark.parametrize(
    ("column", "value", "fragment"),
    [
        ("日期", None, "没有填写"),
        ("日期", "昨天", "不是日期"),
        ("日期", "2026-02-30", "不是日期"),
        ("日期", date(2026, 11, 22), "不能晚于今天"),
        ("内容", None, "没有填写"),
        ("内容", "\t\n ", "没有填写"),
        ("姓名", "张" * 61, "最多 60 个字"),
        ("编号", "9" * 61, "最多 60 个字"),
        ("编号", 1.10101199001011e17, "超过 15 位"),
        ("信访方式", "飞鸽", "不在可选范围内，请改为：来信、来访"),
        ("信访目的", "报仇", "不在可选范围内，请改为：求决"),
        ("人数", "很多", "整数"),
        ("人数", 0.0, "整数"),
        ("问题属地", "河" * 101, "最多 100 个字"),
        ("证件号码", "1" * 31, "最多 30 个字"),
        ("登记日期", date(2026, 11, 1), "不能晚于登记日期"),
        ("信访事项编号", "XF1999-000001", "没有找到信访事项"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(office: Any, column: str, value: Cell, fragment: str) -> None:
    """C11, issue: row, column, what is wrong; all or nothing."""
    header = [*CONTACT_COLUMNS, "信访方式", "信访目的", "人数", "问题属地", "证件号码", "登记日期", "信访事项编号"]
    good: dict[str, Cell] = {"编号": "1", "姓名": "张三", "日期": date(2026, 11, 20), "内容": "一"}
    table = sheet(
        header,
        [good.get(name) for name in header],
        [(good | {"编号": "2", column: value}).get(name) for name in header],
    )
    found = take(office, "contacts", table)
    where = "日期" if column == "登记日期" else column
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, where)]
    assert fragment in found.errors[0]["message"]
    assert (found.created, number_of(office.session, m.Contact)) == (0, 0)


def test_doubles_in_the_file_are_named(office: Any) -> None:
    """37.0 and '37' are one number."""
    day = date(2026, 11, 20)
    found = take(office, "contacts", contacts(["37", "甲", "", day, "一"], [37.0, "乙", "", day, "二"]))
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, "编号")]
    assert "与第 2 行重复" in found.errors[0]["message"]


def test_a_known_number_with_another_day_is_pointed_out(office: Any) -> None:
    """Two tables may both count from 1: skipped, but not silently."""
    take(office, "contacts", contacts(["1", "甲", "", date(2026, 11, 19), "一"]))
    found = take(office, "contacts", contacts(["1", "乙", "", date(2026, 11, 20), "二"]))
    assert (found.created, found.skipped) == (0, 1)
    assert "换一个来源名称" in found.warnings[0]["message"]
    other = take(
        office, "contacts", contacts(["1", "乙", "", date(2026, 11, 20), "二"]), options=Options(source="市长信箱")
    )
    assert other.created == 1


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


def test_a_leaf_name_alone_is_not_enough(office: Any) -> None:
    """A4: 390 of 517 leaf names are distinct; the whole path decides."""
    take(office, "categories", sheet(["一级分类", "二级分类"], ["城乡建设", "物业管理"]))
    found = take(
        office, "contacts", contacts(["1", "甲", "", date(2026, 11, 20), "一", "物业管理"], more=("内容分类",))
    )
    assert [one["column"] for one in found.warnings] == ["内容分类"]
    assert everything(office.session, m.Petition)[0].category_text == "物业管理"


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


def test_somebody_who_was_faster_stops_the_whole_import(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses the double; the office says it in a sentence."""
    table = contacts(["1", "甲", "", date(2026, 11, 20), "一"])
    take(office, "contacts", table)
    office.session.commit()
    monkeypatch.setattr(bulk_registration, "known_numbers", lambda *_: {})
    with pytest.raises(RuleBroken, match="没有导入任何一行"):
        take(office, "contacts", table)
    office.session.rollback()
    assert number_of(office.session, m.Contact) == 1


# --- what an office is made of ------------------------------------------------------------------------------------------


def test_units_come_with_their_tree(office: Any) -> None:
    """A parent may stand further down; what is there is skipped; positions run on."""
    table = sheet(
        ["单位名称", "单位类型", "上级单位", "电话"],
        ["河西一组", "其他单位", "河西村", None],
        ["河西村", "村(社区)", "青石镇人民政府", 12345678.0],
        ["城建办", None, None, None],
    )
    found = take(office, "units", table, who="office_head")
    assert (found.created, found.skipped, found.errors) == (2, 1, [])
    units = {unit.name: unit for unit in everything(office.session, m.Unit)}
    assert (units["河西一组"].parent, units["河西村"].parent.name) == (units["河西村"], "青石镇人民政府")
    assert (units["河西村"].kind, units["河西村"].phone) == (UnitKind.VILLAGE, "12345678")
    assert units["河西村"].position > units["河西一组"].position > units["民政办"].position
    assert take(office, "units", table, who="office_head").created == 0


@pytest.mark.parametrize(
    ("rows", "where", "fragment"),
    [
        ([["新单位", None, "不存在"]], (2, "上级单位"), "没有上级单位"),
        ([["甲", None, "乙"], ["乙", None, "甲"]], (2, "上级单位"), "绕回到它自己"),
        ([["甲", None, "甲"]], (2, "上级单位"), "绕回到它自己"),
        ([["甲", None, None], ["甲", None, None]], (3, "单位名称"), "与第 2 行重复"),
        ([["甲", "集团公司", None]], (2, "单位类型"), "不在可选范围内"),
        ([["甲" * 81, None, None]], (2, "单位名称"), "最多 80 个字"),
        ([[None, "部门站所", None]], (2, "单位名称"), "没有填写"),
    ],
)
def test_a_wrong_unit_is_named(office: Any, rows: list[list[Cell]], where: tuple[int, str], fragment: str) -> None:
    before = number_of(office.session, m.Unit)
    found = take(office, "units", sheet(["单位名称", "单位类型", "上级单位"], *rows), who="office_head")
    assert (found.errors[0]["row"], found.errors[0]["column"]) == where
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.Unit) == before


def test_leaders_come_with_division_and_units(office: Any) -> None:
    """D1: position, rank, division of work, phone, turn, the units answered for."""
    table = sheet(
        ["姓名", "职务", "班子身份", "分管工作", "电话", "轮值顺序", "分管单位"],
        ["周正", "党委书记", "主要领导", "主持全面工作", "0739-1", 1.0, "城建办、民政办"],
        ["周正", "县委委员", None, None, None, None, None],
        ["陈立国", "镇长", None, None, None, None, None],
    )
    found = take(office, "leaders", table, who="sysadmin")
    assert (found.created, found.skipped, found.errors) == (2, 1, [])
    made = [leader for leader in everything(office.session, m.Leader) if leader.name == "周正"]
    assert (made[0].rank, made[0].turn, [unit.name for unit in made[0].units]) == (Rank.MAIN, 1, ["城建办", "民政办"])
    assert (made[1].rank, made[1].turn) == (Rank.OTHER, 6)


@pytest.mark.parametrize(
    ("row", "column", "fragment"),
    [
        (["甲", None, None, None], "职务", "没有填写"),
        (["甲", "镇长", "一把手", None], "级别", "不在可选范围内"),
        (["甲", "镇长", None, "没有的单位"], "分管单位", "没有单位"),
        (["甲" * 41, "镇长", None, None], "姓名", "最多 40 个字"),
    ],
)
def test_a_wrong_leader_is_named(office: Any, row: list[Cell], column: str, fragment: str) -> None:
    found = take(office, "leaders", sheet(["姓名", "职务", "级别", "分管单位"], row), who="office_head")
    assert [(one["row"], one["column"]) for one in found.errors] == [(2, column)]
    assert fragment in found.errors[0]["message"]
    assert found.created == 0


def test_the_same_leaf_under_two_parents_is_two_nodes(office: Any, tmp_path: Path) -> None:
    """A4: matched on the whole path; nodes missing in a newer table stay."""
    session, actor = office.session, office.actor("office_head")
    found = imports.import_file(session, actor, "categories", saved(tmp_path, categories_xlsx()))
    assert found["created"] == 2 + 3 + 4
    newer = imports.import_file(session, actor, "categories", saved(tmp_path, book([["一级分类"], ["农村农业"]])))
    assert newer["created"] == 1
    assert {"城乡建设/物业管理/收费", "环境保护/噪声污染/收费", "农村农业"} <= {
        node.path for node in everything(session, m.Category)
    }


@pytest.mark.parametrize(
    ("row", "column", "fragment"),
    [
        ([None, "物业", None], "一级分类", "没有填写"),
        (["城建", None, "收费"], "二级分类", "这一级是空的"),
        (["城/建", None, None], "一级分类", "不能含“/”"),
        (["城" * 61, None, None], "一级分类", "最多 60 个字"),
    ],
)
def test_a_wrong_category_is_named(office: Any, row: list[Cell], column: str, fragment: str) -> None:
    table = sheet(["一级分类", "二级分类", "三级分类"], row, ["好的", None, None])
    found = take(office, "categories", table, who="office_head")
    assert (found.errors[0]["row"], found.errors[0]["column"]) == (2, column)
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.Category) == 0


def test_a_category_twice_in_the_file_is_made_once(office: Any) -> None:
    found = take(office, "categories", sheet(["一级分类"], ["城建"], ["城建"]), who="office_head")
    assert (found.created, found.skipped, len(found.warnings)) == (1, 1, 1)


# --- a campaign's ledger ------------------------------------------------------------------------------------------------

LEDGER = [
    "专项活动",
    "信访事项编号",
    "问题类别",
    "责任单位",
    "包案领导",
    "化解情况",
    "进展情况",
    "化解日期",
    "化解时限",
]


@pytest.fixture
def campaign(office: Any) -> m.Campaign:
    """A running campaign with one category, and two matters LX/XF2026-1 and 2."""
    made = m.Campaign(
        name="治重化积", body="县联席办", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), schemes=["民生问题类"]
    )
    office.session.add(made)
    day = date(2026, 11, 19)
    take(office, "contacts", contacts(["1", "甲", "路灯", day, "一"], ["2", "乙", "水渠", day, "二"]))
    return made


def test_a_ledger_is_taken_in_and_filled(office: Any, campaign: m.Campaign) -> None:
    """G2: unit, leader, category and progress arrive; what is there is skipped and left alone."""
    row: list[Cell] = [
        "治重化积",
        "XF2026-000001",
        "民生问题类",
        "城建办",
        "赵明",
        "已化解",
        "已修好",
        "2026-11-20",
        None,
    ]
    table = sheet(LEDGER, row, ["治重化积", "XF2026-000002", None, None, None, None, None, None, "2026-12-01"])
    found = take(office, "campaign-cases", table)
    assert (found.created, found.skipped, found.errors) == (2, 0, [])
    first, second = everything(office.session, m.CampaignCase)
    assert (first.unit.name, first.leader.name, first.scheme) == ("城建办", "赵明", "民生问题类")
    assert (first.state, first.resolved_on, first.progress) == ("resolved", date(2026, 11, 20), "已修好")
    assert (second.state, second.due_on, second.entered_on) == ("open", date(2026, 12, 1), office.today)
    again = take(office, "campaign-cases", table)
    assert (again.created, again.skipped) == (0, 2)


@pytest.mark.parametrize(
    ("column", "value", "fragment"),
    [
        ("专项活动", "没有的", "没有专项活动"),
        ("专项活动", None, "没有填写"),
        ("信访事项编号", "XF1999-000001", "没有找到可列入台账的信访事项"),
        ("问题类别", "别的类", "本活动没有“别的类”"),
        ("责任单位", "别的办", "没有“别的办”"),
        ("包案领导", "无此人", "没有“无此人”"),
        ("化解情况", "已移出", "不在可选范围内"),
        ("化解时限", "年底", "不是日期"),
        ("化解日期", "2026-11-01", "不能有化解日期"),
        ("进展情况", "长" * 501, "最多 500 个字"),
    ],
)
def test_a_wrong_ledger_row_is_named(
    office: Any, campaign: m.Campaign, column: str, value: Cell, fragment: str
) -> None:
    good: dict[str, Cell] = {"专项活动": "治重化积", "信访事项编号": "XF2026-000002"}
    rows = [["治重化积", "XF2026-000001", *[None] * 7], [(good | {column: value}).get(name) for name in LEDGER]]
    found = take(office, "campaign-cases", sheet(LEDGER, *rows))
    assert [(one["row"], one["column"]) for one in found.errors] == [(3, column)]
    assert fragment in found.errors[0]["message"]
    assert number_of(office.session, m.CampaignCase) == 0


@pytest.mark.parametrize(
    ("state", "progress", "day", "column"),
    [("已化解", None, None, "进展情况"), ("已化解", "修好", "2026-11-22", "化解日期")],
)
def test_a_resolved_row_says_how_and_when(
    office: Any, campaign: m.Campaign, state: str, progress: str | None, day: str | None, column: str
) -> None:
    row: list[Cell] = ["治重化积", "XF2026-000001", None, None, None, state, progress, day, None]
    found = take(office, "campaign-cases", sheet(LEDGER, row))
    assert [one["column"] for one in found.errors] == [column]


def test_a_guarded_matter_enters_no_ledger(office: Any, campaign: m.Campaign) -> None:
    """C2: the same sentence as for a number that does not exist."""
    matter = everything(office.session, m.Petition)[0]
    matter.is_secret = True
    office.session.flush()
    found = take(
        office, "campaign-cases", sheet(LEDGER[:2], ["治重化积", "XF2026-000001"], ["治重化积", "XF1999-000001"])
    )
    said = [one["message"].replace("1999", "2026") for one in found.errors]
    assert len(said) == 2
    assert said[0] == said[1]


def test_doubles_and_voided_matters_in_a_ledger(office: Any, campaign: m.Campaign) -> None:
    matter = everything(office.session, m.Petition)[1]
    matter.status, matter.voided_on, matter.void_reason = Status.VOIDED, office.today, "重复"
    rows: list[list[Cell]] = [["治重化积", f"XF2026-00000{n}"] for n in (1, 1, 2)]
    found = take(office, "campaign-cases", sheet(LEDGER[:2], *rows))
    assert [("与第 2 行重复" in one["message"], "已作废" in one["message"]) for one in found.errors] == [
        (True, False),
        (False, True),
    ]


# --- the whole table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "kind", "may"),
    [
        ("clerk", "campaign-cases", True),
        ("sysadmin", "campaign-cases", False),
        ("clerk", "contacts", True),
        ("office_head", "contacts", True),
        ("sysadmin", "contacts", False),
        ("handler_a", "contacts", False),
        ("sysadmin", "units", True),
        ("clerk", "leaders", True),
        ("inspector", "categories", False),
        ("auditor", "units", False),
    ],
)
def test_who_may_import_what(office: Any, who: str, kind: str, may: bool) -> None:
    """C1: the verb is asked by the service, so the command line's --as meets it too."""
    if may:
        assert imports.kind_of(office.actor(who), kind).key == kind
        return
    with pytest.raises(gate.Forbidden):
        imports.kind_of(office.actor(who), kind)


def test_an_unknown_kind_is_not_there(office: Any) -> None:
    with pytest.raises(gate.NotHere):
        imports.kind_of(office.actor("clerk"), "petitions")


@pytest.mark.parametrize(
    ("mapping", "fragment"),
    [
        ({"日期": "received_on"}, "必填字段“诉求”"),
        ({"日期": "received_on", "内容": "demand", "没有": "name"}, "没有“没有”这一列"),
        ({"日期": "received_on", "内容": "demand", "姓名": "password"}, "不存在"),
        ({"日期": "received_on", "内容": "demand", "姓名": "demand"}, "对应了 2 列"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(office: Any, mapping: dict[str, str], fragment: str) -> None:
    table = contacts(["1", "甲", "", date(2026, 11, 20), "一"])
    with pytest.raises(RuleBroken, match=fragment):
        take(office, "contacts", table, mapping)


def test_a_wrong_header_names_the_missing_column(office: Any, tmp_path: Path) -> None:
    path = saved(tmp_path, book([["姓名", "备注"], ["甲", "乙"]]))
    with pytest.raises(RuleBroken, match="必填字段“收到日期、诉求”没有对应的列"):
        imports.import_file(office.session, office.actor("clerk"), "contacts", path)


def test_a_header_alone_is_refused(office: Any) -> None:
    with pytest.raises(RuleBroken, match="没有数据"):
        take(office, "contacts", contacts())


@pytest.mark.parametrize(
    ("options", "field"),
    [(Options(channel="pigeon"), "channel"), (Options(source=" "), "source"), (Options(source="源" * 41), "source")],
)
def test_options_are_checked(office: Any, options: Options, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        take(office, "contacts", contacts(["1", "甲", "", date(2026, 11, 20), "一"]), options=options)
    assert refused.value.field == field


def test_a_header_below_a_title_is_found(office: Any, tmp_path: Path) -> None:
    """Offices put a title and 填报单位 on top; the row numbers stay Excel's."""
    rows = [["信访台账"], ["填报单位：青石镇"], ["编号", "姓名", "日期", "内容"], ["1", "甲", "昨天", "一"]]
    found = imports.import_file(office.session, office.actor("clerk"), "contacts", saved(tmp_path, book(rows)))
    assert [(one["row"], one["column"]) for one in found["errors"]] == [(4, "日期")]


def test_a_file_that_is_not_there(office: Any, tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match="没有找到文件"):
        imports.import_file(office.session, office.actor("clerk"), "contacts", tmp_path / "无.xlsx")


def test_a_map_file_must_be_texts(office: Any, tmp_path: Path) -> None:
    path: Any = saved(tmp_path, messages_xlsx())
    for mapping in ([], {"留言时间": 1}):
        with pytest.raises(RuleBroken, match="列对应文件"):
            imports.import_file(office.session, office.actor("clerk"), "contacts", path, mapping=mapping)  # type: ignore[arg-type]


def test_a_map_file_decides(office: Any, tmp_path: Path) -> None:
    path = saved(tmp_path, messages_xlsx())
    mapping = {"留言时间": "received_on", "留言主题": "demand"}
    found = imports.import_file(
        office.session, office.actor("clerk"), "contacts", path, mapping=mapping, carried_over=True
    )
    assert found["created"] == 4
    assert everything(office.session, m.Contact)[0].demand == "某小区路灯损坏半年未修"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_described_completely(kind: str) -> None:
    """The blank table of a kind is understood by its own guess; its sample fits its columns."""
    table = KINDS[kind]
    labels = [field.label for field in table.fields]
    assert imports.column_map.guess(labels, table.fields) == {field.label: field.key for field in table.fields}
    assert len(table.sample) == len(table.fields)


def test_the_samples_of_the_screen_can_be_imported(office: Any) -> None:
    day = datetime(2026, 11, 20)
    for kind in ("units", "leaders", "categories", "contacts"):
        table = KINDS[kind]
        cells: list[Cell] = [day if text == "2026-11-20" else text or None for text in table.sample]
        found = take(office, kind, sheet([field.label for field in table.fields], cells), who="office_head")
        assert (found.errors, found.created + found.skipped > 0) == ([], True), kind
