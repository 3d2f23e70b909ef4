"""Units, leaders and accounts."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import joinedload, selectinload
from wtforms import PasswordField, SelectMultipleField, validators

import models as m
from admin_views.base import Action, DeskView, current_actor, show
from admin_views.listing import Cell, Column, Filter, Tab, equals, tagged, words
from admin_views.lookup import contains
from admin_views.targets import active_units
from admin_views.wording import listed
from models import db
from models.base import utcnow
from rules.access import Actor, may
from rules.moves import Need
from rules.words import Rank, Role, RuleBroken, UnitKind
from services import accounts, gate, gate_actors, handovers, login_locks, mail


def state_cell(row: Any) -> Cell:
    """启用 or 停用."""
    return tagged(gettext("启用"), "ok") if row.is_active else tagged(gettext("停用"))


ACTIVE_TABS = (
    Tab("active", "启用", lambda s, _a: s.where(s.column_descriptions[0]["entity"].is_active)),
    Tab("all", "全部", lambda s, _a: s),
)


class UnitView(DeskView):
    """单位: the tree of units, the petition office among them."""

    title, group = "单位", "设置"
    create_verb = edit_verb = "unit.edit"
    create_label, export_verb = "新增单位", "unit.export"
    columns = (
        Column("name", "单位名称", lambda u: u.name, sort=m.Unit.name),
        Column("kind", "种类", lambda u: show(u.kind)),
        Column("parent", "上级单位", lambda u: show(u.parent)),
        Column("head_leader", "单位负责领导", lambda u: show(u.head_leader)),
        Column("phone", "联系电话", lambda u: u.phone or ""),
        Column("address", "详细地址", lambda u: u.address or "", shown=False),
        Column("state", "状态", state_cell),
    )
    filters = (Filter("kind", "种类", equals(m.Unit.kind), words(UnitKind)),)
    tabs = ACTIVE_TABS
    list_options = (joinedload(m.Unit.parent), joinedload(m.Unit.head_leader))
    fieldsets = (
        ("单位", ("name", "kind", "parent_id", "head_leader_id", "position")),
        ("联系", ("phone", "address")),
        ("状态", ("is_office", "is_active")),
    )
    form_args = {
        "is_office": {"description": lazy_gettext("本办自己要勾选：它的人员就是本办人员，被反映时按规定回避。")}
    }
    searchable = True

    def default_order(self) -> list[Any]:
        return [m.Unit.position]

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(contains(m.Unit.name, text))

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        if row.id is not None and values.get("parent_id") in gate_actors.subtree(
            db.session.scalars(sa.select(m.Unit)).all(), [row.id]
        ):
            raise RuleBroken(gettext("上级单位：不能选自己或自己的下属单位。"), "parent_id")
        if row.id is None and values.get("kind") is UnitKind.OFFICE and not self.has_office():
            values["is_office"] = True
        return super().save(actor, row, values)

    @staticmethod
    def has_office() -> bool:
        """Is the petition office among the units? The first of its kind is taken for it."""
        return db.session.scalar(sa.select(m.Unit.id).where(m.Unit.is_office).limit(1)) is not None


class UnitsField(SelectMultipleField):
    """Units a leader answers for, as unit rows."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, coerce=lambda value: gate.id_in(str(value)) or -1, choices=self.offered, **options)

    def offered(self) -> list[tuple[int, str]]:
        rows = db.session.scalars(active_units(gate.rows(current_actor(), m.Unit)).order_by(m.Unit.position, m.Unit.id))
        return [(unit.id, unit.name) for unit in rows]

    def process_data(self, value: Any) -> None:
        self.data = [unit.id for unit in value or ()]


class LeaderView(DeskView):
    """领导: who receives, in which order, with which division of work."""

    title, group = "领导", "设置"
    create_verb = edit_verb = "leader.edit"
    create_label, export_verb = "新增领导", "leader.export"
    columns = (
        Column("name", "姓名", lambda x: x.name),
        Column("turn", "轮次", lambda x: str(x.turn), sort=m.Leader.turn, kind="num"),
        Column("title", "职务", lambda x: x.title),
        Column("rank", "职级", lambda x: Cell(show(x.rank), sub=show(x.level))),
        Column("division", "分管工作", lambda x: Cell(x.division or "", kind="clip")),
        Column("units", "分管单位", lambda x: Cell(listed(u.name for u in x.units), kind="clip")),
        Column("phone", "办公电话", lambda x: x.phone or ""),
        Column("state", "状态", state_cell),
    )
    filters = (
        Filter("rank", "职级", equals(m.Leader.rank), words(Rank)),
        Filter("level", "级别", equals(m.Leader.level), words(UnitKind)),
    )
    tabs = ACTIVE_TABS
    list_options = (selectinload(m.Leader.units),)
    fieldsets = (
        ("领导", ("name", "title", "rank", "level", "turn", "phone")),
        ("分管", ("division", "units")),
        ("任职", ("in_office_from", "in_office_to", "is_active")),
    )
    form_extra_fields = {"units": UnitsField(lazy_gettext("分管单位"))}

    def default_order(self) -> list[Any]:
        return [m.Leader.turn]

    def row_actions(self, row: Any) -> list[dict[str, Any]]:
        """A leader with running cases: his cases are handed over from here."""
        found, actor = super().row_actions(row), current_actor()
        if may(actor, "case.hand_over") and gate.count(db.session(), handovers.running_of(actor, row), 1):
            found.append({"label": gettext("移交包案"), "url": url_for("hand_over.leave", leader=row.id)})
        return found

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        ids = values.pop("units")
        row.units = list(db.session.scalars(sa.select(m.Unit).where(m.Unit.id.in_(ids or ()))))
        if row.id is not None and row.is_active and not values.get("is_active"):
            handovers.check_may_leave(db.session(), row)
        return super().save(actor, row, values)


