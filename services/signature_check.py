"""Signatures examined: whether each is still the one that was given, and whether the file still says what was signed (H2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

import models as m
from rules import closing as rule
from rules.access import Actor
from rules.words import ClosingStatus, RuleBroken
from services import closing_content, gate, signature_images, signatures
from services.closing_content import Reading
from services.closing_lines import Change

BATCH = 100


@dataclass(frozen=True)
class Checked:
    """One signature examined.

    `is_intact`: its own text still has its fingerprint; `fits`: the file still says that text; `is_sealed`: the row is as
    the office wrote it (None: given before rows were sealed); `picture_fits`: its picture is the one given with it;
    `changes`: what the file says otherwise now.
    """

    signature: m.Signature
    is_intact: bool
    fits: bool
    is_sealed: bool | None = None
    picture_fits: bool = True
    changes: tuple[Change, ...] = ()

    @property
    def is_true(self) -> bool:
        """Nobody has altered the signature itself, whether it stands or is void."""
        return self.is_intact and self.is_sealed is not False and self.picture_fits

    @property
    def is_good(self) -> bool:
        """True when the signature stands."""
        return self.signature.voided_at is None and self.is_true and self.fits


def examine(session: Session, reading: Reading) -> list[Checked]:
    """Every signature of the file examined, void ones included, in the order they were given."""
    return [_checked(session, reading, signature) for signature in reading.file.signatures]


def _checked(session: Session, reading: Reading, signature: m.Signature) -> Checked:
    image = signature.image
    picture_fits = image is None or signature_images.sha(image.picture) == image.sha256
    is_sealed = None
    if signature.seal is not None:
        made = signatures.seal(session, signature, signature.closing_file_id, image.sha256 if image is not None else "")
        is_sealed = made == signature.seal
    return Checked(
        signature,
        is_intact=rule.digest(signature.signed_text) == signature.digest,
        fits=reading.fits(signature),
        is_sealed=is_sealed,
        picture_fits=picture_fits,
        changes=tuple(signatures.changes(reading, signature)),
    )


def complaints(checked: Checked) -> list[str]:
    """What is wrong with a signature, in words; empty when it is as it was given (and stands, unless it was voided)."""
    said = []
    if not checked.is_intact:
        said.append("签字时的内容被改过，和指纹不符")
    if checked.is_sealed is False:
        said.append("签字记录不是本系统写入的，或者被改过")
    if not checked.picture_fits:
        said.append("手写签名的图片被换过")
    if checked.signature.voided_at is None and not checked.fits:
        said.append("卷内内容和签字时不同" + signatures.why(checked.changes))
    return said


def verify_all(session: Session, actor: Actor, number: str | None = None) -> dict[str, Any]:
    """Every signature of one case's file or of all the actor may see: {"ok", "files", "signatures", "bad": [...]}.

    A closed file without its three standing signatures is bad too. Raises RuleBroken when there is no such case.
    """
    f = m.ClosingFile
    statement = gate.rows(actor, f).options(*closing_content.LOADED).order_by(f.id)
    if number is not None:
        statement = statement.join(m.Case, f.case_id == m.Case.id).where(m.Case.number == number)
    found: dict[str, Any] = {"ok": True, "files": 0, "signatures": 0, "bad": []}
    last = 0
    while files := list(session.scalars(statement.where(f.id > last).limit(BATCH)).unique()):
        last = files[-1].id
        for reading in closing_content.read_all(session, files, actor.today):
            _count(session, reading, found)
        session.expire_all()
    if number is not None and not found["files"]:
        known = session.scalar(gate.rows(actor, m.Case).with_only_columns(m.Case.id).where(m.Case.number == number))
        said = f"包案“{number}”还没有结案卷。" if known else f"没有编号为“{number}”的包案，请核对编号。"
        raise RuleBroken(said, "number")
    return found | {"ok": not found["bad"]}


def _count(session: Session, reading: Reading, found: dict[str, Any]) -> None:
    number = reading.file.case.number
    found["files"] += 1
    for checked in examine(session, reading):
        found["signatures"] += 1
        said, one = complaints(checked), checked.signature
        if said:
            changes = [list(change) for change in checked.changes]
            found["bad"].append(
                {"case": number, "role": one.role.value, "name": one.name, "why": said, "changes": changes}
            )
    unsigned = [role for role in rule.SIGNING_ORDER if role not in reading.standing]
    if reading.file.status is ClosingStatus.CLOSED and unsigned:
        why = [f"已经结案，但没有{role.label}有效的签字" for role in unsigned]
        found["bad"].append({"case": number, "role": None, "name": None, "why": why, "changes": []})
