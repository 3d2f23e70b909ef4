"""Was it here before: each hint with its reason, nobody sees one he may not, real repeats are all found (A5, C2)."""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind, Status
from services import duplicates, registration, search
from services.duplicates import ID_NUMBER, NAME, PHONE, PINYIN, PLACE, Typed
from services.registration import Accused, Person
from tests.fixtures.handled import move, registered
from tests.fixtures.office import TODAY, Office

ROAD = "河东村通组公路去年汛期被洪水冲毁约三百米，至今没有修复，学生上学和农产品外运都要绕行八公里，请求尽快修复。"
LAMP = "南门社区路灯自今年春节起有十一盏不亮，晚上老人出行摔倒两次，向物业反映多次没有结果，希望有人来修。"
ZHAO = Person("赵丽华", phone="13800000026", id_number="430621197001010013")
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "群众留言与答复.xlsx"


def matter(office: Office, demand: str = ROAD, person: Person = ZHAO, **said: Any) -> m.Petition:
    return registered(office, TODAY, demand=demand, people=[person], **said)


def asked(office: Office, username: str = "clerk", **typed: Any) -> list[duplicates.Hint]:
    people = tuple(typed.pop("people", ()))
    return duplicates.hints(office.session, office.actor(username), Typed(people=people, **typed))


@pytest.mark.parametrize(
    ("person", "where", "said", "same"),
    [
        (("赵丽华", "", "43062119700101001３"), "", "", {ID_NUMBER, NAME}),
        (("李大海", "", "430621197001010013"), "", "", {ID_NUMBER}),
        (("", "138-0000-0026", ""), "", "", {PHONE}),
        (("赵丽华", "", ""), "", "", {NAME}),
        (("赵丽华", "", ""), "河东村 3 组", "", {NAME, PLACE}),
        (("赵莉花", "", ""), "河东村", "", {PINYIN, PLACE}),
        (("赵莉花", "", ""), "", "", None),
        (("赵莉花", "", ""), "石桥村", "", None),
        (("钱小海", "13900000000", ""), "河东村", "", None),
        (("", "", ""), "河东村", "通组公路去年汛期被洪水冲毁约三百米", {PLACE}),
        (("", "", ""), "", "去年汛期公路被洪水冲毁约三百米，至今没有修复", set()),
        (("", "", ""), "", "去年汛期我家的鱼塘被上游来水冲走了全部鱼苗", None),
        (("", "", ""), "", "公路冲毁", None),
    ],
)
def test_each_hint_says_why(
    office: Office, person: tuple[str, str, str], where: str, said: str, same: set[str] | None
) -> None:
    """A5: same ID number, phone, name and place, sound of the name and place, or nearly the same words; a place alone says nothing."""
    known = matter(office, place="河东村")
    matter(office, LAMP, Person("孙桂英", phone="13700000001"), place="南门社区")
    found = asked(office, people=[person], place=where, demand=said)
    assert [hint.petition for hint in found] == ([known] if same is not None else [])
    if same is not None:
        assert set(found[0].same) == same
        assert (found[0].like is not None) == bool(said)


def test_the_likeliest_stands_first_and_eight_are_enough(office: Office) -> None:
    for number in range(10):
        matter(office, LAMP.replace("十一", f"{number}"), Person(f"路人{number}"))
    same = matter(office, LAMP)
    found = asked(office, people=[("赵丽华", "", "430621197001010013")], demand=LAMP)
    assert len(found) == 8
    assert found[0].petition is same
    assert found[0].same == [ID_NUMBER, NAME]
    assert found[0].like is not None
    assert found[0].like.percent == 100
    assert found[0].like.words == LAMP.split("，")[0]


def test_a_common_name_alone_is_no_hint(office: Office) -> None:
    """Seven people called alike are seven people; the one in the same place is shown."""
    for number in range(7):
        matter(office, f"第{number}件完全不同的事", Person("王伟"), place="石桥村" if number else "河东村")
    assert asked(office, people=[("王伟", "", "")]) == []
    assert [hint.same for hint in asked(office, people=[("王伟", "", "")], place="河东村")] == [[NAME, PLACE]]


def test_ended_matters_are_hints_voided_ones_are_not(office: Office) -> None:
    """A letter already answered is the one to find (S1§2c 11)."""
    closed, voided = matter(office), matter(office, LAMP)
    for verb in ("assign", "accept", "reply", "serve", "close"):
        move(office, closed, verb, TODAY)
    move(office, voided, "void", TODAY)
    assert [hint.petition for hint in asked(office, demand=ROAD)] == [closed]
    assert asked(office, demand=LAMP) == []


def test_a_unit_is_told_of_its_own_matters_only(office: Office) -> None:
    own = matter(office)
    move(office, own, "assign", TODAY, unit_id=office.unit("a").id)
    other = matter(office)
    move(office, other, "assign", TODAY, unit_id=office.unit("b").id)
    typed = {"people": [("赵丽华", "13800000026", "")], "demand": ROAD}
    assert [hint.petition for hint in asked(office, "cadre_a", **typed)] == [own]
    assert len(asked(office, "clerk", **typed)) == 2
    assert asked(office, "sysadmin", **typed) == []


