"""The office's time zone (DESK_TZ, design §6): instants are kept in UTC and read in it. A process serves one office and is told once."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_zones: dict[str, tzinfo] = {"office": CHINA}


def tell(zone: tzinfo) -> None:
    """Where the office is; said once, when the application is made."""
    _zones["office"] = zone


def current() -> tzinfo:
    """The office's zone; China's until another is told."""
    return _zones["office"]


def local(moment: datetime) -> datetime:
    """An aware instant as the office's clock shows it, still aware."""
    return moment.astimezone(current())
