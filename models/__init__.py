"""Tables, named constraints, relationships. No workflow: what the office does with them lives in services/."""

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
from models.people import Leader, LoginLock, Petitioner, Unit, User, UserSession
from models.petition import (
    Category,
    Clock,
    Contact,
    ContactPetitioner,
    Extension,
    Leg,
    Move,
    Petition,
    PetitionText,
    Respondent,
    ServiceOfProcess,
)
from models.reception import Notice, ReceptionRecord, ReceptionRule, ReceptionSession, Swap
from models.settings import Counter, ListItem, SavedFilter, Setting, TermRow

__all__ = [
    "db",
    "AuditEntry",
    "AuditHead",
    "CalendarDay",
    "CalendarYear",
    "Campaign",
    "CampaignCase",
    "Milestone",
    "MonthlyReport",
    "Phase",
    "Case",
    "ChecklistItem",
    "ClosingFile",
    "DutyItem",
    "PlanStep",
    "Progress",
    "Promise",
    "ReturnVisit",
    "Signature",
    "Attachment",
    "Document",
    "Leader",
    "LoginLock",
    "Petitioner",
    "Unit",
    "User",
    "UserSession",
    "Category",
    "Clock",
    "Contact",
    "ContactPetitioner",
    "Extension",
    "Leg",
    "Move",
    "Petition",
    "PetitionText",
    "Respondent",
    "ServiceOfProcess",
    "Notice",
    "ReceptionRecord",
    "ReceptionRule",
    "ReceptionSession",
    "Swap",
    "Counter",
    "ListItem",
    "SavedFilter",
    "Setting",
    "TermRow",
]
