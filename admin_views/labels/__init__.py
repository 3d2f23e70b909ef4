"""The Chinese name of every column, once: forms, lists, details, exports and the conflict page read it here.

A file a subject. A key of WORDS is an attribute name, or "noun.attribute" where one noun needs its own word; what several
subjects name alike stands in `common`. TABLES names the tables the audit trail speaks of.
"""

from typing import Any

from flask_babel import gettext, lazy_gettext

from admin_views.labels import campaigns, cases, closing, common, matters, meetings, office, receptions

SUBJECTS = (matters, receptions, meetings, cases, campaigns, closing, office)
LABELS = {name: word for part in (common, *SUBJECTS) for name, word in part.WORDS.items()}
TABLES = {name: word for part in SUBJECTS for name, word in part.TABLES.items()}


def table_label(name: str) -> str:
    """The name of a table in the reader's language."""
    return gettext(TABLES[name]) if name in TABLES else name


def label(name: str, noun: str = "") -> str:
    """The label of an attribute in the reader's language; an unknown one is shown by its own name."""
    return gettext(_source(name, noun))


def lazy_label(name: str, noun: str = "") -> Any:
    """The same for a form made once and read in every language."""
    return lazy_gettext(_source(name, noun))


def _source(name: str, noun: str) -> str:
    return LABELS.get(f"{noun}.{name}") or LABELS.get(name) or name
