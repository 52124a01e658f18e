"""A deposit of money in the fund's bank account, and the receipt for it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.kernel.db import Base, Currency, Key, Minor
from grants.kernel.money import Money
from grants.people.models import Organisation
from grants.pledges.models import Pledge


class Deposit(Base):
    """Money credited by the bank. Append-only; a mistake is reversed in the ledger."""

    __tablename__ = "deposit"
    __table_args__ = (
        UniqueConstraint("fund_id", "bank_reference"),
        CheckConstraint("amount_minor > 0 AND bank_fee_minor >= 0", name="amounts"),
        Index("ix_deposit_pledge", "pledge_id", "value_on"),
        Index("ix_deposit_fund_newest", "fund_id", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    """None while nobody knows whose money it is: it waits in suspense."""
    bank_reference: Mapped[str] = mapped_column(String(80))
    value_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """Credited to the account."""
    bank_fee_minor: Mapped[Minor] = mapped_column(default=0)
    """Withheld by banks on the way: the donor sent amount + fee."""
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    """Units of the currency for 1 USD on the value date; 1 for USD."""
    rate_on: Mapped[date]
    usd_minor: Mapped[Minor]
    """Amount + fee in USD cents at that rate."""
    note: Mapped[str | None] = mapped_column(String(400))
    """Why it is more than outstanding, where it is."""
    recorded_at: Mapped[datetime]
    pledge: Mapped[Pledge | None] = relationship()
    receipt: Mapped["Receipt | None"] = relationship(back_populates="deposit")

    @property
    def received(self) -> Money:
        """What the donor sent: amount + fee."""
        return Money(self.amount_minor + self.bank_fee_minor, self.currency)


class Receipt(Base):
    """The official receipt: numbered without gaps per fund and year, never changed."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("fund_id", "year", "number"),)

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    number: Mapped[int]
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"), unique=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    donor_name: Mapped[str] = mapped_column(String(200))
    """As it was on the day of issue."""
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    deposit: Mapped[Deposit] = relationship(back_populates="receipt")
    donor: Mapped[Organisation] = relationship()
