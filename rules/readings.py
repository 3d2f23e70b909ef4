"""Letters put before a leader (领导阅批): why a letter is one for him, how far a reading has come (C1–C3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.reception_words import ReadingReason, ReadingState

MAILBOX = "mailbox"
"""信访方式 of what came through a leader's own mailbox (领导信箱)."""
SALUTATION = 30
"""Characters at the beginning of a letter among which its addressee is looked for."""


@dataclass(frozen=True)
class Letter:
    """What is known of a contact: its words, channel, how many signed, the how manieth it is, whether its matter is open."""

    demand: str
    channel: str
    people_count: int = 1
    times: int = 1
    is_open: bool = True


@dataclass(frozen=True)
class Dates:
    """The days of one reading; `due_on` is the extended one where there is one."""

    read_on: date | None = None
    due_on: date | None = None
    signed_on: date | None = None
    fed_back_on: date | None = None


def reasons(letter: Letter, joint_from: int, *, is_addressed: bool) -> tuple[ReadingReason, ...]:
    """The reasons of C1 that can be seen from outside, the strongest first; what it is about only a person can say.

    joint_from: from how many people a letter is a joint one (联名信); is_addressed: it names a leader as its reader.
    """
    found = [
        (ReadingReason.ADDRESSED, is_addressed or letter.channel == MAILBOX),
        (ReadingReason.JOINT, letter.people_count >= joint_from),
        (ReadingReason.REPEATED, letter.times > 1 and letter.is_open),
    ]
    return tuple(reason for reason, holds in found if holds)


def addressee(demand: str, leaders: Iterable[tuple[int, str, str]]) -> int | None:
    """Whom a letter greets: the leader (id, name, title) whose name, or surname with title, stands in its first words."""
    head = "".join(demand.split())[:SALUTATION]
    places = []
    for key, name, title in leaders:
        found = [head.find(words) for words in (name, name[:1] + title) if words and words in head]
        places += [(min(found), key)] if found else []
    return min(places)[1] if places else None


def state(dates: Dates, *, is_withdrawn: bool, today: date) -> ReadingState:
    """How far the reading has come by the end of `today`."""
    if is_withdrawn:
        return ReadingState.WITHDRAWN
    if dates.read_on is None:
        return ReadingState.TO_READ
    if dates.due_on is not None and dates.signed_on is None:
        return ReadingState.LATE if dates.due_on < today else ReadingState.REPORT_DUE
    if dates.fed_back_on is not None:
        return ReadingState.FED_BACK
    return ReadingState.SIGNED if dates.signed_on is not None else ReadingState.READ
