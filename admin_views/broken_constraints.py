"""What the database refuses of a form, said at its field: a constraint read back into a sentence (design §5)."""

import re
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from admin_views.fields import REQUIRED, TAKEN
from rules.words import RuleBroken

ORDER = re.compile(r"(?P<left>\w+) (?P<sign>>=|>|<=|<) (?P<right>\w+)\Z")
"""The last comparison of a rule such as `ends is null or ends >= starts`."""


def refusal(error: sa.exc.IntegrityError, model: Any, form: Any) -> RuleBroken:
    """The sentence for a broken constraint of the model's table, at the first field of the form it names."""
    table, text = model.__table__, str(error.orig)
    for column in table.columns:
        if column.name in form and ("NOT NULL" in text or "not-null" in text) and _names(text, table, column):
            return RuleBroken(str(REQUIRED), column.name)
    broken = next((one for one in _rules(table) if _is_named(text, table, one)), None)
    if isinstance(broken, sa.CheckConstraint):
        return _unfit(str(broken.sqltext), form)
    if broken is not None:
        return _taken([column.name for column in broken.columns], form)
    return RuleBroken(gettext("已有相同的记录，请核对名称或编号。"))


def _rules(table: Any) -> list[Any]:
    rules = [one for one in table.constraints if isinstance(one, sa.CheckConstraint | sa.UniqueConstraint)]
    return rules + [index for index in table.indexes if index.unique]


def _names(text: str, table: Any, column: Any) -> bool:
    """SQLite says table.column, PostgreSQL says column "…"."""
    return re.search(rf'\b{table.name}\.{column.name}\b|column "{column.name}"', text) is not None


def _is_named(text: str, table: Any, rule: Any) -> bool:
    """By its name; SQLite names the columns of a broken UNIQUE instead."""
    if re.search(rf"\b{rule.name}\b", text):
        return True
    columns = ", ".join(f"{table.name}.{column.name}" for column in rule.columns)
    return text == f"UNIQUE constraint failed: {columns}"


def _taken(names: list[str], form: Any) -> RuleBroken:
    """Another row has the same; of several fields together all are named."""
    asked = [name for name in names if name in form]
    if len(asked) < 2:
        return RuleBroken(str(TAKEN), asked[0] if asked else None)
    labels = "、".join(str(form[name].label.text) for name in asked)
    return RuleBroken(gettext("与“%(others)s”都相同的已经有了，请核对。", others=labels), asked[0])


def _unfit(rule: str, form: Any) -> RuleBroken:
    """Two fields in the wrong order, or fields that do not go together."""
    order = ORDER.search(rule)
    if order and order["left"] in form and order["right"] in form:
        is_left_late = order["sign"].startswith(">")
        late, early = (order["left"], order["right"]) if is_left_late else (order["right"], order["left"])
        other = form[early].label.text
        if order["sign"].endswith("="):
            return RuleBroken(gettext("不能早于“%(other)s”，请核对。", other=other), late)
        return RuleBroken(gettext("应晚于“%(other)s”，请核对。", other=other), late)
    asked = [item.name for item in form if re.search(rf"\b{item.name}\b", rule)]
    labels = "、".join(str(form[name].label.text) for name in asked)
    if len(asked) > 1:
        return RuleBroken(gettext("“%(fields)s”填得互相不符，请核对。", fields=labels), asked[0])
    return RuleBroken(gettext("填得不对，请核对。"), asked[0] if asked else None)
