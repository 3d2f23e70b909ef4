"""A matter's history as one story: moves, contacts, papers, supervision, readings, receptions, visits, cases, newest first (B8, J2).

Who looked and whose identity was revealed is no part of it: that stands in the trail.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext

import models as m
from admin_views import story_of_moves, story_of_work
from admin_views.matter_events import Event
from rules.access import Actor

KINDS: dict[str, str] = {
    "move": "办理", "contact": "来信来访", "paper": "文书", "supervision": "督办", "reading": "阅批", "reception": "接访",
    "visit": "回访", "case": "包案",
}  # fmt: skip
"""What the story can be narrowed to."""


def told(petition: m.Petition, actor: Actor, only: str = "") -> list[Event]:
    """The story, newest first; `only`: one of KINDS, anything else tells all."""
    sources = {only: SOURCES[only]} if only in SOURCES else SOURCES
    found = [event for source in sources.values() for event in source(petition, actor)]
    return sorted(found, key=lambda one: (one.day, one.order), reverse=True)


def parts(petition: m.Petition, actor: Actor, only: str) -> dict[str, Any]:
    """The card on the matter's page: the events and the kinds to choose among, those that occur."""
    everything = told(petition, actor)
    there = {event.kind for event in everything}
    only = only if only in there else ""
    chips = [
        {"label": gettext(label), "key": key, "active": key == only} for key, label in KINDS.items() if key in there
    ]
    events = [event for event in everything if not only or event.kind == only]
    return {"story": [_line(event) for event in events], "chips": chips if len(chips) > 1 else [], "only": only}


def _line(event: Event) -> dict[str, Any]:
    return {
        "title": event.title, "text": event.text, "when": event.when, "sub": event.sub, "links": event.links,
        "kind": event.colour,
    }  # fmt: skip


SOURCES: dict[str, Callable[[m.Petition, Actor], Iterator[Event]]] = {
    "move": story_of_moves.moves,
    "contact": story_of_moves.contacts,
    "paper": story_of_moves.papers,
    "supervision": story_of_work.supervisions,
    "reading": story_of_work.readings,
    "reception": story_of_work.receptions,
    "visit": story_of_work.visits,
    "case": story_of_work.cases,
}
"""Kind → what tells it, each through the gate."""
