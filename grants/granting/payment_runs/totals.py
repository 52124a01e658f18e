"""What a payment run takes from the fund: by account and currency, and whether the account covers
it.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.rates import NoRate
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payment_runs.queries import awaited_of
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.transfers import transfer_on


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """The payments of a run in one currency."""

    payments: int
    amount: Money
    dollars: Money
    """What of the awards it is."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What an account of the fund holds, what is on its way out of it, and what a run takes from
    it; all in the currency of the account.
    """

    account: BankAccount
    balance: Money
    """By the books."""
    on_the_way: Money
    """In other runs that were sent and not debited yet."""
    needed: Money
    """By what of this run is not debited yet."""

    @property
    def remaining(self) -> Money:
        return self.balance - self.on_the_way - self.needed

    @property
    def is_enough(self) -> bool:
        return self.remaining.minor >= 0


def totals_of(session: Session, run: PaymentRun) -> list[CurrencyTotal]:
    """What leaves the fund by a run, currency by currency."""
    amounts = defaultdict[str, list[tuple[Money, Money]]](list)
    for part in run.parts:
        amount = leaving_amount(session, run, part)
        amounts[amount.currency].append((amount, part.dollars))
    return [
        CurrencyTotal(
            len(pairs),
            total((amount for amount, _dollars in pairs), currency),
            total(dollars for _amount, dollars in pairs),
        )
        for currency, pairs in sorted(amounts.items())
    ]


def leaving_amount(session: Session, run: PaymentRun, part: RunPart) -> Money:
    """What one payment of a run is in the currency of the payee’s account: as it was ordered, and
    by the rate of today until then.
    """
    instalment = part.instalment
    if run.state is not RunState.OPEN:
        return part.transfer.amount if part.transfer else part.dollars
    try:
        transfer = transfer_on(session, instalment.net, instalment.pays_in, clock.today())
    except NoRate:
        return instalment.net  # sending it says which rate is missing
    return transfer.amount if transfer else instalment.net


def cover_of(session: Session, run: PaymentRun) -> Cover | None:
    """Whether the account of a run covers what it still pays; None if it is paid elsewhere."""
    if run.account is None:
        return None
    pending = run.parts if run.state is RunState.OPEN else awaited_of(run)
    others = session.scalars(
        select(PaymentRun).where(
            PaymentRun.bank_account_id == run.bank_account_id,
            PaymentRun.state == RunState.SENT,
            PaymentRun.id != run.id,
        )
    )
    return Cover(
        run.account,
        bank_balance(session, run.account).own,
        total(
            (_debit_of(session, other, part) for other in others for part in awaited_of(other)),
            run.account.currency,
        ),
        total((_debit_of(session, run, part) for part in pending), run.account.currency),
    )


def _debit_of(session: Session, run: PaymentRun, part: RunPart) -> Money:
    """What the account is debited with; in dollars, what of the award it is: the bank’s own rate is
    known with its line.
    """
    amount = leaving_amount(session, run, part)
    return amount if amount.currency == run.currency else part.dollars
