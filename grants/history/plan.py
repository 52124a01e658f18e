"""What a history asks to be done: rows checked against each other, as acts in order of date."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from grants.history.files import TABLES, OtherKind, table
from grants.kernel.errors import InvalidInput
from grants.kernel.language import gettext as _
from grants.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.kernel.tabular import Row, Table, UnreadableTable, amount_in

Key = tuple[Any, ...]
KEYS: Mapping[str, Callable[[Any], Key]] = {
    "rates.csv": lambda row: (row.currency, row.effective_on),
    "donors.csv": lambda row: (row.code,),
    "pledges.csv": lambda row: (row.reference,),
    "deposits.csv": lambda row: (row.bank_reference,),
    "organisations.csv": lambda row: (row.code,),
    "grants.csv": lambda row: (row.reference,),
    "instalments.csv": lambda row: (row.grant, row.number),
    "payments.csv": lambda row: (row.grant, row.number),
    "grant_refunds.csv": lambda row: (row.grant, row.bank_reference),
    "other.csv": lambda row: (row.kind, row.reference),
}
"""What makes a row of each file one of a kind."""


@dataclass
class Files:
    """A history as it was read: a table for each file, empty where there is none."""

    tables: dict[str, Table[Any]]
    given: frozenset[str]

    @classmethod
    def read(cls, contents: Mapping[str, bytes]) -> "Files":
        tables = {name: table(name) for name in TABLES}
        for name, content in contents.items():
            tables[name].read(content)
        return cls(tables, frozenset(contents))

    def rows(self, name: str) -> list[Row[Any]]:
        return self.tables[name].rows

    def refuse(self, name: str, line: int, column: str, message: str) -> None:
        self.tables[name].refuse(line, column, message)

    def require(self) -> None:
        """UnreadableTable with every fault of every file, if there is one."""
        problems = [problem for each in self.tables.values() for problem in each.problems]
        if problems:
            raise UnreadableTable(problems)

    def check(self) -> None:
        """Faults that show without the books: doubles, decimals, sums of schedules."""
        for name, key in KEYS.items():
            self._once(name, key)
        for name, column in AMOUNTS:
            for row in self.rows(name):
                self._money(name, row, column)
        for row in self.rows("grants.csv"):
            self._schedule(row)
        self._refunds()

    def _refunds(self) -> None:
        for row in self.rows("other.csv"):
            if (row.value.kind is OtherKind.REFUND_TO_DONOR) != (row.value.pledge is not None):
                told = _("expected a pledge for refund_to_donor, and none otherwise")
                self.refuse("other.csv", row.line, "pledge", told)

    def _once(self, name: str, key: Callable[[Any], Key]) -> None:
        seen: dict[Key, Row[Any]] = {}
        for row in self.rows(name):
            first = seen.setdefault(key(row.value), row)
            if first is not row and first.value != row.value:
                column = next(iter(TABLES[name][1]))
                told = _("this stands with other content in line %(line)s", line=first.line)
                self.refuse(name, row.line, column, told)

    def _money(self, name: str, row: Row[Any], column: str) -> None:
        amount: Decimal | None = getattr(row.value, column)
        currency = getattr(row.value, "currency", FUNCTIONAL_CURRENCY)
        try:
            if amount is not None:
                amount_in(amount, currency)
        except InvalidInput as fault:
            self.refuse(name, row.line, column, fault.message)

    def _schedule(self, grant: Row[Any]) -> None:
        """A grant's instalments are numbered from 1 and add up to the award."""
        parts = self.instalments(grant.value.reference)
        if grant.value.ends_on <= grant.value.starts_on:
            told = _("the grant ends before it starts; expected a later day")
            self.refuse("grants.csv", grant.line, "ends_on", told)
        for place, part in enumerate(parts, 1):
            if part.value.number != place:
                told = _("expected the instalments 1, 2, 3 … without a gap")
                self.refuse("instalments.csv", part.line, "number", told)
        total = sum((part.value.amount_usd for part in parts), Decimal(0))
        if total != grant.value.award_usd:
            told = _(
                "the instalments add up to %(total)s; expected the award, %(award)s",
                total=f"{total:f}",
                award=f"{grant.value.award_usd:f}",
            )
            self.refuse("grants.csv", grant.line, "award_usd", told)

    def instalments(self, grant: str) -> list[Row[Any]]:
        """The schedule of a grant, in order."""
        rows = [row for row in self.rows("instalments.csv") if row.value.grant == grant]
        return sorted(rows, key=lambda row: int(row.value.number))


AMOUNTS = (
    ("pledges.csv", "amount"),
    ("deposits.csv", "amount"),
    ("deposits.csv", "bank_fee"),
    ("grants.csv", "award_usd"),
    ("instalments.csv", "amount_usd"),
    ("grant_refunds.csv", "amount_usd"),
    ("other.csv", "amount"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of the history: on which day, for which row, and in which order on that day."""

    on: date
    rank: int
    file: str
    row: Row[Any] = field(compare=False)
    column: str
    """Which cell to look at when the fund refuses it."""
    day: str
    """Which column holds the day."""

    @property
    def order(self) -> tuple[date, int, int]:
        return self.on, self.rank, self.row.line


_DEEDS = (
    ("pledges.csv", "pledged_on", "amount"),
    ("pledges.csv", "agreement_signed_on", "agreement_signed_on"),
    ("deposits.csv", "value_on", "amount"),
    ("other.csv interest", "booked_on", "amount"),
    ("grants.csv", "agreement_signed_on", "award_usd"),
    ("payments.csv", "paid_on", "paid_on"),
    ("grant_refunds.csv", "refunded_on", "amount_usd"),
    ("other.csv bank_charge", "booked_on", "amount"),
    ("other.csv refund_to_donor", "booked_on", "amount"),
)
"""On one day donors' money comes in before it goes out, and a refund follows its payment:
(file and kind, day, what to look at when it is refused).
"""


def deeds(files: Files) -> list[Deed]:
    """Everything with a date, in the order it happened."""
    return sorted(_all_deeds(files), key=lambda deed: deed.order)


def _all_deeds(files: Files) -> Iterator[Deed]:
    for rank, (name, day, column) in enumerate(_DEEDS):
        file, _blank, kind = name.partition(" ")
        for row in files.rows(file):
            on = getattr(row.value, day)
            if on is not None and (not kind or row.value.kind == kind):
                yield Deed(on, rank, file, row, column, day)


def money(amount: Decimal, currency: str = FUNCTIONAL_CURRENCY) -> Money:
    """An amount that was checked."""
    return amount_in(amount, currency)


def folder_contents(folder: Path) -> dict[str, bytes]:
    """The files of a history that a folder holds; InvalidInput if it holds none."""
    found = {name: (folder / name).read_bytes() for name in TABLES if (folder / name).is_file()}
    if not found:
        names = ", ".join(TABLES)
        raise InvalidInput(
            _("%(folder)s holds none of these files: %(names)s.", folder=folder, names=names)
        )
    return found
