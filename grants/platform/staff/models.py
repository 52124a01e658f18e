"""An appointment: who is to hold which role, or to hold it no longer, proposed by one person and
confirmed by another.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Membership, Person
from grants.core.people.owned import OfFund
from grants.core.people.permissions import Role
from grants.platform.staff.workflow import AppointmentState


class Appointment(OfFund, Versioned, Base):
    """One role for one person, or the end of one. What was proposed never changes."""

    __tablename__ = "appointment"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.ACTED.of("successor_id")
    __bound__ = (
        "id",
        "person_id",
        "role",
        "fund_id",
        "from_on",
        "until_on",
        "regional_group",
        "reason",
        "state",
        "proposed_at",
        "ends_id",
        "successor_id",
    )
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="until_after_from"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("successor_id IS NULL OR ends_id IS NOT NULL", name="successor_of_an_end"),
        Index("ix_appointment_person", "person_id"),
        Index(
            "uq_appointment_waiting",
            "person_id",
            "role",
            text("coalesce(fund_id, 0)"),
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    role: Mapped[Role] = mapped_column(choice(Role, "appointmentrole"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey(Fund.id))
    """None: every fund."""
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    regional_group: Mapped[RegionalGroup | None] = mapped_column(
        choice(RegionalGroup, "appointmentgroup")
    )
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[AppointmentState] = mapped_column(choice(AppointmentState))
    proposed_at: Mapped[datetime]
    ends_id: Mapped[int | None] = mapped_column(ForeignKey(Membership.id), index=True)
    """The role that the person holds and that is to end; None: the person is to get the role."""
    successor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    """The person who takes over the open work of a role that ends."""
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    ends: Mapped[Membership | None] = relationship()
    successor: Mapped[Person | None] = relationship(foreign_keys=successor_id)
    fund: Mapped[Fund | None] = relationship()
