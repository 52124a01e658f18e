"""Known rows: what was taken over before is not taken over again, and has to say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.texts.cells import shown
from grants.desk.moving_in.history.files import FILES
from grants.desk.moving_in.history.models import TakenRow
from grants.desk.moving_in.history.plan import KEYS

OF_NO_FUND = frozenset({"donors.csv", "organisations.csv"})

Place = tuple[str, str]


class Refused(DomainError):
    """A row is refused because of one of its cells."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def require_same(row: Any, recorded: Mapping[str, Any]) -> None:
    """Refused, at the first cell that says something else than what is known."""
    for column, value in recorded.items():
        cell, stands = plain(getattr(row, column)), plain(value)
        if cell != stands:
            raise Refused(
                column,
                _(
                    "“%(given)s” is not what is recorded; expected “%(known)s”",
                    given=shown(cell),
                    known=shown(stands),
                ),
            )


def plain(value: Any) -> str:
    """A cell's value in one way of writing it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(map(plain, value))
    if is_dataclass(value):
        return ", ".join(filter(None, (plain(getattr(value, part.name)) for part in fields(value))))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def cells_of(file: str, row: Any) -> dict[str, str]:
    """What it says, by column, without what a file may leave out and this one does."""
    return {
        name: plain(getattr(row, name))
        for name in FILES[file].columns
        if not _is_silent(file, row, name)
    }


def _is_silent(file: str, row: Any, name: str) -> bool:
    """Does it say nothing in a column that its file may leave out?"""
    column = FILES[file].columns[name]
    return column.may_be_left_out and getattr(row, name) == column.read("")


@dataclass
class Memory:
    """What is known of a fund's earlier imports, and what this one adds."""

    fund: Fund
    known: dict[Place, dict[str, str]]
    new: dict[Place, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, fund: Fund) -> "Memory":
        rows = session.execute(
            select(TakenRow.file, TakenRow.key, TakenRow.cells).where(
                or_(TakenRow.fund_id == fund.id, TakenRow.fund_id.is_(None))
            )
        )
        return cls(fund, {(file, key): cells for file, key, cells in rows})

    def knows(self, file: str, row: Any) -> bool:
        """Was this row taken over before? Refused if it said something else. Not if a column that
        its file did not have then says something now.
        """
        recorded = self.known.get(_place_of(file, row))
        if recorded is None:
            return False
        require_same(row, recorded)
        return cells_of(file, row).keys() <= recorded.keys()

    def has(self, file: str, row: Any) -> bool:
        """Was a row by this name taken over before, whatever it said?"""
        return _place_of(file, row) in self.known

    def keep(self, file: str, row: Any) -> None:
        place = _place_of(file, row)
        if place not in self.known:
            self.new[place] = cells_of(file, row)

    def write(self, session: Session) -> None:
        """Remember what this import took over."""
        if not self.new:
            return
        moment = clock.now()
        rows = [
            {
                "fund_id": None if file in OF_NO_FUND else self.fund.id,
                "file": file,
                "key": key,
                "cells": cells,
                "taken_at": moment,
            }
            for (file, key), cells in self.new.items()
        ]
        session.execute(insert(TakenRow), rows)


def _place_of(file: str, row: Any) -> Place:
    return file, " / ".join(map(plain, KEYS[file](row)))
