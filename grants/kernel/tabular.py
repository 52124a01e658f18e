"""Reading CSV files that people fill in: every fault named by file, line and column, all at once.

    Table("rates.csv", NewRate, {"currency": currency_code, "effective_on": day, "rate": rate})

reads UTF-8 with a header row into frozen dataclasses. An empty cell means none; a reader turns
one cell's text into one typed value or raises InvalidInput with what is wrong and what is
expected.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from grants.kernel.errors import InvalidInput
from grants.kernel.language import gettext as _
from grants.kernel.money import Money, currencies, exponent

Reader = Callable[[str], Any]
R = TypeVar("R")
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a file, at a line and column a person can find in the spreadsheet."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        """One line, whatever a cell contained."""
        told = "".join(sign if sign.isprintable() else " " for sign in self.message)
        return f"{self.file}:{self.line}: {self.column}: {told}"


class UnreadableTable(InvalidInput):
    """Files with faults: nothing of them is taken. The message has one line for each fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """One record and the line it stands on."""

    line: int
    value: R


@dataclass
class Table(Generic[R]):
    """A kind of file: its name, what a row becomes, and how each of its columns is read."""

    name: str
    row: Callable[..., R]
    columns: Mapping[str, Reader]
    rows: list[Row[R]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, content: bytes) -> "Table[R]":
        """Read a file's bytes; faults gather in `problems` and good rows in `rows`."""
        records = self._records(content)
        header = next(records, (1, []))[1]
        places = self._places([name.strip().lower() for name in header])
        if places is not None:
            for line, cells in records:
                self._take(line, cells, places, len(header))
        return self

    def refuse(self, line: int, column: str, message: str) -> None:
        """Note a fault that shows only when rows are compared with each other or the books."""
        self.problems.append(Problem(self.name, line, column, message))

    def require(self) -> Sequence[Row[R]]:
        """The rows, or UnreadableTable with every fault."""
        if self.problems:
            raise UnreadableTable(self.problems)
        return self.rows

    def _records(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        """Records with the line each begins on; bytes that are no UTF-8 stay recognisable."""
        text = content.decode("utf-8-sig", "surrogateescape")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            first = next(iter(self.columns))
            self.refuse(line, first, _("this is no CSV row (%(why)s)", why=error))

    def _places(self, header: list[str]) -> dict[str, int] | None:
        """Where each column stands, or None when the header has a fault."""
        before = len(self.problems)
        expected = ", ".join(self.columns)
        for name in self.columns:
            if header.count(name) != 1:
                told = _("this column is missing") if name not in header else _("it stands twice")
                self.refuse(1, name, f"{told}; {_('expected: %(names)s', names=expected)}")
        for name in header:
            if name not in self.columns:
                told = _("unknown column; expected: %(names)s", names=expected)
                self.refuse(1, _shown(name) or "-", told)
        if len(self.problems) > before:
            return None
        return {name: header.index(name) for name in self.columns}

    def _take(self, line: int, cells: list[str], places: Mapping[str, int], width: int) -> None:
        before = len(self.problems)
        if len(cells) > width:
            last = max(places, key=places.__getitem__)
            self.refuse(line, last, _("the row goes on after this last column"))
        values = {
            name: self._cell(line, name, cells[place] if place < len(cells) else "")
            for name, place in places.items()
        }
        if len(self.problems) == before:
            self.rows.append(Row(line, self.row(**values)))

    def _cell(self, line: int, name: str, text: str) -> Any:
        try:
            if any("\udc80" <= sign <= "\udcff" for sign in text):
                raise InvalidInput(_("this is not UTF-8 text; save the file as UTF-8"))
            return self.columns[name](text.strip())
        except InvalidInput as fault:
            self.refuse(line, name, fault.message)
            return None


def _shown(text: str) -> str:
    """A cell as a message quotes it."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def optional(reader: Callable[[str], T]) -> Callable[[str], T | None]:
    """An empty cell is None."""
    return lambda text: reader(text) if text else None


def words(limit: int) -> Callable[[str], str]:
    """A text that is there, of at most `limit` characters."""

    def read(text: str) -> str:
        if not text:
            raise InvalidInput(_("empty; expected a text"))
        if len(text) > limit:
            raise InvalidInput(
                _(
                    "%(length)s characters; expected at most %(limit)s",
                    length=len(text),
                    limit=limit,
                )
            )
        return text

    return read


def day(text: str) -> date:
    """A date written YYYY-MM-DD."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            _("“%(text)s” is not a date; expected YYYY-MM-DD", text=_shown(text))
        ) from error


def currency_code(text: str) -> str:
    """An ISO 4217 code in capitals."""
    if text not in currencies():
        raise InvalidInput(
            _(
                "“%(text)s” is not a currency; expected an ISO 4217 code such as EUR",
                text=_shown(text),
            )
        )
    return text


def plain_decimal(text: str) -> Decimal:
    """Digits with a decimal point, above 0: no grouping, no exponent, no sign."""
    if not re.fullmatch(r"\d{1,20}(\.\d{1,20})?", text, re.ASCII) or not Decimal(text):
        raise InvalidInput(
            _(
                "“%(text)s” is not a number above 0; expected digits such as 1234.50",
                text=_shown(text),
            )
        )
    return Decimal(text)


def whole_number(text: str) -> int:
    """A whole number from 1."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise InvalidInput(_("“%(text)s” is not a number; expected 1, 2, 3 …", text=_shown(text)))
    return int(text)


def yes_or_no(text: str) -> bool:
    """The word yes or no."""
    if text not in {"yes", "no"}:
        raise InvalidInput(_("“%(text)s” is neither; expected yes or no", text=_shown(text)))
    return text == "yes"


def one_of(kind: type[E]) -> Callable[[str], E]:
    """One of the codes of a list."""
    members = {member.value: member for member in kind}

    def read(text: str) -> E:
        if text not in members:
            raise InvalidInput(
                _(
                    "“%(text)s” is not known; expected one of %(codes)s",
                    text=_shown(text),
                    codes=", ".join(members),
                )
            )
        return members[text]

    return read


def amount_in(amount: Decimal, currency: str) -> Money:
    """An amount that was read as a number, in its row's currency; InvalidInput if it has more
    decimals than the currency.
    """
    places = exponent(currency)
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise InvalidInput(
            _(
                "%(amount)s has too many decimals; expected %(places)s for %(code)s",
                amount=f"{amount:f}",
                places=places,
                code=currency,
            )
        )
    return Money(int(minor), currency)
