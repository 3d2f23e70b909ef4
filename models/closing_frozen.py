"""What the database itself keeps of closing (H1, H2).

No file closed without its three signatures, no signature altered, no edition changed.
"""

import sqlalchemy as sa

from models.casework import ClosingFile
from models.signing import SignatureImage

_SIGNED = "closing_file_id, role, user_id, name, signed_at, signed_on, digest, signed_text, seal"
_STANDING = (
    "(SELECT count(DISTINCT signature.role) FROM signature"
    " WHERE signature.closing_file_id = NEW.id AND signature.voided_at IS NULL) < 3"
)
_OF_CLOSED = (
    "EXISTS (SELECT 1 FROM closing_file WHERE closing_file.id = OLD.closing_file_id AND closing_file.status = 'closed')"
)
_TURNS_VOID = "OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL"
_REVIVED = "OLD.voided_at IS NOT NULL AND NEW.voided_at IS NULL"
_KEPT = ("signature", "signature_image", "closing_edition")


def _abort(words: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _refuse(condition: str, words: str) -> str:
    return f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF; RETURN NEW;"


CLOSING_TRIGGERS: dict[str, list[str]] = {
    "sqlite": [
        "CREATE TRIGGER closing_file_signed BEFORE UPDATE OF status ON closing_file"
        f" WHEN NEW.status = 'closed' AND {_STANDING} {_abort('closed without signatures')}",
        "CREATE TRIGGER closing_file_born BEFORE INSERT ON closing_file"
        f" WHEN NEW.status = 'closed' {_abort('closed without signatures')}",
        f"CREATE TRIGGER signature_frozen BEFORE UPDATE OF {_SIGNED} ON signature {_abort('signed')}",
        f"CREATE TRIGGER signature_stands BEFORE UPDATE OF voided_at ON signature WHEN ({_TURNS_VOID} AND {_OF_CLOSED})"
        f" OR ({_REVIVED}) {_abort('signed')}",
        f"CREATE TRIGGER signature_image_frozen BEFORE UPDATE ON signature_image {_abort('signed')}",
        f"CREATE TRIGGER closing_edition_frozen BEFORE UPDATE ON closing_edition {_abort('edition')}",
        *(f"CREATE TRIGGER {name}_kept BEFORE DELETE ON {name} {_abort('kept')}" for name in _KEPT),
    ],
    "postgresql": [
        _function("closing_file_signed", _refuse(f"NEW.status = 'closed' AND {_STANDING}", "closed without signatures")),
        _function("signature_stands", _refuse(f"({_TURNS_VOID} AND {_OF_CLOSED}) OR ({_REVIVED})", "signed")),
        _function("closing_kept", "RAISE EXCEPTION 'signed';"),
        "CREATE TRIGGER closing_file_signed BEFORE UPDATE OF status ON closing_file FOR EACH ROW"
        " EXECUTE FUNCTION closing_file_signed()",
        f"CREATE TRIGGER signature_frozen BEFORE UPDATE OF {_SIGNED} ON signature FOR EACH ROW"
        " EXECUTE FUNCTION closing_kept()",
        "CREATE TRIGGER closing_file_born BEFORE INSERT ON closing_file FOR EACH ROW"
        " EXECUTE FUNCTION closing_file_signed()",
        "CREATE TRIGGER signature_stands BEFORE UPDATE OF voided_at ON signature FOR EACH ROW"
        " EXECUTE FUNCTION signature_stands()",
        "CREATE TRIGGER signature_image_frozen BEFORE UPDATE ON signature_image FOR EACH ROW"
        " EXECUTE FUNCTION closing_kept()",
        "CREATE TRIGGER closing_edition_frozen BEFORE UPDATE ON closing_edition FOR EACH ROW"
        " EXECUTE FUNCTION closing_kept()",
        *(f"CREATE TRIGGER {name}_kept BEFORE DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION closing_kept()" for name in _KEPT),
    ],
}  # fmt: skip
"""Dialect → statements; run when the tables are created, and by the migration."""

_NAMES = [
    ("closing_file_signed", "closing_file"), ("closing_file_born", "closing_file"),
    ("signature_frozen", "signature"), ("signature_stands", "signature"),
    ("signature_image_frozen", "signature_image"), ("closing_edition_frozen", "closing_edition"),
    *((f"{name}_kept", name) for name in _KEPT),
]  # fmt: skip
CLOSING_DROPS: dict[str, list[str]] = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {trigger}" for trigger, _table in _NAMES],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {trigger} ON {table}" for trigger, table in _NAMES),
        "DROP FUNCTION IF EXISTS closing_file_signed()",
        "DROP FUNCTION IF EXISTS signature_stands()",
        "DROP FUNCTION IF EXISTS closing_kept()",
    ],
}
"""The way back."""

SignatureImage.__table__.add_is_dependent_on(ClosingFile.__table__)
for _dialect, _statements in CLOSING_TRIGGERS.items():
    for _statement in _statements:
        _made = sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
        sa.event.listen(SignatureImage.__table__, "after_create", _made)
