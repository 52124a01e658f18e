"""People counted in reports that no edition of the results has published yet. For the fund's own
people only: these counts may be small.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    exists,
    extract,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.kernel import clock
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
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report
from grants.granting.results.models import EditionReport
from grants.granting.results.of_grants import Part, Parts

Years = dict[int, dict[str, int]]
"""Year in which the reports' periods end → code → people."""

YEAR_REPORTED = cast(extract("year", Report.covers_to), Integer)
"""The calendar year in which the period of a report ends."""


def is_unpublished() -> ColumnElement[bool]:
    """An accepted report that no edition counts. One on a period that ends in a year to come waits
    until that year has begun.
    """
    return and_(
        Report.is_accepted,
        clock.today().year >= YEAR_REPORTED,
        ~exists().where(EditionReport.report_id == Report.id),
    )


def unpublished(fund_id: int, *columns: Any) -> Select[Any]:
    """What is asked of the reports of a fund that wait for its next edition."""
    query = select(*columns).select_from(Report).join(Award, Award.id == Report.award_id)
    return query.where(Award.fund_id == fund_id, is_unpublished())


@dataclass(frozen=True, slots=True)
class Counted:
    """What reports count, by year; every table names every code of its taxonomy."""

    sex: Years
    age: Years
    form: Years
    services: Years
    windows: Mapping[str, int]
    """In all years: window of the call, "" where the grant was taken over from before, → people."""
    countries: Mapping[str, int]
    """In all years: ISO code of the grant's country, "" where it has none, → people."""
    grants: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """In all years: window and country of the grant → people."""
    parts: Parts = field(default_factory=dict)
    """The same people by grant and year."""
    pillars: Years = field(default_factory=dict)
    recruitment: Years = field(default_factory=dict)
    grounds: Years = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """In all years: what the country was for people → ISO code of the grant's country, "" where it
    has none → people.
    """

    @property
    def people(self) -> int:
        """Each person once."""
        return sum(sum(counts.values()) for counts in self.sex.values())


def count_unpublished(session: Session, fund_id: int) -> Counted:
    """People of the reports that wait for the next edition."""
    query = unpublished(fund_id, YEAR_REPORTED).group_by(YEAR_REPORTED).order_by(YEAR_REPORTED)
    years = session.scalars(query).all()
    windows, countries, grants = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    parts: dict[Part, int] = {}
    for grant, year, window, country, people in session.execute(_people_by_grant(fund_id)):
        parts[Part(str(grant), year, window, country)] = int(people)
        grants[window, country] += int(people)
        windows[window] += int(people)
        countries[country] += int(people)
    counted = Counted(
        sex=_no_people(years, Sex),
        age=_no_people(years, AgeBand),
        form=_no_people(years, Exploitation),
        services=_no_people(years, Service),
        pillars=_no_people(years, Pillar),
        recruitment=_no_people(years, Recruitment),
        grounds=_no_people(years, Ground),
        roles=_people_by_role(session, fund_id),
        windows=windows,
        countries=countries,
        grants=grants,
        parts=parts,
    )
    for year, sex, age, people in session.execute(_people_by_sex_and_age(fund_id)):
        counted.sex[year][sex] += int(people)
        counted.age[year][age] += int(people)
    for table, counts in (
        (counted.form, Report.exploitation),
        (counted.services, Report.services),
        (counted.pillars, Report.circumstances["pillars"]),
        (counted.recruitment, Report.circumstances["recruitment"]),
        (counted.grounds, Report.circumstances["grounds"]),
    ):
        for year, code, people in session.execute(_people_by_code(fund_id, counts)):
            table[year][code] += int(people)
    return counted


def _people_by_role(session: Session, fund_id: int) -> dict[str, Counter[str]]:
    """What the country of the grant was for people, by country."""
    country = func.coalesce(Award.country, "")
    by_code = _each_count(Report.circumstances["roles"])
    query = unpublished(
        fund_id, by_code.c.key, country, func.sum(cast(by_code.c.value, BigInteger))
    )
    rows = session.execute(query.join(by_code, true()).group_by(by_code.c.key, country))
    roles = {role: Counter[str]() for role in term_codes(CountryRole)}
    for role, code, people in rows:
        roles[role][code] += int(people)
    return roles


def _people_by_grant(fund_id: int) -> Select[Any]:
    """By grant and year, with the window of the call and the country."""
    window, country = func.coalesce(Call.window, ""), func.coalesce(Award.country, "")
    return (
        unpublished(fund_id, Award.id, YEAR_REPORTED, window, country, func.sum(Report.people))
        .outerjoin(Application, Application.id == Award.application_id)
        .outerjoin(Call, Call.id == Application.call_id)
        .group_by(Award.id, YEAR_REPORTED, window, country)
    )


def _people_by_sex_and_age(fund_id: int) -> Select[Any]:
    sex = func.jsonb_each(Report.beneficiaries).table_valued("key", "value", name="sex").lateral()
    age = func.jsonb_each_text(sex.c.value).table_valued("key", "value", name="age").lateral()
    people = func.sum(cast(age.c.value, BigInteger))
    query = unpublished(fund_id, YEAR_REPORTED, sex.c.key, age.c.key, people)
    return query.join(sex, true()).join(age, true()).group_by(YEAR_REPORTED, sex.c.key, age.c.key)


def _people_by_code(fund_id: int, counts: Any) -> Select[Any]:
    by_code = _each_count(counts)
    people = func.sum(cast(by_code.c.value, BigInteger))
    query = unpublished(fund_id, YEAR_REPORTED, by_code.c.key, people)
    return query.join(by_code, true()).group_by(YEAR_REPORTED, by_code.c.key)


def _each_count(counts: Any) -> Any:
    """Each code with its people; none where a report says nothing of it."""
    return func.jsonb_each_text(counts).table_valued("key", "value", name="each").lateral()


def _no_people(years: Sequence[int], kind: type[Term]) -> Years:
    codes = term_codes(kind)
    return {year: dict.fromkeys(codes, 0) for year in years}


def term_codes(kind: Iterable[Term]) -> list[str]:
    """The codes of a taxonomy."""
    return [term.value for term in kind]
