"""Counts of people as they are published: in editions, each with what was accepted since the last.

The people of an edition are merged by themselves, until nothing that it says is small (merging.py).
A page adds up what the editions say. So who keeps the pages of every day and subtracts them learns
what the editions say at most, and each of them is safe (docs/decisions/published-counts.md).

`ResultsEdition.counts` is `{"sex" | "age" | "form": {"years": {year: groups}, "ever": groups},
"services" | "pillars" | "recruitment" | "grounds": {"years": {year: services}, "ever": services},
"windows" | "countries" | "grants": {"ever": …}, "roles": {"ever": {role: …}}}`; groups are
`[[[code, …], people], …]`, none where there are too few people in all; services, windows, countries
and grants are `{code: people, or null if too few}`, roles of each country the same, with "all" for
their sum. An edition from before a table was published does not have it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import (
    AgeBand,
    CountryRole,
    Exploitation,
    Ground,
    Pillar,
    Recruitment,
    Service,
    Sex,
    Term,
)
from grants.granting.results.counting import Counted, Years, term_codes
from grants.granting.results.crossing import gives_grants_away
from grants.granting.results.merging import apart_together, counts_apart, joined_groups
from grants.granting.results.models import ResultsEdition
from grants.granting.results.of_grants import Printed, people_of_grants
from grants.granting.results.published import ALL, PeopleReached, Published, published

KINDS: Mapping[str, type[Term]] = {"sex": Sex, "age": AgeBand, "form": Exploitation}
"""By what people are counted, each person once."""

OVERLAPPING: Mapping[str, type[Term]] = {
    "services": Service,
    "pillars": Pillar,
    "recruitment": Recruitment,
    "grounds": Ground,
}
"""By what people are counted who may count several times, also those counted as new before."""

GRANTS = ("windows", "countries")
"""By what grant people were reached: of all years only."""

Edition = Mapping[str, Any]
"""The counts of one edition."""


def counts_to_publish(counted: Counted, smallest: int) -> Edition:
    """What an edition of these people says, with `smallest` as the smallest count to be shown."""
    tables: dict[str, Any] = {}
    few: list[int] = []
    for name, kind in KINDS.items():
        by_year, ever = published(kind, getattr(counted, name), smallest)
        tables[name] = {
            "years": {str(year): _as_json(table) for year, table in by_year.items()},
            "ever": _as_json(ever),
        }
        few = [year for year, table in by_year.items() if table.total is None]
    for name, kind in OVERLAPPING.items():
        years: Years = getattr(counted, name)
        lines = {code: {year: years[year][code] for year in years} for code in term_codes(kind)}
        tables[name] = _safe_lines(lines, few, smallest, linked=name == "recruitment")
    tables["roles"] = {"ever": _safe_roles(counted.roles, smallest)}
    by_grant = {name: safe_counts(getattr(counted, name), smallest) for name in GRANTS}
    if gives_grants_away(counted.grants, by_grant["windows"], by_grant["countries"], smallest):
        by_grant["windows"] = dict.fromkeys(counted.windows)
    printed = Printed(
        [int(year) for year, groups in tables["sex"]["years"].items() if groups],
        *(
            [code for code, people in by_grant[name].items() if people is not None]
            for name in GRANTS
        ),
    )
    by_grant["grants"] = people_of_grants(counted.parts, printed, smallest)
    return tables | {name: {"ever": counts} for name, counts in by_grant.items()}


def _as_json(table: Published) -> list[Any]:
    return [[list(group), people] for group, people in table.groups.items()]


def safe_counts(counts: Mapping[str, int], smallest: int) -> Mapping[str, int | None]:
    """Counts whose sum everyone knows; null where one is small, or another would follow from it."""
    if sum(counts.values()) < smallest:
        return dict.fromkeys(counts)
    apart = counts_apart(counts, smallest)
    return {code: None if code in apart else people for code, people in counts.items()}


def _safe_roles(roles: Mapping[str, Mapping[str, int]], smallest: int) -> Mapping[str, Any]:
    """People for whom countries had each role, by country and in all. The roles of a country may
    add up to its people, so a country with few in one is told of in none.
    """
    apart, without_sum = apart_together(roles, smallest)
    return {
        role: {
            ALL: None if role in without_sum else sum(counts.values()),
            **{code: None if code in apart else people for code, people in counts.items()},
        }
        for role, counts in roles.items()
    }


def _safe_lines(
    lines: Mapping[str, Mapping[int, int]], few: Sequence[int], smallest: int, *, linked: bool
) -> Mapping[str, Any]:
    """People counted under each code, by year and in all; nothing of years with `few` people.

    `linked` lines may add up to all people, so a year with few in one is told of in none.
    """
    ever = {code: sum(line.values()) for code, line in lines.items()}
    if linked:
        hidden, without_sum = apart_together(lines, smallest, few)
        apart = dict.fromkeys(lines, hidden)
    else:
        apart = {code: counts_apart(line, smallest, few) for code, line in lines.items()}
        without_sum = frozenset(code for code, people in ever.items() if 0 < people < smallest)
    years = sorted({year for line in lines.values() for year in line})
    by_year = {
        str(year): {
            code: None if year in apart[code] else line[year] for code, line in lines.items()
        }
        for year in years
    }
    return {
        "years": by_year,
        "ever": {code: None if code in without_sum else people for code, people in ever.items()},
    }


def editions_of(session: Session, fund: Fund) -> Sequence[ResultsEdition]:
    """Every edition of a fund's results, the first one first."""
    query = select(ResultsEdition).where(ResultsEdition.fund_id == fund.id)
    return session.scalars(query.order_by(ResultsEdition.number)).all()


