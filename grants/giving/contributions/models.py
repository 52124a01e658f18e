"""A deposit of money in the fund's bank account, and the receipt for it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.core.database.db import Base, Currency, Key, Minor
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.core.people.owned import OfFund
from grants.giving.pledges.models import Pledge


class Deposit(OfFund, Base):
    """Money credited by the bank. Never changed, but that unidentified money is allocated once, and
    that what was recorded wrongly is reversed once.
    """

    __tablename__ = "deposit"
    __bound__ = (
        "id",
        "fund_id",
        "pledge_id",
        "bank_reference",
        "value_on",
        "amount_minor",
        "bank_fee_minor",
        "currency",
        "rate",
        "rate_on",
        "usd_minor",
        "allocated_on",
        "reversed_on",
        "reversal_reason",
        "note",
        "recorded_at",
        "kept_for_id",
    )
    __table_args__ = (
        Index(
            "uq_deposit_standing_bank_reference",
            "fund_id",
            "bank_reference",
            unique=True,
            postgresql_where=text("reversed_on IS NULL"),
        ),
        CheckConstraint(
            "(reversed_on IS NULL) = (reversal_reason IS NULL) AND reversed_on >= value_on",
            name="reversed_for_a_reason",
        ),
        CheckConstraint("amount_minor > 0 AND bank_fee_minor >= 0", name="amounts"),
        CheckConstraint("currency <> 'USD' OR rate = 1", name="usd_at_one"),
        CheckConstraint(
            "allocated_on IS NULL OR (pledge_id IS NOT NULL AND allocated_on >= value_on)",
            name="allocated_to_a_pledge",
        ),
        Index(
            "ix_deposit_unidentified",
            "fund_id",
            "id",
            postgresql_include=["usd_minor", "value_on"],
            postgresql_where=text("pledge_id IS NULL AND reversed_on IS NULL"),
        ),
        CheckConstraint(
            "kept_for_id IS NULL OR (pledge_id IS NULL) = (allocated_on IS NULL)",
            name="kept_apart_until_allocated",
        ),
        Index(
            "ix_deposit_kept_for",
            "kept_for_id",
            postgresql_where=text("kept_for_id IS NOT NULL"),
        ),
        Index("ix_deposit_pledge", "pledge_id", "value_on"),
        Index(
            "ix_deposit_bank_reference_begins",
            "bank_reference",
            postgresql_ops={"bank_reference": "varchar_pattern_ops"},
        ),
        Index("ix_deposit_fund_newest", "fund_id", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    """None while the sender is unidentified: it waits in suspense."""
    bank_reference: Mapped[str] = mapped_column(String(80))
    value_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """Credited to the account."""
    bank_fee_minor: Mapped[Minor] = mapped_column(default=0)
    """Withheld by correspondent banks: the donor sent amount + fee."""
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    rate: Mapped[Decimal] = mapped_column(Numeric)
    """Units of the currency for 1 USD on the value date; 1 for USD."""
    rate_on: Mapped[date]
    usd_minor: Mapped[Minor]
    """Amount + fee in USD cents at that rate."""
    kept_for_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    """The gift for which it waits apart in suspense: it may not be taken before a decision."""
    note: Mapped[str | None] = mapped_column(String(400))
    """Why it is more than outstanding, where it is."""
    recorded_at: Mapped[datetime]
    allocated_on: Mapped[date | None]
    """The day unidentified money found its pledge; none where it was known from the first."""
    reversed_on: Mapped[date | None]
    """The day it was taken out of the books again; its receipt is cancelled."""
    reversal_reason: Mapped[str | None] = mapped_column(String(400))
    fund: Mapped[Fund] = relationship()
    pledge: Mapped[Pledge | None] = relationship(foreign_keys=pledge_id)
    kept_for: Mapped[Pledge | None] = relationship(foreign_keys=kept_for_id)
    receipt: Mapped["Receipt | None"] = relationship(back_populates="deposit")

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"deposit:{self.id}"

    @property
    def reference(self) -> str:
        """What pages call it."""
        return str(self.id)

    @property
    def stands(self) -> bool:
        """In the books, and not reversed."""
        return self.reversed_on is None

    @property
    def kept_apart(self) -> bool:
        """Does it wait in suspense for a gift on which it may not be taken yet?"""
        return self.stands and self.kept_for_id is not None and self.pledge_id is None

    @property
    def bank_fee(self) -> Money:
        return Money(self.bank_fee_minor, self.currency)

    @property
    def usd(self) -> Money:
        return usd(self.usd_minor)

    @property
    def received(self) -> Money:
        """What the donor sent: amount + fee."""
        return Money(self.amount_minor + self.bank_fee_minor, self.currency)


class Receipt(Base):
    """The official receipt: numbered without gaps per fund and year, never changed."""

    __tablename__ = "receipt"
    __personal__ = Personal.LAW.of("donor_name")
    __bound__ = (
        "id",
        "fund_id",
        "year",
        "number",
        "deposit_id",
        "donor_id",
        "donor_name",
        "issued_on",
        "issued_at",
    )
    __table_args__ = (
        UniqueConstraint("fund_id", "year", "number"),
        CheckConstraint("number > 0", name="number"),
    )

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
    fund: Mapped[Fund] = relationship()
    deposit: Mapped[Deposit] = relationship(back_populates="receipt")
    donor: Mapped[Organisation] = relationship()

    @property
    def reference(self) -> str:
        """As people quote it: UNVTF-R-2026-0001."""
        return receipt_reference(self.fund.code, self.year, self.number)


def receipt_reference(fund: str, year: int, number: int) -> str:
    """As people quote a receipt, from the code of its fund."""
    return f"{fund}-R-{year}-{number:04d}"
