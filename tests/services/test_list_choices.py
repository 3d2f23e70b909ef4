"""Filters saved under a name, tags and chosen columns: whose they are, what they may hold, what they never show (C2, issue 4 point 5)."""

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind, RuleBroken
from services import gate, list_choices, tags
from services.registration import Accused
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

LETTERS = {"tab": "all", "channel": "letter"}


def names(office: Office, username: str) -> list[str]:
    return [row.name for row in office.session.scalars(list_choices.offered(office.actor(username)))]


ROLES = [
    # who        own      the clerk's private one, the clerk's shared one
    ("clerk", False, True, True),
    ("clerk2", True, False, True),
    ("office_head", True, False, True),
    ("handler_a", True, False, False),
    ("leader_a", True, False, False),
    ("inspector", True, False, False),
    ("statistician", True, False, False),
    ("archivist", True, False, False),
]


@pytest.mark.parametrize(("username", "own", "private", "shared"), ROLES)
def test_whose_filters_one_has(office: Office, username: str, own: bool, private: bool, shared: bool) -> None:
    """One's own, and what was shared with the office; never a colleague's private one."""
    clerk = office.actor("clerk")
    mine = list_choices.save(office.session, clerk, "petition", "我的来信", LETTERS)
    ours = list_choices.save(office.session, clerk, "petition", "全办来信", LETTERS, is_shared=True)
    if own:
        list_choices.save(office.session, office.actor(username), "petition", "自己的", LETTERS)
    expected = ["自己的"] * own + ["我的来信"] * private + ["全办来信"] * shared
    assert sorted(names(office, username)) == sorted(expected)
    actor = office.actor(username)
    for row, seen in ((mine, private), (ours, shared)):
        if seen:
            assert list_choices.find(office.session, actor, row.id) is row
        else:
            with pytest.raises(gate.NotHere):
                list_choices.find(office.session, actor, row.id)
        if username != "clerk":
            for change in (
                lambda row=row: list_choices.rename(office.session, actor, row, "改名", is_shared=False),
                lambda row=row: list_choices.remove(office.session, actor, row),
            ):
                with pytest.raises(RuleBroken, match="只有保存它的人"):
                    change()


REFUSED = [
    ("nothing asked", "名", {}, "还没有任何条件"),
    ("only a tab", "名", {"tab": "all", "page": "3", "cols": "a"}, "还没有任何条件"),
    ("a phone", "名", {"q": "138 0000 0026"}, "不能保存电话或证件号码"),
    ("an ID number", "名", {"q": "43062119700101001X"}, "不能保存电话或证件号码"),
    ("no name", " \0 ", LETTERS, "1 至 20 个字"),
    ("a long name", "长" * 21, LETTERS, "1 至 20 个字"),
    ("the same name", "已有", LETTERS, "已有名为“已有”"),
    ("too much", "名", {"q": "长" * 501}, "条件太长"),
]


@pytest.mark.parametrize(("what", "name", "conditions", "said"), REFUSED)
def test_what_is_not_saved(office: Office, what: str, name: str, conditions: dict[str, str], said: str) -> None:
    clerk = office.actor("clerk")
    list_choices.save(office.session, clerk, "petition", "已有", LETTERS)
    with pytest.raises(RuleBroken, match=said):
        list_choices.save(office.session, clerk, "petition", name, conditions)
    assert names(office, "clerk") == ["已有"], what


def test_only_the_office_shares(office: Office) -> None:
    with pytest.raises(RuleBroken, match="只有信访办人员"):
        list_choices.save(office.session, office.actor("handler_a"), "petition", "我的", LETTERS, is_shared=True)


def test_a_filter_is_renamed_shared_and_taken_away(office: Office) -> None:
    clerk = office.actor("clerk")
    row = list_choices.save(office.session, clerk, "petition", "来信", LETTERS)
    list_choices.rename(office.session, clerk, row, " 全部 来信 ", is_shared=True)
    assert (row.name, row.is_shared, names(office, "clerk2")) == ("全部 来信", True, ["全部 来信"])
    list_choices.remove(office.session, clerk, row)
    assert names(office, "clerk") == names(office, "clerk2") == []


