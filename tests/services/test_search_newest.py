"""The newest hits of a search: the same as LIKE on both databases, within a list's conditions, a portion at a time (design §7)."""

import random
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from rules.words import Purpose, RespondentKind
from services import gate, search, search_newest
from services.registration import Accused, Person
from services.search_newest import newest
from services.search_reasons import marked, passage, reasons
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office
from tests.services.test_search import fill, texts, words

EVERY = 10_000


def ids(office: Office, text: str, limit: int = EVERY, narrow: Any = None, username: str = "clerk") -> list[int]:
    return newest(office.session, office.actor(username), text, limit, narrow)


@pytest.mark.db
@pytest.mark.parametrize(("window", "sample"), [(4_000, 1_000), (60, 20)])
def test_fifty_words_against_like(office: Office, monkeypatch: pytest.MonkeyPatch, window: int, sample: int) -> None:
    """Recall and precision 1.0, newest first, whole and by the page; windows so narrow that every way of reading on is gone."""
    monkeypatch.setattr(search_newest, "FIRST_WINDOW", window)
    monkeypatch.setattr(search_newest, "SAMPLE", sample)
    monkeypatch.setattr(search_newest, "PLAIN", 0.05)
    monkeypatch.setattr(search_newest, "ASKED", 0)
    chance = random.Random(20261122)
    bodies = texts(chance)
    fill(office, bodies)
    for word in words(chance, bodies)[::2]:
        wanted = search.normal(word)
        text = m.PetitionText
        like = sa.select(text.petition_id).where(text.body.contains(wanted, autoescape=True)) if wanted else None
        expected = sorted(office.session.scalars(like), reverse=True) if like is not None else []
        assert ids(office, word) == expected, word
        assert ids(office, word, 7) == expected[:7], word


WAYS = [
    ("XF2026-000001", True),
    ("lx2026-000001", True),
    ("1", True),
    ("0001", True),
    ("1号", True),
    ("第１号", True),
    ("2026-1", True),
    ("2026-000001", True),
    ("xf2026-1", True),
    ("lx2026-1", True),
    ("2025-1", False),
    ("jb2026-1", False),
    ("2号", False),
    ("0", False),
    ("1000000", False),
    ("赵丽华", True),
    ("赵丽", True),
    ("zlh", True),
    ("zhaolihua", True),
    ("ZhaoLi", True),
    ("zhao lihua", True),
    ("lihua", False),
    ("138 0000 0026", True),
    ("43062119700101001X", True),
    ("1380000002", False),
    ("三亩 征地", True),
    ("三亩 五亩", False),
    ("亩", True),
    ("，", False),
    ("%", False),
    ("' or 1=1 --", False),
    ("\0", False),
    ("", False),
]


@pytest.mark.db
def test_what_finds_a_matter_newest(office: Office) -> None:
    """C3: one box for number, name, initials, whole pinyin, phone, ID number and words; `statement` says the same."""
    person = Person("赵丽华", phone="13800000026", id_number="43062119700101001X")
    petition = registered(office, TODAY, people=[person], demand="征地补偿款少付三亩。")
    for text, found in WAYS:
        assert ids(office, text) == ([petition.id] if found else []), text
        rows = office.session.scalars(search.statement(office.session, office.actor("clerk"), text))
        assert {row.id for row in rows} == ({petition.id} if found else set()), text


@pytest.mark.db
@pytest.mark.parametrize("text", ["62", "0062", "62号", "第62号"])
def test_a_serial_finds_its_matter_first_the_newest_year_before_a9(office: Office, text: str) -> None:
    """Then what has the digits in its text, newest first; within a list's conditions, and page by page the same."""
    fill(office, ["62号院漏水，第62号。", "0062", "别的事"])
    office.session.add_all(m.Counter(series="XF", year=year, value=99) for year in (2024, 2026, 2025))
    old, now = (
        m.Petition(number=f"XF{year}-000062", title="路灯", demand="路灯", channel="letter", registered_on=TODAY)
        for year in (2024, 2026)
    )
    office.session.add_all([old, now])
    office.session.flush()
    like = m.PetitionText.body.contains(text)
    worded = list(office.session.scalars(sa.select(m.PetitionText.petition_id).where(like)))
    found = ids(office, text)
    assert found == [now.id, old.id, *sorted(worded, reverse=True)]
    assert [ids(office, text, size) for size in (1, 2, 3)] == [found[:size] for size in (1, 2, 3)]
    assert ids(office, text, narrow=lambda rows: rows.where(m.Petition.number != now.number)) == found[1:]
    assert ids(office, "2024-62") == [old.id]


@pytest.mark.db
def test_words_and_names_together_newest_first(office: Office) -> None:
    """A matter about 赵丽华 and one of hers, in the order of registration backwards; twice found is shown once."""
    of_her = registered(office, TODAY, people=[Person("赵丽华")], demand="道路积水。")
    about = registered(office, TODAY, people=[Person("钱进")], demand="反映赵丽华占道。")
    both = registered(office, TODAY, people=[Person("赵丽华")], demand="赵丽华本人来访。")
    assert ids(office, "赵丽华") == [both.id, about.id, of_her.id]
    assert ids(office, "赵丽华", 2) == [both.id, about.id]


