"""The clauses of a fund, in each language and from version to version."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.granting.clauses.wording import Clause


class ClauseText(OfFund, Base):
    """One version of a fund's clauses in a language, from a moment on. It never changes: other
    words are another version, and an agreement keeps the one with which it went out.
    """

    __tablename__ = "clause_text"
    __personal__ = Personal.ACTED.of("written_by_id")
    __bound__ = (
        "id",
        "fund_id",
        "language",
        "number",
        "clauses",
        "written_at",
        "written_by_id",
    )
    __table_args__ = (
        UniqueConstraint("fund_id", "language", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    """1, 2, 3 … in each language of a fund."""
    clauses: Mapped[list[dict[str, Any]]]
    """In order: {"heading": …, "paragraphs": [ … ]}."""
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    written_by: Mapped[Person | None] = relationship()

    @property
    def wording(self) -> tuple[Clause, ...]:
        """As they are printed."""
        return tuple(
            Clause(clause["heading"], tuple(clause["paragraphs"])) for clause in self.clauses
        )
