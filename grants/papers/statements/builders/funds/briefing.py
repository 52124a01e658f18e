"""A fund on a few pages, for the inter-agency group and for Member States (resolution 72/195,
paragraphs 8, 9 and 11): what it is, its money, whom it reached and where, and what that teaches.

Only what is public anyway: of people, the published editions.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd
from grants.core.kernel.taxonomies import AgeBand, CountryRole, Ground, Service, Sex
from grants.core.texts.formats import percent, plain_number
from grants.giving.totals.figures import fund_totals
from grants.granting.results.editions import editions_of, people_reached
from grants.granting.results.published import ALL, PeopleReached
from grants.granting.results.queries import paid_by_country, years_with_results
from grants.papers.statements.builders.funds.grants_made import awarded
from grants.papers.statements.builders.funds.people import People, people
from grants.papers.typesetting.paper import Issuer, Paper, Span

BEGINNING = date(1990, 1, 1)
"""Before any fund of this kind."""
YEARS = 8
"""The newest years of contributions that are told one by one."""
COUNTRIES = 12
"""Of the countries that grants went to; the others stand together."""
CHILDREN = (AgeBand.CHILD, AgeBand.ADOLESCENT)


@dataclass(frozen=True, slots=True)
class Briefing:
    """A fund since it began, in USD."""

    fund: str
    purpose: str
    currency: str
    edition: int | None
    """The newest edition of the results; none is published yet."""
    published_on: date | None
    received: Money
    by_year: tuple[tuple[int, Money], ...]
    """What donors paid in each of the newest years, the oldest first."""
    grants: int
    awarded: Money
    paid: Money
    """To grantees, less what they sent back."""
    available: Money
    places: tuple[tuple[str | None, Money], ...]
    """Paid to grantees in each country (ISO 3166; none: in several), as the public pages of each
    year tell it; the largest sums first.
    """
    people: People
    roles: tuple[tuple[str, int], ...]
    """People by what the country of the grant was for them, where a count may be shown."""
    lessons: tuple[str, ...]
    """What the published figures teach, in sentences."""

    @property
    def by_country(self) -> tuple[tuple[str, Money], ...]:
        """What was paid for work in each country, the smaller sums together."""
        largest = [
            (country_name(country) if country else _("Several countries"), amount)
            for country, amount in self.places[:COUNTRIES]
        ]
        smaller = total(amount for _country, amount in self.places[COUNTRIES:])
        return (*largest, *([(_("Other countries"), smaller)] if smaller else []))

    @property
    def countries(self) -> int:
        """In how many countries grants were paid."""
        return sum(bool(country) for country, _amount in self.places)

    def lines(self, by: str) -> list[tuple[str, int]]:
        """The counts since the fund began of one table of people, the largest first."""
        rows = [
            (row.label, count)
            for table in self.people.tables
            if table.by == by
            for row in table.rows
            if (count := row.counts[-1])
        ]
        return sorted(rows, key=lambda row: -row[1])


def briefing(session: Session, code: str) -> Paper:
    """The briefing on a fund as of today."""
    fund = fund_by_code(session, code)
    return Paper(
        document="briefing",
        title=_("Briefing on the fund"),
        reference=fund.code,
        on=clock.today(),
        issuer=Issuer.of(fund),
        facts=_briefing_facts(session, fund),
    )


def _briefing_facts(session: Session, fund: Fund) -> Briefing:
    editions, books = editions_of(session, fund), balances(session, fund)
    totals, reached = fund_totals(session, fund), people_reached(session, fund)
    regions = awarded(session, fund, Span(BEGINNING, clock.today()))
    newest, places = editions[-1] if editions else None, tuple(_places_of(session, fund))
    return Briefing(
        fund=fund.code,
        purpose=in_language(fund.purpose),
        currency=FUNCTIONAL_CURRENCY,
        edition=newest.number if newest else None,
        published_on=fund.day_of(newest.published_at) if newest else None,
        received=totals.received,
        by_year=tuple(totals.by_year[-YEARS:]),
        grants=sum(region.grants for region in regions),
        awarded=total(region.amount for region in regions),
        paid=total(paid for _country, paid in places),
        available=books.available,
        places=places,
        people=people(session, fund, []),
        roles=tuple(_roles_shown(reached)),
        lessons=tuple(_lessons_of(reached)),
    )


def _places_of(session: Session, fund: Fund) -> Iterator[tuple[str | None, Money]]:
    paid = Counter[str | None]()
    for year in years_with_results(session, fund):
        for line in paid_by_country(session, fund, year):
            paid[line.country] += line.paid.minor
    for country, cents in sorted(paid.items(), key=lambda line: (-line[1], line[0] or "")):
        if cents > 0:
            yield country, usd(cents)


def _roles_shown(reached: PeopleReached) -> Iterator[tuple[str, int]]:
    for role in CountryRole:
        if count := reached.roles.get(role, {}).get(ALL):
            yield str(role.label), count


def _lessons_of(reached: PeopleReached) -> Iterator[str]:
    """Sentences of what the published counts show; nothing where they do not show it."""
    if women := _share_text(reached.by_sex.count(Sex.WOMEN), reached.total):
        yield _("%(share)s of the people reached were women and girls.", share=women)
    if children := _share_text(reached.by_age.count(*CHILDREN), reached.total):
        yield _("%(share)s were children under 18 years of age.", share=children)
    recruited = reached.circumstances.get("recruitment", {})
    online, otherwise = recruited.get("internet"), recruited.get("otherwise")
    if online and otherwise is not None:
        yield _(
            "Where it is known how people were recruited, %(share)s were recruited through the "
            "Internet.",
            share=_share_text(online, online + otherwise),
        )
    yield from _most_counted(reached)


def _most_counted(reached: PeopleReached) -> Iterator[str]:
    """The help that most people needed, and the ground on which most suffered discrimination."""
    if services := reached.services_shown(Service.choices()):
        name, count = services[0]
        yield _(
            "The help most often needed was: %(service)s (%(count)s people).",
            service=name,
            count=plain_number(count),
        )
    grounds = reached.circumstances_shown("grounds", Ground.choices())
    if grounds:
        name, count = max(grounds, key=lambda row: row[1])
        yield _(
            "The most frequent ground of discrimination was: %(ground)s (%(count)s people). Many "
            "people suffer discrimination on several grounds.",
            ground=name,
            count=plain_number(count),
        )


def _share_text(part: int | None, whole: int | None) -> str:
    """A part of the published whole, in per cent; empty where it cannot be told."""
    return percent(part / whole).striptags() if part and whole else ""