def _world(office: Office, complaint: bool) -> list[tuple[str, list[str], int | None]]:
    """Twenty-odd matters of unit A, a complaint about its cadre in their midst; what the cadre is told."""
    for number in range(24):
        row = matter(
            office, ROAD.replace("三百", f"三百{number}"), Person("赵丽华", phone="13800000026"), place="河东村"
        )
        move(office, row, "assign", TODAY)
        if complaint and number == 12:
            _complaint(office)
    typed = {"people": [("赵丽华", "13800000026", "430621197001010013")], "place": "河东村", "demand": ROAD}
    found = asked(office, "cadre_a", **typed)
    told = [(h.petition.demand, h.same, h.like.percent if h.like else None) for h in found]
    office.session.rollback()
    return told


def _complaint(office: Office) -> None:
    """Registered for unit A, the same words, the same person; it complains of the cadre who will ask."""
    cadre = office.user("cadre_a")
    accused = Accused(RespondentKind.USER, cadre.id, cadre.name)
    person = Person("赵丽华", phone="13800000026")
    row = matter(office, ROAD, person, place="河东村", purpose=Purpose.REPORT, respondents=[accused])
    row.registered_unit_id = office.unit("a").id
    office.session.flush()


@pytest.mark.db(long="postgres")
def test_the_accused_is_told_the_same_in_both_worlds(office: Office) -> None:
    """C2: a hidden matter is no hint, and takes no place, no rank and no percent from another."""
    without = _world(office, complaint=False)
    assert len(without) == 8
    assert _world(office, complaint=True) == without


def test_a_masked_name_is_never_a_reason(office: Office) -> None:
    """§4: the reporter's name is masked in guarded matters, so it cannot be found out by typing names."""
    matter(office, is_secret=True, place="河东村")
    assert asked(office, people=[("赵丽华", "", "")], place="河东村") == []
    assert asked(office, people=[("赵丽花", "", "")], place="河东村") == []
    assert [hint.same for hint in asked(office, people=[("", "13800000026", "")])] == [[PHONE]]


# --- repeats of real messages: names and punctuation changed, every one is found

OWN = (ROAD, LAMP, "小区物业三个月没有清运垃圾，楼道里堆满纸箱，消防通道被堵死，业主交涉无果，请住建部门责令整改。")


def repeated(text: str) -> str:
    """The same letter written again: other punctuation, other people and numbers, a greeting in front."""
    text = re.sub(r"[，。；：、！？,.;:!?\s]+", lambda found: "；" if len(found[0]) < 2 else "\n", text)
    text = re.sub(r"[张王李刘陈杨黄赵吴周](?=[某先女总书老师])", "钱", text)
    return "尊敬的领导：您好！" + re.sub(r"\d+", lambda found: str(int(found[0]) + 1), text)


def check_all_found(office: Office, texts: list[str]) -> None:
    told = [(registration.headline(text), text) for text in texts]
    for title, text in told:
        _quick(office, title, text)
    missed = []
    for title, text in told:
        found = asked(office, people=[("孙小毛", "13612345678", "")], demand=repeated(text))
        if text not in [hint.petition.demand for hint in found]:
            missed.append(title)
    assert missed == []


def _quick(office: Office, title: str, text: str) -> None:
    row = m.Petition(
        number=f"XF2020-{_next(office):06d}", title=title, demand=text, channel="online", registered_on=TODAY
    )
    office.session.add(row)
    office.session.flush()
    search.index_new(office.session, [row])


def _next(office: Office) -> int:
    return int(office.session.execute(sa.select(sa.func.count()).select_from(m.PetitionText)).scalar_one()) + 1


@pytest.mark.db
def test_own_letters_written_again_are_all_found(office: Office) -> None:
    check_all_found(office, list(OWN))


@pytest.mark.db(long="postgres")
def test_real_messages_written_again_are_all_found(office: Office) -> None:
    """Issue 4: the 60 real messages with replies, among each other and the open ones."""
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not in ../shared/data")
    from python_calamine import CalamineWorkbook

    noise = CalamineWorkbook.from_path(REAL.with_name("群众留言.xlsx")).get_sheet_by_index(0).to_python()
    for row in noise[1:]:
        _quick(office, str(row[2])[:100], str(row[4]))
    head, *rows = CalamineWorkbook.from_path(REAL).get_sheet_by_index(0).to_python()
    texts = [str(row[head.index("留言详情")]).strip() for row in rows]
    assert len(texts) == 60
    check_all_found(office, texts)


def test_status_of_a_hint_is_the_matters_own(office: Office) -> None:
    known = matter(office)
    assert asked(office, demand=ROAD)[0].petition.status is Status.REGISTERED
    assert known.number.startswith("XF")
