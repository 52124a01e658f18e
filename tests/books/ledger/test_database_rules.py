"""The database itself keeps the books' rules: raw SQL is how they are attacked here."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry
from grants.books.ledger.receipts import receive_deposit
from grants.core.database.db import Database
from grants.core.database.schema import all_models
from grants.core.funds.models import Fund
from tests.books.ledger.books import FEBRUARY, money, publish_rates, settle, voucher

ENTRY = """
INSERT INTO entry (fund_id, booked_on, event, subject, key, particulars, note, actor, reverses_id,
    written_in)
VALUES (:fund, :day, :event, 'pledge:1', :key, '{}', '', 'raw', :reverses, 1) RETURNING id
"""
POSTING = """
INSERT INTO posting (entry_id, account, subject, currency, amount_minor, usd_minor, rate, rate_on,
    rate_source, bank_account_id)
SELECT entry.id, :account, 'pledge:1', :currency, :amount, :usd, :rate, :rate_on, :source, place.id
FROM entry LEFT JOIN bank_account place
    ON place.fund_id = entry.fund_id AND is_main AND :account = 'cash'
WHERE entry.id = :entry
"""


def raw_entry(
    session: Session,
    fund: Fund,
    day: date = FEBRUARY,
    reverses: int | None = None,
    event: str = "interest_earned",
) -> int:
    values = {
        "fund": fund.id,
        "day": day,
        "event": event,
        "key": f"raw:{reverses}:{day}",
        "reverses": reverses,
    }
    return int(session.execute(text(ENTRY), values).scalar_one())


def raw_posting(
    session: Session, entry: int, account: str, amount: int, usd: int | None = None, **more: object
) -> None:
    values = {"currency": "USD", "rate": None, "rate_on": None, "source": None} | more
    session.execute(
        text(POSTING),
        {"entry": entry, "account": account, "amount": amount, **values}
        | {"usd": amount if usd is None else usd},
    )


EUR = {"currency": "EUR", "rate": "0.8", "rate_on": date(2026, 2, 1), "source": "UNORE"}

Attack = Callable[[Session, int], None]


def one_sided(session: Session, entry: int) -> None:
    raw_posting(session, entry, "cash", 100)


def cents_missing(session: Session, entry: int) -> None:
    raw_posting(session, entry, "cash", 100)
    raw_posting(session, entry, "interest", -99)


def even_in_usd_but_not_in_euro(session: Session, entry: int) -> None:
    raw_posting(session, entry, "cash", 100, 125, **EUR)
    raw_posting(session, entry, "interest", -99, -125, **EUR)


def cash_against_a_memorandum_account(session: Session, entry: int) -> None:
    raw_posting(session, entry, "cash", 100)
    raw_posting(session, entry, "commitments", -100)


@pytest.mark.parametrize(
    "attack",
    [one_sided, cents_missing, even_in_usd_but_not_in_euro, cash_against_a_memorandum_account],
)
def test_an_entry_that_does_not_balance_is_refused_at_commit(
    real_database: Database, attack: Attack
) -> None:
    with real_database.transaction() as session:
        publish_rates(session)
    with real_database.session() as session:
        attack(session, raw_entry(session, session.get_one(Fund, 1)))
        with pytest.raises(DBAPIError, match="does not balance"):
            session.commit()
    with real_database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM entry")) == 0


def test_an_entry_without_postings_is_refused(session: Session, fund: Fund) -> None:
    raw_entry(session, fund)
    with pytest.raises(DBAPIError, match="does not balance"):
        settle(session)


def test_nothing_is_added_to_an_entry_after_its_balance_was_asked(
    session: Session, fund: Fund
) -> None:
    entry = receive_deposit(session, voucher(fund), money("1"))
    settle(session)
    raw_posting(session, entry.id, "cash", 5)
    with pytest.raises(DBAPIError, match="does not balance"):
        settle(session)


def test_nothing_is_added_to_an_entry_of_an_earlier_transaction_even_if_it_balances(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        entry = receive_deposit(session, voucher(session.get_one(Fund, 1)), money("1"))
    with (
        real_database.session() as session,
        pytest.raises(DBAPIError, match="nothing can be added"),
    ):
        raw_posting(session, entry.id, "cash", 5)


@pytest.mark.parametrize("table", ["entry", "posting", "exchange_rate"])
@pytest.mark.parametrize(
    "attack", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_is_in_the_books_is_never_changed_or_deleted(
    session: Session, fund: Fund, table: str, attack: str
) -> None:
    publish_rates(session)
    receive_deposit(session, voucher(fund), money("1", "EUR"))
    settle(session)
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        session.execute(text(attack.format(table)))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE turnover SET usd_minor = 0",
        "DELETE FROM turnover",
        "TRUNCATE turnover",
        "INSERT INTO turnover SELECT fund_id, month, event, 'suspense', 1 FROM turnover",
        "UPDATE record_held SET usd_minor = 0",
        "INSERT INTO record_held SELECT id, 'award:1', 1 FROM fund",
        "UPDATE bank_turnover SET usd_minor = 0",
        "DELETE FROM bank_turnover",
        "UPDATE unmatched_cash SET undone_on = booked_on",
        "DELETE FROM unmatched_cash",
        "UPDATE grant_spending SET usd_minor = 0",
        "DELETE FROM grant_spending",
        "TRUNCATE grant_spending",
        "INSERT INTO grant_spending SELECT id, 2026, 'award:1', 1 FROM fund",
    ],
)
def test_turnover_changes_by_postings_alone(session: Session, fund: Fund, attack: str) -> None:
    receive_deposit(session, voucher(fund), money("1"))
    with pytest.raises(DBAPIError, match="by postings alone"):
        session.execute(text(attack))


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"rate": None}, "foreign_money_has_a_dated_rate"),
        ({"rate_on": None}, "foreign_money_has_a_dated_rate"),
        ({"source": None}, "foreign_money_has_a_dated_rate"),
        ({"rate": "0.81"}, "fk_posting_rate"),
        ({"rate_on": date(2026, 2, 2)}, "fk_posting_rate"),
        ({"currency": "eur"}, "ck_posting_currency"),
        ({"currency": "USD"}, "usd_needs_no_rate"),
    ],
)
def test_foreign_money_needs_a_rate_that_was_published(
    session: Session, fund: Fund, fault: dict[str, object], rule: str
) -> None:
    publish_rates(session)
    entry = raw_entry(session, fund)
    with pytest.raises(DBAPIError, match=rule):
        raw_posting(session, entry, "cash", 100, 125, **(EUR | fault))


def test_a_posting_of_nothing_is_refused(session: Session, fund: Fund) -> None:
    with pytest.raises(DBAPIError, match="something_is_posted"):
        raw_posting(session, raw_entry(session, fund), "cash", 0)


def reversal_of(session: Session, fund: Fund, original: Entry, **other: object) -> None:
    """A mirror image by hand, with one thing another way."""
    day = other.pop("day", FEBRUARY)
    assert isinstance(day, date)
    entry = raw_entry(session, fund, day, original.id, str(other.pop("event", "deposit_received")))
    amount = other.pop("amount", 100)
    assert isinstance(amount, int)
    raw_posting(session, entry, "cash", -amount)
    raw_posting(session, entry, str(other.pop("account", "contribution_revenue")), amount)
    settle(session)


def test_a_reversal_mirrors_its_original(session: Session, fund: Fund) -> None:
    reversal_of(session, fund, receive_deposit(session, voucher(fund), money("1")))


@pytest.mark.parametrize(
    "difference",
    [
        {"amount": 99},
        {"account": "interest"},
        {"event": "interest_earned"},
        {"day": date(2026, 1, 9)},
    ],
)
def test_a_reversal_that_is_no_mirror_image_is_refused(
    session: Session, fund: Fund, difference: dict[str, object]
) -> None:
    original = receive_deposit(session, voucher(fund), money("1"))
    with pytest.raises(DBAPIError, match="does not mirror"):
        reversal_of(session, fund, original, **difference)


def test_a_reversal_is_never_reversed_and_an_entry_only_once(session: Session, fund: Fund) -> None:
    original = receive_deposit(session, voucher(fund), money("1"))
    first = raw_entry(session, fund, FEBRUARY, original.id, "deposit_received")
    raw_posting(session, first, "cash", -100)
    raw_posting(session, first, "contribution_revenue", 100)
    settle(session)
    with pytest.raises(DBAPIError, match="reverses_id"), session.begin_nested():
        raw_entry(session, fund, date(2026, 2, 20), original.id, "deposit_received")
    again = raw_entry(session, fund, date(2026, 2, 21), first, "deposit_received")
    raw_posting(session, again, "cash", 100)
    raw_posting(session, again, "contribution_revenue", -100)
    with pytest.raises(DBAPIError, match="reverses a reversal"):
        settle(session)


def test_every_rule_the_books_rest_on_is_a_trigger_that_is_switched_on(session: Session) -> None:
    assert {"entry", "posting", "exchange_rate", "period"} <= set(all_models().tables)
    off = session.scalars(
        text(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D' "
            "AND tgrelid IN ('entry'::regclass, 'posting'::regclass, 'period'::regclass)"
        )
    ).all()
    assert off == []
