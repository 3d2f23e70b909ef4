"""Tables for imports, as they are read from a workbook, and the real ones beside the repository."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services import imports
from services.import_fields import KINDS
from services.workbook_in import Cell, Row, Sheet

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CONTACT_COLUMNS = {"编号": "external_number", "姓名": "name", "主题": "title", "日期": "received_on", "内容": "demand"}


def sheet(header: list[str], *rows: list[Cell]) -> Sheet:
    return Sheet(header, [Row(number, list(row)) for number, row in enumerate(rows, 2)])


def contacts(*rows: list[Cell], more: tuple[str, ...] = ()) -> Sheet:
    return sheet([*CONTACT_COLUMNS, *more], *rows)


def take(
    office: Any, kind: str, table: Sheet, mapping: dict[str, str] | None = None, who: str = "clerk", **said: Any
) -> Any:
    """Import a sheet as `who`, columns guessed unless mapped."""
    chosen = mapping or imports.column_map.guess(table.header, KINDS[kind].fields)
    return imports.run(office.session, office.actor(who), kind, table, chosen, **said)


def number_of(session: Any, model: type[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).execution_options(gated=True))


def everything(session: Any, model: type[Any]) -> list[Any]:
    return list(session.scalars(sa.select(model).order_by(model.id).execution_options(gated=True)))


def real(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return DATA / name


def saved(folder: Path, data: bytes, name: str = "表.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
