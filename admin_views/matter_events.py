"""One sentence of a matter's history, and the ways to the papers and pages it names (B8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.shown import show


@dataclass(frozen=True)
class Event:
    """One sentence of the story. `order`: within its day; `links`: the papers and pages it names."""

    kind: str
    day: date
    title: str
    text: str
    when: str
    sub: str = ""
    colour: str = ""
    order: tuple[int, int] = (1, 0)
    links: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def on(
        cls,
        kind: str,
        day: date,
        title: str,
        text: str,
        sub: str | None = "",
        colour: str = "",
        order: tuple[int, int] = (1, 0),
        links: Sequence[dict[str, str]] = (),
    ) -> "Event":
        """Something of which only the day is known."""
        return cls(kind, day, title, text, show(day), sub or "", colour, order, list(links))


def document(document: m.Document | None) -> list[dict[str, str]]:
    """The way to a paper, of none nothing."""
    if document is None:
        return []
    url = url_for("document.print_view", row_id=document.id)
    return [{"label": f"{gettext(document.title)} {document.number or ''}".strip(), "url": url}]


def page(label: str, endpoint: str, row_id: int) -> dict[str, str]:
    """The way to a row's page."""
    return {"label": label, "url": url_for(endpoint, id=row_id)}
