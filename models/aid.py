"""Aid (帮扶救助): its kinds, the funds it is paid from with a budget per year, and what was given on a matter (F6).

Amounts are whole 分 (1/100 元).
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Stamped, Versioned, ref
from models.casework import Case
from models.people import User
from models.petition import Petition


class AidKind(Versioned, Model):
    """A kind of aid, money and non-money apart; the office edits the list."""

    __tablename__ = "aid_kind"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    is_money: Mapped[bool]
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class Fund(Versioned, Model):
    """A fund aid is paid from (资金来源)."""

    __tablename__ = "fund"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    note: Mapped[str | None] = mapped_column(sa.String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    budgets: Mapped[list["FundBudget"]] = relationship(back_populates="fund", order_by="FundBudget.year")

    def __str__(self) -> str:
        return self.name


class FundBudget(Versioned, Model):
    """What a fund may give in one year (年度预算)."""

    __tablename__ = "fund_budget"
    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = ref("fund.id")
    year: Mapped[int]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    fund: Mapped[Fund] = relationship(back_populates="budgets")
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "year"),
        sa.CheckConstraint("amount >= 0", name="amount"),
        sa.CheckConstraint("year between 2000 and 2100", name="year"),
    )


class Aid(Versioned, Stamped, Model):
    """Aid decided on a matter, and when it was paid or given. Counted against the budget of the year it was decided in."""

    __tablename__ = "aid"
    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = ref("petition.id")
    case_id: Mapped[int | None] = ref("case.id")
    kind_id: Mapped[int] = ref("aid_kind.id")
    fund_id: Mapped[int | None] = ref("fund.id")
    amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    decided_on: Mapped[date] = mapped_column(index=True)
    decided_by: Mapped[str] = mapped_column(sa.String(60))
    receiver: Mapped[str] = mapped_column(sa.String(60))
    paid_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(sa.String(300))
    over_reason: Mapped[str | None] = mapped_column(sa.String(200))
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.String(200))
    by_id: Mapped[int | None] = ref("user.id", index=False)
    petition: Mapped[Petition] = relationship()
    case: Mapped[Case | None] = relationship()
    kind: Mapped[AidKind] = relationship()
    fund: Mapped[Fund | None] = relationship()
    by: Mapped[User | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint("(amount is null) = (fund_id is null)", name="money"),
        sa.CheckConstraint("amount is null or amount > 0", name="amount"),
        sa.CheckConstraint("paid_on is null or paid_on >= decided_on", name="order"),
        sa.CheckConstraint("paid_on is null or withdrawn_reason is null", name="withdrawn"),
    )

    def __str__(self) -> str:
        return f"{self.decided_on} {self.kind.name}"
