"""Asking live data whether every grant is whole: added to the ledger's checks at assembly."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from grants.books.ledger.spending import with_support_cost
from grants.books.ledger.verify import Check, rows_of
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import usd
from grants.deciding.awards.workflow import SIGNED
from grants.granting.payments.workflow import PAID

INSTALMENTS_ADD_UP = Invariant(
    _l("The instalments of %(grant)s add up to %(planned)s US cents; the award is %(award)s."),
    'SELECT reference AS "grant", award.amount_minor AS award,'
    " coalesce(sum(instalment.amount_minor), 0) AS planned"
    " FROM award LEFT JOIN instalment ON award_id = award.id"
    " WHERE award.state = ANY(:signed) GROUP BY award.id"
    " HAVING coalesce(sum(instalment.amount_minor), 0) <> award.amount_minor",
    {"signed": SIGNED},
)
"""The instalments of an agreed grant sum to its award."""


NO_MORE_WAS_PAID_OR_REFUNDED = Invariant(
    _l("%(grant)s: %(paid)s US cents were paid, but %(back)s were refunded."),
    "WITH paid AS (SELECT award_id, sum(amount_minor) AS cents FROM instalment"
    "   WHERE state = ANY(:paid) GROUP BY award_id),"
    " back AS (SELECT award_id, sum(amount_minor) AS cents FROM grant_refund GROUP BY award_id)"
    ' SELECT reference AS "grant", coalesce(paid.cents, 0) AS paid, coalesce(back.cents, 0) AS back'
    " FROM award LEFT JOIN paid ON paid.award_id = award.id"
    " LEFT JOIN back ON back.award_id = award.id"
    " WHERE coalesce(paid.cents, 0) > amount_minor"
    " OR coalesce(back.cents, 0) > coalesce(paid.cents, 0)",
    {"paid": PAID},
)
"""What was paid is no more than the award, and what came back no more than what was paid."""


EVERY_PAYMENT_IS_BOOKED = Invariant(
    _l("The payments of %(grant)s and the ledger do not match."),
    "WITH booked AS (SELECT posting.subject,"
    "   sum(usd_minor) FILTER ("
    "     WHERE event IN ('instalment_paid', 'instalment_returned')) AS paid,"
    "   sum(-usd_minor) FILTER (WHERE event = 'grantee_refunded') AS back"
    "   FROM posting JOIN entry ON entry.id = entry_id"
    "   WHERE account = 'grant_expense' GROUP BY posting.subject),"
    " paid AS (SELECT award_id, sum(amount_minor) AS cents FROM instalment"
    "   WHERE state = ANY(:paid) GROUP BY award_id),"
    " back AS (SELECT award_id, sum(amount_minor) AS cents FROM grant_refund GROUP BY award_id)"
    ' SELECT reference AS "grant" FROM award'
    " LEFT JOIN booked ON booked.subject = 'award:' || award.id"
    " LEFT JOIN paid ON paid.award_id = award.id"
    " LEFT JOIN back ON back.award_id = award.id"
    " WHERE coalesce(booked.paid, 0) <> coalesce(paid.cents, 0)"
    " OR coalesce(booked.back, 0) <> coalesce(back.cents, 0)",
    {"paid": PAID},
)
"""Payments and refunds of each grant are in the books to the cent, and nothing else is."""


EACH_PAYMENT_HAS_ITS_ENTRY = Invariant(
    _l("Instalment %(number)s of %(grant)s was paid but has no entry in the ledger."),
    'SELECT reference AS "grant", number FROM instalment JOIN award ON award.id = award_id'
    " WHERE instalment.state = ANY(:paid) AND NOT EXISTS ("
    "   SELECT FROM entry JOIN posting ON posting.entry_id = entry.id"
    "   WHERE entry.fund_id = award.fund_id AND account = 'grant_expense'"
    "   AND key = 'instalment:' || instalment.id || ':' || bank_reference"
    "   AND booked_on = paid_on AND usd_minor = instalment.amount_minor)",
    {"paid": PAID},
)
"""Each instalment that was paid has one standing entry of its own, of the day it was paid."""


def commitments_are_what_is_unpaid(session: Session) -> Iterator[str]:
    """What the books hold committed to a grant is its unpaid instalments with their support cost,
    at the grant's own rate and rounded for each.
    """
    for row in rows_of(
        session,
        "WITH committed AS (SELECT subject, sum(usd_minor) AS cents FROM posting"
        "   WHERE account = 'commitments' GROUP BY subject)"
        " SELECT reference, psc_percent, coalesce(cents, 0) AS cents,"
        "   array_remove(array_agg(CASE WHEN instalment.state <> ALL(:paid)"
        "     THEN instalment.amount_minor END), NULL) AS unpaid"
        " FROM award JOIN instalment ON award_id = award.id"
        " LEFT JOIN committed ON committed.subject = 'award:' || award.id"
        " WHERE award.state = ANY(:signed) GROUP BY award.id, cents",
        paid=[state.value for state in PAID],
        signed=[state.value for state in SIGNED],
    ):
        owed = with_support_cost([usd(part) for part in row.unpaid], row.psc_percent)
        if owed.minor != row.cents:
            yield _(
                "%(cents)s US cents are committed to %(grant)s, but %(owed)s are still to be paid.",
                cents=row.cents,
                grant=row.reference,
                owed=owed.minor,
            )


REPORTS_ADD_UP = Invariant(
    _l("Report %(number)s of %(grant)s does not add up."),
    'SELECT reference AS "grant", number FROM report JOIN award ON award.id = award_id WHERE'
    " spent_minor <> (SELECT coalesce(sum(value::numeric * 100), 0)"
    "   FROM jsonb_each_text(expenditure))"
    " OR people <> (SELECT coalesce(sum(band.value::int), 0)"
    "   FROM jsonb_each(beneficiaries) sex, jsonb_each_text(sex.value) band)"
    " OR people <> (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(exploitation))",
)
"""The totals that a report carries are those of its own tables."""


TRIGGERS = {
    "signing_kept": "signing",
    "signature_kept": "signature",
    "clause_text_append_only": "clause_text",
    "preparation_kept": "preparation",
    "award_whole": "award",
    "instalment_whole": "instalment",
    "grant_refund_whole": "grant_refund",
    "instalment_kept": "instalment",
    "agreement_kept": "agreement",
    "grant_change_kept": "grant_change",
    "report_kept": "report",
    "grant_refund_append_only": "grant_refund",
    "returned_payment_append_only": "returned_payment",
}
"""The database's own rules about grants, and their tables."""

CHECKS: list[Check] = [
    INSTALMENTS_ADD_UP,
    NO_MORE_WAS_PAID_OR_REFUNDED,
    EVERY_PAYMENT_IS_BOOKED,
    EACH_PAYMENT_HAS_ITS_ENTRY,
    commitments_are_what_is_unpaid,
    REPORTS_ADD_UP,
]
