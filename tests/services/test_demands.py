"""The appraisal of a demand leads to its way and papers, and says what is missing (F5)."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import models as m
from rules.demand_ways import WAYS, DemandKind, Facts, Required, missing
from rules.proceedings import Outcome, ProceedingKind
from rules.words import DocumentKind as D
from rules.words import RuleBroken
from services import demands, gate
from services.due_sources import items as due_items
from tests.fixtures import casework
from tests.fixtures.office import TODAY, Office

NOTHING = Facts(frozenset(), frozenset(), frozenset(), frozenset())
WHOLE = {
    DemandKind.REASONABLE: {"documents": {D.INVESTIGATION, D.REPLY, D.SERVICE}},
    DemandKind.TOO_HIGH: {"documents": {D.VERIFICATION, D.REPLY, D.SERVICE, D.INTERVIEW}},
    DemandKind.UNREASONABLE: {
        "documents": {D.REPLY, D.SERVICE, D.INTERVIEW},
        "proceedings": {("verification", "true")},
    },
    DemandKind.HARDSHIP: {"documents": {D.REPLY, D.SERVICE}, "aids": {"民政救济"}},
    DemandKind.MIXED: {"documents": {D.REPLY, D.SERVICE}, "proceedings": {("hearing", "partly")}},
    DemandKind.NOT_YET: {"documents": {D.INTERVIEW}},
    DemandKind.MISREAD: {"aids": {"法律援助"}},
    DemandKind.UNMEDIATED: {"documents": {D.GUIDE}, "proceedings": {("mediation", "failed")}},
}
"""What makes each kind's file whole."""


def facts(kind: DemandKind, but: Any = None) -> Facts:
    said = WHOLE[kind]
    held = {(ProceedingKind(k), Outcome(o)) for k, o in said.get("proceedings", ())}
    return Facts(
        frozenset(said.get("documents", set()) - {but}), frozenset(held - {but}), frozenset(said.get("aids", set()) - {but}),
        frozenset(),
    )  # fmt: skip


def test_every_kind_of_the_sources_has_its_way() -> None:
    """F5: the eight kinds of S0, S1 and S2, each with a way and at least one paper."""
    assert set(WAYS) == set(DemandKind)
    assert all(way.text and way.papers for way in WAYS.values())
    assert [kind for kind, way in WAYS.items() if way.needs_date] == [DemandKind.NOT_YET]


@pytest.mark.parametrize("kind", list(DemandKind))
def test_the_papers_of_a_way_are_missing_until_they_are_there(kind: DemandKind) -> None:
    """F5: whole with all of them; without any one of them that very paper is named."""
    assert missing(kind, facts(kind)) == []
    assert missing(kind, NOTHING) == [paper.key.label for paper in WAYS[kind].papers]
    parts = [one for part in ("documents", "aids") for one in WHOLE[kind].get(part, ())]
    parts += [(ProceedingKind(k), Outcome(o)) for k, o in WHOLE[kind].get("proceedings", ())]
    assert all(len(missing(kind, facts(kind, but=one))) == 1 for one in parts)


def test_a_settled_mediation_is_no_failed_one() -> None:
    settled = Facts(
        frozenset({D.GUIDE}), frozenset({(ProceedingKind.MEDIATION, Outcome.SETTLED)}), frozenset(), frozenset()
    )
    assert missing(DemandKind.UNMEDIATED, settled) == ["未达成协议的调解记录"]


def judge(office: Office, petition: m.Petition, kind: DemandKind, by: str = "clerk", **said: Any) -> m.DemandAppraisal:
    told = {"judged_on": TODAY, "judged_by": "联席会议", "reason": "补偿面积确有差错。"} | said
    return demands.judge(office.session, office.actor(by), petition, demands.Said(kind, **told))


def lacking(session: Session, row: m.DemandAppraisal) -> list[str]:
    return [one.key.label for one in demands.papers(session, row) if not one.is_there]


def test_a_case_says_what_its_way_lacks(office: Office, tmp_path: Path) -> None:
    """F5: appraised; papers come in as documents issued or files uploaded for them."""
    case = casework.case(office)
    session, clerk = office.session, office.actor("clerk")
    row = judge(office, case.petition, DemandKind.TOO_HIGH)
    assert (row.case, lacking(session, row)) == (case, ["核查报告", "解释疏导的谈话笔录"])
    scan = [("笔录.pdf", BytesIO(b"%PDF-1.4"))]
    demands.put_paper(session, clerk, row, Required.TALK, scan, tmp_path)
    assert lacking(session, row) == ["核查报告"]
    assert [(one.key, one.is_there) for one in demands.papers(session, row)] == [
        ("found", False), ("reply", True), ("served", True), ("talk", True),
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="没有这个选项"):
        demands.put_paper(session, clerk, row, Required.AID, [("a.pdf", BytesIO(b"%PDF-1.6"))], tmp_path)
    with pytest.raises(RuleBroken, match="请先选择文件"):
        demands.put_paper(session, clerk, row, Required.FOUND, [], tmp_path)


def test_the_newest_appraisal_stands_and_the_older_stay(office: Office) -> None:
    petition = casework.matter(office)
    first = judge(office, petition, DemandKind.UNREASONABLE)
    second = judge(office, petition, DemandKind.MIXED, by="handler_a")
    assert demands.of_matter(office.session, office.actor("clerk"), petition) == [second, first]
    assert (first.is_current, second.is_current) == (False, True)


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        (DemandKind.NOT_YET, {}, "next_on"),
        (DemandKind.NOT_YET, {"next_on": TODAY}, "next_on"),
        (DemandKind.MIXED, {"judged_on": TODAY + timedelta(days=1)}, "judged_on"),
        (DemandKind.MIXED, {"judged_on": TODAY - timedelta(days=400)}, "judged_on"),
        (DemandKind.MIXED, {"judged_by": " "}, "judged_by"),
        (DemandKind.MIXED, {"reason": ""}, "reason"),
    ],
)
def test_an_appraisal_that_cannot_be_right_is_refused(
    office: Office, kind: DemandKind, said: dict[str, Any], field: str
) -> None:
    """F5: what must wait names the day it is looked at again."""
    petition = casework.matter(office)
    with pytest.raises(RuleBroken) as no:
        judge(office, petition, kind, **said)
    assert no.value.field == field
    assert demands.of_matter(office.session, office.actor("clerk"), petition) == []


def test_only_those_concerned_judge(office: Office) -> None:
    petition = casework.matter(office)
    with pytest.raises(gate.Forbidden):
        judge(office, petition, DemandKind.MIXED, by="handler_b")


def test_what_waits_comes_back_on_its_day(office: Office) -> None:
    """F5: 定期再议 falls due like everything else."""
    day = TODAY + timedelta(days=30)
    row = judge(office, casework.matter(office), DemandKind.NOT_YET, next_on=day)
    clerk = office.actor("clerk")
    assert row not in {item.about for item in due_items(office.session, clerk, day - timedelta(days=1))}
    assert row in {item.about for item in due_items(office.session, clerk, day)}
