"""An e-mail that came back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.platform.messages.models import Message


class UndeliveredEmail(Base):
    """A mail server reported that it could not deliver one of our e-mails."""

    __tablename__ = "undelivered_email"
    __personal__ = Personal.CONTACT.of("email", "words") | Personal.ACTED.of(
        "lifted_by_id", "posted_by_id"
    )
    __bound__ = (
        "id",
        "message_id",
        "email",
        "status",
        "words",
        "permanent",
        "came_back_at",
        "lifted_at",
        "lifted_by_id",
        "posted_at",
        "posted_by_id",
    )
    __table_args__ = (
        Index(
            "ix_undelivered_email_open",
            text("lower(email)"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    """The address that it went to."""
    status: Mapped[str] = mapped_column(String(12))
    """By RFC 3463: 5.1.1."""
    words: Mapped[str] = mapped_column(Text)
    """What the mail server said."""
    permanent: Mapped[bool]
    """The address does not exist, or is closed; otherwise it may work again."""
    came_back_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    """When the address was said to work again."""
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    posted_at: Mapped[datetime | None]
    """When its papers went out by post."""
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    message: Mapped[Message] = relationship()

    @property
    def reference(self) -> str:
        """What pages call it."""
        return str(self.message_id)
