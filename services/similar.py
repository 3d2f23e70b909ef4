"""Which matters say nearly the same (A5): character pairs of the search's index, rare pairs first, so that the cost is bounded.

Each pair of the text is asked for its newest few matters; the rarest pairs of the beginning, the middle and the end are
then asked for together, two from different parts at a time. Only matters the rule of the accused leaves to the actor are
ever counted (§3), so that what he finds is the same whether or not there is one he must not know of.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from services import gate, gate_accused, search

MOST_PAIRS = 60
"""Pairs of a text that are asked for, spread evenly over it."""
LEAST_PAIRS = 8
"""Below this a text says too little to be compared."""
NEWEST = 20
"""Matters a single pair is asked for; a pair with fewer is rare."""
HITS = 100
"""Matters two pairs together are asked for."""
RAREST = 4
"""Pairs of each part of the text that are asked for together with those of the others: a changed name spoils only some."""
COMPARED = 24
"""Matters whose text is read and compared."""
READ = 4000
"""Characters of a text that are read."""


@dataclass(frozen=True)
class Likeness:
    """How much of the typed text another matter's says: percent of its pairs, and the longest stretch they share."""

    percent: int
    words: str


@dataclass(frozen=True)
class _Hits:
    ids: list[int]
    since: str


def like(session: Session, actor: Actor, text: str, least: int) -> dict[int, Likeness]:
    """Matters the actor may see whose text shares at least `least` percent with this one: id → how much."""
    typed = search.pairs(text[:READ])
    asked = [pair for pair in _spread(typed) if len(pair) == 2]
    if len(asked) < LEAST_PAIRS:
        return {}
    votes = _votes(session, actor, [search.token(pair) for pair in asked])
    ids = sorted(votes, key=lambda key: (-votes[key], -key))[: COMPARED * 5]
    found = {key: likeness(text, typed, body) for key, body in _bodies(session, actor, ids)}
    return {key: one for key, one in found.items() if one.percent >= least}


