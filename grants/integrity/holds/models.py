"""A hold of a fund on an organisation: what it stops, why, and what the organisation can do."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.core.people.viewer import Scope
from grants.integrity.holds.workflow import HoldState


class HoldCoverage(Term):
    """What a hold stops. Each of them stops awards and agreements too."""

    PAYMENTS = "payments", _l("Payments")
    APPLICATIONS = "applications", _l("New applications")
    BOTH = "both", _l("Payments and new applications")


PAYING = (HoldCoverage.PAYMENTS, HoldCoverage.BOTH)
APPLYING = (HoldCoverage.APPLICATIONS, HoldCoverage.BOTH)


class OrganisationHold(Versioned, Base):
    """One hold, in one fund. It stands until another person than who placed it lifts it."""

    __tablename__ = "organisation_hold"
    __bound__ = (
        "id",
        "organisation_id",
        "fund_id",
        "state",
        "coverage",
        "reason",
        "remedy",
        "is_notified",
        "review_on",
        "placed_at",
    )
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("NOT is_notified OR length(remedy) > 0", name="remedy"),
        CheckConstraint("is_notified OR coverage = 'payments'", name="notified"),
        Index("ix_organisation_hold_organisation", "organisation_id", "state"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    state: Mapped[HoldState] = mapped_column(choice(HoldState))
    coverage: Mapped[HoldCoverage] = mapped_column(choice(HoldCoverage))
    reason: Mapped[str] = mapped_column(Text)
    """For the fund's people."""
    remedy: Mapped[str] = mapped_column(Text)
    """What the organisation must do, as it reads it."""
    is_notified: Mapped[bool]
    """The organisation knows of it; else its people read of it nowhere."""
    review_on: Mapped[date]
    """By when the fund looks at it again."""
    placed_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    fund: Mapped[Fund] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id)
