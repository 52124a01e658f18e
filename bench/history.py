"""What `flask import history` costs a deposit: statements, time, memory.

python -m bench.history [DEPOSITS]
"""

import random
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

from bench._stand import installation, megabytes, show
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in

DEPOSITS = 2_000
A_PLEDGE = 4
"""Deposits on each pledge."""
A_DONOR = 5
"""Pledges of each donor."""
FIRST = date(2020, 1, 1)
CHANCE = random.Random(20)
CURRENCIES = ("USD", "EUR", "CHF")


def history(deposits: int) -> dict[str, bytes]:
    """The files of a fund's history with so many deposits, in three currencies, over six years."""
    pledges = deposits // A_PLEDGE
    return {
        "rates.csv": _csv("currency,effective_on,rate", _rates()),
        "donors.csv": _csv(
            "code,name,kind,country",
            (f"D{n},Donor {n},foundation,KE" for n in range(pledges // A_DONOR)),
        ),
        "pledges.csv": _csv(
            "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking",
            (
                f"P-{n},D{n // A_DONOR},{_currency(n)},4000.00,"
                f"{_day(n)},{_day(n, 10)},no,unearmarked"
                for n in range(pledges)
            ),
        ),
        "deposits.csv": _csv(
            "bank_reference,pledge,value_on,currency,amount,bank_fee",
            (
                f"B-{n},P-{n // A_PLEDGE},{_day(n // A_PLEDGE, 20 + n % A_PLEDGE * 30)},"
                f"{_currency(n // A_PLEDGE)},{'990.00' if n % 9 == 0 else '1000.00'},"
                f"{'10.00' if n % 9 == 0 else ''}"
                for n in range(deposits)
            ),
        ),
    }


def _csv(head: str, rows: Any) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def _rates() -> Any:
    for month in range(84):
        day = date(2020 + month // 12, month % 12 + 1, 1)
        for currency in CURRENCIES[1:]:
            yield f"{currency},{day},{CHANCE.uniform(0.8, 0.99):.4f}"


def _currency(pledge: int) -> str:
    return CURRENCIES[pledge % len(CURRENCIES)]


def _day(pledge: int, later: int = 0) -> date:
    return FIRST + timedelta(days=pledge * 37 % 2000 + later)


def main() -> None:
    deposits = int(sys.argv[1]) if len(sys.argv) > 1 else DEPOSITS
    with installation() as (_app, database), TemporaryDirectory() as folder:
        for name, content in history(deposits).items():
            (Path(folder) / name).write_bytes(content)
        asked: Counter[str] = Counter()

        def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked[" ".join(statement.split())[:100]] += 1

        event.listen(database.bind, "after_cursor_execute", count)
        before, begun, worked = megabytes(), time.perf_counter(), time.process_time()
        with database.transaction() as session:
            take_over(session, "UNVTF", given_in(Path(folder)))
        took, worked = time.perf_counter() - begun, time.process_time() - worked
        show(
            f"A history of {deposits:,} deposits on {deposits // A_PLEDGE:,} pledges",
            ["", "figure"],
            [
                ["seconds", f"{took:.1f}"],
                ["ms a deposit", f"{1000 * took / deposits:.1f}"],
                ["ms of our processor a deposit", f"{1000 * worked / deposits:.1f}"],
                ["statements a deposit", f"{sum(asked.values()) / deposits:.1f}"],
                ["MB more than before", f"{megabytes() - before}"],
            ],
        )
        if "-v" in sys.argv:
            for statement, times in asked.most_common(45):
                print(f"  {times / deposits:6.2f}  {statement}")


if __name__ == "__main__":
    main()
