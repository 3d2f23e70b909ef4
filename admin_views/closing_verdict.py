"""Whether the signatures of a closing file are still true (核验签字), as its page says it (H2)."""

from typing import Any

from flask_babel import gettext

from admin_views.base import show
from services import signature_check
from services.closing_content import Reading
from services.signature_check import Checked


def verdict(session: Any, reading: Reading) -> dict[str, Any] | None:
    """One sentence for the whole and a line for each signature; None while nobody has signed."""
    checked = signature_check.examine(session, reading)
    if not checked:
        return None
    bad, kind = [one for one in checked if signature_check.complaints(one)], "ok"
    if bad:
        text, kind = gettext("核验：%(count)s 个签字有问题", count=len(bad)), "late"
    elif all(one.signature.voided_at is not None for one in checked):
        text, kind = gettext("核验：现在没有有效的签字"), "wait"
    else:
        text = gettext("核验：全部签字和签字时一致，没有改动")
    return {"text": text, "kind": kind, "lines": [_line(one) for one in checked]}


def _line(one: Checked) -> dict[str, Any]:
    said = signature_check.complaints(one)
    signature = one.signature
    state = gettext("失效") if signature.voided_at is not None else gettext("有效")
    return {
        "text": f"{gettext(signature.role.label)} {signature.name}",
        "when": show(signature.signed_at),
        "tag": {
            "text": gettext("有问题") if said else state,
            "kind": "late" if said else "wait" if signature.voided_at else "ok",
        },
        "sub": "；".join(said) or gettext("指纹 %(digest)s", digest=signature.digest),
        "kind": "late" if said else "wait",
    }
