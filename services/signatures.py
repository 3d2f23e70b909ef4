"""Signatures (签字): in order, by exactly those persons, over a fingerprint of what they read (H2)."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules import closing as rule
from rules.access import Actor
from rules.words import Role, RuleBroken, SignerRole
from services import (
    audit,
    closing_content,
    closing_lines,
    closing_old_forms,
    gate,
    inspection,
    keys,
    login_locks,
    passwords,
)
from services.closing_content import Reading
from services.closing_lines import Change
from services.signature_images import Picture

CHANGED = "签字后内容有改动，签字自动失效"
SHOWN = 40
"""Characters of an old and a new text in the reason of a void signature; the whole stands in `changes`."""
BEFORE = 10
"""Characters shown before the first that differs."""


class WrongPassword(RuleBroken):
    """Refused, but counted: the caller commits before it shows the sentence."""


def own_roles(actor: Actor, file: m.ClosingFile) -> list[SignerRole]:
    """As whom this person may sign the file, in order; nobody signs for another."""
    tests: dict[SignerRole, Callable[[], bool]] = {
        SignerRole.HANDLER: lambda: actor.user_id is not None and actor.user_id == handler_id(file),
        SignerRole.LEADER: lambda: actor.leader_id is not None and actor.leader_id == file.case.leader_id,
        SignerRole.UNIT_HEAD: lambda: (
            actor.role is Role.UNIT_HEAD and actor.unit_id is not None and actor.unit_id == unit_id(file)
        ),
    }
    return [role for role in rule.SIGNING_ORDER if tests[role]()]


def handler_id(file: m.ClosingFile) -> int | None:
    """The account that signs as 承办人: the matter's handler, else the case's responsible person."""
    return file.petition.handler_id or file.case.responsible_id


def unit_id(file: m.ClosingFile) -> int | None:
    """The unit whose head signs."""
    return file.case.unit_id or file.petition.unit_id


def names_for(session: Session, file: m.ClosingFile, role: SignerRole) -> str:
    """Who is awaited in this role, "吴敏 · 自然资源所"; empty when no account fits."""
    where = {
        SignerRole.HANDLER: m.User.id == handler_id(file),
        SignerRole.LEADER: m.User.leader_id == file.case.leader_id,
        SignerRole.UNIT_HEAD: sa.and_(m.User.role == Role.UNIT_HEAD, m.User.unit_id == unit_id(file)),
    }[role]
    users = session.scalars(sa.select(m.User).where(where, m.User.is_active).order_by(m.User.id)).all()
    return "、".join(" · ".join(filter(None, (u.name, u.unit.name if u.unit else ""))) for u in users)


def sign(
    session: Session,
    actor: Actor,
    file: m.ClosingFile,
    password: str,
    clock: datetime,
    picture: Picture | None = None,
) -> m.Signature:
    """Sign in the actor's own role, after his password was asked again. `clock`: the real instant, aware UTC.

    `picture`: how the signature looks on paper. Raises WrongPassword (counted with the log-ins), RuleBroken when it is not
    his turn, Forbidden for anybody else.
    """
    gate.allow(actor, "closing_file.sign")
    reading = closing_content.read(session, file, actor.today)
    role = _role_now(actor, reading)
    rule.check_turn(role, reading.facts)
    inspection.check_before_signing(session, actor, file)
    _check_password(session, actor, password, clock)
    void_stale(session, actor, reading)
    signature = m.Signature(
        closing_file=file,
        role=role,
        user_id=actor.user_id,
        name=actor.name,
        signed_at=actor.now,
        signed_on=actor.today,
        digest=reading.digest,
        signed_text=reading.content,
    )
    signature.seal = seal(session, signature, file.id, picture.sha256 if picture is not None else "")
    session.add(signature)
    session.flush()
    if picture is not None:
        session.add(m.SignatureImage(closing_file=file, signature=signature, **vars(picture)))
        session.flush()
    return signature


def seal(session: Session, signature: m.Signature, file_id: int, picture: str) -> str:
    """The keyed hash of the row itself: whose, as what, when, over what, with which picture."""
    at = signature.signed_at.astimezone(UTC).isoformat()
    who = (signature.role.value, signature.user_id, signature.name, at, signature.signed_on.isoformat())
    text = "|".join(str(part) for part in ("signature", file_id, *who, signature.digest, picture))
    return hmac.new(keys.of(session).audit, text.encode(), hashlib.sha256).hexdigest()


def _role_now(actor: Actor, reading: Reading) -> SignerRole:
    if reading.file.status not in closing_content.WORKING:
        raise RuleBroken("已经结案，不能再签字。")
    roles = own_roles(actor, reading.file)
    if not roles:
        raise gate.Forbidden("只有承办人、包案领导和单位负责人本人可以签字。")
    unsigned = [role for role in roles if role not in reading.standing]
    return unsigned[0] if unsigned else roles[0]


def _check_password(session: Session, actor: Actor, password: str, clock: datetime) -> None:
    user = session.get(m.User, actor.user_id)
    assert user is not None
    lock = login_locks.find(session, user.username, actor.address)
    if login_locks.is_locked(lock, clock):
        raise WrongPassword("登录密码：连续输错次数过多，请 15 分钟后再签。", "password")
    if not passwords.matches(user.password_hash, password):
        login_locks.count_failure(session, lock, user.username, actor.address, clock)
        audit.record(session, actor, "sign", table="signature", result="refused")
        raise WrongPassword("登录密码：不正确，没有签字，请重新输入。", "password")
    login_locks.clear(session, lock)


def void_stale(session: Session, actor: Actor, reading: Reading) -> None:
    """Void every signature whose text is no longer the file's, and say which field differs."""
    for signature in reading.stale:
        found = changes(reading, signature)
        signature.changes = [list(change) for change in found] or None
        _void(actor, [signature], CHANGED + why(found))
    session.flush()


def changes(reading: Reading, signature: m.Signature) -> list[Change]:
    """What the file says otherwise than when this was signed; nothing is known of signatures before there were lines."""
    then = closing_lines.kept(signature.signed_text)
    now = closing_old_forms.lines_in(closing_content.form_of(signature), reading.lines)
    return closing_lines.changes(then, now) if then else []


def why(found: Sequence[Change]) -> str:
    """ "：“查办报告”原为“…”，现为“…”"; of several changes the first and how many there are."""
    if not found:
        return ""
    label, old, new = found[0]
    more = f"等 {len(found)} 处" if len(found) > 1 else ""
    alike = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return f"：“{label}”原为“{_short(old, alike)}”，现为“{_short(new, alike)}”{more}"


def _short(text: str, alike: int) -> str:
    """The part that differs: a text whose first `alike` characters are in the other too begins shortly before them."""
    start = max(0, alike - BEFORE) if len(text) > SHOWN else 0
    part = ("…" if start else "") + text[start:]
    return (part if len(part) <= SHOWN else part[: SHOWN - 1] + "…") or "无"


def void_changed(session: Session, actor: Actor, file: m.ClosingFile) -> None:
    """After something of the file changed: void what no longer fits."""
    void_stale(session, actor, closing_content.read(session, file, actor.today))


def void_all(session: Session, actor: Actor, file: m.ClosingFile, reason: str) -> None:
    """Void every signature of the file with this reason."""
    _void(actor, [s for s in file.signatures if s.voided_at is None], reason)
    session.flush()


def _void(actor: Actor, signatures: Sequence[m.Signature], reason: str) -> None:
    for signature in signatures:
        signature.voided_at, signature.void_reason = actor.now, reason[:300]
