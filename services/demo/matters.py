"""The demonstration's matters live their lives: every step is one verb of the services, made by the person whose step it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import models as m
from rules.handling_words import FilingReason, Procedure, ReviewResult, TellingMethod
from rules.words import Level, RespondentKind, Satisfaction, ServiceMethod, VisitMethod
from services import attachments, clocks, dues, handling, petitions, return_visits
from services.demo import names, papers, topics
from services.demo.people import HANDLERS, HEADS
from services.demo.plans import Plan
from services.demo.town import Life, Town
from services.registration import Accused, Person, Registration

VILLAGES = ("河东村", "石桥村", "柳林村", "青石社区", "上坝村", "枫树湾")
CHANNELS = {"visit": 40, "letter": 14, "online": 24, "call": 13, "mailbox": 5, "from_above": 4}
MEASURES = (
    "请到现场核实，与信访人见面沟通后答复。",
    "请会同村委会核实，依法依规提出处理意见。",
    "请核清底数，分类处理，防止反弹。",
)
WAYS = (ServiceMethod.DIRECT, ServiceMethod.DIRECT, ServiceMethod.DIRECT, ServiceMethod.POST, ServiceMethod.ONLINE)


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


def life(town: Town, matter: Matter) -> Life:
    """The matter's steps, each on its day."""
    from services.demo.cases import CASE_ACTS
    from services.demo.receptions import receive

    acts = ACTS | CASE_ACTS | {"receive": receive}
    for day, act in matter.plan.steps:
        yield day
        acts[act](town, matter, day)


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
        _move(town, matter, day, matter.clerk, "first_reply", told_on=day, told_by=TellingMethod.PHONE, note=RECEIVED)


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


def _move(town: Town, matter: Matter, day: date, who: str, verb: str, **said: Any) -> None:
    handling.move(town.session, town.acting(who, day), matter.row, verb, said)


def route(town: Town, matter: Matter, day: date) -> None:
    """交办, or 转送 for what is plain."""
    unit_id = town.units[matter.plan.topic.unit].id
    if town.rng.random() < 0.25 and not matter.plan.story:
        _move(town, matter, day, "clerk", "forward", unit_id=unit_id, phoned="已电话联系责任单位值班人员")
        return
    handler_id = town.users[matter.handler].id if town.rng.random() < 0.6 else None
    measures, until = town.rng.choice(MEASURES), day + timedelta(days=town.rng.choice((80, 90)))
    _move(
        town,
        matter,
        day,
        "clerk",
        "assign",
        unit_id=unit_id,
        handler_id=handler_id,
        feedback_on=until,
        measures=measures,
    )


def accept(town: Town, matter: Matter, day: date) -> None:
    """受理."""
    _move(town, matter, day, matter.handler, "accept", note="由本单位调查核实后书面答复。")


def refuse(town: Town, matter: Matter, day: date) -> None:
    """不予受理."""
    _move(town, matter, day, matter.handler, "refuse", reason=town.rng.choice(topics.REFUSALS))


def extend(town: Town, matter: Matter, day: date) -> None:
    """延期, approved by the unit's head; what carries no such clock is not extended."""
    clock = next((clock for clock in clocks.running(matter.row) if clock.term == "handle"), None)
    if clock is not None and day <= clock.breach_on:
        reason = town.rng.choice(topics.EXTENSIONS)
        _move(town, matter, day, matter.head, "extend", days=30, reason=reason)


def reply(town: Town, matter: Matter, day: date) -> None:
    """答复."""
    topic = matter.plan.topic
    texts = {"facts": matter.said(topic.facts), "basis": topic.basis, "text": matter.said(topic.answer)}
    _move(town, matter, day, matter.handler, "reply", opinion=topic.opinion, **texts)


def serve(town: Town, matter: Matter, day: date) -> None:
    """送达; to somebody unknown by notice."""
    receiver = matter.people[0].name if matter.people else "（公告栏张贴）"
    method = town.rng.choice(WAYS) if matter.people else ServiceMethod.NOTICE
    instant = town.acting(matter.handler, day).now
    _move(town, matter, day, matter.handler, "serve", served_at=instant, receiver=receiver, method=method)


def close(town: Town, matter: Matter, day: date) -> None:
    """办结."""
    _move(town, matter, day, matter.handler, "close", note=town.rng.choice(topics.CLOSINGS))


def archive(town: Town, matter: Matter, day: date) -> None:
    """归档."""
    _move(town, matter, day, "archivist", "archive", shelf=f"信访档案柜 {day.year} 年第 {town.rng.randint(1, 9)} 盒")


