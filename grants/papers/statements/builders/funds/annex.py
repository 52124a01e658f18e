"""The annex to the Secretary-General's report (resolution 72/195, paragraph 22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from grants.books.ledger.earmarks import earmark_note, earmarks_of
from grants.books.ledger.queries import balances
from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.contributions.figures import taken_up, valued_pledges
from grants.giving.outside.queries import totals_by_purpose
from grants.giving.pledges.models import Pledge
from grants.papers.statements.builders.funds.contributions import by_donor
from grants.papers.statements.builders.funds.fund import FundStatement, fund_statement
from grants.papers.statements.builders.funds.grants_made import RegionLine, awarded
from grants.papers.statements.builders.funds.people import People, people, whole_years
from grants.papers.typesetting.paper import Issuer, Paper, Span


@dataclass(frozen=True, slots=True)
class DonorLine:
    """A donor in the period, in USD; without a name, all who are not named to the public."""

    name: str
    country: str | None
    named: bool
    pledged: Money
    """At the rate of the day of the pledge: information, not revenue."""
    received: Money


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """What was reported outside the fund for one purpose, in USD: no part of any other figure."""

    purpose: str
    number: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Annex:
    """The status of a fund over a period, both days included. Nobody is named who does not want
    to be, and no small count of people is shown.
    """

    fund: str
    purpose: str
    from_: date
    to: date
    currency: str
    donors: tuple[DonorLine, ...]
    pledged: Money
    received: Money
    outside: tuple[OutsideLine, ...]
    regions: tuple[RegionLine, ...]
    grants: int
    awarded: Money
    people: People
    statement: FundStatement
    commitments: Money
    """Signed and not paid yet at the end of the period, with support cost."""
    available: Money
    """What could be awarded at the end of the period."""
    earmarked: Money
    """What of it was earmarked."""

    @property
    def earmarks(self) -> str:
        """What of the money that is available is earmarked, in words; "" if nothing is."""
        return earmark_note(self.available, self.earmarked)


def annex(session: Session, code: str, span: Span) -> Paper:
    """The annex for any period. DomainError unless its financial table ties to the ledger."""
    fund = fund_by_code(session, code)
    return Paper(
        document="annex",
        title=_("Status of the fund"),
        reference=f"{fund.code} {span.code}",
        on=span.until,
        issuer=Issuer.of(fund),
        facts=_annex_facts(session, fund, span),
    )


def _annex_facts(session: Session, fund: Fund, span: Span) -> Annex:
    donors = _donor_lines(session, fund, span)
    regions, end = awarded(session, fund, span), balances(session, fund, span.until)
    return Annex(
        fund=fund.code,
        purpose=in_language(fund.purpose),
        from_=span.since,
        to=span.until,
        currency=FUNCTIONAL_CURRENCY,
        donors=donors,
        pledged=total(line.pledged for line in donors),
        received=total(line.received for line in donors),
        outside=tuple(
            OutsideLine(str(row.purpose.label), row.number, row.amount)
            for row in totals_by_purpose(session, fund, span.since, span.until)
        ),
        regions=regions,
        grants=sum(line.grants for line in regions),
        awarded=total(line.amount for line in regions),
        people=people(session, fund, whole_years(span)),
        statement=fund_statement(session, fund.code, span).facts,
        commitments=end.commitments,
        available=end.available,
        earmarked=earmarks_of(session, fund, end.available, span.until),
    )


def _donor_lines(session: Session, fund: Fund, span: Span) -> tuple[DonorLine, ...]:
    """Everyone who pledged or paid in the period: States from A to Z, then the others."""
    rows = [
        row for group in by_donor(session, fund, span, public=True).groups for row in group.donors
    ]
    received = {row.donor: row.total for row in rows}
    pledged = _pledged_by_donor(session, fund, span)
    lines = [
        DonorLine(
            donor.name,
            donor.country,
            True,
            pledged.get(donor.code, usd(0)),
            received.get(donor.code, usd(0)),
        )
        for donor in sorted(_donors_with(session, {*received, *pledged}), key=_place_of)
    ]
    if None in received or None in pledged:
        hidden = pledged.get(None, usd(0)), received.get(None, usd(0))
        lines.append(DonorLine(_("Anonymous donors"), None, False, *hidden))
    return tuple(lines)


def _place_of(donor: Organisation) -> tuple[bool, str, str]:
    """A Member State stands by the name of its country, in the reader's language."""
    is_state = donor.kind is DonorKind.MEMBER_STATE
    country = country_name(donor.country) if is_state and donor.country else ""
    return not is_state, country.casefold(), donor.name.casefold()


def _pledged_by_donor(session: Session, fund: Fund, span: Span) -> dict[str | None, Money]:
    """What was promised in the period, and taken up by the fund, by code of the donor; None: by
    those not to be named.
    """
    within = Pledge.pledged_on.between(span.since, span.until)
    valued = valued_pledges(Pledge.fund_id == fund.id, within, taken_up())
    code = case((valued.c.public_name & Organisation.public_name, Organisation.code))
    rows = session.execute(
        select(code, func.coalesce(func.sum(valued.c.cents), 0))
        .join_from(valued, Organisation, Organisation.id == valued.c.donor_id)
        .group_by(code)
    )
    return {code: usd(int(cents)) for code, cents in rows}


def _donors_with(session: Session, codes: set[str | None]) -> Sequence[Organisation]:
    return session.scalars(select(Organisation).where(Organisation.code.in_(codes))).all()
