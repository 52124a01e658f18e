"""The fund's financial statements: performance over a period, position at its end."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.financial import FinancialYear, financial_year, year_before
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.papers.typesetting.paper import Issuer, Paper, Span

ACCOUNTS = {account.value: account for account in Account}


@dataclass(frozen=True, slots=True)
class FinancialStatements:
    """Both statements of a period, with those of the same days a year earlier beside them."""

    fund: str
    from_: date
    to: date
    currency: str
    current: FinancialYear
    previous: FinancialYear

    @staticmethod
    def label(code: str) -> str:
        """The name of an account."""
        return str(ACCOUNTS[code].label)


def financial_statements(session: Session, code: str, span: Span) -> Paper:
    """Performance and position. DomainError unless they tie to each other."""
    fund = fund_by_code(session, code)
    since, until = span.since, span.until
    facts = FinancialStatements(
        fund=fund.code,
        from_=since,
        to=until,
        currency=FUNCTIONAL_CURRENCY,
        current=financial_year(session, fund, since, until),
        previous=financial_year(session, fund, year_before(since), year_before(until)),
    )
    return Paper(
        document="financial-statements",
        title=_("Financial statements"),
        reference=f"{fund.code} {since.isoformat()}/{until.isoformat()}",
        on=until,
        issuer=Issuer.of(fund),
        facts=facts,
    )
