"""What a history asks to be done: rows checked against each other, as acts in order of date."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from grants.core.kernel.cells import amount_in
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.kernel.tabular import Row, Table, UnreadableTable
from grants.desk.moving_in.history.doubts import Doubts
from grants.desk.moving_in.history.files import FILES, table
from grants.desk.moving_in.history.rows import OtherKind
from grants.desk.moving_in.history.sources import Given

Key = tuple[Any, ...]
PLEDGES = "pledges.csv"
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

KEY_COLUMN = {
    "donors.csv": "code",
    "pledges.csv": "reference",
    "deposits.csv": "bank_reference",
    "organisations.csv": "code",
    "grants.csv": "reference",
    "payments.csv": "bank_reference",
    "grant_refunds.csv": "bank_reference",
    "other.csv": "reference",
}
"""Which cell to look at when something else is known by the same name."""


@dataclass
class Files:
    """A history as it was read: a table for each file, empty where there is none."""

    tables: dict[str, Table[Any]]
    given: Mapping[str, int]
    """How many rows each file that was given holds."""
    doubts: Doubts = field(default_factory=Doubts)
    refused: set[tuple[str, int]] = field(default_factory=set)
    """File and line of rows that are not taken over."""

    @classmethod
    def read(cls, given: Given) -> "Files":
        tables = {name: table(name) for name in FILES}
        for name, content in given.items():
            if isinstance(content, bytes):
                tables[name].read(content)
            else:
                tables[name].take(content)
        return cls(tables, {name: len(tables[name].rows) for name in given})

    def rows(self, name: str) -> list[Row[Any]]:
        return self.tables[name].rows

    def refuse(self, name: str, row: Row[Any], column: str, message: str) -> None:
        """A row is not taken over: one fault, and what hangs on the row is in doubt."""
        self.tables[name].refuse(row.line, column, message)
        self.leave(name, row)

    def leave(self, name: str, row: Row[Any]) -> None:
        """A row is not taken over, because of a fault elsewhere."""
        self.refused.add((name, row.line))
        self.doubts.without(name, row.cell)

    def sound(self, name: str) -> list[Row[Any]]:
        """The rows of a file that nothing speaks against so far."""
        return [row for row in self.rows(name) if (name, row.line) not in self.refused]

    def named(self, name: str, column: str) -> set[str]:
        """What a column of a file names, in the rows that could not be read too."""
        each = self.tables[name]
        read = (row.cell(column) for row in each.rows)
        return {text for text in (*read, *(cells[column] for cells in each.faulty)) if text}

    def nameless(self, name: str, column: str) -> bool:
        """Is there a row that should have a name in this column and has none?"""
        return any(not cells[column] for cells in self.tables[name].faulty)

    def require(self) -> None:
        """UnreadableTable with every fault of every file, if there is one."""
        problems = [problem for each in self.tables.values() for problem in each.problems]
        if problems:
            raise UnreadableTable(problems)

    def check(self) -> None:
        """Note every fault that shows without the books: of cells, doubles and schedules.

        UnreadableTable if a file cannot be split into rows: nothing else can be judged then.
        """
        for name, key in KEYS.items():
            self._once(name, key)
        for name, column in AMOUNTS:
            for row in self.rows(name):
                self._money(name, row, column)
        self._refunds()
        self._faulty()
        for row in self.rows("grants.csv"):
            if not self.doubts.about("grants.csv", row.cell):
                self._schedule(row)

    def _faulty(self) -> None:
        for name, each in self.tables.items():
            if not each.whole:
                self.require()
            for cells in each.faulty:
                self.doubts.without(name, cells.get)

    def _refunds(self) -> None:
        for row in self.rows("other.csv"):
            if (row.value.kind is OtherKind.REFUND_TO_DONOR) != (row.value.pledge is not None):
                text = _("expected a pledge for refund_to_donor, and none otherwise")
                self.refuse("other.csv", row, "pledge", text)

    def _once(self, name: str, key: Callable[[Any], Key]) -> None:
        """A row that occurs twice counts once; with other content it is a fault."""
        seen: dict[Key, Row[Any]] = {}
        for row in self.rows(name):
            first = seen.setdefault(key(row.value), row)
            if first is not row and first.value != row.value:
                column = next(iter(FILES[name].columns))
                text = _(
                    "this appears with different content in line %(line)s; expected the same "
                    "content, or one line only",
                    line=first.line,
                )
                self.refuse(name, row, column, text)
        self.tables[name].rows = list(seen.values())

    def _money(self, name: str, row: Row[Any], column: str) -> None:
        amount: Decimal | None = getattr(row.value, column)
        currency = getattr(row.value, "currency", FUNCTIONAL_CURRENCY)
        try:
            if amount is not None:
                amount_in(amount, currency)
        except InvalidInput as fault:
            self.refuse(name, row, column, fault.message)

    def _schedule(self, grant: Row[Any]) -> None:
        """A grant's instalments are numbered from 1 and add up to the award."""
        parts = self.instalments(grant.value.reference)
        if grant.value.ends_on <= grant.value.starts_on:
            text = _("the grant ends before it starts; expected a later day")
            self.refuse("grants.csv", grant, "ends_on", text)
        for place, part in enumerate(parts, 1):
            if part.value.number != place:
                text = _("expected the instalments 1, 2, 3 … without a gap")
                self.refuse("instalments.csv", part, "number", text)
        total = sum((part.value.amount_usd for part in parts), Decimal(0))
        if total != grant.value.award_usd:
            text = _(
                "the instalments add up to %(total)s; expected the award, %(award)s",
                total=f"{total:f}",
                award=f"{grant.value.award_usd:f}",
            )
            self.refuse("grants.csv", grant, "award_usd", text)

    def instalments(self, grant: str) -> list[Row[Any]]:
        """The schedule of a grant, in order."""
        return self._schedules.get(grant, [])

    @cached_property
    def _schedules(self) -> dict[str, list[Row[Any]]]:
        schedules: dict[str, list[Row[Any]]] = {}
        for row in sorted(self.rows("instalments.csv"), key=lambda row: int(row.value.number)):
            schedules.setdefault(row.value.grant, []).append(row)
        return schedules


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
class PlannedAct:
    """One act of the history: on which day, for which row, and in which order on that day."""

    on: date
    rank: int
    file: str
    row: Row[Any] = field(compare=False)
    column: str
    """Which cell to look at when the fund refuses it."""
    day: str
    """Which column holds the day."""

    @classmethod
    def undated(cls, file: str, column: str, row: Row[Any]) -> "PlannedAct":
        """What is done before everything that has a day."""
        return cls(date.min, 0, file, row, column, column)

    @property
    def order(self) -> tuple[date, int, int]:
        return self.on, self.rank, self.row.line


