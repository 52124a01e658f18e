"""What must hold of contributions on live data; `flask ledger verify` asks it with the rest."""

from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.giving.pledges.workflow import ACCEPTED, AGREED, ChangeState
from grants.integrity.diligence.workflow import CLEARED, DiligenceState

TRIGGERS = {
    "pledge_kept": "pledge",
    "pledge_not_emptied": "pledge",
    "pledge_instalments_whole": "pledge_instalment",
    "pledge_instalments_kept": "pledge_instalment",
    "pledge_change_whole": "pledge_change",
    "pledge_change_kept": "pledge_change",
    "pledge_change_not_deleted": "pledge_change",
    "reminder_append_only": "reminder",
    "deposit_kept": "deposit",
    "deposit_not_deleted": "deposit",
    "receipt_append_only": "receipt",
    "receipt_gapless": "receipt",
}
"""The database's own rules about pledges, deposits and receipts, and their tables."""


RECEIPTS_ARE_GAPLESS = Invariant(
    _l(
        "Receipts of %(fund)s in %(year)s have a gap: %(issued)s issued, numbered %(first)s to "
        "%(highest)s."
    ),
    "SELECT code AS fund, year, count(*) AS issued, min(number) AS first, max(number) AS highest,"
    "   counter.last"
    " FROM receipt JOIN fund ON fund.id = fund_id"
    " LEFT JOIN counter ON series = code || '/receipt/' || year"
    " GROUP BY code, year, counter.last"
    " HAVING min(number) <> 1 OR max(number) <> count(*)"
    "   OR counter.last IS DISTINCT FROM max(number)",
)
"""Receipts of a fund and year run 1, 2, 3 … up to the last number that was given."""


DEPOSITS_HAVE_THEIR_RECEIPTS = Invariant(
    _l("The deposit %(reference)s and its receipt do not match."),
    "WITH RECURSIVE merged AS ("
    " SELECT id, merged_into_id AS current FROM organisation WHERE merged_into_id IS NOT NULL"
    " UNION SELECT merged.id, merged_into_id FROM merged"
    "   JOIN organisation ON organisation.id = current WHERE merged_into_id IS NOT NULL)"
    " SELECT bank_reference AS reference FROM deposit"
    " LEFT JOIN pledge ON pledge.id = pledge_id LEFT JOIN receipt ON deposit_id = deposit.id"
    " WHERE (pledge_id IS NULL) <> (receipt.id IS NULL)"
    "   OR (receipt.donor_id IS DISTINCT FROM pledge.donor_id AND NOT EXISTS (SELECT FROM merged"
    "     WHERE merged.id = receipt.donor_id AND current = pledge.donor_id))"
    "   OR receipt.fund_id <> deposit.fund_id",
)
"""Every deposit on a pledge has a receipt for the pledge's donor, or for the record of it that was
merged; unidentified money none.
"""


_POSTED = (
    "SELECT entry.*,"
    "   coalesce(sum(amount_minor) FILTER (WHERE account = 'cash'), 0) AS amount,"
    "   coalesce(sum(amount_minor) FILTER (WHERE account = 'bank_charges'), 0) AS fee,"
    "   coalesce(sum(usd_minor) FILTER (WHERE account IN ('cash', 'bank_charges')), 0) AS cents,"
    "   min(currency) AS code, max(currency) AS other"
    " FROM entry JOIN posting ON entry_id = entry.id"
    " WHERE event IN ('deposit_received', 'unidentified_received') AND reverses_id IS NULL"
    "   AND key LIKE 'deposit:%'"
    "   AND NOT EXISTS (SELECT FROM entry undoing WHERE undoing.reverses_id = entry.id)"
    " GROUP BY entry.id"
)
"""Standing entries of money that came, with what they posted."""


