"""Finding a matter: every word that is in a text is found, nothing else is, on both databases (design §7, C3)."""

import random
from typing import Any

import pytest
import sqlalchemy as sa

import models as m
from models.base import utcnow
from rules.words import Purpose, Status
from services import people, search
from services.registration import Person
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

ALPHABET = "征地补偿款拆迁安置低保医疗社路灯水污染村务公开信访事项办理农民工资拖欠abXY12３％_"
TEXTS, WORDS = 500, 100


def texts(chance: random.Random) -> list[str]:
    return ["".join(chance.choices(ALPHABET, k=chance.randint(5, 60))) for _ in range(TEXTS)]


def words(chance: random.Random, bodies: list[str]) -> list[str]:
    """Half cut out of the texts, half made of the same characters."""
    found = []
    for number in range(WORDS):
        size = chance.randint(2, 6)
        body = chance.choice(bodies)
        at = chance.randint(0, max(0, len(body) - size))
        found.append(body[at : at + size] if number % 2 else "".join(chance.choices(ALPHABET, k=size)))
    return found


def fill(office: Office, bodies: list[str]) -> dict[int, str]:
    """Open matters with these demands, and what is searched of each."""
    rows = [
        m.Petition(
            number=f"XF2026-{n:06d}",
            title="事项",
            demand=body,
            channel="letter",
            registered_on=TODAY,
            status=Status.REGISTERED,
        )
        for n, body in enumerate(bodies, 1)
    ]
    office.session.add_all(rows)
    office.session.flush()
    search.index_new(office.session, rows)
    return {row.id: search.normal(f"{row.title} {row.demand}") for row in rows}


def hits(office: Office, text: str, username: str = "clerk") -> set[int]:
    rows = office.session.scalars(search.statement(office.session, office.actor(username), text))
    return {row.id for row in rows}


@pytest.mark.db
def test_a_hundred_words_over_five_hundred_texts(office: Office) -> None:
    """Recall and precision 1.0 against a plain look through every text."""
    chance = random.Random(20261121)
    bodies = texts(chance)
    known = fill(office, bodies)
    some = 0
    for word in words(chance, bodies):
        wanted = search.normal(word)
        expected = {key for key, body in known.items() if wanted in body} if wanted else set()
        assert hits(office, word) == expected, word
        some += bool(expected)
    assert some >= WORDS // 2


FINDS = [
    ("XF2026-000001", True),
    ("xf2026-0000", True),
    ("LX2026-000001", True),
    ("ＸＦ２０２６-000001", True),
    ("赵丽华", True),
    ("赵丽", True),
    ("丽华", False),
    ("zlh", True),
    ("ZLH", True),
    ("lh", False),
    ("138 0000 0026", True),
    ("13800000026", True),
    ("1380000002", False),
    ("43062119700101001X", True),
    ("430621197001010", False),
    ("征地 三亩", True),
    ("三亩 征地", True),
    ("征地 五亩", False),
    ("亩", True),
    ("", False),
    ("%", False),
    ("_", False),
    ("' or 1=1 --", False),
    ("\0", False),
]


@pytest.mark.db
def test_what_finds_a_matter(office: Office) -> None:
    """Numbers by their beginning, names and initials, phone and ID number whole and by keyed hash, words in any order."""
    person = Person("赵丽华", phone="13800000026", id_number="43062119700101001X")
    petition = registered(office, TODAY, people=[person], demand="征地补偿款少付三亩。")
    for text, found in FINDS:
        assert hits(office, text) == ({petition.id} if found else set()), text


@pytest.mark.parametrize(
    ("name", "letters"),
    [("赵丽华", "zlh"), ("单小红", "sxh"), ("曾国", "zg"), ("仇和", "qh"), ("区伟", "ow"), ("A公司", "ags")],
)
def test_initials_know_the_surnames_that_are_read_otherwise(name: str, letters: str) -> None:
    assert people.initials(name) == letters


@pytest.mark.db
def test_the_index_follows_the_text(office: Office) -> None:
    """The matter's words and those of all its letters, as they stand now."""
    petition = registered(office, TODAY, demand="村道损坏。")
    petition.title = petition.demand = "井盖缺失。"
    search.index(office.session, petition)
    assert hits(office, "村道") == hits(office, "井盖") == {petition.id}
    petition.contacts[0].demand = petition.demand
    search.index(office.session, petition)
    search.index(office.session, petition)
    assert (hits(office, "村道"), hits(office, "井盖")) == (set(), {petition.id})


def test_a_guarded_matter_is_not_found_by_its_reporters_name_c2(office: Office) -> None:
    """The name is masked there, so no search may spell it out; words and the exact phone find it for those who may see it."""
    petition = registered(office, TODAY, purpose=Purpose.REPORT, demand="截留低保款。")
    assert hits(office, "赵丽华") == hits(office, "zlh") == set()
    assert hits(office, "截留低保款") == hits(office, "13800000026") == {petition.id}


def test_where_names_are_masked_they_cannot_be_searched_c3(office: Office) -> None:
    petition = registered(office, TODAY)
    assert hits(office, "赵丽华", "statistician") == set()
    assert hits(office, "征地", "statistician") == {petition.id}


@pytest.mark.parametrize("text", ["征地补偿款", "赵丽华", "zlh", "13800000026", "XF2026-000001", "1号"])
def test_hidden_matters_are_not_found_c1(office: Office, text: str) -> None:
    petition = registered(office, TODAY)
    assert hits(office, text) == {petition.id}
    for username in ("handler_b", "leader_b", "reporter_a", "archivist", "auditor", "sysadmin"):
        assert hits(office, text, username) == set(), username


@pytest.mark.parametrize("path", ["/admin/search/?q={}", "/admin/petition/?q={}", "/admin/lookup/petition/?q={}"])
def test_a_search_by_phone_or_id_number_is_on_record_c3(office: Office, client_for: Any, path: str) -> None:
    client = client_for("clerk")
    for text in ("13800000026", "43062119700101001X", "征地", "XF2026-000001"):
        assert client.get(path.format(text)).status_code == 200
    office.session.rollback()
    rows = sa.select(m.AuditEntry.username, m.AuditEntry.details).where(m.AuditEntry.action == "search")
    assert office.session.execute(rows).all() == [("clerk", {"by": "identity"})] * 2
    assert utcnow() > office.session.scalars(sa.select(m.AuditEntry.at)).all()[-1]
