"""What must hold of payments by card on live data; `flask ledger verify` asks it with the rest."""

from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l

TRIGGERS: dict[str, str] = {}


PAYMENTS_ARE_THEIR_DEPOSITS = Invariant(
    _l("The payment by card %(reference)s and its deposit do not match."),
    "SELECT coalesce(card.reference, card.key) AS reference FROM card_payment card"
    " JOIN deposit ON deposit.id = deposit_id"
    " LEFT JOIN LATERAL (SELECT bool_and(account.provider = card.provider) AS is_there"
    "   FROM entry JOIN posting ON posting.entry_id = entry.id"
    "   JOIN bank_account account ON account.id = posting.bank_account_id"
    "   WHERE entry.fund_id = deposit.fund_id AND entry.key = 'deposit:' || deposit.id) money"
    " ON true"
    " WHERE deposit.bank_reference <> card.reference OR deposit.fund_id <> card.fund_id"
    "   OR deposit.currency <> card.currency OR is_there IS DISTINCT FROM true",
)
"""What a card has paid is a deposit of its reference, in transit at its provider."""


CHARGES_ARE_OF_THEIR_GIFT = Invariant(
    _l("The payment by card %(reference)s and its monthly gift do not match."),
    "SELECT coalesce(card.reference, card.key) AS reference FROM card_payment card"
    " JOIN card_mandate mandate ON mandate.id = mandate_id"
    " WHERE card.pledge_id <> mandate.pledge_id OR card.fund_id <> mandate.fund_id"
    "   OR card.provider <> mandate.provider OR card.currency <> mandate.currency",
)
"""What is charged every month is given for one gift, at one provider."""


CHECKS: list[Check] = [PAYMENTS_ARE_THEIR_DEPOSITS, CHARGES_ARE_OF_THEIR_GIFT]
