"""A change of a bank account's details: what they were, what they are to be, why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.banking.accounts.workflow import DetailsState
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.funds.models import BankAccount
from grants.core.people.viewer import Scope


class AccountChange(Versioned, Base):
    """One change, from proposal to decision. What was proposed never changes."""

    __tablename__ = "account_change"
    __bound__ = ("id", "bank_account_id", "before", "after", "reason", "state", "proposed_at")
    __table_args__ = (
        CheckConstraint("before <> after", name="changes_something"),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_account_change_account", "bank_account_id", "id"),
        Index(
            "uq_account_change_waiting",
            "bank_account_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[Key]
    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id))
    before: Mapped[dict[str, str]]
    """Details by their name, as in AccountDetails."""
    after: Mapped[dict[str, str]]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[DetailsState] = mapped_column(choice(DetailsState))
    proposed_at: Mapped[datetime]
    account: Mapped[BankAccount] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.account.fund_id)
