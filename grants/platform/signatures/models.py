"""Signatures as they are kept, and the codes with which people sign who have no second factor."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.people.models import Person
from grants.platform.signatures.stamps import Stamp, Way


class SigningCode(Base):
    """A code sent by e-mail, with which one person signs one paper; it works for some minutes."""

    __tablename__ = "signing_code"
    __personal__ = Personal.ENTRY.of("person_id")
    __deletable__ = True
    __unbound__ = Unbound.PASSING
    __table_args__ = (Index("ix_signing_code_person", "subject", "subject_id", "person_id", "id"),)

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(40))
    """What is signed: the table of the paper, and its number there."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    cipher: Mapped[str] = mapped_column(Text)
    """Encrypted for this person and this paper."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class SideSignature:
    """One side's signature: who, in which function, when, how, and under which PDF."""

    if TYPE_CHECKING:
        side: Any

    name: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(120))
    way: Mapped[Way] = mapped_column(choice(Way))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the PDF that was signed."""
    signed_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    """When the fund asked for another signature; such a one does not count."""

    @property
    def stamp(self) -> Stamp:
        """As the PDF shows it."""
        side, way = self.side.value, self.way.value
        return Stamp(side, self.name, self.function, self.signed_at, way, self.sha256)
