"""A proposal to merge two organisations or donors, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.people.models import Organisation
from grants.desk.merging.workflow import MergeState


class OrganisationMerge(Versioned, Base):
    """Which of two organisations is kept, and which facts of its profile the other one gives."""

    __tablename__ = "organisation_merge"
    __bound__ = ("id", "kept_id", "merged_id", "state", "taken", "reason", "proposed_at", "moved")
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two"),
        Index(
            "uq_organisation_merge_open",
            "merged_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'merged')"),
        ),
        Index("ix_organisation_merge_kept", "kept_id"),
        Index("ix_organisation_merge_state", "state", "id"),
    )

    id: Mapped[Key]
    kept_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    merged_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    state: Mapped[MergeState] = mapped_column(choice(MergeState))
    taken: Mapped[list[str]] = mapped_column(default=list)
    """Facts of the profile that come from the organisation that is not kept."""
    reason: Mapped[str] = mapped_column(Text)
    """Why they are one."""
    proposed_at: Mapped[datetime]
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many records of each kind moved, as it was confirmed."""
    kept: Mapped[Organisation] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Organisation] = relationship(foreign_keys=[merged_id])

    @property
    def scope(self) -> None:
        """The scope of no fund: an organisation applies and gives to all of them."""
        return
