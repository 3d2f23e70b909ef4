"""Units, leaders, users and the petitioners; sessions and login locks are rows too."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref, word
from rules.words import Rank, Role, UnitKind

leader_unit = sa.Table(
    "leader_unit",
    Model.metadata,
    sa.Column("leader_id", sa.ForeignKey("leader.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True, index=True),
)
"""Units a leader answers for (分管单位)."""


class Unit(Versioned, Model):
    """A unit (单位) in the tree; `is_office` marks the petition office itself."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[UnitKind] = word(UnitKind, default=UnitKind.DEPARTMENT)
    parent_id: Mapped[int | None] = ref("unit.id")
    head_leader_id: Mapped[int | None] = ref("leader.id")
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    address: Mapped[str | None] = mapped_column(sa.String(200))
    is_office: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])
    head_leader: Mapped["Leader | None"] = relationship(foreign_keys=[head_leader_id])

    def __str__(self) -> str:
        return self.name


class Leader(Versioned, Model):
    """A leader (领导) who receives, reads and takes cases; `turn` is his place in the order of the roster.

    `level`: a township's, a village's … leader; minimums differ by it (D3).
    """

    __tablename__ = "leader"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(80))
    rank: Mapped[Rank] = word(Rank, default=Rank.OTHER)
    level: Mapped[UnitKind] = word(UnitKind, default=UnitKind.GOVERNMENT)
    division: Mapped[str | None] = mapped_column(sa.String(300))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    turn: Mapped[int] = mapped_column(default=0)
    in_office_from: Mapped[date | None]
    in_office_to: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    units: Mapped[list[Unit]] = relationship(secondary=leader_unit, order_by=Unit.position)

    __table_args__ = (
        sa.UniqueConstraint("name", "title"),
        sa.CheckConstraint(
            "in_office_to is null or in_office_from is null or in_office_to >= in_office_from", name="term_order"
        ),
    )

    def __str__(self) -> str:
        return f"{self.name}（{self.title}）"


class User(Versioned, Stamped, Model):
    """An account (账号): one role, one unit, perhaps the leader it belongs to."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    role: Mapped[Role] = word(Role)
    unit_id: Mapped[int | None] = ref("unit.id")
    leader_id: Mapped[int | None] = ref("leader.id")
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    email: Mapped[str | None] = mapped_column(sa.String(120))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(sa.String(5), default="zh")
    preferences: Mapped[dict] = mapped_column(sa.JSON, default=dict)

    unit: Mapped[Unit | None] = relationship()
    leader: Mapped[Leader | None] = relationship()

    def __str__(self) -> str:
        return self.name


class UserSession(Model):
    """A server-side session (C6): the cookie holds only a random id whose hash is kept here."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int | None] = ref("user.id")
    payload: Mapped[dict] = mapped_column(sa.JSON, default=dict)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LoginLock(Model):
    """Wrong passwords counted per user name and address (C5); kept as rows so that every worker sees them."""

    __tablename__ = "login_lock"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(45))
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("username", "address"),)


class Petitioner(Versioned, Stamped, Model):
    """A petitioner (信访人). ID number, phone and address are protected; `*_key` are keyed hashes for exact look-up."""

    __tablename__ = "petitioner"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), index=True)
    initials: Mapped[str] = mapped_column(sa.String(60), default="", index=True)
    pinyin: Mapped[str] = mapped_column(sa.String(200), default="", server_default="", index=True)
    id_number: Mapped[str | None] = mapped_column(sa.String(30))
    id_number_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    phone_key: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(200))

    def __str__(self) -> str:
        return self.name