def _reset(session: Any, actor: Actor, user: m.User, said: dict[str, Any]) -> str:
    accounts.reset_password(session, actor, user, said["password"], utcnow())
    return gettext("已重设，下次登录须修改密码。")


class UserView(DeskView):
    """账号: one role each; the password is the person's own after the first login."""

    title, group = "账号", "设置"
    create_verb = edit_verb = "user.edit"
    create_label = "新增账号"
    columns = (
        Column("username", "账号", lambda u: u.username, sort=m.User.username),
        Column("name", "姓名", lambda u: u.name),
        Column("role", "角色", lambda u: show(u.role)),
        Column("unit", "所在单位", lambda u: show(u.unit)),
        Column("leader", "对应领导", lambda u: show(u.leader)),
        Column("state", "状态", state_cell),
    )
    filters = (Filter("role", "角色", equals(m.User.role), words(Role)),)
    tabs = ACTIVE_TABS
    list_options = (joinedload(m.User.unit), joinedload(m.User.leader))
    searchable = True
    fieldsets = (
        ("账号", ("username", "name", "role", "unit_id", "leader_id", "phone", "email")),
        ("密码", ("password",)),
    )
    fact_groups = (
        (
            "账号",
            ("username", "name", "role", "unit_id", "leader_id", "phone", "email", "is_active", "must_change_password"),
        ),
    )
    form_args = {
        "unit_id": {"description": lazy_gettext("单位的人须选：承办人、单位负责人、信访干部、报送员。")},
        "leader_id": {"description": lazy_gettext("分管领导、包案领导须选：他看到什么由此而定。")},
    }
    form_extra_fields = {
        "password": PasswordField(
            lazy_gettext("初始密码"),
            [validators.Optional()],
            description=lazy_gettext("至少 12 位；本人首次登录时必须修改。修改账号时留空。"),
        )
    }
    actions = (
        Action(
            "reset_password",
            "重设密码",
            "user.edit",
            _reset,
            (Need("password", "新的初始密码", help="至少 12 位；告诉本人，首次登录须改。", limit=100),),
        ),
        Action(
            "disable",
            "停用",
            "user.edit",
            lambda s, a, u, _v: accounts.disable(s, a, u, utcnow()),
            confirm="停用后立即不能登录，确定吗？",
            is_shown=lambda u, _a: u.is_active,
            kind="no",
        ),
        Action(
            "enable",
            "启用",
            "user.edit",
            lambda s, a, u, _v: accounts.enable(s, a, u),
            is_shown=lambda u, _a: not u.is_active,
        ),
    )

    def search(self, statement: Any, text: str) -> Any:
        return statement.where(sa.or_(contains(m.User.name, text), m.User.username.startswith(text, autoescape=True)))

    def default_order(self) -> list[Any]:
        return [m.User.username]

    def details(self, row: Any) -> dict[str, Any]:
        shown = super().details(row)
        if ends := login_locks.until(db.session(), row.username, utcnow()):
            text = gettext("连续输错密码，暂停到 %(time)s；重设密码即可解除。", time=show(ends))
            shown["screen"]["facts"][0]["items"].append({"label": gettext("登录"), "text": text, "wide": True})
        return shown

    def save(self, actor: Actor, row: Any, values: dict[str, Any]) -> Any:
        email = mail.check_address(values["email"])
        unit, leader = (
            db.session.get(model, values[k]) if values[k] else None
            for model, k in ((m.Unit, "unit_id"), (m.Leader, "leader_id"))
        )
        if row.id is None:
            made = {k: values[k] or "" for k in ("username", "name", "role", "password")}
            created = accounts.create_user(db.session(), actor, unit=unit, leader=leader, **made)
            created.phone, created.email = values["phone"], email
            return created
        if (row.role, row.unit_id, row.leader_id) != (values["role"], values["unit_id"], values["leader_id"]):
            accounts.set_role(db.session(), actor, row, values["role"], unit, leader, utcnow())
        row.name, row.phone, row.email = values["name"], values["phone"], email
        db.session.flush()
        return row


def views() -> list[Any]:
    return [UnitView(m.Unit), LeaderView(m.Leader), UserView(m.User)]
