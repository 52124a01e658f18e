"""Asking live data whether the fund's invariants hold.

`CHECKS` and `TRIGGERS` are slots. Rooms above the ledger give theirs at assembly; each check reads
only, and yields one sentence for each breach.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.positions import NEVER_NEGATIVE
from grants.core.kernel.breaches import MOST, Invariant, first_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import exponent, known_currencies
from grants.core.kernel.slots import Slot

Check = Callable[[Session], Iterable[str]]

OWN_TRIGGERS = {
    "entry_whole": "entry",
    "posting_whole": "posting",
    "entry_period": "entry",
    "period_alone": "period",
    "posting_with_its_entry": "posting",
    "entry_append_only": "entry",
    "posting_append_only": "posting",
    "exchange_rate_append_only": "exchange_rate",
    "posting_turned_over": "posting",
    "posting_in_a_bank_account": "posting",
    "turnover_by_postings": "turnover",
    "posting_spent": "posting",
    "grant_spending_by_postings": "grant_spending",
    "posting_held": "posting",
    "record_held_kept": "record_held",
    "posting_in_month": "posting",
    "bank_turnover_kept": "bank_turnover",
    "period_kept": "period",
    "trail_append_only": "trail",
}
"""The triggers that the books and the trail rest on, and their tables."""
TRIGGERS: Slot[tuple[str, str]] = Slot("ledger.verify.TRIGGERS", *OWN_TRIGGERS.items())
"""The same of every room."""


def breaches(session: Session, most: int = MOST) -> list[str]:
    """The breaches of every check, of each no more than so many. Each check asks in single
    statements, so writers may go on.

    What is asked for thousands of records at a time is planned each time: as a plan for any number
    of records it took nine times as long.
    """
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return [sentence for check in CHECKS for sentence in first_of(check(session), most)]


def rows_of(session: Session, query: str, **values: Any) -> Iterator[Any]:
    """What a check finds: no row where all is right."""
    return iter(session.execute(text(query), values).all())


def entries_balance(session: Session) -> Iterator[str]:
    """Each entry has two sides or more, which sum to 0 in USD and in each currency."""
    for row in rows_of(
        session,
        "SELECT entry.id, count(posting.id) AS lines, coalesce(sum(usd_minor), 0) AS cents"
        " FROM entry LEFT JOIN posting ON entry_id = entry.id GROUP BY entry.id"
        " HAVING count(posting.id) < 2 OR sum(usd_minor) <> 0",
    ):
        yield _(
            "Entry %(id)s has %(lines)s postings that sum to %(cents)s US cents.",
            id=row.id,
            lines=row.lines,
            cents=row.cents,
        )
    for row in rows_of(
        session,
        "SELECT entry_id, currency FROM posting GROUP BY entry_id, currency"
        " HAVING sum(amount_minor) <> 0",
    ):
        yield _("Entry %(id)s does not balance in %(code)s.", id=row.entry_id, code=row.currency)


TURNOVER_IS_WHAT_WAS_POSTED = Invariant(
    _l(
        "The turnover of %(month)s on %(account)s is recorded as %(kept)s US cents, but "
        "%(posted)s were posted."
    ),
    "WITH posted AS (SELECT fund_id, date_trunc('month', booked_on)::date AS month, event,"
    "   account, sum(usd_minor) AS cents FROM entry JOIN posting ON entry_id = entry.id"
    "   GROUP BY 1, 2, 3, 4)"
    " SELECT to_char(month, 'YYYY-MM') AS month, account, coalesce(cents, 0) AS posted,"
    " coalesce(usd_minor, 0) AS kept"
    " FROM posted FULL JOIN turnover USING (fund_id, month, event, account)"
    " WHERE coalesce(cents, 0) <> coalesce(usd_minor, 0)",
)
"""The monthly turnover that balances are read from is the sum of the postings."""


WHAT_IS_HELD_FOR_RECORDS_WAS_POSTED = Invariant(
    _l(
        "What is held for %(subject)s is recorded as %(kept)s US cents, but %(posted)s were posted."
    ),
    "WITH posted AS (SELECT fund_id, posting.subject, sum(usd_minor) AS cents"
    "   FROM entry JOIN posting ON entry_id = entry.id"
    "   WHERE account IN ('reserved', 'commitments', 'contributions_receivable')"
    "   GROUP BY 1, 2)"
    " SELECT subject, coalesce(cents, 0) AS posted, coalesce(usd_minor, 0) AS kept"
    " FROM posted FULL JOIN record_held USING (fund_id, subject)"
    " WHERE cents IS DISTINCT FROM usd_minor",
)
"""What is reserved and committed for a grant, and expected on a pledge, is the sum of postings."""


BANK_TURNOVER_IS_WHAT_WAS_POSTED = Invariant(
    _l("The turnover of %(month)s in the bank account %(account)s is not what was posted."),
    "WITH posted AS (SELECT bank_account_id, date_trunc('month', booked_on)::date AS month,"
    "   sum(CASE currency WHEN 'USD' THEN usd_minor ELSE amount_minor END) AS own,"
    "   sum(usd_minor) AS cents FROM"
    "   (SELECT bank_account_id, entry_id, usd_minor, amount_minor, bank_account.currency"
    "     FROM posting JOIN bank_account ON bank_account.id = bank_account_id) cash"
    "   JOIN entry ON entry.id = entry_id GROUP BY 1, 2)"
    " SELECT code AS account, to_char(month, 'YYYY-MM') AS month FROM posted"
    " FULL JOIN bank_turnover USING (bank_account_id, month)"
    " JOIN bank_account ON bank_account.id = bank_account_id"
    " WHERE own IS DISTINCT FROM own_minor OR cents IS DISTINCT FROM usd_minor",
)
"""What each month moved in a bank account is the sum of its cash postings."""


SPENDING_IS_WHAT_WAS_POSTED = Invariant(
    _l(
        "The spending of %(year)s on %(subject)s is recorded as %(kept)s US cents, but "
        "%(posted)s were posted."
    ),
    "WITH posted AS (SELECT fund_id, extract(year FROM booked_on)::int AS year,"
    "   posting.subject, sum(usd_minor) AS cents FROM entry JOIN posting ON entry_id = entry.id"
    "   WHERE account = 'grant_expense' GROUP BY 1, 2, 3)"
    " SELECT year, subject, coalesce(cents, 0) AS posted, coalesce(usd_minor, 0) AS kept"
    " FROM posted FULL JOIN grant_spending USING (fund_id, year, subject)"
    " WHERE cents IS DISTINCT FROM usd_minor",
)
"""What a grant cost in a year, as public pages show it, is the sum of its postings."""


def triggers_exist(session: Session) -> Iterator[str]:
    """The database's own rules are there and switched on."""
    switched_on = {
        (row.tgname, row.relname)
        for row in rows_of(
            session,
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace",
        )
    }
    for trigger, table in TRIGGERS:
        if (trigger, table) not in switched_on:
            yield _(
                "The rule %(rule)s on %(table)s is missing or switched off.",
                rule=trigger,
                table=table,
            )


