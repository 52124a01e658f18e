"""Numbers of people. Never a person, only counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Option, Question
from grants.platform.questions.reading import Grid, Problem, Reading, Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, NotAnAnswer, figure_in, mapping_in

IN_ALL = "people"
"""The code of the column where there is one only."""


@dataclass(frozen=True, kw_only=True)
class Beneficiaries(Question):
    """Numbers of people by sex and age band. Never a person, only counts."""

    kind: ClassVar[str] = "beneficiaries"
    kind_name: ClassVar[str] = _l("People by sex and age")
    rows: ClassVar[type[Term]] = Sex
    totals: ClassVar[bool] = True
    """Is each person counted once, so that the numbers add up?"""

    @property
    def row_items(self) -> list[Option]:
        """The rows, by code, in the reader's language."""
        return [(row.value, str(row.label)) for row in self.rows]

    @property
    def column_items(self) -> list[Option]:
        return [(band.value, str(band.label)) for band in AgeBand]

    def cells(self) -> list[tuple[str, str, str]]:
        """(row, column, name of the input)."""
        return [
            (row, column, f"{self.name}-{row}-{column}")
            for row, _label in self.row_items
            for column, _head in self.column_items
        ]

    def owns(self, name: str) -> bool:
        return name in {cell for _row, _column, cell in self.cells()}

    def read(self, typed: Typed) -> Reading:
        counts: dict[str, dict[str, int]] = {}
        problems: list[Problem] = []
        for row, column, name in self.cells():
            if not (text := first_of(typed, name)):
                continue
            try:
                counts.setdefault(row, {})[column] = people_in(text)
            except InvalidInput as refusal:
                problems.append(self.wrong(refusal.message, name))
        if not problems and self.required and not any(map(sum, map(dict.values, counts.values()))):
            problems.append(self.missing())
        return Reading(counts or None, tuple(problems))

    def missing_text(self) -> str:
        return _("Fill in at least one number of “%(label)s”.", label=self.title)

    @property
    def target(self) -> str:
        return self.cells()[0][2]

    def rule(self) -> str:
        return _("Numbers of people by sex and age")

    def wording(self, value: Any) -> Wording:
        return Wording(table=self.table(value))

    def table(self, value: Mapping[str, Mapping[str, int]]) -> Grid:
        bands = [str(band) for band in AgeBand]
        counts = {sex: [value.get(sex, {}).get(band, 0) for band in bands] for sex in Sex}
        columns = [sum(column) for column in zip(*counts.values(), strict=True)]
        heads = [(title, "number") for title in (*self.blank_columns(), _("Total"))]
        return Grid(
            heads=((_("Sex"), "text"), *heads),
            rows=tuple((str(sex.label), *row, sum(row)) for sex, row in counts.items()),
            foot=(_("Total"), *columns, sum(columns)),
        )

    def as_typed(self, value: Any) -> Cells:
        """{"female": {"12-17": 4}}; where there is only one column, {"sexual": 4} too."""
        names = {(row, column): name for row, column, name in self.cells()}
        for row, counts in mapping_in(value).items():
            alone = len(self.column_items) == 1 and not isinstance(counts, Mapping)
            cells = {self.column_items[0][0]: counts} if alone else mapping_in(counts)
            for column, count in cells.items():
                if (row, column) not in names:
                    raise NotAnAnswer
                if count is not None:
                    yield names[row, column], [figure_in(count)]

    def shape(self) -> Shape:
        return Shape(Kind.COUNTS, key=self.key)

    def figures(self) -> list[tuple[str, str]]:
        return [(f"people({self.key})", "number")]

    def list_total(self, value: Any) -> Any:
        return people_counted(value) if value else None

    @property
    def total_kind(self) -> str:
        return "number"

    @property
    def countable(self) -> list[Option]:
        return self.row_items

    def counted_codes(self, value: Any) -> list[str]:
        return [row for row, cells in (value or {}).items() if any(cells.values())]

    def blank_rows(self) -> tuple[str, ...]:
        return tuple(label for _code, label in self.row_items)

    def blank_columns(self) -> tuple[str, ...]:
        return tuple(label for _code, label in self.column_items)


@dataclass(frozen=True, kw_only=True)
class InOneColumn(Beneficiaries):
    """Numbers of people, one in each row."""

    totals: ClassVar[bool] = False
    row_head: ClassVar[str]

    @property
    def column_items(self) -> list[Option]:
        return [(IN_ALL, _("People"))]

    def table(self, value: Mapping[str, Mapping[str, int]]) -> Grid:
        return Grid(
            heads=((str(self.row_head), "text"), (_("People"), "number")),
            rows=tuple(
                (str(term.label), value[term.value][IN_ALL])
                for term in self.rows
                if term.value in value
            ),
        )


@dataclass(frozen=True, kw_only=True)
class ByExploitation(InOneColumn):
    """Numbers of people by form of exploitation; one person may count under several."""

    kind: ClassVar[str] = "by_exploitation"
    kind_name: ClassVar[str] = _l("People by form of exploitation")
    row_head: ClassVar[str] = _l("Form of exploitation")
    rows: ClassVar[type[Term]] = Exploitation

    def rule(self) -> str:
        return _("Numbers of people by form of exploitation")


@dataclass(frozen=True, kw_only=True)
class ByService(InOneColumn):
    """Numbers of people by service; one person may use several."""

    kind: ClassVar[str] = "by_service"
    kind_name: ClassVar[str] = _l("People by service")
    row_head: ClassVar[str] = _l("Service")
    rows: ClassVar[type[Term]] = Service

    def rule(self) -> str:
        return _("Numbers of people by service")


def people_counted(value: Mapping[str, Mapping[str, int]]) -> int:
    """All people in a table of them."""
    return sum(sum(row.values()) for row in value.values())


def people_in(text: str) -> int:
    """A number of people."""
    count = typing_rules.whole_number(text)
    if not 0 <= count < 10_000_000:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=0))
    return count
