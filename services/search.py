"""Finding a matter by any words of its text, on both databases (design §7): overlapping character pairs, then a recheck.

SQLite: FTS5 over the pairs; PostgreSQL: a GIN index over the pairs as tsvector. Recall and precision against LIKE are 1.0,
because pairs only narrow and LIKE on the normalised text decides.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import Role
from services import gate, people, search_numbers
from services.search_numbers import begins

PHONE_OR_ID = re.compile(r"^\+?\d[\d\s-]{6,24}[\dXx]$")
PAIR = re.compile(r"\w\w")
"""A word the pair index answers exactly: no recheck is needed."""
MAX_WORDS, LONGEST = 6, 100
"""How many words of a text count, and how many characters."""
PAIRS = sa.table("petition_pairs", sa.column("rowid", sa.Integer))
"""SQLite's pair index."""
NEAR = 20_000
"""Single characters, which no pair tells, are looked for in the texts of so many of the newest matters."""


def normal(text: str) -> str:
    """NFKC, lower case, white space as one blank."""
    return " ".join(unicodedata.normalize("NFKC", text.replace("\x00", "")).lower().split())


def pairs(text: str) -> list[str]:
    """Overlapping character pairs of the normalised text, each once, blanks apart; a single character stands alone."""
    found: dict[str, None] = {}
    for word in re.findall(r"\w+", normal(text)):
        for i in range(len(word) - 1):
            found[word[i : i + 2]] = None
        if len(word) == 1:
            found[word] = None
    return list(found)


def index(session: Session, petition: m.Petition) -> None:
    """Write or refresh the matter's searchable text; the pair index follows in the same transaction."""
    told = (contact.demand for contact in petition.contacts if contact.demand != petition.demand)
    body = normal(" ".join([*_own_words(petition), *told]))
    row = session.get(m.PetitionText, petition.id)
    if row is not None and row.body == body:
        return
    before = row.body if row else None
    if row is None:
        session.add(m.PetitionText(petition_id=petition.id, body=body))
    else:
        row.body = body
    session.flush()
    if before is not None and session.get_bind().dialect.name == "sqlite":
        delete = "insert into petition_pairs(petition_pairs, rowid, pairs) values ('delete', :id, :text)"
        session.execute(sa.text(delete), {"id": petition.id, "text": tokens(before)})
    write_pairs(session, {petition.id: body})


def index_new(session: Session, petitions: Sequence[m.Petition]) -> None:
    """`index` for many matters just opened by their first contact, in a few statements (imports)."""
    bodies = {petition.id: normal(" ".join(_own_words(petition))) for petition in petitions}
    if bodies:
        rows = [{"petition_id": key, "body": body} for key, body in bodies.items()]
        session.connection().execute(sa.insert(m.PetitionText.__table__), rows)
        write_pairs(session, bodies)


def _own_words(petition: m.Petition) -> list[str]:
    return [petition.title, petition.demand, petition.place or "", petition.category_text or ""]


def write_pairs(session: Session, bodies: Mapping[int, str]) -> None:
    """Put new texts (id of the matter → its normalised text) into the pair index."""
    if session.get_bind().dialect.name == "sqlite":
        write = "insert into petition_pairs(rowid, pairs) values (:id, :text)"
    else:
        write = (
            "update petition_text set pairs = array_to_tsvector(string_to_array(:text, ' ')) where petition_id = :id"
        )
    session.execute(sa.text(write), [{"id": key, "text": tokens(body) or "-"} for key, body in bodies.items()])


def tokens(body: str) -> str:
    """What the pair index holds of a normalised text: its pairs, spelled so that no tokenizer takes them apart."""
    return " ".join(token(pair) for pair in pairs(body))


def token(pair: str) -> str:
    """A pair as it stands in the index of either database."""
    # Hex keeps FTS5's tokenizer and tsvector's parser away from the characters themselves.
    return "x" + pair.encode("utf-16-be").hex()


def statement(session: Session, actor: Actor, text: str) -> sa.Select[Any]:
    """The matters the actor may see that fit the text: a number, a phone or ID number, else names, initials and words.

    Newest first is by id (trap 21). An empty text finds nothing.
    """
    rows = gate.rows(actor, m.Petition)
    wanted = normal(text)[:LONGEST]
    if not wanted:
        return rows.where(sa.false())
    if is_identity(text):
        return rows.where(m.Petition.id.in_(came(identified(session, text)))).order_by(m.Petition.id.desc())
    ways: list[sa.ColumnElement[bool]] = []
    if search_numbers.NUMBER.match(wanted):
        ways.append(search_numbers.beginning(session, wanted))
    elif (called := named(session, actor, wanted)) is not None:
        ways.append(sa.and_(sa.not_(m.Petition.is_guarded), m.Petition.id.in_(came(called))))
    if meant := search_numbers.meant(session, wanted):
        ways.append(m.Petition.id.in_(meant))
    if not ways:
        return _newest_with(session, rows, wanted)
    if not search_numbers.NUMBER.match(wanted):
        ways.append(_by_words(session, wanted))
    return rows.where(sa.or_(*ways)).order_by(m.Petition.id.desc())