def void(town: Town, matter: Matter, day: date) -> None:
    """作废."""
    _move(town, matter, day, "office_head", "void", reason=town.rng.choice(topics.VOIDS))


def submit(town: Town, matter: Matter, day: date) -> None:
    """呈阅."""
    leader = town.users["leader_in_charge"].leader
    _move(
        town, matter, day, "clerk", "submit", leader_id=leader.id if leader else None, note="拟交责任单位一个月内办结。"
    )


def object_to(town: Town, matter: Matter, day: date) -> None:
    """提出异议."""
    _move(town, matter, day, matter.handler, "object", reason="涉及的路段由县公路局管养，不属于本单位职责。")


def guide(town: Town, matter: Matter, day: date) -> None:
    """引导告知."""
    where = {"body": "县人民法院立案庭", "address": "县城建设路 8 号，0000-1234800"}
    _move(town, matter, day, "clerk", "guide", reason="属于民事合同纠纷，应当通过诉讼解决。", **where)


def divert(town: Town, matter: Matter, day: date) -> None:
    """导入其他法定程序."""
    said = {"body": "县劳动人事争议仲裁委员会", "basis": "《劳动争议调解仲裁法》第二条、第四十三条"}
    until = day + timedelta(days=45)
    _move(town, matter, day, matter.handler, "divert", procedure=Procedure.ARBITRATION, due_on=until, **said)


def file_away(town: Town, matter: Matter, day: date) -> None:
    """存信."""
    _move(
        town, matter, day, "office_head", "file_away", filing=FilingReason.ANSWERED, reason="同一诉求上月已书面答复。"
    )


def _ask(town: Town, matter: Matter, day: date, verb: str) -> None:
    said = {
        "request": "补偿面积与实测不符，请求重新核定。",
        "body": "县人民政府" if verb == "ask_review" else "市人民政府",
    }
    _move(town, matter, day, "clerk", verb, asked_on=day, **said)


def ask_review(town: Town, matter: Matter, day: date) -> None:
    """申请复查."""
    _ask(town, matter, day, "ask_review")


def ask_recheck(town: Town, matter: Matter, day: date) -> None:
    """申请复核."""
    _ask(town, matter, day, "ask_recheck")


def _decide(town: Town, matter: Matter, day: date, verb: str) -> None:
    said = {"text": "原处理意见事实清楚、依据充分。", "basis": "《信访工作条例》第三十五条、第三十六条"}
    instant = town.acting("clerk", day).now
    _move(town, matter, day, "clerk", verb, result=ReviewResult.UPHELD, served_at=instant, **said)


def uphold(town: Town, matter: Matter, day: date) -> None:
    """复查意见."""
    _decide(town, matter, day, "uphold")


def recheck_uphold(town: Town, matter: Matter, day: date) -> None:
    """复核意见."""
    _decide(town, matter, day, "recheck_uphold")


def plan_visit(town: Town, matter: Matter, day: date) -> None:
    """A return visit thirty days on, where closing has not planned one."""
    if any(v.made_on is None and v.dropped_reason is None for v in return_visits.of(town.session, matter.row)):
        return
    return_visits.plan(town.session, town.acting("clerk", day), matter.row, day + timedelta(days=30))


def next_visit(town: Town, matter: Matter, day: date) -> m.ReturnVisit:
    """The first visit still to be made; one of today where none is planned."""
    waiting = [v for v in return_visits.of(town.session, matter.row) if v.made_on is None and v.dropped_reason is None]
    return waiting[0] if waiting else return_visits.plan(town.session, town.acting("clerk", day), matter.row, day)


def visit(town: Town, matter: Matter, day: date) -> None:
    """The return visit that was planned is made."""
    planned = next_visit(town, matter, day)
    opinion = town.rng.choices((Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.BAD), (70, 24, 6))[0]
    words = {Satisfaction.GOOD: "问题已经解决，表示满意。", Satisfaction.FAIR: "基本认可，希望后续跟进。"}
    said = return_visits.Said(day, VisitMethod.PHONE, "李娜", opinion, words.get(opinion, "认为处理得太慢。"))
    return_visits.record(town.session, town.acting("clerk2", day), planned, said)


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        register, come_again, attach, route, accept, refuse, extend, reply, serve, close, archive, void, plan_visit, visit,
        submit, object_to, guide, divert, file_away, ask_review, uphold, ask_recheck, recheck_uphold,
    )
}  # fmt: skip
"""Names in a plan's steps → what is done."""
