"""Numbers of people. Never a person, only counts."""

from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.reading import Problem, Reading, Typed, first_of
from grants.platform.web import typed as typing_rules


@dataclass(frozen=True, kw_only=True)
class Beneficiaries(Question):
    """Numbers of people by sex and age band. Never a person, only counts."""

    kind: ClassVar[str] = "beneficiaries"
    rows: ClassVar[type[Term]] = Sex
    columns: ClassVar[tuple[str, ...]] = tuple(AgeBand)

    def cells(self) -> list[tuple[str, str, str]]:
        """(row, column, name of the input)."""
        return [
            (row.value, str(column), f"{self.name}-{row.value}-{column}")
            for row in self.rows
            for column in self.columns
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


@dataclass(frozen=True, kw_only=True)
class ByExploitation(Beneficiaries):
    """Numbers of people by form of exploitation; one person may count under several."""

    kind: ClassVar[str] = "by_exploitation"
    rows: ClassVar[type[Term]] = Exploitation
    columns: ClassVar[tuple[str, ...]] = ("people",)


@dataclass(frozen=True, kw_only=True)
class ByService(Beneficiaries):
    """Numbers of people by service; one person may use several."""

    kind: ClassVar[str] = "by_service"
    rows: ClassVar[type[Term]] = Service
    columns: ClassVar[tuple[str, ...]] = ("people",)


def people_in(text: str) -> int:
    """A number of people."""
    count = typing_rules.whole_number(text)
    if not 0 <= count < 10_000_000:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=0))
    return count
