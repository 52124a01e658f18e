"""What a fund’s money did, as the public may know it: no small count, no name.

By calendar years and since the beginning, never for days of a person's choice: of two periods that
overlap one could be subtracted from the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, cast, extract, func, select, true, union
from sqlalchemy.orm import Session

from grants.books.ledger.models import GrantSpending
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.deciding.awards.models import Award
from grants.granting.payments.models import GrantRefund
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import ReportState
from grants.granting.results.merging import summed, years_apart
from grants.granting.results.published import Published, published

Years = dict[int, dict[str, int]]
"""Year in which the reports' periods end → code → people."""


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
        counts = [(name, count) for code, name in terms if (count := self.services[code])]
        return sorted(counts, key=lambda row: -row[1])


@dataclass(frozen=True, slots=True)
class InCountry:
    """What grants in one country received; the country is an ISO code, or none is named."""

    country: str | None
    grants: int
    paid: Money
    """To grantees; what they sent back is not taken off."""
    returned: Money
    """By grantees."""


@dataclass(frozen=True, slots=True)
class Results:
    """A calendar year of a fund: what it paid to whom, and the people counted in accepted reports
    whose periods ended in it.
    """

    year: int
    grants: int
    paid: Money
    returned: Money
    countries: tuple[InCountry, ...]
    people: PeopleReached


def people_reached(session: Session, fund: Fund) -> PeopleReached:
    """All people reached since the fund began, with every table safe to publish."""
    _by_year, ever = _safe_tables(session, fund)
    return ever


def people_by_year(
    session: Session, fund: Fund, years: Iterable[int]
) -> tuple[Mapping[int, PeopleReached], PeopleReached]:
    """People reached in each of these years, and since the fund began, safe side by side."""
    by_year, ever = _safe_tables(session, fund)
    nobody = PeopleReached(
        Published(Sex, {}),
        Published(AgeBand, {}),
        Published(Exploitation, {}),
        dict.fromkeys(_term_codes(Service)),
        fund.smallest_count,
    )
    return {year: by_year.get(year, nobody) for year in years}, ever


def _safe_tables(session: Session, fund: Fund) -> tuple[dict[int, PeopleReached], PeopleReached]:
    counted, smallest = _Counted.read(session, fund.id), fund.smallest_count
    sex, all_sexes = published(Sex, counted.sex, smallest)
    age, all_ages = published(AgeBand, counted.age, smallest)
    form, all_forms = published(Exploitation, counted.form, smallest)
    few = [year for year, table in sex.items() if table.total is None]
    services, in_all = _safe_services(counted.services, few, smallest)
    ever = PeopleReached(all_sexes, all_ages, all_forms, in_all, smallest)
    return {
        year: PeopleReached(sex[year], age[year], form[year], services[year], smallest)
        for year in sex
    }, ever


def _safe_services(
    years: Years, few: Sequence[int], smallest: int
) -> tuple[dict[int, dict[str, int | None]], dict[str, int | None]]:
    """People who used each service, by year and in all; nothing of years with `few` people."""
    ever = summed(years.values())
    apart = {
        code: years_apart({year: years[year][code] for year in years}, smallest, few)
        for code in _term_codes(Service)
    }
    by_year = {
        year: {code: None if year in apart[code] else count for code, count in counts.items()}
        for year, counts in years.items()
    }
    return by_year, {
        code: None if 0 < ever.get(code, 0) < smallest else ever.get(code, 0) for code in apart
    }


def results_of(session: Session, fund: Fund, year: int) -> Results:
    """One year, safe to publish beside every other year and beside the sum of all."""
    countries = paid_by_country(session, fund, year)
    return Results(
        year,
        sum(line.grants for line in countries),
        total(line.paid for line in countries),
        total(line.returned for line in countries),
        countries,
        people_by_year(session, fund, [year])[0][year],
    )


