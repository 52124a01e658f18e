"""A run of statements: what was ordered, how far it is, what could not be made."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.viewer import Scope
from grants.papers.printing.press.order import Order
from grants.papers.printing.workflow import RunState
from grants.papers.typesetting.paper import Span


class StatementRun(Versioned, Base):
    """Every donor's statement of a period. The files are a ZIP in the store, by its number."""

    __tablename__ = "statement_run"
    __personal__ = Personal.ACTED.of("ordered_by_id")
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="period"),
        CheckConstraint("done BETWEEN 0 AND total", name="progress"),
        CheckConstraint(
            "state <> 'incomplete' OR jsonb_array_length(failures) > 0",
            name="incomplete_with_failures",
        ),
        Index("ix_statement_run_fund", "fund_id", "id"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey(Fund.id))
    """None: statements of all funds together."""
    first_on: Mapped[date]
    last_on: Mapped[date]
    language: Mapped[str | None] = mapped_column(String(10))
    """None: each donor's own."""
    state: Mapped[RunState] = mapped_column(choice(RunState))
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    """Of `total` statements so many have been seen to; written while it runs."""
    failures: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """What could not be made: {"donor", "why"}."""
    fund: Mapped[Fund | None] = relationship()
    ordered_by: Mapped[Person] = relationship()

    @property
    def scope(self) -> Scope | None:
        return Scope(self.fund_id)

    @property
    def order(self) -> Order:
        """The order of the run, as the printing works take it."""
        code = self.fund.code if self.fund else None
        return Order(Span(self.first_on, self.last_on), code, self.language)
