"""What a grant agreement says, while it can still be changed and ever after."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Versioned
from grants.deciding.awards.models import Award


class Agreement(Versioned, Base):
    """The terms that a person settled for a grant; without a row the proposed ones hold.

    The database refuses to change it once it is signed.
    """

    __tablename__ = "agreement"
    __bound__ = ("award_id", "instalments", "reports", "settled_at")
    __bound_from__ = "settled_at"
    __deletable__ = True

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    instalments: Mapped[list[dict[str, Any]]]
    """In order: {"amount": USD with two decimals, "due_on": ISO day}."""
    reports: Mapped[list[dict[str, Any]]]
    """In order: {"kind", "covers_from", "covers_to", "due_on"}."""
    settled_at: Mapped[datetime]
    award: Mapped[Award] = relationship()
