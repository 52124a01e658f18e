"""Grants by UN regional group and country: awarded in a period, or paid in a year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.countries.countries import regional_group
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.taxonomies import RegionalGroup
from grants.deciding.awards.models import Award
from grants.granting.results.queries import paid_by_country
from grants.papers.typesetting.paper import Span


@dataclass(frozen=True, slots=True)
class CountryLine:
    """Grants for work in one country (ISO 3166; none: in several, or not given)."""

    country: str | None
    grants: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RegionLine:
    """The countries of a regional group; none: those of no group."""

    region: RegionalGroup | None
    countries: tuple[CountryLine, ...]
    grants: int
    amount: Money


def awarded(session: Session, fund: Fund, span: Span) -> tuple[RegionLine, ...]:
    """Grants approved in a period and not cancelled since, at what was awarded."""
    rows = session.execute(
        select(Award.country, func.count(), func.sum(Award.amount_minor))
        .where(
            Award.fund_id == fund.id,
            ~Award.is_cancelled,
            Award.approved_on.between(span.since, span.until),
        )
        .group_by(Award.country)
    )
    return by_region(CountryLine(country, int(n), usd(int(cents))) for country, n, cents in rows)


def paid(session: Session, fund: Fund, year: int) -> tuple[RegionLine, ...]:
    """What grantees received in a year; what they sent back is not taken off."""
    lines = paid_by_country(session, fund, year)
    return by_region(CountryLine(line.country, line.grants, line.paid) for line in lines)


def by_region(lines: Iterable[CountryLine]) -> tuple[RegionLine, ...]:
    """In the order of the regional groups, the largest sums of each first."""
    of_region: dict[RegionalGroup | None, list[CountryLine]] = defaultdict(list)
    for line in lines:
        of_region[regional_group(line.country) if line.country else None].append(line)
    return tuple(
        RegionLine(
            region,
            tuple(
                sorted(of_region[region], key=lambda line: (-line.amount.minor, line.country or ""))
            ),
            sum(line.grants for line in of_region[region]),
            total(line.amount for line in of_region[region]),
        )
        for region in (*RegionalGroup, None)
        if region in of_region
    )
