"""Screening rounds (排查): how a return stands against its hour, in words (E2). Pure."""

from datetime import datetime, timedelta

from rules.words import Word


class ReturnState(Word):
    """How a unit's return stands; told from the hours, kept nowhere."""

    WAITING = "waiting", "待报送"
    MISSING = "missing", "逾期未报"
    RETURNED = "returned", "已报送"
    NIL = "nil", "零报告"


def state(returned_at: datetime | None, is_nil: bool | None, due_at: datetime, now: datetime) -> ReturnState:
    """Where the return stands at `now`; one that came late is returned all the same, see `hours_late`."""
    if returned_at is None:
        return ReturnState.MISSING if now > due_at else ReturnState.WAITING
    return ReturnState.NIL if is_nil else ReturnState.RETURNED


def hours_late(returned_at: datetime | None, due_at: datetime, now: datetime) -> int:
    """Whole hours late, begun ones counted; 0 in time. What has not come is late until `now`."""
    over = (returned_at or now) - due_at
    return max(0, -(-over // timedelta(hours=1)))
