"""A grant that another funder gave."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor
from grants.core.database.personal import Personal
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation


class OtherGrant(Base):
    """One grant of another funder to an organisation, as it is known here."""

    __tablename__ = "other_grant"
    __personal__ = Personal.ACTED.of("recorded_by_id")
    __bound__ = (
        "id",
        "organisation_id",
        "identifier",
        "title",
        "funder",
        "country",
        "starts_on",
        "ends_on",
        "value_minor",
        "currency",
        "recorded_by_id",
        "recorded_at",
    )
    __deletable__ = True
    __table_args__ = (
        CheckConstraint("length(title) > 0 AND length(funder) > 0", name="named"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint(
            "(value_minor IS NULL) = (currency IS NULL) AND value_minor >= 0", name="value"
        ),
        Index(
            "uq_other_grant_identifier",
            "organisation_id",
            "identifier",
            unique=True,
            postgresql_where=text("identifier <> ''"),
        ),
        Index("ix_other_grant_organisation", "organisation_id", "starts_on"),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    identifier: Mapped[str] = mapped_column(String(100), default="")
    """The IATI identifier of the activity, if it has one."""
    title: Mapped[str] = mapped_column(String(300))
    funder: Mapped[str] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    value_minor: Mapped[Minor | None]
    """In the smallest unit of `currency`."""
    currency: Mapped[str | None] = mapped_column(String(3))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()

    @property
    def value(self) -> Money | None:
        if self.value_minor is None or self.currency is None:
            return None
        return Money(self.value_minor, self.currency)
