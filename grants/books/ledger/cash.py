"""Source and use of funds for a period: what came into the fund's cash, and what left it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.queries import balances
from grants.books.ledger.turnover import Sums, turned_over
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd


@dataclass(frozen=True, slots=True)
class Source:
    """What came in, in USD at the rate of the day it came."""

    contributions: Money
    """Fees that banks withheld by banks added back; unidentified money once it is allocated."""
    interest: Money
    refunds_from_grantees: Money
    unidentified_receipts: Money
    """The net movement of suspense: less than nothing when more was allocated than came."""

    @property
    def total(self) -> Money:
        return total(
            [
                self.contributions,
                self.interest,
                self.refunds_from_grantees,
                self.unidentified_receipts,
            ]
        )


@dataclass(frozen=True, slots=True)
class Use:
    """What went out, in USD at the rate of the day."""

    transfers_to_grantees: Money
    programme_support_cost: Money
    """Less what came back on grantees' refunds."""
    direct_costs: Money
    """What the fund itself paid for."""
    administration_fees: Money
    """The fee of the agent that administers the fund."""
    bank_charges: Money
    """Charged to the account, and withheld by banks."""
    refunds_to_donors: Money

    @property
    def total(self) -> Money:
        return total(
            [
                self.transfers_to_grantees,
                self.programme_support_cost,
                self.direct_costs,
                self.administration_fees,
                self.bank_charges,
                self.refunds_to_donors,
            ]
        )


@dataclass(frozen=True, slots=True)
class SourceAndUse:
    """The fund's cash over a period, both days included. It ties to the ledger, or is not made."""

    fund: str
    since: date
    until: date
    opening_balance: Money
    """Cash at the end of the day before, and what was brought in as opening balance since."""
    source: Source
    use: Use
    exchange_differences_on_cash: Money
    """Realised when cash changed currency: a gain is positive. Neither source nor use."""
    closing_balance: Money


EXCHANGES = (Event.CASH_TRANSFERRED, Event.CASH_CONVERTED)
"""Events that move nothing in or out of the fund, and change what its cash is worth."""


PAID_ABROAD = (Event.INSTALMENT_PAID, Event.INSTALMENT_RETURNED, Event.GRANTEE_REFUNDED)
"""Events whose cash may be in another currency than the award, and worth more or less."""


def source_and_use(session: Session, fund: Fund, since: date, until: date) -> SourceAndUse:
    """Source and use of funds from `since` to `until`.

    DomainError if the period ends before it begins, or if opening + source - use, with what
    exchanging cash gained or lost, is not the cash of the ledger at the end: a statement that
    does not tie is not issued.
    """
    if until < since:
        raise DomainError(_("The period ends before it begins."))
    sums = turned_over(session, fund.id, since, until)
    opening = balances(session, fund, since - timedelta(days=1)).cash
    opening += usd(_sum_of(sums, Event.OPENING_BALANCE_BROUGHT_IN, Account.CASH))
    source, use = _source_of(sums), _use_of(sums)
    exchanged = usd(
        sum(_sum_of(sums, event, Account.CASH) for event in EXCHANGES)
        - sum(_sum_of(sums, event, Account.EXCHANGE_DIFFERENCE) for event in PAID_ABROAD)
    )
    closing = opening + source.total - use.total + exchanged
    cash = balances(session, fund, until).cash
    if closing != cash:
        raise DomainError(
            _(
                "Source and use of funds do not reconcile: %(closing)s USD in the statement, "
                "%(cash)s USD in the ledger. The statement has not been issued.",
                closing=closing,
                cash=cash,
            )
        )
    return SourceAndUse(fund.code, since, until, opening, source, use, exchanged, closing)


def _sum_of(sums: Sums, event: Event, account: Account) -> int:
    return sums.get((event, account), 0)


def _net_movement(sums: Sums, account: Account) -> int:
    """An account's net movement, debit positive, whatever the events."""
    return sum(cents for (_event, of), cents in sums.items() if of is account)


def _source_of(sums: Sums) -> Source:
    deposited = _sum_of(sums, Event.DEPOSIT_RECEIVED, Account.CASH)
    withheld = _sum_of(sums, Event.DEPOSIT_RECEIVED, Account.BANK_CHARGES)
    allocated = _sum_of(sums, Event.SUSPENSE_ALLOCATED, Account.SUSPENSE)
    return Source(
        contributions=usd(deposited + withheld + allocated),
        interest=usd(-_net_movement(sums, Account.INTEREST)),
        refunds_from_grantees=usd(-_sum_of(sums, Event.GRANTEE_REFUNDED, Account.GRANT_EXPENSE)),
        unidentified_receipts=usd(-_net_movement(sums, Account.SUSPENSE)),
    )


def _use_of(sums: Sums) -> Use:
    paid = _sum_of(sums, Event.INSTALMENT_PAID, Account.GRANT_EXPENSE)
    returned = _sum_of(sums, Event.INSTALMENT_RETURNED, Account.GRANT_EXPENSE)
    return Use(
        transfers_to_grantees=usd(paid + returned),
        programme_support_cost=usd(_net_movement(sums, Account.PROGRAMME_SUPPORT_COST)),
        direct_costs=usd(_net_movement(sums, Account.DIRECT_COSTS)),
        administration_fees=usd(_net_movement(sums, Account.ADMINISTRATION_FEES)),
        bank_charges=usd(_net_movement(sums, Account.BANK_CHARGES)),
        refunds_to_donors=usd(-_sum_of(sums, Event.DONOR_REFUNDED, Account.CASH)),
    )