DEPOSITS_ARE_IN_THE_BOOKS = Invariant(
    _l("The deposit %(reference)s and the ledger do not match."),
    f"WITH posted AS ({_POSTED})"  # noqa: S608 - the query above, no outside text
    " SELECT coalesce(bank_reference, posted.key) AS reference"
    " FROM (SELECT * FROM deposit WHERE reversed_on IS NULL) deposit"
    " FULL JOIN posted ON posted.key = 'deposit:' || deposit.id"
    "   AND posted.fund_id = deposit.fund_id"
    " WHERE posted.id IS NULL OR deposit.id IS NULL OR posted.booked_on <> value_on"
    "   OR posted.amount <> amount_minor OR posted.fee <> bank_fee_minor"
    "   OR posted.cents <> deposit.usd_minor OR code <> deposit.currency OR other <> code"
    "   OR (posted.event = 'deposit_received')"
    "     <> (pledge_id IS NOT NULL AND allocated_on IS NULL)",
)
"""Every deposit that is not reversed has its entry, of the same day, amount, fee and USD; no
standing entry is without.
"""


ALLOCATIONS_LEFT_SUSPENSE = Invariant(
    _l("The deposit %(reference)s was allocated, but the suspense account does not show it."),
    "SELECT bank_reference AS reference FROM deposit LEFT JOIN ("
    "   SELECT entry.fund_id, key, booked_on, sum(amount_minor) AS amount,"
    "     sum(usd_minor) AS cents"
    "   FROM entry JOIN posting ON entry_id = entry.id AND account = 'suspense'"
    "   WHERE event = 'suspense_allocated' AND reverses_id IS NULL AND NOT EXISTS ("
    "     SELECT FROM entry undoing WHERE undoing.reverses_id = entry.id)"
    "   GROUP BY entry.id) moved"
    "   ON key = 'deposit:' || deposit.id || '\\:allocated' AND moved.fund_id = deposit.fund_id"
    " WHERE (CASE WHEN reversed_on IS NULL THEN allocated_on END)"
    "     IS DISTINCT FROM moved.booked_on"
    "   OR (allocated_on IS NOT NULL AND reversed_on IS NULL"
    "     AND (moved.amount <> amount_minor + bank_fee_minor OR moved.cents <> usd_minor))",
)
"""Money that was unidentified left suspense whole, on the day it was allocated."""


REVERSED_DEPOSITS_LEFT_THE_BOOKS = Invariant(
    _l("The deposit %(reference)s was reversed, but the ledger does not show it."),
    "SELECT DISTINCT bank_reference AS reference"
    " FROM deposit JOIN entry ON entry.fund_id = deposit.fund_id"
    "   AND key IN ('deposit:' || deposit.id, 'deposit:' || deposit.id || '\\:allocated')"
    " LEFT JOIN entry undoing ON undoing.reverses_id = entry.id"
    " WHERE reversed_on IS NOT NULL AND undoing.booked_on IS DISTINCT FROM reversed_on",
)
"""What was booked of a reversed deposit was reversed on its day."""


_GIVEN_UP = (
    "SELECT pledge_id, sum(amount_minor) AS minor FROM pledge_change"
    " WHERE state = ANY(:approved) GROUP BY pledge_id"
)
"""What approved changes took from each pledge."""


INSTALMENTS_ADD_UP = Invariant(
    _l("The scheduled payments of %(pledge)s do not add up to the pledge."),
    f"WITH gone AS ({_GIVEN_UP})"  # noqa: S608 - the query above, no outside text
    " SELECT reference AS pledge FROM pledge"
    " JOIN pledge_instalment USING (revision) LEFT JOIN gone ON gone.pledge_id = pledge.id"
    " WHERE pledge_instalment.pledge_id = pledge.id"
    " GROUP BY pledge.id, gone.minor"
    " HAVING sum(pledge_instalment.amount_minor)"
    "   <> pledge.amount_minor - coalesce(gone.minor, 0)",
    {"approved": [ChangeState.APPROVED]},
)
"""The promised payments of a pledge add up to its amount in force."""


