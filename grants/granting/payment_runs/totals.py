"""What a payment run takes from the fund: by account and currency, and whether the account covers
it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import bank_balance
from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money, total
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payment_runs.queries import awaited_of
from grants.granting.payment_runs.workflow import RunState


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """The payments of a run in one currency."""

    payments: int
    amount: Money


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


def totals_of(run: PaymentRun) -> list[CurrencyTotal]:
    """What leaves the fund by a run, currency by currency."""
    amounts = defaultdict[str, list[Money]](list)
    for part in run.parts:
        amounts[part.instalment.amount.currency].append(part.instalment.amount)
    return [
        CurrencyTotal(len(parts), total(parts, currency))
        for currency, parts in sorted(amounts.items())
    ]


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
        _debits(run, [part for other in others for part in awaited_of(other)]),
        _debits(run, pending),
    )


def _debits(run: PaymentRun, parts: Sequence[RunPart]) -> Money:
    assert run.account is not None
    return total((part.instalment.amount for part in parts), run.account.currency)
