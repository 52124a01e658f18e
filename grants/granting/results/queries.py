"""What a fund’s money did, as the public may know it: no small count, no name.

By calendar years and since the beginning, never for days of a person's choice: of two periods that
overlap one could be subtracted from the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from grants.books.ledger.models import GrantSpending
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.payments.models import GrantRefund
from grants.granting.reporting.models import Report
from grants.granting.results.counting import YEAR_REPORTED, is_unpublished, unpublished
from grants.granting.results.editions import people_by_year
from grants.granting.results.models import EditionReport, ResultsEdition
from grants.granting.results.published import PeopleReached

WRITTEN_OFF: Slot[Callable[[int], Select[int, int]]] = Slot("results.queries.WRITTEN_OFF")
"""By grant, the cents given up in a year: they stay paid, though no cost of a grant any more. The
room that closes grants says it."""


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
    """Years in which grants were paid, or on which an edition has reports; the newest first."""
    paid = select(GrantSpending.year).where(GrantSpending.fund_id == fund.id)
    reported = (
        select(YEAR_REPORTED)
        .join(EditionReport, EditionReport.report_id == Report.id)
        .join(ResultsEdition, ResultsEdition.id == EditionReport.edition_id)
        .where(ResultsEdition.fund_id == fund.id)
    )
    return sorted(session.scalars(union(paid, reported)), reverse=True)


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
    (written_off_in,) = WRITTEN_OFF
    written_off = written_off_in(year).subquery()
    returned = func.coalesce(back.c.cents, 0)
    paid = GrantSpending.usd_minor + returned + func.coalesce(written_off.c.cents, 0)
    rows = session.execute(
        select(Award.country, func.count().filter(paid > 0), func.sum(paid), func.sum(returned))
        .select_from(GrantSpending)
        .join(Award, GrantSpending.subject == func.concat("award:", Award.id))
        .outerjoin(back, back.c.award_id == Award.id)
        .outerjoin(written_off, written_off.c.award_id == Award.id)
        .where(GrantSpending.fund_id == fund.id, GrantSpending.year == year)
        .group_by(Award.country)
        .order_by(func.sum(paid).desc(), Award.country)
    )
    return tuple(
        InCountry(country, int(grants), usd(int(cents)), usd(int(sent)))
        for country, grants, cents, sent in rows
    )


PUBLISHED_WITHIN = timedelta(90)
"""An accepted report that has waited longer for an edition is a task of the fund."""


def to_publish(viewer: Viewer) -> Select[Fund]:
    """Funds whose results this person publishes."""
    return select(Fund).where(in_funds_with(viewer, Permission.RESULTS_PUBLISH, Fund.id))


def to_publish_count(viewer: Viewer) -> Select[int]:
    """How many funds of this person have not published for long what their grantees report."""
    waiting = select(Report.id).join(Award).where(Award.fund_id == Fund.id, is_unpublished())
    late = waiting.where(Report.decided_at < clock.now() - PUBLISHED_WITHIN).exists()
    funds = to_publish(viewer).where(late)
    return funds.with_only_columns(func.count(), maintain_column_froms=True)


def waiting_count(session: Session, fund: Fund) -> int:
    """How many accepted reports wait for the next edition of a fund's results."""
    return session.scalar(unpublished(fund.id, func.count())) or 0