AWARDS = (
    Event.AWARD_RESERVED,
    Event.RESERVATION_ADJUSTED,
    Event.GRANT_COMMITTED,
    Event.DONOR_REFUNDED,
)


AWARDS_WERE_AFFORDABLE = Invariant(
    _l("Entry %(id)s committed or reserved more than was available: %(cents)s US cents."),
    "WITH effect AS (SELECT entry.id, entry.fund_id, event, reverses_id,"
    "   coalesce(CAST(particulars ->> 'has_left' AS boolean), false) AS has_left,"
    "   sum(CASE WHEN account IN ('cash', 'suspense') THEN usd_minor"
    "     WHEN account IN ('commitments', 'reserved') THEN -usd_minor ELSE 0 END) AS moved"
    "   FROM entry JOIN posting ON entry_id = entry.id GROUP BY entry.id),"
    " run AS (SELECT *, sum(moved) OVER (PARTITION BY fund_id ORDER BY id) AS left_over"
    "   FROM effect)"
    " SELECT id, left_over AS cents FROM run WHERE left_over < 0 AND moved < 0"
    "   AND reverses_id IS NULL AND NOT has_left AND event = ANY(:awards)",
    {"awards": AWARDS},
)
"""When each award was booked, the fund's money covered all that was awarded by then. What a card
holder took back is a fact.
"""


