"""The memory of translations of a fund."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key


class TranslationMemory(Base):
    """An English text of a form of the fund, and how it was once translated into a language. It is
    proposed where a form has the same text again, and tells when the English of a translated text
    has been changed since.
    """

    __tablename__ = "translation_memory"
    __unbound__ = Unbound.MADE_OF_IT
    __table_args__ = (
        UniqueConstraint("fund_id", "language", "source_digest", "words_digest"),
        Index("ix_translation_memory_words", "fund_id", "language", "words_digest"),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    language: Mapped[str] = mapped_column(String(5))
    source: Mapped[str] = mapped_column(Text)
    """The English, without the blanks around it."""
    words: Mapped[str] = mapped_column(Text)
    source_digest: Mapped[str] = mapped_column(String(64))
    words_digest: Mapped[str] = mapped_column(String(64))
    kept_at: Mapped[datetime]
    """When it was last saved so."""
