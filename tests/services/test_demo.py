"""The demonstration office (issue 2 item 10, design §6): loaded once through the verbs, complete, and silent to the accused."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import access
from rules.reception_words import LeaderVisitState
from rules.words import CaseStatus, ClosingStatus, LedgerState, LegKind, Purpose, RuleBroken, SignerRole, Status
from services import (
    accounts,
    attachments,
    audit,
    campaigns,
    closing_content,
    demo,
    gate,
    gate_actors,
    search,
    visit_tasks,
    workbench,
)
from services.demo import names, papers, rounds
from services.demo.people import ACCOUNTS, COLLEAGUES
from services.demo.plans import ACTS_TO
from services.office_zone import CHINA
from tests.fixtures.databases import fresh_sqlite, session_on, template
from tests.fixtures.office import NOW, TODAY, USERS

pytestmark = pytest.mark.xdist_group("test_demo")  # one process loads it while the others go on
SYSTEM = access.system(TODAY, NOW)


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where the tests' demonstration was loaded, once for all processes: `flask demo` on 2026-11-21."""
    return template("demo")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A copy of its database, read by all tests here."""
    with session_on(fresh_sqlite("demo", tmp_path_factory.mktemp("demo") / "desk.db")) as session:
        yield session


def count(session: Session, model: Any, *where: Any) -> int:
    statement = sa.select(sa.func.count()).select_from(model).where(*where)
    return session.scalar(statement, execution_options={"gated": True}) or 0


def actor(session: Session, username: str) -> access.Actor:
    user = session.scalars(sa.select(m.User).where(m.User.username == username)).one()
    return gate_actors.actor_of(session, user, TODAY, NOW)


def test_accounts_file_names_the_seventeen_and_opens_them(loaded: Session, folder: Path) -> None:
    """design §6: the agreed accounts, random passwords, no first-login change; the file is the owner's alone."""
    written = json.loads((folder / "demo-accounts.json").read_text(encoding="utf-8"))
    assert written == json.loads((folder / "copy.json").read_text(encoding="utf-8"))
    for name in ("demo-accounts.json", "copy.json"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    assert written["base"].startswith("http")
    assert set(written["accounts"]) == set(USERS)
    assert len({account["password"] for account in written["accounts"].values()}) == 17
    assert written["accounts"]["handler_a"] | {"password": ""} == {
        "username": "handler_a", "password": "", "role": "handler", "unit": "自然资源所",
    }  # fmt: skip
    user = accounts.log_in(loaded, "clerk", written["accounts"]["clerk"]["password"], "127.0.0.1", NOW)
    assert user.is_demo
    assert not user.must_change_password


def test_town_has_its_units_leaders_and_settings(loaded: Session) -> None:
    """Item 10: 8 units with the villages beside them, 9 leaders with division of work and phone."""
    assert count(loaded, m.Unit, m.Unit.kind != "village") == 8
    assert count(loaded, m.Leader, m.Leader.division.is_not(None), m.Leader.phone.like("0000-12345%")) == 9
    assert count(loaded, m.User) == len(ACCOUNTS) + len(COLLEAGUES)
    assert count(loaded, m.Category, m.Category.level == 3) > 30
    assert count(loaded, m.Document, m.Document.number.like("青信交〔2026〕%")) > 0


def test_matters_stand_in_all_states(loaded: Session) -> None:
    found = dict(loaded.execute(sa.select(m.Petition.status, sa.func.count()).group_by(m.Petition.status)).all())
    assert set(found) == set(Status)
    assert sum(found.values()) == 100
    first = loaded.scalar(sa.select(sa.func.min(m.Petition.registered_on)).where(m.Petition.status != Status.FILED))
    assert 700 < (TODAY - first).days <= 731


@pytest.mark.parametrize(
    ("what", "least"),
    [
        (lambda s: workbench.late(s, SYSTEM), 3),
        (lambda s: workbench.due_today(s, SYSTEM), 3),
        (lambda s: workbench.due_soon(s, SYSTEM, 7), 3),
        (lambda s: s.where(m.Petition.breach_on > m.Petition.due_on), 1),
        (lambda s: s.where(m.Petition.is_carried_over, ~m.Petition.clocks.any()), 3),
        (lambda s: s.where(m.Petition.is_secret), 2),
        (lambda s: s.where(m.Petition.purpose == Purpose.REPORT), 2),
        (lambda s: s.where(m.Petition.people_count >= 5), 3),
        (lambda s: s.where(m.Petition.contacts.any(m.Contact.is_first.is_(False))), 5),
        (lambda s: s.where(m.Petition.contacts.any(m.Contact.is_anonymous)), 1),
        (lambda s: s.where(m.Petition.clocks.any(m.Clock.extended_days == 30)), 2),
        (lambda s: s.where(m.Petition.legs.any(m.Leg.kind == LegKind.FORWARD)), 1),
        (lambda s: s.where(m.Petition.channel == "leader_reception"), 1),
    ],
    ids=[
        "late", "due today", "due soon", "rolls off a rest day", "carried over", "secret", "complaints", "groups",
        "come again", "anonymous", "extended", "forwarded", "from a reception day",
    ],
)  # fmt: skip
def test_matters_of_every_kind(loaded: Session, what: Any, least: int) -> None:
    assert len(loaded.scalars(what(gate.rows(SYSTEM, m.Petition))).all()) >= least


@pytest.mark.parametrize("username", ["unit_head_b", "handler_b"])
def test_unit_b_knows_nothing_of_the_complaint_about_its_head(loaded: Session, username: str) -> None:
    """C2, rules-of-the-office §3: not in his lists, not in his search, not by its id."""
    accused = loaded.scalars(sa.select(m.Respondent).where(m.Respondent.user_id.is_not(None))).one().petition
    who, clerk = actor(loaded, username), actor(loaded, "clerk")
    assert accused.number.startswith("JB")
    assert accused in loaded.scalars(search.statement(loaded, clerk, "优亲厚友")).all()
    assert loaded.scalars(search.statement(loaded, who, "优亲厚友")).all() == []
    assert loaded.scalars(gate.rows(who, m.Petition).where(m.Petition.id == accused.id)).all() == []
    with pytest.raises(gate.NotHere):
        gate.find(loaded, who, m.Petition, accused.id)


def test_cases_stand_in_all_states(loaded: Session) -> None:
    """F1, H1–H4: running, handed over, closed after a visit, reopened with void signatures, one signature missing."""
    statuses = set(loaded.scalars(sa.select(m.Case.status)))
    assert statuses == set(CaseStatus)
    files = {file.status: file for file in loaded.scalars(sa.select(m.ClosingFile).order_by(m.ClosingFile.id.desc()))}
    assert set(files) == set(ClosingStatus)
    assert [bool(s.voided_at) for s in files[ClosingStatus.REOPENED].signatures] == [True] * 3
    assert len(closing_content.made_visits(files[ClosingStatus.CLOSED])) == 1
    readings = closing_content.read_all(loaded, loaded.scalars(sa.select(m.ClosingFile)).all())
    waiting = [reading for reading in readings if reading.turn is SignerRole.UNIT_HEAD]
    assert [set(reading.standing) for reading in waiting] == [{SignerRole.HANDLER, SignerRole.LEADER}]


def test_reception_days_are_planned_published_and_held(loaded: Session) -> None:
    """D2–D7: half a year behind, two months ahead, a second edition, an exchange, visitors turned into matters."""
    held = loaded.scalars(sa.select(m.ReceptionSession.held_on)).all()
    assert (min(held), max(held)) == (date(2026, 5, 6), date(2027, 1, 18))
    periods = loaded.scalars(sa.select(m.Notice.period).order_by(m.Notice.id)).all()
    assert periods[-2:] == ["2026-11", "2026-12"]
    assert len(periods) == len(set(periods)) + 1
    states = sorted(swap.state for swap in loaded.scalars(sa.select(m.Swap)))
    assert states == ["accepted", "approved", "approved", "asked"]
    unread = sum(row.read_on is None for row in loaded.scalars(sa.select(m.Reading).execution_options(gated=True)))
    assert 0 < unread < count(loaded, m.Reading)
    assert count(loaded, m.ReceptionRecord, m.ReceptionRecord.petition_id.is_(None)) >= 3
    assert count(loaded, m.ReceptionRecord, m.ReceptionRecord.petition_id.is_not(None)) >= 1


def test_campaign_runs_with_its_ledger_and_tables(loaded: Session) -> None:
    """G1, G2, G4: rows resolved and open, tables frozen month by month, the guarded ones never in it."""
    campaign = loaded.scalars(sa.select(m.Campaign)).one()
    assert campaign.starts_on <= TODAY <= campaign.ends_on
    ledger = loaded.scalars(sa.select(m.CampaignCase).execution_options(gated=True)).all()
    assert {row.state for row in ledger} >= {LedgerState.DOING, LedgerState.RESOLVED}
    assert not any(row.petition.is_guarded for row in ledger)
    months = loaded.scalars(sa.select(m.MonthlyReport.month).order_by(m.MonthlyReport.id)).all()
    assert months == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert [owed["month"] for owed in campaigns.reports_due(loaded, SYSTEM) if owed["kind"] == "month"] == ["2026-11"]


def test_history_is_in_order_and_made_by_those_whose_moves_they_are(loaded: Session) -> None:
    moves = loaded.scalars(sa.select(m.Move).order_by(m.Move.id)).all()
    days = [move.moved_on for move in moves]
    assert days == sorted(days)
    assert all(move.moved_at.astimezone(CHINA).date() <= TODAY for move in moves)
    assert {move.by_name for move in moves if move.verb == "void"} == {"何平"}
    assert "系统" not in {move.by_name for move in moves}


def test_trail_holds_and_attachments_lie_on_disk(loaded: Session, folder: Path) -> None:
    """C12, C13."""
    assert audit.verify(loaded)["ok"]
    found = loaded.scalars(sa.select(m.Attachment)).all()
    assert found
    assert all(attachments.is_intact(attachment, folder / "attachments") for attachment in found)


def test_loading_again_changes_nothing(loaded: Session, tmp_path: Path) -> None:
    before = count(loaded, m.Petition)
    demo.write_accounts(tmp_path / "a.json", "http://127.0.0.1:5000", {})
    said = demo.load(loaded, SYSTEM, [tmp_path / "a.json"], "http://elsewhere")
    assert said["loaded"] is False
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["base"] == "http://127.0.0.1:5000"
    assert count(loaded, m.Petition) == before


@pytest.mark.parametrize("petitions", [0, -1, 2001])
def test_impossible_numbers_are_refused(session: Session, tmp_path: Path, petitions: int) -> None:
    with pytest.raises(RuleBroken, match="事项数") as no:
        demo.load(session, SYSTEM, [tmp_path / "a.json"], "", petitions=petitions)
    assert no.value.field == "petitions"
    assert not (tmp_path / "a.json").exists()


@pytest.mark.trust
@pytest.mark.parametrize("today", [date(2026, 2, 22), date(2027, 3, 1)])
def test_any_day_will_do(session: Session, tmp_path: Path, today: date) -> None:
    """A day of the Spring Festival holidays, a year not yet published: the stories are all there."""
    now = datetime.combine(today, NOW.timetz()).astimezone(UTC)
    demo.load(session, access.system(today, now), [tmp_path / "a.json"], "", petitions=18)
    assert set(session.scalars(sa.select(m.Petition.status).distinct())) >= set(ACTS_TO)
    assert set(session.scalars(sa.select(m.Case.status).distinct())) >= {CaseStatus.RUNNING, CaseStatus.CLOSED}


@pytest.mark.trust
def test_same_seed_same_story(session: Session, tmp_path: Path) -> None:
    """A few matters suffice."""
    demo.load(session, SYSTEM, [tmp_path / "a.json"], "", petitions=12, seed=7)
    said = session.scalars(gate.rows(SYSTEM, m.Petition).order_by(m.Petition.id)).all()
    with session_on(fresh_sqlite("empty", tmp_path / "other.db")) as other:
        demo.load(other, SYSTEM, [tmp_path / "b.json"], "", petitions=12, seed=7)
        again = other.scalars(gate.rows(SYSTEM, m.Petition).order_by(m.Petition.id)).all()
        facts = ("number", "title", "demand", "status", "registered_on", "due_on", "people_count")
        assert [[getattr(p, f) for f in facts] for p in said] == [[getattr(p, f) for f in facts] for p in again]


def test_id_numbers_belong_to_nobody() -> None:
    """18 digits of the right shape whose check digit is wrong (GB 11643)."""
    from random import Random

    for seed in range(50):
        number = names.id_number(Random(seed))
        total = sum(int(digit) * weight for digit, weight in zip(number[:17], names.WEIGHTS, strict=True))
        assert len(number) == 18
        assert number[17] != names.CHECKS[total % 11]


@pytest.mark.parametrize("seed", range(4))
def test_papers_are_what_they_say(seed: int) -> None:
    from random import Random

    name, data = papers.scanned(Random(seed))
    assert attachments.check(name, data) in ("application/pdf", "image/png")
    assert len(data) < 60_000


def test_visits_down_are_made_coming_and_late(loaded: Session) -> None:
    """E1, E2: a township's year of visits, late steps to see, disputes on the villages' ledgers."""
    clerk = actor(loaded, "clerk")
    done, planned = (m.Visit.state == state for state in (LeaderVisitState.DONE, LeaderVisitState.PLANNED))
    assert count(loaded, m.Visit, done) == 13
    assert count(loaded, m.Visit, planned, m.Visit.plan_key.is_not(None)) >= 6
    assert "late" in {task.step.light for task in visit_tasks.steps_due(loaded, clerk)}
    assert count(loaded, m.VisitFinding, m.VisitFinding.dispute_id.is_not(None)) == 4
    assert count(loaded, m.Dispute, m.Dispute.round_id.is_(None)) == 12
    assert count(loaded, m.Dispute, m.Dispute.round_id.is_not(None)) == len(rounds.FOUND)
    assert visit_tasks.counts(loaded, clerk)["dispute", "report"] == 2


def test_people_have_signed_up_for_the_days_to_come(loaded: Session) -> None:
    """D11: sign-ups, an invitation with its brief, walk-ins received; nobody in a guarded matter."""
    rows = loaded.scalars(gate.rows(SYSTEM, m.Appointment)).all()
    assert {row.kind.value for row in rows} == {"sign_up", "invitation", "walk_in"}
    assert {"expected", "received"} <= {row.state.value for row in rows}
    assert any(row.brief and row.petition for row in rows)
    assert not any(row.is_guarded for row in rows)
