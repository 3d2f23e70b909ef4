"""What is done to a matter of the demonstration, one act a function, by the person whose act it is."""

from datetime import date, timedelta

from rules.handling_words import FilingReason, Procedure, ReviewResult
from rules.words import Satisfaction, ServiceMethod, VisitMethod
from services import clocks, return_visits
from services.demo import topics
from services.demo.cases import CASE_ACTS
from services.demo.matters import Act, Matter, attach, come_again, move, next_visit, register
from services.demo.receptions import receive
from services.demo.town import Life, Town

MEASURES = (
    "请到现场核实，与信访人见面沟通后答复。",
    "请会同村委会核实，依法依规提出处理意见。",
    "请核清底数，分类处理，防止反弹。",
)
WAYS = (ServiceMethod.DIRECT, ServiceMethod.DIRECT, ServiceMethod.DIRECT, ServiceMethod.POST, ServiceMethod.ONLINE)


def route(town: Town, matter: Matter, day: date) -> None:
    """交办, or 转送 for what is plain."""
    unit_id = town.units[matter.plan.topic.unit].id
    if town.rng.random() < 0.25 and not matter.plan.story:
        move(town, matter, day, "clerk", "forward", unit_id=unit_id, phoned="已电话联系责任单位值班人员")
        return
    handler_id = town.users[matter.handler].id if town.rng.random() < 0.6 else None
    measures, until = town.rng.choice(MEASURES), day + timedelta(days=town.rng.choice((80, 90)))
    move(
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
    move(town, matter, day, matter.handler, "accept", note="由本单位调查核实后书面答复。")


def refuse(town: Town, matter: Matter, day: date) -> None:
    """不予受理."""
    move(town, matter, day, matter.handler, "refuse", reason=town.rng.choice(topics.REFUSALS))


def extend(town: Town, matter: Matter, day: date) -> None:
    """延期, approved by the unit's head; what carries no such clock is not extended."""
    clock = next((clock for clock in clocks.running(matter.row) if clock.term == "handle"), None)
    if clock is not None and day <= clock.breach_on:
        reason = town.rng.choice(topics.EXTENSIONS)
        move(town, matter, day, matter.head, "extend", days=30, reason=reason)


def reply(town: Town, matter: Matter, day: date) -> None:
    """答复."""
    topic = matter.plan.topic
    texts = {"facts": matter.said(topic.facts), "basis": topic.basis, "text": matter.said(topic.answer)}
    move(town, matter, day, matter.handler, "reply", opinion=topic.opinion, **texts)


def serve(town: Town, matter: Matter, day: date) -> None:
    """送达; to somebody unknown by notice."""
    receiver = matter.people[0].name if matter.people else "（公告栏张贴）"
    method = town.rng.choice(WAYS) if matter.people else ServiceMethod.NOTICE
    instant = town.acting(matter.handler, day).now
    move(town, matter, day, matter.handler, "serve", served_at=instant, receiver=receiver, method=method)


def close(town: Town, matter: Matter, day: date) -> None:
    """办结."""
    move(town, matter, day, matter.handler, "close", note=town.rng.choice(topics.CLOSINGS))


def archive(town: Town, matter: Matter, day: date) -> None:
    """归档."""
    move(town, matter, day, "archivist", "archive", shelf=f"信访档案柜 {day.year} 年第 {town.rng.randint(1, 9)} 盒")


def void(town: Town, matter: Matter, day: date) -> None:
    """作废."""
    move(town, matter, day, "office_head", "void", reason=town.rng.choice(topics.VOIDS))


def submit(town: Town, matter: Matter, day: date) -> None:
    """呈阅."""
    leader = town.users["leader_in_charge"].leader
    move(
        town, matter, day, "clerk", "submit", leader_id=leader.id if leader else None, note="拟交责任单位一个月内办结。"
    )


def object_to(town: Town, matter: Matter, day: date) -> None:
    """提出异议."""
    move(town, matter, day, matter.handler, "object", reason="涉及的路段由县公路局管养，不属于本单位职责。")


def guide(town: Town, matter: Matter, day: date) -> None:
    """引导告知."""
    where = {"body": "县人民法院立案庭", "address": "县城建设路 8 号，0000-1234800"}
    move(town, matter, day, "clerk", "guide", reason="属于民事合同纠纷，应当通过诉讼解决。", **where)


def divert(town: Town, matter: Matter, day: date) -> None:
    """导入其他法定程序."""
    said = {"body": "县劳动人事争议仲裁委员会", "basis": "《劳动争议调解仲裁法》第二条、第四十三条"}
    until = day + timedelta(days=45)
    move(town, matter, day, matter.handler, "divert", procedure=Procedure.ARBITRATION, due_on=until, **said)


def file_away(town: Town, matter: Matter, day: date) -> None:
    """存信."""
    move(town, matter, day, "office_head", "file_away", filing=FilingReason.ANSWERED, reason="同一诉求上月已书面答复。")


def _ask(town: Town, matter: Matter, day: date, verb: str) -> None:
    said = {
        "request": "补偿面积与实测不符，请求重新核定。",
        "body": "县人民政府" if verb == "ask_review" else "市人民政府",
    }
    move(town, matter, day, "clerk", verb, asked_on=day, **said)


def ask_review(town: Town, matter: Matter, day: date) -> None:
    """申请复查."""
    _ask(town, matter, day, "ask_review")


def ask_recheck(town: Town, matter: Matter, day: date) -> None:
    """申请复核."""
    _ask(town, matter, day, "ask_recheck")


def _decide(town: Town, matter: Matter, day: date, verb: str) -> None:
    said = {"text": "原处理意见事实清楚、依据充分。", "basis": "《信访工作条例》第三十五条、第三十六条"}
    instant = town.acting("clerk", day).now
    move(town, matter, day, "clerk", verb, result=ReviewResult.UPHELD, served_at=instant, **said)


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


def life(town: Town, matter: Matter) -> Life:
    """The matter's steps, each on its day."""
    acts = ACTS | CASE_ACTS | {"receive": receive}
    for day, act in matter.plan.steps:
        yield day
        acts[act](town, matter, day)