AGREEMENTS_ARE_IN_THE_BOOKS = Invariant(
    _l("The agreement on %(pledge)s and the ledger do not match."),
    f"WITH gone AS ({_GIVEN_UP})"  # noqa: S608 - the query above, no outside text
    " SELECT reference AS pledge"
    " FROM pledge LEFT JOIN gone ON gone.pledge_id = pledge.id LEFT JOIN ("
    "   SELECT subject, fund_id, booked_on FROM entry"
    "   WHERE event = 'agreement_signed' AND reverses_id IS NULL AND NOT EXISTS ("
    "     SELECT FROM entry undoing WHERE undoing.reverses_id = entry.id)) booked"
    "   ON subject = 'pledge:' || pledge.id AND booked.fund_id = pledge.fund_id"
    " WHERE (state = ANY(:agreed) AND booked_on IS DISTINCT FROM agreement_signed_on"
    "     AND (booked_on IS NOT NULL OR pledge.amount_minor - coalesce(gone.minor, 0) > ("
    "       SELECT coalesce(sum(amount_minor + bank_fee_minor), 0) FROM deposit"
    "       WHERE pledge_id = pledge.id AND reversed_on IS NULL)))"
    "   OR (state <> ALL(:agreed) AND booked_on IS NOT NULL)",
    {"agreed": AGREED, "approved": [ChangeState.APPROVED]},
)
"""A signed agreement is in the books on its date, unless all had been paid by then."""


ACCEPTED_PLEDGES_WERE_CLEARED = Invariant(
    _l("The pledge %(pledge)s was accepted, but its donor was never cleared."),
    "SELECT reference AS pledge FROM pledge JOIN organisation ON organisation.id = donor_id"
    " WHERE state = ANY(:accepted) AND kind <> ALL(:of_states) AND NOT pledge.express"
    "   AND NOT EXISTS (SELECT FROM due_diligence"
    "     WHERE due_diligence.organisation_id = donor_id"
    "       AND due_diligence.state = ANY(:was_cleared))",
    {
        "accepted": ACCEPTED,
        "of_states": [DonorKind.MEMBER_STATE, DonorKind.IGO],
        "was_cleared": [*CLEARED, DiligenceState.REVOKED],
    },
)
"""Whose pledge was accepted had been cleared, States, organisations of States and express gifts
apart.
"""


ACCEPTED_GIFTS_WERE_SCREENED = Invariant(
    _l("The gift %(pledge)s was accepted, but the name of its donor was never screened."),
    "SELECT DISTINCT reference AS pledge FROM pledge LEFT JOIN deposit ON pledge_id = pledge.id"
    " WHERE pledge.express AND (state = ANY(:accepted) OR deposit.id IS NOT NULL)"
    "   AND NOT EXISTS (SELECT FROM sanctions_watch"
    "     WHERE sanctions_watch.organisation_id = pledge.donor_id AND checked_at IS NOT NULL)",
    {"accepted": ACCEPTED},
)
"""An express gift is accepted, and its money taken, once the name is compared with the list."""


CHANGES_LEFT_THE_BOOKS = Invariant(
    _l("The pledge change %(change)s and the ledger do not match."),
    "SELECT coalesce(pledge_change.id::text, key) AS change FROM (SELECT *"
    " FROM pledge_change WHERE in_books)"
    "   pledge_change"
    " FULL JOIN (SELECT key, booked_on, -sum(amount_minor) AS minor"
    "   FROM entry JOIN posting ON entry_id = entry.id"
    "   WHERE event = 'receivable_written_off' AND key LIKE 'pledge_change\\:%'"
    "     AND account = 'contributions_receivable' GROUP BY entry.id) booked"
    "   ON key = 'pledge_change\\:' || pledge_change.id"
    " WHERE key IS NULL OR pledge_change.id IS NULL OR booked_on <> decided_on"
    "   OR minor <> amount_minor",
)
"""A change that took from a receivable has its write-off, of the same day and amount; no
write-off is without its change.
"""


CHECKS: list[Check] = [
    RECEIPTS_ARE_GAPLESS,
    DEPOSITS_HAVE_THEIR_RECEIPTS,
    DEPOSITS_ARE_IN_THE_BOOKS,
    ALLOCATIONS_LEFT_SUSPENSE,
    REVERSED_DEPOSITS_LEFT_THE_BOOKS,
    INSTALMENTS_ADD_UP,
    AGREEMENTS_ARE_IN_THE_BOOKS,
    ACCEPTED_PLEDGES_WERE_CLEARED,
    ACCEPTED_GIFTS_WERE_SCREENED,
    CHANGES_LEFT_THE_BOOKS,
]
