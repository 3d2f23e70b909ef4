"""The office's secret keys: one small file outside the database, made once, read at start (C13, C20).

`audit` chains the trail, `trail` hashes what the trail must not show, `lookup` finds an ID number or phone without
storing it in the open. Without the file the data stays readable but nothing can be registered or verified.
"""

import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from rules.words import RuleBroken

SIZE = 32


@dataclass(frozen=True, repr=False)
class Keys:
    """Three keys of 32 bytes; never printed."""

    audit: bytes
    trail: bytes
    lookup: bytes


def create(path: Path) -> Keys:
    """Make a new key file, mode 0600, on the disk before this returns. Raises RuleBroken when there is one already."""
    made = Keys(*(secrets.token_bytes(SIZE) for _ in range(3)))
    text = json.dumps({"version": 1, "keys": {name: value.hex() for name, value in asdict(made).items()}})
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RuleBroken(f"密钥文件 {path} 已经存在；为免旧数据无法核验，不会覆盖它。", "DESK_KEY_FILE") from None
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    return made


def load(path: Path) -> Keys:
    """Read the key file. Raises RuleBroken when it is absent, open to others, damaged or weak."""
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise RuleBroken(f"密钥文件 {path} 其他用户也能读；请执行 chmod 600 后再启动。", "DESK_KEY_FILE")
        stored = json.loads(path.read_text())["keys"]
        found = [bytes.fromhex(stored[name]) for name in Keys.__dataclass_fields__]
    except OSError:
        raise RuleBroken(f"密钥文件 {path} 不存在或无法读取；请先运行 flask init。", "DESK_KEY_FILE") from None
    except (ValueError, KeyError, TypeError):
        raise RuleBroken(f"密钥文件 {path} 已损坏；请从备份中恢复原来的文件。", "DESK_KEY_FILE") from None
    if len(set(found)) < len(found) or any(len(key) < SIZE or len(set(key)) < 8 for key in found):
        raise RuleBroken(f"密钥文件 {path} 中的密钥过短或重复；请从备份中恢复原来的文件。", "DESK_KEY_FILE")
    return Keys(*found)


def of(session: Session) -> Keys:
    """The keys the application put into `session.info["keys"]`. Raises RuleBroken when there are none."""
    found = session.info.get("keys")
    if not isinstance(found, Keys):
        raise RuleBroken("没有密钥文件，不能写入；请先运行 flask init。", "DESK_KEY_FILE")
    return found


def normalised(value: str) -> str:
    """One spelling of an ID number or phone: half-width, upper case, letters and digits only, no +86."""
    text = unicodedata.normalize("NFKC", value).strip().upper().removeprefix("+86")
    return "".join(char for char in text if char.isalnum())


def lookup_hash(keys: Keys, value: str | None) -> str | None:
    """The keyed hash (64 hex digits) by which an ID number or phone is found exactly; None for a blank value."""
    text = normalised(value or "")
    return hmac.new(keys.lookup, text.encode(), hashlib.sha256).hexdigest() if text else None
