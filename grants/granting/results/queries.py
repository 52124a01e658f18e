"""What a fund’s money did, as the public may know it: no small count, no name.

By calendar years and since the beginning, never for days of a person's choice: of two periods that
overlap one could be subtracted from the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from grants.books.ledger.models import GrantSpending
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.deciding.awards.models import Award
from grants.granting.results.models import Counted, PeopleCounted
from grants.granting.results.suppression import Published, publishable, publishable_years, summed

Years = dict[int, dict[str, int]]
"""Year in which the reports' spans end → code → people."""


@dataclass(frozen=True, slots=True)
class PeopleReached:
    """From accepted reports, each person once. None means a count that is withheld."""

    by_sex: Published
    by_age: Published
    by_form: Published
    services: Mapping[str, int | None]
    """People may use several services, in several periods: no total."""
    smallest: int
    """Counts below it are withheld."""

    @property
    def total(self) -> int | None:
        return self.by_sex.total

    def services_shown(self, terms: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
        """The services whose counts may be shown, with their names, the most used first."""
        shown = [(name, count) for code, name in terms if (count := self.services[code])]
        return sorted(shown, key=lambda row: -row[1])


@dataclass(frozen=True, slots=True)
class InCountry:
    """What grants in one country received; the country is an ISO code, or none is named."""

    country: str | None
    grants: int
    paid: Money


@dataclass(frozen=True, slots=True)
class Results:
    """A calendar year of a fund: what it paid to whom, and the people counted in reports of periods
    that ended in it are about.
    """

    year: int
    grants: int
    paid: Money
    """To grantees, less what they sent back."""
    countries: tuple[InCountry, ...]
    people: PeopleReached


def people_reached(session: Session, fund: Fund) -> PeopleReached:
    """All people reached since the fund began, with every table safe to publish."""
    return _ever(_Counted.read(session, fund.id), fund.smallest_count)


def people_by_year(
    session: Session, fund: Fund, years: Iterable[int]
) -> tuple[Mapping[int, PeopleReached], PeopleReached]:
    """People reached in each of these years, and since the fund began, safe side by side."""
    counted, smallest = _Counted.read(session, fund.id), fund.smallest_count
    return {year: _in_year(counted, year, smallest) for year in years}, _ever(counted, smallest)


def _ever(counted: "_Counted", smallest: int) -> PeopleReached:
    def of(years: Years) -> Published:
        return publishable(summed(years.values()), smallest)

    services = {
        code: count if count >= smallest else None
        for code, count in summed(counted.services.values()).items()
    }
    return PeopleReached(of(counted.sex), of(counted.age), of(counted.form), services, smallest)


def results_of(session: Session, fund: Fund, year: int) -> Results:
    """One year, safe to publish beside every other year and beside the sum of all."""
    countries = paid_by_country(session, fund, year)
    return Results(
        year,
        sum(line.grants for line in countries),
        total(line.paid for line in countries),
        countries,
        _in_year(_Counted.read(session, fund.id), year, fund.smallest_count),
    )


def years_with_results(session: Session, fund: Fund) -> list[int]:
    """Years in which grants were paid or reported on, the newest first."""
    paid = select(GrantSpending.year).where(GrantSpending.fund_id == fund.id)
    reported = select(PeopleCounted.year).where(
        PeopleCounted.fund_id == fund.id,
        PeopleCounted.kind == Counted.REPORT,
        PeopleCounted.people > 0,
    )
    return sorted(session.scalars(union(paid, reported)), reverse=True)


def _in_year(counted: "_Counted", year: int, smallest: int) -> PeopleReached:
    def of(kind: type[Term], years: Years) -> Published:
        nobody = Published(dict.fromkeys(_codes(kind)), None)
        return publishable_years(years, smallest).get(year, nobody)

    return PeopleReached(
        of(Sex, counted.sex),
        of(AgeBand, counted.age),
        of(Exploitation, counted.form),
        _services_in(counted, year, smallest),
        smallest,
    )


def _services_in(counted: "_Counted", year: int, smallest: int) -> dict[str, int | None]:
    """A service is counted where it reached many people in each year that is shown, and in the
    years left out together: else the sum of all years would reveal the small count.
    """
    people = publishable_years(counted.sex, smallest)
    shown = [counted.services[one] for one, table in people.items() if table.total is not None]
    rest = [counted.services[one] for one, table in people.items() if table.total is None]
    tables = [*shown, *([summed(rest)] if rest else [])]
    if year not in people or people[year].total is None:
        return dict.fromkeys(_codes(Service))
    return {
        code: count if all(table[code] >= smallest for table in tables) else None
        for code, count in counted.services[year].items()
    }


@dataclass(frozen=True, slots=True)
class _Counted:
    """What accepted reports count, by year; every table names every code of its taxonomy."""

    sex: Years
    age: Years
    form: Years
    services: Years

    @classmethod
    def read(cls, session: Session, fund_id: int) -> "_Counted":
        """As the database keeps it."""
        rows = session.execute(
            select(
                *(PeopleCounted.year, PeopleCounted.kind, PeopleCounted.code),
                *(PeopleCounted.detail, PeopleCounted.people),
            )
            .where(PeopleCounted.fund_id == fund_id, PeopleCounted.people != 0)
            .order_by(PeopleCounted.year)
        ).all()
        years = [row.year for row in rows if row.kind is Counted.REPORT]
        counted = cls(*(_noughts(years, kind) for kind in (Sex, AgeBand, Exploitation, Service)))
        for year, kind, code, detail, people in rows:
            if kind is Counted.PEOPLE:
                counted.sex[year][code] += people
                counted.age[year][detail] += people
            elif kind is not Counted.REPORT:
                table = counted.form if kind is Counted.FORM else counted.services
                table[year][code] += people
        return counted


def _codes(kind: type[Term]) -> list[str]:
    return [term.value for term in kind]


def _noughts(years: Iterable[int], kind: type[Term]) -> Years:
    return {year: dict.fromkeys(_codes(kind), 0) for year in years}


def newest_year_paid(session: Session, fund: Fund) -> int | None:
    """The last calendar year in which a grantee was paid; None before the first payment."""
    return session.scalar(
        select(func.max(GrantSpending.year)).where(GrantSpending.fund_id == fund.id)
    )


def paid_by_country(session: Session, fund: Fund, year: int) -> tuple[InCountry, ...]:
    """What grantees received in a year by the books, less what they sent back, by country."""
    rows = session.execute(
        select(Award.country, func.count(), func.sum(GrantSpending.usd_minor))
        .select_from(GrantSpending)
        .join(Award, GrantSpending.subject == func.concat("award:", Award.id))
        .where(GrantSpending.fund_id == fund.id, GrantSpending.year == year)
        .group_by(Award.country)
        .order_by(func.sum(GrantSpending.usd_minor).desc(), Award.country)
    )
    return tuple(
        InCountry(country, int(grants), usd(int(cents))) for country, grants, cents in rows
    )
