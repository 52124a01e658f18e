"""The ledger: what posting costs, and how balances and pages grow with the number of entries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy import text

from bench._stand import analyse, cookie_for, installation, milliseconds, row, show
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import receive_deposit
from grants.books.ledger.spending import reserve_award
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.audit.binding import touch_rows
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person

SIZES = (1_000, 10_000, 100_000)
DAY = date(2026, 1, 15)
ACT = Act.by_system("bench")

# Deposits of one dollar each, on three years of days, through the database's own rules.
MANY = """
WITH made AS (
    INSERT INTO entry (fund_id, booked_on, event, subject, key, particulars, note, actor)
    SELECT fund.id, date '2023-01-01' + (n % 1000), 'deposit_received', 'pledge:' || n % 500,
        'many:' || n, '{}', '', 'bench'
    FROM fund, generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    WHERE fund.code = 'UNVTF'
    RETURNING id, fund_id, subject)
INSERT INTO posting (entry_id, account, subject, currency, amount_minor, usd_minor,
    bank_account_id)
SELECT made.id, account, subject, 'USD', cents, cents, place.id
FROM made CROSS JOIN (VALUES ('cash', 100), ('contribution_revenue', -100)) AS side (account, cents)
LEFT JOIN bank_account place
    ON place.fund_id = made.fund_id AND is_main AND account = 'cash'
RETURNING entry_id
"""

numbers = count(1)


def grow(database: Database, present: int, wanted: int) -> None:
    for first in range(present + 1, wanted + 1, 20_000):
        with database.transaction() as session:
            last = min(first + 19_999, wanted)
            made = session.scalars(text(MANY), {"first": first, "last": last})
            touch_rows(session, Entry, ((number,) for number in set(made)))  # the trail covers them
    analyse(database)


def deposit(database: Database) -> None:
    number = next(numbers)
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        voucher = Voucher(fund, DAY, f"pledge:{number % 500}", f"bench:{number}", ACT)
        receive_deposit(session, voucher, usd(10_000))


def reserve(database: Database) -> None:
    number = next(numbers)
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        voucher = Voucher(fund, DAY, f"grant:{number}", f"bench:{number}", ACT)
        reserve_award(session, voucher, usd(1), fund.psc_percent)


def eight_at_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: deposit(database), range(8)))


def standing(database: Database) -> None:
    with database.session() as session:
        balances(session, fund_by_code(session, "UNVTF"))


def verify(database: Database) -> None:
    with database.session() as session:
        assert not breaches(session)


def page(app: Flask, cookie: dict[str, str], path: str) -> None:
    answer = app.test_client(use_cookies=False).get(path, headers=cookie)
    assert answer.status_code == 200
    answer.close()


def at_size(app: Flask, database: Database, cookie: dict[str, str], size: int) -> list[list[str]]:
    entries = "/ledger/UNVTF/entries"
    acts = {
        "a deposit posted": (lambda: deposit(database), 100),
        "an award reserved, money locked": (lambda: reserve(database), 100),
        "eight deposits at once": (lambda: eight_at_once(database), 12),
        "balances": (lambda: standing(database), 100),
        "page: the books": (lambda: page(app, cookie, "/ledger/UNVTF"), 40),
        "page: entries": (lambda: page(app, cookie, entries), 40),
        "page: entries of an account": (lambda: page(app, cookie, f"{entries}?account=cash"), 40),
        "page: entries of a pledge": (lambda: page(app, cookie, f"{entries}?record=pledge:7"), 40),
        "ledger verify": (lambda: verify(database), 3),
    }
    return [
        row(f"{size:>7,} entries · {name}", milliseconds(act, times, warm=min(times // 2, 10)))
        for name, (act, times) in acts.items()
    ]


def main() -> None:
    with installation() as (app, database):
        with database.transaction() as session:
            officer = enter_person(session, "finance@example.org", "Finance")
            appoint(session, officer, Role.FINANCE_OFFICER)
        cookie = cookie_for(app, database, officer)
        rows, present = [], 0
        for size in SIZES:
            grow(database, present, size)
            rows += at_size(app, database, cookie, size)
            present = size
        show("The ledger", ("milliseconds", "p50", "p99", "a second"), rows)


if __name__ == "__main__":
    main()
