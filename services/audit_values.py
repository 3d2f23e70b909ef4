"""What the trail may say of a row: which tables it watches, which may lose rows, which values stand there in the open.

The auditor reads the trail and no content: enums, dates, yes/no, ids and numbers stand there plainly, every other text
only as a short keyed hash, so that two equal values can be told from a change and nothing more (rules-of-the-office §4).
"""

import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from services.keys import Keys

UNWATCHED = frozenset({
    "audit_entry", "audit_head", "user_session", "login_lock", "counter", "petition_text", "check_finding", "list_columns", "file_fault",
    "job", "job_line", "dossier_order", "inspection_run",
})  # fmt: skip
"""Tables whose changes make no entry: the trail itself, sessions, locks, counters, the search's copy of the text."""

DELETABLE = frozenset(
    {
        "saved_filter",
        "plan_step",
        "phase",
        "milestone",
        "campaign_member",
        "campaign_column",
        "campaign_value",
        "calendar_day",
        "calendar_year",
        "contact_petitioner",
        "petition_tag",
        "reminder_sent",
        "duty_day",
        "absence",
        "agenda_item",
        "proceeding_person",
    }
)
"""Watched tables whose rows may be deleted (with an entry); nothing else registered ever is (J3)."""

SILENT = frozenset(
    {"id", "version", "created_at", "initials", "pinyin", "id_number_key", "phone_key", "docx", "picture"}
)
"""Columns that say nothing of their own."""

PLAIN_TEXT = frozenset(
    {
        "number", "username", "verb", "term", "due_term", "channel", "key", "code", "list_name", "series", "unit", "rrule",
        "starts", "ends", "period", "month", "language", "noun", "template", "media_type", "sha256", "digest", "value",
    }
)  # fmt: skip
"""Text columns that hold a code, a number of the office's own or a setting, never words of or about a person."""

HIDDEN_IDS = frozenset(
    {
        ("respondent", "unit_id"), ("respondent", "leader_id"), ("respondent", "user_id"),
        ("appointment", "respondent_unit_id"), ("appointment", "respondent_leader_id"),
    }
)  # fmt: skip
"""Ids that would tell who is complained of (C2)."""

PARENTS = {
    "contact_petitioner": "contact",
    "campaign_value": "row",
    "strike_off": "row",
    "duty_item": "case",
    "plan_step": "case",
    "progress": "case",
    "case_member": "case",
    "duty_evidence": "case",
    "hand_over": "case",
    "checklist_item": "closing_file",
    "signature": "closing_file",
    "signature_image": "closing_file",
    "proceeding_person": "proceeding",
    "promise": "closing_file",
    "supervision_round": "supervision",
    "supervision_file": "supervision",
}
"""Tables without a petition_id of their own → the relationship that leads to one."""


_PLAIN = json.JSONEncoder(sort_keys=True, default=str)


def shown(keys: Keys, table: str, column: str, value: Any) -> Any:
    """A column's value as the trail shows it: JSON plain, or "#" and 16 hex digits."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    is_open = value is None or isinstance(value, bool | int | float) or column in PLAIN_TEXT
    return value if is_open and (table, column) not in HIDDEN_IDS else hashed(keys, f"{table}.{column}", value)


def hashed(keys: Keys, place: str, value: Any) -> str | None:
    """A short keyed hash of a value at a place ("table.column"); None stays None."""
    if value is None:
        return None
    return "#" + hmac.digest(keys.trail, _PLAIN.encode([place, value]).encode(), "sha256").hex()[:16]
