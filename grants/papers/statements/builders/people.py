"""People reached, as tables that are safe to publish: by whole years and since the beginning.

Never for days of a person's choice: of two periods that overlap, one could be subtracted from the
other (grants/granting/results/queries.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.granting.results.queries import PeopleReached, people_by_year
from grants.papers.typesetting.paper import Span


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """One category in each column; None: too few to be shown."""

    code: str
    label: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """People by one thing: their sex, age, form of exploitation, or the service given to them."""

    by: str
    title: str
    rows: tuple[PeopleRow, ...]
    totals: tuple[int | None, ...] | None
    """None of services, for a person may be given several."""

    @property
    def shown(self) -> tuple[PeopleRow, ...]:
        """Lines with a number in one of their columns."""
        return tuple(row for row in self.rows if any(count is not None for count in row.counts))


@dataclass(frozen=True, slots=True)
class People:
    """The same people in every table, each once."""

    columns: tuple[str, ...]
    """Years, and last all of them."""
    totals: tuple[int | None, ...]
    tables: tuple[PeopleTable, ...]
    smallest: int
    """Counts below it are not shown."""


def whole_years(span: Span) -> list[int]:
    """Calendar years that are in a period from their first to their last day."""
    return [
        year
        for year in range(span.since.year, span.until.year + 1)
        if span.since <= date(year, 1, 1) and date(year, 12, 31) <= span.until
    ]


def people(session: Session, fund: Fund, years: Sequence[int]) -> People:
    """People reached in each of these years, and since the fund began."""
    by_year, ever = people_by_year(session, fund, years)
    reached = [*by_year.values(), ever]
    return People(
        columns=(*map(str, years), _("Since inception")),
        totals=tuple(part.total for part in reached),
        tables=tuple(_tables(reached)),
        smallest=ever.smallest,
    )


Counts = Callable[[PeopleReached], Mapping[str, int | None]]


def _tables(reached: Sequence[PeopleReached]) -> Iterable[PeopleTable]:
    totals = tuple(part.total for part in reached)
    for by, title, kind, counts in (
        ("sex", _("By sex"), Sex, _by_sex),
        ("age", _("By age"), AgeBand, _by_age),
        ("form", _("By form of exploitation"), Exploitation, _by_form),
    ):
        yield PeopleTable(by, title, _rows(reached, kind, counts), totals)
    services = _rows(reached, Service, _by_service)
    yield PeopleTable("service", _("By service received"), services, None)


def _by_sex(part: PeopleReached) -> Mapping[str, int | None]:
    return part.by_sex.counts


def _by_age(part: PeopleReached) -> Mapping[str, int | None]:
    return part.by_age.counts


def _by_form(part: PeopleReached) -> Mapping[str, int | None]:
    return part.by_form.counts


def _by_service(part: PeopleReached) -> Mapping[str, int | None]:
    return part.services


def _rows(
    reached: Sequence[PeopleReached], kind: type[Term], counts: Counts
) -> tuple[PeopleRow, ...]:
    return tuple(
        PeopleRow(
            term.value, str(term.label), tuple(counts(part).get(term.value) for part in reached)
        )
        for term in kind
    )
