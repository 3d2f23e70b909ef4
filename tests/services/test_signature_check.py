"""Signatures verified later, by command and on screen; how they look; those of the first form (H2)."""

import base64
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

import models as m
from models.base import utcnow
from rules import closing as rule
from rules.words import PaperKind, RuleBroken, SignerRole
from services import (
    checklist,
    closing,
    closing_content,
    closing_lines,
    closing_papers,
    promises,
    signature_check,
    signature_images,
    signatures,
)
from tests.fixtures import casework as made
from tests.fixtures.databases import run
from tests.fixtures.office import PASSWORD, Office


def png(width: int = 600, height: int = 200) -> bytes:
    """A small picture with a head of that size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    return signature_images.PNG + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"IEND"


def data_url(data: bytes) -> str:
    return signature_images.DRAWN + base64.b64encode(data).decode()


def signed(office: Office, folder: Path, picture: signature_images.Picture | None = None) -> m.ClosingFile:
    file = made.fill(office, made.closing_file(office), folder)
    signatures.sign(office.session, office.actor("handler_a"), file, PASSWORD, utcnow(), picture)
    return file


def examined(office: Office, file: m.ClosingFile) -> list[signature_check.Checked]:
    """What the file's page shows of its signatures."""
    return signature_check.examine(office.session, closing_content.read(office.session, file))


def complaints(office: Office, file: m.ClosingFile) -> list[str]:
    found = examined(office, file)
    return [words for one in found for words in signature_check.complaints(one)]


def test_a_signature_as_given_has_nothing_against_it_h2(office: Office, tmp_path: Path) -> None:
    file = signed(office, tmp_path, signature_images.drawn(data_url(png())))
    (checked,) = examined(office, file)
    assert (checked.is_good, checked.is_sealed, checked.picture_fits) == (True, True, True)
    assert complaints(office, file) == []


def test_a_void_signature_is_still_true_h2(office: Office, tmp_path: Path) -> None:
    file = signed(office, tmp_path)
    closing.write_report(office.session, office.actor("handler_a"), file, "第二稿")
    (checked,) = examined(office, file)
    assert (checked.is_good, checked.is_true) == (False, True)
    assert checked.changes == (("查办报告", made.REPORT, "第二稿"),)
    assert file.signatures[0].changes == [["查办报告", made.REPORT, "第二稿"]]
    assert complaints(office, file) == []


# what is altered past the office, the complaint
FORGED = {
    "the text": ("signed_text", {"form": 2, "lines": []}, "签字时的内容被改过"),
    "whose it is": ("name", "李四", "签字记录不是本系统写入的"),
    "the day": ("signed_on", None, "签字记录不是本系统写入的"),
    "text and hash together": ("digest", "f" * 64, "签字记录不是本系统写入的"),
}


@pytest.mark.parametrize(("column", "value", "words"), FORGED.values(), ids=FORGED)
def test_a_signature_altered_in_the_database_is_found_h2(
    office: Office, tmp_path: Path, column: str, value: object, words: str
) -> None:
    file = signed(office, tmp_path)
    set_committed_value(file.signatures[0], column, value or made.day(office, -9))
    assert any(words in said for said in complaints(office, file))


def test_another_picture_is_found_h2(office: Office, tmp_path: Path) -> None:
    file = signed(office, tmp_path, signature_images.drawn(data_url(png())))
    set_committed_value(file.signatures[0].image, "picture", png(300))
    assert complaints(office, file) == ["手写签名的图片被换过"]


def test_a_change_past_the_office_is_named_with_old_and_new_h2(office: Office, tmp_path: Path) -> None:
    file = signed(office, tmp_path)
    file.petition.title = "改过的标题"
    (words,) = complaints(office, file)
    assert words.startswith("卷内内容和签字时不同：“概况”原为“")
    assert words.endswith("现为“改过的标题”")


