"""The petitioner's side (H3): a pledge, an agreement, both, or none and why. Nobody is made to sign either."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import PaperKind, RuleBroken
from services import attachments, closing, closing_content, signatures

Scans = Sequence[tuple[str, BinaryIO]]


def record_paper(
    session: Session,
    actor: Actor,
    file: m.ClosingFile,
    paper: PaperKind,
    reason: str,
    signed_on: date | None = None,
) -> m.ClosingFile:
    """Record one of the two papers as signed (today unless a day is named), or that none was and why. None is ever demanded.

    An agreement beside a pledge leaves both on the file; NONE takes both off it.
    """
    closing.check_working(actor, file)
    if paper is PaperKind.NONE and not reason.strip():
        raise RuleBroken("说明：没有签订的，请写明原因；不要求必须签订。", "paper_reason")
    if paper is not PaperKind.AGREEMENT and file.promises:
        raise RuleBroken("信访人文书：已登记承诺事项，只有息访协议才有承诺事项，不能改为别的文书。", "paper")
    day = _signed_on(actor, file, paper, signed_on)
    if paper is PaperKind.NONE:
        file.paper, file.pledge_on, file.agreement_on = paper, None, None
    elif paper is PaperKind.AGREEMENT:
        file.paper, file.agreement_on = paper, day
    else:
        file.pledge_on = day
        file.paper = PaperKind.AGREEMENT if file.agreement_on is not None else paper
    file.paper_reason = reason.strip() or None
    session.flush()
    signatures.void_changed(session, actor, file)
    return file


def _signed_on(actor: Actor, file: m.ClosingFile, paper: PaperKind, signed_on: date | None) -> date:
    if paper is PaperKind.NONE and signed_on is not None:
        raise RuleBroken("签订日期：没有签订的，不填日期。", "signed_on")
    day = signed_on or actor.today
    if day > actor.today:
        raise RuleBroken("签订日期：不能晚于今天，请核对。", "signed_on")
    if day < file.petition.registered_on:
        raise RuleBroken(f"签订日期：不能早于登记日期 {file.petition.registered_on}，请核对。", "signed_on")
    return day


def add_scans(session: Session, actor: Actor, file: m.ClosingFile, scans: Scans, folder: Path) -> None:
    """Scans of the petitioner's papers; their fingerprints are signed with the rest."""
    closing.check_working(actor, file)
    if scans and file.paper is PaperKind.NONE:
        raise RuleBroken("扫描件：没有签订文书的，不能上传文书扫描件。", "scans")
    for name, stream in scans:
        attachments.add(session, actor, file.petition, name, stream, folder, closing_content.PAPER_PURPOSE)
    session.flush()
    signatures.void_changed(session, actor, file)
