"""A month of a bank account that a person has signed off, with the figures that were signed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import BankAccount
from grants.core.people.models import Person
from grants.core.people.viewer import Scope


class Reconciliation(Base):
    """A signature under a reconciliation. Append-only: signed again, it is another row."""

    __tablename__ = "reconciliation"
    __personal__ = Personal.ACTED.of("person_id") | Personal.LAW.of("actor")
    __bound__ = ("id", "bank_account_id", "month", "figures", "signed_at", "person_id", "actor")
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        Index("ix_reconciliation_account_month", "bank_account_id", "month", "id"),
    )

    id: Mapped[Key]
    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id))
    month: Mapped[date]
    """Its first day."""
    figures: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """What was signed, as JSON: balances and open items."""
    signed_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    account: Mapped[BankAccount] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.account.fund_id)
