"""The matters of the demonstration: who comes with what, and how each is registered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import models as m
from rules.handling_words import TellingMethod
from rules.words import Level, RespondentKind
from services import attachments, dues, handling, petitions, return_visits
from services.demo import names, papers, topics
from services.demo.people import HANDLERS, HEADS
from services.demo.plans import Plan
from services.demo.town import Town
from services.registration import Accused, Person, Registration

VILLAGES = ("河东村", "石桥村", "柳林村", "青石社区", "上坝村", "枫树湾")
CHANNELS = {"visit": 40, "letter": 14, "online": 24, "call": 13, "mailbox": 5, "from_above": 4}


@dataclass
class Matter:
    """A plan being carried out. `people`: those who came first; `demand`: what they said."""

    plan: Plan
    village: str
    slots: dict[str, Any]
    channel: str
    clerk: str
    people: list[Person] = field(default_factory=list)
    is_anonymous: bool = False
    people_count: int = 1
    petition: m.Petition | None = None
    case: m.Case | None = None

    @property
    def row(self) -> m.Petition:
        """The matter once it is registered."""
        assert self.petition is not None
        return self.petition

    @property
    def handler(self) -> str:
        """User name of the one who handles it."""
        return HANDLERS[self.plan.topic.unit]

    @property
    def head(self) -> str:
        """User name of the responsible unit's head."""
        return HEADS[self.plan.topic.unit]

    def said(self, text: str) -> str:
        """A text with this matter's places, years and sums in it."""
        return text.format_map(self.slots)


Act = Callable[[Town, Matter, date], None]


def begin(town: Town, plan: Plan) -> Matter:
    """Draw who comes, from where, about how much."""
    rng = town.rng
    story = {"accused": topics.ACCUSED, "report": topics.REPORTED}.get(plan.story)
    plan.topic = story or plan.topic
    village = rng.choice(VILLAGES)
    slots = {
        "village": village,
        "year": plan.registered_on.year - rng.randint(1, 4),
        "mu": f"{rng.randint(4, 68) / 10:.1f}",
        "money": rng.randrange(400, 3800, 50),
        "sum": rng.randrange(8_000, 68_000, 500),
        "days": rng.randint(6, 30),
        "households": rng.randint(5, 36),
        "neighbour": rng.choice(names.SURNAMES) + "某",
    }
    matter = Matter(plan, village, slots, _channel(town, plan), _clerk(town, plan))
    _people(town, matter)
    return matter


def _channel(town: Town, plan: Plan) -> str:
    fixed = {
        "accused": "letter",
        "report": "letter",
        "anonymous": "letter",
        "group": "visit",
        "reporter": "visit",
        "cadre": "call",
    }
    return fixed.get(plan.story) or town.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]


def _clerk(town: Town, plan: Plan) -> str:
    fixed = {"reporter": "reporter_a", "cadre": "cadre_a", "accused": "clerk"}
    return fixed.get(plan.story) or town.rng.choice(("clerk", "clerk", "clerk2"))


def _people(town: Town, matter: Matter) -> None:
    rng, story = town.rng, matter.plan.story
    is_group = story == "group" or (not story and matter.channel == "visit" and rng.random() < 0.09)
    is_shy = not story and matter.channel in ("letter", "online", "call") and rng.random() < 0.12
    matter.is_anonymous = is_shy or story == "anonymous"
    if is_group:
        matter.people_count = rng.randint(5, 26)
        count = rng.randint(2, 5)
        matter.people = [names.person(rng, matter.village, is_representative=True) for _ in range(count)]
    elif not matter.is_anonymous:
        matter.people_count = rng.choice((1, 1, 1, 1, 2, 3))
        matter.people = [names.person(rng, matter.village)]


def registration(town: Town, matter: Matter, day: date) -> Registration:
    """What the clerk types."""
    topic, story = matter.plan.topic, matter.plan.story
    away = town.rng.randint(0, 3) if matter.channel in ("letter", "mailbox", "from_above") else 0
    is_above = matter.channel == "from_above"
    return Registration(
        channel=matter.channel,
        title=matter.said(topic.title),
        demand=matter.said(topic.demand),
        received_on=day - timedelta(days=away),
        people=matter.people,
        is_anonymous=matter.is_anonymous,
        is_secret=story in ("secret", "accused"),
        people_count=matter.people_count,
        purpose=topic.purpose,
        category_id=town.categories[topic.category],
        place=f"青石镇{matter.village}",
        respondents=_respondents(town, story),
        is_carried_over=story == "carried",
        original_at="原登记台账（纸质）" if story == "carried" else None,
        level_from=Level.COUNTY if is_above else None,
        source_number=f"县信交〔{day.year}〕{town.rng.randint(11, 480)}号" if is_above else None,
    )


def _respondents(town: Town, story: str) -> list[Accused]:
    if story == "accused":
        head = town.users["unit_head_b"]
        return [Accused(RespondentKind.USER, head.id, head.name)]
    if story in ("report", "secret"):
        return [Accused(RespondentKind.OUTSIDE, name="村务工作人员" if story == "report" else "某石料加工厂")]
    return []


def register(town: Town, matter: Matter, day: date) -> None:
    """登记."""
    said = registration(town, matter, day)
    matter.petition = petitions.register(town.session, town.acting(matter.clerk, day), said).petition
    named = any(not contact.is_anonymous for contact in matter.row.contacts)
    if matter.row.channel in dues.WRITTEN and named and matter.row.id % UNTOLD and matter.clerk.startswith("clerk"):
        move(town, matter, day, matter.clerk, "first_reply", told_on=day, told_by=TellingMethod.PHONE, note=RECEIVED)


UNTOLD = 9
"""Of so many writers one has not been called back yet."""
RECEIVED = "电话告知已经收到，正在核实情况，将交有权处理的单位办理并书面答复。"


def come_again(town: Town, matter: Matter, day: date) -> None:
    """The same people come again: the contact joins the matter."""
    channel = town.rng.choice(("visit", "visit", "call", "online"))
    said = Registration(
        channel=channel,
        demand=town.rng.choice(topics.AGAIN),
        received_on=day,
        people=matter.people[:1],
        is_anonymous=matter.is_anonymous,
        purpose=matter.row.purpose,
        place=matter.row.place,
    )
    petitions.register(town.session, town.acting("clerk2", day), said, joins=matter.row)


def attach(town: Town, matter: Matter, day: date) -> None:
    """A scanned page handed in with the demand."""
    name, data = papers.scanned(town.rng)
    actor = town.acting(matter.clerk, day)
    attachments.add(town.session, actor, matter.row, name, BytesIO(data), town.folder, "信访材料")


def move(town: Town, matter: Matter, day: date, who: str, verb: str, **said: Any) -> None:
    handling.move(town.session, town.acting(who, day), matter.row, verb, said)


def next_visit(town: Town, matter: Matter, day: date) -> m.ReturnVisit:
    """The first visit still to be made; one of today where none is planned."""
    waiting = [v for v in return_visits.of(town.session, matter.row) if v.made_on is None and v.dropped_reason is None]
    return waiting[0] if waiting else return_visits.plan(town.session, town.acting("clerk", day), matter.row, day)
