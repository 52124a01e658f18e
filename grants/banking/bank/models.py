"""Statements of the bank, their lines, and which postings of ours each line is."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.banking.bank.workflow import UNDECIDED, LineState
from grants.books.ledger.models import Posting
from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Currency, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money
from grants.core.people.viewer import Scope


class BankStatement(Base):
    """A statement as the bank sent it: opening balance, lines, closing balance. Append-only."""

    __tablename__ = "bank_statement"
    __personal__ = Personal.LAW.of("actor") | Personal.OTHER.of("file_name")
    __bound__ = (
        "id",
        "bank_account_id",
        "reference",
        "from_on",
        "to_on",
        "currency",
        "opening_minor",
        "closing_minor",
        "digest",
        "imported_at",
        "kind",
        "file_name",
        "actor",
    )
    __table_args__ = (
        UniqueConstraint("bank_account_id", "reference"),
        CheckConstraint("from_on <= to_on", name="days"),
        Index("ix_bank_statement_account_days", "bank_account_id", "to_on", "id"),
    )

    id: Mapped[Key]
    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id))
    reference: Mapped[str] = mapped_column(String(120))
    """What the bank calls it: the same reference is taken in once."""
    kind: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    to_on: Mapped[date]
    currency: Mapped[Currency]
    opening_minor: Mapped[Minor]
    closing_minor: Mapped[Minor]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what it says, to tell a repetition from another content."""
    file_name: Mapped[str] = mapped_column(String(200))
    imported_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    account: Mapped[BankAccount] = relationship()
    lines: Mapped[list["BankLine"]] = relationship(
        back_populates="statement", order_by="BankLine.number"
    )

    @property
    def opening(self) -> Money:
        return Money(self.opening_minor, self.currency)

    @property
    def closing(self) -> Money:
        return Money(self.closing_minor, self.currency)


def reference_of(bank_reference: str, account: str, statement: str, number: int) -> str:
    """What people quote of a line: the bank's own reference, else its place in the statement."""
    return bank_reference or f"{account} {statement}/{number}"[-80:]


class BankLine(Versioned, Base):
    """One booked entry of a statement. What the bank said never changes; only its state does."""

    __tablename__ = "bank_line"
    __bound__ = (
        "id",
        "statement_id",
        "bank_account_id",
        "number",
        "booked_on",
        "value_on",
        "amount_minor",
        "currency",
        "fee_minor",
        "original_minor",
        "original_currency",
        "bank_reference",
        "end_to_end",
        "counterparty",
        "counterparty_account",
        "text",
        "code",
        "state",
    )
    __table_args__ = (
        UniqueConstraint("statement_id", "number"),
        CheckConstraint("amount_minor <> 0", name="amount"),
        CheckConstraint("fee_minor >= 0", name="fee"),
        CheckConstraint(
            "(original_minor IS NULL) = (original_currency IS NULL)", name="original_whole"
        ),
        Index("ix_bank_line_account_state", "bank_account_id", "state", "id"),
        Index("ix_bank_line_account_day", "bank_account_id", "booked_on"),
        Index("ix_bank_line_account_reference", "bank_account_id", "bank_reference"),
        Index(
            "ix_bank_line_words",
            text("plain_words(counterparty)"),
            text("plain_words(text)"),
            text("plain_words(end_to_end)"),
            text("plain_words(bank_reference)"),
            postgresql_using="gin",
        ),
        Index("ix_bank_line_open", "id", postgresql_where=text("state = 'unmatched'")),
    )

    id: Mapped[Key]
    statement_id: Mapped[int] = mapped_column(ForeignKey(BankStatement.id))
    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id))
    number: Mapped[int]
    """Its place in the statement."""
    booked_on: Mapped[date]
    value_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """In the account's currency; a credit is more than 0."""
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    """Withheld from it by banks, as the bank states."""
    original_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What the payer sent, where it was another currency."""
    original_currency: Mapped[str | None] = mapped_column(String(3))
    bank_reference: Mapped[str] = mapped_column(String(80), default="")
    end_to_end: Mapped[str] = mapped_column(String(80), default="")
    counterparty: Mapped[str] = mapped_column(String(200), default="")
    counterparty_account: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[LineState] = mapped_column(choice(LineState))
    statement: Mapped[BankStatement] = relationship(back_populates="lines")
    account: Mapped[BankAccount] = relationship()
    matches: Mapped[list["LineMatch"]] = relationship(
        back_populates="line", order_by="LineMatch.id"
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.account.fund_id)

    @hybrid_property
    def is_matched(self) -> bool:
        return self.state == LineState.MATCHED

    @property
    def is_undecided(self) -> bool:
        """Has nobody said yet what it is?"""
        return self.state in UNDECIDED

    @hybrid_property
    def is_set_aside(self) -> bool:
        return self.state == LineState.SET_ASIDE

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"bank_line:{self.id}"

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def original(self) -> Money | None:
        if self.original_minor is None or self.original_currency is None:
            return None
        return Money(self.original_minor, self.original_currency)

    def stated_in(self, currency: str) -> Money | None:
        """The amount in this currency, where the bank states it: the account's or the payer's."""
        values = (self.amount, self.original)
        return next((money for money in values if money and money.currency == currency), None)

    @property
    def is_credit(self) -> bool:
        return self.amount_minor > 0

    @property
    def reference(self) -> str:
        """As people quote it: the bank's own, else its place in the statement."""
        stated = (self.bank_reference, self.account.code, self.statement.reference, self.number)
        return reference_of(*stated)

    @property
    def standing(self) -> list["LineMatch"]:
        """The postings that it is now."""
        return [match for match in self.matches if match.released_at is None]


