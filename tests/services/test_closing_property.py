"""What may be closed, and what a signature stands for, against conditions and contents written apart from the product (H1, H2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import models as m
from models.base import utcnow
from rules.proceedings import MediationLevel, ProceedingKind
from rules.words import ClosingStatus, PaperKind, RuleBroken, Satisfaction, SignerRole
from services import attachments, checklist, closing, closing_content, closing_papers, promises, signatures
from services.checklist import Evidence
from tests.fixtures import casework as made
from tests.fixtures.office import PASSWORD, Office

CHEAP = settings(
    max_examples=12, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PDF = b"%PDF-1.4 "


@dataclass(frozen=True)
class World:
    """A closing file as somebody might have left it."""

    notes: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()
    has_report: bool = True
    opinion: Satisfaction | None = Satisfaction.GOOD
    paper: PaperKind = PaperKind.NONE
    has_reason: bool = True
    promise_in: int | None = None
    is_mediated: bool = False
    signers: tuple[str, ...] = field(default_factory=tuple)


KEYS = ("basic", "appointment", "measures")
mostly = st.sampled_from([True, True, True, False])
WORLDS = st.builds(
    World,
    notes=st.sampled_from([frozenset(KEYS), frozenset(KEYS), frozenset(KEYS[:2]), frozenset()]),
    waived=st.sampled_from([frozenset(), frozenset({"measures"}), frozenset(KEYS)]),
    has_report=mostly,
    opinion=st.sampled_from([Satisfaction.GOOD, Satisfaction.FAIR, Satisfaction.NONE, Satisfaction.BAD, None]),
    paper=st.sampled_from(PaperKind),
    has_reason=mostly,
    promise_in=st.sampled_from([None, 30, -1]),
    is_mediated=st.sampled_from([False, False, False, True]),
    signers=st.sampled_from([tuple(made.SIGNERS.values())] * 3 + [("handler_a", "leader_a")]),
)


def conditions(world: World) -> list[str]:
    """What stands against closing, from H1–H4 as the requirements word them; the matter is served, its window runs."""
    against = [f"{key} is there" for key in KEYS if key not in world.notes | world.waived]
    against += ["the report is written"] * (not world.has_report)
    against += ["a visit was recorded before closing"] * (world.opinion is None)
    content = world.opinion in (Satisfaction.GOOD, Satisfaction.FAIR)
    signed_paper = world.opinion is None and world.paper is not PaperKind.NONE
    against += ["nobody may still ask for a review"] * (not (content or signed_paper))
    against += ["why there is no paper"] * (world.paper is PaperKind.NONE and not world.has_reason)
    if world.paper is PaperKind.AGREEMENT:
        against += ["an agreement has its promises"] * (world.promise_in is None)
        against += ["promises are kept by their day"] * (world.promise_in == -1)
    against += ["no mediation runs"] * world.is_mediated
    against += ["all three signed"] * (len(world.signers) < 3)
    return against


def build(office: Office, world: World, folder: Path) -> m.ClosingFile:
    """The file in that state; nobody has signed yet."""
    file, clerk, session = made.closing_file(office), office.actor("clerk"), office.session
    for key in sorted(world.waived):
        checklist.waive(session, office.actor("office_head"), made.item(file, key), "不适用")
    for key in sorted(world.notes - world.waived):
        checklist.meet(session, clerk, made.item(file, key), Evidence(note="见纪要"), folder)
    if world.has_report:
        closing.write_report(session, clerk, file, made.REPORT)
    if world.opinion is not None:
        made.visit(office, file.petition, world.opinion)
    if world.paper is not PaperKind.NONE or world.has_reason:
        closing_papers.record_paper(session, clerk, file, world.paper, "说明")
    if world.paper is PaperKind.AGREEMENT and world.promise_in is not None:
        promise = promises.add(session, clerk, file, "补偿款", made.day(office, 30))
        promise.due_on = made.day(office, world.promise_in)
    if world.is_mediated:
        held = {"kind": ProceedingKind.MEDIATION, "held_on": office.today, "level": MediationLevel.VILLAGE}
        session.add(m.Proceeding(petition_id=file.petition_id, case_id=file.case_id, **held))
    session.flush()
    return file


def test_a_file_may_be_closed_exactly_when_nothing_stands_against_it_h1_h2(office: Office, tmp_path: Path) -> None:
    @CHEAP
    @example(World(notes=frozenset(KEYS), signers=tuple(made.SIGNERS.values())))
    @given(WORLDS)
    def holds(world: World) -> None:
        with office.session.begin_nested() as undone:
            file = build(office, world, tmp_path)
            for username in world.signers:
                try:
                    signatures.sign(office.session, office.actor(username), file, PASSWORD, utcnow())
                except RuleBroken:
                    break
            against = conditions(world)
            reading = closing_content.read(office.session, file, office.today)
            assert (reading.missing == []) is (against == []), (reading.missing, against)
            try:
                closing.close(office.session, office.actor("clerk"), file)
            except RuleBroken:
                assert against
            assert (file.status is ClosingStatus.CLOSED) is (against == [])
            undone.rollback()
        office.session.expire_all()

    holds()


# -- no signature over anything else

Edit = Callable[[Office, m.ClosingFile, Path], Any]


def attach(office: Office, file: m.ClosingFile, folder: Path) -> None:
    number = len(list(folder.iterdir()))
    said = Evidence(note="见纪要", uploads=[(f"附件{number}.pdf", BytesIO(PDF + str(number).encode()))])
    checklist.meet(office.session, office.actor("clerk"), made.item(file, "basic"), said, folder)


def void_attachment(office: Office, file: m.ClosingFile, _folder: Path) -> None:
    for one in office.session.query(m.Attachment).filter_by(petition_id=file.petition_id, voided_reason=None).limit(1):
        attachments.void(office.session, office.actor("clerk"), one, "传错")


def waive_or_meet(office: Office, file: m.ClosingFile, folder: Path) -> None:
    item = made.item(file, "measures")
    if item.waived_reason is None:
        checklist.waive(office.session, office.actor("office_head"), item, "已到位")
    else:
        checklist.meet(office.session, office.actor("clerk"), item, Evidence(note="已救助"), folder)


def change_document(office: Office, file: m.ClosingFile, _folder: Path) -> None:
    paper = office.session.query(m.Document).filter_by(petition_id=file.petition_id).order_by(m.Document.id).first()
    paper.content = {"text": "后来换过的"} if paper.content != {"text": "后来换过的"} else {"text": "又换"}


def write(text: str) -> Edit:
    return lambda o, f, _p: closing.write_report(o.session, o.actor("handler_a"), f, text)


EDITS: dict[str, Edit] = {
    "the same report": write(made.REPORT),
    "another report": write("查办报告第二稿"),
    "a file": attach,
    "a file voided": void_attachment,
    "a waiver": waive_or_meet,
    "a visit": lambda o, f, _p: made.visit(o, f.petition),
    "a paper": lambda o, f, _p: closing_papers.record_paper(o.session, o.actor("clerk"), f, PaperKind.PLEDGE, "自愿"),
    "the title": lambda o, f, _p: setattr(f.petition, "title", f.petition.title + "。"),
    "the day of reply": lambda o, f, _p: setattr(f.petition, "replied_on", made.day(o, -2)),
    "the name of who came": lambda o, f, _p: setattr(f.petition.contacts[0].people[0].petitioner, "name", "赵丽娜"),
    "the leader's name": lambda o, f, _p: setattr(f.case.leader, "name", f.case.leader.name + "明"),
    "the leader's position": lambda o, f, _p: setattr(f.case.leader, "title", "副" + f.case.leader.title),
    "the unit's name": lambda o, f, _p: setattr(f.case.unit, "name", "新" + f.case.unit.name),
    "a paper's text": change_document,
    "the report past the office": lambda o, f, _p: setattr(f, "report", "悄悄改过"),
}


def contents(office: Office, file: m.ClosingFile) -> list[Any]:
    """Everything the sheet prints, straight from the tables, written apart from what is signed."""
    said = {"file": file.id, "petition": file.petition_id, "case": file.case_id}
    queries = (
        "select title, number, replied_on, accepted_on, served_at from petition where id = :petition",
        'select number, leader_id, unit_id, assigned_on from "case" where id = :case',
        "select report, paper, paper_reason, pledge_on, agreement_on, edition_id from closing_file where id = :file",
        "select key, label, note, document_id, attachment_id, waived_reason, waived_by_id from checklist_item"
        " where closing_file_id = :file order by id",
        "select name, sha256, purpose from attachment where petition_id = :petition and voided_reason is null order by id",
        "select number, title, content, sha256 from document where petition_id = :petition"
        " and kind in ('assign', 'forward', 'reply', 'service', 'refuse') order by id",
        "select text, due_on, unit_id from promise where closing_file_id = :file order by id",
        "select made_on, method, visitor, words, satisfaction, help_given from return_visit"
        " where closing_file_id = :file and made_on is not null order by id",
        'select l.name, l.title, u.name from "case" c join leader l on l.id = c.leader_id'
        " left join unit u on u.id = c.unit_id where c.id = :case",
        "select p.name from petitioner p join contact_petitioner cp on cp.petitioner_id = p.id"
        " join contact c on c.id = cp.contact_id where c.petition_id = :petition order by p.id",
    )
    office.session.flush()
    return [
        [tuple(row) for row in office.session.execute(sa.text(query), said, execution_options={"gated": True})]
        for query in queries
    ]


def test_no_edits_after_signing_leave_a_signature_over_something_else_h2(office: Office, tmp_path: Path) -> None:
    first = made.fill(office, made.closing_file(office), tmp_path)
    attach(office, first, tmp_path)
    again = st.sampled_from(["sign", *EDITS])

    @CHEAP
    @example([step for edit in EDITS for step in (edit, "sign")])
    @given(st.lists(again, min_size=1, max_size=5))
    def holds(steps: list[str]) -> None:
        with office.session.begin_nested() as undone:
            office.session.refresh(first)
            over: dict[int, list[Any]] = {}
            for step in ["sign", *steps]:
                if step == "sign":
                    sign_what_can_be(office, first, over)
                else:
                    EDITS[step](office, first, tmp_path)
                now = contents(office, first)
                standing = closing_content.read(office.session, first, office.today).standing
                for signature in standing.values():
                    assert signature.voided_at is None
                    assert over[signature.id] == now, step
            undone.rollback()
        office.session.expire_all()

    holds()


def sign_what_can_be(office: Office, file: m.ClosingFile, over: dict[int, list[Any]]) -> None:
    """Handler and leader sign where it is their turn; what they saw is kept."""
    for role in (SignerRole.HANDLER, SignerRole.LEADER):
        try:
            (signature,) = made.sign(office, file, role)
        except RuleBroken:
            return
        over[signature.id] = contents(office, file)
