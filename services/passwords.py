"""Passwords: argon2id hashes, and the rule a new one must pass (C5)."""

import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from rules.words import RuleBroken

SHORTEST, LONGEST = 12, 128
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""argon2id with OWASP's parameters: about 20 ms and 19 MB a log-in."""
COMMON_FILE = Path(__file__).with_name("common_passwords.txt")


def hashed(password: str) -> str:
    """The argon2id hash to store."""
    return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Does the password fit the stored hash? Costs the same without one, so that time does not tell who exists."""
    if len(password) > 10 * LONGEST:
        return False
    try:
        return HASHER.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def check_password_rule(password: str, username: str, words: tuple[str, ...] = ()) -> None:
    """Raises RuleBroken (field "password") unless the password is long enough and hard to guess.

    `words`: what everybody knows of the office (its name in pinyin, the person's initials …), refused inside a password.
    """
    text = unicodedata.normalize("NFKC", password).lower()
    if len(password) < SHORTEST:
        raise _no(f"密码太短：至少 {SHORTEST} 个字符，建议用几个不相关的词连成一句。")
    if len(password) > LONGEST:
        raise _no(f"密码太长：最多 {LONGEST} 个字符。")
    if len(username) > 2 and username.lower() in text:
        raise _no("密码中不能含有用户名，请换一个。")
    if _is_pattern(text):
        raise _no("密码是重复或连续的字符，太容易猜到，请换一个。")
    rest = _without_known_words(text, words)
    if len(set(rest)) < 5:
        raise _no("密码是常见词加数字，太容易猜到，请换成几个不相关的词。")


def _no(message: str) -> RuleBroken:
    return RuleBroken(message, "password")


def _is_pattern(text: str) -> bool:
    if len(set(text)) < 5 or text in (text * 2)[1:-1]:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps - {-9, 9}) <= 1


def _without_known_words(text: str, words: tuple[str, ...]) -> str:
    """The letters and digits left when every place covered by a common password or a word of the office is struck out."""
    rest = "".join(char for char in text if char.isalnum())
    covered: set[int] = set()
    for word in {word.lower() for word in words if len(word) > 2} | common():
        start = rest.find(word)
        while start >= 0:
            covered.update(range(start, start + len(word)))
            start = rest.find(word, start + 1)
    return "".join(char for place, char in enumerate(rest) if place not in covered)


@cache
def common() -> frozenset[str]:
    """The shipped list of common passwords and words of the trade, lower case, letters and digits only."""
    lines = COMMON_FILE.read_text(encoding="utf-8").splitlines()
    words = ("".join(filter(str.isalnum, line)) for line in lines if not line.startswith("#"))
    return frozenset(word for word in words if word)


@cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
