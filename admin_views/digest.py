"""每日到期提示: what falls due in one's own scope, by kind of date, with who is late and how each date came about (B8)."""

from typing import Any

from flask import request, url_for
from flask_admin import expose
from flask_babel import gettext

from admin_views import wording
from admin_views.base import Page, current_actor
from models import db
from rules.access import OFFICE, Actor, R, may
from rules.owed import KINDS as KINDS_OWED
from rules.owed import UPPER_WORDS, Owner, Source
from rules.words import Status
from services import digest, dues, workbench
from services.digest import Group
from services.dues import Item

KINDS = {"late": "late", "today": "soon", "rolling": "soon", "soon": "soon", "normal": "ok"}
"""The colour of each light's word."""
SOURCES = {Source.LAW: "", Source.LETTER: "指定日期", Source.TARGET: "工作目标"}
"""What is said beside a kind that is no limit of the law."""
ROLES = frozenset({*(owner.label for owner in Owner), *UPPER_WORDS.values()})
"""Whoever is late, where no name is known."""


class DigestPage(Page):
    """The day's digest, on screen and as an A4 paper."""

    verbs = {"index": "digest.view", "print_view": "digest.view"}

    @expose("/")
    def index(self) -> Any:
        actor = current_actor()
        only = request.args.get("kind", "") if request.args.get("kind") in KINDS_OWED else ""
        shown = day(actor, only, dues.MOST if only else dues.FEW)
        return self.render("due/digest.html", tabs=tabs(actor), only=only, actions=actions(), **shown)

    @expose("/print")
    def print_view(self) -> Any:
        """The same, to print and to lay on the desk."""
        actor = current_actor()
        printed = gettext("%(day)s %(name)s 打印", day=wording.long_date(actor.today), name=actor.name)
        shown = day(actor, "", dues.MOST)
        return self.render("paper/digest.html", back=url_for("digest.index"), printed_text=printed, **shown)


def whose(actor: Actor) -> str:
    """Own side's or everything in sight; what is asked for, else one's own for those who handle."""
    asked = request.args.get("whose", "")
    if asked in ("mine", "all"):
        return asked
    return "all" if actor.role in OFFICE | {R.INSPECTOR} else "mine"


def day(actor: Actor, only: str, most: int) -> dict[str, Any]:
    """Everything the page shows: tiles of all kinds, and a group with at most `most` rows for each kind, or `only` for one."""
    session = db.session()
    soon = digest.soon_days(session, actor.today)
    found = digest.groups(session, actor, mine=whose(actor) == "mine", most=most, only=only)
    counts = digest.totals(found)
    matters, dates = digest.late(session, actor, mine=whose(actor) == "mine")
    said = {"late": wording.said(digest.late_words(matters, dates, counts["late"])) if counts["late"] else ""}
    labels = (
        ("late", gettext("已超期"), "late"),
        ("today", gettext("今日到期"), "soon"),
        ("soon", gettext("%(days)s 日内到期", days=soon), ""),
    )
    by_date = gettext("按日期计")
    return {
        "tiles": [
            {"label": label, "value": counts[key], "kind": kind, "sub": said.get(key) or by_date}
            for key, label, kind in labels
        ],
        "groups": [group_of(group, actor, soon) for group in found if only in ("", group.kind.key)],
        "day_text": wording.long_date(actor.today),
        "whose": whose(actor),
    }


def group_of(group: Group, actor: Actor, soon: int) -> dict[str, Any]:
    """One kind of date: its name, what it is owed by, how many, and its rows."""
    parts = [(gettext(digest.SECTIONS[key]), count) for key, count in group.counts.items() if count]
    return {
        "key": group.kind.key,
        "label": gettext(group.kind.label),
        "note": gettext(SOURCES[group.kind.source]) if SOURCES[group.kind.source] else "",
        "said": wording.listed(f"{label} {count}" for label, count in parts),
        "rows": [row_of(item, actor, soon) for item in group.items],
        "more": group.more,
        "url": url_for("digest.index", whose=whose(actor), kind=group.kind.key),
    }


