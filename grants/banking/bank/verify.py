"""What must hold of the bank's side on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check, rows_of
from grants.core.kernel.language import gettext as _

TRIGGERS = {
    "bank_statement_append_only": "bank_statement",
    "bank_line_kept": "bank_line",
    "bank_line_not_deleted": "bank_line",
    "bank_line_whole": "bank_line",
    "bank_line_in_month": "bank_line",
    "bank_month_kept": "bank_month",
    "line_match_days": "line_match",
    "line_match_kept": "line_match",
    "line_match_not_deleted": "line_match",
    "line_match_unmatched": "line_match",
    "line_match_whole": "line_match",
    "organisation_named": "organisation",
    "pledge_named": "pledge",
    "posting_unmatched": "posting",
    "reconciliation_append_only": "reconciliation",
    "unmatched_cash_kept": "unmatched_cash",
}
"""The database’s own rules about statements, what their lines are and who sent them."""


def donors_are_found_by_name(session: Session) -> Iterator[str]:
    """Each donor of a pledge is among those whose names are compared with the senders of money."""
    for row in rows_of(
        session,
        "SELECT code FROM organisation WHERE named_in IS NULL"
        " AND EXISTS (SELECT FROM pledge WHERE donor_id = organisation.id) ORDER BY id",
    ):
        yield _(
            "Payments from donor %(code)s are not found by its name: it is not marked as a donor.",
            code=row.code,
        )


def statements_tie(session: Session) -> Iterator[str]:
    """Opening balance and lines of each statement are its closing balance."""
    for row in rows_of(
        session,
        "SELECT code, reference FROM bank_statement statement"
        " JOIN bank_account ON bank_account.id = bank_account_id"
        " LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS booked FROM bank_line"
        "   WHERE statement_id = statement.id) lines ON true"
        " WHERE opening_minor + booked <> closing_minor"
        "   OR statement.currency <> bank_account.currency",
    ):
        yield _(
            "The statement %(name)s of %(account)s does not reconcile.",
            name=row.reference,
            account=row.code,
        )


def statements_follow_each_other(session: Session) -> Iterator[str]:
    """Each statement of an account opens with what the one before closed with."""
    for row in rows_of(
        session,
        "SELECT code, reference FROM (SELECT *, lag(closing_minor) OVER ("
        "   PARTITION BY bank_account_id ORDER BY from_on, to_on, id) AS before"
        "   FROM bank_statement) statement"
        " JOIN bank_account ON bank_account.id = bank_account_id"
        " WHERE before <> opening_minor",
    ):
        yield _(
            "A statement is missing before the statement %(name)s of %(account)s.",
            name=row.reference,
            account=row.code,
        )


def lines_are_their_postings(session: Session) -> Iterator[str]:
    """A matched line is cash postings of its account that add up to it; no other line has any."""
    for row in rows_of(
        session,
        "SELECT line.id FROM bank_line line JOIN bank_account place ON place.id = bank_account_id"
        " LEFT JOIN LATERAL (SELECT sum(CASE place.currency WHEN 'USD' THEN usd_minor"
        "     ELSE posting.amount_minor END) AS minor,"
        "   bool_or(posting.bank_account_id IS DISTINCT FROM place.id) AS elsewhere"
        "   FROM line_match JOIN posting ON posting.id = posting_id"
        "   WHERE line_id = line.id AND released_at IS NULL) found ON true"
        " WHERE (state = 'matched') <> (minor IS NOT NULL) OR minor <> line.amount_minor"
        "   OR elsewhere",
    ):
        yield _("Bank statement line %(id)s differs from what it is matched to.", id=row.id)


def months_are_their_lines(session: Session) -> Iterator[str]:
    """What is kept of a month of a bank account is the sum of its lines."""
    for row in rows_of(
        session,
        "WITH booked AS (SELECT bank_account_id, date_trunc('month', booked_on)::date AS month,"
        "   sum(amount_minor) AS booked FROM bank_line GROUP BY 1, 2)"
        " SELECT code, month FROM booked FULL JOIN bank_month USING (bank_account_id, month)"
        " JOIN bank_account ON bank_account.id = bank_account_id"
        " WHERE booked IS DISTINCT FROM minor",
    ):
        yield _(
            "The lines of %(month)s of the bank account %(account)s do not add up to what is kept.",
            month=f"{row.month:%Y-%m}",
            account=row.code,
        )


def matches_have_the_days_of_both_sides(session: Session) -> Iterator[str]:
    """A match has the days on which its line and its entry are booked."""
    for row in rows_of(
        session,
        "SELECT line_id FROM line_match JOIN bank_line ON bank_line.id = line_id"
        " JOIN posting ON posting.id = posting_id JOIN entry ON entry.id = entry_id"
        " WHERE (line_on, entry_on) <> (bank_line.booked_on, entry.booked_on)",
    ):
        yield _("Bank statement line %(id)s is matched on other days than its own.", id=row.line_id)


def unmatched_cash_is_what_no_line_is(session: Session) -> Iterator[str]:
    """What is kept as unmatched is each cash posting that no line is, with what undoes it."""
    for row in rows_of(
        session,
        "WITH found AS (SELECT p.id, p.entry_id, p.bank_account_id, booked_on, reverses_id"
        "   FROM posting p JOIN entry ON entry.id = p.entry_id"
        "   LEFT JOIN line_match m ON m.posting_id = p.id AND released_at IS NULL"
        "   WHERE p.bank_account_id IS NOT NULL AND m.id IS NULL),"
        " pairs AS (SELECT one.id, one.booked_on, p.id AS other_id, entry.booked_on AS other_on"
        "   FROM found one JOIN posting p ON p.entry_id = one.reverses_id"
        "   AND p.bank_account_id = one.bank_account_id JOIN entry ON entry.id = p.entry_id"
        "   WHERE one.reverses_id IS NOT NULL AND NOT EXISTS (SELECT FROM line_match m"
        "     WHERE m.posting_id = p.id AND released_at IS NULL)),"
        " undone AS (SELECT id, min(other_on) AS day FROM pairs GROUP BY 1"
        "   UNION ALL SELECT other_id, min(booked_on) FROM pairs GROUP BY 1)"
        " SELECT coalesce(found.id, posting_id) AS id"
        " FROM found LEFT JOIN undone ON undone.id = found.id"
        " FULL JOIN unmatched_cash kept ON kept.posting_id = found.id"
        " WHERE (found.id, found.entry_id, found.bank_account_id, found.booked_on, undone.day)"
        "   IS DISTINCT FROM (kept.posting_id, kept.entry_id, kept.bank_account_id,"
        "     kept.booked_on, kept.undone_on)",
    ):
        yield _("Posting %(id)s is wrongly kept as matched or unmatched.", id=row.id)


CHECKS: list[Check] = [
    donors_are_found_by_name,
    statements_tie,
    statements_follow_each_other,
    lines_are_their_postings,
    months_are_their_lines,
    matches_have_the_days_of_both_sides,
    unmatched_cash_is_what_no_line_is,
]
