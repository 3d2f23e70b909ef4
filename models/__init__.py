"""Tables, named constraints, relationships. No workflow: what the office does with them lives in services/."""

from models.aid import Aid, AidKind, Fund, FundBudget
from models.appointments import Appointment
from models.audit import AuditEntry, AuditHead
from models.base import db
from models.bundles import Bundle, BundleLetter, Destruction, Filing
from models.calendar import CalendarDay, CalendarYear
from models.campaign import Campaign, CampaignCase, Milestone, MonthlyReport, Phase
from models.campaign_frozen import FROZEN_TRIGGERS
from models.campaign_parts import CampaignColumn, CampaignMember, CampaignValue, MilestoneReport, StrikeOff
from models.case_team import CaseMember, CaseProposal, DutyEvidence, HandOver
from models.casework import (
    Case,
    ChecklistItem,
    ClosingFile,
    DutyItem,
    PlanStep,
    Progress,
    ReturnVisit,
    Signature,
)
from models.checks import CheckFinding, CheckRun, Circulation
from models.closing_frozen import CLOSING_TRIGGERS
from models.closing_templates import ClosingEdition, ClosingTemplate
from models.documents import Attachment, Document
from models.dossiers import DossierOrder
from models.duplicates import Merger, PetitionLink
from models.handling import (
    Clock,
    Extension,
    Leg,
    Move,
    Rectification,
    Referral,
    ServiceOfProcess,
)
from models.inspection import CaseReview, CaseReviewRound, FileFault, FinalMatter, FirstReview, InspectionRun
from models.jobs import Job, JobLine
from models.lists import ListColumns, PetitionTag, Tag
from models.meetings import AgendaItem, Decision, Meeting
from models.papers import PaperTemplate, ReliefText
from models.people import Leader, LoginLock, Petitioner, Unit, User, UserSession
from models.petition import (
    Category,
    Contact,
    ContactPetitioner,
    Petition,
    PetitionText,
    Respondent,
)
from models.proceedings import DemandAppraisal, Proceeding, ProceedingPerson
from models.promise import Promise
from models.readings import Reading
from models.reception import (
    Notice,
    ReceptionRecord,
    ReceptionReport,
    ReceptionRule,
    ReceptionSession,
    ReminderSent,
    Swap,
)
from models.recusal import Recusal
from models.rosters import Absence, DutyDay, Minimum, OnCall
from models.screening import ScreeningReturn, ScreeningRound
from models.settings import Counter, ListItem, SavedFilter, Setting, TermRow
from models.signing import SignatureImage
from models.supervision import Supervision, SupervisionFile, SupervisionRound
from models.visits import Dispute, Visit, VisitFinding

__all__ = [
    "CLOSING_TRIGGERS",
    "FROZEN_TRIGGERS",
    "Absence",
    "AgendaItem",
    "Aid",
    "AidKind",
    "Appointment",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Bundle",
    "BundleLetter",
    "CalendarDay",
    "CalendarYear",
    "Campaign",
    "CampaignCase",
    "CampaignColumn",
    "CampaignMember",
    "CampaignValue",
    "Case",
    "CaseMember",
    "CaseProposal",
    "CaseReview",
    "CaseReviewRound",
    "Category",
    "CheckFinding",
    "CheckRun",
    "ChecklistItem",
    "Circulation",
    "Clock",
    "ClosingEdition",
    "ClosingFile",
    "ClosingTemplate",
    "Contact",
    "ContactPetitioner",
    "Counter",
    "Decision",
    "DemandAppraisal",
    "Destruction",
    "Dispute",
    "Document",
    "DossierOrder",
    "DutyDay",
    "DutyEvidence",
    "DutyItem",
    "Extension",
    "FileFault",
    "Filing",
    "FinalMatter",
    "FirstReview",
    "Fund",
    "FundBudget",
    "HandOver",
    "InspectionRun",
    "Job",
    "JobLine",
    "Leader",
    "Leg",
    "ListColumns",
    "ListItem",
    "LoginLock",
    "Meeting",
    "Merger",
    "Milestone",
    "MilestoneReport",
    "Minimum",
    "MonthlyReport",
    "Move",
    "Notice",
    "OnCall",
    "PaperTemplate",
    "Petition",
    "PetitionLink",
    "PetitionTag",
    "PetitionText",
    "Petitioner",
    "Phase",
    "PlanStep",
    "Proceeding",
    "ProceedingPerson",
    "Progress",
    "Promise",
    "Reading",
    "ReceptionRecord",
    "ReceptionReport",
    "ReceptionRule",
    "ReceptionSession",
    "Rectification",
    "Recusal",
    "Referral",
    "ReliefText",
    "ReminderSent",
    "Respondent",
    "ReturnVisit",
    "SavedFilter",
    "ScreeningReturn",
    "ScreeningRound",
    "ServiceOfProcess",
    "Setting",
    "Signature",
    "SignatureImage",
    "StrikeOff",
    "Supervision",
    "SupervisionFile",
    "SupervisionRound",
    "Swap",
    "Tag",
    "TermRow",
    "Unit",
    "User",
    "UserSession",
    "Visit",
    "VisitFinding",
    "db",
]
