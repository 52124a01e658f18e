"""Reading CSV files that people fill in: every fault named by file, line and column, all at once.

    Table("rates.csv", NewRate, {"currency": currency_code, "effective_on": day, "rate": rate})

reads UTF-8 with a header row into frozen dataclasses. An empty cell means none; a reader turns
one cell's text into one typed value or raises InvalidInput with what is wrong and what is
expected (cells.py). Records that were read elsewhere, from a sheet of a workbook, go the same way:
`take`.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.patience import within_time
from grants.core.texts.cells import Reader, shown

R = TypeVar("R")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a file, at a line and column a person can find in the spreadsheet."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        """One line, whatever a cell contained."""
        message = "".join(sign if sign.isprintable() else " " for sign in self.message)
        return f"{self.file}:{self.line}: {self.column}: {message}"


class UnreadableTable(InvalidInput):
    """Files with faults: nothing of them is taken. The message has one line for each fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """One record and its line number."""

    line: int
    value: R

    def cell(self, column: str) -> Any:
        """What it says in a column; None for a column it does not have."""
        return getattr(self.value, column, None)


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A record of which some cells could not be read: the others are judged all the same."""

    line: int
    cells: Mapping[str, str]
    """As they were written."""
    values: Mapping[str, Any]
    """What could be read, by column."""

    def cell(self, column: str) -> Any:
        """What it says in a column; None for a cell that is empty or cannot be read."""
        return self.values.get(column)


@dataclass
class Table(Generic[R]):
    """A kind of file: its name, what a row becomes, and how each of its columns is read."""

    name: str
    row: Callable[..., R]
    columns: Mapping[str, Reader]
    spare: frozenset[str] = frozenset()
    """Columns that a file may leave out: every cell of them is empty then."""
    rows: list[Row[R]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faulty: list["FaultyRow"] = field(default_factory=list)
    """Rows that could not be read whole."""
    whole: bool = True
    """Could every row be distinguished from the others? Not without the header, or after a broken
    row."""

    def read(self, content: "Content") -> "Table[R]":
        """Read a CSV file; faults gather in `problems` and good rows in `rows`."""
        with _open_content(content) as file:
            begin = file.read(4096)
        if b"\0" in begin or begin.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self._refuse_file(_("this is not UTF-8 text; save the file as CSV UTF-8"))
        try:
            return self.take(csv_records(content))
        except BrokenRow as broken:
            self.whole = False
            self.refuse(broken.line, next(iter(self.columns)), str(broken))
            return self

    def take(self, records: Iterable["Record"]) -> "Table[R]":
        """Take records, the first of them the header, each with its line."""
        coming = iter(records)
        header = next(coming, None)
        if header is None:
            return self if self.problems else self._refuse_file(_("the file is empty"))
        names = [name.strip().lower() for name in header[1]]
        places = self._column_places(header[0], names)
        if places is not None:
            for line, cells in within_time(coming):
                self._take_row(line, cells, places, len(names))
        return self

    def _refuse_file(self, problem: str) -> "Table[R]":
        """The file as a whole is not what it should be: one fault, in its first cell."""
        self.whole = False
        expected = _("expected the columns %(names)s", names=", ".join(self.columns))
        self.refuse(1, next(iter(self.columns)), f"{problem}; {expected}")
        return self

    def refuse(self, line: int, column: str, message: str) -> None:
        """Note a fault that shows only when rows are compared with each other or the books."""
        self.problems.append(Problem(self.name, line, column, message))

    def require(self) -> Sequence[Row[R]]:
        """The rows, or UnreadableTable with every fault."""
        if self.problems:
            raise UnreadableTable(self.problems)
        return self.rows

    def _column_places(self, line: int, header: list[str]) -> dict[str, int] | None:
        """The position of each column, or None when the header has a fault."""
        if not set(self.columns) & set(header):
            self._refuse_file(_no_header(header))
            return None
        before = len(self.problems)
        expected = ", ".join(self.columns)
        for name in self.columns:
            if header.count(name) != 1 and not (name in self.spare and name not in header):
                problem = (
                    _("this column is missing") if name not in header else _("it appears twice")
                )
                expectation = _("expected: %(names)s", names=expected)
                self.refuse(line, name, f"{problem}; {expectation}")
        for name in header:
            if name and name not in self.columns:
                problem = _("unknown column; expected: %(names)s", names=expected)
                self.refuse(line, shown(name), problem)
        if len(self.problems) > before:
            self.whole = False
            return None
        return {name: header.index(name) for name in self.columns if name in header}

    def _take_row(self, line: int, cells: list[str], places: Mapping[str, int], width: int) -> None:
        before = len(self.problems)
        if any(cell.strip() for cell in cells[width:]):
            last = max(places, key=places.__getitem__)
            self.refuse(line, last, _("the row has more columns than the header; expected no more"))
        texts = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
        texts |= dict.fromkeys(self.spare - places.keys(), "")
        values = {name: self._read_cell(line, name, text) for name, text in texts.items()}
        faults = self.problems[before:]
        if not faults:
            self.rows.append(Row(line, self.row(**values)))
            return
        unread = {problem.column for problem in faults}
        readable = {name: value for name, value in values.items() if name not in unread}
        stripped = {name: text.strip() for name, text in texts.items()}
        self.faulty.append(FaultyRow(line, stripped, readable))

    def _read_cell(self, line: int, name: str, text: str) -> Any:
        try:
            if isinstance(text, Unreadable):
                raise InvalidInput(text.why)
            _require_readable(text)
            return self.columns[name](text.strip())
        except InvalidInput as fault:
            self.refuse(line, name, fault.message)
            return None


Record = tuple[int, list[str]]
"""A line and its cells."""
Content = bytes | Path
"""A CSV file, or where it is: then it is read part by part."""


class BrokenRow(InvalidInput):
    """From this line on the file is no CSV."""

    def __init__(self, line: int, why: object) -> None:
        self.line = line
        super().__init__(
            _("this is not a CSV row (%(why)s); expected quotation marks in pairs", why=why)
        )


def csv_records(content: Content) -> Iterator[Record]:
    """Records with the line each begins on; bytes that are no UTF-8 stay recognisable."""
    with (
        _open_content(content) as file,
        io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="") as text,
    ):
        reader = csv.reader(text, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise BrokenRow(line, error) from error


def _open_content(content: Content) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


class Unreadable(str):
    """What is in a cell that holds no value, and `why`: what is wrong, what is expected."""

    __slots__ = ("why",)
    why: str

    @classmethod
    def because(cls, content: object, why: str) -> "Unreadable":
        cell = cls(content)
        cell.why = why
        return cell


def _no_header(header: list[str]) -> str:
    for sign, name in ((";", "“;”"), ("\t", _("tabs"))):
        if any(sign in cell for cell in header):
            return _("the columns are separated by %(sign)s, not by commas", sign=name)
    return _("this is not a header row")


def _require_readable(text: str) -> None:
    """InvalidInput if a cell holds what no text holds."""
    if any("\udc80" <= sign <= "\udcff" for sign in text):
        raise InvalidInput(_("this is not UTF-8 text; save the file as UTF-8"))
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in text):
        raise InvalidInput(_("it contains a control character; expected plain text"))
