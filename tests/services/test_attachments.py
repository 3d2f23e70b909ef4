"""Files of a matter: any name, no way out of the folder, only what the content is, sent as a download to those who may (C12)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import models as m
from rules.words import RuleBroken
from services import attachments
from tests.fixtures.client import DeskClient
from tests.fixtures.handled import registered
from tests.fixtures.office import TODAY, Office

PDF = b"%PDF-1.4 text"
ODD = st.text(st.sampled_from("./\\:\0\r\n%~信访材料ab\u202e "), max_size=40)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stem=ODD)
@example(stem="../../../etc/passwd")
@example(stem="C:\\Windows\\x")
@example(stem="长" * 300)
@example(stem="")
def test_no_name_leaves_the_folder(tmp_path: Path, office: Office, stem: str) -> None:
    """300 names: the stored name is random, the shown one has neither path nor control character."""
    petition = office.session.info.get("matter") or registered(office, TODAY)
    office.session.info["matter"] = petition
    folder = tmp_path / "files"
    made = attachments.add(office.session, office.actor("clerk"), petition, f"{stem}x.pdf", BytesIO(PDF), folder)
    stored = attachments.path_of(made, folder).resolve()
    assert folder.resolve() in stored.parents
    assert made.stored_name.removesuffix(".pdf").isalnum()
    assert len(made.stored_name) == 36
    assert made.name.endswith(".pdf")
    assert not set(made.name) & set("/\\\0\r\n\u202e")
    assert len(made.name) <= 200
    assert [path for path in tmp_path.iterdir() if path != folder] == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("说明.html", b"<html>", "不能上传"),
        ("图.svg", b"<svg/>", "不能上传"),
        ("无后缀", PDF, "不能上传"),
        ("空.pdf", b"", "文件是空的"),
        ("假.pdf", b"<script>", "内容和扩展名不符"),
        ("假.png", PDF, "内容和扩展名不符"),
        ("大.pdf", PDF + b"0" * attachments.MAX_BYTES, "超过 20 MB"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, office: Office, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as no:
        attachments.add(office.session, office.actor("clerk"), registered(office, TODAY), name, BytesIO(data), tmp_path)
    assert (no.value.field, list(tmp_path.iterdir())) == ("attachments", [])


def test_a_file_goes_only_to_those_who_see_its_matter(
    client_for: Callable[[str], DeskClient], office: Office, app: object
) -> None:
    petition = registered(office, TODAY)
    folder = app.config["DESK_DATA"] / "attachments"  # type: ignore[attr-defined]
    made = attachments.add(office.session, office.actor("clerk"), petition, "信访材料.pdf", BytesIO(PDF), folder)
    office.session.commit()
    answer = client_for("clerk").get(f"/admin/attachment/{made.id}/")
    assert (answer.status_code, answer.data) == (200, PDF)
    answer.close()
    disposition = unquote(answer.headers["Content-Disposition"])
    assert disposition.startswith("attachment;")
    assert "信访材料.pdf" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client_for("handler_b").get(f"/admin/attachment/{made.id}/").status_code == 404
    assert office.session.query(m.AuditEntry).filter_by(action="download", petition_id=petition.id).count() == 1


@pytest.mark.parametrize("harm", ["changed", "gone", "voided"])
def test_a_file_that_is_not_as_it_was_is_not_sent(
    client_for: Callable[[str], DeskClient], office: Office, app: object, harm: str
) -> None:
    folder = app.config["DESK_DATA"] / "attachments"  # type: ignore[attr-defined]
    made = attachments.add(
        office.session, office.actor("clerk"), registered(office, TODAY), "材料.pdf", BytesIO(PDF), folder
    )
    path = attachments.path_of(made, folder)
    if harm == "changed":
        path.write_bytes(PDF + b"!")
    elif harm == "gone":
        path.unlink()
    else:
        made.voided_reason = "传错了"
    answer = client_for("clerk").get(f"/admin/attachment/{made.id}/")
    assert answer.status_code == 422
    assert PDF not in answer.data
