"""Importing tables (批量导入): one entry for every kind, all or nothing, the same for the screen and the command line (A4, C11)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rules.access import Actor
from rules.words import RuleBroken
from services import (
    audit,
    column_map,
    gate,
    import_categories,
    import_contacts,
    import_ledger,
    import_office,
    workbook_in,
)
from services.import_fields import KINDS, Kind
from services.import_rows import ImportResult, Options, readers
from services.workbook_in import Sheet


@dataclass(frozen=True)
class Importer:
    """How a kind is done. read(session, actor, rows, result, options) → drafts; write(session, actor, drafts, result)."""

    read: Callable[..., list[Any]]
    write: Callable[..., None]


IMPORTERS: dict[str, Importer] = {
    "contacts": Importer(import_contacts.read, import_contacts.write),
    "categories": Importer(import_categories.read, import_categories.write),
    "units": Importer(import_office.read_units, import_office.write_units),
    "leaders": Importer(import_office.read_leaders, import_office.write_leaders),
    "campaign-cases": Importer(import_ledger.read, import_ledger.write),
}
"""Kind → importer; the kinds are services.import_fields.KINDS."""


def kind_of(actor: Actor, key: str) -> Kind:
    """The kind, for somebody who may import it. Raises NotHere for an unknown one, Forbidden for another role's."""
    if key not in IMPORTERS:
        raise gate.NotHere("没有这种导入。")
    gate.allow(actor, KINDS[key].verb)
    return KINDS[key]


def run(
    session: Session,
    actor: Actor,
    kind: str,
    sheet: Sheet,
    mapping: Mapping[str, str],
    *,
    dry_run: bool = False,
    carried_over: bool = False,
    options: Options | None = None,
) -> ImportResult:
    """Import the sheet, or say what would happen (`dry_run`). With a single error nothing is written.

    `mapping`: {column header: field key}. Raises RuleBroken when the mapping or the options cannot be used, or when somebody
    registered the same meanwhile; the caller then rolls back.
    """
    drafts, result = checked(session, actor, kind, sheet, mapping, options or Options(carried_over))
    if not result.errors and not dry_run:
        write(session, actor, kind, drafts, result)
    return result


def checked(
    session: Session, actor: Actor, kind: str, sheet: Sheet, mapping: Mapping[str, str], options: Options
) -> tuple[list[Any], ImportResult]:
    """What would be written, and what is to be said of it; only reads."""
    column_map.check(mapping, sheet.header, kind_of(actor, kind).fields)
    if not sheet.rows:
        raise RuleBroken("表格只有表头，没有数据，请填好后再上传。", field="file")
    result = ImportResult()
    drafts = IMPORTERS[kind].read(session, actor, readers(sheet, mapping, result), result, options)
    if result.errors:
        result.created = result.joined = 0
    return drafts, result


def write(session: Session, actor: Actor, kind: str, drafts: list[Any], result: ImportResult) -> None:
    """Write what was checked, with its line in the trail. Raises RuleBroken when somebody registered the same meanwhile."""
    try:
        IMPORTERS[kind].write(session, actor, drafts, result)
    except sa.exc.IntegrityError as error:
        raise RuleBroken("导入期间有人登记了相同的内容，没有导入任何一行，请重新预览后再确认。") from error
    counts = {name: getattr(result, name) for name in ("rows", "created", "joined", "skipped")}
    audit.record(session, actor, "import", details={"kind": kind, **counts})


def opened(kind: Kind, path: Path, original_name: str) -> Sheet:
    """The file as a sheet, read from the row that looks most like the kind's header. Raises RuleBroken."""
    return column_map.find_header(workbook_in.read_rows(path, original_name=original_name), kind.fields)


def import_file(
    session: Session,
    actor: Actor,
    kind: str,
    path: Path | str,
    *,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    carried_over: bool = False,
) -> dict[str, Any]:
    """`flask import`: a file from disk with the columns guessed or given. Returns the contract of design §6; the caller commits."""
    table, path = kind_of(actor, kind), Path(path)
    if not path.is_file():
        raise RuleBroken(f"没有找到文件 {path}，请核对路径。", field="file")
    sheet = opened(table, path, path.name)
    chosen = column_map.guess(sheet.header, table.fields) if mapping is None else _checked(mapping)
    return run(session, actor, kind, sheet, chosen, dry_run=dry_run, carried_over=carried_over).as_json()


def _checked(mapping: Mapping[str, str]) -> Mapping[str, str]:
    """A mapping read from a JSON file: texts to texts, nothing else."""
    if not isinstance(mapping, Mapping) or not all(isinstance(value, str) for value in mapping.values()):
        raise RuleBroken('列对应文件应为 {"表格中的列名": "字段名"} 的形式，请改正后再导入。', field="map")
    return mapping
