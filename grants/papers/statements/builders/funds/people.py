"""People reached, as tables that are safe to publish: by whole years and since the beginning.

Never for days of a person's choice: of two periods that overlap, one could be subtracted from the
other (grants/granting/results/editions.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Ground, Pillar, Recruitment, Service, Term
from grants.granting.results.counting import term_codes
from grants.granting.results.editions import people_by_year
from grants.granting.results.merging import joined_groups
from grants.granting.results.published import PeopleReached, Published, name_of
from grants.papers.typesetting.paper import Span


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """A category, or several together, in each column; None: too few to be shown."""

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
        """Lines in which someone was counted."""
        return tuple(row for row in self.rows if any(row.counts))


@dataclass(frozen=True, slots=True)
class People:
    """People reached, in several tables that count each person once."""

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
        tables=tuple(_tables_of(reached)),
        smallest=ever.smallest,
    )


def _tables_of(reached: Sequence[PeopleReached]) -> Iterable[PeopleTable]:
    totals = tuple(part.total for part in reached)
    for by, title, tables in (
        ("sex", _("By sex"), [part.by_sex for part in reached]),
        ("age", _("By age"), [part.by_age for part in reached]),
        ("form", _("By form of exploitation"), [part.by_form for part in reached]),
    ):
        yield PeopleTable(by, title, tuple(_rows_of(tables)), totals)
    services = (
        PeopleRow(term.value, str(term.label), tuple(part.services[term] for part in reached))
        for term in Service
    )
    yield PeopleTable("service", _("By service received"), tuple(services), None)
    yield from _circumstance_tables(reached)


def _circumstance_tables(reached: Sequence[PeopleReached]) -> Iterable[PeopleTable]:
    """Tables in which a person may count under several lines, so without totals; those in which
    someone is counted.
    """
    titles: Mapping[str, tuple[type[Term], str]] = {
        "pillars": (Pillar, _("By pillar of the Global Plan of Action")),
        "recruitment": (Recruitment, _("How people were recruited")),
        "grounds": (Ground, _("By ground of discrimination")),
    }
    for by, (kind, title) in titles.items():
        columns = [part.circumstances.get(by, {}) for part in reached]
        rows = tuple(
            PeopleRow(
                term.value, str(term.label), tuple(counts.get(term.value) for counts in columns)
            )
            for term in kind
        )
        table = PeopleTable(by, title, rows, None)
        if table.shown:  # no edition from before this was asked says anything of it
            yield table


def _rows_of(tables: Sequence[Published]) -> Iterable[PeopleRow]:
    """The groups in which every column can be told, so that the columns can be compared; none if
    all are in one, for that is the total.
    """
    codes = term_codes(tables[0].kind)
    groups = joined_groups(codes, (group for table in tables for group in table.groups))
    for group in groups if len(groups) > 1 else []:
        counts = tuple(table.count(*group) for table in tables)
        yield PeopleRow("+".join(group), name_of(tables[0].kind, group), counts)
