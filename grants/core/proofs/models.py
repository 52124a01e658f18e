"""Second factors, recovery codes, and accounts at the provider of an organisation."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.database.seals import Sealed
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person


class FactorKind(Term):
    """What a person has, beside the passphrase that they know."""

    APP = "app", _l("Authenticator app")
    PASSKEY = "passkey", _l("Passkey")


class Factor(Base):
    """One second factor of a person: an app that shows codes, or a passkey of a device."""

    __tablename__ = "factor"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.OTHER.of("name")
    __bound__ = (
        "id",
        "person_id",
        "kind",
        "secret",
        "credential_id",
        "public_key",
        "added_at",
        "ended_at",
        "name",
    )
    __unbound__ = Unbound.PROGRESS.of("counter", "used_at")
    __table_args__ = (
        CheckConstraint("(kind = 'app') = (secret IS NOT NULL)", name="an_app_has_a_secret"),
        CheckConstraint(
            "(kind = 'passkey') = (credential_id IS NOT NULL AND public_key IS NOT NULL)",
            name="a_passkey_has_a_key",
        ),
        Index("ix_factor_person_id", "person_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[FactorKind] = mapped_column(choice(FactorKind))
    name: Mapped[str] = mapped_column(String(80))
    """What its owner calls it: "Phone", "Key in the safe"."""
    secret: Mapped[str | None] = mapped_column(String(300))
    """Of an app; encrypted with a key that is not in the database."""
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of an app: the half minute of the last code used, so that none works twice. Of a passkey:
    how often it says it was used, so that a copy is noticed.
    """
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()

    @property
    def whose(self) -> str:
        """What its secret is encrypted with: it is read in this row alone."""
        return f"{self.person_id} {self.added_at.astimezone(UTC).isoformat()}"


class RecoveryCode(Sealed, Base):
    """A code that stands in for a lost factor, once."""

    __tablename__ = "recovery_code"
    __personal__ = Personal.ENTRY.of("person_id")
    __sealed__ = ("person_id", "code_hash", "made_at", "used_at")
    __open_while__ = "used_at"
    __unbound__ = Unbound.SEALED

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256; the code itself was shown once. It has 80 random bits, so nobody guesses it."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FactorLoss(Base):
    """A person says that they have lost every second factor; another one confirms who they are."""

    __tablename__ = "factor_loss"
    __personal__ = Personal.ABOUT.of("person_id") | Personal.ACTED.of("confirmed_by_id")
    __bound__ = ("id", "person_id", "reported_at", "confirmed_by_id", "confirmed_at", "ended_at")
    __table_args__ = (
        CheckConstraint("confirmed_by_id <> person_id", name="another_person_confirms"),
        CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_a_person"
        ),
        Index(
            "uq_factor_loss_open",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the factors were ended, or the report was taken back."""
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ProviderAccount(Base):
    """An account at an OpenID Connect provider: asked for, linked by the fund, confirmed by its
    owner; then it signs its owner in.
    """

    __tablename__ = "provider_account"
    __personal__ = (
        Personal.ABOUT.of("person_id")
        | Personal.ACTED.of("approved_by_id")
        | Personal.CONTACT.of("subject", "email", "name")
    )
    __bound__ = (
        "id",
        "issuer",
        "subject",
        "person_id",
        "approved_by_id",
        "approved_at",
        "confirmed_at",
        "ended_at",
        "email",
        "name",
        "requested_at",
    )
    __bound_from__ = "approved_at"
    __deletable__ = True
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) = (approved_at IS NULL) "
            "AND (person_id IS NULL) = (approved_by_id IS NULL)",
            name="linked_by_a_person",
        ),
        CheckConstraint("approved_by_id <> person_id", name="another_person_links"),
        CheckConstraint("confirmed_at IS NULL OR person_id IS NOT NULL", name="confirmed_by_owner"),
        Index(
            "uq_provider_account_open",
            "issuer",
            "subject",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_provider_account_person", "person_id"),
    )

    id: Mapped[Key]
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    """What the provider calls the account, always: never an e-mail address, which may move on."""
    email: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    """What the provider says of its owner, for the administrator who looks; nothing rests on it."""
    requested_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When its owner opened the link in the e-mail about it."""
    ended_at: Mapped[datetime | None]
    """When the request was declined, or the link ended."""
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
