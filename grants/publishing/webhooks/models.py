"""A webhook: the address of a system that is notified of events, and what was sent to it."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.encryption import FORM, Encrypted
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person
from grants.core.people.owned import OfFund


class WebhookEvent(Term):
    """What a system can be notified of."""

    CALL_OPENED = "call.opened", _l("A call was opened")
    APPLICATION_SUBMITTED = "application.submitted", _l("An application was submitted")
    AWARD_MADE = "award.made", _l("An award was made")
    PAYMENT_SENT = "payment.sent", _l("A payment was sent to the bank")
    PAYMENT_PAID = "payment.paid", _l("A payment was made")
    REPORT_ACCEPTED = "report.accepted", _l("A report was accepted")
    CONTRIBUTION_RECEIVED = "contribution.received", _l("A contribution was received")


class BodyScope(Term):
    """How much an event says."""

    REFERENCES = "references", _l("References only")
    FACTS = "facts", _l("References and public facts, such as amounts and dates")


class Webhook(OfFund, Base):
    """A system of a fund that is notified of events until a day. The secret is encrypted: each
    request is signed with it, so that a hash would not do.
    """

    __tablename__ = "webhook"
    __personal__ = Personal.ACTED.of("made_by_id", "ended_by_id") | Personal.OTHER.of("name", "url")
    __bound__ = (
        "id",
        "name",
        "url",
        "fund_id",
        "events",
        "body_scope",
        "secret",
        "made_by_id",
        "made_at",
        "ends_on",
        "ended_by_id",
        "ended_at",
    )
    __unbound__ = Unbound.PROGRESS.of("stopped_at", "position")
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
        CheckConstraint(f"secret ~ '{FORM}'", name="secret_is_encrypted"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    """Of the system: "Data warehouse"."""
    url: Mapped[str] = mapped_column(String(400))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    events: Mapped[list[str]]
    body_scope: Mapped[BodyScope] = mapped_column(choice(BodyScope))
    secret: Mapped[str] = mapped_column(Encrypted(60))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ends_on: Mapped[date]
    """The last day on which anything is sent."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    """When it was turned off, because nobody took what was sent."""
    position: Mapped[int] = mapped_column(BigInteger)
    """How far the trail was read for it."""
    fund: Mapped[Fund] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id)

    @property
    def is_valid(self) -> bool:
        """Has it neither been ended nor reached its end?"""
        return self.ended_at is None and clock.today() <= self.ends_on

    @property
    def is_running(self) -> bool:
        """Is anything sent to it now?"""
        return self.is_valid and self.stopped_at is None

    @property
    def whose_secret(self) -> str:
        """What the secret is encrypted with: it is read in this row alone."""
        return f"webhook {self.url} secret"


class Delivery(Base):
    """An event for one webhook: the body as it is signed, and what was answered to each try."""

    __tablename__ = "webhook_delivery"
    __unbound__ = Unbound.PROGRESS
    __table_args__ = (
        UniqueConstraint("webhook_id", "trail_id"),
        UniqueConstraint("webhook_id", "number"),
        Index(
            "ix_webhook_delivery_open", "webhook_id", postgresql_where=sql("delivered_at IS NULL")
        ),
    )

    id: Mapped[Key]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    number: Mapped[int]
    """From 1, without gaps: the order of the events."""
    trail_id: Mapped[int] = mapped_column(ForeignKey("trail.id"))
    """The act that it tells of."""
    event: Mapped[WebhookEvent] = mapped_column(choice(WebhookEvent))
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    answers: Mapped[list[dict[str, str]]] = mapped_column(default=list)
    """Of each try the moment and the answer: a status code of HTTP, or what went wrong."""
    webhook: Mapped[Webhook] = relationship()

    @property
    def message_id(self) -> str:
        """The name of the message, again with each try, by which a receiver knows it."""
        return f"msg_{self.webhook_id}_{self.number}"
