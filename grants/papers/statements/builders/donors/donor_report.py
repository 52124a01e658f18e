"""The annual report to a donor: what it gave, and what the fund did with its money in that year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total
from grants.core.kernel.taxonomies import Earmarking
from grants.giving.contributions.queries import given_by_year
from grants.giving.pledges.earmarked import EarmarkLine
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.queries import line_of
from grants.papers.statements.builders.donors.donor import PledgeLine, donor_statement
from grants.papers.statements.builders.donors.donor_pledges import (
    canonical,
    donor_and_funds,
    donor_number,
)
from grants.papers.statements.builders.funds.fund import FundStatement, fund_statement
from grants.papers.statements.builders.funds.grants_made import RegionLine, paid
from grants.papers.statements.builders.funds.people import People, people
from grants.papers.statements.builders.funds.story import Story, story_of
from grants.papers.typesetting.paper import Issuer, Paper, Span

COUNTRIES = 18
"""Named on the page; what was paid in others stands in one line."""


@dataclass(frozen=True, slots=True)
class Gift:
    """A pledge of the donor, and what followed in the year."""

    reference: str
    currency: str
    pledged: Money
    received: Money
    received_usd: Money
    outstanding: Money
    earmarking: Earmarking
    purpose: str
    """What it is earmarked for; empty if for nothing."""


@dataclass(frozen=True, slots=True)
class DonorReport:
    """A calendar year of a donor and of the fund it gave to."""

    donor: str
    name: str
    fund: str
    year: int
    currency: str
    gifts: tuple[Gift, ...]
    received: Money
    """From the donor in the year, USD."""
    share: Decimal
    """Of all contributions to the fund in the year, percent with one decimal."""
    statement: FundStatement
    grants: int
    """That were paid in the year."""
    paid: Money
    """To grantees; what they sent back is not taken off."""
    regions: tuple[RegionLine, ...]
    people: People
    history: tuple[tuple[int, Money], ...]
    """What came from the donor to this fund in each year up to this one, USD."""
    story: Story | None
    """One of the grants; none before a report of the year was accepted."""
    earmarks: tuple[EarmarkLine, ...]
    """What the donor's own earmarked money did by the end of the year."""

    @property
    def spent(self) -> tuple[tuple[str, Money], ...]:
        """What the fund spent in the year, by what for; nothing that was sent back to donors."""
        use = self.statement.use
        lines = (
            (_("Grants to organisations"), use.transfers_to_grantees),
            (_("Programme support costs"), use.programme_support_cost),
            (_("Direct costs of the fund"), use.direct_costs),
            (_("Fees and bank charges"), use.administration_fees + use.bank_charges),
        )
        return tuple((label, amount) for label, amount in lines if amount.minor > 0)

    @property
    def by_country(self) -> tuple[tuple[str, Money], ...]:
        """Where grantees were paid, the largest sums first, the smaller ones together."""
        paid = [
            line for region in self.regions for line in region.countries if line.amount.minor > 0
        ]
        paid.sort(key=lambda line: (-line.amount.minor, line.country or ""))
        largest = [(_country_text(line.country), line.amount) for line in paid[:COUNTRIES]]
        smaller = total(line.amount for line in paid[COUNTRIES:])
        return (*largest, *([(_("Other countries"), smaller)] if smaller else []))

    @property
    def helped(self) -> tuple[tuple[str, int], ...]:
        """People by the help they received in the year, where a number may be shown."""
        table = next(table for table in self.people.tables if table.by == "service")
        rows = [(row.label, row.counts[0]) for row in table.rows]
        counts = [(label, count) for label, count in rows if count]
        return tuple(sorted(counts, key=lambda row: -row[1]))


def _country_text(code: str | None) -> str:
    return country_name(code) if code else _("Several countries, or not specified")


def donor_report(session: Session, reference: str, span: Span) -> Paper:
    """The report to "AUT/UNVTF" on a calendar year; "AUT" where it gave to one fund only."""
    if (span.since, span.until) != (date(span.since.year, 1, 1), date(span.since.year, 12, 31)):
        raise DomainError(_("This report covers one calendar year: 1 January to 31 December."))
    donor, funds = donor_and_funds(session, reference)
    if not funds:
        donor, funds = donor_and_funds(session, canonical(session, reference, span))
    if len(funds) != 1:
        raise DomainError(
            _("Name one fund after the donor, as in %(code)s/UNVTF.", code=donor.code)
        )
    fund, year = fund_by_code(session, funds[0]), span.since.year
    name, issuer = f"{donor.code}/{fund.code}", Issuer.of(fund)
    gifts = donor_statement(session, name, span).facts
    books, regions = fund_statement(session, fund.code, span).facts, paid(session, fund, year)
    gifts_of_year = _gifts_of(session, gifts.pledges, year)
    return Paper(
        document="donor-report",
        title=_("Annual report to a donor"),
        reference=f"{donor_number(donor, issuer)} {year}",
        on=span.until,
        issuer=issuer,
        facts=DonorReport(
            donor=donor.code,
            name=donor.name,
            fund=fund.code,
            year=year,
            currency=FUNCTIONAL_CURRENCY,
            gifts=gifts_of_year,
            received=gifts.total_received_usd,
            share=_percent_of(gifts.total_received_usd, books.source.contributions),
            statement=books,
            grants=sum(region.grants for region in regions),
            paid=total(region.amount for region in regions),
            regions=regions,
            people=people(session, fund, [year]),
            history=tuple(
                (gift.year, gift.amount)
                for gift in given_by_year(session, [donor.id])
                if gift.fund.id == fund.id and gift.year <= year
            ),
            story=story_of(session, fund, year),
            earmarks=_earmark_lines(session, gifts_of_year, span.until),
        ),
        to=donor.code,
    )


def _earmark_lines(session: Session, gifts: Sequence[Gift], on: date) -> tuple[EarmarkLine, ...]:
    """What the earmarked ones of these did by the end of a day."""
    bound = [gift.reference for gift in gifts if gift.earmarking is not Earmarking.UNEARMARKED]
    query = select(Pledge).where(Pledge.reference.in_(bound)).order_by(Pledge.id)
    return tuple(line_of(session, pledge, on) for pledge in session.scalars(query))


def _gifts_of(session: Session, lines: Sequence[PledgeLine], year: int) -> tuple[Gift, ...]:
    """Pledges made, paid or still open in the year."""
    facts = [
        line for line in lines if line.received or line.outstanding or line.pledged_on.year == year
    ]
    query = select(Pledge).where(Pledge.reference.in_([line.reference for line in facts]))
    pledges = {pledge.reference: pledge for pledge in session.scalars(query)}
    return tuple(_gift_of(line, pledges[line.reference]) for line in facts)


def _gift_of(line: PledgeLine, pledge: Pledge) -> Gift:
    return Gift(
        reference=line.reference,
        currency=line.currency,
        pledged=line.pledged,
        received=line.received,
        received_usd=line.received_usd,
        outstanding=line.outstanding,
        earmarking=pledge.earmarking,
        purpose=pledge.purpose,
    )


def _percent_of(part: Money, whole: Money) -> Decimal:
    if not whole.minor:
        return Decimal("0.0")
    exact = Decimal(100) * part.minor / whole.minor
    return exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
