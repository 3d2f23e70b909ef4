"""How each table reaches the matter it belongs to; a table no path names holds nothing of a matter."""

from dataclasses import dataclass
from typing import Any

import models as m


@dataclass(frozen=True)
class Path:
    """How a table reaches its matter: `attribute` names the relationship, `optional` when a row may have no matter."""

    attribute: str
    optional: bool = False


PATHS: dict[type[Any], Path] = {
    m.Contact: Path("petition"),
    m.Leg: Path("petition"),
    m.Move: Path("petition"),
    m.Referral: Path("petition"),
    m.Rectification: Path("petition"),
    m.Recusal: Path("petition"),
    m.Clock: Path("petition"),
    m.Respondent: Path("petition"),
    m.Document: Path("petition"),
    m.Attachment: Path("petition"),
    m.JobLine: Path("petition"),
    m.DossierOrder: Path("petition"),
    m.Case: Path("petition"),
    m.ClosingFile: Path("petition"),
    m.ReturnVisit: Path("petition"),
    m.FileFault: Path("petition"),
    m.FirstReview: Path("petition"),
    m.CaseReview: Path("petition"),
    m.FinalMatter: Path("petition"),
    m.Aid: Path("petition"),
    m.Proceeding: Path("petition"),
    m.ProceedingPerson: Path("proceeding"),
    m.DemandAppraisal: Path("petition"),
    m.CampaignCase: Path("petition"),
    m.CampaignValue: Path("row"),
    m.StrikeOff: Path("row"),
    m.ReceptionRecord: Path("petition", optional=True),
    m.Appointment: Path("petition", optional=True),
    m.Reading: Path("petition"),
    m.Filing: Path("petition"),
    m.BundleLetter: Path("petition"),
    m.PetitionTag: Path("petition"),
    m.CheckFinding: Path("petition"),
    m.Supervision: Path("petition", optional=True),
    m.SupervisionRound: Path("supervision"),
    m.SupervisionFile: Path("supervision"),
    m.ContactPetitioner: Path("contact"),
    m.DutyItem: Path("case"),
    m.PlanStep: Path("case"),
    m.Progress: Path("case"),
    m.CaseMember: Path("case"),
    m.DutyEvidence: Path("case"),
    m.HandOver: Path("case"),
    m.CaseProposal: Path("petition"),
    m.ChecklistItem: Path("closing_file"),
    m.Signature: Path("closing_file"),
    m.SignatureImage: Path("closing_file"),
    m.Promise: Path("closing_file"),
}
VISITS: frozenset[type[Any]] = frozenset({m.Visit, m.VisitFinding, m.Dispute})
MEETINGS: frozenset[type[Any]] = frozenset({m.Meeting, m.AgendaItem, m.Decision})
PAIRS: dict[type[Any], str] = {m.PetitionLink: "other", m.Merger: "into"}
"""Tables that join two matters: the relationship to the second; seen only by those who see both."""
HOLDERS: dict[type[Any], str] = {m.Bundle: "letters", m.Destruction: "bundles"}
"""Bundles, and lists of bundles: a guarded one is seen by those who see at least one letter in it (§3)."""
OWN: frozenset[type[Any]] = frozenset({m.Petition, m.Petitioner, m.Circulation, m.ScreeningReturn})
SCOPED: frozenset[type[Any]] = frozenset(PATHS) | VISITS | MEETINGS | frozenset(PAIRS) | frozenset(HOLDERS) | OWN
"""Tables no screen may read without criteria; a test hook watches it."""
