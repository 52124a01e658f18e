"""A trust fund: its name, its books' settings, the letters it signs."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.kernel.db import Base, Key, Minor, Texts
from grants.kernel.language import in_language


class Fund(Base):
    """One trust fund: own rules, calls, board, ledger and statements. Books in USD."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("psc_percent BETWEEN 0 AND 100", name="psc_percent"),
        CheckConstraint("operating_reserve_minor >= 0", name="operating_reserve"),
        CheckConstraint("smallest_count >= 5", name="smallest_count"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Short name in references and on the command line, such as UNVTF."""
    name: Mapped[Texts]
    purpose: Mapped[Texts]
    """What the fund does, for its public page."""
    psc_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(13))
    """Programme support cost, percent of expenditure."""
    operating_reserve_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents that awards may not touch."""
    annual_target_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents the fund needs a year, for the gap on its public page."""
    smallest_count: Mapped[int] = mapped_column(default=11)
    """Counts of people below it are never published: a small count can point to a person."""
    bank_details: Mapped[Texts]
    """Where donors send money, as printed in letters."""
    signatory: Mapped[Texts]
    """Who signs the fund's letters: name and office."""

    @property
    def title(self) -> str:
        """The fund's name in the reader's language."""
        return in_language(self.name)