def people_reached(session: Session, fund: Fund) -> PeopleReached:
    """All people whom a fund's editions count."""
    return ever_in([edition.counts for edition in editions_of(session, fund)], fund.smallest_count)


def people_by_year(
    session: Session, fund: Fund, years: Iterable[int]
) -> tuple[Mapping[int, PeopleReached], PeopleReached]:
    """People reached in each of these years, and since the fund began."""
    editions, smallest = (
        [edition.counts for edition in editions_of(session, fund)],
        fund.smallest_count,
    )
    return {year: year_in(editions, year, smallest) for year in years}, ever_in(editions, smallest)


def ever_in(editions: Sequence[Edition], smallest: int) -> PeopleReached:
    """Everyone whom these editions count."""
    return _reached([{name: e[name]["ever"] for name in e} for e in editions], smallest)


def year_in(editions: Sequence[Edition], year: int, smallest: int) -> PeopleReached:
    """People of the reports on periods that ended in a year."""
    of_year = [
        {name: table["years"].get(str(year), []) for name, table in e.items() if "years" in table}
        for e in editions
    ]
    return _reached(of_year, smallest)


def _reached(editions: Sequence[Edition], smallest: int) -> PeopleReached:
    by_sex, by_age, by_form = (
        _added_up(kind, [edition[name] for edition in editions]) for name, kind in KINDS.items()
    )
    overlapping = {
        name: _counts_added_up(
            term_codes(kind), [counts for edition in editions if (counts := edition.get(name))]
        )
        for name, kind in OVERLAPPING.items()
    }
    services = overlapping.pop("services")
    return PeopleReached(
        by_sex, by_age, by_form, services, smallest, overlapping, _roles_added_up(editions)
    )


def _roles_added_up(editions: Sequence[Edition]) -> dict[str, dict[str, int | None]]:
    """What the editions say of each role of each country."""
    with_roles = [roles for edition in editions if (roles := edition.get("roles"))]
    return {
        role: _counts_added_up(
            sorted({code for roles in with_roles for code in roles[role]}),
            [roles[role] for roles in with_roles],
        )
        for role in (term_codes(CountryRole) if with_roles else ())
    }


def _added_up(kind: type[Term], tables: Iterable[Sequence[Any]]) -> Published:
    """The tables of several editions as one: categories that one of them tells together stand
    together.
    """
    tables = [table for table in tables if table]
    if not tables:
        return Published(kind, {})
    groups = joined_groups(term_codes(kind), (codes for table in tables for codes, _n in table))
    people = dict.fromkeys(groups, 0)
    group_of = {code: group for group in groups for code in group}
    for codes, count in (line for table in tables for line in table):
        people[group_of[codes[0]]] += count
    return Published(kind, people)


def people_by_grant(session: Session, fund: Fund, by: str) -> dict[str, int | None]:
    """Everyone whom the editions count, by one of GRANTS, the most people first. None where no
    edition says how many; "" stands for grants without a window or a country.
    """
    editions = [edition.counts for edition in editions_of(session, fund)]
    lists = [edition[by]["ever"] for edition in editions if by in edition]
    counts = _counts_added_up(sorted({code for counts in lists for code in counts}), lists)
    return dict(sorted(counts.items(), key=lambda line: -(line[1] or 0)))


def _counts_added_up(
    codes: Iterable[str], editions: Sequence[Mapping[str, int | None]]
) -> dict[str, int | None]:
    """What the editions say of each; None where none of them says anything."""
    counts = {code: [edition.get(code) for edition in editions] for code in codes}
    return {
        code: sum(n or 0 for n in numbers) if any(n is not None for n in numbers) else None
        for code, numbers in counts.items()
    }
