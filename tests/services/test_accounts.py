"""Accounts (C5): the rule of passwords, locks by user and address, one answer to every refusal, who may be changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import argon2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import Role, RuleBroken
from services import accounts, audit, login_locks, passwords

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
GOOD = "梧桐-石桥-算盘-晚风吹"
OTHER = "another-quiet-river-bank"
WRONG = "not-the-password-at-all"
HERE, THERE = "10.0.0.1", "10.0.0.2"


def make(session: Session, username: str = "wangmin", **fields: Any) -> m.User:
    settings = {"name": "王敏", "role": Role.CLERK, "unit": None, "password": GOOD} | fields
    return accounts.create_user(session, session.info.get("actor"), username=username, **settings)


def refused(
    session: Session, username: str = "wangmin", password: str = WRONG, address: str = HERE, now: datetime = NOW
) -> str:
    with pytest.raises(RuleBroken) as no:
        accounts.log_in(session, username, password, address, now)
    return no.value.message


def logins(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        sa.select(m.AuditEntry.username, m.AuditEntry.result)
        .where(m.AuditEntry.action == "login")
        .order_by(m.AuditEntry.id)
    )
    return [(row.username, row.result) for row in rows]


# --- the rule


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "太短"),
        ("Tr0ub4dor&3", "太短"),
        ("x" * 200, "太长"),
        ("wangmin-is-my-name", "用户名"),
        ("WangMin2026!!!", "用户名"),
        ("aaaaaaaaaaaa", "重复或连续"),
        ("abababababab", "重复或连续"),
        ("xk3!xk3!xk3!", "重复或连续"),
        ("abcdefghijklm", "重复或连续"),
        ("123456789012", "重复或连续"),
        ("password1234", "常见词"),
        ("Password2026!", "常见词"),
        ("ｐａｓｓｗｏｒｄ１２３４", "常见词"),
        ("admin@123456", "常见词"),
        ("qwertyuiop123", "常见词"),
        ("1qaz2wsx3edc", "常见词"),
        ("woaini5201314", "常见词"),
        ("xinfangban2026", "常见词"),
        ("Xinfang@888888", "常见词"),
        ("iloveyou1314520", "常见词"),
    ],
)
def test_a_weak_password_is_refused(password: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as no:
        passwords.check_password_rule(password, "wangmin")
    assert no.value.field == "password"


@pytest.mark.parametrize(
    "password", [GOOD, OTHER, "copper lantern under seven oaks", "V7#kd02!qPzW", "雨水打在青瓦上的声音很好听"]
)
def test_a_good_password_passes(password: str) -> None:
    assert passwords.check_password_rule(password, "wangmin") is None


def test_no_word_of_the_list_opens_with_what_people_put_behind_it() -> None:
    """C5: 0 of 1,000 dictionary log-ins."""
    tails = ("", "1", "123", "2026", "!", "@2026", "123456")
    passed = []
    for candidate in (f"{word}{tail}" for word in passwords.common() for tail in tails):
        try:
            passwords.check_password_rule(candidate, "wangmin")
            passed.append(candidate)
        except RuleBroken:
            continue
    assert len(passwords.common()) > 300
    assert passed == []


def test_passwords_are_argon2id_and_never_stored(session: Session) -> None:
    user = make(session)
    assert user.password_hash.startswith("$argon2id$")
    assert GOOD not in user.password_hash
    assert user.password_hash != make(session, "other").password_hash


# --- accounts


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("username", {"username": "王敏"}),
        ("username", {"username": "a"}),
        ("username", {"username": "a b"}),
        ("username", {"username": "x" * 41}),
        ("username", {"username": "<script>"}),
        ("username", {"username": "TAKEN"}),
        ("name", {"name": "  "}),
        ("name", {"name": "王" * 41}),
        ("unit_id", {"role": Role.HANDLER}),
        ("leader_id", {"role": Role.LEADER}),
        ("password", {"password": "short"}),
    ],
)
def test_a_bad_account_is_refused_at_its_field(session: Session, field: str, fields: dict[str, Any]) -> None:
    make(session, "taken")
    before = session.scalar(sa.select(sa.func.count(m.User.id)))
    with pytest.raises(RuleBroken) as no:
        make(session, **fields)
    assert no.value.field == field
    assert session.scalar(sa.select(sa.func.count(m.User.id))) == before


@pytest.mark.parametrize(("is_demo", "must_change"), [(False, True), (True, False)])
def test_a_new_password_must_be_changed_except_in_the_demonstration(
    session: Session, is_demo: bool, must_change: bool
) -> None:
    assert make(session, is_demo=is_demo).must_change_password is must_change


# --- logging in


@pytest.mark.db
def test_the_right_password_opens_and_is_on_record(session: Session) -> None:
    user = make(session)
    assert accounts.log_in(session, " WangMin ", GOOD, HERE, NOW) is user
    assert logins(session) == [("wangmin", "ok")]


@pytest.mark.db
def test_ten_wrong_passwords_lock_for_fifteen_minutes(session: Session) -> None:
    make(session)
    answers = {refused(session, now=NOW + timedelta(seconds=n)) for n in range(login_locks.TRIES)}
    last = NOW + timedelta(seconds=login_locks.TRIES - 1)
    answers.add(refused(session, password=GOOD, now=last + timedelta(minutes=14, seconds=59)))
    assert answers == {accounts.NOT_IN}
    assert accounts.log_in(session, "wangmin", GOOD, HERE, last + timedelta(minutes=15))
    assert [result for _, result in logins(session)] == ["refused"] * 10 + ["locked", "ok"]


def test_a_new_password_from_the_administrator_ends_the_lock(session: Session, admin: Any) -> None:
    """Who is locked out is told to see the administrator; the password he is given there must open the door."""
    user = make(session)
    for address in (HERE, "10.0.0.9"):
        for _ in range(login_locks.TRIES):
            refused(session, address=address, now=NOW)
    assert login_locks.until(session, "wangmin", NOW) == NOW + login_locks.PAUSE
    accounts.reset_password(session, admin, user, OTHER, NOW)
    assert login_locks.until(session, "wangmin", NOW) is None
    assert accounts.log_in(session, "wangmin", OTHER, HERE, NOW) is user


def test_nine_wrong_passwords_do_not_lock(session: Session) -> None:
    make(session)
    for _ in range(login_locks.TRIES - 1):
        refused(session)
    assert accounts.log_in(session, "wangmin", GOOD, HERE, NOW)
    assert session.scalar(sa.select(sa.func.count(m.LoginLock.id))) == 0


@pytest.mark.parametrize(("username", "address"), [("wangmin", THERE), ("liuna", HERE)])
def test_a_lock_touches_nobody_else(session: Session, username: str, address: str) -> None:
    """Nobody can lock the office out by typing its user names wrongly from his own desk."""
    make(session), make(session, "liuna")
    for _ in range(login_locks.TRIES + 1):
        refused(session)
    assert accounts.log_in(session, username, GOOD, address, NOW)


def test_failures_are_forgotten_after_a_pause(session: Session) -> None:
    make(session)
    for n in range(3 * login_locks.TRIES):
        refused(session, now=NOW + n * timedelta(minutes=16))
    assert "locked" not in [result for _, result in logins(session)]


def test_old_locks_are_swept_away(session: Session) -> None:
    for n in range(5):
        refused(session, username=f"nobody{n}")
    refused(session, now=NOW + timedelta(days=2))
    assert session.scalars(sa.select(m.LoginLock.username)).all() == ["wangmin"]


def test_every_refusal_reads_the_same(session: Session) -> None:
    user, gone = make(session), make(session, "gone")
    gone.is_active = False
    said = {
        refused(session),
        refused(session, username="nobody"),
        refused(session, username="gone", password=GOOD),
        refused(session, username="", password=""),
        refused(session, username="a\0b", password="x" * 100_000),
    }
    assert said == {accounts.NOT_IN}
    assert user.username not in accounts.NOT_IN


def test_an_unknown_name_is_hashed_in_the_trail(session: Session) -> None:
    """People type their password into the wrong field."""
    refused(session, username="my-secret-password")
    entry = session.scalars(sa.select(m.AuditEntry).order_by(m.AuditEntry.id.desc()).limit(1)).one()
    assert (entry.username, entry.user_id, entry.address) == ("?", None, HERE)
    assert entry.details["username"][1].startswith("#")


def test_an_unknown_user_costs_a_hash_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:
            verified.append(password)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting(time_cost=1, memory_cost=64, parallelism=1))
    refused(session, username="nobody", password="one")
    assert verified == ["one"]


def test_a_hash_of_old_parameters_is_renewed(session: Session) -> None:
    user = make(session)
    user.password_hash = old = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(GOOD)
    accounts.log_in(session, "wangmin", GOOD, HERE, NOW)
    assert user.password_hash != old
    assert accounts.log_in(session, "wangmin", GOOD, HERE, NOW)


def test_a_committed_refusal_stays_counted(session: Session) -> None:
    """The view commits although it refuses."""
    make(session)
    refused(session)
    session.commit()
    session.rollback()
    assert session.scalars(sa.select(m.LoginLock.failures)).all() == [1]
    assert logins(session) == [("wangmin", "refused")]


# --- changes


def running(session: Session, user: m.User) -> int:
    statement = sa.select(sa.func.count(m.UserSession.id)).where(m.UserSession.user_id == user.id)
    return session.scalar(statement.where(m.UserSession.ended_at.is_(None))) or 0


@pytest.fixture
def admin(session: Session) -> Any:
    """An actor who keeps the system, with a colleague."""
    from rules import access

    keeper = make(session, "keeper", role=Role.SYSADMIN)
    return replace(access.system(NOW.date(), NOW), user_id=keeper.id, username="keeper", role=Role.SYSADMIN)


CHANGES = {
    "change_password": lambda s, a, u: accounts.change_password(s, a, u, GOOD, OTHER, NOW),
    "reset_password": lambda s, a, u: accounts.reset_password(s, a, u, OTHER, NOW),
    "disable": lambda s, a, u: accounts.disable(s, a, u, NOW),
    "set_role": lambda s, a, u: accounts.set_role(s, a, u, Role.INSPECTOR, None, None, NOW),
}


@pytest.mark.db
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_ends_every_session_of_that_user_only(session: Session, admin: Any, change: str) -> None:
    user, bystander = make(session), make(session, "liuna")
    for number, owner in enumerate((user, user, bystander)):
        session.add(m.UserSession(key_hash=str(number) * 64, user_id=owner.id, started_at=NOW, seen_at=NOW))
    session.flush()
    before = session.scalar(sa.select(sa.func.count(m.AuditEntry.id)))
    CHANGES[change](session, admin, user)
    assert (running(session, user), running(session, bystander)) == (0, 1)
    assert session.scalar(sa.select(sa.func.count(m.AuditEntry.id))) > before
    assert audit.verify(session)["ok"]


@pytest.mark.parametrize(("change", "must_change"), [("change_password", False), ("reset_password", True)])
def test_who_set_the_password_decides_whether_it_must_change(
    session: Session, admin: Any, change: str, must_change: bool
) -> None:
    user = make(session)
    CHANGES[change](session, admin, user)
    assert user.must_change_password is must_change
    assert accounts.log_in(session, "wangmin", OTHER, HERE, NOW) is user


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (WRONG, OTHER, "current"),
        (GOOD, GOOD, "password"),
        (GOOD, "short", "password"),
        (GOOD, "wangmin-wangmin-1", "password"),
    ],
)
def test_a_bad_change_names_its_field_and_changes_nothing(
    session: Session, admin: Any, old: str, new: str, field: str
) -> None:
    user = make(session)
    with pytest.raises(RuleBroken) as no:
        accounts.change_password(session, admin, user, old, new, NOW)
    assert no.value.field == field
    assert accounts.log_in(session, "wangmin", GOOD, HERE, NOW) is user


@pytest.mark.parametrize("change", ["disable", "set_role"])
def test_nobody_changes_his_own_account(session: Session, admin: Any, change: str) -> None:
    """A system administrator does not give himself business roles (trust §1)."""
    with pytest.raises(RuleBroken, match="另一位"):
        CHANGES[change](session, admin, session.get_one(m.User, admin.user_id))


@pytest.mark.parametrize("change", ["disable", "set_role"])
def test_the_last_administrator_stays(session: Session, admin: Any, change: str) -> None:
    keeper = session.get_one(m.User, admin.user_id)
    somebody = replace(admin, user_id=0)
    others = sa.select(m.User).where(m.User.role == Role.SYSADMIN, m.User.id != keeper.id)
    for other in session.scalars(others):
        other.is_active = False
    with pytest.raises(RuleBroken, match="最后一位"):
        CHANGES[change](session, somebody, keeper)
    make(session, "keeper2", role=Role.SYSADMIN)
    CHANGES[change](session, somebody, keeper)


def test_an_opened_account_needs_a_new_password(session: Session, admin: Any) -> None:
    user = make(session, is_demo=True)
    accounts.disable(session, admin, user, NOW)
    refused(session, password=GOOD)
    accounts.enable(session, admin, user)
    assert accounts.log_in(session, "wangmin", GOOD, HERE, NOW).must_change_password
