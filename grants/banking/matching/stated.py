"""What the bank says of a payment: all that tells which pledge it is money on."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from grants.banking.bank.models import BankLine
from grants.banking.matching.scoring import IncomingPayment
from grants.core.kernel.money import Money

OWN_PAYMENT = re.compile(r"-\d+-R\d+\b")
"""The end of the references of payment runs: instalment and run."""
LARGEST_FEE = 150_00
"""US cents: what is beyond a payment by more is no fee of the bank."""


class Stated(NamedTuple):
    """Of a line, in minor units of its currency; the original sum is what the payer sent in
    another one.
    """

    fund_id: int
    value_on: date
    currency: str
    amount_minor: int
    fee_minor: int
    original_currency: str | None
    original_minor: int | None
    counterparty: str
    end_to_end: str
    text: str
    code: str

    @classmethod
    def of(cls, line: BankLine) -> "Stated":
        return cls(line.account.fund_id, *(getattr(line, name) for name in cls._fields[1:]))

    @property
    def texts(self) -> tuple[str, str]:
        """Where a reference may be."""
        return self.end_to_end, self.text

    @property
    def is_credit(self) -> bool:
        return self.amount_minor > 0

    @property
    def is_return(self) -> bool:
        """Does the bank give back a payment of ours, sent under the reference of a payment run?"""
        return self.is_credit and any(OWN_PAYMENT.search(text) for text in self.texts)

    def sums(self) -> Iterator[tuple[str, int]]:
        """What was sent, in each currency that the bank states, with the fee and without."""
        yield self.currency, self.amount_minor
        if self.fee_minor:
            yield self.currency, self.amount_minor + self.fee_minor
        if self.original_currency is not None and self.original_minor is not None:
            yield self.original_currency, self.original_minor
            if self.fee_minor and self.original_currency == self.currency:
                yield self.currency, self.original_minor + self.fee_minor

    def seen_in(self, currency: str) -> IncomingPayment | None:
        """The payment in this currency, if the bank states what was sent in it."""
        if currency == self.currency:
            minor, fee = self.amount_minor, self.fee_minor
        elif currency == self.original_currency and self.original_minor is not None:
            minor, fee = self.original_minor, 0
        else:
            return None
        amount, withheld = Money(minor, currency), Money(fee, currency)
        return IncomingPayment(amount, withheld, self.value_on, self.counterparty, self.texts)