@pytest.mark.db
def test_conditions_narrow_what_words_find(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """However common the word and rare the condition: hits are held against it first, then the condition's own rows are read."""
    monkeypatch.setattr(search_newest, "ENOUGH", 4)
    for _ in range(12):
        registered(office, TODAY, demand="征地补偿款。")
    rare = registered(office, TODAY, demand="征地补偿款。", channel="letter")
    for _ in range(3):
        registered(office, TODAY, demand="征地补偿款。")
    other = registered(office, TODAY, demand="噪声。", channel="letter")
    old = office.session.scalars(gate.rows(office.actor("clerk"), m.Petition).order_by(m.Petition.id)).first()
    assert old is not None
    old.channel = "letter"
    office.session.flush()
    letters = ids(office, "补偿", 50, lambda rows: rows.where(m.Petition.channel == "letter"))
    assert letters == [rare.id, old.id]
    assert other.id not in letters


def test_the_accused_and_the_others_find_only_their_own_c2(office: Office) -> None:
    """Guarded: no name finds it, and the respondent unit's people find it in no way at all."""
    unit = office.unit("a")
    petition = registered(
        office, TODAY, purpose=Purpose.REPORT, demand="截留低保款。",
        people=[Person("赵丽华", phone="13800000026")],
        respondents=[Accused(RespondentKind.UNIT, unit.id, unit.name)],
    )  # fmt: skip
    assert ids(office, "赵丽华") == ids(office, "zhaolihua") == []
    for text in ("截留", "13800000026", petition.number, petition.contacts[0].number, "1号", "0001", "JB2026-1"):
        assert ids(office, text) == [petition.id], text
        for username in ("handler_a", "unit_head_a", "leader_a", "reporter_a", "handler_b"):
            assert ids(office, text, username=username) == [], (text, username)


REASONS = [
    ("XF2026", ["编号"]),
    ("LX2026-000001", ["登记编号"]),
    ("1号", ["编号", "登记编号"]),
    ("LX2026-1", ["登记编号"]),
    ("赵丽", ["信访人"]),
    ("zhaoli", ["信访人拼音"]),
    ("zlh", ["信访人拼音"]),
    ("13800000026", ["电话相符"]),
    ("43062119700101001X", ["证件号码相符"]),
    ("征地", ["诉求"]),
    ("河东", ["属地"]),
    ("征地 河东", ["诉求", "属地"]),
]


def test_why_a_matter_was_found(office: Office) -> None:
    """Every hit says what fitted; a number searched for is never repeated."""
    person = Person("赵丽华", phone="13800000026", id_number="43062119700101001X")
    petition = registered(office, TODAY, people=[person], demand="征地补偿款少付三亩。", place="河东村")
    for text, labels in REASONS:
        found = reasons(office.session, office.actor("clerk"), petition, text)
        assert [reason.label for reason in found] == labels, text
        assert not any("0026" in piece or "0100" in piece for reason in found for piece, _ in reason.parts), text


def test_a_masked_name_is_no_reason_c2(office: Office) -> None:
    petition = registered(office, TODAY, purpose=Purpose.REPORT, demand="截留低保款。")
    actor = office.actor("clerk")
    assert reasons(office.session, actor, petition, "赵丽华") == []
    [reason] = reasons(office.session, actor, petition, "13800000026")
    assert reason.parts == (("赵某", False),)


MARKS = [
    ("征地补偿", ["征地"], (("征地", True), ("补偿", False))),
    ("补偿征地", ["征地", "补偿"], (("补偿征地", True),)),
    ("ＡＢ３区", ["ab3"], (("ＡＢ３", True), ("区", False))),
    ("无", ["征地"], (("无", False),)),
    ("", ["征地"], ()),
]


@pytest.mark.parametrize(("text", "words", "parts"), MARKS)
def test_words_are_marked_however_they_are_written(text: str, words: list[str], parts: Any) -> None:
    assert marked(text, words) == parts


def test_a_long_text_is_cut_around_the_word() -> None:
    found = passage("前" * 200 + "征地" + "后" * 200, ["征地"])
    assert ("征地", True) in found
    assert found[0][0] == found[-1][0][-1] == "…"
    assert sum(len(piece) for piece, _ in found) < 100


@pytest.mark.db
def test_a_single_character_looks_through_the_newest_texts_only(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C3: one character would read every text there is; the names stay whole, and the screen says what was left out."""
    old = registered(office, TODAY, people=[Person("钱进")], demand="鬯酒一坛。")
    assert not search.is_short(office.session, "鬯")
    of_him = registered(office, TODAY, people=[Person("鬯生")], demand="道路积水。")
    registered(office, TODAY, people=[Person("赵丽华")], demand="村道损坏。")
    assert ids(office, "鬯") == [of_him.id, old.id]
    monkeypatch.setattr(search, "NEAR", 1)
    assert ids(office, "鬯") == [of_him.id]
    rows = office.session.scalars(search.statement(office.session, office.actor("clerk"), "鬯"))
    assert [row.id for row in rows] == [of_him.id]
    assert ids(office, "鬯酒") == [old.id]
    shorts = {text: search.is_short(office.session, text) for text in ("鬯", "鬯 水", "鬯酒", "XF2026", "")}
    assert shorts == {"鬯": True, "鬯 水": True, "鬯酒": False, "XF2026": False, "": False}
