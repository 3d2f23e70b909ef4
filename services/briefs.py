"""The brief before a session (接访准备) and how the lower level handled a matter (逐级), drafted from the matter (D11).

What is drafted here is a paper the office corrects: it stays Chinese.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.moves import VERBS
from services import settings

TOLD = ("accept", "refuse", "extend", "reply", "serve", "close", "reopen")
"""Moves of a matter that say how it was handled."""
SAYS = ("text", "facts", "reason", "note", "measures")
"""What of a move's details says most, in this order."""
LONGEST = 160


@dataclass(frozen=True)
class Handled:
    """One line of how the lower level handled a matter: day, unit, what in a word, and in its own words."""

    day: date
    unit: str
    word: str
    text: str


def handled_below(petition: m.Petition) -> list[Handled]:
    """Routings and answers of a matter, by day; `word` is a label of rules.words or rules.moves."""
    lines = [
        Handled(leg.sent_on, leg.unit.name, leg.kind.label, _short(leg.end_reason or leg.measures))
        for leg in petition.legs
    ]
    for move in petition.moves:
        if move.verb in TOLD:
            told = next((str(move.details[name]) for name in SAYS if move.details.get(name)), move.note)
            lines.append(Handled(move.moved_on, move.unit_name or "", VERBS[move.verb], _short(told)))
    return sorted(lines, key=lambda line: line.day)


def draft(session: Session, actor: Actor, row: m.Appointment) -> str:
    """A first brief: what it is about, earlier contacts, what was done and replied, what the unit proposes."""
    petition = row.petition
    parts = [("一、反映的问题", [_about(row)])]
    if petition is not None:
        parts.append(("二、以往来信来访", _contacts(session, actor, petition)))
        parts.append(("三、办理和答复情况", [_line(line) for line in handled_below(petition)]))
    elif row.lower_level:
        parts.append(("二、下级办理情况", [row.lower_level]))
    parts.append((f"{'四' if petition is not None else '三'}、责任单位的处理建议", [_proposal(petition)]))
    return "\n".join("\n".join([title, *(lines or ["无"])]) for title, lines in parts)


def _about(row: m.Appointment) -> str:
    who = f"{row.people_count} 人来访，代表：{row.representatives}" if row.representatives else ""
    matter = f"{row.petition.number} {row.petition.title}" if row.petition is not None else ""
    return "\n".join(part for part in (matter, _short(row.demand, 400), who) if part)


def _contacts(session: Session, actor: Actor, petition: m.Petition) -> list[str]:
    words = settings.channels(session)
    lines = [
        f"{one.received_on} {words.get(one.channel, one.channel)}，{one.people_count} 人" for one in petition.contacts
    ]
    return [f"共 {len(lines)} 次", *lines[-5:]]


def _line(line: Handled) -> str:
    return " ".join(part for part in (str(line.day), line.unit, line.word, line.text) if part)


def _proposal(petition: m.Petition | None) -> str:
    unit = petition.unit if petition is not None else None
    return f"（请{unit.name if unit else '责任单位'}补充）"


def _short(text: str | None, most: int = LONGEST) -> str:
    plain = " ".join((text or "").split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
