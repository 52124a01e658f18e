"""What is kept of accepted reports, so that public figures read none of them."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.funds.models import Fund
from grants.core.kernel.bound import Unbound
from grants.core.kernel.db import Base, Minor, choice


class Counted(StrEnum):
    """What a count is of."""

    REPORT = "report"
    """Accepted reports."""
    PEOPLE = "people"
    """People, by sex and age band."""
    FORM = "form"
    """The same people, by form of exploitation."""
    SERVICE = "service"
    """People who used a service."""


class PeopleCounted(Base):
    """A count of a fund's accepted reports whose periods ended in a year: kept by the database as
    reports are accepted. Nobody else writes it.
    """

    __tablename__ = "people_counted"
    __unbound__ = Unbound.FIGURE
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Counted] = mapped_column(choice(Counted, "people_counted_kind"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Sex, form of exploitation or service; empty for reports."""
    detail: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The age band of people; else empty."""
    people: Mapped[Minor]
