"""What belongs to a matter besides itself: links, a contact split off, two matters made one — the buttons and the card."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext

import models as m
from admin_views import contact_facts, contact_names, wording
from admin_views.base import Action, current_actor, show
from models import db
from rules import file_purposes
from rules.access import Actor, may
from rules.moves import Need
from rules.words import RuleBroken, Status
from services import attachments, filing, gate, linking, merging, registration, splitting

WHY = Need("reason", "理由", "long", limit=300, help="写进两件事项的办理经过。")


def _link(session: Any, actor: Actor, row: m.Petition, said: dict[str, Any]) -> str:
    other = gate.find(session, actor, m.Petition, said["other_id"])
    linking.link(session, actor, row, other, said["reason"])
    return gettext("已关联 %(number)s。", number=other.number)


def _unlink(session: Any, actor: Actor, row: m.Petition, said: dict[str, Any]) -> str:
    found = gate.find(session, actor, m.PetitionLink, said["link_id"])
    if row.id not in (found.petition_id, found.other_id):
        raise RuleBroken(gettext("关联：没有这个选项，请重新选择。"), "link_id")
    linking.unlink(session, actor, found, said["reason"])
    return gettext("已解除关联。")


def _split(session: Any, actor: Actor, row: m.Petition, said: dict[str, Any]) -> str:
    contact = gate.find(session, actor, m.Contact, said["contact_id"])
    if contact.petition_id != row.id:
        raise RuleBroken(gettext("登记件：没有这个选项，请重新选择。"), "contact_id")
    into = gate.find(session, actor, m.Petition, said["petition_id"]) if said["petition_id"] else None
    target = splitting.split(session, actor, contact, said["reason"], into, said.get("attachment_ids") or ())
    return gettext("%(contact)s 已拆出，归入 %(matter)s。", contact=contact.number, matter=target.number)


def _merge(session: Any, actor: Actor, row: m.Petition, said: dict[str, Any]) -> str:
    into = gate.find(session, actor, m.Petition, said["into_id"])
    merging.merge(session, actor, row, into, said["reason"])
    return gettext("已并入 %(number)s。", number=into.number)


def _unmerge(session: Any, actor: Actor, row: m.Petition, said: dict[str, Any]) -> str:
    merger = merging.merger_of(session, actor, row)
    if merger is None:
        raise RuleBroken(gettext("撤销并案：这件事项没有并入别的事项。"))
    merging.unmerge(session, actor, merger, said["reason"])
    return gettext("已撤销并案，恢复单独办理。")


def _is_emptied(row: m.Petition, actor: Actor) -> bool:
    return row.status is Status.VOIDED and merging.merger_of(db.session(), actor, row) is not None


SPLIT = (
    Need("contact_id", "登记件", "contact", help="首次登记件留在原事项。"),
    Need("petition_id", "并入事项", "petition", required=False, help="留空则另立新事项，期限从该件登记之日起算。"),
    WHY,
    Need(
        "attachment_ids",
        "一并转走的附件",
        "rows",
        required=False,
        help="后来上传到事项的，勾选属于这件的；结案卷和督办的凭据留在原事项。",
    ),
)
ACTIONS = (
    Action(
        "link", "关联", "petition.link", _link, (Need("other_id", "关联事项", "petition"), WHY),
        help="有关但不是同一件：各办各的，两边都注明，随时可以解除。",
    ),
    Action(
        "unlink", "解除关联", "petition.link", _unlink, (Need("link_id", "关联", "petition_link"), WHY),
        is_shown=lambda row, actor: bool(linking.links(db.session(), actor, row)),
    ),
    Action(
        "split", "拆分", "petition.split", _split,
        lambda row: SPLIT if attachments.movable(db.session(), row, None) else SPLIT[:-1],
        is_shown=lambda row, _actor: len(row.contacts) > 1,
        help="并错了的登记件从这里拆出：编号不变，登记时附的材料随件转走，办理经过两边都写明。",
    ),
    Action(
        "merge", "并案", "petition.merge", _merge, (Need("into_id", "并入事项", "petition"), WHY),
        is_shown=lambda row, _actor: row.status in merging.MERGING,
        help="这件事项的登记件全部转到另一件，本件以“并入”结束，编号保留。两件都须在办、没有领导包案；可以撤销。",
    ),
    Action("unmerge", "撤销并案", "petition.merge", _unmerge, (WHY,), is_shown=_is_emptied),
)  # fmt: skip
VERBS = frozenset(action.verb for action in ACTIONS)


def shape(row: m.Petition, action: Action, form: Any) -> None:
    """Only this matter's own contacts and links are offered."""
    if action.verb == "split":
        later = [one.id for one in splitting.later_contacts(row)]
        form.contact_id.narrow = lambda statement: statement.where(m.Contact.id.in_(later))
        form.contact_id.say = contact_said
        if "attachment_ids" in form:
            free = attachments.movable(db.session(), row, None)
            form.attachment_ids.choices = [(file.id, file_said(file)) for file in free]
    if action.verb == "unlink":
        model = m.PetitionLink
        form.link_id.narrow = lambda s: s.where(
            (model.petition_id == row.id) | (model.other_id == row.id), model.removed_on.is_(None)
        )


