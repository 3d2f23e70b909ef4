"""Every view of the product, in one list."""

from importlib import import_module
from typing import Any

from admin_views import home

MODULES: tuple[str, ...] = (
    "campaigns",
    "campaign_cases",
    "campaign_list",
    "monthly_reports",
    "figures",
    "petitions",
    "digest",
    "circulations",
    "nightly",
    "tray",
    "legs",
    "documents",
    "files",
    "letter_batches",
    "paper_templates",
    "searching",
    "saved_filters",
    "contacts",
    "filings",
    "bundles",
    "destructions",
    "return_visits",
    "readings",
    "supervisions",
    "dossiers",
    "dossier_sets",
    "casework",
    "case_parts",
    "case_boards",
    "case_proposals",
    "handovers",
    "proceedings",
    "demands",
    "aid",
    "aid_funds",
    "closing",
    "inspection",
    "first_reviews",
    "inspection_rounds",
    "inspection_finals",
    "closing_parts",
    "closing_templates",
    "promises",
    "roster",
    "absences",
    "minimums",
    "receptions",
    "swaps",
    "session_papers",
    "duties",
    "duty_lists",
    "appointments",
    "reception_records",
    "reception_desk",
    "reception_reports",
    "notices",
    "reception_rules",
    "visits",
    "visit_plans",
    "disputes",
    "screening",
    "meetings",
    "imports",
    "import_jobs",
    "people",
    "lookup",
    "office",
    "calendar",
    "trail",
)
"""One module per menu group, in the menu's order; each offers `views()`."""


def home_view() -> Any:
    """The workbench, Flask-Admin's index."""
    return home.Home(name="工作台", endpoint="home", url="/admin")


def views() -> list[Any]:
    """All other views."""
    return [view for name in MODULES for view in import_module(f"admin_views.{name}").views()]
