"""What must hold of contributions on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check, rows_of
from grants.core.kernel.language import gettext as _

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


def receipts_are_gapless(session: Session) -> Iterator[str]:
    """Receipts of a fund and year run 1, 2, 3 … up to the last number that was given."""
    for row in rows_of(
        session,
        "SELECT code, year, count(*) AS issued, min(number) AS first, max(number) AS highest,"
        "   counter.last"
        " FROM receipt JOIN fund ON fund.id = fund_id"
        " LEFT JOIN counter ON series = code || '/receipt/' || year"
        " GROUP BY code, year, counter.last"
        " HAVING min(number) <> 1 OR max(number) <> count(*)"
        "   OR counter.last IS DISTINCT FROM max(number)",
    ):
        yield _(
            "Receipts of %(fund)s in %(year)s have a gap: %(issued)s issued, numbered %(first)s to "
            "%(highest)s.",
            fund=row.code,
            year=row.year,
            issued=row.issued,
            first=row.first,
            highest=row.highest,
        )


def deposits_have_their_receipts(session: Session) -> Iterator[str]:
    """Every deposit on a pledge has a receipt for the pledge's donor; unidentified money none."""
    for row in rows_of(
        session,
        "SELECT bank_reference FROM deposit"
        " LEFT JOIN pledge ON pledge.id = pledge_id LEFT JOIN receipt ON deposit_id = deposit.id"
        " WHERE (pledge_id IS NULL) <> (receipt.id IS NULL)"
        "   OR receipt.donor_id IS DISTINCT FROM pledge.donor_id"
        "   OR receipt.fund_id <> deposit.fund_id",
    ):
        yield _(
            "The deposit %(reference)s and its receipt do not match.", reference=row.bank_reference
        )


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


def deposits_are_in_the_books(session: Session) -> Iterator[str]:
    """Every deposit that is not reversed has its entry, of the same day, amount, fee and USD; no
    standing entry is without.
    """
    for row in rows_of(
        session,
        f"WITH posted AS ({_POSTED})"  # noqa: S608 - the query above, no outside text
        " SELECT bank_reference, posted.key"
        " FROM (SELECT * FROM deposit WHERE reversed_on IS NULL) deposit"
        " FULL JOIN posted ON posted.key = 'deposit:' || deposit.id"
        "   AND posted.fund_id = deposit.fund_id"
        " WHERE posted.id IS NULL OR deposit.id IS NULL OR posted.booked_on <> value_on"
        "   OR posted.amount <> amount_minor OR posted.fee <> bank_fee_minor"
        "   OR posted.cents <> deposit.usd_minor OR code <> deposit.currency OR other <> code"
        "   OR (posted.event = 'deposit_received')"
        "     <> (pledge_id IS NOT NULL AND allocated_on IS NULL)",
    ):
        yield _(
            "The deposit %(reference)s and the ledger do not match.",
            reference=row.bank_reference or row.key,
        )


def allocations_left_suspense(session: Session) -> Iterator[str]:
    """Money that was unidentified left suspense whole, on the day it was allocated."""
    for row in rows_of(
        session,
        "SELECT bank_reference FROM deposit LEFT JOIN ("
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
    ):
        yield _(
            "The deposit %(reference)s was allocated, but the suspense account does not show it.",
            reference=row.bank_reference,
        )


def reversed_deposits_left_the_books(session: Session) -> Iterator[str]:
    """What was booked of a reversed deposit was reversed on its day."""
    for row in rows_of(
        session,
        "SELECT DISTINCT bank_reference FROM deposit JOIN entry ON entry.fund_id = deposit.fund_id"
        "   AND key IN ('deposit:' || deposit.id, 'deposit:' || deposit.id || '\\:allocated')"
        " LEFT JOIN entry undoing ON undoing.reverses_id = entry.id"
        " WHERE reversed_on IS NOT NULL AND undoing.booked_on IS DISTINCT FROM reversed_on",
    ):
        yield _(
            "The deposit %(reference)s was reversed, but the ledger does not show it.",
            reference=row.bank_reference,
        )


_GIVEN_UP = (
    "SELECT pledge_id, sum(amount_minor) AS minor FROM pledge_change"
    " WHERE state = 'approved' GROUP BY pledge_id"
)
"""What approved changes took from each pledge."""