def row_of(item: Item, actor: Actor, soon: int) -> dict[str, Any]:
    """One matter: number, step, who, last day, light in words; its derivation is one click away."""
    light = item.light(actor.today, soon)
    petition = item.petition
    last = f"{item.due:%m-%d}" if item.due.year == actor.today.year else str(item.due)
    if item.breach > item.due:
        last += f" → {item.breach:%m-%d}"
    return {
        "number": wording.said(item.number),
        "title": petition.title
        if petition is not None
        else item.title or getattr(item.supervision, "subject", "") or "",
        "url": address(item, actor),
        "step": gettext(item.kind.step),
        "who": who(item),
        "handler": petition.handler.name if petition is not None and petition.handler and item.unit else "",
        "state": gettext(petition.status.label) if petition is not None else "",
        "day": last,
        "light": wording.days(item.due, item.breach, actor.today),
        "light_kind": KINDS[light],
        "why": why(item),
    }


def why(item: Item) -> list[str]:
    """The derivation, sentence by sentence, and its sources."""
    due = dues.derivation(db.session(), item)
    basis = [gettext("依据：%(basis)s", basis=wording.said(due.basis))] if due.basis else []
    return [wording.said(step.rule) for step in due.why] + basis


def who(item: Item) -> str:
    """Who is late: names as they are, roles in the reader's language."""
    return gettext(item.who) if item.who in ROLES else item.who


def address(item: Item, actor: Actor) -> str:
    """The matter's page, or that of what has no matter."""
    if item.about is not None:
        noun = item.about.__tablename__
        return url_for(f"{noun}.details_view", id=item.about.id) if may(actor, f"{noun}.list") else ""
    if item.supervision is not None and may(actor, "supervision.list"):
        return url_for("supervision.details_view", id=item.supervision.id)
    if item.petition is not None and may(actor, "petition.view"):
        return url_for("petition.details_view", id=item.petition.id) + "#dates"
    return ""


def tabs(actor: Actor) -> list[dict[str, Any]]:
    """Own side's, or everything in sight."""
    now = whose(actor)
    labels = (("mine", gettext("该我方办的")), ("all", gettext("范围内全部")))
    return [{"label": label, "url": url_for("digest.index", whose=key), "active": key == now} for key, label in labels]


def actions() -> list[dict[str, Any]]:
    kept = {"whose": request.args["whose"]} if "whose" in request.args else {}
    return [{"label": gettext("打印"), "url": url_for("digest.print_view", **kept), "new_tab": True}]


def dates_of(items: list[Item], actor: Actor) -> list[dict[str, Any]]:
    """Every date that runs on a matter, for its own page: what, who is late, until when, the light in words, and why."""
    soon = digest.soon_days(db.session(), actor.today)
    found = []
    for item in items:
        row = row_of(item, actor, soon)
        over = item.kind.is_window and actor.today > item.breach
        word = gettext("已过") if over else row["light"]
        found.append(
            row
            | {"label": gettext(item.kind.label), "light": word, "light_kind": "wait" if over else row["light_kind"]}
        )
    return found


def next_date(items: list[Item], actor: Actor) -> dict[str, Any] | None:
    """The date somebody has to act by next, for the large card: its last day on time, what, who owes it, the light, and why.

    While an objection waits the office owes the next step, whatever the unit's clock says.
    """
    item = dues.nearest(items)
    if item is None or item.petition is None:
        return None
    row = row_of(item, actor, digest.soon_days(db.session(), actor.today))
    is_asked_back = item.petition.status is Status.OBJECTED and item.unit is not None
    step = workbench.next_step(item.petition) if is_asked_back else item.kind.step
    owner = gettext(Owner.OFFICE.label) if is_asked_back else row["who"]
    source = SOURCES[item.kind.source]
    parts = [gettext("责任：%(name)s", name=owner), row["handler"], gettext(source) if source else ""]
    put_off = gettext("末日 %(day)s，顺延", day=f"{item.due:%m-%d}") if item.breach > item.due else ""
    own_year = item.breach.year == actor.today.year
    return {
        "day": wording.month_day(item.breach) if own_year else str(item.breach),
        "step": gettext(step),
        "sub": " · ".join(part for part in (*parts, put_off) if part),
        "light": row["light"],
        "kind": row["light_kind"],
        "why": row["why"],
    }


def views() -> list[Any]:
    return [DigestPage(name="每日到期提示", endpoint="digest", url="/admin/digest")]
