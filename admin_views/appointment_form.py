"""The form of a sign-up (预约登记): what is asked, what the office proposes, and the session chosen from it (D11)."""

from typing import Any

from flask import g, request
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, validators

import models as m
from admin_views import fields, targets, wording
from admin_views.base import current_actor
from models import db
from rules.access import Actor, mask
from rules.reception_words import AppointmentKind
from rules.session_hours import hours_text
from rules.words import Purpose, RuleBroken
from services import appointment_checks, appointment_lists, appointments, gate, petitions, proposals, receivers

Kind = AppointmentKind
FIELDSETS = (
    ("来访人", ("visitor", "phone", "people_count", "representatives", "place")),
    (
        "诉求",
        ("demand", "purpose", "is_secret", "petition_id", "respondent_unit_id", "respondent_leader_id", "lower_level"),
    ),
    ("约定", ("kind", "wanted_leader_id")),
    ("约访（预约不填）", ("reason", "invited_on", "is_urgent")),
)
SHORT = ("representatives", "lower_level", "reason")
"""Long texts that are mostly one line."""
CHOOSE = "场次：请在下面的建议中选一场，再保存。"
ONLY_NEW = ("kind", "wanted_leader_id", "session_id")
"""Fields of a new sign-up alone: afterwards its session changes by 改约."""
ARGS = {
    "phone": {"description": lazy_gettext("通知变动时用。")},
    "people_count": {"description": lazy_gettext("集体访填总人数。")},
    "representatives": {"description": lazy_gettext("集体访写明代表姓名，用顿号隔开；最多 5 人，以设置为准。")},
    "purpose": {"description": lazy_gettext("检举控告按保密要求登记：被反映的领导及其单位的人都看不到。")},
    "petition_id": {"description": lazy_gettext("以前登记过的，输入编号、姓名或诉求中的词查找；没有就不填。")},
    "respondent_unit_id": {"description": lazy_gettext("诉求反映的是哪个单位；检举控告时由无关的领导接访。")},
    "lower_level": {"description": lazy_gettext("村(社区)、部门以前怎样处理、怎样答复的；关联了事项的会自动列出。")},
    "reason": {"description": lazy_gettext("为什么约请。")},
    "invited_on": {"description": lazy_gettext("不填为今天。")},
    "is_urgent": {"description": lazy_gettext("不受预约截止时间和人数限制。")},
}


def extend(form: Any) -> Any:
    """The scaffolded form with the fields that are no columns: the leader asked for, and the session chosen."""
    form.kind = fields.WordField(
        lazy_gettext("种类"), kind=Kind, default=Kind.SIGN_UP, description=lazy_gettext("截止以后到场的按现场登记。")
    )
    form.wanted_leader_id = fields.RowField(
        lazy_gettext("来访人指定的领导"),
        [validators.Optional()],
        model=m.Leader,
        narrow=_allowed_leaders,
        description=lazy_gettext("不指定则由本办按分管和难易提出建议。"),
    )
    form.session_id = StringField(lazy_gettext("场次"), [validators.Optional(), fields.NoNul()])
    return form


def _allowed_leaders(statement: Any) -> Any:
    """Never one who may not know of what is being typed (rules-of-the-office §3)."""
    question = typed(request.form) if request.method == "POST" else _of_matter()
    barred = receivers.barred(db.session(), question)
    return targets.active_leaders(statement).where(m.Leader.id.not_in(sorted(barred)))


def _of_matter() -> receivers.Asked:
    petition = matter(request.args.get("petition_id"))
    return receivers.Asked(petition=petition)


def typed(form: Any) -> receivers.Asked:
    """What decides who may receive, straight from what was typed; odd values count as not said."""
    text = str(form.get("purpose") or "")
    people = gate.id_in(str(form.get("people_count") or "")) or 1
    said = {
        "demand": str(form.get("demand") or ""),
        "place": str(form.get("place") or ""),
        "purpose": Purpose(text) if text in {word.value for word in Purpose} else Purpose.SEEK,
        "is_secret": str(form.get("is_secret") or "").lower() in ("y", "on", "1", "true"),
        "people_count": min(people, 10_000),
        "respondent_unit_id": gate.id_in(str(form.get("respondent_unit_id") or "")),
        "respondent_leader_id": gate.id_in(str(form.get("respondent_leader_id") or "")),
    }
    return receivers.asked(said, matter(form.get("petition_id")))