def years_with_results(session: Session, fund: Fund) -> list[int]:
    """Years in which grants were paid or for which they reported, the newest first; none that has
    not begun.
    """
    paid = select(GrantSpending.year).where(GrantSpending.fund_id == fund.id)
    either = union(paid, _accepted_reports(fund.id))
    return sorted(session.scalars(either), reverse=True)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What accepted reports count, by year; every table names every code of its taxonomy."""

    sex: Years
    age: Years
    form: Years
    services: Years

    @classmethod
    def read(cls, session: Session, fund_id: int) -> "_Counted":
        years = _years_reported(session, fund_id)
        counted = cls(*(_no_people(years, kind) for kind in (Sex, AgeBand, Exploitation, Service)))
        for year, sex, age, people in session.execute(_people_by_sex_and_age(fund_id)):
            counted.sex[year][sex] += int(people)
            counted.age[year][age] += int(people)
        for table, counts in (
            (counted.form, Report.exploitation),
            (counted.services, Report.services),
        ):
            for year, code, people in session.execute(_people_by_code(fund_id, counts)):
                table[year][code] += int(people)
        return counted


_YEAR = cast(extract("year", Report.covers_to), Integer)


def _accepted_reports(fund_id: int, *columns: Any) -> Select[Any]:
    """Of the accepted reports of a fund whose year has begun: the year, and what is asked."""
    return (
        select(_YEAR.label("year"), *columns)
        .select_from(Report)
        .join(Award, Award.id == Report.award_id)
        .where(
            Award.fund_id == fund_id,
            Report.state == ReportState.ACCEPTED,
            clock.today().year >= _YEAR,
        )
        .group_by(_YEAR)
    )


def _years_reported(session: Session, fund_id: int) -> Sequence[int]:
    return session.scalars(_accepted_reports(fund_id).order_by(_YEAR)).all()


def _people_by_sex_and_age(fund_id: int) -> Select[Any]:
    sex = func.jsonb_each(Report.beneficiaries).table_valued("key", "value", name="sex").lateral()
    age = func.jsonb_each_text(sex.c.value).table_valued("key", "value", name="age").lateral()
    people = func.sum(cast(age.c.value, BigInteger))
    query = _accepted_reports(fund_id, sex.c.key, age.c.key, people)
    return query.join(sex, true()).join(age, true()).group_by(sex.c.key, age.c.key)


def _people_by_code(fund_id: int, counts: Any) -> Select[Any]:
    each = func.jsonb_each_text(counts).table_valued("key", "value", name="each").lateral()
    query = _accepted_reports(fund_id, each.c.key, func.sum(cast(each.c.value, BigInteger)))
    return query.join(each, true()).group_by(each.c.key)


def _term_codes(kind: type[Term]) -> list[str]:
    return [term.value for term in kind]


def _no_people(years: Iterable[int], kind: type[Term]) -> Years:
    return {year: dict.fromkeys(_term_codes(kind), 0) for year in years}


def newest_year_paid(session: Session, fund: Fund) -> int | None:
    """The last calendar year in which a grantee was paid; None before the first payment."""
    return session.scalar(
        select(func.max(GrantSpending.year)).where(
            GrantSpending.fund_id == fund.id, GrantSpending.usd_minor > 0
        )
    )


def paid_by_country(session: Session, fund: Fund, year: int) -> tuple[InCountry, ...]:
    """What grantees received in a year by the books, and what they sent back, by country."""
    back = (
        select(GrantRefund.award_id, func.sum(GrantRefund.amount_minor).label("cents"))
        .where(GrantRefund.refunded_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(GrantRefund.award_id)
        .subquery()
    )
    returned = func.coalesce(back.c.cents, 0)
    paid = GrantSpending.usd_minor + returned
    rows = session.execute(
        select(Award.country, func.count().filter(paid > 0), func.sum(paid), func.sum(returned))
        .select_from(GrantSpending)
        .join(Award, GrantSpending.subject == func.concat("award:", Award.id))
        .outerjoin(back, back.c.award_id == Award.id)
        .where(GrantSpending.fund_id == fund.id, GrantSpending.year == year)
        .group_by(Award.country)
        .order_by(func.sum(paid).desc(), Award.country)
    )
    return tuple(
        InCountry(country, int(grants), usd(int(cents)), usd(int(sent)))
        for country, grants, cents, sent in rows
    )
