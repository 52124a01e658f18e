"""A scenario: a choice between the applications of a call, computed and kept to be compared."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.calls.models import Call
from grants.core.database.db import Base, Key, Minor
from grants.core.database.personal import Personal
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Person
from grants.core.people.viewer import Scope


class Scenario(Base):
    """A question and its answer. It never changes: another question is another scenario."""

    __tablename__ = "scenario"
    __personal__ = Personal.ACTED.of("made_by_id") | Personal.OTHER.of("name")
    __bound__ = (
        "id",
        "call_id",
        "name",
        "envelope_minor",
        "share",
        "weights",
        "rules",
        "lines",
        "score",
        "binding",
        "optimal",
        "solved_at",
        "made_by_id",
    )
    __table_args__ = (
        CheckConstraint("envelope_minor > 0", name="envelope"),
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
    )

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    envelope_minor: Mapped[Minor]
    """USD cents for all that are chosen."""
    share: Mapped[int]
    """Percent of what is requested that each would get."""
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Weight of each criterion, as in the call unless it was changed."""
    rules: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """[{"trait": "region=african", "bound": "at_least", "limit": "3"}], numbered from 1."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Each candidate as it was then: application, score, amount_minor, chosen, traits."""
    score: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    binding: Mapped[dict[str, str]] = mapped_column(default=dict)
    """By rule number: how much more score there would be without this rule alone."""
    optimal: Mapped[bool]
    """False where the time ran out before it was proved that nothing is better."""
    solved_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    call: Mapped[Call] = relationship()
    made_by: Mapped[Person | None] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.call.fund_id)

    @property
    def envelope(self) -> Money:
        return usd(self.envelope_minor)

    @property
    def chosen(self) -> Sequence[dict[str, Any]]:
        return [line for line in self.lines if line["chosen"]]