def likeness(text: str, typed: Sequence[str], body: str) -> Likeness:
    """`typed` (the pairs of `text`) against another matter's normalised text; a short text is not found in every long one."""
    theirs = set(search.pairs(body[:READ]))
    shared = sum(pair in theirs for pair in typed)
    size = max(min(len(typed), len(theirs)), len(typed) // 2, LEAST_PAIRS)
    return Likeness(min(100, round(100 * shared / size)), _stretch(search.normal(text[:READ]), theirs))


def _stretch(text: str, theirs: set[str]) -> str:
    """The longest run of the text whose pairs the other text has too, 20 characters at most."""
    best = start = end = 0
    begin = None
    for at in range(len(text)):
        if text[at : at + 2] in theirs:
            begin = at if begin is None else begin
            if at + 2 - begin > best:
                best, start, end = at + 2 - begin, begin, at + 2
        else:
            begin = None
    return text[start : min(end, start + 20)]


def _spread(pairs: Sequence[str]) -> list[str]:
    if len(pairs) <= MOST_PAIRS:
        return list(pairs)
    return [pairs[at * len(pairs) // MOST_PAIRS] for at in range(MOST_PAIRS)]


def _votes(session: Session, actor: Actor, tokens: list[str]) -> dict[int, float]:
    """Matter → how much speaks for it: the fewer matters an answer names, the more it says for each of them."""
    common = _common(session, tokens)
    rare = [token for token in tokens if token not in common]
    single = dict(zip(rare, _hits(session, actor, [[token] for token in rare], NEWEST), strict=True))
    order = {token: (len(hits.ids), hits.since) for token, hits in single.items() if hits.ids}
    order |= dict.fromkeys(common, (NEWEST + 1, ""))
    groups = _twos([token for token in tokens if token in order], order)
    votes: dict[int, float] = defaultdict(float)
    for hits in (*(one for one in single.values() if len(one.ids) < NEWEST), *_hits(session, actor, groups, HITS)):
        for key in hits.ids:
            votes[key] += 1 / len(hits.ids)
    return votes


def _twos(tokens: list[str], order: dict[str, Any]) -> list[list[str]]:
    """The rarest pairs of the beginning, the middle and the end, each together with one of another part, the rarest first."""
    third = -(-len(tokens) // 3)
    zones = [sorted(tokens[at : at + third], key=lambda t: order[t]) for at in range(0, len(tokens), third or 1)]
    rarest = range(min(RAREST, *map(len, zones))) if len(zones) > 1 else ()
    return [[one[at], other[at]] for at in rarest for one, other in combinations(zones, 2)]


def _hits(session: Session, actor: Actor, groups: list[list[str]], most: int) -> list[_Hits]:
    """For each group of pairs the newest matters that have all of them, and since when there were that many."""
    if not groups:
        return []
    make = _sqlite if session.get_bind().dialect.name == "sqlite" else _postgres
    rows = session.execute(make(actor, groups, most), execution_options={"gated": True}).all()
    found = {
        int(key): _Hits([int(one) for one in (ids or "").split(",") if one], str(since)) for key, ids, since in rows
    }
    return [found[at] for at in range(len(groups))]


def _sqlite(actor: Actor, groups: list[list[str]], most: int) -> Any:
    asked = sa.func.json_each(json.dumps([" AND ".join(group) for group in groups])).table_valued(
        "key", "value", name="asked"
    )
    newest = (
        sa.select(search.PAIRS.c.rowid.label("id"), m.Petition.registered_on)
        .join(m.Petition, m.Petition.id == search.PAIRS.c.rowid)
        .where(sa.text("petition_pairs match asked.value"), _known(actor))
        .order_by(search.PAIRS.c.rowid.desc())
        .limit(most)
        .subquery()
    )
    ids = sa.select(sa.func.group_concat(newest.c.id)).scalar_subquery()
    since = sa.select(sa.func.min(newest.c.registered_on)).scalar_subquery()
    return sa.select(asked.c.key, ids, since if most == NEWEST else sa.null())


def _postgres(actor: Actor, groups: list[list[str]], most: int) -> Any:
    said = sa.literal(json.dumps([" & ".join(group) for group in groups]), sa.Text)
    listing = sa.func.json_array_elements_text(sa.cast(said, sa.JSON))
    asked = listing.table_valued("value", with_ordinality="place").render_derived(name="asked")
    match = sa.text("petition_text.pairs @@ cast(asked.value as tsquery)")
    hits = sa.select(m.PetitionText.petition_id).where(match).offset(0).subquery()
    newest = (
        sa.select(m.Petition.id, m.Petition.registered_on)
        .join(hits, hits.c.petition_id == m.Petition.id)
        .where(_known(actor))
        .order_by(m.Petition.id.desc())
        .limit(most)
        .subquery()
    )
    listed = sa.select(
        sa.func.string_agg(sa.cast(newest.c.id, sa.Text), ",").label("ids"),
        sa.func.min(newest.c.registered_on).label("since"),
    ).lateral()
    return sa.select(asked.c.place - 1, listed.c.ids, listed.c.since).select_from(asked).join(listed, sa.true())


def _known(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if actor.is_system else gate_accused.not_accused(actor)


def _common(session: Session, tokens: list[str]) -> set[str]:
    """PostgreSQL: the pairs its statistics call common, which cannot be asked for singly; SQLite reads any pair newest first."""
    if session.get_bind().dialect.name == "sqlite":
        return set()
    often = "select unnest(most_common_elems::text::text[]) from pg_stats where tablename = :t and attname = :c"
    known = set(session.scalars(sa.text(often), {"t": "petition_text", "c": "pairs"}))
    return known & set(tokens)


def _bodies(session: Session, actor: Actor, ids: list[int]) -> list[tuple[int, str]]:
    """The texts of the best of these that the actor may see, in their order."""
    criteria = gate.criteria(actor, m.Petition)
    rows = session.execute(
        sa.select(m.Petition.id).where(m.Petition.id.in_(ids), criteria), execution_options={"gated": True}
    )
    seen = set(rows.scalars())
    best = [key for key in ids if key in seen][:COMPARED]
    body = sa.func.substr(m.PetitionText.body, 1, READ)
    texts = session.execute(sa.select(m.PetitionText.petition_id, body).where(m.PetitionText.petition_id.in_(best)))
    return [(key, text) for key, text in texts]
