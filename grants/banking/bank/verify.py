"""What must hold of the bank's side on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.kernel.language import gettext as _

TRIGGERS = {
    "bank_statement_append_only": "bank_statement",
    "bank_line_kept": "bank_line",
    "bank_line_not_deleted": "bank_line",
    "bank_line_whole": "bank_line",
    "bank_line_in_month": "bank_line",
    "bank_month_kept": "bank_month",
    "line_match_kept": "line_match",
    "line_match_not_deleted": "line_match",
    "line_match_whole": "line_match",
    "reconciliation_append_only": "reconciliation",
}
"""The database's own rules about statements and what their lines are, and their tables."""


def _found(session: Session, query: str) -> Iterator[Any]:
    return iter(session.execute(text(query)).all())


def statements_tie(session: Session) -> Iterator[str]:
    """Opening balance and lines of each statement are its closing balance."""
    for row in _found(
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
    for row in _found(
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
    for row in _found(
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
    for row in _found(
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


CHECKS: list[Check] = [
    statements_tie,
    statements_follow_each_other,
    lines_are_their_postings,
    months_are_their_lines,
]
