"""Entries and their postings, exchange rates, periods. The database itself keeps their rules."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.books.ledger.accounts import Account, Event
from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Currency, Key, Minor, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Person


class Entry(Base):
    """One event in the books. Append-only; the database refuses it unless its postings balance."""

    __tablename__ = "entry"
    __personal__ = Personal.ACTED.of("person_id") | Personal.LAW.of("actor")
    __bound__ = (
        "id",
        "fund_id",
        "booked_on",
        "event",
        "subject",
        "key",
        "note",
        "reason",
        "reverses_id",
        "person_id",
        "actor",
        "recorded_at",
        "postings",
        "particulars",
    )
    __unbound__ = Unbound.FIGURE.of("written_in")
    __table_args__ = (
        UniqueConstraint("fund_id", "key"),
        UniqueConstraint("reverses_id"),
        CheckConstraint("reverses_id <> id", name="reverses_another"),
        Index("ix_entry_fund_id_booked_on_id", "fund_id", "booked_on", "id"),
        Index("ix_entry_subject", "subject"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    booked_on: Mapped[date]
    """The day it counts for, in the books and in every statement."""
    event: Mapped[Event] = mapped_column(choice(Event))
    subject: Mapped[str] = mapped_column(String(60))
    """The business record it is about, as "pledge:12"."""
    key: Mapped[str] = mapped_column(String(120))
    """Idempotency: the same key has one effect."""
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The particulars of the event, so that a repetition can be distinguished from another
    event."""
    note: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str | None] = mapped_column(Text)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    """The machine's own clock, whatever date the act has."""
    written_in: Mapped[int] = mapped_column(BigInteger, server_default=text("txid_current()"))
    """The transaction that wrote it: nothing can be added to it afterwards."""
    fund: Mapped[Fund] = relationship()
    reverses: Mapped["Entry | None"] = relationship(
        remote_side="Entry.id", back_populates="reversed_by"
    )
    reversed_by: Mapped["Entry | None"] = relationship(back_populates="reverses", uselist=False)
    postings: Mapped[list["Posting"]] = relationship(back_populates="entry", order_by="Posting.id")


