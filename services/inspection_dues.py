"""What falls due from inspection: files returned by the first review, faults of a case review; read by services.other_dues (H5, H7)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session, joinedload

import models as m
from rules.access import Actor
from services import case_reviews, gate, inspection_reviews

Row = tuple[str, Any, date, m.Unit | None, dict[str, Any]]


def rows(session: Session, actor: Actor, until: date) -> Iterator[Row]:
    """Everything of these kinds due on or before `until` that the actor may see."""
    f = m.FirstReview
    returned = inspection_reviews.to_mend(actor).where(f.mend_by <= until)
    case = joinedload(f.closing_file).joinedload(m.ClosingFile.case).joinedload(m.Case.unit)
    options = joinedload(f.petition).joinedload(m.Petition.unit), case
    for one in session.scalars(returned.options(*options).order_by(f.mend_by, f.id)):
        unit = one.closing_file.case.unit or one.petition.unit
        yield "file_mend", one, one.mend_by or until, unit, {"title": one.petition.title}
    r = m.CaseReview
    waiting = case_reviews.to_mend(gate.rows(actor, r), actor).where(r.mend_by <= until)
    for row in session.scalars(
        waiting.options(joinedload(r.petition).joinedload(m.Petition.unit), joinedload(r.round))
    ):
        yield "review_mend", row, row.mend_by or until, row.petition.unit, {"title": row.petition.title}
