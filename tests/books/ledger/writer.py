"""A process that books without end and says what was acknowledged: the victim of test_killed."""

import sys

from grants.books.ledger import entries
from grants.books.ledger.queries import trial_balance
from grants.books.ledger.receipts import allocate_suspense, receive_unidentified
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from tests.books.ledger.books import voucher


def write(url: str) -> None:
    """Money comes in and is allocated, in one act each; its number is printed once it is kept."""
    database = Database.at(url)
    entries.FOLLOWED_BY.give(lambda *_entry: None)
    number = 0
    while True:
        number += 1
        with database.transaction() as session:
            fund, receipt = session.get_one(Fund, 1), f"receipt:{number}"
            came = voucher(fund, subject=receipt, key=f"came:{number}")
            receive_unidentified(session, came, usd(number))
            placed = voucher(fund, subject=f"pledge:{number}", key=f"placed:{number}")
            allocate_suspense(session, placed, receipt, usd(number))
        print(number, flush=True)  # noqa: T201 - this is how the parent hears of it
        if number % 10 == 0:
            with database.session() as session:
                trial_balance(session, session.get_one(Fund, 1))


if __name__ == "__main__":
    write(sys.argv[1])