class LineMatch(Base):
    """A line of the bank is this cash posting of ours. Released once when that is undone."""

    __tablename__ = "line_match"
    __bound__ = ("id", "line_id", "posting_id", "made", "matched_at", "released_at")
    __unbound__ = Unbound.FIGURE.of("line_on", "entry_on")
    __table_args__ = (
        Index(
            "uq_line_match_posting",
            "posting_id",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_line_match_line", "line_id"),
        Index(
            "ix_line_match_between",
            text("daterange(LEAST(line_on, entry_on), GREATEST(line_on, entry_on))"),
            postgresql_using="gist",
            postgresql_where=text("released_at IS NULL AND line_on <> entry_on"),
        ),
    )

    id: Mapped[Key]
    line_id: Mapped[int] = mapped_column(ForeignKey(BankLine.id))
    posting_id: Mapped[int] = mapped_column(ForeignKey(Posting.id))
    made: Mapped[bool]
    """Was it posted because of this line? Then undoing reverses it; else it only lets go of it."""
    matched_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    line_on: Mapped[date] = mapped_column(server_default=FetchedValue())
    entry_on: Mapped[date] = mapped_column(server_default=FetchedValue())
    """The days on which either side is booked, copied by the database: in between one is open."""
    line: Mapped[BankLine] = relationship(back_populates="matches")
    posting: Mapped[Posting] = relationship()


class UnmatchedCash(Base):
    """A cash posting that no line of the bank is yet: kept by the database as postings and matches
    come and are released. Nobody else writes it.
    """

    __tablename__ = "unmatched_cash"
    __unbound__ = Unbound.FIGURE
    __table_args__ = (
        Index("ix_unmatched_cash_entry", "entry_id"),
        Index(
            "ix_unmatched_cash_day",
            "bank_account_id",
            "booked_on",
            "posting_id",
            postgresql_where=text("undone_on IS NULL"),
        ),
        Index(
            "ix_unmatched_cash_between",
            text("daterange(LEAST(booked_on, undone_on), GREATEST(booked_on, undone_on))"),
            postgresql_using="gist",
            postgresql_where=text("undone_on <> booked_on"),
        ),
    )

    posting_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey(BankAccount.id))
    booked_on: Mapped[date]
    undone_on: Mapped[date | None]
    """The day of the entry that undoes its own, or is undone by it, if no line is that either."""
