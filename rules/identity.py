"""What a phone number or an ID number can look like (A1): slips of the hand are caught while the person still stands there."""

import re
import unicodedata

from rules.words import RuleBroken

PHONE = re.compile(r"[\d+() /转,、-]+")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
"""GB 11643: the last sign of an 18-character ID number from the 17 digits before it."""


def check_phone(text: str | None, field: str = "phone", who: str = "") -> str | None:
    """The phone as typed (full-width signs made narrow), or None for nothing. Raises RuleBroken when it cannot be one.

    `who`: put before the sentence where a form has several, e.g. "第2行 ".
    """
    phone = unicodedata.normalize("NFKC", text or "").strip()
    if phone and not (PHONE.fullmatch(phone) and 5 <= len(re.sub(r"\D", "", phone)) <= 24):
        raise RuleBroken(f"{who}电话：“{phone[:30]}”不像电话号码，应为 5 至 24 位数字，可带区号和分机，请改正。", field)
    return phone or None


def check_id_number(text: str | None, field: str = "id_number", who: str = "") -> str | None:
    """The number of an identity paper in capitals, or None for nothing. Raises RuleBroken when it cannot be one.

    Digits only, or digits and X, is an ID card: 15 digits, or 18 characters with the right last one. Anything else is a
    passport or permit: 5 to 30 letters and digits.
    """
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or "")).upper()
    if not number:
        return None
    if re.fullmatch(r"\d+X?", number):
        _check_card(number, field, who)
    elif not re.fullmatch(r"[A-Z0-9()-]{5,30}", number):
        raise RuleBroken(f"{who}证件号码：只能是 5 至 30 位字母和数字，请改正。", field)
    return number


def _check_card(number: str, field: str, who: str) -> None:
    if len(number) not in (15, 18):
        raise RuleBroken(f"{who}证件号码：身份证号应为 18 位，现在是 {len(number)} 位，请核对。", field)
    if len(number) == 18 and CHECK_SIGNS[_sum(number) % 11] != number[-1]:
        raise RuleBroken(f"{who}证件号码：身份证号最后一位对不上，请核对；一时核对不了可以先留空。", field)


def _sum(number: str) -> int:
    return sum(int(sign) * weight for sign, weight in zip(number, WEIGHTS, strict=False))
