"""The workbench (工作台): what is due, overdue, waiting for me; every number is a link."""

from typing import Any

from flask import current_app, url_for
from flask_admin import AdminIndexView, expose
from flask_babel import gettext

from admin_views import wording
from admin_views.base import Gated, current_actor
from admin_views.reception_facts import state_tag
from models import db
from rules.access import Actor, may, sees_matters
from services import office_setup, workbench
from services.workbench_tiles import PARTS


def greeting(actor: Actor) -> str:
    """早上好 / 下午好 / 晚上好 by the office's clock."""
    hour = actor.now.astimezone(current_app.config["DESK_TZ"]).hour
    said = gettext("早上好") if hour < 12 else gettext("下午好") if hour < 18 else gettext("晚上好")
    return gettext("%(greeting)s，%(name)s", greeting=said, name=actor.name)


def open_steps(actor: Actor) -> int:
    """Steps of the set-up list neither done nor skipped, for those who do them."""
    if not may(actor, "setup.view"):
        return 0
    return sum(not step.done and not step.skipped for step in office_setup.setup_steps(db.session(), actor))


def number_of(tile: dict[str, Any]) -> dict[str, Any]:
    """A number of the board in the reader's language, with the list it counts."""
    said = {key: wording.said(tile[key]) for key in ("label", "sub")}
    return tile | said | {"url": url_for(f"{tile['noun']}.index_view", **tile["args"])}


def parts_of_day(numbers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What waits, by the parts of the day: [{"key", "label", "numbers"}], those alone that hold something."""
    parts = [
        {
            "key": key,
            "label": gettext(label),
            "numbers": [one for one in numbers if one["value"] and one["part"] == key],
        }
        for key, label in PARTS.items()
    ]
    return [part for part in parts if part["numbers"]]


class Home(Gated, AdminIndexView):
    """The first page after login."""

    verbs = {"index": "home.view"}

    @expose("/")
    def index(self) -> Any:
        actor = current_actor()
        board = workbench.board(db.session(), actor)
        actions = []
        if may(actor, "contact.register"):
            actions.append({"label": gettext("登记来信来访"), "url": url_for("contact.create_view"), "primary": True})
        numbers = [number_of(tile) for tile in board.tiles if may(actor, f"{tile['noun']}.list")]
        return self.render(
            "home.html",
            board=board,
            light=wording.light,
            state_tag=state_tag,
            last_day=wording.last_day,
            month_day=wording.month_day,
            tiles=[one for one in numbers if one["value"] and not one["part"]],
            parts_of_day=parts_of_day(numbers),
            nothing=[one for one in numbers if not one["value"]],
            actions=actions,
            greeting=greeting(actor),
            setup=open_steps(actor),
            may_open=may(actor, "petition.view"),
            may_publish=may(actor, "notice.publish"),
            sees_matters=sees_matters(actor),
            weekday=wording.weekday,
            lunar=wording.lunar,
        )
