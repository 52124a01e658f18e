"""What must hold of set-offs on live data; `flask ledger verify` asks it with the rest."""

from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l

TRIGGERS = {"set_off_kept": "set_off"}
"""The database's own rule: what was proposed never changes."""

PAYMENTS_ARE_LESS_BY_IT = Invariant(
    _l("Instalment %(number)s of %(grant)s was not reduced by the amount agreed to be set off."),
    'SELECT reference AS "grant", instalment.number FROM instalment'
    " JOIN award ON award.id = instalment.award_id WHERE set_off_minor <> ("
    "   SELECT coalesce(sum(set_off.amount_minor), 0) FROM set_off"
    "   WHERE set_off.award_id = instalment.award_id"
    "   AND instalment_number = instalment.number AND set_off.state IN ('agreed', 'deducted'))",
)
REFUNDS_WAIT_FOR_IT = Invariant(
    _l("The set-offs of refund %(number)s of %(grant)s do not add up."),
    'SELECT reference AS "grant", refund_request.number FROM refund_request'
    " JOIN award ON award.id = refund_request.award_id WHERE set_off_minor <> ("
    "   SELECT coalesce(sum(set_off.amount_minor), 0) FROM set_off"
    "   WHERE request_id = refund_request.id AND set_off.state = 'agreed')",
)
EACH_IS_BOOKED_WITH_ITS_PAYMENT = Invariant(
    _l("Set-off %(number)s of %(grant)s does not match its refunds."),
    'SELECT reference AS "grant", set_off.number FROM set_off'
    " JOIN award ON award.id = set_off.award_id WHERE"
    " CASE WHEN set_off.state = 'deducted' THEN set_off.amount_minor ELSE 0 END <> ("
    "   SELECT coalesce(sum(grant_refund.amount_minor), 0) FROM grant_refund"
    "   WHERE set_off_id = set_off.id)",
)
NOTHING_IS_LEFT_BETWEEN_PAYMENT_AND_REFUND = Invariant(
    _l("The set-off posted on %(subject)s is not 0."),
    "SELECT subject FROM posting WHERE account = 'set_off'"
    " GROUP BY subject HAVING sum(usd_minor) <> 0",
)

CHECKS: list[Check] = [
    PAYMENTS_ARE_LESS_BY_IT,
    REFUNDS_WAIT_FOR_IT,
    EACH_IS_BOOKED_WITH_ITS_PAYMENT,
    NOTHING_IS_LEFT_BETWEEN_PAYMENT_AND_REFUND,
]
