"""What a fund tells its donors: figures that the public may read, of accepted reports; no amounts
of a donor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.core.countries.countries import by_country_name
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Service
from grants.core.texts.marks import spaced
from grants.fundraising.thanks.models import ThanksLetter
from grants.giving.pledges.earmarked import EarmarkLine
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.queries import line_of
from grants.granting.results.queries import results_of, years_with_results


@dataclass(frozen=True, slots=True)
class Year:
    """What a fund did in a year, as it is kept with a round of thanks."""

    year: int
    grants: int
    """Paid in the year."""
    countries: tuple[str, ...]
    """ISO codes."""
    people: int | None
    """By accepted reports; None where too few to be told."""
    services: tuple[tuple[str, int], ...]
    """Kind of help → people, those who received most first."""

    @property
    def country_names(self) -> str:
        """The countries in the reader's language, in the order of their names."""
        return spaced(",").join(name for _code, name in by_country_name(self.countries))

    @property
    def helped(self) -> list[tuple[str, int]]:
        return [(str(Service.of(code).label), number) for code, number in self.services]


def year_of(session: Session, fund: Fund) -> Year:
    """The newest year of which reports have been accepted. Conflict before the first."""
    for year in years_with_results(session, fund):
        results = results_of(session, fund, year)
        if results.people.total:
            services = [(code, n) for code, n in results.people.services.items() if n]
            return Year(
                year,
                results.grants,
                tuple(sorted(line.country for line in results.countries if line.country)),
                results.people.total,
                tuple(sorted(services, key=lambda line: -line[1])),
            )
    raise Conflict(
        _(
            "There is nothing to report to donors yet: no results of accepted reports "
            "have been published."
        )
    )


def as_kept(year: Year) -> dict[str, object]:
    """The year as JSON."""
    return asdict(year)


def as_read(facts: dict[str, object]) -> Year:
    """The year of a round."""
    countries, services = facts["countries"], facts["services"]
    assert isinstance(countries, list)
    assert isinstance(services, list)
    return Year(
        year=int(str(facts["year"])),
        grants=int(str(facts["grants"])),
        countries=tuple(countries),
        people=facts["people"] if isinstance(facts["people"], int) else None,
        services=tuple((code, number) for code, number in services),
    )


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the earmarked money of a donor did, without amounts."""

    words: str
    grants: int
    countries: str
    """In the reader's language; empty where naming them could put people at risk."""
    spent: int
    """Percent of what was received."""


def purposes_of(session: Session, letter: ThanksLetter) -> list[Purpose]:
    """Each earmarked contribution of a letter, as it was on the day of the round."""
    pledges = session.scalars(
        select(Pledge).where(Pledge.id.in_(letter.earmarked)).options(joinedload(Pledge.fund))
    )
    day = clock.day_of(letter.round.begun_at)
    return [_purpose_of(line_of(session, pledge, day)) for pledge in pledges]


def _purpose_of(line: EarmarkLine) -> Purpose:
    spent = 100 * line.spent.minor // line.received.minor if line.received else 0
    return Purpose(line.purpose, len(line.grants), _listed(g.country for g in line.grants), spent)


def _listed(countries: Iterable[str]) -> str:
    names: Sequence[str] = sorted({name for name in countries if name})
    return spaced(",").join(names)
