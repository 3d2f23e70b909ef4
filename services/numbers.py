"""Numbers from counter rows, raised in the transaction that uses them: no duplicates, gaps explained (design §5)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.words import DocumentKind

MATTER, MATTER_GUARDED = "XF", "JB"
CONTACT, CONTACT_GUARDED = "LX", "JL"
CASE, CASE_GUARDED = "BA", "JA"
DISPUTE = "JF"
"""Series of matters, contacts and cases; guarded matters have their own, so that no gap shows (rules-of-the-office §3)."""

WORD_OF_KIND: dict[DocumentKind, str] = {
    DocumentKind.VISIT_FORM: "访登",
    DocumentKind.LETTER_FORM: "信登",
    DocumentKind.FORWARD: "转",
    DocumentKind.ASSIGN: "交",
    DocumentKind.ACCEPT: "受",
    DocumentKind.RETURN: "退",
    DocumentKind.REFUSE: "不受",
    DocumentKind.NO_MORE: "不再",
    DocumentKind.GUIDE: "引",
    DocumentKind.DIVERT: "导",
    DocumentKind.EXTEND_FORM: "延批",
    DocumentKind.EXTEND: "延",
    DocumentKind.INTERVIEW: "谈",
    DocumentKind.INVESTIGATION: "查",
    DocumentKind.MEDIATION: "调",
    DocumentKind.SETTLEMENT: "和",
    DocumentKind.VERIFICATION: "核",
    DocumentKind.CONFERENCE: "会商",
    DocumentKind.HEARING: "听",
    DocumentKind.MEDIATION_RECORD: "调记",
    DocumentKind.APPRAISAL_RECORD: "评议",
    DocumentKind.REPLY: "复",
    DocumentKind.SERVICE: "送",
    DocumentKind.REVIEW_REQUEST: "查申",
    DocumentKind.REVIEW: "复查",
    DocumentKind.RECHECK_REQUEST: "核申",
    DocumentKind.RECHECK: "复核",
    DocumentKind.SUPERVISE: "督",
    DocumentKind.CLOSE: "结",
    DocumentKind.DOSSIER: "卷",
}


def take(session: Session, series: str, year: int, count: int = 1) -> int:
    """The next value of a series in a year; with `count` the first of so many. The row is locked until the transaction ends."""
    statement = sa.select(m.Counter).where(m.Counter.series == series, m.Counter.year == year).with_for_update()
    counter = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if counter is None:
        counter = _first(session, series, year)
    counter.value += count
    session.flush()
    return counter.value - count + 1


def _first(session: Session, series: str, year: int) -> m.Counter:
    # Two first users of a year meet here: the loser's insert waits on the unique key and then reads the winner's row.
    try:
        with session.begin_nested():
            counter = m.Counter(series=series, year=year, value=0)
            session.add(counter)
            session.flush()
            return counter
    except sa.exc.IntegrityError:
        statement = sa.select(m.Counter).where(m.Counter.series == series, m.Counter.year == year).with_for_update()
        return session.scalars(statement.execution_options(populate_existing=True)).one()


def matter(session: Session, year: int, *, guarded: bool) -> str:
    """XF2026-000123, or JB2026-000001 for a guarded matter."""
    series = MATTER_GUARDED if guarded else MATTER
    return f"{series}{year}-{take(session, series, year):06d}"


def contact(session: Session, year: int, *, guarded: bool) -> str:
    """LX2026-000123, or JL2026-000001 for a contact of a guarded matter."""
    series = CONTACT_GUARDED if guarded else CONTACT
    return f"{series}{year}-{take(session, series, year):06d}"


def many(session: Session, series: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of a matter's or contact's series, in order."""
    first = take(session, series, year, count)
    return [f"{series}{year}-{value:06d}" for value in range(first, first + count)]


def case(session: Session, year: int, *, guarded: bool) -> str:
    """BA2026-019, or JA2026-001 for a guarded matter's case."""
    series = CASE_GUARDED if guarded else CASE
    return f"{series}{year}-{take(session, series, year):03d}"


def dispute(session: Session, year: int) -> str:
    """JF2026-000012, on the ledger of disputes (矛盾纠纷台账, E2)."""
    return f"{DISPUTE}{year}-{take(session, DISPUTE, year):06d}"


def meeting(session: Session, year: int) -> str:
    """HY2026-003, a meeting of the office (信访例会、联席会议, E3)."""
    return f"HY{year}-{take(session, 'meeting', year):03d}"


def circulation(session: Session, year: int, prefix: str) -> str:
    """青信通〔2026〕3号, a list of late matters put round the units (逾期通报, B10)."""
    return f"{prefix}通〔{year}〕{take(session, 'circulation', year)}号"


def document(session: Session, kind: DocumentKind, year: int, prefix: str, *, guarded: bool) -> str:
    """青信交〔2026〕41号; a guarded matter's papers run in their own series (青信密交)."""
    word = ("密" if guarded else "") + WORD_OF_KIND[kind]
    return f"{prefix}{word}〔{year}〕{take(session, f'doc-{word}', year)}号"
