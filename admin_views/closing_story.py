"""How a closing file reads on its page and on paper: checklist rows, signature boxes, visits."""

from typing import Any

from flask import flash, url_for
from flask_babel import gettext

import models as m
from admin_views import closing_todo, wording
from admin_views.base import current_actor, show
from models import db
from rules import closing as rule
from rules.access import Actor, may
from rules.closing_items import Piece
from rules.words import DocumentKind, Satisfaction, SignerRole
from services import checklist, closing_content, closing_lines, signatures
from services.closing_content import Material, Reading

NUMERALS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
SATISFACTION_KINDS = {
    Satisfaction.GOOD: "ok",
    Satisfaction.FAIR: "ok",
    Satisfaction.BAD: "late",
    Satisfaction.NONE: "wait",
}


def short(digest: str) -> str:
    """A fingerprint a person can compare: 9f3c…71a2."""
    return f"{digest[:4]}…{digest[-4:]}"


def checklist_rows(reading: Reading, actor: Actor, is_written: bool) -> list[dict[str, Any]]:
    """One row an item: state y (there), n (lacking), w (does not apply), its materials as links, what may be done."""
    return [_checklist_row(reading, material, actor, is_written) for material in reading.materials]


def _checklist_row(reading: Reading, material: Material, actor: Actor, is_written: bool) -> dict[str, Any]:
    item = material.item
    facts = next(one for one in reading.facts.items if one.item.key == item.key)
    lacking = rule.item_missing(facts, reading.facts)
    may_waive = is_written and lacking and may(actor, "closing_file.waive") and checklist.may_waive(actor, item)
    return {
        "state": "w" if facts.is_waived or not material.is_asked else "n" if lacking else "y",
        "title": f"{numeral(item.position)} {gettext(item.label)}",
        "lines": _lines(reading, material, lacking),
        "links": links(material),
        "help": gettext(material.spec.help) if material.spec.help else "",
        "todo": closing_todo.todo(reading, material, actor) if lacking else [],
        "link": {"label": _link_label(material, lacking), "url": item_url(material, "meet")} if is_written else None,
        "waive_url": item_url(material, "waive") if may_waive else None,
    }


def numeral(position: int) -> str:
    """① to ⑳, then 21."""
    return NUMERALS[position - 1] if position <= len(NUMERALS) else f"{position}."


def _link_label(material: Material, lacking: list[str]) -> str:
    is_begun = not lacking or material.documents or material.attachments
    return gettext("修改") if is_begun else gettext("填写")


def item_url(material: Material, verb: str) -> str:
    """Where this item is filled in; the report has its own form."""
    item = material.item
    if verb == "meet" and Piece.REPORT in material.spec.pieces:
        return url_for("closing_file.do_view", row_id=item.closing_file_id, verb="report")
    return url_for("checklist_item.do_view", row_id=item.id, verb=verb)


OPENED = {"document": "document.print_view", "meeting": "meeting.details_view", "aid": "aid.details_view",
          "proceeding": "proceeding.details_view"}  # fmt: skip
"""Noun of what was found → its page."""


def links(material: Material) -> list[dict[str, str]]:
    """What the item is met by, each with its page: found in the file by itself first, then what was put behind it."""
    found = [
        {"label": one.text, "url": _page(one.noun, one.id)}
        for one in material.found
        if one.noun in OPENED and one.noun != "document"
    ]
    papers = [
        {"label": _paper_label(material, d), "url": url_for("document.print_view", row_id=d.id)}
        for d in material.documents
    ]
    files = [{"label": a.name, "url": url_for("attachment.download", row_id=a.id)} for a in material.attachments]
    return papers + found + files


def _page(noun: str, row_id: int) -> str:
    """Its page; nothing for a role that is not let in there."""
    return url_for(OPENED[noun], id=row_id) if may(current_actor(), f"{noun}.list") else ""


def _paper_label(material: Material, paper: m.Document) -> str:
    served = material.item.closing_file.petition.served_at
    if paper.kind is DocumentKind.SERVICE and served is not None:
        return gettext(
            "%(title)s %(number)s（%(when)s 送达）",
            title=gettext(paper.title),
            number=paper.number or "",
            when=show(served),
        )
    return f"{gettext(paper.title)} {paper.number or ''}".strip()


def _lines(reading: Reading, material: Material, lacking: list[str]) -> list[str]:
    item, file = material.item, reading.file
    if item.waived_reason:
        by = reading.names.of(item.waived_by) if item.waived_by else ""
        return [gettext("不适用：%(reason)s（%(by)s 批准）", reason=item.waived_reason, by=by)]
    if not material.is_asked:
        return [gettext("这件不用：只有“%(when)s”才要", when=gettext(material.spec.when.label))]
    said = [str(value) for value in (item.note, item.said_on, item.said_person, item.said_number) if value is not None]
    pieces = {one.piece for one in material.found}
    if Piece.REPORT in pieces:
        said.append(_report_line(reading))
    if Piece.VISIT in pieces:
        said += [visit_line(visit) for visit in closing_content.made_visits(file)]
    if Piece.PROMISES in pieces:
        kept = sum(promise.kept_on is not None for promise in file.promises)
        said.append(gettext("登记 %(count)s 项，已兑现 %(kept)s 项", count=len(file.promises), kept=kept))
    plain = (one for one in material.found if one.noun in ("case", "petition"))
    said += [f"{gettext(one.piece.label)}：{one.text}" for one in plain]
    return said + [_after_colon(wording.said(words)) for words in lacking]


