"""What was taken over from files, row by row: a repetition is known by it, whatever came after."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.funds.models import Fund


class TakenRow(Base):
    """One row of one file, as it was when it was taken over. Append-only.

    The record it became may change afterwards by the acts of people; the row stays what it was,
    so that the same file can be imported again and changes nothing.
    """

    __tablename__ = "history_row"
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        Index(
            "uq_history_row_place",
            "fund_id",
            "file",
            "key",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey(Fund.id))
    """None for what belongs to no fund: donors and organisations."""
    file: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200))
    """What makes the row one of a kind in its file."""
    cells: Mapped[dict[str, str]]
    """What it said, by column."""
    taken_at: Mapped[datetime]
