"""The fund's own statement: source and use of funds."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.cash import source_and_use
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.giving.pledges.models import Pledge
from grants.papers.typesetting.paper import Issuer, Paper, Span


@dataclass(frozen=True, slots=True)
class Source:
    """What came in, in USD."""

    contributions: Money
    interest: Money
    refunds_from_grantees: Money
    unidentified_receipts: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Use:
    """What went out, in USD."""

    transfers_to_grantees: Money
    programme_support_cost: Money
    direct_costs: Money
    administration_fees: Money
    bank_charges: Money
    refunds_to_donors: Money
    total: Money


@dataclass(frozen=True, slots=True)
class FundStatement:
    """Source and use of the fund's cash over a period, both days included."""

    fund: str
    from_: date
    to: date
    currency: str
    opening_balance: Money
    source: Source
    use: Use
    exchange_differences_on_cash: Money
    closing_balance: Money


def canonical(session: Session, code: str, _span: Span | None) -> str:
    """The fund's code as it is written."""
    return fund_by_code(session, code).code


MANY = 2_000
"""Pledges of a fund of which nothing is reckoned while a person waits."""


def has_many_pledges(session: Session, code: str) -> bool:
    """Has a fund so many that a document about all of them takes long?"""
    beyond = select(Pledge.id).where(Pledge.fund_id == fund_by_code(session, code).id)
    return session.scalar(beyond.offset(MANY).limit(1)) is not None


def fund_statement(session: Session, code: str, span: Span) -> Paper:
    """Source and use of funds. DomainError unless it ties to the ledger's cash."""
    fund = fund_by_code(session, code)
    figures = source_and_use(session, fund, span.since, span.until)
    source, use = figures.source, figures.use
    facts = FundStatement(
        fund=fund.code,
        from_=span.since,
        to=span.until,
        currency=FUNCTIONAL_CURRENCY,
        opening_balance=figures.opening_balance,
        source=Source(
            source.contributions,
            source.interest,
            source.refunds_from_grantees,
            source.unidentified_receipts,
            source.total,
        ),
        use=Use(
            use.transfers_to_grantees,
            use.programme_support_cost,
            use.direct_costs,
            use.administration_fees,
            use.bank_charges,
            use.refunds_to_donors,
            use.total,
        ),
        exchange_differences_on_cash=figures.exchange_differences_on_cash,
        closing_balance=figures.closing_balance,
    )
    return Paper(
        document="fund-statement",
        title=_("Statement of source and use of funds"),
        reference=f"{fund.code} {span.since.isoformat()}/{span.until.isoformat()}",
        on=span.until,
        issuer=Issuer.of(fund),
        facts=facts,
    )
