"""The report on earmarked contributions of a fund, for its auditor: one by one."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total
from grants.giving.pledges.earmarked import EarmarkLine
from grants.granting.earmarks.queries import earmark_balances, lines_of
from grants.papers.typesetting.paper import Issuer, Paper, Span


@dataclass(frozen=True, slots=True)
class Contribution:
    """One earmarked contribution, its donor and what it did by the end of the period, USD."""

    donor: str
    line: EarmarkLine
    spent_in_period: Money


@dataclass(frozen=True, slots=True)
class EarmarkReport:
    """All earmarked contributions of a fund by the end of a period, in USD."""

    fund: str
    from_: date
    to: date
    currency: str
    contributions: tuple[Contribution, ...]
    available: Money
    """In the ledger on the last day, what is left of earmarks and not set apart included."""

    @property
    def received(self) -> Money:
        return total(one.line.received for one in self.contributions)

    @property
    def set_apart(self) -> Money:
        return total(one.line.set_apart for one in self.contributions)

    @property
    def spent(self) -> Money:
        return total(one.line.spent for one in self.contributions)

    @property
    def spent_in_period(self) -> Money:
        return total(one.spent_in_period for one in self.contributions)

    @property
    def left(self) -> Money:
        return total(one.line.left for one in self.contributions)

    @property
    def not_earmarked(self) -> Money:
        """What is available and not earmarked: what is left of all earmarks and this add up to what
        is available and what is set apart.
        """
        return self.available + self.set_apart - self.left


def earmark_report(session: Session, code: str, span: Span) -> Paper:
    """Earmarked contributions by the end of a period. DomainError while the fund has none."""
    fund = fund_by_code(session, code)
    contributions = _contributions_of(session, fund, span)
    if not contributions:
        raise DomainError(_("No contribution is earmarked."))
    return Paper(
        document="earmarks",
        title=_("Earmarked contributions"),
        reference=f"{fund.code} {span.code}",
        on=span.until,
        issuer=Issuer.of(fund),
        facts=EarmarkReport(
            fund=fund.code,
            from_=span.since,
            to=span.until,
            currency=FUNCTIONAL_CURRENCY,
            contributions=contributions,
            available=balances(session, fund, span.until).available,
        ),
    )


def _contributions_of(session: Session, fund: Fund, span: Span) -> tuple[Contribution, ...]:
    day_before = span.since - timedelta(1)
    before = {row.pledge.id: row.spent for row in earmark_balances(session, fund, day_before)}
    return tuple(
        Contribution(
            donor=balance.pledge.donor.name if balance.pledge.donor else "",
            line=line,
            spent_in_period=line.spent - before[balance.pledge.id],
        )
        for balance, line in lines_of(session, fund, span.until)
    )
