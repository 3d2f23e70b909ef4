"""What is done to a matter from its page: its moves, papers, files, tags and the full identities."""

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, url_for
from flask_babel import gettext

import models as m
from admin_views import feedback_fields, files, linked, not_now, reading_put, supervision_page, targets
from admin_views.base import Action, current_actor, show
from models import db
from rules import moves
from rules.access import Actor
from rules.moves import Need, Row
from services import audit, documents, handling, handling_checks, matter_facts, petitions, recusals, tags


def perform(row: Row) -> Callable[..., Any]:
    """The run of a move's action."""
    return lambda session, actor, petition, said: handling.move(session, actor, petition, row.verb, said) and None


def gone_on(row: Row) -> Callable[..., Any]:
    """Why a move makes no sense any more: who made the last one, and where the matter stands now."""

    def said(petition: m.Petition) -> str:
        if row.verb in moves.MOVES[petition.status]:
            return lacking_fact(row, petition) or not_now.not_his_move(row, petition, current_actor())
        if not petition.moves:
            return not_now.not_from_here(row, petition)
        last = petition.moves[-1]
        over = gettext(
            "%(who)s已办理“%(what)s”，这件事项现在是“%(state)s”，不能再“%(label)s”。",
            who=last.by_name,
            what=gettext(moves.VERBS.get(last.verb, last.verb)),
            state=gettext(petition.status.label),
            label=gettext(row.label),
        )
        return over + not_now.made_from(row)

    return said


def lacking_fact(row: Row, petition: m.Petition) -> str:
    """What must hold besides the state, and does not."""
    if row.only is None or row.only in matter_facts.of(petition, current_actor()):
        return ""
    return gettext("现在不能“%(label)s”：%(why)s。", label=gettext(row.label), why=gettext(row.only.label))


def lacking(row: Row) -> Callable[..., Any]:
    """What a move's form lacks besides what its fields say."""
    return lambda actor, petition, said: handling_checks.problems(row, actor, petition, said)


MOVE_ACTIONS = tuple(
    Action(
        row.verb,
        row.label,
        row.who,
        perform(row),
        row.needs,
        is_shown=lambda petition, actor, row=row: (
            row.verb in moves.MOVES[petition.status]
            and moves.is_allowed(actor, row, petition.unit_id, matter_facts.of(petition, actor))
        ),
        kind="no" if row.verb == "void" else "" if row.is_quiet else "go",
        problems=lacking(row),
        not_now=gone_on(row),
    )
    for row in moves.ROWS
)


def _attach(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> str:
    taken = files.take(petition, said["attachments"], said.get("purpose") or "")
    return gettext("已上传 %(count)s 个附件。", count=len(taken.kept))


def _issue_form(session: Any, actor: Actor, petition: m.Petition, _said: dict[str, Any]) -> str:
    paper = documents.issue_form(session, actor, petition)
    return gettext("已制发%(title)s %(number)s。", title=gettext(paper.title), number=paper.number)


def _lacks_form(petition: m.Petition, actor: Actor) -> bool:
    return documents.registration_form(db.session(), actor, petition) is None


def _reveal(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> Any:
    """Full identities, once, with the reason in the trail (C3)."""
    audit.record(
        session,
        actor,
        "reveal",
        table="petition",
        row_id=petition.id,
        petition_id=petition.id,
        details={"reason": said["reason"]},
    )
    people = petitions.people_of(petition)
    return make_response(render_template("reveal.html", petition=petition, people=people, reason=said["reason"]))


def _tag(session: Any, actor: Actor, petition: m.Petition, said: dict[str, Any]) -> None:
    tags.put(session, actor, petition, said.get("tags") or "")


TAG_HELP = "几个标签之间用顿号隔开，每个不超过 12 个字；留空则全部去掉。全办都能按标签筛选，请不要写人名。"


def of_the_unit(field: Any, petition: m.Petition) -> None:
    """Who handles or withdraws is one of the few people of the responsible unit: a list, nothing to look up."""
    ids = [user.id for user in recusals.staff(db.session(), petition, petition.unit_id)]
    field.narrow = lambda statement: targets.active_users(statement).where(m.User.id.in_(ids))
    field.render_kw = None


ACTIONS = (
    *MOVE_ACTIONS,
    *linked.ACTIONS,
    reading_put.PUT,
    supervision_page.SUPERVISE,
    Action(
        "issue_form",
        "制发登记表",
        "document.issue_form",
        _issue_form,
        confirm="给这件事项编号制发来访（来信）登记表？",
        is_shown=_lacks_form,
    ),
    Action(
        "attach",
        "上传附件",
        "petition.attach",
        _attach,
        (
            Need("attachments", "附件", "files"),
            Need(
                "purpose",
                "材料名称",
                required=False,
                limit=40,
                help="例如：照片、合同、身份证复印件；这一次上传的都用这个名称。",
            ),
        ),
        after=lambda petition: url_for("petition.details_view", id=petition.id, _anchor="files"),
    ),
    Action(
        "tag",
        "标签",
        "petition.tag",
        _tag,
        (Need("tags", "标签", required=False, help=TAG_HELP, limit=200),),
    ),
    Action(
        "reveal",
        "查看完整身份",
        "petition.reveal",
        _reveal,
        (Need("reason", "查看理由", "text", help="会记入审计：谁、何时、为什么看了完整身份。", limit=200),),
    ),
)


def shape(row: Any, action: Action, form: Any) -> None:
    """What an action asks of this matter; whom it complains of is left out of every form (guarded_choices)."""
    linked.shape(row, action, form)
    feedback_fields.tell(form, row.purpose)
    if action.verb == reading_put.PUT.verb:
        reading_put.shape(row, form)
    if action.verb == "attach":
        url = url_for("attachment.upload", row_id=row.id)
        form.attachments.render_kw = dict(form.attachments.render_kw, data_upload=url)
    for name in ("handler_id", "user_id"):
        if name in form and row.unit_id is not None:
            of_the_unit(form[name], row)
    if action.verb == supervision_page.SUPERVISE.verb:
        supervision_page.shape(row, form)


def _as_asked(petition: m.Petition, form: Any) -> None:
    """延期: the days and reason the handler asked for, which the head approves or corrects."""
    asked = handling_checks.extension_asked(petition)
    if asked is not None:
        form.days.data, form.reason.data = int(asked.details["days"]), asked.details["reason"]
        form.days.description = gettext(
            "%(who)s %(day)s 申请延长 %(days)s 天。", who=asked.by_name, day=show(asked.moved_on), days=form.days.data
        )


def prefill(row: Any, action: Action, form: Any, actor: Actor) -> None:
    """What a form already says when it opens."""
    linked.prefill(row, action, form, actor)
    feedback_fields.propose(form, row.purpose, row)
    if action.verb == reading_put.PUT.verb:
        reading_put.prefill(row, form)
    if action.verb == supervision_page.SUPERVISE.verb:
        supervision_page.prefill(row, form)
    if action.verb == "extend":
        _as_asked(row, form)
    if action.verb == "tag":
        form.tags.data = "、".join(tags.of(row))
