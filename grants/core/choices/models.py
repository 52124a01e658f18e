"""What a person has chosen of a list."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.people.models import Person


class SavedView(Base):
    """A list as a person wants to see it again: its filters, its order and its columns.

    The one without a name is no view to choose: it holds the columns that the person has set for
    the list itself.
    """

    __tablename__ = "saved_view"
    __personal__ = Personal.ENTRY.of("person_id") | Personal.OTHER.of("name")
    __unbound__ = Unbound.PREFERENCE
    __table_args__ = (
        UniqueConstraint("person_id", "page", "name"),
        Index("ix_saved_view_page", "page", "fund_id"),
        CheckConstraint("name <> '' OR fund_id IS NULL", name="shared_ones_have_a_name"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[str] = mapped_column(String(80))
    """The endpoint of the list."""
    name: Mapped[str] = mapped_column(String(60), default="")
    query: Mapped[str] = mapped_column(String(2000), default="")
    """Filters and order, as the list's address has them behind the question mark."""
    columns: Mapped[list[str]] = mapped_column(default=list)
    """Keys of the columns that are shown; none: those that the list shows by itself."""
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    """The fund whose people see it too; none: only the person does."""
    person: Mapped[Person] = relationship()
    fund: Mapped[Fund | None] = relationship()
