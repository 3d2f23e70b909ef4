"""Phones and ID numbers as typed (A1)."""

import pytest

from rules import identity
from rules.words import RuleBroken


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None),
        (None, None),
        ("13800000026", "13800000026"),
        ("０７３１－８８８８６６６６", "0731-88886666"),
        ("+86 138 0000 0026", "+86 138 0000 0026"),
        ("0731-88886666转8001", "0731-88886666转8001"),
        ("12345", "12345"),
    ],
)
def test_phones_that_are_kept(typed: str | None, kept: str | None) -> None:
    assert identity.check_phone(typed) == kept


@pytest.mark.parametrize("typed", ["没有", "110", "138000000261380000002613800", "1380000002a", "<b>13800000026"])
def test_phones_that_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken, match="电话：") as no:
        identity.check_phone(typed, "people", "第2行 ")
    assert (no.value.field, no.value.message[:4]) == ("people", "第2行 ")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None),
        ("430621197001010013", "430621197001010013"),
        ("11010519491231002x", "11010519491231002X"),
        ("430621 19700101 0013", "430621197001010013"),
        ("430621700101001", "430621700101001"),
        ("E12345678", "E12345678"),
        ("H0012345(6)", "H0012345(6)"),
    ],
)
def test_id_numbers_that_are_kept(typed: str, kept: str | None) -> None:
    """GB 11643, and papers other than the ID card."""
    assert identity.check_id_number(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("430621197001010014", "最后一位对不上"),
        ("110105194912310021", "最后一位对不上"),
        ("4306211970010100", "现在是 16 位"),
        ("43062119700101001", "现在是 17 位"),
        ("护照12345", "字母和数字"),
        ("E1", "字母和数字"),
    ],
)
def test_id_numbers_that_are_refused(typed: str, why: str) -> None:
    with pytest.raises(RuleBroken, match=why) as no:
        identity.check_id_number(typed)
    assert no.value.field == "id_number"
