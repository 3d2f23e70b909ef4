"""How a closing file reads on its page and on paper: checklist rows, signature boxes, visits, promises."""

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

import models as m
from admin_views.base import show
from models import db
from rules import closing as rule
from rules.access import Actor, may
from rules.words import Satisfaction, SignerRole
from services import closing_content, closing_papers, signatures
from services.closing_content import Material, Reading

NUMERALS = "①②③④⑤⑥⑦⑧⑨"
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
    facts = next(one for one in reading.facts.items if one.key == item.key)
    lacking = rule.item_missing(facts, reading.facts)
    return {
        "state": "w" if facts.is_waived else "n" if lacking else "y",
        "title": f"{NUMERALS[item.position - 1]} {gettext(item.label)}",
        "lines": _lines(reading, material, lacking),
        "links": links(material),
        "help": gettext(rule.BY_KEY[item.key].help),
        "link": {"label": _link_label(material, lacking), "url": item_url(item, "meet")} if is_written else None,
        "waive_url": item_url(item, "waive") if is_written and lacking and may(actor, "closing_file.waive") else None,
    }


def _link_label(material: Material, lacking: list[str]) -> str:
    count = len(material.documents) + len(material.attachments)
    return gettext("%(count)s 份", count=count) if count else gettext("填写") if lacking else gettext("修改")


def item_url(item: m.ChecklistItem, verb: str) -> str:
    """Where this item is filled in; the report has its own form."""
    if verb == "meet" and item.key == "leader_report":
        return url_for("closing_file.do_view", row_id=item.closing_file_id, verb="report")
    return url_for("checklist_item.do_view", row_id=item.id, verb=verb)


def links(material: Material) -> list[dict[str, str]]:
    """The papers and files behind an item."""
    papers = [
        {"label": f"{gettext(d.title)} {d.number or ''}", "url": url_for("document.print_view", row_id=d.id)}
        for d in material.documents
    ]
    files = [{"label": a.name, "url": url_for("attachment.download", row_id=a.id)} for a in material.attachments]
    return papers + files


def _lines(reading: Reading, material: Material, lacking: list[str]) -> list[str]:
    item = material.item
    if item.waived_reason:
        by = item.waived_by.name if item.waived_by else ""
        return [gettext("不适用：%(reason)s（%(by)s 批准）", reason=item.waived_reason, by=by)]
    said = [item.note] if item.note else []
    if item.key == "leader_report" and reading.facts.report:
        said.append(_report_line(reading))
    if item.key == "reply_and_visit":
        said += [visit_line(visit) for visit in closing_content.made_visits(reading.file)]
    return said + [_after_colon(gettext(words)) for words in lacking]


def _after_colon(sentence: str) -> str:
    """Without the item's own name, which stands above: "…：还缺查办报告" → "还缺查办报告"."""
    return sentence.replace(": ", "：", 1).partition("：")[2] or sentence


def _report_line(reading: Reading) -> str:
    signature = reading.standing.get(SignerRole.LEADER)
    if signature is None:
        return gettext("查办报告已写，等待包案领导签字")
    return gettext("%(name)s %(day)s 签字，内容未再改动", name=signature.name, day=show(signature.signed_on))


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
        sub = gettext(signatures.CHANGED) if signature is stale else ""
        return box | {
            "name": signature.name,
            "when": show(signature.signed_at),
            "void": signature is stale,
            "sub": sub,
        }
    awaited = signatures.names_for(db.session(), reading.file, role)
    return box | {
        "waiting": gettext("等待签字") if is_turn else gettext("尚未轮到"),
        "sub": (gettext("轮到 %(name)s", name=awaited) if is_turn else awaited)
        if awaited
        else gettext("还没有对应的账号"),
    }


def voided(reading: Reading) -> list[dict[str, str]]:
    """Signatures that no longer stand, newest last."""
    return [
        {
            "text": f"{gettext(s.role.label)} {s.name}",
            "when": show(s.signed_at),
            "sub": gettext("%(when)s 失效：%(why)s", when=show(s.voided_at), why=s.void_reason or ""),
            "kind": "wait",
        }
        for s in reading.file.signatures
        if s.voided_at is not None
    ]


def visit_story(visits: list[m.ReturnVisit]) -> list[dict[str, Any]]:
    """Visits as a story: made ones with the petitioner's words, planned ones dashed."""
    return [_told(visit) for visit in visits]


def _told(visit: m.ReturnVisit) -> dict[str, Any]:
    url = url_for("return_visit.details_view", id=visit.id)
    if visit.made_on is None:
        record = {"label": gettext("记录"), "url": url_for("return_visit.do_view", row_id=visit.id, verb="record")}
        return {
            "text": show(visit.planned_on),
            "tag": {"text": gettext("计划"), "kind": "wait"},
            "kind": "wait",
            "links": [record],
        }
    assert visit.satisfaction is not None
    return {
        "text": f"{show(visit.made_on)} {show(visit.method)}",
        "tag": {"text": gettext(visit.satisfaction.label), "kind": SATISFACTION_KINDS[visit.satisfaction]},
        "who": visit.visitor or "",
        "sub": visit.words or "",
        "links": [{"label": gettext("查看"), "url": url}],
    }


def promise_lines(file: m.ClosingFile, today: date) -> list[dict[str, Any]]:
    """Promises with their state: kept on, due by, or past due."""
    return [_promise_line(promise, today) for promise in file.promises]


def _promise_line(promise: m.Promise, today: date) -> dict[str, Any]:
    if promise.kept_on is not None:
        tag = {"text": gettext("%(day)s 已兑现", day=show(promise.kept_on)), "kind": "ok"}
    elif closing_papers.is_broken(promise, today):
        tag = {"text": gettext("%(day)s 到期未兑现", day=show(promise.due_on)), "kind": "late"}
    else:
        tag = {"text": gettext("%(day)s 前", day=show(promise.due_on)), "kind": "soon"}
    url = url_for("promise.do_view", row_id=promise.id, verb="keep")
    return {"text": promise.text, "tag": tag, "sub": promise.evidence or "", "url": None if promise.kept_on else url}
