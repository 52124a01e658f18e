"""What must hold of the bank's side on live data; `flask ledger verify` asks it with the rest."""

from grants.banking.bank.workflow import IN_BOOKS
from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l

TRIGGERS = {
    "bank_statement_append_only": "bank_statement",
    "bank_line_kept": "bank_line",
    "bank_line_not_deleted": "bank_line",
    "bank_line_whole": "bank_line",
    "line_match_days": "line_match",
    "line_match_kept": "line_match",
    "line_match_not_deleted": "line_match",
    "line_match_unmatched": "line_match",
    "line_match_whole": "line_match",
    "posting_unmatched": "posting",
    "reconciliation_append_only": "reconciliation",
    "unmatched_cash_kept": "unmatched_cash",
}
"""The database’s own rules about statements, and what their lines are."""


STATEMENTS_TIE = Invariant(
    _l("The statement %(name)s of %(account)s does not reconcile."),
    "SELECT code AS account, reference AS name FROM bank_statement statement"
    " JOIN bank_account ON bank_account.id = bank_account_id"
    " LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS booked FROM bank_line"
    "   WHERE statement_id = statement.id) lines ON true"
    " WHERE opening_minor + booked <> closing_minor"
    "   OR statement.currency <> bank_account.currency",
)
"""Opening balance and lines of each statement are its closing balance."""


STATEMENTS_FOLLOW_EACH_OTHER = Invariant(
    _l("A statement is missing before the statement %(name)s of %(account)s."),
    "SELECT code AS account, reference AS name FROM (SELECT *, lag(closing_minor) OVER ("
    "   PARTITION BY bank_account_id ORDER BY from_on, to_on, id) AS before"
    "   FROM bank_statement) statement"
    " JOIN bank_account ON bank_account.id = bank_account_id"
    " WHERE before <> opening_minor",
)
"""Each statement of an account opens with what the one before closed with."""


LINES_ARE_THEIR_POSTINGS = Invariant(
    _l("Bank statement line %(id)s differs from what it is matched to."),
    "SELECT line.id FROM bank_line line JOIN bank_account place ON place.id = bank_account_id"
    " LEFT JOIN LATERAL (SELECT sum(CASE place.currency WHEN 'USD' THEN usd_minor"
    "     ELSE posting.amount_minor END) AS minor,"
    "   bool_or(posting.bank_account_id IS DISTINCT FROM place.id) AS elsewhere"
    "   FROM line_match JOIN posting ON posting.id = posting_id"
    "   WHERE line_id = line.id AND released_at IS NULL) found ON true"
    " WHERE (state = ANY(:in_books)) <> (minor IS NOT NULL) OR minor <> line.amount_minor"
    "   OR elsewhere",
    {"in_books": IN_BOOKS},
)
"""A matched line is cash postings of its account that add up to it; no other line has any."""


MATCHES_HAVE_THE_DAYS_OF_BOTH_SIDES = Invariant(
    _l(
        "Bank statement line %(id)s is matched with dates that are not those of the "
        "line and the entry."
    ),
    "SELECT line_id AS id FROM line_match JOIN bank_line ON bank_line.id = line_id"
    " JOIN posting ON posting.id = posting_id JOIN entry ON entry.id = entry_id"
    " WHERE (line_on, entry_on) <> (bank_line.booked_on, entry.booked_on)",
)
"""A match has the days on which its line and its entry are booked."""


UNMATCHED_CASH_IS_WHAT_NO_LINE_IS = Invariant(
    _l("Posting %(id)s is wrongly kept as matched or unmatched."),
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
)
"""What is kept as unmatched is each cash posting that no line is, with what undoes it."""


CHECKS: list[Check] = [
    STATEMENTS_TIE,
    STATEMENTS_FOLLOW_EACH_OTHER,
    LINES_ARE_THEIR_POSTINGS,
    MATCHES_HAVE_THE_DAYS_OF_BOTH_SIDES,
    UNMATCHED_CASH_IS_WHAT_NO_LINE_IS,
]
