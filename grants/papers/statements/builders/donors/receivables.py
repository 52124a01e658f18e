"""Receivables of a fund by age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.giving.receivables.ageing import AgedPledge, Ageing
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.workflow import Band
from grants.papers.typesetting.paper import Issuer, Paper, Span


@dataclass(frozen=True, slots=True)
class AgedLine:
    """One pledge that is owed: what, since when, and how old it is in USD."""

    pledge: str
    donor: str
    due_since: date
    currency: str
    owed: Money
    usd: Money
    bands: Mapping[str, Money]
    conditional: bool
    doubtful_usd: Money


@dataclass(frozen=True, slots=True)
class AgedReceivables:
    """All that was owed at the end of a day, by the years since it was due."""

    fund: str
    on: date
    currency: str
    pledges: tuple[AgedLine, ...]
    bands: Mapping[str, Money]
    percents: Mapping[str, str]
    total_usd: Money
    doubtful_usd: Money
    allowance_usd: Money
    """What the books hold."""

    @staticmethod
    def label(band: str) -> str:
        return str(Band.of(band).label)


def aged_receivables(session: Session, code: str, span: Span) -> Paper:
    """Receivables at the end of the period. DomainError unless they tie to the ledger."""
    fund = fund_by_code(session, code)
    receivables = ageing(session, fund, span.until)
    return Paper(
        document="aged-receivables",
        title=_("Aged receivables"),
        reference=f"{fund.code} {span.until.isoformat()}",
        on=span.until,
        issuer=Issuer.of(fund),
        facts=facts_of(receivables),
    )


def facts_of(receivables: Ageing) -> AgedReceivables:
    return AgedReceivables(
        fund=receivables.fund,
        on=receivables.on,
        currency=FUNCTIONAL_CURRENCY,
        pledges=tuple(_aged_line(aged) for aged in receivables.pledges),
        bands={band.value: receivables.usd_in(band) for band in Band},
        percents=receivables.percents,
        total_usd=receivables.receivable,
        doubtful_usd=receivables.doubtful,
        allowance_usd=receivables.in_books,
    )


def _aged_line(aged: AgedPledge) -> AgedLine:
    return AgedLine(
        pledge=aged.pledge,
        donor=aged.donor,
        due_since=aged.due_since,
        currency=aged.owed.currency,
        owed=aged.owed,
        usd=aged.usd,
        bands={band.value: aged.usd_in(band) for band in Band},
        conditional=aged.conditional,
        doubtful_usd=aged.doubtful_usd,
    )
