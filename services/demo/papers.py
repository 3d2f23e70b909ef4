"""Small pictures of a scanned page, as petitioners bring them: grey lines on white, as PNG or PDF."""

import struct
import zlib
from random import Random

WIDTH, HEIGHT, MARGIN, LINE = 620, 877, 70, 34
"""Pixels of an A4 page at 75 dpi."""


def scanned(rng: Random) -> tuple[str, bytes]:
    """(file name, content) of one page of handwriting, told by its lines only."""
    pixels = _page(rng)
    if rng.random() < 0.5:
        return "来访材料照片.png", png(pixels)
    return "申请书扫描件.pdf", pdf(pixels)


def _page(rng: Random) -> list[bytes]:
    white, rows = b"\xff" * WIDTH, []
    for top in range(0, HEIGHT, LINE):
        is_written = MARGIN < top < HEIGHT - 2 * MARGIN
        end = rng.randint(WIDTH // 2, WIDTH - MARGIN)
        line = bytearray(white)
        for x in range(MARGIN, end):
            line[x] = rng.choice((70, 110, 255)) if (x // 22) % 9 else 255
        rows += [bytes(line) if is_written and 8 <= y < 24 and y % 3 else white for y in range(LINE)]
    return rows[:HEIGHT]


def png(rows: list[bytes]) -> bytes:
    """An 8-bit grey PNG of these rows of pixels."""
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def pdf(rows: list[bytes]) -> bytes:
    """A one-page PDF that shows these rows of pixels on A4."""
    image = zlib.compress(b"".join(rows), 9)
    shape = (
        f"/Width {len(rows[0])} /Height {len(rows)} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    )
    draw = b"595 0 0 842 0 0 cm /P Do"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
        _stream(b"", draw),
        _stream(f"/Type /XObject /Subtype /Image {shape}".encode(), image),
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)
