"""Which matters the demonstration has, where each stands today, and on which days it got there. Nothing is done here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rules.words import Purpose, Status
from services.demo.topics import TOPICS, Topic
from services.demo.town import Town

S = Status
OLDEST = 725
"""Natural days before today on which the first matter may have been registered."""
SMOOTH = 0.5
"""The luck with which a matter goes its way on time."""
Step = tuple[date, str]


@dataclass
class Plan:
    """One matter to come. `story`: what is special about it; `steps`: (day, name of an act) in order of days."""

    status: Status
    story: str = ""
    topic: Topic = TOPICS[0]
    steps: list[Step] = field(default_factory=list)

    @property
    def registered_on(self) -> date:
        """The day of the first step."""
        return self.steps[0][0]

    def add(self, day: date, act: str) -> None:
        """One more step, after those of the same day."""
        self.steps.append((day, act))
        self.steps.sort(key=lambda step: step[0])


# status, story, natural days since the act that started its clock (0: it has none that matters)
SPECIALS: tuple[tuple[Status, str, int], ...] = (
    (S.HANDLING, "accused", 18),
    (S.REGISTERED, "", 22),
    (S.ROUTED, "", 15),
    (S.HANDLING, "", 71),
    (S.HANDLING, "due_today", 60),
    (S.REPLIED, "", 3),
    (S.SERVED, "", 9),
    (S.REFUSED, "", 6),
    (S.CLOSED, "", 0),
    (S.ARCHIVED, "", 0),
    (S.VOIDED, "", 0),
    (S.SERVED, "case_signing", 12),
    (S.CLOSED, "case_closed", 0),
    (S.HANDLING, "case_reopened", 0),
    (S.HANDLING, "case_running", 24),
    (S.HANDLING, "extended", 76),
    (S.HANDLING, "rolling", 0),
    (S.CLOSED, "carried", 0),
    (S.REGISTERED, "due_today", 15),
    (S.REGISTERED, "", 11),
    (S.REGISTERED, "", 1),
    (S.ROUTED, "", 19),
    (S.ROUTED, "", 3),
    (S.HANDLING, "", 55),
    (S.HANDLING, "case_late", 66),
    (S.HANDLING, "secret", 30),
    (S.REGISTERED, "report", 4),
    (S.ROUTED, "group", 9),
    (S.HANDLING, "anonymous", 21),
    (S.HANDLING, "group", 33),
    (S.HANDLING, "case_handed_over", 48),
    (S.SERVED, "case_filling", 16),
    (S.CLOSED, "visit_due", 33),
    (S.CLOSED, "visit_planned", 12),
    (S.REGISTERED, "carried", 0),
    (S.CLOSED, "carried", 0),
    (S.CLOSED, "group", 0),
    (S.HANDLING, "extended", 84),
    (S.HANDLING, "case_running", 41),
    (S.ROUTED, "reporter", 5),
    (S.HANDLING, "cadre", 12),
    (S.PROPOSED, "branch", 2),
    (S.OBJECTED, "branch", 1),
    (S.REVIEWING, "branch", 8),
    (S.REVIEWED, "branch", 6),
    (S.RECHECKING, "branch", 5),
    (S.FINAL, "branch", 4),
    (S.GUIDED, "branch", 3),
    (S.DIVERTED, "branch", 14),
    (S.FILED, "branch", 10),
)
"""Stories every demonstration tells first, in the order they are kept when few matters are asked for."""

# status: share, youngest and oldest age in days since its clock began (open) or since it was registered (ended)
OTHERS: dict[Status, tuple[int, int, int]] = {
    S.REGISTERED: (2, 0, 14),
    S.ROUTED: (3, 0, 15),
    S.HANDLING: (8, 1, 58),
    S.REPLIED: (2, 0, 6),
    S.SERVED: (3, 0, 24),
    S.REFUSED: (1, 0, 20),
    S.CLOSED: (42, 65, 480),
    S.ARCHIVED: (37, 190, OLDEST),
    S.VOIDED: (2, 20, 600),
}


def draw(town: Town, count: int) -> list[Plan]:
    """So many plans: the stories first, then others by their shares, each with its days and its trouble."""
    plans = [_plan(town, status, story, age) for status, story, age in SPECIALS[:count]]
    statuses, shares = list(OTHERS), [share for share, _, _ in OTHERS.values()]
    while len(plans) < count:
        status = town.rng.choices(statuses, shares)[0]
        _, youngest, oldest = OTHERS[status]
        plans.append(_plan(town, status, "", town.rng.randint(youngest, oldest)))
    _topics(town, plans)
    for plan in plans:
        _extras(town, plan)
    return plans


def _plan(town: Town, status: Status, story: str, age: int) -> Plan:
    plan = Plan(status, story)
    if story == "carried":
        plan.steps = _carried(town, status)
    elif story == "case_reopened":
        plan.steps = _forward(town, S.CLOSED, 140, SMOOTH)
    elif status in (S.CLOSED, S.ARCHIVED, S.VOIDED) and not story.startswith("visit"):
        luck = SMOOTH if story else town.rng.random()
        plan.steps = _forward(town, status, age or town.rng.randint(150, 260), luck)
    else:
        plan.steps = _backward(town, plan, age)
    return plan


# status: the acts that lead to it, with the natural days each takes after the one before
WAY: tuple[tuple[str, int, int], ...] = (
    ("route", 1, 9),
    ("accept", 2, 12),
    ("reply", 14, 56),
    ("serve", 1, 5),
    ("close", 2, 15),
    ("archive", 31, 60),
)
ACTS_TO: dict[Status, int] = {
    S.REGISTERED: 0,
    S.ROUTED: 1,
    S.HANDLING: 2,
    S.REPLIED: 3,
    S.SERVED: 4,
    S.CLOSED: 5,
    S.ARCHIVED: 6,
}
SERVED_WAY = WAY[:4]
REVIEW = (*SERVED_WAY, ("ask_review", 5, 20))
REVIEWED = (*REVIEW, ("uphold", 10, 25))
RECHECK = (*REVIEWED, ("ask_recheck", 5, 20))
BRANCHES: dict[Status, tuple[tuple[str, int, int], ...]] = {
    S.REFUSED: (WAY[0], ("refuse", 2, 12)),
    S.PROPOSED: (("submit", 1, 5),),
    S.OBJECTED: (WAY[0], ("object_to", 1, 3)),
    S.GUIDED: (("guide", 1, 6),),
    S.FILED: (("file_away", 1, 4),),
    S.DIVERTED: (*WAY[:2], ("divert", 3, 10)),
    S.REVIEWING: REVIEW,
    S.REVIEWED: REVIEWED,
    S.RECHECKING: RECHECK,
    S.FINAL: (*RECHECK, ("recheck_uphold", 10, 25)),
}
"""The ways beside the main one."""


def _forward(town: Town, status: Status, age: int, luck: float) -> list[Step]:
    """From registration on: on time mostly; by `luck` (0 to 1) late, extended or refused."""
    rng, day = town.rng, town.workday(town.ago(age))
    steps = [(day, "register")]
    if status is S.VOIDED:
        return [*steps, (town.workday(day + timedelta(days=rng.randint(1, 4))), "void")]
    for act, least, most in WAY[: ACTS_TO[status]]:
        gap = rng.randint(least, most)
        if act == "route" and 0.05 < luck < 0.09:
            gap = rng.randint(17, 20)
        if act == "reply":
            act, gap, steps = _decided(town, luck, day, gap, steps)
        if act == "serve" and steps[-1][1] == "refuse":
            continue
        day = town.workday(day + timedelta(days=gap))
        steps.append((day, act))
    return steps


def _decided(town: Town, luck: float, day: date, gap: int, steps: list[Step]) -> tuple[str, int, list[Step]]:
    """Refused instead of accepted, answered late, or extended and answered in time."""
    if luck < 0.05:
        return "refuse", 0, steps[:-1]
    if luck > 0.92:
        return "reply", town.rng.randint(64, 80), steps
    if luck > 0.85:
        asked = town.workday(day + timedelta(days=town.rng.randint(45, 56)))
        return "reply", town.rng.randint(66, 88), [*steps, (asked, "extend")]
    return "reply", gap, steps


def _backward(town: Town, plan: Plan, age: int) -> list[Step]:
    """Back from the act that started today's clock, which stays on its exact day."""
    rng = town.rng
    day = _rolling_start(town) if plan.story == "rolling" else town.ago(age)
    way: Sequence[tuple[str, int, int]] = BRANCHES.get(plan.status) or WAY[: ACTS_TO[plan.status]]
    steps: list[Step] = []
    for act, least, most in reversed(way):
        steps.insert(0, (day, act))
        day = town.workday_before(day - timedelta(days=rng.randint(least, most)))
    steps.insert(0, (day, "register"))
    if plan.story == "extended":
        steps.append((town.workday_before(town.ago(age - 52)), "extend"))
    return steps


