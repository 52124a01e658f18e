"""What each night's verification found."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.db import Base, Key


class Verification(Base):
    """One verification: append-only, like the trail."""

    __tablename__ = "verification"
    __bound__ = ("id", "at", "checks", "breaches")

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(index=True)
    checks: Mapped[int]
    """How many checks were made."""
    breaches: Mapped[list[str]]
    """One sentence for each breach, in English; none: all is sound."""
