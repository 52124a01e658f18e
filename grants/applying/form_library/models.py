"""A question or a section of the fund's library."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.viewer import Scope
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json

QUESTION, SECTION = "question", "section"
LONGEST_NAME = 200
"""Characters."""


class LibraryPart(Base):
    """A part that was saved from a form. Forms that use it have a copy: they stay as they are when
    it is removed.
    """

    __tablename__ = "library_part"
    __personal__ = Personal.OTHER.of("name")
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'section')", name="kind"),
        Index("ix_library_part_fund", "fund_id", "kind", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """What the question, or the section, is called in English."""
    form: Mapped[dict[str, Any]]
    """A form that holds this part alone."""
    saved_from: Mapped[str] = mapped_column(String(40))
    """The reference of the call."""
    saved_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()

    @property
    def questionnaire(self) -> Form:
        return from_json(self.form)

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id)

    @property
    def is_question(self) -> bool:
        return self.kind == QUESTION
