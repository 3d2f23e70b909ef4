"""Letters of years ago that were filed without handling, bundled, and put onto a destruction list; one filing to approve; a link."""

from collections.abc import Sequence
from datetime import date, timedelta

import models as m
from rules.handling_words import FilingReason
from rules.words import Purpose, Status
from services import bundles, destruction, handling, linking, petitions
from services.demo import names
from services.demo.matters import Matter
from services.demo.town import Life, Town
from services.registration import Registration

OLD = (
    ("河东村", "河东村老张家宅基地旧事", "三十年前分家时的宅基地界线，要求再查一次。该事项早年已作书面答复。"),
    ("河东村", "询问旧粮票兑换", "询问八十年代的粮票能否兑换，信中没有其他诉求。"),
    ("石桥村", "石桥村水渠改道旧事", "要求恢复改道前的老水渠，复核早已终结，仍来信。"),
)
"""Place, headline, what the letter says."""
LEAST = 100
"""A smaller demonstration does without them, so that its number of matters stays what was asked for."""
YEARS_AGO = 7


def count(asked: int) -> int:
    """How many matters of a demonstration of this size are such letters."""
    return len(OLD) if asked >= LEAST else 0


def lives(town: Town, asked: int, begun: Sequence[Matter]) -> list[Life]:
    """The old letters, what the archivist does with them, a proposal that waits for the head, two matters of one trouble linked."""
    old = [_old(town), _proposal(town, begun)] if asked >= LEAST else []
    return [*old, _link(town, begun)]


def _old(town: Town) -> Life:
    """Registered and filed years ago, bundled last month, proposed for destruction three days ago."""
    day = date(town.today.year - YEARS_AGO, 6, 3)
    yield day
    for place, title, demand in OLD:
        person = names.person(town.rng, place)
        said = Registration(
            "letter",
            demand,
            day,
            title=title,
            people=[person],
            place=place,
            purpose=Purpose.OTHER,
            is_carried_over=True,
        )
        petition = petitions.register(town.session, town.acting("clerk", day), said).petition
        facts = {"filing": FilingReason.ANSWERED, "reason": "早年已书面答复，没有新的内容。"}
        handling.move(town.session, town.acting("office_head", day), petition, "file_away", facts)
    bundled_on = town.workday_before(town.ago(30))
    yield bundled_on
    made = [_bundle(town, bundled_on, heap.key) for heap in _heaps(town, day.year)]
    proposed_on = town.workday_before(town.ago(3))
    yield proposed_on
    archivist = town.acting("archivist", proposed_on)
    destruction.propose(town.session, archivist, [row.id for row in made], "保存期满，无继续保存价值。")


def _heaps(town: Town, year: int) -> list[bundles.Heap]:
    return [heap for heap in bundles.heaps(town.session, town.system) if heap.year == year]


def _bundle(town: Town, day: date, key: str) -> m.Bundle:
    return bundles.make(town.session, town.acting("archivist", day), key, "档案室 5 柜")


def _proposal(town: Town, begun: Sequence[Matter]) -> Life:
    """The newest open matter still at the office is proposed for filing today."""
    yield town.today
    waiting = [one for one in begun if not one.plan.story and one.row.status is Status.REGISTERED]
    if waiting:
        newest = max(waiting, key=lambda one: (one.plan.registered_on, one.row.id))
        why = "与上月已答复的是同一件事，没有新的内容。"
        said = {"filing": FilingReason.ANSWERED, "reason": why}
        handling.move(town.session, town.acting("clerk", town.today), newest.row, "ask_filing", said)


def _link(town: Town, begun: Sequence[Matter]) -> Life:
    """Two matters in hand of one trouble."""
    day = town.workday_before(town.today - timedelta(days=1))
    yield day
    seen: dict[str, Matter] = {}
    for one in begun:
        if one.plan.story or one.petition is None or one.row.status is not Status.HANDLING:
            continue
        if one.plan.topic.title in seen:
            why, clerk = "起因相同，一并了解情况。", town.acting("clerk", day)
            linking.link(town.session, clerk, seen[one.plan.topic.title].row, one.row, why)
            return
        seen[one.plan.topic.title] = one