def test_the_most_one_person_keeps(office: Office) -> None:
    clerk = office.actor("clerk")
    for number in range(list_choices.MOST):
        list_choices.save(office.session, clerk, "petition", f"第{number}", LETTERS)
    with pytest.raises(RuleBroken, match="最多保存 30 个"):
        list_choices.save(office.session, clerk, "petition", "再来", LETTERS)


@pytest.mark.parametrize("text", ["征地 补偿", "a&b=c%d+e#f", "‘；", "100%"])
def test_conditions_survive_being_written_down(text: str) -> None:
    said = {"tab": "all", "q": text, "registered": "2026-01-01..2026-12-31"}
    assert list_choices.read(list_choices.written(said)) == said


def test_columns_are_kept_for_each_reader_and_list(office: Office) -> None:
    clerk, other = office.actor("clerk"), office.actor("clerk2")
    assert list_choices.columns(office.session, clerk, "petition") == []
    list_choices.choose_columns(office.session, clerk, "petition", ["number", "title", "number"])
    list_choices.choose_columns(office.session, clerk, "contact", ["number"])
    assert list_choices.columns(office.session, clerk, "petition") == ["number", "title"]
    assert list_choices.columns(office.session, other, "petition") == []
    list_choices.choose_columns(office.session, clerk, "petition", ["place"])
    assert list_choices.columns(office.session, clerk, "petition") == ["place"]
    list_choices.choose_columns(office.session, clerk, "petition", [])
    assert list_choices.columns(office.session, clerk, "petition") == []


def test_a_saved_filter_leaves_no_words_in_the_trail(office: Office) -> None:
    """J2: the trail says that one was kept, never its name or what is looked for."""
    list_choices.save(office.session, office.actor("clerk"), "petition", "赵丽华的事", {"q": "赵丽华"})
    office.session.commit()
    entries = office.session.scalars(sa.select(m.AuditEntry).where(m.AuditEntry.table_name == "saved_filter")).all()
    assert len(entries) == 1
    assert "赵丽华" not in str(entries[0].details) + str(entries[0].changes if hasattr(entries[0], "changes") else "")


# -- tags


def test_tags_are_put_on_and_taken_off(office: Office) -> None:
    petition, clerk = registered(office, TODAY), office.actor("clerk")
    tags.put(office.session, clerk, petition, "拖欠工资、 节前 重点，拖欠工资;")
    assert tags.of(petition) == ["拖欠工资", "节前 重点"]
    tags.put(office.session, clerk, petition, "节前 重点、农民工")
    assert tags.of(petition) == ["农民工", "节前 重点"]
    assert [tag.name for tag in tags.offered(office.session, clerk)] == ["农民工", "节前 重点"]
    tags.put(office.session, clerk, petition, "")
    assert tags.of(petition) == []
    assert tags.offered(office.session, clerk) == []


@pytest.mark.parametrize(
    ("text", "said"), [("长" * 13, "超过 12 个字"), ("、".join(f"签{n}" for n in range(11)), "最多 10 个标签")]
)
def test_what_no_tag_can_be(office: Office, text: str, said: str) -> None:
    petition = registered(office, TODAY)
    with pytest.raises(RuleBroken, match=said):
        tags.put(office.session, office.actor("clerk"), petition, text)
    assert tags.of(petition) == []


def test_only_the_office_tags(office: Office) -> None:
    petition = registered(office, TODAY)
    with pytest.raises(gate.Forbidden):
        tags.put(office.session, office.actor("handler_a"), petition, "重点")


@pytest.mark.db
def test_a_tag_is_known_to_those_who_see_its_matter_c2(office: Office) -> None:
    """The accused unit's people and strangers learn not even that there is such a tag; making one of that name tells nothing."""
    unit = office.unit("a")
    secret = registered(
        office, TODAY, purpose=Purpose.REPORT, respondents=[Accused(RespondentKind.UNIT, unit.id, unit.name)]
    )
    tags.put(office.session, office.actor("clerk"), secret, "城建办问题")
    known = {"clerk": ["城建办问题"], "inspector": ["城建办问题"]}
    known |= {name: [] for name in ("handler_a", "unit_head_a", "leader_a", "handler_b", "archivist", "auditor")}
    for username, expected in known.items():
        assert [tag.name for tag in tags.offered(office.session, office.actor(username))] == expected, username
