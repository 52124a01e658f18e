"""An interview with an applicant, or a visit to it: who goes when, and what they recommend."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.models import Application
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.taxonomies import Encounter
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.core.texts.marks import joined_names
from grants.deciding.visits.workflow import VisitState
from grants.integrity.enquiries.models import Enquiry


class Visit(OfFund, Versioned, Base):
    """What was found is kept in the file of the organisation, as an enquiry: other funds read it
    there. What is recommended is about this application alone.
    """

    __tablename__ = "visit"
    __bound__ = (
        "id",
        "application_id",
        "kind",
        "planned_on",
        "enquiry_id",
        "recommendation",
        "fund_id",
        "state",
        "place",
        "planned_at",
    )
    __bound_from__ = "enquiry_id"
    __table_args__ = (
        CheckConstraint(
            "state <> 'reported' OR (enquiry_id IS NOT NULL AND length(recommendation) > 0)",
            name="reported_in_words",
        ),
        Index(
            "uq_visit_planned",
            "application_id",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_visit_application", "application_id", "id"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[Encounter] = mapped_column(choice(Encounter))
    state: Mapped[VisitState] = mapped_column(choice(VisitState))
    planned_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200), default="")
    """Where; of an interview, also how: by video or telephone."""
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiry.id"))
    recommendation: Mapped[str] = mapped_column(Text, default="")
    """What those who went recommend to those who decide."""
    planned_at: Mapped[datetime]
    """When it was planned, or the plan was last changed."""
    application: Mapped[Application] = relationship()
    enquiry: Mapped[Enquiry | None] = relationship()
    people: Mapped[list[Person]] = relationship(secondary="visit_person", order_by=Person.name)

    @property
    def names(self) -> str:
        """The names of the people who hold it."""
        return joined_names(person.name for person in self.people)


class VisitPerson(Base):
    """A person who holds an interview or a visit."""

    __tablename__ = "visit_person"
    __personal__ = Personal.ABOUT.of("person_id")
    __bound__ = ("visit_id", "person_id")
    __deletable__ = True

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
