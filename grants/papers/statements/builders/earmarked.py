"""The report on earmarked contributions of a fund, for its auditor: one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total
from grants.core.kernel.taxonomies import Earmarking
from grants.giving.pledges.earmarked import EarmarkLine
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.granting.earmarks.queries import line_of
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
    pledges: Sequence[Pledge] = session.scalars(
        select(Pledge)
        .where(
            Pledge.fund_id == fund.id,
            Pledge.earmarking != Earmarking.UNEARMARKED,
            Pledge.state != PledgeState.UNCONFIRMED,
            Pledge.pledged_on <= span.until,
        )
        .order_by(Pledge.pledged_on, Pledge.id)
        .options(joinedload(Pledge.donor))
    ).all()
    return tuple(_contribution_of(session, pledge, span) for pledge in pledges)


def _contribution_of(session: Session, pledge: Pledge, span: Span) -> Contribution:
    line = line_of(session, pledge, span.until)
    before = line_of(session, pledge, span.since - timedelta(1))
    donor = pledge.donor.name if pledge.donor else ""
    return Contribution(donor, line, line.spent - before.spent)