def _after_colon(sentence: str) -> str:
    """Without the item's own name, which stands above: "…：还缺查办报告" → "还缺查办报告"."""
    return sentence.replace(": ", "：", 1).partition("：")[2] or sentence


def _report_line(reading: Reading) -> str:
    signature = reading.standing.get(SignerRole.LEADER)
    if signature is None:
        return gettext("查办报告已写，等待包案领导签字")
    return gettext("%(name)s %(day)s 签字，内容未再改动", name=signature.name, day=show(signature.signed_on))


def papers(reading: Reading) -> list[str]:
    """The petitioner's papers with their days, or that there is none."""
    found = closing_lines.papers_of(reading.file)
    return [f"{gettext(kind.label)} {show(day)}".strip() for kind, day in found] or [gettext(reading.file.paper.label)]


def visit_line(visit: m.ReturnVisit) -> str:
    """回访 2026-11-15 电话 满意."""
    return gettext(
        "回访 %(day)s %(method)s %(opinion)s",
        day=show(visit.made_on),
        method=show(visit.method),
        opinion=show(visit.satisfaction),
    )


def signature_boxes(reading: Reading, actor: Actor) -> list[dict[str, Any]]:
    """The three places to sign, in order: who signed and when, whose turn it is, whether it is the reader's."""
    mine = signatures.own_roles(actor, reading.file) if may(actor, "closing_file.sign") else []
    return [_signature_box(reading, role, role is reading.turn and role in mine) for role in rule.SIGNING_ORDER]


def _signature_box(reading: Reading, role: SignerRole, is_mine_now: bool) -> dict[str, Any]:
    is_turn = role is reading.turn
    box: dict[str, Any] = {"role": gettext(role.label), "mine": is_mine_now, "turn": is_turn, "name": "", "void": False}
    stale = next((s for s in reading.stale if s.role is role), None)
    signature = reading.standing.get(role) or stale
    if signature is not None:
        sub = (
            gettext(signatures.CHANGED) + signatures.why(signatures.changes(reading, signature))
            if signature is stale
            else ""
        )
        return box | {
            "name": signature.name,
            "when": show(signature.signed_at),
            "void": signature is stale,
            "sub": sub,
            "picture": picture_url(signature),
        }
    awaited = signatures.names_for(db.session(), reading.file, role)
    return box | {
        "waiting": gettext("等待签字") if is_turn else gettext("尚未轮到"),
        "sub": (gettext("轮到 %(name)s", name=awaited) if is_turn else awaited)
        if awaited
        else gettext("还没有对应的账号"),
    }


def picture_url(signature: m.Signature) -> str:
    """Where the picture of a signature is; empty when there is none."""
    if signature.image is None:
        return ""
    return url_for("closing_file.signature_view", row_id=signature.closing_file_id, signature_id=signature.id)


def voided(reading: Reading) -> list[dict[str, Any]]:
    """Signatures that no longer stand, newest last, each with what was changed: what it is called, then, now."""
    return [
        {
            "text": f"{gettext(s.role.label)} {s.name}",
            "when": show(s.signed_at),
            "sub": gettext("%(when)s 失效：%(why)s", when=show(s.voided_at), why=s.void_reason or ""),
            "kind": "wait",
            "changes": s.changes or [],
        }
        for s in reading.file.signatures
        if s.voided_at is not None
    ]


def say_lapsed(file: m.ClosingFile, actor: Actor) -> None:
    """Warn that what was just saved made signatures void."""
    count = sum(one.voided_at == actor.now for one in file.signatures)
    if count:
        flash(gettext("内容有改动，已有的 %(count)s 个签字失效，须重新签字。", count=count), "warning")


def visit_story(visits: list[m.ReturnVisit]) -> list[dict[str, Any]]:
    """Visits as a story: made ones with the petitioner's words, planned ones dashed, those whose day has passed said so."""
    return [_told(visit) for visit in visits if visit.dropped_reason is None]


def _told(visit: m.ReturnVisit) -> dict[str, Any]:
    url = url_for("return_visit.details_view", id=visit.id)
    if visit.made_on is None:
        link = {"label": gettext("查看"), "url": url}
        if may(current_actor(), "return_visit.record"):
            link = {"label": gettext("记录"), "url": url_for("return_visit.do_view", row_id=visit.id, verb="record")}
        is_late = visit.planned_on < current_actor().today
        return {
            "text": show(visit.planned_on),
            "tag": {"text": gettext("已过计划") if is_late else gettext("计划"), "kind": "late" if is_late else "wait"},
            "kind": "wait",
            "links": [link],
        }
    assert visit.satisfaction is not None
    return {
        "text": f"{show(visit.made_on)} {show(visit.method)}",
        "tag": {"text": gettext(visit.satisfaction.label), "kind": SATISFACTION_KINDS[visit.satisfaction]},
        "who": visit.visitor or "",
        "sub": visit.words or "",
        "links": [{"label": gettext("查看"), "url": url}],
    }
