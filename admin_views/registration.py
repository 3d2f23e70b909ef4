"""来信来访登记: one screen registers a contact and opens or joins a matter (A1–A4, A8)."""

from typing import Any

from flask import current_app
from flask_babel import gettext

import models as m
from admin_views.base import current_actor
from models import db
from rules import identity
from rules.access import Actor
from rules.gathered import Gathered
from rules.words import RespondentKind, RuleBroken
from services import attachments, gate, linking, petitions, registration
from services.registration import Accused, Person, Registration


def register(actor: Actor, values: dict[str, Any]) -> m.Contact:
    """Turn the form's values into one registration with its files. Raises RuleBroken."""
    session = db.session()
    joins = gate.find(session, actor, m.Petition, values["petition_id"]) if values["petition_id"] else None
    related = gate.find(session, actor, m.Petition, values["related_id"]) if values["related_id"] else None
    if values["related_reason"] and related is None:
        raise RuleBroken(gettext("关联事项：填了关联理由的，请选择关联的事项。"), "related_id")
    gathered = Gathered()
    said = as_registration(values, gathered)
    with gathered.going_on():
        registration.check(session, actor, said)
    gathered.refuse()
    contact = petitions.register(session, actor, said, joins)
    if related is not None:
        linking.link(session, actor, contact.petition, related, values["related_reason"] or gettext("登记时关联"))
    folder = current_app.config["DESK_DATA"] / "attachments"
    attachments.add_all(session, actor, contact.petition, uploaded(values["attachments"]), folder, "登记", contact)
    return contact


def uploaded(files: Any) -> list[tuple[str, Any]]:
    """The files a form brought, each with its name; an empty file field brings none."""
    return [(file.filename, file.stream) for file in files or () if getattr(file, "filename", "")]


def problems(actor: Actor, form: Any) -> list[RuleBroken]:
    """What the rules would refuse besides what the form's own fields refuse, so that everything is said at once."""
    values = {item.name: item.data for item in form}
    known = {"received_on": actor.today, "demand": "…", "people": [], "respondents": []}
    values |= {name: value for name, value in known.items() if form[name].errors}
    values |= {name: None for name in ("level_from", "sender_due_on") if form[name].errors}
    gathered = Gathered()
    said = as_registration(values, gathered)
    with gathered.going_on():
        registration.check(db.session(), actor, said)
    return [no for no in gathered.found if no.field in form and not form[no.field].errors]


def as_registration(values: dict[str, Any], gathered: Gathered) -> Registration:
    """The form's values as services.petitions.register wants them; empty rows are left out, refusals kept in `gathered`."""
    people: list[Person] = []
    for place, row in enumerate(values["people"], start=1):
        if _any(row, "name", "phone", "id_number"):
            people.append(_person(row, place, gathered))
    if any(not person.name for person in people):
        gathered.found.append(RuleBroken(gettext("信访人：每一行都要填姓名；不知道的行请去掉。"), "people"))
    respondents: list[Accused] = []
    for row in values["respondents"]:
        if _any(row, "target", "name"):
            with gathered.going_on():
                respondents.append(accused(row))
    return Registration(
        channel=values["channel"],
        demand=values["demand"],
        received_on=values["received_on"],
        title=values["title"] or "",
        people=people,
        is_anonymous=values["is_anonymous"],
        is_secret=values["is_secret"],
        people_count=values["people_count"] or 1,
        level_visited=values["level_visited"],
        purpose=values["purpose"],
        category_id=values["category_id"],
        place=(values["place"] or "").strip() or None,
        respondents=respondents,
        original_at=(values["original_at"] or "").strip() or None,
        receptionist_id=values["receptionist_id"],
        level_from=values["level_from"] or None,
        sender=(values["sender"] or "").strip() or None,
        source_number=(values["source_number"] or "").strip() or None,
        sender_due_on=values["sender_due_on"],
        form_key=values.get("form_key"),
    )


def _person(row: dict[str, Any], place: int, gathered: Gathered) -> Person:
    """One row of the petitioners; a phone or ID number that cannot be right is refused in `gathered`."""
    who = gettext("第%(place)s行 ", place=place)
    phone = number = None
    with gathered.going_on():
        phone = identity.check_phone(row["phone"], "people", who)
    with gathered.going_on():
        number = identity.check_id_number(row["id_number"], "people", who)
    return Person(**{**row, "name": (row["name"] or "").strip(), "phone": phone, "id_number": number})


def _any(row: dict[str, Any], *names: str) -> bool:
    return any((row[name] or "").strip() for name in names)


MODELS = {
    "unit": (RespondentKind.UNIT, m.Unit),
    "leader": (RespondentKind.LEADER, m.Leader),
    "user": (RespondentKind.USER, m.User),
}


def accused(row: dict[str, Any]) -> Accused:
    """One respondent: "unit-3" from the look-up, else a name outside the system. Raises RuleBroken."""
    target = (row["target"] or "").strip()
    if not target:
        return Accused(RespondentKind.OUTSIDE, None, row["name"])
    kind, _, number = target.partition("-")
    if kind not in MODELS:
        raise RuleBroken(gettext("被反映人：没有这个选项，请重新选择。"), "respondents")
    word, model = MODELS[kind]
    try:
        found = gate.find(db.session(), current_actor(), model, number)
    except gate.NotHere:
        raise RuleBroken(gettext("被反映人：没有这个选项，请重新选择。"), "respondents") from None
    return Accused(word, found.id, str(found.name))
