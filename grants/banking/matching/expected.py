"""What the bank is expected to debit for a payment, or to credit for one that came back."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.service import WIDEST_RATE
from grants.banking.matching.stated import LARGEST_FEE
from grants.books.ledger.rates import worth
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.granting.payments.models import Instalment
from grants.granting.payments.transfers import transfer_on


@dataclass(frozen=True, slots=True)
class Expected:
    """A sum in a currency, more than 0 for a debit. Where the bank converts, its own rate decides
    and the sum is what the books reckon by the rate of the day.
    """

    amount: Money
    is_converted: bool = False

    def fee_in(self, line: BankLine) -> Money | None:
        """What the bank took beside the sum: nought if the line is that sum, more if it is lower by
        no more than a fee can be; None if the line is something else. Of a converted sum no fee can
        be told apart.
        """
        if line.currency != self.amount.currency:
            return None
        beside = -self.amount - line.amount
        if self.is_converted:
            is_near = abs(beside.minor) * WIDEST_RATE <= abs(line.amount_minor)
            return Money(0, line.currency) if is_near else None
        return beside if 0 <= beside.minor <= LARGEST_FEE else None

    def __neg__(self) -> "Expected":
        return Expected(-self.amount, self.is_converted)


def expected_of(session: Session, line: BankLine, instalment: Instalment) -> Expected:
    """What a line of this account and day would be as the payment of an instalment."""
    transfer = instalment.transfer
    if instalment.is_approved:
        transfer = transfer_on(session, instalment.net, instalment.pays_in, line.value_on)
    if transfer is None:
        return Expected(instalment.net)
    if line.currency != FUNCTIONAL_CURRENCY:
        return Expected(transfer.amount)
    return Expected(worth(session, transfer.amount, line.value_on), is_converted=True)


def expected_together(
    session: Session, line: BankLine, instalments: Iterable[Instalment]
) -> Expected:
    """What a line would be as the payment of several instalments in one sum. Those in another
    currency than the line’s make a sum that no line is.
    """
    parts = [expected_of(session, line, instalment) for instalment in instalments]
    together = [part.amount for part in parts if part.amount.currency == line.currency]
    if len(together) < len(parts) or not together:
        return Expected(usd(0))
    amount = sum(together[1:], together[0])
    return Expected(amount, any(part.is_converted for part in parts))
