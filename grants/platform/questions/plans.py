"""The plan of a project: its logical framework and its work plan, and with whom it is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext, pgettext
from grants.core.texts.marks import spaced
from grants.platform.questions.base import Question
from grants.platform.questions.choices import Choice, Country, OneOf, SeveralOf
from grants.platform.questions.reading import Fault, Problem, Texts, Wording
from grants.platform.questions.rows import Row, Rows
from grants.platform.questions.words import LongText, ShortText

MEASURED = ("outcome", "output")
"""The levels of a logical framework whose results are measured: each needs an indicator."""

LEAST_PERIODS, MOST_PERIODS = 2, 48
"""Months or quarters of a work plan."""


def words(text: str) -> Texts:
    """A text of the program in the reader's language, where a form has texts of its own."""
    return {"en": text}


@dataclass(frozen=True, kw_only=True)
class LogicalFramework(Rows):
    """Results by level, each with its indicator, baseline, target, source and assumptions."""

    kind: ClassVar[str] = "logical_framework"
    kind_name: ClassVar[str] = _l("A logical framework")
    most_rows: int = 40

    @property
    def row(self) -> tuple[Question, ...]:
        levels = tuple(Choice(code, words(label)) for code, label in levels_of_results())
        return (
            OneOf(key="level", label=words(_("Level")), choices=levels, required=True),
            LongText(key="result", label=words(_("Result or activity")), limit=600, required=True),
            ShortText(key="indicator", label=words(_("Indicator"))),
            ShortText(key="baseline", label=words(_("Baseline")), limit=120),
            ShortText(key="target", label=words(_("Target")), limit=120),
            ShortText(key="source", label=words(_("Source of verification"))),
            ShortText(key="assumptions", label=words(_("Assumptions and risks"))),
        )

    def problems_of_row(self, index: str, row: Row, problems: list[Problem]) -> list[Problem]:
        if row["level"] in MEASURED:
            places = {problem.place for problem in problems}
            empty = [key for key in ("indicator", "target") if not row[key]]
            lacking = [self.cell_missing(index, key) for key in empty]
            problems = [*problems, *(problem for problem in lacking if problem.place not in places)]
        return problems

    def problems_of_all(self, rows: Sequence[Row]) -> Iterator[Problem]:
        yield from super().problems_of_all(rows)
        levels = {row["level"] for row in rows}
        if rows and set(MEASURED) - levels:
            message = _(
                "Enter at least one outcome and one output in “%(label)s”.", label=self.title
            )
            yield Problem(self.key, self.target, message, Fault.MISSING, whole=True)


def levels_of_results() -> list[tuple[str, str]]:
    """The levels of a logical framework, from the top."""
    return [
        ("goal", pgettext("logical framework", "Goal")),
        ("outcome", pgettext("logical framework", "Outcome")),
        ("output", pgettext("logical framework", "Output")),
        ("activity", pgettext("logical framework", "Activity")),
    ]


@dataclass(frozen=True, kw_only=True)
class WorkPlan(Rows):
    """Activities and the months, or quarters, in which each takes place."""

    kind: ClassVar[str] = "work_plan"
    kind_name: ClassVar[str] = _l("A work plan by months or quarters")
    most_rows: int = 40
    quarters: bool = False
    """Quarters of a year; otherwise months."""
    periods: int = 12

    @property
    def row(self) -> tuple[Question, ...]:
        whens = tuple(
            Choice(str(number), words(self.period(number))) for number in range(1, self.periods + 1)
        )
        return (
            ShortText(key="activity", label=words(_("Activity")), required=True),
            ShortText(key="responsible", label=words(_("Responsible")), limit=150, people=True),
            SeveralOf(key="when", label=words(self.head), choices=whens, required=True),
        )

    @property
    def head(self) -> str:
        return _("Quarters") if self.quarters else _("Months")

    def period(self, number: int) -> str:
        if self.quarters:
            return _("Quarter %(number)s", number=number)
        return _("Month %(number)s", number=number)

    def table_cell(self, column: Question, value: Any) -> Any:
        return runs(value) if value and column.key == "when" else super().table_cell(column, value)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not LEAST_PERIODS <= self.periods <= MOST_PERIODS:
            yield _("plan 2 to %(most)s months or quarters", most=MOST_PERIODS)


@dataclass(frozen=True, kw_only=True)
class Organisations(Rows):
    """Organisations of the register, each by its code; or others, by name and country."""

    kind: ClassVar[str] = "organisations"
    kind_name: ClassVar[str] = _l("Organisations, such as partners")
    most_rows: int = 5
    names_applicant: bool = True

    @property
    def row(self) -> tuple[Question, ...]:
        return (
            ShortText(key="name", label=words(_("Name")), limit=200, required=True, people=True),
            Country(key="country", label=words(_("Country")), required=True),
            ShortText(key="number", label=words(_("Registration number")), limit=80, people=True),
            ShortText(key="part", label=words(_("Part in the project")), limit=300),
            ShortText(key="code", label=words(_("Code in our register")), limit=40, people=True),
        )

    def problems_of_row(self, index: str, row: Row, problems: list[Problem]) -> list[Problem]:  # noqa: ARG002
        """An organisation of the register need not be described again."""
        return [
            problem for problem in problems if not (row["code"] and problem.fault is Fault.MISSING)
        ]


@dataclass(frozen=True, kw_only=True)
class Countries(Rows):
    """Countries, each in a row of its own and each once."""

    kind: ClassVar[str] = "countries"
    kind_name: ClassVar[str] = _l("Several countries")

    @property
    def row(self) -> tuple[Question, ...]:
        return (Country(key="country", label=words(_("Country")), required=True),)

    @property
    def add_words(self) -> str:
        return _("Add a country")

    def problems_of_all(self, rows: Sequence[Row]) -> Iterator[Problem]:
        yield from super().problems_of_all(rows)
        codes = [row["country"] for row in rows if row["country"]]
        if len(set(codes)) < len(codes):
            yield replace(self.wrong(_("Choose each country only once.")), whole=True)

    def rule(self) -> str:
        return ngettext("Up to %(num)s country", "Up to %(num)s countries", self.most_rows)

    def wording(self, value: Any) -> Wording:
        return Wording(items=tuple(country_name(row["country"]) for row in value if row["country"]))


def runs(codes: Sequence[str]) -> str:
    """Numbered periods in words, as in "1–3, 6"."""
    spans: list[list[int]] = []
    for number in sorted(int(code) for code in codes):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return spaced(",").join(f"{s[0]}–{s[-1]}" if len(s) > 1 else str(s[0]) for s in spans)