def contact_said(contact: m.Contact) -> str:
    """Enough to know a contact by: day, channel, who as the reader may see him, the first words, the number."""
    words = registration.headline(contact.demand)[:20]
    who = contact_names.names(contact, current_actor())
    channel = contact_facts.channel_label(contact.channel)
    return f"{show(contact.received_on)} {channel} {who}：{words}（{contact.number}）"


def file_said(file: m.Attachment) -> str:
    """A file by its name, what it is, and who brought it."""
    return " · ".join(
        filter(None, (file.name, wording.said(file_purposes.words(file.purpose)), show(file.uploaded_by)))
    )


def prefill(row: m.Petition, action: Action, form: Any, actor: Actor) -> None:
    """What was clicked is chosen; a proposed filing's reason stands in the head's form."""
    for name in ("link_id", "contact_id"):
        if action.verb in VERBS and name in form:
            form[name].data = gate.id_in(request.args.get(name, ""))
    if action.verb == "file_away":
        found = filing.open_one(db.session(), row)
        if found is not None:
            form.filing.data, form.reason.data = found.filing, found.reason


def card(row: m.Petition, actor: Actor) -> dict[str, Any]:
    """Linked and merged matters both ways, and the buttons for them."""
    session = db.session()
    lines = [_linked(one, row, actor) for one in linking.links(session, actor, row)]
    lines += [_merged(one.petition, gettext("并入本件"), one) for one in merging.merged_into(session, actor, row)]
    emptied = merging.merger_of(session, actor, row)
    if emptied is not None:
        lines.insert(0, _merged(emptied.into, gettext("已并入"), emptied))
    buttons = [
        {"label": gettext(action.label) + "…", "url": url_for("petition.do_view", row_id=row.id, verb=action.verb)}
        for action in ACTIONS
        if action.verb in ("link", "split", "merge", "unmerge")
        and action.permits(actor)
        and action.is_shown(row, actor)
    ]
    return {"lines": lines, "buttons": buttons, "proposal": _proposal(row, actor)}


def _linked(one: m.PetitionLink, row: m.Petition, actor: Actor) -> dict[str, Any]:
    other = linking.other_of(one, row)
    unlink = url_for("petition.do_view", row_id=row.id, verb="unlink", link_id=one.id)
    found = _line(other, gettext("关联"), one.reason)
    return found | {"unlink": unlink if may(actor, "petition.link") else ""}


def _merged(other: m.Petition, word: str, one: m.Merger) -> dict[str, Any]:
    return _line(other, word, one.reason) | {"unlink": ""}


def _line(other: m.Petition, word: str, reason: str) -> dict[str, Any]:
    return {
        "word": word,
        "number": other.number,
        "title": other.title,
        "state": gettext(other.status.label),
        "url": url_for("petition.details_view", id=other.id),
        "reason": reason,
    }


def _proposal(row: m.Petition, actor: Actor) -> dict[str, Any] | None:
    """A proposed filing that waits for the head, with his two answers; the approved one with who and when."""
    if not may(actor, "filing.list"):
        return None
    found = filing.open_one(db.session(), row) if row.status is Status.REGISTERED else None
    if found is not None:
        verbs = ("file_away", "refuse_filing") if may(actor, "filing.answer") else ()
        urls = [url_for("petition.do_view", row_id=row.id, verb=verb) for verb in verbs]
        return {"text": said(found), "urls": urls}
    done = filing.approved(db.session(), actor, row) if row.status is Status.FILED else None
    return {"text": said(done), "urls": []} if done else None


def said(row: m.Filing) -> str:
    """Why, who proposed it, who approved it."""
    asked = gettext(
        "%(who)s %(day)s 提出：%(filing)s。%(why)s",
        who=show(row.asked_by), day=show(row.asked_on), filing=show(row.filing), why=row.reason,
    )  # fmt: skip
    if row.answered_on is None:
        return asked
    answer = gettext("%(who)s %(day)s 批准。", who=show(row.answered_by), day=show(row.answered_on))
    return f"{asked} {answer}"
