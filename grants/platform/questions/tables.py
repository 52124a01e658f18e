"""Tables whose columns the call chooses: with rows that applicants add, or with rows of its own.

With fixed rows each row is asked once; it is kept with its code under `row`. A computed column is
never typed: its formula reckons with the other cells of its row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar, Self

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.platform.expressions.nodes import keys_in
from grants.platform.expressions.renaming import with_new_keys
from grants.platform.questions.base import OF_ANSWERS, Option, Question, Rewording
from grants.platform.questions.choices import (
    Choice,
    choice_faults,
    choices_reworded,
    options_of,
)
from grants.platform.questions.columns import COLUMNS, Computed, Unasked
from grants.platform.questions.figures import Figure
from grants.platform.questions.files import Files, FilesOfRow
from grants.platform.questions.reading import (
    Grid,
    PlacedText,
    Problem,
    Reading,
    Texts,
    Typed,
    Wording,
)
from grants.platform.questions.rows import Row, Rows, figures_of, head_kind
from grants.platform.questions.values import Cells, NotAnAnswer, list_in, mapping_in

MOST_COLUMNS = 12
ROW = "row"
"""Under this name a row of a table with fixed rows keeps its code."""
BLANK = "n"
"""Stands for the index of a row into which nothing is typed yet."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule that each row of a table keeps; its message is told at the column `at`."""

    rule: str
    message: Texts
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Table(Rows):
    """Rows whose columns the call chooses. `totals` are keys of columns that are added up."""

    kind: ClassVar[str] = "table"
    kind_name: ClassVar[str] = _l("A table with columns of your own")
    columns: tuple[Question, ...] = ()
    totals: tuple[str, ...] = ()
    fixed_rows: tuple[Choice, ...] = ()
    """Rows of the call's own, each asked once; empty: applicants add rows."""
    row_head: Texts = field(default_factory=dict)
    """What stands above the labels of fixed rows."""
    rules: tuple[RowRule, ...] = ()
    unasked: frozenset[str] = field(default=frozenset(), metadata=OF_ANSWERS)
    """Keys of the cells that the conditions of their columns leave out."""

    attached: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata=OF_ANSWERS)
    """The names of the files in its cells, by the key of the cell."""

    @property
    def file_columns(self) -> list[Files]:
        """The columns in which files are attached to a row."""
        return [column for column in self.columns if isinstance(column, Files)]

    def cell(self, index: str, column: Question) -> Question:
        cell = super().cell(index, column)
        if not isinstance(cell, Files):
            return cell
        settings = {item.name: getattr(cell, item.name) for item in Files.settings()}
        return FilesOfRow(**settings, names=self.attached.get(cell.key, ()))

    def place_of(self, key: str) -> Question | None:
        index = self._row_with_files(key)
        if index is None or (self.fixed_rows and int(index) >= len(self.fixed_rows)):
            return super().place_of(key)
        cells = (self.cell(index, column) for column in self.file_columns)
        return next((cell for cell in cells if cell.key == key), None)

    def _row_with_files(self, key: str) -> str | None:
        """The index of the row that the key of a cell names."""
        match = re.fullmatch(rf"{re.escape(self.key)}-(\d{{1,4}})-c_\w+", key, re.ASCII)
        return match[1] if match else None

    @property
    def has_conditions(self) -> bool:
        """Are some of its columns asked only in some rows?"""
        return any(column.show_when for column in self.columns)

    def is_asked(self, index: str, column: Question) -> bool:
        return self.cell(index, column).key not in self.unasked

    def cells(self, index: str) -> list[Question]:
        """What is not asked in a row is neither read nor missing, and keeps what was typed."""
        return [
            cell if cell.key not in self.unasked else Unasked(key=cell.key, label=cell.label)
            for cell in super().cells(index)
        ]

    def with_questions_at(self, new_keys: Mapping[str, str]) -> Self:
        """The table where other questions have new keys: in its conditions and its rules, which
        name its own columns first.
        """
        columns = {column.key for column in self.columns}
        others = {key: new for key, new in new_keys.items() if key not in columns}
        return replace(
            self,
            columns=tuple(
                replace(c, show_when=with_new_keys(c.show_when, others)) for c in self.columns
            ),
            rules=tuple(replace(r, rule=with_new_keys(r.rule, others)) for r in self.rules),
        )

    @property
    def row(self) -> tuple[Question, ...]:
        return self.columns

    @property
    def grid_columns(self) -> tuple[Question | None, ...]:
        return (None, *self.columns) if self.fixed_rows else self.columns

    @property
    def labels(self) -> list[Option]:
        """The fixed rows in the reader's language."""
        return options_of(self.fixed_rows)

    @property
    def summed(self) -> tuple[Figure, ...]:
        return tuple(c for c in figures_of(self.columns) if c.key in self.totals)

    def indices(self, typed: Typed) -> list[str]:
        if self.fixed_rows:
            return [str(at) for at in range(len(self.fixed_rows))]
        rows = {index for key in self.attached if (index := self._row_with_files(key))}
        return sorted({*super().indices(typed), *rows}, key=int)

    def written(self, typed: Typed) -> list[tuple[str, list[Question]]]:
        """With fixed rows, and a column that each of them needs, a table that was begun has all."""
        filled = super().written(typed)
        needs_all = self.fixed_rows and any(column.required for column in self.columns)
        if not (filled and needs_all):
            return filled
        return [(index, self.cells(index)) for index in self.indices(typed)]

    def index_of(self, number: int, row: Row) -> str:
        """By which index the inputs of a kept row are named, if no row was left out before it."""
        codes = [choice.code for choice in self.fixed_rows]
        return str(codes.index(row[ROW])) if codes else str(number)

    def name_of_row(self, number: int, row: Row) -> str:
        """What readers call a row: by its label, or by its number."""
        label = dict(self.labels).get(row.get(ROW, ""))
        return label or _("row %(number)s", number=number + 1)

    def besides(self, index: str, row: Row) -> Row:
        more = dict(self.computed_in(row))
        return more | {ROW: self.fixed_rows[int(index)].code} if self.fixed_rows else more

    def computed_in(self, row: Row) -> Iterator[tuple[str, str | None]]:
        """The computed cells of a row; each may reckon with those before it."""
        cells: dict[str, Fraction | None] = {}
        for column in self.columns:
            value = row.get(column.key)
            if isinstance(column, Computed):
                value = column.value_in(cells)
                yield column.key, value
            if isinstance(column, Figure):
                number = None if value is None else column.operand(value)
                cells[column.key] = number if isinstance(number, Fraction) else None

    def read(self, typed: Typed) -> Reading:
        reading = super().read(typed)
        rows = [row for row in reading.value or () if any(row[c.key] is not None for c in self.row)]
        return replace(reading, value=rows or None)

    def problems_of_all(self, rows: Sequence[Row]) -> Iterator[Problem]:
        if not self.fixed_rows:
            yield from super().problems_of_all(rows)
        elif self.required and not rows:
            yield self.missing()

    def missing_text(self) -> str:
        if self.fixed_rows:
            return _("Fill in “%(label)s”.", label=self.title)
        return super().missing_text()

    def rule(self) -> str:
        if not self.fixed_rows:
            return super().rule()
        return _(
            "For each of %(rows)s: %(columns)s",
            rows=spaced(",").join(label for _code, label in self.labels),
            columns=spaced(",").join(column.title for column in self.row),
        )

    def wording(self, value: Any) -> Wording:
        if not self.fixed_rows:
            return super().wording(value)
        by_code = {row[ROW]: row for row in value}
        heads = tuple((column.heading, head_kind(column)) for column in self.row)
        rows = tuple(
            (
                label,
                *(self.table_cell(c, by_code.get(code, {}).get(c.key)) for c in self.row),
            )
            for code, label in self.labels
        )
        foot = self.table_foot(value)
        return Wording(
            table=Grid(
                heads=((in_language(self.row_head), "text"), *heads),
                rows=rows,
                foot=(_("Total"), *foot) if foot else (),
            )
        )

    def as_typed(self, value: Any) -> Cells:
        """With fixed rows each row names its own under `row`."""
        if not self.fixed_rows:
            yield from super().as_typed(value)
            return
        places = {choice.code: str(at) for at, choice in enumerate(self.fixed_rows)}
        columns = {column.key: column for column in self.row}
        for row in list_in(value):
            cells = dict(mapping_in(row))
            index = places.get(cells.pop(ROW, None))
            if index is None or set(cells) - set(columns):
                raise NotAnAnswer
            for key, answer in cells.items():
                if answer is not None:
                    yield from self.cell(index, columns[key]).as_typed(answer)

    def summable(self, code: str) -> Figure | None:
        """A column, or "row/column" of a fixed row."""
        row, sign, column = code.rpartition("/")
        if sign and row not in {choice.code for choice in self.fixed_rows}:
            return None
        return super().summable(column)

    def sum_of(self, rows: Sequence[Row], code: str) -> Fraction | None:
        row, _sign, column = code.rpartition("/")
        return super().sum_of([r for r in rows if r[ROW] == row] if row else rows, column)

    def figures(self) -> list[tuple[str, str]]:
        cells = [
            f'total({self.key}, "{choice.code}/{column.key}")'
            for choice in self.fixed_rows
            for column in figures_of(self.row)
        ]
        return [*super().figures(), *((text, "number") for text in cells)]

    def label_of(self, code: str) -> str:
        row, _sign, column = code.rpartition("/")
        label = super().label_of(column)
        return spaced(":").join((dict(self.labels).get(row, row), label)) if row else label

    def blank_rows(self) -> tuple[str, ...]:
        if self.fixed_rows:
            return tuple(label for _code, label in self.labels)
        return super().blank_rows()

    def blank_rule(self) -> str:
        return _("One row for each.") if self.fixed_rows else super().blank_rule()

    def reworded(self, change: Rewording) -> Self:
        def in_column(text: PlacedText) -> Texts:
            where = _("%(where)s, column “%(name)s”", where=self.english_title, name=text.where)
            return change(replace(text, key=self.key, where=where, anchor=self.anchor))

        table = super().reworded(change)
        rules = (
            replace(rule, message=change(self.placed(_("message"), rule.message)))
            for rule in self.rules
        )
        return replace(
            table,
            columns=tuple(c.reworded(in_column) for c in self.columns),
            fixed_rows=choices_reworded(self, self.fixed_rows, change),
            row_head=change(self.placed(_("heading of the rows"), self.row_head))
            if self.fixed_rows
            else self.row_head,
            rules=tuple(rules),
        )

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 < len(self.columns) <= MOST_COLUMNS:
            yield _("give the table 1 to %(most)s columns", most=MOST_COLUMNS)
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            yield _("give each column its own key")
        if set(self.totals) - {column.key for column in figures_of(self.columns)}:
            yield _("add up only columns with numbers or amounts")
        if self.fixed_rows:
            yield from choice_faults(self.fixed_rows)
            if ROW in keys:
                yield _("give the column “%(key)s” another key", key=ROW)
        for place, column in enumerate(self.columns):
            yield from self._faults_of(column, {c.key: c for c in self.columns[:place]})

    def _faults_of(self, column: Question, before: Mapping[str, Question]) -> Iterator[str]:
        if type(column) not in COLUMNS:
            yield _("a column of a table cannot be of the kind “%(kind)s”", kind=column.kind)
            return
        if column.show_when and isinstance(column, Computed):
            yield _("a computed column cannot have a condition")
        where = column.label.get("en") or column.key
        for fault in column.faults():
            yield _("%(where)s: %(fault)s", where=where, fault=fault)
        for key in keys_in(column.node) if isinstance(column, Computed) and column.node else ():
            if not isinstance(before.get(key), Figure):
                yield _(
                    "%(where)s: its formula needs a column of figures before it, not “%(key)s”",
                    where=where,
                    key=key,
                )
