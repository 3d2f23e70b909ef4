"""The notice as a paper to print and post, for the public page and for every edition behind the login (D6)."""

from datetime import date

import segno
from flask import current_app, render_template

from models import Notice
from rules.roster_period import Period, day_text
from services import published


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


def public_address(asked: Period) -> str:
    """Where the public reads the newest edition; empty when the office has not said its address (DESK_PUBLIC_URL)."""
    base = current_app.config["DESK_PUBLIC_URL"].rstrip("/")
    return f"{base}/schedule/{asked.key}" if base and asked.is_month else ""


def chinese_day(day: date) -> str:
    """2026年11月21日."""
    return f"{day.year}年{day_text(day)}"
