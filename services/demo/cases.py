"""Matters that leaders carry (领导包案): running, late in their log, handed over, in signing, closed, taken up again."""

from collections.abc import Sequence
from datetime import date, timedelta

import models as m
from rules.cases import TeamRole
from rules.words import DutyState, PaperKind, Satisfaction, VisitMethod
from services import (
    case_choices,
    case_team,
    case_work,
    cases,
    checklist,
    closing,
    closing_papers,
    handovers,
    promises,
    return_visits,
    signatures,
)
from services.demo.matters import Act, Matter, next_visit
from services.demo.plans import Plan
from services.demo.town import Town

# what a story adds: the act it is counted from, natural days after it, what is done
SCRIPTS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "case_running": (("accept", 2, "case_assign"), ("accept", 8, "case_meet"), ("accept", 20, "case_progress")),
    "case_late": (("accept", 3, "case_assign"), ("accept", 10, "case_meet"), ("accept", 24, "case_progress")),
    "case_handed_over": (
        ("accept", 2, "case_assign"), ("accept", 9, "case_meet"), ("accept", 26, "case_hand_over"),
        ("accept", 40, "case_progress"),
    ),
    "case_filling": (("accept", 2, "case_assign"), ("accept", 7, "case_meet"), ("serve", 4, "case_file")),
    "case_signing": (
        ("accept", 2, "case_assign"), ("accept", 8, "case_meet"), ("serve", 2, "case_file"), ("serve", 4, "case_fill"),
        ("serve", 7, "case_sign"),
    ),
    "case_closed": (
        ("accept", 2, "case_assign"), ("accept", 7, "case_meet"), ("serve", 1, "case_file"), ("serve", 1, "case_agree"),
        ("close", 0, "case_fill"), ("close", 0, "case_sign"), ("close", 0, "case_sign_head"), ("close", 0, "case_close"),
        ("close", 20, "case_promise_kept"), ("close", 30, "case_visit"),
    ),
    "case_reopened": (
        ("accept", 2, "case_assign"), ("accept", 8, "case_meet"), ("serve", 1, "case_file"), ("serve", 1, "case_fill"),
        ("close", 0, "case_sign"), ("close", 0, "case_sign_head"), ("close", 0, "case_close"),
        ("close", 30, "case_complaint"), ("close", 33, "case_reopen"), ("close", 40, "case_progress"),
    ),
}  # fmt: skip
TEAM = (
    (TeamRole.DEPUTY, "曹建国", "协调各单位，把关方案"),
    (TeamRole.EXPERT, "钱正（村居法律顾问）", "释法说理"),
)
"""Who joins the team of every case."""
NOTES = {
    "basic": "案情、诉求和调查经过见查办报告；谈话笔录二份、现场照片六张存卷。",
    "appointment": "镇党委会议纪要〔{year}〕{number}号确定包案领导和责任人。",
    "measures": "责任单位每月联系一次，村里安排专人跟进，信访人家庭困难已纳入临时救助范围。",
}
REPORT = "经包案领导牵头查办：{facts}处理情况：{answer}信访人已签收处理意见书，对处理结果表示认可，建议结案。"
FORMED = (
    "一、基本情况\n{demand}\n二、调查核实情况\n{facts}\n三、处理意见落实情况\n{answer}已落实，凭证存卷。\n"
    "四、息访协议条款落实情况\n协议约定的事项由责任单位负责，按期兑现。\n"
    "五、包案领导责任落实情况\n包案领导两次到村见面，协调资金和手续，信访人表示认可，建议结案。"
)
"""The report in the form inspectors ask for; REPORT is what some units still write."""
PLAN = "一、七日内与信访人见面，听取诉求；二、会同责任单位核清事实；三、依法提出处理意见并兑现；四、做好回访。"
MET = "包案领导到村里与信访人见面，听取诉求，查看了现场，约定由责任单位核清事实后当面反馈。"
CLARIFIED = "责任单位已核清主要事实，就处理方案征求了信访人意见，正在落实资金和手续。"
AGREED = "按处理意见书落实后续事项，由责任单位负责，村委会监督。"


