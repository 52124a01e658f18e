"""One grant of a year, told without a name: what was done, where, and for how much.

Nothing that a grantee wrote about people is in it, and no count of people: counts of one grant
beside those of the whole fund would tell those of the others.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import extract, select
from sqlalchemy.orm import Session, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Service
from grants.core.texts.marks import listed_texts
from grants.deciding.announcements.public_names import is_named, public_country
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report

READ = 40
"""Reports of a year among which one is looked for: the first fits in all but odd years."""


@dataclass(frozen=True, slots=True)
class Story:
    """A grant on which a report of the year was accepted."""

    title: str | None
    """As the organisation called its project; None where its name is withheld from the public."""
    country: str | None
    amount: Money
    starts_on: date
    ends_on: date
    services: tuple[Service, ...]
    """That reached as many people as may be told of, the most used first."""

    @property
    def help(self) -> str:
        """The services in words, as the reader's language lists things."""
        return listed_texts([str(service.label) for service in self.services])


def story_of(session: Session, fund: Fund, year: int) -> Story | None:
    """The largest grant of the year's accepted reports that helped enough people to be told of."""
    reports = session.scalars(
        select(Report)
        .join(Report.award)
        .where(
            Award.fund_id == fund.id,
            Report.is_accepted,
            extract("year", Report.covers_to) == year,
        )
        .order_by(Award.amount_minor.desc(), Report.id.desc())
        .limit(READ)
        .options(joinedload(Report.award))
    )
    helped = ((report, _services_of(report, fund.smallest_count)) for report in reports)
    return next(
        (_story_of(report.award, services) for report, services in helped if services), None
    )


def _services_of(report: Report, smallest: int) -> tuple[Service, ...]:
    enough = {code: count for code, count in report.services.items() if count >= smallest}
    return tuple(
        Service.of(code) for code in sorted(enough, key=lambda code: (-enough[code], code))
    )


def _story_of(award: Award, services: tuple[Service, ...]) -> Story:
    return Story(
        title=award.title if is_named(award) else None,
        country=public_country(award),
        amount=award.amount,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        services=services,
    )
