"""Proceedings on open cases: one checked, one conferred on, one heard, one mediated level by level, one appraised on request (F3–F5)."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa

import models as m
from rules.demand_ways import DemandKind
from rules.proceedings import AskedBy, MediationLevel, Outcome, ProceedingKind
from rules.words import CaseStatus
from services import decisions, demands, gate, proceeding_papers, proceedings
from services.demo.town import Life, Town
from services.proceeding_people import People

K, OUT = ProceedingKind, Outcome
CHAIR = "曾庆国，镇司法所所长"
REQUEST = b"%PDF-1.4\n% written request of the demonstration\n%%EOF\n"


@dataclass(frozen=True)
class Sitting:
    """One of them: which case, how many days ago (negative: still to come), what it came to."""

    case: int
    kind: ProceedingKind
    ago: int
    outcome: Outcome
    minutes: str
    conclusion: str
    dissent: str = ""
    decision: str = ""
    level: MediationLevel | None = None


SITTINGS = (
    Sitting(0, K.VERIFICATION, 16, OUT.PARTLY_TRUE, "调阅补偿底册，到现场逐块丈量，听取了当事人和两名知情群众的意见。",
            "实测面积比登记面积多出的部分属实，其余没有依据。", "龚小平：应当请国土部门再复测一次。", "按实测面积核算差额并书面答复。"),
    Sitting(0, K.CONFERENCE, 9, OUT.AGREED, "责任单位汇报了核查结果，司法所、经管站从政策和程序两方面作了分析。",
            "对合理部分一次解决到位，对其余部分由包案领导当面解释。", decision="拟定化解方案报包案领导审定。"),
    Sitting(1, K.MEDIATION, 14, OUT.FAILED, "村委会召集双方到村部，就道路维修费用协商。", "双方对费用分担没有达成一致。",
            level=MediationLevel.VILLAGE),
    Sitting(1, K.MEDIATION, 6, OUT.SETTLED, "镇司法所、责任单位与双方面谈两次。", "费用由村集体承担七成，双方签字认可。",
            decision="督促村委会按协议支付费用。", level=MediationLevel.TOWNSHIP),
    Sitting(2, K.HEARING, 8, OUT.PARTLY, "听证员逐项听取了责任单位和信访人的陈述，核对了证据。",
            "合理部分予以支持，超出政策规定的部分不予支持。", decision="按听证意见办理并送达处理意见书。"),
    Sitting(3, K.CONFERENCE, -4, OUT.AGREED, "", ""),
    Sitting(4, K.APPRAISAL, 3, OUT.ACCEPTED, "评议员听取了信访人的申请和责任单位的说明，逐一发表意见。", "认可责任单位的处理意见。"),
)  # fmt: skip
DEMANDS = (
    (0, DemandKind.TOO_HIGH, "面积差错属实，但要求按市价补偿没有政策依据。"),
    (1, DemandKind.REASONABLE, "道路损坏属实，应当修复。"),
    (2, DemandKind.MIXED, "诉求中有合理的部分，也有超出政策规定的部分。"),
    (3, DemandKind.NOT_YET, "安置点尚未建成，条件暂不具备。"),
)
"""Which case, what its demand was found to be, why."""


def lives(town: Town) -> list[Life]:
    """The demands appraised and the proceedings of the oldest open cases."""
    return [told(town)]


def _cases(town: Town) -> list[m.Case]:
    clerk = town.acting("clerk", town.today)
    running = gate.rows(clerk, m.Case).join(m.Case.petition).where(
        m.Case.status == CaseStatus.RUNNING, sa.not_(m.Petition.is_guarded), m.Petition.registered_on <= town.ago(20)
    )  # fmt: skip
    return list(town.session.scalars(running.order_by(m.Case.id).limit(5)))


def told(town: Town) -> Life:
    """All at once on the last day: what is recorded then lies some days back."""
    yield town.today
    found = _cases(town)
    for sitting in SITTINGS:
        if sitting.case < len(found):
            _sit(town, found[sitting.case].petition, sitting)
    for place, kind, reason in DEMANDS:
        if place < len(found):
            again = town.today + timedelta(days=90) if kind is DemandKind.NOT_YET else None
            said = demands.Said(kind, town.ago(5), "包案领导和责任单位会商", reason, again)
            demands.judge(town.session, town.acting("clerk", town.today), found[place].petition, said)


def _sit(town: Town, petition: m.Petition, sitting: Sitting) -> None:
    on, folder = town.today - timedelta(days=sitting.ago), town.folder
    name = petition.contacts[0].people[0].petitioner.name if petition.contacts[0].people else "信访人"
    members = "龚小平，镇经管站站长\n文丽，县司法局法律顾问"
    people = People(CHAIR, members, name)
    is_hearing, is_asked = sitting.kind is K.HEARING, sitting.kind is K.APPRAISAL
    asked = on - timedelta(days=6) if is_hearing or is_asked else None
    plan = proceedings.Plan(
        sitting.kind, on, people, "09:30", "镇群众来访接待室", AskedBy.UNIT if is_hearing else None, asked,
        on - timedelta(days=5) if is_hearing else None, sitting.level,
        uploads=[("公开评议申请书.pdf", BytesIO(REQUEST))] if is_asked else (),
    )  # fmt: skip
    clerk = town.acting("clerk", town.today)
    row = proceedings.save(town.session, clerk, petition, m.Proceeding(), plan, folder)
    if sitting.ago < 0:
        return
    said = proceedings.Result(on, people, sitting.minutes, sitting.conclusion, sitting.outcome, "王敏", sitting.dissent)
    proceedings.hold(town.session, town.acting("clerk", town.today), row, said)
    if sitting.decision:
        due = town.today + timedelta(days=10)
        told = decisions.Said(sitting.decision, due, unit_id=petition.unit_id or town.units["a"].id)
        proceedings.decide(town.session, town.acting("clerk", town.today), row, told)
    if sitting.kind in (K.VERIFICATION, K.HEARING):
        proceeding_papers.issue(town.session, town.acting("clerk", town.today), row)