def test_what_happens_after_closing_leaves_a_closed_file_as_it_was_h2(office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    made.visit(office, file.petition)
    kind = m.AidKind(name="慰问品", is_money=False)
    said = {"decided_on": office.today, "decided_by": "赵明", "receiver": "赵丽华"}
    office.session.add(m.Aid(petition_id=file.petition_id, kind=kind, **said))
    office.session.flush()
    assert complaints(office, file) == []


def named_on_sheet(office: Office, folder: Path) -> m.ClosingFile:
    """A closed file whose sheet speaks of a leader, a unit, who waived, a responsible person and an aid."""
    file = made.fill(office, made.closing_file(office), folder, but="measures paper")
    checklist.waive(office.session, office.actor("office_head"), made.item(file, "measures"), "已到位")
    kind = m.AidKind(name="慰问品", is_money=False)
    said = {"decided_on": office.today, "decided_by": "赵明", "receiver": "赵丽华"}
    office.session.add(m.Aid(petition_id=file.petition_id, kind=kind, **said))
    closing_papers.record_paper(office.session, office.actor("clerk"), file, PaperKind.AGREEMENT, "双方自愿")
    promises.add(office.session, office.actor("clerk"), file, "补发", made.day(office, 30))
    made.sign(office, file)
    return closing.close(office.session, office.actor("clerk"), file)


# what is called otherwise after closing: (row of the file, attribute)
RENAMED = {
    "the leader": (lambda file: file.case.leader, "name"),
    "his position": (lambda file: file.case.leader, "title"),
    "the unit": (lambda file: file.case.unit, "name"),
    "who waived an item": (lambda file: made.item(file, "measures").waived_by, "name"),
}


@pytest.mark.parametrize(("row_of", "attribute"), RENAMED.values(), ids=RENAMED)
def test_a_later_name_neither_voids_a_closed_file_nor_changes_its_sheet_h2(
    office: Office, tmp_path: Path, row_of: Callable[[m.ClosingFile], Any], attribute: str
) -> None:
    file = named_on_sheet(office, tmp_path)
    before = closing_content.read(office.session, file)
    row = row_of(file)
    old = getattr(row, attribute)
    setattr(row, attribute, "改过的名称")
    after = closing_content.read(office.session, file)
    assert (after.lines, after.digest, complaints(office, file)) == (before.lines, before.digest, [])
    assert after.names.renamed == [(old, "改过的名称")]
    closing.reopen(office.session, office.actor("clerk"), file, "承诺没有兑现")
    again = closing_content.read(office.session, file)
    assert any("改过的名称" in line.text for line in again.lines), "signed anew, under today's names"
    assert again.names.renamed == []


def test_another_leader_under_the_same_name_is_found_h2(office: Office, tmp_path: Path) -> None:
    file = named_on_sheet(office, tmp_path)
    leader = file.case.leader
    file.case.leader = m.Leader(name=leader.name, title=leader.title + "（新）")
    assert complaints(office, file)
    file.case.leader = m.Leader(name="另一个人", title=leader.title)
    assert complaints(office, file)


def test_kept_names_altered_in_the_database_are_found_h2(office: Office, tmp_path: Path) -> None:
    """Nobody makes a closed file say another leader by writing his name into what the signatures keep."""
    file = named_on_sheet(office, tmp_path)
    for signature in file.signatures:
        names = dict.fromkeys(signature.signed_text["names"], "另一个人")
        set_committed_value(signature, "signed_text", signature.signed_text | {"names": names})
    assert sum("签字时的内容被改过" in words for words in complaints(office, file)) == 3


def test_a_signature_of_the_second_form_still_stands_h2(office: Office, tmp_path: Path) -> None:
    """Given before the names were kept apart and the leader's position was among the lines."""
    file = made.fill(office, made.closing_file(office), tmp_path)
    reading = closing_content.read(office.session, file)
    lines = [list(line) for line in reading.lines if line.label != closing_lines.POST]
    said = {"form": 2, "lines": lines}
    handler = office.user("handler_a")
    who = {"user_id": handler.id, "name": handler.name, "signed_at": office.now, "signed_on": office.today}
    digest = rule.digest(said)
    old = m.Signature(closing_file=file, role=SignerRole.HANDLER, digest=digest, signed_text=said, **who)
    office.session.add(old)
    assert closing_content.read(office.session, file).turn is SignerRole.LEADER
    assert complaints(office, file) == []
    closing.write_report(office.session, office.actor("handler_a"), file, "第二稿")
    assert old.changes == [["查办报告", made.REPORT, "第二稿"]]


def test_a_signature_of_the_first_form_still_stands_h2(office: Office, tmp_path: Path) -> None:
    """Given before a sheet had lines: another text under its fingerprint, no seal."""
    file = made.fill(office, made.closing_file(office), tmp_path)
    digest = closing_content.read(office.session, file).digests[1]
    handler = office.user("handler_a")
    who = {"user_id": handler.id, "name": handler.name, "signed_at": office.now, "signed_on": office.today}
    old = m.Signature(closing_file=file, role=SignerRole.HANDLER, digest=digest, signed_text={"report": "…"}, **who)
    office.session.add(old)
    assert closing_content.read(office.session, file).turn is SignerRole.LEADER
    closing.write_report(office.session, office.actor("handler_a"), file, "第二稿")
    assert old.void_reason == signatures.CHANGED


def test_the_command_names_what_no_longer_stands_h2(app: Flask, office: Office, tmp_path: Path) -> None:
    file = made.closed_file(office, tmp_path)
    number = file.case.number
    office.session.commit()
    said = json.loads(run(app, "closing", "verify", "--json"))
    assert (said["ok"], said["files"], said["signatures"], said["bad"]) == (True, 1, 3, [])
    file.report = "悄悄改过"
    office.session.commit()
    refused = app.test_cli_runner().invoke(args=["closing", "verify", number, "--json"])
    assert refused.exit_code == 1, refused.exception
    bad = json.loads(refused.stdout)["bad"]
    assert [one["role"] for one in bad] == ["handler", "leader", "unit_head", None]
    assert bad[0]["changes"] == [["查办报告", made.REPORT, "悄悄改过"]]
    assert app.test_cli_runner().invoke(args=["closing", "verify", "BA1999-001", "--json"]).exit_code == 1


# what is sent as a drawing or a scan, the sentence (None: taken)
PICTURES = {
    "a drawing": (signature_images.drawn, data_url(png()), None),
    "nothing drawn": (signature_images.drawn, " ", None),
    "no picture at all": (signature_images.drawn, "写了几个字", "没有收到图形"),
    "another kind": (signature_images.drawn, "data:image/svg+xml;base64,AAAA", "没有收到图形"),
    "broken": (signature_images.drawn, signature_images.DRAWN + "*", "图形不完整"),
    "not what it says": (signature_images.drawn, data_url(b"<svg/>"), "只能是 PNG"),
    "too wide": (signature_images.drawn, data_url(png(9000)), "2400×1200"),
    "cut off": (signature_images.drawn, data_url(signature_images.PNG), "已损坏"),
    "a scan": (signature_images.scanned, b"\xff\xd8\xff" + b"0" * 50 + b"\xff\xd9", None),
    "a scan too large": (signature_images.scanned, png() + b"0" * 400_000, "超过 300 KB"),
    "a scan of another kind": (signature_images.scanned, b"%PDF-1.4", "只能是 PNG 或 JPG"),
}


@pytest.mark.parametrize(("read", "sent", "words"), PICTURES.values(), ids=PICTURES)
def test_a_picture_is_checked_before_it_is_kept_h2_c12(read: object, sent: object, words: str | None) -> None:
    if words is None:
        read(sent)  # type: ignore[operator]
        return
    with pytest.raises(RuleBroken, match=words):
        read(sent)  # type: ignore[operator]
