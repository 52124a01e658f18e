"""An import: the file, what was found in it, how far its taking over is."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.desk.moving_in.workflow import ImportState
from grants.platform.documents.models import Document


class Import(OfFund, Versioned, Base):
    """One uploaded history. The file is kept by its hash, so what was checked is what is run."""

    __tablename__ = "history_import"
    __personal__ = Personal.ACTED.of("uploaded_by_id")
    __bound__ = (
        "id",
        "fund_id",
        "document_id",
        "state",
        "language",
        "uploaded_by_id",
        "uploaded_at",
        "settled_at",
        "taken",
        "faults",
        "fault_count",
    )
    __unbound__ = Unbound.PROGRESS.of("done", "steps")
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('checked', 'confirmed', 'taken_over') OR jsonb_array_length(taken) > 0",
            name="checked_with_a_summary",
        ),
        CheckConstraint("state <> 'faulty' OR fault_count > 0", name="faulty_with_faults"),
        CheckConstraint("done BETWEEN 0 AND steps", name="progress"),
        Index("ix_history_import_fund_newest", "fund_id", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    document_id: Mapped[int] = mapped_column(ForeignKey(Document.id), index=True)
    state: Mapped[ImportState] = mapped_column(choice(ImportState))
    language: Mapped[str] = mapped_column(String(10))
    """In which its faults are worded: that of a person who uploaded it."""
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    uploaded_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When it was taken over or discarded."""
    taken: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """For each file its rows, and how many of them are new."""
    faults: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The first of them, each with its row."""
    fault_count: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    """How many acts there are, and how many of them are done; written while it runs."""
    fund: Mapped[Fund] = relationship()
    document: Mapped[Document] = relationship()
    uploaded_by: Mapped[Person] = relationship()
