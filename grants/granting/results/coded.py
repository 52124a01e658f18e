"""Everything that is published of the people whom a fund reached, in codes: for researchers, and
for the Global Report on Trafficking in Persons (paragraphs 12 and 21 of resolution 72/195).
"""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import (
    CountryRole,
    Ground,
    Pillar,
    Recruitment,
    Service,
    Term,
    Window,
)
from grants.granting.results.editions import KINDS, people_by_grant, people_by_year
from grants.granting.results.published import ALL, PeopleReached, name_of
from grants.granting.results.queries import years_with_results

ALL_YEARS = "all"
CIRCUMSTANCES: Mapping[str, tuple[str, type[Term]]] = {
    "pillar": ("pillars", Pillar),
    "recruitment": ("recruitment", Recruitment),
    "ground": ("grounds", Ground),
}
"""What the file calls each circumstance, and where it is told."""
Row = tuple[str, str, str, str, int]
"""Year, or "all"; what people are counted by; code, or several joined by "+"; its name; people."""


def columns() -> Mapping[str, str]:
    """The columns of the file, with what each means."""
    return {
        "fund": _("The code of the fund."),
        "year": _(
            "The calendar year in which the reported period ended; “all”: every year "
            "since the fund began. The years do not add up to “all” where one of them"
            " has too few people."
        ),
        "by": _(
            "What people are counted by: sex, age, form of exploitation, service, window of the "
            "call, or country of the grant (ISO 3166-1 alpha-2). Each person is counted once, but "
            "may have received several services. Pillars of the Global Plan of Action, "
            "recruitment, grounds of discrimination and roles of the country are counted like "
            "services."
        ),
        "code": _(
            "The category; with “+” between them, several that are counted together. Of a role: "
            "origin, transit or destination, “:”, and the country of the grant, or “all”."
        ),
        "name": _("The category in words."),
        "people": _("How many people. Counts that are too small are not in the file."),
    }


def rows(session: Session, fund: Fund) -> Iterator[Row]:
    """Every published count, of all years and then year by year, the newest first."""
    years = years_with_results(session, fund)
    by_year, ever = people_by_year(session, fund, years)
    yield from _rows_of(ALL_YEARS, ever)
    windows = {window.value: str(window.label) for window in Window}
    for code, people in people_by_grant(session, fund, "windows").items():
        if people:
            yield ALL_YEARS, "window", code, windows.get(code, code or _("None")), people
    for code, people in people_by_grant(session, fund, "countries").items():
        if people:
            name = country_name(code) if code else _("Several countries")
            yield ALL_YEARS, "country", code, name, people
    for year in years:
        yield from _rows_of(str(year), by_year[year])


def _rows_of(year: str, reached: PeopleReached) -> Iterator[Row]:
    for (by, kind), table in zip(KINDS.items(), reached.tables, strict=True):
        for group, people in table.groups.items():
            yield year, by, "+".join(group), name_of(kind, group), people
    for service in Service:
        if receivers := reached.services.get(service):
            yield year, "service", service.value, str(service.label), receivers
    yield from _circumstance_rows(year, reached)
    yield from _role_rows(year, reached)


def _circumstance_rows(year: str, reached: PeopleReached) -> Iterator[Row]:
    for by, (name, kind) in CIRCUMSTANCES.items():
        counts = reached.circumstances.get(name, {})
        for term in kind:
            if people := counts.get(term.value):
                yield year, by, term.value, str(term.label), people


def _role_rows(year: str, reached: PeopleReached) -> Iterator[Row]:
    for role in CountryRole:
        for country, people in reached.roles.get(role, {}).items():
            if people:
                yield year, "role", f"{role.value}:{country}", role_in(role, country), people


def role_in(role: CountryRole, country: str) -> str:
    """A role of a country in words."""
    if country == ALL:
        return str(role.label)
    return _("%(role)s: %(country)s", role=role.label, country=_country_or_several(country))


def _country_or_several(country: str) -> str:
    return country_name(country) if country else _("Several countries")


def countries_by_role(rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Each role with the countries that had it, most people first. Counts of all years."""
    countries: dict[str, list[tuple[str, int]]] = {role.value: [] for role in CountryRole}
    for year, by, code, _name, people in rows:
        role, _colon, country = code.partition(":")
        if by == "role" and year == ALL_YEARS and country != ALL:
            countries[role].append((_country_or_several(country), people))
    return [
        (str(role.label), sorted(countries[role.value], key=lambda line: (-line[1], line[0])))
        for role in CountryRole
    ]


def of_grants(rows: Sequence[Row], by: str) -> list[tuple[str, int]]:
    """The names and counts of all years, by window or country."""
    return [(name, people) for year, about, _code, name, people in rows if about == by]
