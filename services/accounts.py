"""Accounts (账号): who may log in, with which password, and what ends his sessions (C5, C6)."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Leader, Unit, User, UserSession
from rules.access import LEADERS, UNIT_STAFF, Actor, R
from rules.words import Role, RuleBroken
from services import audit, audit_values, keys, login_locks, passwords
from services.passwords import check_password_rule as check_password_rule

NOT_IN = "用户名或密码不正确，或者因连续输错 10 次已暂停 15 分钟；请核对后再试。"
"""The one answer to every refused log-in: it never tells whether the account exists, is disabled or is locked."""
USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,39}")
NEEDS_UNIT = UNIT_STAFF | {R.CADRE, R.REPORTER}
OFFICE_WORDS = ("xinfang", "qungongban", "jiefang", "petition", "desk")


def create_user(
    session: Session,
    actor: Actor,
    *,
    username: str,
    name: str,
    role: Role,
    unit: Unit | None = None,
    leader: Leader | None = None,
    password: str,
    is_demo: bool = False,
) -> User:
    """A new account; its password must be changed at the first log-in unless `is_demo`. Raises RuleBroken."""
    username, name = username.strip().lower(), name.strip()
    _check_names(session, username, name)
    _check_place(role, unit, leader)
    check_password_rule(password, username, OFFICE_WORDS)
    user = User(username=username, name=name, role=role, unit=unit, leader=leader, is_demo=is_demo)
    user.password_hash, user.must_change_password = passwords.hashed(password), not is_demo
    session.add(user)
    session.flush()
    return user


def of_leader(session: Session, leader_id: int) -> int | None:
    """The id of the leader's own account, None where he has none."""
    statement = sa.select(User.id).where(User.leader_id == leader_id, User.is_active).order_by(User.id)
    return session.scalars(statement.limit(1)).first()


def _check_names(session: Session, username: str, name: str) -> None:
    if not USERNAME.fullmatch(username):
        raise RuleBroken("用户名：请用 2 到 40 个小写字母、数字、点、横线或下划线，以字母或数字开头。", "username")
    if session.scalar(sa.select(User.id).where(User.username == username)):
        raise RuleBroken(f"用户名：{username} 已经有人使用，请换一个。", "username")
    if not 1 <= len(name) <= 40:
        raise RuleBroken("姓名：请填写，最多 40 个字。", "name")


def _check_place(role: Role, unit: Unit | None, leader: Leader | None) -> None:
    if role in NEEDS_UNIT and unit is None:
        raise RuleBroken(f"所在单位：{role.label}必须选择所在单位。", "unit_id")
    if role in LEADERS and leader is None:  # what he sees hangs on whom he is: it would be nothing
        raise RuleBroken(f"对应领导：{role.label}必须选择；名单里没有的，请先在“领导”中登记。", "leader_id")


def log_in(session: Session, username: str, password: str, address: str, now: datetime) -> User:
    """The account these credentials open. `now`: aware UTC, real clock; `address`: where the request came from.

    Raises RuleBroken(NOT_IN) otherwise. The refusal is counted and on record in this session: the caller commits either way.
    """
    username, address = username.replace("\0", "").strip().lower()[:40], address[:45]
    user = session.scalars(sa.select(User).where(User.username == username)).one_or_none()
    is_right = passwords.matches(user.password_hash if user and user.is_active else None, password)
    lock = login_locks.find(session, username, address)
    result = "locked" if login_locks.is_locked(lock, now) else "ok" if is_right else "refused"
    _record_login(session, user, username, address, result)
    if result == "refused":
        login_locks.count_failure(session, lock, username, address, now)
    if user is None or result != "ok":
        raise RuleBroken(NOT_IN)
    login_locks.clear(session, lock)
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    session.flush()
    return user


def _record_login(session: Session, user: User | None, username: str, address: str, result: str) -> None:
    if user:
        who = Actor(user.id, user.username, user.name, user.role, address=address)
        audit.record(session, who, "login", table="user", row_id=user.id, result=result)
        return
    # Somebody may have typed his password here: an unknown name goes into the trail only as a hash.
    tried = audit_values.hashed(keys.of(session), "login", username)
    nobody = Actor(None, "?", "", None, address=address)
    audit.record(session, nobody, "login", table="user", details={"username": [None, tried]}, result=result)


def change_password(session: Session, actor: Actor, user: User, old: str, new: str, now: datetime) -> None:
    """The user's own change; every session of his ends, the caller begins a new one. Raises RuleBroken with the field."""
    if not passwords.matches(user.password_hash, old):
        raise RuleBroken("原密码不正确，请重新输入。", "current")
    if old == new:
        raise RuleBroken("新密码不能与原密码相同，请换一个。", "password")
    check_password_rule(new, user.username, OFFICE_WORDS)
    user.password_hash, user.must_change_password = passwords.hashed(new), False
    audit.record(session, actor, "change_password", table="user", row_id=user.id)
    end_sessions(session, user, now)


def reset_password(session: Session, actor: Actor, user: User, new: str, now: datetime) -> None:
    """The system administrator sets a password; it must be changed at the next log-in.

    Ends the user's sessions and any pause after wrong passwords: who was locked out gets in with the new one at once.
    """
    check_password_rule(new, user.username, OFFICE_WORDS)
    user.password_hash, user.must_change_password = passwords.hashed(new), True
    login_locks.lift(session, user.username)
    audit.record(session, actor, "reset_password", table="user", row_id=user.id)
    end_sessions(session, user, now)


def disable(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """Stop an account at once. Raises RuleBroken for one's own and for the last system administrator."""
    _refuse_own(actor, user, "停用自己的账号")
    _keep_an_administrator(session, user)
    user.is_active = False
    end_sessions(session, user, now)


def enable(session: Session, actor: Actor, user: User) -> None:
    """Open a stopped account again; its password must be changed."""
    user.is_active, user.must_change_password = True, True
    session.flush()


def set_role(
    session: Session, actor: Actor, user: User, role: Role, unit: Unit | None, leader: Leader | None, now: datetime
) -> None:
    """Give an account another role, unit or leader; ends its sessions. Raises RuleBroken for one's own account."""
    _refuse_own(actor, user, "改动自己的角色")
    _check_place(role, unit, leader)
    if role is not Role.SYSADMIN:
        _keep_an_administrator(session, user)
    user.role, user.unit, user.leader = role, unit, leader
    end_sessions(session, user, now)


def _refuse_own(actor: Actor, user: User, deed: str) -> None:
    if actor.user_id == user.id:
        raise RuleBroken(f"不能{deed}；请由另一位系统管理员办理。")


def _keep_an_administrator(session: Session, user: User) -> None:
    others = sa.select(User.id).where(User.role == Role.SYSADMIN, User.is_active, User.id != user.id)
    if user.role is Role.SYSADMIN and user.is_active and session.scalar(others.limit(1)) is None:
        raise RuleBroken("这是最后一位系统管理员，不能停用或改角色；请先建立另一位。")


def end_sessions(session: Session, user: User, now: datetime) -> None:
    """End every running session of the user."""
    session.flush()
    running = sa.update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    session.execute(running.values(ended_at=now))
