"""A grant awarded."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.bound import Unbound
from grants.core.database.db import Base, InUsd, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation, Person
from grants.core.people.viewer import Scope
from grants.deciding.awards.workflow import AwardState
from grants.platform.documents.models import Document


class Announcement(StrEnum):
    """How the public reads of an award."""

    NAMED = "named"
    UNNAMED = "unnamed"
    """Without organisation, title and country: a name could put people at risk."""


class Award(InUsd, Versioned, Base):
    """A grant awarded. Its trail's first row is the approval."""

    __tablename__ = "award"
    __bound__ = (
        "id",
        "reference",
        "fund_id",
        "application_id",
        "organisation_id",
        "state",
        "title",
        "country",
        "amount_minor",
        "psc_percent",
        "approved_on",
        "starts_on",
        "ends_on",
        "agreement_signed_on",
        "agreement_document_id",
        "returned_document_id",
        "psc_reason",
        "announced",
        "suspended_on",
    )
    __table_args__ = (
        CheckConstraint(
            "amount_minor > 0 OR amount_minor = 0 AND state IN ('agreed', 'closed')", name="amount"
        ),
        CheckConstraint("starts_on < ends_on", name="period"),
        CheckConstraint("psc_percent BETWEEN 0 AND 100", name="psc_percent"),
        CheckConstraint(
            "state IN ('approved', 'cancelled') OR agreement_signed_on IS NOT NULL",
            name="agreed_when_signed",
        ),
        Index(
            "uq_award_living",
            "application_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_award_fund_newest", "fund_id", "id"),
        Index("ix_award_state", "state", "fund_id", "id", postgresql_include=["application_id"]),
        Index("ix_award_organisation", "organisation_id", "id"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    """None for a grant brought in from the time before this system. An application has one award
    that is not cancelled at most."""
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[AwardState] = mapped_column(choice(AwardState))
    title: Mapped[str] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    amount_minor: Mapped[Minor]
    """USD cents; 0 if the grant was terminated before anything was paid."""
    psc_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    """Programme support cost of this grant, percent: the fund's rate on the day of approval,
    unless another one was agreed."""
    psc_reason: Mapped[str | None] = mapped_column(Text)
    """Why it is not the fund's rate."""
    approved_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    announced: Mapped[Announcement | None] = mapped_column(choice(Announcement))
    """None while it is not public."""
    suspended_on: Mapped[date | None]
    """Since when payments and reminders are held; None while nothing is held."""
    agreement_signed_on: Mapped[date | None]
    agreement_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    returned_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The agreement as the organisation signed and returned it, until the fund records it."""
    fund: Mapped[Fund] = relationship()
    organisation: Mapped[Organisation] = relationship()
    application: Mapped[Application | None] = relationship()
    agreement_document: Mapped[Document | None] = relationship(foreign_keys=agreement_document_id)
    returned_document: Mapped[Document | None] = relationship(foreign_keys=returned_document_id)

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id, self.organisation_id)

    @hybrid_property
    def awaits_agreement(self) -> bool:
        """Is its agreement still to be signed?"""
        return self.state == AwardState.APPROVED

    @hybrid_property
    def is_running(self) -> bool:
        """Is it signed, and not closed?"""
        return self.state == AwardState.AGREED

    @hybrid_property
    def is_closed(self) -> bool:
        """Is all reported and settled?"""
        return self.state == AwardState.CLOSED

    @hybrid_property
    def is_cancelled(self) -> bool:
        """Was it given up before an agreement was signed?"""
        return self.state == AwardState.CANCELLED

    @property
    def account(self) -> str:
        """The subject under which the books keep this grant."""
        return f"award:{self.id}"


@dataclass(frozen=True, slots=True)
class Approved:
    """What exactly is approved: USD, the period, and programme support costs in percent."""

    amount: Money
    starts_on: date
    ends_on: date
    psc_percent: Decimal


class Approval(Base):
    """One officer's approval of an award, where the fund asks for several. One row a person: their
    last. The trail has all of them.
    """

    __tablename__ = "award_approval"
    __personal__ = Personal.ACTED.of("person_id")
    __bound__ = (
        "application_id",
        "person_id",
        "amount_minor",
        "starts_on",
        "ends_on",
        "psc_percent",
        "recommended_at",
        "advised_at",
        "given_at",
    )
    __deletable__ = True
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("starts_on < ends_on", name="period"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    amount_minor: Mapped[Minor]
    """USD cents."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    psc_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    recommended_at: Mapped[datetime]
    """The recommendation that was approved, by its moment."""
    advised_at: Mapped[datetime | None]
    """The Board's advice that it rests on, by its moment; None in a call without the Board."""
    given_at: Mapped[datetime]
    person: Mapped[Person] = relationship()

    @property
    def approved(self) -> Approved:
        return Approved(usd(self.amount_minor), self.starts_on, self.ends_on, self.psc_percent)


class ReserveNotice(Base):
    """An application on the reserve list for which there is money, and its people at the fund were
    told so. Taken away once the money is gone, so that they are told again when it comes back.
    """

    __tablename__ = "reserve_notice"
    __unbound__ = Unbound.PASSING

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    noticed_at: Mapped[datetime]


class OfAward:
    """A record of a grant: it is whose the grant is."""

    if TYPE_CHECKING:
        award: Any

    @property
    def scope(self) -> Scope:
        scope: Scope = self.award.scope
        return scope
