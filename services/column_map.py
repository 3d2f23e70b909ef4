"""Which column of somebody's table is which of our fields: a guess a person can correct, and the check of what was chosen (A4).

Pure. The tables of fields belong to the importers.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.words import RuleBroken
from services.workbook_in import Sheet, as_text

_SHORTEST_PART = 3  # characters two names must share before one inside the other counts
_TITLE_ROWS = 10  # rows in which a header may hide below a title


@dataclass(frozen=True)
class Field:
    """One field an import can fill: our key, the label on the screen, other names people give the column."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False

    def names(self) -> list[str]:
        """Every name it is known by, normalised."""
        return [normalised(name) for name in (self.label, self.key, *self.aliases)]


def normalised(name: str) -> str:
    """The name without case, width, space and punctuation: ' 留言 编号：' → '留言编号'."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).lower())


def guess(header: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """{column header: field key} for the columns recognised, each field at most once, in the header's order.

    Equal names win, then equal names without a remark in brackets, then the longest name that contains or is in the other.
    """
    found: dict[str, str] = {}
    for match in (_equal, _equal_without_remark, _part):
        for column in dict.fromkeys(filter(None, header)):
            free = [field for field in fields if field.key not in found.values()]
            best = max(free, key=lambda field: match(column, field), default=None)
            if column not in found and best is not None and match(column, best):
                found[column] = best.key
    return {column: found[column] for column in header if column in found}


def _equal(column: str, field: Field) -> int:
    name = normalised(column)
    return int(bool(name) and name in field.names())


def _equal_without_remark(column: str, field: Field) -> int:
    return _equal(re.sub(r"[(（\[【〔].*?[)）\]】〕]", "", column), field)


def _part(column: str, field: Field) -> int:
    name = normalised(column)
    shared = (min(name, other, key=len) for other in field.names() if name in other or other in name)
    return max((len(part) for part in shared if len(part) >= _SHORTEST_PART), default=0)


def check(mapping: Mapping[str, str], header: Sequence[str], fields: Sequence[Field]) -> None:
    """Refuse a mapping {column header: field key} that cannot be imported; an empty key means the column is left out.

    Raises RuleBroken (field: the column or field label) for a column the table lacks or has twice, an unknown field, a field
    filled twice, a required field without a column.
    """
    used = {column: key for column, key in mapping.items() if key}
    labels = {field.key: field.label for field in fields}
    present = Counter(header)
    for column, key in used.items():
        if present[column] != 1:
            raise RuleBroken(_column_sentence(column, present[column]), field=column)
        if key not in labels:
            raise RuleBroken(f"“{column}”列对应的字段“{key}”不存在，请重新选择。", field=column)
    for key, times in Counter(used.values()).items():
        if times > 1:
            columns = "、".join(column for column, chosen in used.items() if chosen == key)
            raise RuleBroken(f"字段“{labels[key]}”对应了 {times} 列（{columns}），请只保留一列。", field=labels[key])
    missing = [field.label for field in fields if field.required and field.key not in used.values()]
    if missing:
        raise RuleBroken(
            f"必填字段“{'、'.join(missing)}”没有对应的列，请在列对应中选择，或在表格中补上。", field=missing[0]
        )


def _column_sentence(column: str, times: int) -> str:
    if times:
        return f"表头“{column}”出现了 {times} 次，分不清用哪一列，请在表格中改名或删去多余的列。"
    return f"表格中没有“{column}”这一列，请核对表头后重新选择。"


def find_header(sheet: Sheet, fields: Sequence[Field]) -> Sheet:
    """The sheet read with the row as header in which most fields are recognised: a title and 填报单位 often stand above it."""
    rows = [(sheet.header_row, sheet.header)]
    rows += [(row.number, [as_text(cell) for cell in row.cells]) for row in sheet.rows[:_TITLE_ROWS]]
    number, _ = max(rows, key=lambda row: len(guess(row[1], fields)))
    return sheet.headed_at(number)