def nothing_is_overdrawn(session: Session) -> Iterator[str]:
    """No pledge owes, no receipt holds, no grant has committed or been paid less than nothing;
    what is cleared in its currency is cleared in USD.
    """
    of_code = {account.value: account for account in NEVER_NEGATIVE}
    for row in rows_of(
        session,
        "SELECT account, subject, currency, sum(amount_minor) AS minor, sum(usd_minor) AS cents"
        " FROM posting WHERE account = ANY(:accounts) GROUP BY account, subject, currency",
        accounts=list(of_code),
    ):
        account = of_code[row.account]
        if row.minor * account.kind.natural < 0:
            yield _(
                "%(subject)s has a negative balance on %(account)s.",
                subject=row.subject,
                account=account.label,
            )
        if row.minor == 0 and row.cents != 0:
            yield _(
                "%(subject)s has %(cents)s US cents left on %(account)s, but nothing in %(code)s.",
                subject=row.subject,
                cents=row.cents,
                account=account.label,
                code=row.currency,
            )


REVERSALS_MIRROR = Invariant(
    _l("Entry %(id)s does not exactly reverse the original entry."),
    "SELECT entry.id FROM entry JOIN entry original ON original.id = entry.reverses_id"
    " WHERE original.reverses_id IS NOT NULL OR original.fund_id <> entry.fund_id"
    " OR original.event <> entry.event OR original.booked_on > entry.booked_on"
    " OR (SELECT count(*) FROM posting WHERE entry_id = original.id)"
    "   <> (SELECT count(*) FROM posting WHERE entry_id = entry.id)"
    " OR EXISTS ("
    "   SELECT account, subject, currency, amount_minor, usd_minor, rate, rate_on,"
    "     bank_account_id"
    "     FROM posting WHERE entry_id = original.id"
    "   EXCEPT ALL"
    "   SELECT account, subject, currency, -amount_minor, -usd_minor, rate, rate_on,"
    "     bank_account_id"
    "     FROM posting WHERE entry_id = entry.id)",
)
"""A reversal is the mirror image of one original, which is no reversal itself."""


def currencies_are_known(session: Session) -> Iterator[str]:
    """Amounts are in currencies of ISO 4217, so that their minor units mean something."""
    for row in rows_of(session, "SELECT DISTINCT currency FROM posting"):
        if row.currency not in known_currencies():
            yield _(
                "%(code)s has been posted in the ledger but is not a currency.", code=row.currency
            )


VALUED_AT_ONCE = (
    Account.CASH,
    Account.BANK_CHARGES,
    Account.INTEREST,
    Account.DIRECT_COSTS,
    Account.ADMINISTRATION_FEES,
    Account.OPENING_BALANCE,
)
"""Accounts whose amounts are worth what the rate of their own day makes of them."""


