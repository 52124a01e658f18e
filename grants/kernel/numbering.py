"""Numbers people quote: references and gapless receipt numbers, one series each."""

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.kernel.db import Base


class Counter(Base):
    """The last number given in a series, such as "UNVTF/receipt/2026"."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int]


def next_number(session: Session, series: str) -> int:
    """The next number of a series, from 1.

    The row stays locked until the transaction ends and a rollback gives the number back:
    a series has no gap and no double, however many write at once.
    """
    row = session.execute(
        text(
            "INSERT INTO counter (series, last) VALUES (:series, 1) "
            "ON CONFLICT (series) DO UPDATE SET last = counter.last + 1 RETURNING last"
        ),
        {"series": series},
    )
    return int(row.scalar_one())


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWXYZ"


def check_mark(text_: str) -> str:
    """One character that betrays a mistyped or swapped sign in a reference (weighted sum)."""
    value = sum((place + 2) * (ord(sign) % 97) for place, sign in enumerate(text_))
    return _ALPHABET[value % 31]
