"""The key file (C13, C20): made once, for nobody else's eyes, refused when it is not what it was."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules.words import RuleBroken
from services import keys

GOOD = {name: (bytes(range(32))[::step] * 2)[:32].hex() for name, step in (("audit", 1), ("trail", -1), ("lookup", 2))}


def write(path: Path, stored: Any) -> Path:
    path.write_text(stored if isinstance(stored, str) else json.dumps(stored))
    path.chmod(0o600)
    return path


def test_a_created_file_loads_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    made = keys.create(path)
    assert keys.load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert len({made.audit, made.trail, made.lookup}) == 3


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = keys.create(path)
    with pytest.raises(RuleBroken, match="已经存在"):
        keys.create(path)
    assert keys.load(path) == made


@pytest.mark.parametrize(
    ("case", "stored", "says"),
    [
        ("no JSON", "not json", "已损坏"),
        ("no keys", {}, "已损坏"),
        ("one missing", {"keys": {k: v for k, v in GOOD.items() if k != "lookup"}}, "已损坏"),
        ("no hex", {"keys": GOOD | {"audit": "zz"}}, "已损坏"),
        ("too short", {"keys": GOOD | {"audit": "00ff" * 4}}, "过短或重复"),
        ("all one byte", {"keys": GOOD | {"audit": "00" * 32}}, "过短或重复"),
        ("twice the same", {"keys": GOOD | {"audit": GOOD["trail"]}}, "过短或重复"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, case: str, stored: Any, says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        keys.load(write(tmp_path / "keys.json", stored))


def test_the_good_file_of_the_table_loads(tmp_path: Path) -> None:
    """The control of the table above."""
    assert keys.load(write(tmp_path / "keys.json", {"keys": GOOD})).audit == bytes(range(32))


@pytest.mark.parametrize(
    ("spoil", "says"), [(lambda path: path.unlink(), "不存在"), (lambda path: path.chmod(0o640), "chmod 600")]
)
def test_an_absent_or_open_file_is_refused(tmp_path: Path, spoil: Callable[[Path], None], says: str) -> None:
    path = tmp_path / "keys.json"
    keys.create(path)
    spoil(path)
    with pytest.raises(RuleBroken, match=says):
        keys.load(path)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("43042219800101001x", "43042219800101001X", True),
        ("４３０４２２１９８００１０１００１Ｘ", "43042219800101001X", True),
        ("138 0013 8000", "13800138000", True),
        ("+86 138-0013-8000", "13800138000", True),
        ("13800138000", "13800138001", False),
    ],
)
def test_one_spelling_is_looked_up(tmp_path: Path, one: str, other: str, same: bool) -> None:
    made = keys.create(tmp_path / "keys.json")
    assert (keys.lookup_hash(made, one) == keys.lookup_hash(made, other)) is same


def test_the_lookup_is_keyed_and_blank_is_nothing(tmp_path: Path) -> None:
    one, other = keys.create(tmp_path / "1.json"), keys.create(tmp_path / "2.json")
    assert keys.lookup_hash(one, "13800138000") != keys.lookup_hash(other, "13800138000")
    assert keys.lookup_hash(one, " - ") is None
    assert keys.lookup_hash(one, None) is None


def test_keys_are_never_printed(tmp_path: Path) -> None:
    made = keys.create(tmp_path / "keys.json")
    assert made.audit.hex() not in repr(made)
    assert str(made.audit) not in repr(made)
