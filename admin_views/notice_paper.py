"""The notice as a paper to print and post, for the public page and for every edition behind the login; its poster (D6)."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import segno
from flask import current_app, render_template

from models import Notice
from rules.roster_period import Period, day_text
from services import gate, published

POSTER_LINES = 6
"""Coming days named on the poster."""


def paper_of(notice: Notice, asked: Period, back: str) -> str:
    """A notice as an A4 paper: the lines of the period asked for, from the frozen body."""
    address = public_address(asked)
    return render_template(
        "public/notice_paper.html",
        body=notice.body,
        lines=published.rows_of(notice, asked.key),
        period_text=asked.label,
        number=notice.number,
        published_text=chinese_day(notice.published_on),
        address=address,
        qr=segno.make(address, micro=False).svg_data_uri(scale=3) if address else "",
        back=back,
    )


def poster_of(coming: Sequence[published.Line]) -> str:
    """An A4 poster with a large QR code of the notice, its address in words and the next days, all as published."""
    return render_template(
        "public/poster.html",
        body=coming[0].notice.body if coming else {},
        coming=coming[:POSTER_LINES],
        address=public_address(),
        back="/schedule",
    )


def public_address(asked: Period | None = None) -> str:
    """Where the public reads the newest edition; empty when the office has not said its address (DESK_PUBLIC_URL)."""
    base = current_app.config["DESK_PUBLIC_URL"].rstrip("/")
    if not base or (asked is not None and not asked.is_month):
        return ""
    return f"{base}/schedule/{asked.key}" if asked is not None else f"{base}/schedule"


def qr_picture() -> bytes:
    """The QR code of the notice's address as SVG. Raises gate.NotHere when the office has not said its address."""
    address, picture = public_address(), BytesIO()
    if not address:
        raise gate.NotHere("没有设置公开网址。")
    segno.make(address, micro=False).save(picture, kind="svg", scale=10, border=2, light="#fff")
    return picture.getvalue()


def chinese_day(day: date) -> str:
    """2026年11月21日."""
    return f"{day.year}年{day_text(day)}"
