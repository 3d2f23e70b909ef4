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
    "Document",
    "DutyItem",
    "Extension",
    "Leader",
    "Leg",
    "ListItem",
    "LoginLock",
    "Milestone",
    "MonthlyReport",
    "Move",
    "Notice",
    "Petition",
    "PetitionText",
    "Petitioner",
    "Phase",
    "PlanStep",
    "Progress",
    "Promise",
    "ReceptionRecord",
    "ReceptionRule",
    "ReceptionSession",
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
    "db",
]