def script(town: Town, plan: Plan) -> None:
    """Write the story's case into the plan; its closing is the case's own closing."""
    added = SCRIPTS.get(plan.story, ())
    days = {act: day for day, act in plan.steps}
    if "case_close" in {act for _, _, act in added}:
        plan.steps = [step for step in plan.steps if step[1] != "close"]
    for act, after, what in added:
        plan.add(_day(town, days, act, after), what)


def _day(town: Town, days: dict[str, date], act: str, after: int) -> date:
    """A working day after the act, but before the matter's close where the case is still being prepared."""
    day = town.workday_after(days[act] + timedelta(days=after))
    return min(day, days["close"]) if act != "close" and "close" in days else day


def _leader(matter: Matter) -> str:
    return f"leader_{matter.plan.topic.unit}"


def _case(matter: Matter) -> m.Case:
    assert matter.case is not None
    return matter.case


def _file(town: Town, matter: Matter) -> m.ClosingFile:
    found = closing.find(town.session, _case(matter))
    assert found is not None
    return found


def assign(town: Town, matter: Matter, day: date) -> None:
    """包案: to the leader the division of work names, with a plan of three steps."""
    clerk = town.acting("clerk", day)
    leader = case_choices.propose_leader(town.session, clerk, matter.row)
    assert leader is not None
    said = cases.Assignment(
        leader.id,
        direction="先见面、后核实，依法解决合理诉求。",
        measures="责任单位每月走访一次，生活有困难的落实临时救助。",
        plan=PLAN,
        first_meeting_by=day + timedelta(days=10),
        close_by=day + timedelta(days=75),
        report_by=day + timedelta(days=85),
    )
    matter.case = cases.assign(town.session, clerk, matter.row, said)
    steps = ((7, "与信访人见面，听取诉求"), (30, "核清事实，提出处理方案"), (60, "兑现处理意见，回访"))
    for after, text in steps:
        case_work.add_step(town.session, clerk, matter.case, day + timedelta(days=after), text)
    for role, name, duty in TEAM:
        case_team.join(town.session, clerk, matter.case, case_team.Person(role, name=name, duty=duty))


def meet(town: Town, matter: Matter, day: date) -> None:
    """The leader has met the petitioner: a line in the log, the first step ticked, the first duty done."""
    case, leader = _case(matter), town.acting(_leader(matter), day)
    again = day + timedelta(days=14)
    case_work.note_progress(town.session, leader, case, MET, next_on=again)
    case_work.finish_step(town.session, leader, case.steps[0])
    states = (DutyState.DONE, DutyState.DOING, DutyState.DOING, DutyState.OPEN)
    for duty, state in zip(case.duties, states, strict=False):
        done = "已与信访人见面两次，掌握诉求和家庭情况。" if state is DutyState.DONE else None
        case_work.record_duty(town.session, leader, duty, state, done)
    case_work.show_evidence(town.session, leader, case.duties[0], day, "包案领导与信访人见面记录")


def progress(town: Town, matter: Matter, day: date) -> None:
    """A later line of the log; in the late story its promised next day has passed."""
    case, handler = _case(matter), town.acting(matter.handler, day)
    again = day + timedelta(days=10) if matter.plan.story == "case_late" else max(town.today, day) + timedelta(days=6)
    case_work.note_progress(town.session, handler, case, CLARIFIED, next_on=again)


def hand_over(town: Town, matter: Matter, day: date) -> None:
    """移交 to the leader in charge."""
    head, leader = town.acting("office_head", day), town.leaders["in_charge"]
    matter.case = handovers.hand_over(
        town.session, head, _case(matter), leader.id, "领导分工调整，由分管信访的副书记接手。"
    )


def file(town: Town, matter: Matter, day: date) -> None:
    """The closing file is opened; two items are there."""
    clerk = town.acting("clerk", day)
    opened = closing.open_file(town.session, clerk, _case(matter))
    for item in opened.items:
        if item.key in ("basic", "appointment"):
            _meet_item(town, matter, item, day)