class Posting(Base):
    """One line of an entry. Debit positive, credit negative."""

    __tablename__ = "posting"
    __bound_with_owner__ = (
        "id",
        "account",
        "subject",
        "currency",
        "amount_minor",
        "usd_minor",
        "rate",
        "rate_on",
        "rate_source",
        "bank_account_id",
    )
    __unbound__ = Unbound.OWNER.of("entry_id")
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "currency <> 'USD' OR (usd_minor = amount_minor AND rate IS NULL "
            "AND rate_on IS NULL AND rate_source IS NULL)",
            name="usd_needs_no_rate",
        ),
        CheckConstraint(
            "currency = 'USD' OR (rate IS NOT NULL AND rate_on IS NOT NULL "
            "AND rate_source IS NOT NULL)",
            name="foreign_money_has_a_dated_rate",
        ),
        CheckConstraint(
            "amount_minor <> 0 OR (account IN ('exchange_difference', 'cash') AND usd_minor <> 0)",
            name="something_is_posted",
        ),
        CheckConstraint(
            "(account = 'cash') = (bank_account_id IS NOT NULL)", name="cash_is_in_a_bank_account"
        ),
        ForeignKeyConstraint(
            ["currency", "rate_on", "rate"],
            ["exchange_rate.currency", "exchange_rate.effective_on", "exchange_rate.rate"],
            name="fk_posting_rate",
        ),
        Index(
            "ix_posting_rate", "currency", "rate_on", postgresql_where=text("rate_on IS NOT NULL")
        ),
        Index("ix_posting_entry_id", "entry_id"),
        Index("ix_posting_subject_account", "subject", "account"),
        Index("ix_posting_account_entry_id", "account", "entry_id"),
        Index(
            "ix_posting_bank_account",
            "bank_account_id",
            "entry_id",
            postgresql_where=text("bank_account_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey(Entry.id))
    account: Mapped[Account] = mapped_column(choice(Account))
    subject: Mapped[str] = mapped_column(String(60))
    """Whose part of the account: the pledge that owes, the receipt that waits, the grant."""
    currency: Mapped[Currency]
    amount_minor: Mapped[Minor]
    usd_minor: Mapped[Minor]
    rate: Mapped[Decimal | None] = mapped_column(Numeric)
    """Units of the currency for 1 USD; none for USD."""
    rate_on: Mapped[date | None]
    rate_source: Mapped[str | None] = mapped_column(String(80))
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey(BankAccount.id))
    """Where the cash is: of cash postings, and of no others."""
    bank_account: Mapped[BankAccount | None] = relationship()
    entry: Mapped[Entry] = relationship(back_populates="postings")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def usd(self) -> Money:
        return usd(self.usd_minor)


class Turnover(Base):
    """What one kind of event moved on one account in one month: kept by the database as postings
    come, so that a balance costs the same after a million entries. Nobody else writes it.
    """

    __tablename__ = "turnover"
    __unbound__ = Unbound.FIGURE
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    event: Mapped[Event] = mapped_column(choice(Event, "turnover_event"), primary_key=True)
    account: Mapped[Account] = mapped_column(choice(Account, "turnover_account"), primary_key=True)
    usd_minor: Mapped[Minor]
    """Debit positive."""


class BankTurnover(Base):
    """What one month moved in one bank account: kept by the database as postings come, like the
    turnover. Nobody else writes it.
    """

    __tablename__ = "bank_turnover"
    __unbound__ = Unbound.FIGURE
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    own_minor: Mapped[Minor]
    """In the account's currency; of a dollar account the dollars that it was booked at."""
    usd_minor: Mapped[Minor]


class GrantSpending(Base):
    """What a grant cost in one calendar year, less what came back: kept by the database as postings
    come, like the turnover. Nobody else writes it.
    """

    __tablename__ = "grant_spending"
    __unbound__ = Unbound.FIGURE
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The grant, as postings name it."""
    usd_minor: Mapped[Minor]


class RecordHeld(Base):
    """What the books hold reserved or committed for a grant, or expect from a donor on a pledge:
    kept by the database as postings come, like the turnover. Nobody else writes it.
    """

    __tablename__ = "record_held"
    __unbound__ = Unbound.FIGURE
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The grant or the pledge, as postings name it."""
    usd_minor: Mapped[Minor]
    """Debit positive."""


class ExchangeRate(Base):
    """A UN operational rate of exchange: it holds from its day until a newer one. Append-only."""

    __tablename__ = "exchange_rate"
    __personal__ = Personal.ACTED.of("person_id") | Personal.LAW.of("actor")
    __bound__ = (
        "id",
        "currency",
        "effective_on",
        "rate",
        "source",
        "recorded_at",
        "person_id",
        "actor",
    )
    __table_args__ = (
        UniqueConstraint("currency", "effective_on"),
        UniqueConstraint("currency", "effective_on", "rate"),
        CheckConstraint("currency ~ '^[A-Z]{3}$' AND currency <> 'USD'", name="currency"),
        CheckConstraint("rate > 0", name="rate"),
    )

    id: Mapped[Key]
    currency: Mapped[Currency]
    effective_on: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Numeric)
    """Units of the currency for 1 USD, with every decimal that was published."""
    source: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Period(Base):
    """A month of a fund's books that was closed at least once; other months are open."""

    __tablename__ = "period"
    __bound__ = ("id", "fund_id", "month", "closed_at", "created_at")
    __table_args__ = (
        UniqueConstraint("fund_id", "month"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    month: Mapped[date]
    """Its first day."""
    closed_at: Mapped[datetime | None]
    """None while it is open again."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    fund: Mapped[Fund] = relationship()
