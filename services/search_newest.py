"""The newest matters that fit a text: read from the newest backwards, and no further than is shown (trap 21).

A text is a number, a phone or ID number, else words of the matters and names of their petitioners. Each way gives its ids
newest first, in portions; every portion passes the gate and the list's own conditions before the next one is fetched.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import gate, search, search_numbers

Narrow = Callable[[sa.Select[Any]], sa.Select[Any]]
FIRST_WINDOW = 3_000
"""How many of the newest texts are read plainly before an index is asked."""
PLAIN, ASKED = 0.4, 1_500
"""PostgreSQL: what reading a text plainly and asking the index at all cost, in hits looked up by the index (`_is_common`)."""
SAMPLE, TELLING = 400, 3
"""So many texts tell which pairs of a word are rare; so many pairs are asked for, for each has a long list of its own."""
PORTION = 5_000
ENOUGH = 20_000
"""So many hits are held against a list's conditions; then its own rows are read instead."""
NUMBERED = 5_000
"""Numbers that begin alike are counted no further."""


def newest(session: Session, actor: Actor, text: str, limit: int, narrow: Narrow | None = None) -> list[int]:
    """Ids of at most `limit` matters the actor may see that fit the text, newest first; an empty text fits none.

    A matter meant by its serial (62号) stands before all others, that of the newest year first.

    `narrow` adds the conditions of a list to a select of matters.
    """
    wanted = search.normal(text)[: search.LONGEST]
    if not wanted:
        return []
    rows = gate.rows(actor, m.Petition)
    meant = search_numbers.meant(session, wanted)
    passed = set(_let_through(session, narrow(rows) if narrow else rows, meant))
    first = [key for key in meant if key in passed]
    found = [
        _passed(session, narrow(way) if narrow else way, ids, limit) for way, ids in _exact(session, rows, text, wanted)
    ]
    if not found:
        found = [_worded(session, rows, wanted, limit, narrow)]
        if (named := search.named(session, actor, wanted)) is not None:
            open_rows = rows.where(sa.not_(m.Petition.is_guarded))
            found.append(_passed(session, narrow(open_rows) if narrow else open_rows, _came(session, named), limit))
    return [*first, *sorted(set(chain(*found)) - passed, reverse=True)][:limit]


def _exact(
    session: Session, rows: sa.Select[Any], text: str, wanted: str
) -> Iterator[tuple[sa.Select[Any], Iterable[list[int]]]]:
    """The ways a text that is no word is looked up: by number, or by keyed hash."""
    if search_numbers.NUMBER.match(wanted):
        yield rows, [_numbered(session, wanted)]
    elif search.is_identity(text):
        yield rows, _came(session, search.identified(session, text))


def _numbered(session: Session, wanted: str) -> list[int]:
    found = set[int]()
    for own, column in ((m.Petition.id, m.Petition.number), (m.Contact.petition_id, m.Contact.number)):
        statement = sa.select(own).where(search_numbers.begins(session, column, wanted.upper()))
        found.update(_ids(session, statement.order_by(column.desc()).limit(NUMBERED)))
    return sorted(found, reverse=True)


def _came(session: Session, condition: sa.ColumnElement[bool]) -> Iterator[list[int]]:
    """The matters of the petitioners meant, newest first."""
    return portions(sorted(set(_ids(session, search.came(condition))), reverse=True), PORTION)


def portions(ids: list[int], first: int) -> Iterator[list[int]]:
    """The ids in parts, the first as large as said, each later one twice as large."""
    start, size = 0, first
    while start < len(ids):
        yield ids[start : start + size]
        start, size = start + size, min(2 * size, PORTION)


def _worded(session: Session, rows: sa.Select[Any], wanted: str, limit: int, narrow: Narrow | None) -> list[int]:
    """Matters with all the words. Where a list's conditions let next to nothing through, its rows are read and not the hits."""
    statement, found, seen, last = narrow(rows) if narrow else rows, list[int](), 0, 0
    for ids in _with_words(session, wanted, limit):
        found += _let_through(session, statement, ids)
        seen += len(ids)
        last = ids[-1] if ids else last
        if len(found) >= limit:
            break
        if narrow and seen > ENOUGH:
            texts = statement.join(m.PetitionText, m.PetitionText.petition_id == m.Petition.id)
            rest = texts.where(m.Petition.id < last, *search.contains(wanted.split()[: search.MAX_WORDS]))
            return found + _ids(
                session, rest.with_only_columns(m.Petition.id).order_by(m.Petition.id.desc()).limit(limit)
            )
    return found[:limit]


def _passed(session: Session, statement: sa.Select[Any], portions: Iterable[list[int]], limit: int) -> list[int]:
    found = list[int]()
    for ids in portions:
        found += _let_through(session, statement, ids)
        if len(found) >= limit:
            break
    return found[:limit]


