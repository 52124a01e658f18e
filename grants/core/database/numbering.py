"""Numbers people quote: references and gapless receipt numbers, one series each."""

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.core.database.bound import Unbound
from grants.core.database.db import Base


class Counter(Base):
    """The last number given in a series, such as "UNVTF/receipt/2026"."""

    __tablename__ = "counter"
    __unbound__ = Unbound.FIGURE

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


_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_mark(text_: str) -> str:
    """The check character of a reference, computed from all others (ISO 7064, MOD 37,36): it shows
    one mistyped character, and nearly always two that are swapped. Hyphens and spaces do not
    count.
    """
    product = 36
    for sign in text_.upper():
        if sign in _SIGNS:
            product = ((product + _SIGNS.index(sign)) % 36 or 36) * 2 % 37
    return _SIGNS[(37 - product) % 36]


def fits(reference: str) -> bool:
    """Does the check character of a reference fit the others, however it is typed?"""
    typed = "".join(sign for sign in reference.upper() if sign in _SIGNS)
    return len(typed) > 1 and check_mark(typed[:-1]) == typed[-1]
