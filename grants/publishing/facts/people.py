"""People whom a fund reached, as its published editions say: not counted again, no small count."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Service, Window
from grants.granting.results.editions import editions_of, ever_in, people_by_grant, year_in
from grants.granting.results.published import PeopleReached, Published, name_of
from grants.granting.results.queries import years_with_results

KINDS = {"sex": "by_sex", "age": "by_age", "form": "by_form"}
"""What people are counted by, each person once; and the table of it."""


@dataclass(frozen=True, slots=True)
class PublishedCount:
    """People in a group of categories, in a year or since the fund began."""

    fund: str
    number: int
    """Its place among all counts of the fund."""
    year: int | None
    by: str
    groups: tuple[str, ...]
    label: str
    people: int | None
    """None where there are too few to be told."""


def counts_of(session: Session, fund: Fund) -> list[PublishedCount]:
    """Every count that is published, the years first, then all of them together."""
    editions = [edition.counts for edition in editions_of(session, fund)]
    lines: list[tuple[int | None, str, tuple[str, ...], str, int | None]] = []
    smallest = fund.smallest_count
    for year in sorted(years_with_results(session, fund)):
        lines += [(year, *line) for line in _lines_of(year_in(editions, year, smallest))]
    lines += [(None, *line) for line in _lines_of(ever_in(editions, smallest))]
    lines += [(None, *line) for line in _by_grant(session, fund)]
    return [PublishedCount(fund.code, number, *line) for number, line in enumerate(lines, 1)]


Line = tuple[str, tuple[str, ...], str, int | None]


def _lines_of(reached: PeopleReached) -> Iterator[Line]:
    yield "total", (), _("People reached"), reached.total
    for by, name in KINDS.items():
        table: Published = getattr(reached, name)
        for group, people in table.groups.items():
            yield by, group, name_of(table.kind, group), people
    for service in Service:
        yield "service", (service.value,), str(service.label), reached.services[service.value]


def _by_grant(session: Session, fund: Fund) -> Iterator[Line]:
    for window, people in people_by_grant(session, fund, "windows").items():
        label = str(Window.of(window).label) if window else _("Earlier grants")
        yield "window", (window,) if window else (), label, people
    for country, people in people_by_grant(session, fund, "countries").items():
        label = country_name(country) if country else _("Several countries")
        yield "country", (country,) if country else (), label, people
