"""A fund's rules of reminding, every reminder that was sent, and pledges that get no reminder."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor, choice
from grants.core.kernel.money import Money
from grants.giving.pledges.models import Pledge
from grants.giving.reminders.rules import Letter, Rule


class ReminderRule(Base):
    """A fund's own rule of when it reminds. A fund without any has the usual ones."""

    __tablename__ = "reminder_rule"
    __bound__ = ("fund_id", "days", "letter", "active")
    __deletable__ = True
    __table_args__ = (CheckConstraint("days BETWEEN -365 AND 730", name="days"),)

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    """After the day of payment; before it, less than 0."""
    letter: Mapped[Letter] = mapped_column(choice(Letter, "reminder_rule_letter"))
    active: Mapped[bool]

    @property
    def rule(self) -> Rule:
        return Rule(self.days, self.letter, self.active)


class Reminder(Base):
    """A reminder that was sent, as it was sent; never changed. One for each payment and rule."""

    __tablename__ = "reminder"
    __bound__ = (
        "id",
        "fund_id",
        "pledge_id",
        "serial",
        "number",
        "due_on",
        "days",
        "letter",
        "left_minor",
        "told",
        "sent_on",
        "sent_at",
    )
    __table_args__ = (
        UniqueConstraint("pledge_id", "number", "due_on", "days"),
        UniqueConstraint("pledge_id", "serial"),
        CheckConstraint("left_minor > 0", name="something_left"),
        Index("ix_reminder_fund_newest", "fund_id", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    serial: Mapped[int]
    """The pledge's first reminder is 1."""
    number: Mapped[int]
    """Of the payment."""
    due_on: Mapped[date]
    days: Mapped[int]
    """Of the rule, after the day of payment."""
    letter: Mapped[Letter] = mapped_column(choice(Letter, "reminder_letter"))
    left_minor: Mapped[Minor]
    """What had not come of the payment, in the pledge's currency."""
    recipients: Mapped[int] = mapped_column("told")
    """How many people it was sent to."""
    sent_on: Mapped[date]
    sent_at: Mapped[datetime]
    pledge: Mapped[Pledge] = relationship()

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.pledge.currency)

    @property
    def reference(self) -> str:
        """As its PDF is called: the pledge's reference and the reminder's number."""
        return f"{self.pledge.reference}/{self.serial}"


class ReminderHold(Base):
    """A pledge about which no reminder is sent for a while."""

    __tablename__ = "reminder_hold"
    __bound__ = ("pledge_id", "reason", "until", "held_at")
    __deletable__ = True

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    """The last day of it; None: until a person ends it."""
    held_at: Mapped[datetime]
    pledge: Mapped[Pledge] = relationship()
