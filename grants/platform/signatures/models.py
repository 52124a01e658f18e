"""Signatures as they are kept, and the codes with which people sign who have no second factor."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key
from grants.core.database.personal import Personal
from grants.core.people.models import Person


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