def fill(town: Town, matter: Matter, day: date) -> None:
    """Everything else of the six haves: report, return visit, measures, the petitioner's paper."""
    opened = _file(town, matter)
    for item in opened.items:
        if item.key == "measures":
            _meet_item(town, matter, item, day)
    form = REPORT if matter.plan.story in ("case_reopened", "case_signing") else FORMED
    report = form.format(
        demand=matter.row.demand,
        facts=matter.said(matter.plan.topic.facts),
        answer=matter.said(matter.plan.topic.answer),
    )
    closing.write_report(town.session, town.acting(matter.handler, day), opened, report)
    said = return_visits.Said(day, VisitMethod.HOME, "李娜", Satisfaction.GOOD, "处理结果认可，没有别的要求。")
    return_visits.record_new(town.session, town.acting("clerk2", day), matter.row, said)
    if opened.paper is PaperKind.NONE:
        why = "诉求已解决，信访人认为不需要另行签订。"
        closing_papers.record_paper(town.session, town.acting("clerk", day), opened, PaperKind.NONE, why)
    leader = town.acting(_leader(matter), day)
    for duty in _case(matter).duties:
        done = duty.done or "已按方案落实，材料存卷。"
        case_work.record_duty(town.session, leader, duty, DutyState.DONE, done)


def _meet_item(town: Town, matter: Matter, item: m.ChecklistItem, day: date) -> None:
    note = NOTES[item.key].format(year=day.year, number=town.rng.randint(3, 28))
    checklist.meet(town.session, town.acting("clerk", day), item, checklist.Evidence(note=note), town.folder)


def agree(town: Town, matter: Matter, day: date) -> None:
    """An agreement with one promise."""
    opened, clerk = _file(town, matter), town.acting("clerk", day)
    closing_papers.record_paper(town.session, clerk, opened, PaperKind.AGREEMENT, "双方自愿签订。")
    promises.add(town.session, clerk, opened, AGREED, day + timedelta(days=45))


def promise_kept(town: Town, matter: Matter, day: date) -> None:
    """The promise was kept."""
    handler = town.acting(matter.handler, day)
    for promise in _file(town, matter).promises:
        promises.keep(town.session, handler, promise, day, "转账凭证和信访人签收单各一份。")


def sign(town: Town, matter: Matter, day: date) -> None:
    """承办人 and 包案领导 sign; the unit's head is still to come."""
    _sign(town, matter, day, (matter.handler, _leader(matter)))


def sign_head(town: Town, matter: Matter, day: date) -> None:
    """The third signature."""
    _sign(town, matter, day, (matter.head,))


def _sign(town: Town, matter: Matter, day: date, usernames: Sequence[str]) -> None:
    for username in usernames:
        actor = town.acting(username, day)
        signatures.sign(town.session, actor, _file(town, matter), town.passwords[username], town.system.now)


def close(town: Town, matter: Matter, day: date) -> None:
    """结案."""
    closing.close(town.session, town.acting("clerk", day), _file(town, matter))


def visit(town: Town, matter: Matter, day: date) -> None:
    """The visit planned on closing is made, and all is well."""
    _visited(town, matter, day, Satisfaction.GOOD, "款项已收到，感谢。")


def complaint(town: Town, matter: Matter, day: date) -> None:
    """The visit planned on closing finds that nothing was kept."""
    _visited(town, matter, day, Satisfaction.BAD, "答应的事只办了一半，余下的没有人管。")


def _visited(town: Town, matter: Matter, day: date, opinion: Satisfaction, words: str) -> None:
    planned = next_visit(town, matter, day)
    said = return_visits.Said(day, VisitMethod.HOME, "李娜", opinion, words)
    return_visits.record(town.session, town.acting("clerk2", day), planned, said)


def reopen(town: Town, matter: Matter, day: date) -> None:
    """重新办理."""
    reason = "回访不满意：承诺事项没有全部兑现。"
    closing.reopen(town.session, town.acting("clerk", day), _file(town, matter), reason)


CASE_ACTS: dict[str, Act] = {
    f"case_{act.__name__}": act
    for act in (
        assign, meet, progress, hand_over, file, fill, agree, promise_kept, sign, sign_head, close, visit, complaint, reopen
    )
}  # fmt: skip
"""Names in a plan's steps → what is done about its case."""