def matter(text: Any) -> m.Petition | None:
    """The matter an address or form names, if the reader may know of it."""
    key = gate.id_in(str(text or ""))
    found = None if key is None else gate.rows(current_actor(), m.Petition).where(m.Petition.id == key)
    return None if found is None else db.session.scalars(found).one_or_none()


def prefill(form: Any) -> None:
    """A new form: the session or the matter its address names."""
    actor = current_actor()
    held = chosen_session(request.args.get("session_id"))
    if held is not None:
        form.session_id.data = str(held.id)
        if appointment_lists.is_closed(db.session(), actor, held):
            form.kind.data = Kind.WALK_IN
    petition = matter(request.args.get("petition_id"))
    form.people_count.data, form.purpose.data = 1, Purpose.SEEK
    if petition is not None:
        form.petition_id.data, form.demand.data = petition.id, petition.demand
        form.petition_id.post_process()
        form.purpose.data, form.place.data = petition.purpose, petition.place
        people = petitions.people_of(petition)
        form.visitor.data = people[0].name if people and not petition.is_guarded else ""


def masked_phone(form: Any, row: m.Appointment) -> None:
    """The phone is not shown again: a new one replaces it, an empty field leaves it (C3)."""
    if request.method != "POST":
        form.phone.data = ""
    if row.phone:
        form.phone.description = gettext("已登记 %(phone)s；不改请留空。", phone=mask("phone", row.phone))


def chosen_session(text: Any) -> m.ReceptionSession | None:
    """The session an address or form names; sessions are no secret."""
    key = gate.id_in(str(text or ""))
    return None if key is None else db.session.get(m.ReceptionSession, key)


def save(actor: Actor, values: dict[str, Any]) -> m.Appointment:
    """Put somebody down for the session chosen; without one, the proposals are shown first. Raises RuleBroken."""
    kind, wanted = values.pop("kind"), values.pop("wanted_leader_id")
    held = chosen_session(values.pop("session_id"))
    if held is None or request.form.get("again"):
        # What is wrong anyway is said before a session is asked for.
        blank = m.Appointment(kind=kind)
        appointment_checks.checked(db.session(), actor, blank, values | {"is_leader_chosen": False})
        g.awaits_session = True
        raise RuleBroken(gettext(CHOOSE), "session_id")
    said = values | {"is_leader_chosen": wanted is not None and wanted == held.leader_id}
    return appointments.sign_up(db.session(), actor, held, said, kind)


def shorten(form: Any) -> None:
    """So that the whole form is seen at a glance."""
    for name in SHORT:
        form[name].render_kw = {"rows": 2, "wide": True}


def offered(form: Any) -> list[dict[str, Any]]:
    """The proposals for what was typed, as the form shows them."""
    actor, session = current_actor(), db.session()
    question = typed(request.form)
    wanted = gate.id_in(request.form.get("wanted_leader_id", ""))
    takes = _takes(form)
    found = proposals.propose(session, actor, question, wanted, takes)
    return [_line(one, actor, form) for one in found]


def absent_best(offers: list[dict[str, Any]]) -> list[str]:
    """Leaders whom the demand would suit better than any offered, and who have no session open."""
    question, session, actor = typed(request.form), db.session(), current_actor()
    best = max((one["score"] for one in offers), default=0)
    named = proposals.without_session(session, actor, question, [one["leader_id"] for one in offers], best)
    return [gettext("按分管和难易宜由%(name)s接访，但近期没有可约的场次。", name=name) for name in named]


def _takes(form: Any) -> proposals.Takes:
    if form.kind.data == Kind.WALK_IN:
        return proposals.open_to_walk_ins
    is_urgent = form.kind.data == Kind.INVITATION and form.is_urgent.data
    return proposals.open_at_once if is_urgent else proposals.open_to_sign_up


def _line(one: proposals.Proposal, actor: Actor, form: Any) -> dict[str, Any]:
    held = one.session
    reasons = [wording.said(text) for text in one.fit.reasons]
    if one.is_concerned:
        reasons.append(gettext("是被反映人或与被反映单位有关，请确认是否合适。"))
    leader = held.leader
    return {
        "id": held.id,
        "leader_id": held.leader_id,
        "score": one.fit.score,
        "leader": leader.name if leader else "",
        "title": leader.title if leader else "",
        "day": wording.long_day(held.held_on, actor.today.year),
        "hours": hours_text(held.starts, held.ends),
        "place": held.place or "",
        "left": one.left,
        "reasons": reasons,
        "is_chosen": form.session_id.data == str(held.id),
    }
