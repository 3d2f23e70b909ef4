"""Tables, named constraints, relationships. No workflow: what the office does with them lives in services/."""

from models.appointments import Appointment
from models.audit import AuditEntry, AuditHead
from models.base import db
from models.calendar import CalendarDay, CalendarYear
from models.campaign import Campaign, CampaignCase, Milestone, MonthlyReport, Phase
from models.casework import (
    Case,
    ChecklistItem,
    ClosingFile,
    DutyItem,
    PlanStep,
    Progress,
    Promise,
    ReturnVisit,
    Signature,
)
from models.documents import Attachment, Document
from models.handling import (
    Clock,
    Extension,
    Leg,
    Move,
    Rectification,
    Referral,
    ServiceOfProcess,
)
from models.people import Leader, LoginLock, Petitioner, Unit, User, UserSession
from models.petition import (
    Category,
    Contact,
    ContactPetitioner,
    Petition,
    PetitionText,
    Respondent,
)
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
from models.rosters import Absence, DutyDay, Minimum, OnCall
from models.settings import Counter, ListItem, SavedFilter, Setting, TermRow
from models.visits import Dispute, Visit, VisitFinding

__all__ = [
    "Absence",
    "Appointment",
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "CalendarDay",
    "CalendarYear",
    "Campaign",
    "CampaignCase",
    "Case",
    "Category",
    "ChecklistItem",
    "Clock",
    "ClosingFile",
    "Contact",
    "ContactPetitioner",
    "Counter",
    "Dispute",
    "Document",
    "DutyDay",
    "DutyItem",
    "Extension",
    "Leader",
    "Leg",
    "ListItem",
    "LoginLock",
    "Milestone",
    "Minimum",
    "MonthlyReport",
    "Move",
    "Notice",
    "OnCall",
    "Petition",
    "PetitionText",
    "Petitioner",
    "Phase",
    "PlanStep",
    "Progress",
    "Promise",
    "Reading",
    "ReceptionRecord",
    "ReceptionReport",
    "ReceptionRule",
    "ReceptionSession",
    "Rectification",
    "Referral",
    "ReminderSent",
    "Respondent",
    "ReturnVisit",
    "SavedFilter",
    "ServiceOfProcess",
    "Setting",
    "Signature",
    "Swap",
    "TermRow",
    "Unit",
    "User",
    "UserSession",
    "Visit",
    "VisitFinding",
    "db",
]
