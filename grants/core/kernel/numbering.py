"""Numbers people quote: references and gapless receipt numbers, one series each."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import String, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.core.kernel.bound import Unbound
from grants.core.kernel.db import Base
from grants.core.kernel.late import is_late, late
from grants.core.kernel.once import foresee, once


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
    counted = late(session, _write_counts, dict[str, int])
    if counted is None:
        return _counted(session, series, 1)
    counted[series] = 1 + (counted.get(series) or _counted(session, series, 0))
    return counted[series]


def _counted(session: Session, series: str, more: int) -> int:
    """The last number of a series after so many more; its row is locked."""
    row = session.execute(
        text(
            "INSERT INTO counter (series, last) VALUES (:series, :more) "
            "ON CONFLICT (series) DO UPDATE SET last = counter.last + :more RETURNING last"
        ),
        {"series": series, "more": more},
    )
    return int(row.scalar_one())


def _write_counts(session: Session, counted: Mapping[str, int]) -> None:
    for series, last in counted.items():
        session.execute(update(Counter).where(Counter.series == series).values(last=last))


def draw_keys(session: Session, model: type[Base], number: int) -> list[int]:
    """Draw the keys of so many records of a table that are to come (`next_key`)."""
    sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
    query = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
    keys = list(session.scalars(query))
    foresee(session, ("keys", model), iter(keys))
    return keys


def next_key(session: Session, model: type[Base]) -> int:
    """The key of a new record: of those that were drawn, else a new one."""
    drawn: Iterator[int] = once(session, ("keys", model), lambda: iter(()))
    key = next(drawn, None)
    return key if key is not None else draw_keys(session, model, 1)[0]


def number_late(session: Session, record: Any) -> None:
    """A record that is written at the end of many acts has its key from the first."""
    if is_late(session):
        record.id = next_key(session, type(record))


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
