"""How a signature looks (手写签名): drawn on the screen or scanned, checked before it is kept (H2, C12)."""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from rules.words import RuleBroken

MOST_BYTES = 300 * 1024
MOST_PIXELS = (2400, 1200)
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
DRAWN = "data:image/png;base64,"


@dataclass(frozen=True)
class Picture:
    """A picture that may be kept."""

    is_drawn: bool
    media_type: str
    sha256: str
    picture: bytes


def sha(data: bytes) -> str:
    """The fingerprint of a picture."""
    return hashlib.sha256(data).hexdigest()


def drawn(text: str) -> Picture | None:
    """What the screen's canvas sent (a data URL); None when nothing was drawn. Raises RuleBroken: not a PNG, or too large."""
    if not text.strip():
        return None
    head, _, body = text.strip().partition(",")
    if f"{head}," != DRAWN:
        raise RuleBroken("手写签名：没有收到图形，请重新写，或者改传扫描件。", "drawing")
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise RuleBroken("手写签名：图形不完整，请重新写。", "drawing") from None
    return _checked(data, "drawing", "手写签名", is_drawn=True)


def scanned(data: bytes) -> Picture | None:
    """A scan as a file; None when it is empty. Raises RuleBroken: neither PNG nor JPEG, or too large."""
    return _checked(data, "scan", "签名扫描件", is_drawn=False) if data else None


def _checked(data: bytes, field: str, label: str, *, is_drawn: bool) -> Picture:
    if len(data) > MOST_BYTES:
        raise RuleBroken(f"{label}：超过 300 KB，请裁剪或缩小后再传。", field)
    if data.startswith(PNG):
        if len(data) < 33 or data[12:16] != b"IHDR":
            raise RuleBroken(f"{label}：图片已损坏，请重新生成。", field)
        width, height = struct.unpack(">II", data[16:24])
        if not (0 < width <= MOST_PIXELS[0] and 0 < height <= MOST_PIXELS[1]):
            raise RuleBroken(f"{label}：图片最大 {MOST_PIXELS[0]}×{MOST_PIXELS[1]} 像素，请缩小后再传。", field)
        return Picture(is_drawn, "image/png", sha(data), data)
    if data.startswith(JPEG) and data.rstrip(b"\x00").endswith(b"\xff\xd9") and not is_drawn:
        return Picture(is_drawn, "image/jpeg", sha(data), data)
    raise RuleBroken(f"{label}：只能是 PNG 或 JPG 图片，请另存后再传。", field)
