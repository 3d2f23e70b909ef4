"""Nothing without a next step (B8): what an open matter may lack for it — an owner, an endorser, a date — as conditions in SQL.

The one rule of the workbench's card, the list's tab and the nightly check.
"""

from typing import Any

import sqlalchemy as sa

import models as m
from rules import access, owed
from rules.owed import Lack
from rules.words import OPEN_STATUSES, Status

Condition = sa.ColumnElement[bool]


def lacks() -> dict[Lack, Condition]:
    """What may be missing → the open matters that miss it; a matter may miss several."""
    p = m.Petition
    theirs = sa.and_(p.status.in_(owed.UNITS_STEP), p.unit_id.is_not(None))
    return {
        Lack.UNIT: sa.and_(p.status.in_(owed.UNITS_STEP), p.unit_id.is_(None)),
        Lack.UNIT_GONE: sa.and_(theirs, p.unit_id.in_(_closed())),
        Lack.PEOPLE: sa.and_(theirs, p.unit_id.not_in(_closed()), p.unit_id.not_in(_manned())),
        Lack.HANDLER: sa.and_(p.status.in_(owed.UNITS_STEP), p.handler_id.in_(_gone())),
        Lack.ENDORSER: sa.and_(
            p.status == Status.PROPOSED, sa.or_(p.proposed_to_id.is_(None), p.proposed_to_id.not_in(_deciding()))
        ),
        Lack.DATE: sa.and_(undated(), sa.not_(p.is_carried_over)),
        Lack.CARRIED: sa.and_(undated(), p.is_carried_over),
    }


def any_lack() -> Condition:
    """Open matters without a next step's owner, endorser or date."""
    return sa.and_(m.Petition.status.in_(OPEN_STATUSES), sa.or_(*lacks().values()))


def undated() -> Condition:
    """No clock runs that dates the next step, and none of the office's targets does (services.dues)."""
    p = m.Petition
    return sa.and_(
        p.breach_on.is_(None),
        p.status.in_(OPEN_STATUSES),
        sa.or_(
            p.is_carried_over,
            p.status.in_(owed.CLOCKED),
            sa.and_(p.status == Status.HANDLING, p.accepted_on.is_(None)),
            sa.and_(p.status == Status.REPLIED, p.replied_on.is_(None)),
            sa.and_(p.status.in_((Status.SERVED, Status.REVIEWED)), p.served_at.is_(None)),
        ),
    )


def _closed() -> sa.Select[Any]:
    return sa.select(m.Unit.id).where(sa.not_(m.Unit.is_active))


def _manned() -> sa.Select[Any]:
    """Units whose matters some active handler or head can act on: his own and all below it."""
    staff = sa.select(m.User.unit_id.label("id")).where(
        m.User.is_active, m.User.role.in_(sorted(access.UNIT_STAFF)), m.User.unit_id.is_not(None)
    )
    tree = staff.cte("manned", recursive=True)
    below = sa.select(m.Unit.id).join(tree, m.Unit.parent_id == tree.c.id)
    return sa.select(tree.union(below).c.id)


def _gone() -> sa.Select[Any]:
    return sa.select(m.User.id).where(sa.not_(m.User.is_active))


def _deciding() -> sa.Select[Any]:
    """Leaders in office with an account to decide with."""
    able = sa.select(m.User.leader_id).where(m.User.is_active, m.User.leader_id.is_not(None))
    return sa.select(m.Leader.id).where(m.Leader.is_active, m.Leader.id.in_(able))
