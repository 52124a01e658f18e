"""Which acts on a bank line are for money that came, and which for money that went."""

from grants.banking.bank.models import BankLine
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import lazy_gettext as _l

CREDITS = {
    "interest": _l("Interest must be a credit to the account."),
    "take_payout": _l("A payout must be a credit to the account."),
}
DEBITS = {
    "charge": _l("A bank charge must be a debit to the account."),
    "direct_cost": _l("A cost must be a debit to the account."),
    "administration_fee": _l("A cost must be a debit to the account."),
    "refund": _l("A refund to a donor must be a debit to the account."),
}
"""Acts on a line whose money came, or went; and what to say of one that moved the other way."""


def require_side(line: BankLine, action: str) -> None:
    """DomainError if the money of the line moved the other way than this act books."""
    if refusal := (DEBITS if line.is_credit else CREDITS).get(action):
        raise DomainError(str(refusal))