_ACTS = (
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


def planned_acts(files: Files) -> list[PlannedAct]:
    """Everything with a date, in the order it happened."""
    return sorted(_all_planned(files), key=lambda planned: planned.order)


def _all_planned(files: Files) -> Iterator[PlannedAct]:
    first = _first_days(files)
    for rank, (name, day, column) in enumerate(_ACTS):
        file, _blank, kind = name.partition(" ")
        for row in files.sound(file):
            on = getattr(row.value, day)
            if day == "pledged_on":
                on = min(on, first.get(row.value.reference, on))
            if on is not None and (not kind or row.value.kind == kind):
                yield PlannedAct(on, rank, file, row, column, day)


def _first_days(files: Files) -> dict[str, date]:
    """The first day on which something happens to each pledge: it is entered by then, even where
    the records name a later day for the pledge itself.
    """
    days: dict[str, date] = {}
    signed = ((row.value.reference, row.value.agreement_signed_on) for row in files.rows(PLEDGES))
    came = ((row.value.pledge, row.value.value_on) for row in files.rows("deposits.csv"))
    for pledge, on in chain(signed, came):
        if pledge is not None and on is not None:
            days[pledge] = min(on, days.get(pledge, on))
    return days


def money(amount: Decimal, currency: str = FUNCTIONAL_CURRENCY) -> Money:
    """An amount that was checked."""
    return amount_in(amount, currency)