def _let_through(session: Session, statement: sa.Select[Any], ids: list[int]) -> list[int]:
    if not ids:
        return []
    passed = statement.where(among(session, m.Petition.id, ids)).with_only_columns(m.Petition.id)
    return sorted(_ids(session, passed), reverse=True)


def among(session: Session, column: Any, ids: list[int]) -> sa.ColumnElement[bool]:
    """The column is one of many ids, as one parameter."""
    if session.get_bind().dialect.name == "sqlite":
        each = sa.func.json_each(json.dumps(ids)).table_valued("value")
        return sa.type_coerce(column.in_(sa.select(each.c.value)), sa.Boolean)
    return sa.type_coerce(column == sa.any_(sa.literal(ids, ARRAY(sa.Integer))), sa.Boolean)


def _with_words(session: Session, wanted: str, limit: int) -> Iterator[list[int]]:
    """Ids of the matters whose text has all the words, newest first, in portions (some may be empty)."""
    tokens, checks = search.parts(wanted)
    if tokens and session.get_bind().dialect.name == "sqlite":
        return _streamed(session, tokens, checks, limit)
    return _windows(session, tokens, wanted, limit)


def _streamed(
    session: Session, tokens: list[str], checks: list[sa.ColumnElement[bool]], limit: int
) -> Iterator[list[int]]:
    """SQLite's index gives its hits by falling id by itself, as many as are asked for; LIKE decides on the doubtful ones."""
    hits = sa.select(search.PAIRS.c.rowid).where(search.match(tokens)).order_by(search.PAIRS.c.rowid.desc())
    text = m.PetitionText
    with session.execute(hits, execution_options={"gated": True}) as result:
        while ids := [row[0] for row in result.fetchmany(limit)]:
            limit = min(2 * limit, PORTION)
            if checks:
                sure = sa.select(text.petition_id).where(among(session, text.petition_id, ids), *checks)
                ids = sorted(_ids(session, sure), reverse=True)
            yield ids


def _windows(session: Session, tokens: list[str], wanted: str, limit: int) -> Iterator[list[int]]:
    """Looks through the newest texts, then plainly through a window of older ones as wide as the hits so far suggest.

    PostgreSQL's index knows no order: asked for a common word it would fetch every hit there is; a rare one it fetches.
    """
    text, words = m.PetitionText.petition_id, wanted.split()[: search.MAX_WORDS]
    high = (session.scalar(sa.select(sa.func.max(text))) or 0) + 1
    end = 0 if tokens else max(0, high - search.NEAR)
    width, found, read = FIRST_WINDOW if tokens else high - end, 0, 0
    while high > end:
        low = max(end, high - width)
        hits = sa.select(text).where(text >= low, text < high, *search.has(session, words))
        if read and low == end:
            hits = hits.where(search.match_pairs(_telling(session, wanted, high)))
        ids = _listed(session, hits)
        yield from portions(ids, limit)
        found, read, high = found + len(ids), read + width, low
        lacking = limit - found if found < limit else limit
        width = max(read, int(1.3 * read * lacking / found)) if _is_common(found, read, high, lacking) else high


def _listed(session: Session, hits: sa.Select[Any]) -> list[int]:
    """The ids newest first; from PostgreSQL as one value, for thousands of rows cost more than finding them."""
    if session.get_bind().dialect.name == "sqlite":
        return sorted(_ids(session, hits), reverse=True)
    all_at_once = sa.select(sa.func.array_agg(hits.subquery().c.petition_id, type_=ARRAY(sa.Integer)))
    return sorted(session.scalar(all_at_once.execution_options(gated=True)) or [], reverse=True)


def _is_common(found: int, read: int, left: int, lacking: int) -> bool:
    """Whether reading on plainly for the lacking ones is cheaper than all the hits that are expected in what is left."""
    expected = found * left / read
    return PLAIN * lacking * left < expected * (expected + ASKED)


def _telling(session: Session, wanted: str, high: int) -> list[str]:
    """The pairs of the words, of many only the rarest in some texts and none that every third text has."""
    some = search.sure_pairs(wanted)
    if len(some) < TELLING:
        return [search.token(pair) for pair in some]
    counts = [sa.func.count().filter(*search.has(session, [pair])) for pair in some]
    near = sa.select(*counts).where(m.PetitionText.petition_id >= high, m.PetitionText.petition_id < high + SAMPLE)
    seen = session.execute(near.execution_options(gated=True)).one()
    ranked = sorted(zip(seen, some, strict=True))[:TELLING]
    return [search.token(pair) for count, pair in ranked if count < SAMPLE / 3] or [search.token(ranked[0][1])]


def _ids(session: Session, statement: sa.Select[Any]) -> list[int]:
    return list(session.scalars(statement.execution_options(gated=True)))
