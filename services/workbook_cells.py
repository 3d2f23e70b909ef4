"""What a cell of an imported table means: text, an identifier, a day, a moment.

Pure: values in, values out. Every refusal is a ValueError whose text is a Chinese sentence for the row's error list (A4, C11).
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | date | datetime | None

MAX_BYTES = 10 * 2**20
MAX_ROWS = 20_000  # with content, the header apart
MAX_COLUMNS = 64
"""An uploaded table has at most this (trust §5)."""
LONGEST_TEXT = 32_767  # characters Excel can hold in one cell
EARLIEST = date(1900, 1, 1)
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # Excel day numbers of 1954 to 2119; neither a year nor a day like 20200104
EXACT_NUMBERS = 10**15  # Excel keeps 15 digits of a number, so a longer identifier typed as one has lost its end

_DAY = r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
_TIME = r"(?P<H>\d{1,2})\s*[:时点]\s*(?P<M>\d{1,2})\s*分?(?:\s*:?\s*(?P<S>\d{1,2})(?:\.\d+)?\s*秒?)?"
_MOMENT = re.compile(rf"{_DAY}(?:[\sT]*{_TIME})?")
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text with `\\n` for every line end and without control characters, surrogates and noncharacters."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_text(text: str) -> str:
    """`printable` text without white space around it; line ends inside stay."""
    return printable(text).strip()


def as_text(cell: Cell) -> str:
    """The cell as a person reads it: 37.0 → '37', a day → '2020-01-04', an empty cell → ''."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.15g}" if isinstance(cell, float) and not cell.is_integer() else str(int(cell))


def as_id(cell: Cell) -> str:
    """An identifier (编号、证件号、电话): as_text, and the text '37.0' is '37' too.

    Raises ValueError for a number of more than 15 digits or in scientific notation: Excel has already lost its last digits.
    """
    text = as_text(cell)
    lost = isinstance(cell, int | float) and abs(cell) >= EXACT_NUMBERS
    if lost or re.fullmatch(r"\d\.\d+E\+\d+", text, re.IGNORECASE):
        raise ValueError(f"“{text}”超过 15 位，末尾数字已被 Excel 丢失，请把这一列设为文本格式后重新填写。")
    whole = re.fullmatch(r"(\d+)\.0+", text)
    return whole[1] if whole else text


def as_date(cell: Cell) -> date:
    """The day of `as_datetime`. Raises ValueError when the cell holds no day."""
    return as_datetime(cell).date()


def as_datetime(cell: Cell) -> datetime:
    """A naive moment in the office's own time; midnight when only a day is given.

    Understands Excel days and day numbers, '2020/1/4 11:17:46', '2020-01-04', '2020.1.4', '2020年1月4日', '20200104'.
    Raises ValueError for anything else, for days that do not exist and for days before 1900.
    """
    moment = _typed(cell) or _written(as_text(cell))
    if moment is None or moment.date() < EARLIEST:
        raise ValueError(f"“{as_text(cell)[:30]}”不是日期，请写成 2020-01-04 或 2020/1/4 11:17 这样的格式。")
    return moment


def _typed(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and _SERIALS.start <= cell < _SERIALS.stop:
        return datetime.combine(_SERIAL_ZERO, time()) + timedelta(seconds=round(cell * 86_400))
    return None


def _written(text: str) -> datetime | None:
    text = unicodedata.normalize("NFKC", text)
    found = _MOMENT.fullmatch(text) or _COMPACT.fullmatch(text)
    if not found:
        return None
    part = {name: int(value) for name, value in found.groupdict().items() if value}
    try:
        day = date(part["y"], part["m"], part["d"])
        return datetime.combine(day, time(part.get("H", 0), part.get("M", 0), part.get("S", 0)))
    except ValueError:
        return None
