"""A trust fund: its name, its books' settings, the letters it signs."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Currency, Key, Minor, Texts, choice
from grants.core.database.personal import Personal
from grants.core.kernel import clock
from grants.core.kernel.language import in_language
from grants.core.kernel.taxonomies import Licence

DOUBTFUL = {
    "not_due": "0",
    "first_year": "0",
    "second_year": "25",
    "third_year": "60",
    "later": "100",
}
"""Where a fund begins; nobody has published its own figures, so they are its settings."""


PAYMENT_DAYS = 45
"""Where a fund begins: the first usual reminder then follows two weeks after the acceptance."""
GIFT_LIMIT = 500_000
"""USD cents; where a fund begins."""
BY_ONE = {"from_usd": "0.00", "approvers": 1}
"""Where a fund begins: one officer approves each award."""


class Fund(Base):
    """One trust fund: own rules, calls, board, ledger and statements. Books in USD."""

    __tablename__ = "fund"
    __personal__ = Personal.RECORD.of("signatory") | Personal.OTHER.of(
        "name", "contact_email", "contact_telephone", "outside_email"
    )
    __bound__ = (
        "id",
        "code",
        "currencies",
        "psc_percent",
        "operating_reserve_minor",
        "annual_target_minor",
        "doubtful_percents",
        "approval_tiers",
        "board_quorum",
        "bank_details",
        "signatory",
        "signatories",
        "payment_days",
        "name",
        "purpose",
        "mandate",
        "time_zone",
        "languages",
        "smallest_count",
        "letterhead",
        "change_days",
        "budget_tolerance",
        "audit_from_minor",
        "gift_limit_minor",
        "names_grantees",
        "identifier",
        "licence",
        "contact_email",
        "contact_telephone",
        "outside_email",
        "decision_making",
        "conflict_rules",
        "complaints",
        "common_questions",
        "earmark_limit",
        "thanks_months",
        "account_wait_days",
        "bank_letter_days",
    )
    __table_args__ = (
        CheckConstraint("payment_days BETWEEN 1 AND 365", name="payment_days"),
        CheckConstraint("psc_percent BETWEEN 0 AND 100", name="psc_percent"),
        CheckConstraint("operating_reserve_minor >= 0", name="operating_reserve"),
        CheckConstraint("smallest_count >= 5", name="smallest_count"),
        CheckConstraint("change_days BETWEEN 0 AND 365", name="change_days"),
        CheckConstraint("audit_from_minor >= 0", name="audit_from"),
        CheckConstraint("gift_limit_minor >= 0", name="gift_limit"),
        CheckConstraint("budget_tolerance BETWEEN 0 AND 100", name="budget_tolerance"),
        CheckConstraint("earmark_limit BETWEEN 0 AND 100", name="earmark_limit"),
        CheckConstraint("thanks_months BETWEEN 1 AND 60", name="thanks_months"),
        CheckConstraint("account_wait_days BETWEEN 0 AND 60", name="account_wait_days"),
        CheckConstraint("bank_letter_days BETWEEN 0 AND 3650", name="bank_letter_days"),
        CheckConstraint("board_quorum >= 0", name="board_quorum"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Short name in references and on the command line, such as UNVTF."""
    name: Mapped[Texts]
    purpose: Mapped[Texts]
    """What the fund does, for its public page."""
    mandate: Mapped[Texts] = mapped_column(default=dict)
    """The decision that established it, for its public page."""
    currencies: Mapped[list[str]] = mapped_column(default=list)
    """In which it takes pledges; none: in all that are usual."""
    psc_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(13))
    """Programme support cost, percent of expenditure."""
    operating_reserve_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents that awards may not touch."""
    annual_target_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents the fund needs a year, for the gap on its public page."""
    doubtful_percents: Mapped[dict[str, str]] = mapped_column(default=lambda: dict(DOUBTFUL))
    """Percent of a receivable that is doubtful, by the years since it was due."""
    time_zone: Mapped[str] = mapped_column(String(40), default="UTC")
    """Where the fund's days begin and end, such as Europe/Vienna."""
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    """In which the fund speaks, by their codes; English is always among them."""
    smallest_count: Mapped[int] = mapped_column(default=11)
    """Counts of people below it are never published: a small count can point to a person."""
    approval_tiers: Mapped[list[dict[str, Any]]] = mapped_column(default=lambda: [dict(BY_ONE)])
    """How many approving officers an award needs: [{"from_usd": …, "approvers": …}] from 0 on."""
    board_quorum: Mapped[int] = mapped_column(default=0)
    """How many trustees make a session of the Board; 0: a majority of those in office."""
    payment_days: Mapped[int] = mapped_column(default=PAYMENT_DAYS)
    """So many days after it is accepted, a pledge without a payment date is due."""
    account_wait_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many days after bank details were changed, nothing is paid to them."""
    bank_letter_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many days the letter of a grantee's bank counts; 0: without limit."""
    change_days: Mapped[int] = mapped_column(default=30)
    """So many days before a grant ends its organisation has asked for a change at the latest."""
    budget_tolerance: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(10))
    """Percent of a budget line that a grantee may revise by notice, without approval."""
    audit_from_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents of a grant from which a certificate of audit is asked for; 0: of none."""
    gift_limit_minor: Mapped[Minor] = mapped_column(default=GIFT_LIMIT)
    """USD cents up to which a private person pays at once: only the name is checked."""
    names_grantees: Mapped[bool] = mapped_column(default=False)
    """Does the public read who has a grant where nobody has said whether it may?"""
    identifier: Mapped[str] = mapped_column(String(80), default="")
    """The fund in registers of organisations (org-id.guide), such as XM-DAC-41000."""
    licence: Mapped[Licence] = mapped_column(choice(Licence), default=Licence.BY)
    """Under which others may use the figures that the fund publishes."""
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_telephone: Mapped[str] = mapped_column(String(40), default="")
    outside_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """The office to which contributions for other purposes are handed on; none: they are not."""
    earmark_limit: Mapped[Decimal] = mapped_column(
        Numeric(5, 2), default=Decimal(100), server_default="100"
    )
    """Percent of a year's contributions that may be earmarked; 100: any share."""
    thanks_months: Mapped[int] = mapped_column(default=6, server_default="6")
    """So many months after a report was accepted, donors have been told what their money did."""
    decision_making: Mapped[Texts] = mapped_column(default=dict)
    """How the fund decides on grants, for its public page; empty: as this system works."""
    conflict_rules: Mapped[Texts] = mapped_column(default=dict)
    """Who may not take part in a decision, for its public page; empty: as this system works."""
    complaints: Mapped[Texts] = mapped_column(default=dict)
    """How to complain, for its public page; empty: by its contact address."""
    common_questions: Mapped[Texts] = mapped_column(default=dict)
    """Questions that are often asked, with answers, for its public page; empty: of all funds."""
    bank_details: Mapped[Texts]
    """Where donors send money, as printed in letters."""
    signatory: Mapped[Texts]
    """The office that signs the fund's letters, while no signatory is named."""
    signatories: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Who may sign: {"name": …, "title": {"en": …}}; the first one stands under letters."""
    letterhead: Mapped[Texts] = mapped_column(default=dict)
    """Address and contact lines at the head of letters and documents."""
    pictures: Mapped[list["FundPicture"]] = relationship(order_by="FundPicture.id")

    @property
    def title(self) -> str:
        """The fund's name in the reader's language."""
        return in_language(self.name)

    @property
    def contact(self) -> str:
        """Where the secretariat is reached, in one line; empty where the fund has not said."""
        return " · ".join(way for way in (self.contact_email, self.contact_telephone) if way)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def signed_by(self) -> str:
        """Who stands under letters, in the reader's language: name and title, or the office."""
        if not self.signatories:
            return in_language(self.signatory)
        first = self.signatories[0]
        return f"{first['name']}, {in_language(first['title'])}"

    @property
    def mark(self) -> "FundPicture | None":
        """The fund's mark, if it has uploaded one."""
        return self.picture(PictureKind.MARK)

    @property
    def signature(self) -> "FundPicture | None":
        """The signature of the person who stands under letters, if it was uploaded."""
        if not self.signatories:
            return None
        return self.picture(PictureKind.SIGNATURE, self.signatories[0]["name"])

    def picture(self, kind: "PictureKind", whose: str = "") -> "FundPicture | None":
        matches = (item for item in self.pictures if (item.kind, item.whose) == (kind, whose))
        return next(matches, None)

    def today(self) -> date:
        """The calendar day where the fund is."""
        return clock.today(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The day of a moment where the fund is."""
        return clock.day_of(moment, self.zone)


class PictureKind(StrEnum):
    """What a picture of a fund shows."""

    MARK = "mark"
    SIGNATURE = "signature"


class FundPicture(Base):
    """The mark of a fund, or the signature of one of its signatories: a small PNG, drawn again."""

    __tablename__ = "fund_picture"
    __bound__ = ("id", "fund_id", "kind", "whose", "sha256", "content")
    __deletable__ = True
    __table_args__ = (
        UniqueConstraint("fund_id", "kind", "whose"),
        CheckConstraint("octet_length(content) BETWEEN 1 AND 500000", name="content"),
        CheckConstraint("(kind = 'signature') = (whose <> '')", name="whose"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    kind: Mapped[PictureKind] = mapped_column(choice(PictureKind))
    whose: Mapped[str] = mapped_column(String(120), default="")
    """The name of the signatory; empty for the mark."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class BankAccount(Base):
    """A bank account that holds money of one fund: every cash posting names one.

    An account in US dollars takes any currency, which the bank converts; another one its own.
    """

    __tablename__ = "bank_account"
    __personal__ = Personal.OTHER.of("name", "provider")
    __bound__ = (
        "id",
        "fund_id",
        "code",
        "beneficiary",
        "bank",
        "number",
        "bic",
        "currency",
        "is_main",
        "opened_on",
        "closed_on",
        "bank_address",
        "intermediary_bank",
        "name",
        "provider",
        "street",
        "postal_code",
        "town",
        "country",
    )
    __table_args__ = (
        CheckConstraint("NOT is_main OR provider = ''", name="main_is_at_a_bank"),
        Index(
            "uq_bank_account_provider",
            "fund_id",
            "provider",
            "currency",
            unique=True,
            postgresql_where=text("provider <> '' AND closed_on IS NULL"),
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("NOT is_main OR currency = 'USD'", name="main_in_usd"),
        CheckConstraint("NOT is_main OR closed_on IS NULL", name="main_is_open"),
        CheckConstraint("closed_on >= opened_on", name="closed_after_it_was_opened"),
        Index("uq_bank_account_main", "fund_id", unique=True, postgresql_where=text("is_main")),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), index=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    """Short name, such as UNVTF-EUR."""
    name: Mapped[str] = mapped_column(String(120))
    """What the fund's people call it; donors never read it."""
    beneficiary: Mapped[str] = mapped_column(String(140), default="")
    """In whose name the bank keeps it, as payments have to say; at most as long as banks carry."""
    street: Mapped[str] = mapped_column(String(70), default="", server_default="")
    """Of the beneficiary, with the number of the building; a Swiss QR-bill states the address."""
    postal_code: Mapped[str] = mapped_column(String(16), default="", server_default="")
    town: Mapped[str] = mapped_column(String(35), default="", server_default="")
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    """ISO 3166 alpha-2."""
    bank: Mapped[str] = mapped_column(String(120), default="")
    bank_address: Mapped[str] = mapped_column(String(300), default="")
    intermediary_bank: Mapped[str] = mapped_column(String(300), default="")
    """Through which bank payments from abroad go: its name, BIC and account, as one text."""
    number: Mapped[str | None] = mapped_column(String(34), unique=True)
    """IBAN, or the bank's own account number, without spaces; none until it is entered."""
    bic: Mapped[str] = mapped_column(String(11), default="")
    currency: Mapped[Currency]
    is_main: Mapped[bool] = mapped_column(default=False)
    """Where the fund's money is, unless another account of its currency is open on the day."""
    opened_on: Mapped[date | None]
    """None where it was there before these books."""
    closed_on: Mapped[date | None]
    provider: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The provider of card payments that holds the money until it is paid out; none: a bank."""
    fund: Mapped[Fund] = relationship()

    @property
    def payee(self) -> str:
        """Whom donors pay: the beneficiary, or the fund until one is entered."""
        return self.beneficiary or self.fund.title

    @property
    def masked(self) -> str:
        """The account's number as pages show it: the first and the last four characters."""
        if not self.number:
            return ""
        return f"{self.number[:4]}…{self.number[-4:]}" if len(self.number) > 8 else self.number
