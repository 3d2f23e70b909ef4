"""What the database itself keeps unchanged in a campaign: tables and reports as sent, the base list once frozen (G3, G4)."""

import sqlalchemy as sa

from models.campaign import Campaign, CampaignCase, MonthlyReport
from models.campaign_parts import MilestoneReport

_SENT = ("monthly_report", "milestone_report")
_IS_FROZEN = "EXISTS (SELECT 1 FROM campaign WHERE campaign.id = {0}.campaign_id AND campaign.frozen_on IS NOT NULL)"
_ABORT = "BEGIN SELECT RAISE(ABORT, 'frozen as sent'); END"
_EXECUTE = "FOR EACH ROW EXECUTE FUNCTION campaign_frozen()"
_BASE = "EXECUTE FUNCTION campaign_base_frozen()"
_UNFREEZE = "OLD.frozen_on IS NOT NULL AND (NEW.frozen_on IS NULL OR NEW.frozen_on <> OLD.frozen_on)"

FROZEN_TRIGGERS: dict[str, list[str]] = {
    "sqlite": [
        *(f"CREATE TRIGGER {name}_frozen BEFORE UPDATE ON {name} {_ABORT}" for name in _SENT),
        *(f"CREATE TRIGGER {name}_kept BEFORE DELETE ON {name} {_ABORT}" for name in _SENT),
        f"CREATE TRIGGER campaign_frozen BEFORE UPDATE ON campaign WHEN {_UNFREEZE} {_ABORT}",
        "CREATE TRIGGER campaign_case_base BEFORE UPDATE ON campaign_case"
        f" WHEN NEW.is_base <> OLD.is_base AND {_IS_FROZEN.format('OLD')} {_ABORT}",
        "CREATE TRIGGER campaign_case_later BEFORE INSERT ON campaign_case"
        f" WHEN NEW.is_base AND {_IS_FROZEN.format('NEW')} {_ABORT}",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION campaign_frozen() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'frozen as sent'; END $$",
        "CREATE OR REPLACE FUNCTION campaign_base_frozen() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {_IS_FROZEN.format('NEW')} THEN RAISE EXCEPTION 'frozen as sent'; END IF; RETURN NEW; END $$",
        *(f"CREATE TRIGGER {name}_frozen BEFORE UPDATE OR DELETE ON {name} {_EXECUTE}" for name in _SENT),
        f"CREATE TRIGGER campaign_frozen BEFORE UPDATE ON campaign FOR EACH ROW WHEN ({_UNFREEZE})"
        " EXECUTE FUNCTION campaign_frozen()",
        "CREATE TRIGGER campaign_case_base BEFORE UPDATE ON campaign_case FOR EACH ROW"
        f" WHEN (NEW.is_base <> OLD.is_base) {_BASE}",
        f"CREATE TRIGGER campaign_case_later BEFORE INSERT ON campaign_case FOR EACH ROW WHEN (NEW.is_base) {_BASE}",
    ],
}
"""Dialect → statements; run when the tables are created, and by the migration."""

_NAMES = [
    *((f"{name}_frozen", name) for name in _SENT),
    *((f"{name}_kept", name) for name in _SENT),
    ("campaign_frozen", "campaign"),
    ("campaign_case_base", "campaign_case"),
    ("campaign_case_later", "campaign_case"),
]
FROZEN_DROPS: dict[str, list[str]] = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {trigger}" for trigger, _table in _NAMES],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {trigger} ON {table}" for trigger, table in _NAMES),
        "DROP FUNCTION IF EXISTS campaign_frozen()",
        "DROP FUNCTION IF EXISTS campaign_base_frozen()",
    ],
}
"""The way back."""

for _table in (Campaign, CampaignCase, MonthlyReport):
    MilestoneReport.__table__.add_is_dependent_on(_table.__table__)
for _dialect, _statements in FROZEN_TRIGGERS.items():
    for _statement in _statements:
        _made = sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
        sa.event.listen(MilestoneReport.__table__, "after_create", _made)