def amounts_are_valued_at_published_rates(session: Session) -> Iterator[str]:
    """Every foreign amount keeps a rate that was published for its day or before, and its USD is
    what that rate makes of it. What clears a receivable or suspense may differ by the last cent.
    """
    used = [row.currency for row in rows_of(session, "SELECT DISTINCT currency FROM posting")]
    unit = {code: 10 ** exponent(code) for code in used if code in known_currencies()}
    for row in rows_of(
        session,
        "SELECT posting.id, entry_id FROM posting JOIN entry ON entry.id = entry_id"
        " JOIN unnest(CAST(:codes AS text[]), CAST(:units AS int[])) AS known(code, unit)"
        "   ON code = posting.currency"
        " LEFT JOIN exchange_rate published ON published.currency = posting.currency"
        "   AND effective_on = rate_on AND published.rate = posting.rate"
        " WHERE posting.currency <> 'USD' AND (published.id IS NULL"
        "   OR (account = ANY(:at_once) AND amount_minor <> 0"
        "     AND (rate_on > booked_on"
        "       OR abs(usd_minor - amount_minor * 100 / (unit * posting.rate)) > 0.5)))",
        codes=list(unit),
        units=list(unit.values()),
        at_once=[account.value for account in VALUED_AT_ONCE],
    ):
        yield _(
            "Posting %(id)s of entry %(entry)s is not valued at the rate on its date.",
            id=row.id,
            entry=row.entry_id,
        )


CLOSED_PERIODS_STAYED_CLOSED = Invariant(
    _l("Entry %(id)s was posted to %(month)s after the month was closed."),
    "SELECT entry.id, to_char(month, 'YYYY-MM') AS month"
    " FROM entry JOIN period ON period.fund_id = entry.fund_id"
    " AND month = date_trunc('month', booked_on)::date WHERE recorded_at > closed_at",
)
"""No entry is newer than the closing of its period."""


CASH_IS_IN_BANK_ACCOUNTS = Invariant(
    _l("Posting %(id)s of entry %(entry)s is cash without a suitable bank account."),
    "SELECT posting.id, entry_id AS entry FROM posting JOIN entry ON entry.id = entry_id"
    " LEFT JOIN bank_account ON bank_account.id = bank_account_id"
    " WHERE (account = 'cash') <> (bank_account_id IS NOT NULL)"
    "   OR bank_account.fund_id <> entry.fund_id"
    "   OR bank_account.currency NOT IN ('USD', posting.currency)",
)
"""Every cash posting names a bank account of its fund that can hold it; no other does."""


BANK_ACCOUNTS_HOLD_THE_CASH = Invariant(
    _l("The bank accounts of %(fund)s hold %(held)s US cents, but its cash is %(told)s."),
    "WITH held AS (SELECT fund_id, sum(usd_minor) AS cents FROM posting"
    "   JOIN bank_account ON bank_account.id = bank_account_id GROUP BY fund_id),"
    " told AS (SELECT fund_id, sum(usd_minor) AS cents FROM turnover"
    "   WHERE account = 'cash' GROUP BY fund_id)"
    " SELECT fund.code AS fund, coalesce(held.cents, 0) AS held, coalesce(told.cents, 0) AS told"
    " FROM fund LEFT JOIN held ON held.fund_id = fund.id LEFT JOIN told"
    "   ON told.fund_id = fund.id WHERE coalesce(held.cents, 0) <> coalesce(told.cents, 0)",
)
"""What a fund's bank accounts hold adds up to the cash in its balances."""


CHECKS: Slot[Check] = Slot(
    "ledger.verify.CHECKS",
    entries_balance,
    TURNOVER_IS_WHAT_WAS_POSTED,
    SPENDING_IS_WHAT_WAS_POSTED,
    WHAT_IS_HELD_FOR_RECORDS_WAS_POSTED,
    BANK_TURNOVER_IS_WHAT_WAS_POSTED,
    triggers_exist,
    AWARDS_WERE_AFFORDABLE,
    nothing_is_overdrawn,
    REVERSALS_MIRROR,
    currencies_are_known,
    amounts_are_valued_at_published_rates,
    CLOSED_PERIODS_STAYED_CLOSED,
    CASH_IS_IN_BANK_ACCOUNTS,
    BANK_ACCOUNTS_HOLD_THE_CASH,
)
