"""The instalments of a grant, and what came back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.deciding.awards.models import Award, OfAward
from grants.granting.bank_details.models import BankDetails
from grants.granting.payments.transfers import TRANSFER_COLUMNS, WithTransfer, transfer_is_whole
from grants.granting.payments.workflow import PAID, InstalmentState
from grants.platform.documents.models import Document


class Instalment(InUsd, OfAward, WithTransfer, Versioned, Base):
    """One payment under the agreement; those of a grant add up to the award.

    The database keeps their sum, their order of payment and what was paid.
    """

    __tablename__ = "instalment"
    __bound__ = (
        "id",
        "award_id",
        "number",
        "amount_minor",
        "due_on",
        "state",
        "paid_on",
        "bank_reference",
        "confirmed_at",
        "bank_details_id",
        "refused_details_id",
        *TRANSFER_COLUMNS,
        "set_off_minor",
        "arrived_on",
        "arrived_minor",
        "not_arrived_at",
        "receipt_to_check",
    )
    __deletable__ = True
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        UniqueConstraint("award_id", "bank_reference"),
        CheckConstraint("amount_minor > 0 AND number > 0", name="amount"),
        CheckConstraint("set_off_minor >= 0 AND set_off_minor < amount_minor", name="set_off"),
        CheckConstraint(
            "state NOT IN ('paid', 'confirmed') OR "
            "(paid_on IS NOT NULL AND bank_reference IS NOT NULL)",
            name="paid_on_a_day",
        ),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_when"),
        CheckConstraint("arrived_on IS NULL OR state = 'confirmed'", name="arrived"),
        CheckConstraint(
            "arrived_minor IS NULL OR (arrived_on IS NOT NULL AND arrived_minor > 0)",
            name="arrived_less",
        ),
        CheckConstraint("not_arrived_at IS NULL OR state = 'paid'", name="not_arrived"),
        CheckConstraint(
            "NOT receipt_to_check OR state IN ('paid', 'confirmed')", name="receipt_to_check"
        ),
        transfer_is_whole(),
        Index("ix_instalment_state_due", "state", "due_on", "id"),
        Index("ix_instalment_due", "due_on", "id"),
        Index("ix_instalment_paid_on", "paid_on"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    amount_minor: Mapped[Minor]
    """USD cents, without PSC."""
    due_on: Mapped[date]
    state: Mapped[InstalmentState] = mapped_column(choice(InstalmentState))
    paid_on: Mapped[date | None]
    bank_reference: Mapped[str | None] = mapped_column(String(80))
    confirmed_at: Mapped[datetime | None]
    bank_details_id: Mapped[int | None] = mapped_column(ForeignKey(BankDetails.id))
    """The account for which it was certified; none for what was paid before this system."""
    refused_details_id: Mapped[int | None] = mapped_column(ForeignKey(BankDetails.id))
    """The account that the bank refused last: nothing is paid to it again."""
    set_off_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """USD cents of it that are not sent, because the organisation owes them as a refund."""
    arrived_on: Mapped[date | None]
    """The day on which the grantee's account was credited, as it says."""
    arrived_minor: Mapped[Minor | None]
    """What was credited, in the minor units of what was sent, where that was less."""
    not_arrived_at: Mapped[datetime | None]
    """When the grantee said that the payment has not arrived; None once that is answered."""
    receipt_to_check: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Has finance still to answer what the grantee said of the payment?"""
    award: Mapped[Award] = relationship()
    paid_to: Mapped[BankDetails | None] = relationship(foreign_keys=[bank_details_id])

    @hybrid_property
    def is_sent(self) -> bool:
        """Does it wait for what the bank does?"""
        return self.state == InstalmentState.SENT

    @hybrid_property
    def awaits_receipt(self) -> bool:
        """Is it paid, and not confirmed by the grantee?"""
        return self.state == InstalmentState.PAID

    @hybrid_property
    def is_approved(self) -> bool:
        """May it be paid now?"""
        return self.state == InstalmentState.APPROVED

    @hybrid_property
    def is_confirmed(self) -> bool:
        """Has the grantee confirmed that the money arrived?"""
        return self.state == InstalmentState.CONFIRMED

    @property
    def set_off(self) -> Money:
        """What of it is deducted as a refund."""
        return usd(self.set_off_minor)

    @hybrid_property
    def net_minor(self) -> int:
        """USD cents that are sent."""
        return self.amount_minor - self.set_off_minor

    @property
    def net(self) -> Money:
        """What of it is sent, in USD."""
        return usd(self.net_minor)

    @property
    def sent(self) -> Money:
        """What the bank was ordered to send: the dollars, or another currency in their place."""
        return self.transfer.amount if self.transfer else self.net

    @property
    def arrived_less(self) -> Money | None:
        """What arrived, where that was less than was sent."""
        return None if self.arrived_minor is None else Money(self.arrived_minor, self.sent.currency)

    @property
    def pays_in(self) -> str:
        """The currency of the account for which it was certified; dollars where none is known."""
        return self.paid_to.currency if self.paid_to else FUNCTIONAL_CURRENCY

    @property
    def is_paid(self) -> bool:
        return self.state in PAID


class ReturnedPayment(InUsd, WithTransfer, Base):
    """A payment that the bank gave back: what was paid, and how it came back. Append-only."""

    __tablename__ = "returned_payment"
    __bound__ = (
        *("id", "instalment_id", "amount_minor", "paid_on", "bank_reference"),
        *("returned_on", "return_reference", "recorded_at"),
        *TRANSFER_COLUMNS,
        "set_off_minor",
    )
    __table_args__ = (
        UniqueConstraint("instalment_id", "bank_reference"),
        UniqueConstraint("instalment_id", "return_reference"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("returned_on >= paid_on", name="days"),
        transfer_is_whole(),
    )

    id: Mapped[Key]
    instalment_id: Mapped[int] = mapped_column(ForeignKey(Instalment.id))
    amount_minor: Mapped[Minor]
    """USD cents, without PSC."""
    paid_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(80))
    returned_on: Mapped[date]
    return_reference: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    set_off_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """USD cents of it that had not been sent."""
    instalment: Mapped[Instalment] = relationship()


class GrantRefund(InUsd, WithTransfer, Base):
    """Money a grantee sent back, or that was deducted from a payment to it; less than nothing where
    the bank returned that payment. Append-only; never more than was paid.
    """

    __tablename__ = "grant_refund"
    __bound__ = (
        *("id", "award_id", "refunded_on", "amount_minor", "bank_reference", "recorded_at"),
        *TRANSFER_COLUMNS,
        "set_off_id",
        "evidence_id",
    )
    __table_args__ = (
        UniqueConstraint("award_id", "bank_reference"),
        CheckConstraint(
            "amount_minor > 0 OR amount_minor < 0 AND set_off_id IS NOT NULL", name="amount"
        ),
        transfer_is_whole(),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    refunded_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """USD cents, without PSC."""
    bank_reference: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    set_off_id: Mapped[int | None] = mapped_column(ForeignKey("set_off.id"), index=True)
    """What was agreed, where it was deducted from a payment."""
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """The bank's advice or statement, where a person recorded it without the line of the bank."""
    award: Mapped[Award] = relationship()
    evidence: Mapped[Document | None] = relationship()

    @property
    def came_as(self) -> Money:
        """What the bank credited: the dollars, or another currency in their place."""
        return self.transfer.amount if self.transfer else self.amount
