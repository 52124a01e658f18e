"""An e-mail, from the act that caused it to its delivery."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal


class Message(Base):
    """One e-mail for one recipient about one event; the event's name is unique, so never twice."""

    __tablename__ = "message"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.CONTACT.of(
        *("event", "recipient", "subject", "text", "html", "attachments", "unsubscribe"),
        *("others", "reply_to"),
    )
    __bound__ = (
        "id",
        "event",
        "person_id",
        "recipient",
        "language",
        "subject",
        "text",
        "attachments",
        "queued_at",
        "html",
        "unsubscribe",
        "others",
        "page",
        "reply_to",
    )
    __unbound__ = Unbound.PROGRESS.of("sent_at")
    __table_args__ = (
        Index("ix_message_unsent", "queued_at", postgresql_where=text("sent_at IS NULL")),
    )

    id: Mapped[Key]
    event: Mapped[str] = mapped_column(String(160), unique=True)
    """What it is about, and to whom: "pledge:12:acknowledged:7"."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, str]]]
    """Documents of the statements catalogue, rendered when sent: {"document", "reference"}."""
    unsubscribe: Mapped[str | None] = mapped_column(String(400))
    """Address with which a reader ends such e-mails; none for what they have to know."""
    reply_to: Mapped[str | None] = mapped_column(String(254))
    """Whom an answer reaches; none where it goes to the address of the installation."""
    others: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    """What its page shows: {"language", "subject", "text"} in each other language of the fund. Of
    an e-mail with a secret the words that were sent are among them, without the secret.
    """
    page: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Of the address under which the holder of the e-mail reads it in another language."""
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
