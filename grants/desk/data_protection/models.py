"""A person's request that their data be erased."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.people.models import Person
from grants.core.people.viewer import Scope
from grants.desk.data_protection.workflow import ErasureState


class ErasureRequest(Versioned, Base):
    """What a person asked for, whether two have to decide, and what had to stay."""

    __tablename__ = "erasure_request"
    __personal__ = Personal.ABOUT.of("person_id")
    __bound__ = (
        "id",
        "person_id",
        "wish",
        "needs_second",
        "state",
        "asked_at",
        "decided_at",
        "answer",
        "stays",
    )
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('erased', 'refused') OR decided_at IS NOT NULL", name="decided"
        ),
        Index(
            "uq_erasure_request_open",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'proposed')"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wish: Mapped[str] = mapped_column(Text, default="")
    """What the person wrote; emptied when the data are erased."""
    needs_second: Mapped[bool]
    """Did the person ever hold a role that decides or pays?"""
    state: Mapped[ErasureState] = mapped_column(choice(ErasureState))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why, in the words of the person who decided."""
    stays: Mapped[list[str]] = mapped_column(default=list)
    """Tables that go on naming the person, because the law asks for it."""
    person: Mapped[Person] = relationship()

    @property
    def scope(self) -> Scope | None:
        return None
