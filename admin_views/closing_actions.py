"""What may be done with a closing file: closed, its report and papers written, promised, signed, moved over, reopened (H1–H4)."""

from typing import Any

from flask import current_app
from flask_babel import gettext

import models as m
from admin_views import closing_story, inspection_card
from admin_views.base import Action
from models.base import utcnow
from rules.access import Actor
from rules.moves import Need
from rules.words import ClosingStatus, PaperKind
from services import (
    cases,
    closing,
    closing_edition,
    closing_papers,
    promises,
    signature_images,
    signatures,
)
from services.closing_content import WORKING


def is_working(file: m.ClosingFile, _actor: Actor) -> bool:
    return file.status in WORKING


def is_written(file: m.ClosingFile, actor: Actor) -> bool:
    return file.status in WORKING and cases.may_write(actor, file.case)


def _report(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing.write_report(session, actor, file, said["report"])
    closing_story.say_lapsed(file, actor)
    return gettext("查办报告已保存。")


def _paper(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing_papers.record_paper(session, actor, file, said["paper"], said["paper_reason"] or "", said["signed_on"])
    scans = [(f.filename, f.stream) for f in said["scans"] or () if getattr(f, "filename", "")]
    if scans:
        closing_papers.add_scans(session, actor, file, scans, current_app.config["DESK_DATA"] / "attachments")
    closing_story.say_lapsed(file, actor)
    return gettext("信访人文书已登记。")


def _promise(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    promises.add(session, actor, file, said["text"], said["due_on"], said["unit_id"])
    closing_story.say_lapsed(file, actor)
    return gettext("承诺事项已登记，到期会提醒。")


def _sign(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    try:
        scan = getattr(said["scan"], "stream", None)
        picture = signature_images.drawn(said["drawing"] or "")
        picture = picture or signature_images.scanned(scan.read(signature_images.MOST_BYTES + 1) if scan else b"")
        signature = signatures.sign(session, actor, file, said["password"], utcnow(), picture)
    except signatures.WrongPassword:
        session.commit()  # the wrong password stays counted
        raise
    return gettext(
        "%(role)s已签字，内容指纹 %(digest)s。",
        role=gettext(signature.role.label),
        digest=closing_story.short(signature.digest),
    )


def _close(session: Any, actor: Actor, file: m.ClosingFile, _said: dict[str, Any]) -> str:
    closing.close(session, actor, file)
    return gettext("已结案：%(number)s，下次回访已排入计划。", number=file.case.number)


def _reopen(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing.reopen(session, actor, file, said["reason"])
    return gettext("已重新办理，原有签字失效。")


def _edition(session: Any, actor: Actor, file: m.ClosingFile, said: dict[str, Any]) -> str:
    closing_edition.move(session, actor, file, session.get(m.ClosingEdition, said["edition_id"]))
    return gettext("已改按“%(edition)s”办理，原有签字失效。", edition=str(file.edition))


REOPEN_NEED = Need(
    "reason", "重新办理的理由", "long", limit=300, help="回访不满意、承诺没有兑现或其他情况；原有签字随之失效。"
)


ACTIONS = (
    Action(
        "close",
        "结案",
        "closing_file.close",
        _close,
        is_shown=is_working,
        kind="go",
        confirm="结案？包案和信访事项同时办结，并按设置安排下次回访。",
    ),
    Action(
        "report",
        "写查办报告",
        "closing_file.edit",
        _report,
        (
            Need(
                "report",
                "查办报告",
                "long",
                limit=20_000,
                help="意见执行情况、协议条款、包案领导所做工作。改动后已有签字失效。",
            ),
        ),
        is_shown=is_written,
    ),
    Action(
        "paper",
        "登记信访人文书",
        "closing_file.edit",
        _paper,
        (
            Need("paper", "信访人文书", "choice", choices=PaperKind),
            Need(
                "paper_reason",
                "说明",
                "long",
                required=False,
                limit=300,
                help="没有签订的写明原因；不得要求信访人签订。",
            ),
            Need("signed_on", "签订日期", "date", required=False, help="不填为今天；没有签订的不填。"),
            Need("scans", "文书扫描件", "files", required=False),
        ),
        is_shown=is_written,
    ),
    Action(
        "promise",
        "登记承诺事项",
        "closing_file.edit",
        _promise,
        (
            Need("text", "承诺事项", "text", limit=300),
            Need("unit_id", "兑现单位", "unit", required=False, help="不选为包案的责任单位。"),
            Need("due_on", "兑现期限", "date"),
        ),
        is_shown=is_written,
    ),
    Action(
        "sign",
        "签字",
        "closing_file.sign",
        _sign,
        (
            Need("password", "登录密码", "password", limit=200),
            Need(
                "drawing",
                "手写签名",
                "signature",
                required=False,
                limit=450_000,
                help="可以不写；写了印在审查表上。",
            ),
            Need("scan", "签名扫描件", "picture", required=False, help="也可以传签名的照片。"),
        ),
        is_shown=is_working,
        help="签的是本页所列内容的指纹，须本人输入登录密码；内容改动后签字自动失效。",
    ),
    *inspection_card.ACTIONS,
    Action(
        "edition",
        "换用清单",
        "closing_file.close",
        _edition,
        (Need("edition_id", "清单", "closing_edition"),),
        is_shown=is_written,
        help="改按新版或别的清单办理：已填的材料保留，改过的项目须重新认定，已有签字全部失效。",
    ),
    Action(
        "reopen",
        "重新办理",
        "closing_file.reopen",
        _reopen,
        (REOPEN_NEED,),
        is_shown=lambda file, _actor: file.status is ClosingStatus.CLOSED,
        kind="no",
    ),
)
"""What stands on its page, in this order."""
