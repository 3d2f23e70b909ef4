"""The English of the screens: keep translations/en complete and compiled.

`python -m scripts.translations` reads the sources (scripts.source_texts), adds what is new to messages.po, drops what
is gone, compiles messages.mo and lists what has no English yet (exit 1). Both files are committed;
tests/test_translations.py compares.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scripts.source_texts import ROOT, Found, collected

PO = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
HEADER = "# English of Petition Desk's screens; written by scripts/translations.py, translated by hand."
BEGUN = datetime(2026, 11, 21, tzinfo=UTC)
"""A fixed date in the file's head: the same strings make the same file."""


def updated(old: Catalog, found: list[Found]) -> Catalog:
    """A catalog of exactly the strings found, with the English that `old` has for them; ordered, so that diffs stay small."""
    new = Catalog(
        locale="en", header_comment=HEADER, project="Petition Desk", version="1", msgid_bugs_address="-",
        last_translator="-", language_team="-", creation_date=BEGUN, revision_date=BEGUN, fuzzy=False,
    )  # fmt: skip
    for where, text, context in found:
        key = text if isinstance(text, str) else text[0]
        had = old.get(key, context)
        file = where.rpartition(":")[0] or where
        known = new.get(key, context)
        said = had.string if had else ""
        if isinstance(text, tuple) and isinstance(said, str):
            said = (said, said)
        new.add(text, said if known is None else known.string, locations=[(file, 0)], context=context)
    return new


def missing(catalog: Catalog) -> list[str]:
    """Source strings without English."""
    return [str(message.id) for message in catalog if message.id and not all(_strings(message.string))]


def _strings(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])  # type: ignore[call-overload]


def read(path: Path = PO) -> Catalog:
    """The catalog on disk."""
    with path.open("rb") as file:
        return read_po(file, locale="en")


def main() -> int:
    """Update, compile, report. Exit code 1 when a string has no English."""
    catalog = updated(read() if PO.exists() else Catalog(locale="en"), collected())
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=False, include_lineno=False, omit_header=False)
    with MO.open("wb") as file:
        write_mo(file, catalog)
    lacking = missing(catalog)
    sys.stdout.write("".join(f"{text}\n" for text in lacking))
    sys.stderr.write(f"{len(catalog)} strings, {len(lacking)} without English\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