def is_identity(text: str) -> bool:
    """Does the text look like a phone or ID number? Then the search is by keyed hash and is logged."""
    digits = re.sub(r"\D", "", text)
    return bool(PHONE_OR_ID.match(text.strip())) and len(digits) >= 7 and not search_numbers.SERIAL.match(normal(text))


def identified(session: Session, text: str) -> sa.ColumnElement[bool]:
    """Petitioners with this phone or ID number."""
    key = people.key_of(session, text)
    return sa.or_(m.Petitioner.phone_key == key, m.Petitioner.id_number_key == key)


def named(session: Session, actor: Actor, text: str) -> sa.ColumnElement[bool] | None:
    """Petitioners whose name or pinyin begins so, or who have these pinyin initials; None where nobody is called so.

    Never to be used where the name itself is masked: for guarded matters (the caller's condition) and the statistician.
    """
    if actor.role is Role.STATISTICIAN:
        return None
    called = _latin(session, text) if text.isascii() else _chinese(session, text)
    if called is None:
        return None
    somebody = sa.select(m.Petitioner.id).where(called).limit(1).execution_options(gated=True)
    return called if session.scalar(somebody) is not None else None


def _chinese(session: Session, text: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(begins(session, m.Petitioner.name, spelling) for spelling in {text, text.upper()}))


def _latin(session: Session, text: str) -> sa.ColumnElement[bool] | None:
    """Letters: two to six may be initials, four and more the beginning of the pinyin (zhao lihua)."""
    letters = text.replace(" ", "").replace("'", "")
    if not letters.isalpha() or len(letters) < 2:
        return None
    ways = [m.Petitioner.initials == letters] if len(letters) <= 6 else []
    if len(letters) >= 4:
        ways.append(begins(session, m.Petitioner.pinyin, letters))
    return sa.or_(*ways)


def came(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The ids of the matters that petitioners of this kind came with."""
    link = m.ContactPetitioner
    return (
        sa.select(m.Contact.petition_id)
        .join(link, link.contact_id == m.Contact.id)
        .join(m.Petitioner, m.Petitioner.id == link.petitioner_id)
        .where(condition)
    )


def _newest_with(session: Session, rows: sa.Select[Any], text: str) -> sa.Select[Any]:
    """The rows whose text has all the words, newest first.

    SQLite's index gives its hits by falling id by itself: the matters are looked up one by one until the page is full,
    however many hits there are.
    """
    tokens, checks = parts(text)
    if not tokens or session.get_bind().dialect.name != "sqlite":
        return rows.where(_by_words(session, text)).order_by(m.Petition.id.desc())
    if checks:
        rows = rows.join(m.PetitionText, m.PetitionText.petition_id == m.Petition.id).where(*checks)
    return rows.join(PAIRS, PAIRS.c.rowid == m.Petition.id).where(match(tokens)).order_by(PAIRS.c.rowid.desc())


def _by_words(session: Session, text: str) -> sa.ColumnElement[bool]:
    tokens, checks = parts(text)
    hits = sa.select(m.PetitionText.petition_id).where(*checks)
    if not tokens:
        newest = sa.select(sa.func.max(m.PetitionText.petition_id)).scalar_subquery()
        return m.Petition.id.in_(hits.where(m.PetitionText.petition_id > newest - NEAR))
    if session.get_bind().dialect.name != "sqlite":
        hits = hits.where(match_pairs(tokens))
    else:
        paired = sa.select(PAIRS.c.rowid).where(match(tokens))
        hits = hits.where(m.PetitionText.petition_id.in_(paired)) if checks else paired
    return m.Petition.id.in_(hits)


def parts(text: str) -> tuple[list[str], list[sa.ColumnElement[bool]]]:
    """The pairs all the words ask for, and LIKE for each word that pairs alone do not decide."""
    words = text.split()[:MAX_WORDS]
    tokens = [token(pair) for pair in sure_pairs(text)]
    doubtful = [word for word in words if not PAIR.fullmatch(word)]
    return tokens, contains(doubtful)


def sure_pairs(text: str) -> list[str]:
    """The pairs that a text with all the words has."""
    return [pair for word in text.split()[:MAX_WORDS] for pair in pairs(word) if len(pair) == 2]


def is_short(session: Session, text: str) -> bool:
    """Nothing but single characters, in an office with more matters than are looked through for them."""
    wanted = normal(text)[:LONGEST]
    if not wanted or sure_pairs(wanted):
        return False
    return (session.scalar(sa.select(sa.func.max(m.PetitionText.petition_id))) or 0) > NEAR


def contains(words: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """LIKE on the normalised text, for each word."""
    return [m.PetitionText.body.contains(word, autoescape=True) for word in words]


def has(session: Session, words: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    """What `contains` says, as each database reads many texts fastest."""
    if session.get_bind().dialect.name == "sqlite":
        return contains(words)
    return [sa.func.strpos(m.PetitionText.body, word) > 0 for word in words]


def match_pairs(tokens: list[str]) -> sa.TextClause:
    """PostgreSQL: the text has all these pairs."""
    return sa.text("petition_text.pairs @@ cast(:pairs as tsquery)").bindparams(pairs=" & ".join(tokens))


def match(tokens: list[str]) -> sa.TextClause:
    """SQLite: the text has all these pairs."""
    return sa.text("petition_pairs match :pairs").bindparams(pairs=" AND ".join(tokens))