def instalments_add_up(session: Session) -> Iterator[str]:
    """The promised payments of a pledge add up to its amount in force."""
    for row in rows_of(
        session,
        f"WITH gone AS ({_GIVEN_UP})"  # noqa: S608 - the query above, no outside text
        " SELECT reference FROM pledge"
        " JOIN pledge_instalment USING (revision) LEFT JOIN gone ON gone.pledge_id = pledge.id"
        " WHERE pledge_instalment.pledge_id = pledge.id"
        " GROUP BY pledge.id, gone.minor"
        " HAVING sum(pledge_instalment.amount_minor)"
        "   <> pledge.amount_minor - coalesce(gone.minor, 0)",
    ):
        yield _(
            "The scheduled payments of %(pledge)s do not add up to the pledge.",
            pledge=row.reference,
        )


def agreements_are_in_the_books(session: Session) -> Iterator[str]:
    """A signed agreement is in the books on its date, unless all had been paid by then."""
    for row in rows_of(
        session,
        f"WITH gone AS ({_GIVEN_UP})"  # noqa: S608 - the query above, no outside text
        " SELECT reference FROM pledge LEFT JOIN gone ON gone.pledge_id = pledge.id LEFT JOIN ("
        "   SELECT subject, fund_id, booked_on FROM entry"
        "   WHERE event = 'agreement_signed' AND reverses_id IS NULL AND NOT EXISTS ("
        "     SELECT FROM entry undoing WHERE undoing.reverses_id = entry.id)) booked"
        "   ON subject = 'pledge:' || pledge.id AND booked.fund_id = pledge.fund_id"
        " WHERE (state = 'signed' AND booked_on IS DISTINCT FROM agreement_signed_on"
        "     AND (booked_on IS NOT NULL OR pledge.amount_minor - coalesce(gone.minor, 0) > ("
        "       SELECT coalesce(sum(amount_minor + bank_fee_minor), 0) FROM deposit"
        "       WHERE pledge_id = pledge.id AND reversed_on IS NULL)))"
        "   OR (state <> 'signed' AND booked_on IS NOT NULL)",
    ):
        yield _("The agreement on %(pledge)s and the ledger do not match.", pledge=row.reference)


def accepted_pledges_were_cleared(session: Session) -> Iterator[str]:
    """Whose pledge was accepted had been cleared, States and organisations of States apart."""
    for row in rows_of(
        session,
        "SELECT reference FROM pledge JOIN organisation ON organisation.id = donor_id"
        " WHERE state IN ('acknowledged', 'signed') AND kind NOT IN ('member_state', 'igo')"
        "   AND NOT EXISTS (SELECT FROM due_diligence"
        "     WHERE due_diligence.organisation_id = donor_id"
        "       AND due_diligence.state IN ('cleared', 'conditions', 'revoked'))",
    ):
        yield _(
            "The pledge %(pledge)s was accepted, but its donor was never cleared.",
            pledge=row.reference,
        )


def changes_left_the_books(session: Session) -> Iterator[str]:
    """A change that took from a receivable has its write-off, of the same day and amount; no
    write-off is without its change.
    """
    for row in rows_of(
        session,
        "SELECT key, pledge_change.id FROM (SELECT * FROM pledge_change WHERE in_books)"
        "   pledge_change"
        " FULL JOIN (SELECT key, booked_on, -sum(amount_minor) AS minor"
        "   FROM entry JOIN posting ON entry_id = entry.id"
        "   WHERE event = 'receivable_written_off' AND key LIKE 'pledge_change\\:%'"
        "     AND account = 'contributions_receivable' GROUP BY entry.id) booked"
        "   ON key = 'pledge_change\\:' || pledge_change.id"
        " WHERE key IS NULL OR pledge_change.id IS NULL OR booked_on <> decided_on"
        "   OR minor <> amount_minor",
    ):
        yield _(
            "The pledge change %(change)s and the ledger do not match.", change=row.id or row.key
        )


CHECKS: list[Check] = [
    receipts_are_gapless,
    deposits_have_their_receipts,
    deposits_are_in_the_books,
    allocations_left_suspense,
    reversed_deposits_left_the_books,
    instalments_add_up,
    agreements_are_in_the_books,
    accepted_pledges_were_cleared,
    changes_left_the_books,
]
