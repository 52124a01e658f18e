"""The files of a history as they were read, and their rows checked against each other."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from heapq import merge
from itertools import chain
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, require_in_use
from grants.core.kernel.taxonomies import Earmarking
from grants.core.texts.cells import amount_in
from grants.core.texts.tabular import Content, Row, Table, UnreadableTable
from grants.desk.moving_in.history.alike import AnyRow, Key, are_same, key_of, line_of, tells
from grants.desk.moving_in.history.doubts import Doubts
from grants.desk.moving_in.history.files import FILES, table
from grants.desk.moving_in.history.rows import OtherKind
from grants.desk.moving_in.history.sources import Given

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
    again: dict[str, list[Row[Any]]] = field(default_factory=dict)
    """Rows of each file that stand with other content in a line before."""

    @classmethod
    def read(cls, files: Given) -> "Files":
        tables = {name: table(name) for name in FILES}
        for name, content in files.items():
            if isinstance(content, Content):
                tables[name].read(content)
            else:
                tables[name].take(content)
        return cls(tables, {name: len(tables[name].rows) for name in files})

    def rows(self, name: str) -> list[Row[Any]]:
        return self.tables[name].rows

    def every(self, name: str) -> Iterator[AnyRow]:
        """All rows of a file, those too that cannot be taken over."""
        return chain(self.rows(name), self.again.get(name, ()), self.tables[name].faulty)

    def untried(self, name: str, lines: Collection[int]) -> Iterator[AnyRow]:
        """The rows of these lines, and those that could not be taken over as they were read."""
        rows = (row for row in self.rows(name) if row.line in lines)
        return chain(rows, self.again.get(name, ()), self.tables[name].faulty)

    def noted(self) -> set[tuple[str, int, str]]:
        """File, line and column of every fault so far."""
        problems = chain.from_iterable(sheet.problems for sheet in self.tables.values())
        return {(problem.file, problem.line, problem.column) for problem in problems}

    def refuse(self, name: str, row: AnyRow, column: str, message: str) -> None:
        """A row is not taken over: one fault, and what hangs on the row is in doubt."""
        self.tables[name].refuse(row.line, column, message)
        self.leave(name, row)

    def leave(self, name: str, row: AnyRow) -> None:
        """A row is not taken over, because of a fault elsewhere."""
        self.refused.add((name, row.line))
        self.doubts.without(name, row.cell)

    def sound(self, name: str) -> Iterator[Row[Any]]:
        """The rows of a file that nothing speaks against so far."""
        return (row for row in self.rows(name) if (name, row.line) not in self.refused)

    def named(self, name: str, column: str) -> set[str]:
        """What a column of a file names, in the rows that could not be read too."""
        sheet = self.tables[name]
        read = (row.cell(column) for row in sheet.rows)
        return {text for text in (*read, *(row.cells[column] for row in sheet.faulty)) if text}

    def nameless(self, name: str, column: str) -> bool:
        """Is there a row that should have a name in this column and has none?"""
        return any(not row.cells[column] for row in self.tables[name].faulty)

    def require(self) -> None:
        """UnreadableTable with every fault of every file, if there is one."""
        problems = [problem for sheet in self.tables.values() for problem in sheet.problems]
        if problems:
            raise UnreadableTable(problems)

    def check(self) -> None:
        """Note every fault that shows without the books: of cells, doubles and schedules.

        UnreadableTable if a file cannot be split into rows: nothing else can be judged then.
        """
        if not all(sheet.whole for sheet in self.tables.values()):
            self.require()
        for name, key in KEYS.items():
            self._check_once(name, key)
        self._check_cells()
        self._check_refunds()
        for name, sheet in self.tables.items():
            for faulty in sheet.faulty:
                self.doubts.without(name, faulty.cells.get)
        self._schedules_tie()

    def _check_cells(self) -> None:
        """Cells of one row against each other: decimals and days fit the currency."""
        for name, column in AMOUNTS:
            for row in self.every(name):
                self._check_money(name, row, column)
        for name, column in CURRENCIES:
            for row in self.every(name):
                self._in_use(name, row, column)
        for row in self.every(PLEDGES):
            self._check_earmark(row)

    def _check_earmark(self, row: AnyRow) -> None:
        """Terms of an earmark belong to a pledge that is earmarked."""
        if tells(row, "earmarking") and row.cell("earmarking") is Earmarking.UNEARMARKED:
            for column in ("earmark_countries", "earmark_until"):
                if tells(row, column) and row.cell(column):
                    text = _("expected nothing, because the pledge is unearmarked")
                    self.refuse(PLEDGES, row, column, text)

    def _schedules_tie(self) -> None:
        for row in self.rows("grants.csv"):
            if not self.doubts.about("grants.csv", row.cell):
                self._check_award(row)
        name, references = (
            "instalments.csv",
            {row.cell("reference") for row in self.every("grants.csv")},
        )
        unclear = {row.cells["grant"] for row in self.tables[name].faulty}
        unclear |= {row.value.grant for row in self.again.get(name, ())}
        for grant, parts in self._instalments_by_grant.items():
            if grant in references and unclear.isdisjoint({grant, ""}):
                self._check_numbers(parts)
        for grant_row in self.every("grants.csv"):
            self._check_days(grant_row)

    def _check_refunds(self) -> None:
        for row in self.every("other.csv"):
            if not (tells(row, "kind") and tells(row, "pledge")):
                continue
            refund = row.cell("kind") is OtherKind.REFUND_TO_DONOR
            if refund != (row.cell("pledge") is not None):
                text = _("expected a pledge for refund_to_donor, and none otherwise")
                self.refuse("other.csv", row, "pledge", text)

    def _check_once(self, name: str, key: Callable[[Any], Key]) -> None:
        """A row that occurs twice counts once; with other content it is a fault."""
        repetitions: set[int] = set()
        first_rows: dict[Key, AnyRow] = {}
        for row in self._in_order(name):
            place = key_of(row, key)
            first = row if place is None else first_rows.setdefault(place, row)
            if first is row:
                continue
            if isinstance(row, Row):
                repetitions.add(row.line)
            if not are_same(first, row):
                self._other_content(name, first, row)
        table = self.tables[name]
        table.rows = [row for row in table.rows if row.line not in repetitions]

    def _other_content(self, name: str, first: AnyRow, row: AnyRow) -> None:
        text = _(
            "this appears with different content in line %(line)s; expected the same "
            "content, or one line only",
            line=first.line,
        )
        self.refuse(name, row, next(iter(FILES[name].columns)), text)
        if isinstance(row, Row):
            self.again.setdefault(name, []).append(row)

    def _in_order(self, name: str) -> Iterator[AnyRow]:
        faulty = sorted(self.tables[name].faulty, key=line_of)
        return merge(self.rows(name), faulty, key=line_of)

    def _check_money(self, name: str, row: AnyRow, column: str) -> None:
        amount: Decimal | None = row.cell(column)
        has_currency = "currency" in FILES[name].columns
        currency = row.cell("currency") if has_currency else FUNCTIONAL_CURRENCY
        try:
            if amount is not None and currency is not None:
                amount_in(amount, currency)
        except InvalidInput as fault:
            self.refuse(name, row, column, fault.message)

    def _in_use(self, name: str, row: AnyRow, column: str) -> None:
        """The currency of a row is in use on its day."""
        currency, day = row.cell("currency"), row.cell(column)
        try:
            if currency is not None and day is not None:
                require_in_use(currency, day)
        except InvalidInput as fault:
            self.refuse(name, row, "currency", fault.message)

    def _check_days(self, grant: AnyRow) -> None:
        starts_on, ends_on = grant.cell("starts_on"), grant.cell("ends_on")
        if starts_on is not None and ends_on is not None and ends_on <= starts_on:
            text = _("the grant ends before it starts; expected a later date")
            self.refuse("grants.csv", grant, "ends_on", text)

    def _check_numbers(self, parts: Sequence[Row[Any]]) -> None:
        """A grant's instalments are numbered from 1."""
        for place, part in enumerate(parts, 1):
            if part.value.number != place:
                text = _("expected the instalments 1, 2, 3 … without a gap")
                self.refuse("instalments.csv", part, "number", text)

    def _check_award(self, grant: Row[Any]) -> None:
        """A grant's instalments add up to the award."""
        parts = self.instalments(grant.value.reference)
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
        return self._instalments_by_grant.get(grant, [])

    @cached_property
    def support_costs(self) -> dict[str, Decimal | None]:
        """The own rate of support cost of each grant, in percent; None: the fund's."""
        grants = (row.value for row in self.rows("grants.csv"))
        return {grant.reference: grant.support_cost_percent for grant in grants}

    @cached_property
    def _instalments_by_grant(self) -> dict[str, list[Row[Any]]]:
        schedules: dict[str, list[Row[Any]]] = {}
        for row in sorted(self.rows("instalments.csv"), key=lambda row: int(row.value.number)):
            schedules.setdefault(row.value.grant, []).append(row)
        return schedules


CURRENCIES = (
    ("rates.csv", "effective_on"),
    ("pledges.csv", "pledged_on"),
    ("deposits.csv", "value_on"),
    ("other.csv", "booked_on"),
)
"""Files with a currency, and the day on which it has to be in use."""

AMOUNTS = (
    ("pledges.csv", "amount"),
    ("deposits.csv", "amount"),
    ("deposits.csv", "bank_fee"),
    ("grants.csv", "award_usd"),
    ("instalments.csv", "amount_usd"),
    ("grant_refunds.csv", "amount_usd"),
    ("other.csv", "amount"),
)


def money(amount: Decimal, currency: str = FUNCTIONAL_CURRENCY) -> Money:
    """An amount that was checked."""
    return amount_in(amount, currency)
