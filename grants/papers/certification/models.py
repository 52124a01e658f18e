"""How often a person asked whether a document is genuine: counted, to keep the page open to all."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base


class Inquiry(Base):
    """Questions from one address in one stretch of time. Old ones are deleted with the next."""

    __tablename__ = "inquiry"
    __unbound__ = Unbound.PASSING
    __table_args__ = (Index("ix_inquiry_begun_at", "begun_at"),)

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A digest of it: it does not reveal the name."""
    begun_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=1)
