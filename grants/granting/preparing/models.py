"""What a grantee has prepared for its agreement."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.people.viewer import Scope
from grants.deciding.awards.models import Award
from grants.granting.preparing.workflow import Part, PreparationState


class Preparation(Versioned, Base):
    """A grantee's budget at the awarded sum, or its answers about its finances. What was accepted
    never changes.
    """

    __tablename__ = "preparation"
    __bound__ = ("id", "award_id", "part", "state", "content", "submitted_at")
    __table_args__ = (
        UniqueConstraint("award_id", "part"),
        Index("ix_preparation_state", "state", "award_id"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    part: Mapped[Part] = mapped_column(choice(Part, "preparationpart"))
    state: Mapped[PreparationState] = mapped_column(choice(PreparationState))
    content: Mapped[list[dict[str, Any]]]
    """Of a budget {"category", "description", "amount"}; of finances {"section", "typed"}, which is
    input name → texts: in order.
    """
    submitted_at: Mapped[datetime]
    award: Mapped[Award] = relationship()

    @property
    def scope(self) -> Scope:
        return self.award.scope