def _rolling_start(town: Town) -> date:
    """The day of acceptance whose 60th day is a rest day put off to today or later: late neither yesterday nor today."""
    days = (town.ago(n) for n in range(9, -9, -1))
    last = next(day for day in days if town.workday_after(day) != day and town.workday_after(day) >= town.today)
    return last - timedelta(days=60)


def _carried(town: Town, status: Status) -> list[Step]:
    """Taken over from the old ledger on the first day: no clock ever starts."""
    steps = [(town.ago(OLDEST + 3), "register")]
    if status is S.CLOSED:
        days = (6, 20, 58, 61, 75)
        steps += [(town.workday(town.ago(OLDEST - n)), act) for n, (act, _, _) in zip(days, WAY, strict=False)]
    return steps


def _topics(town: Town, plans: list[Plan]) -> None:
    """Each matter its trouble; the cases, and what hangs on the handlers with accounts, go to units A and B."""
    town_wide = [topic for topic in TOPICS if topic.purpose in (Purpose.SEEK, Purpose.APPEAL)]
    of_a = [topic for topic in town_wide if topic.unit == "a"]
    of_ab = [topic for topic in town_wide if topic.unit in ("a", "b")]
    for n, plan in enumerate(plans):
        if plan.story == "secret":
            plan.topic = next(topic for topic in TOPICS if "采石" in topic.title)
        elif plan.story in ("case_signing", "case_closed", "reporter", "cadre"):
            plan.topic = of_a[n % len(of_a)]
        elif plan.story:
            plan.topic = of_ab[n % len(of_ab)]
        else:
            plan.topic = town.rng.choice(town_wide if n < len(SPECIALS) else TOPICS)


def _extras(town: Town, plan: Plan) -> None:
    """Coming again, papers brought along, and visits after the end."""
    rng, last = town.rng, plan.steps[-1][0]
    if plan.story in ("carried", "accused", "report") or plan.status is S.VOIDED:
        return
    until = min(last, town.today) if plan.status in (S.CLOSED, S.ARCHIVED) else town.today
    span = (until - plan.registered_on).days
    for _ in range(rng.choices((0, 1, 2), (74, 20, 6))[0] if span > 10 else 0):
        plan.add(town.workday_before(plan.registered_on + timedelta(days=rng.randint(6, span))), "come_again")
    if rng.random() < 0.09 or plan.story in ("group", "case_signing"):
        plan.add(plan.registered_on, "attach")
    if plan.story.startswith("visit") or (
        plan.status in (S.CLOSED, S.ARCHIVED) and not plan.story and rng.random() < 0.3
    ):
        _visits(town, plan)


def _visits(town: Town, plan: Plan) -> None:
    """A return visit planned on closing; those of the last weeks are still to be made."""
    closed = next(day for day, act in plan.steps if act == "close")
    plan.add(closed, "plan_visit")
    if closed < town.ago(37):
        plan.add(town.workday(closed + timedelta(days=30)), "visit")
