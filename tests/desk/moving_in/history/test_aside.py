"""The rows of a history wait on disk, and are what they were."""

from datetime import date
from decimal import Decimal

import pytest

from grants.core.kernel.tabular import Row
from grants.desk.moving_in.history import aside
from grants.desk.moving_in.history.aside import Aside
from grants.desk.moving_in.history.files import FILES
from grants.desk.moving_in.history.plan import Files
from grants.desk.moving_in.history.planned import PlannedActs
from grants.desk.moving_in.history.rows import DepositRow


def deposit(number: int) -> Row[DepositRow]:
    on = date(2020, 1, 1 + number % 28)
    fee = Decimal("1.50") if number % 3 else None
    row = DepositRow(f"B-{number} é", f"P-{number}", on, "USD", Decimal(number + 1), fee)
    return Row(number * 2 + 2, row)


@pytest.mark.parametrize("small", [0, 500, 10**9])
def test_rows_are_what_was_laid_aside(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "SMALL", small)
    kept, rows = Aside[DepositRow](DepositRow), [deposit(number) for number in range(60)]
    for row in rows:
        kept.append(row)
    assert list(kept) == rows
    assert kept[7] == rows[7]
    assert list(kept.some([12, 3, 4, 10**6])) == [rows[1], rows[5]]
    kept.drop({4, 118, 9})
    assert list(kept) == [row for row in rows if row.line not in {4, 118}]


def test_each_kind_of_row_can_be_laid_aside() -> None:
    for kind in FILES.values():
        cells = {name: how.read(how.example) for name, how in kind.columns.items()}
        kept = Aside[object](kind.row)
        kept.append(Row(2, kind.row(**cells)))
        assert list(kept) == [Row(2, kind.row(**cells))]


def test_acts_come_in_the_order_of_their_days_then_of_their_kind_then_of_their_lines() -> None:
    pledges = (
        "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking\n"
        "P-2,A,USD,5.00,2024-02-01,2024-02-01,no,\nP-1,A,USD,5.00,2024-02-01,,no,\n"
        "P-3,A,USD,5.00,2024-03-01,,no,\n"
    )
    deposits = (
        "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
        "B-1,P-1,2024-02-01,USD,1.00,\nB-2,P-3,2024-01-31,USD,1.00,\n"
    )
    given = {"pledges.csv": pledges.encode(), "deposits.csv": deposits.encode()}
    acts = PlannedActs(Files.read(given))
    said = [(act.on.isoformat(), act.file, act.row.line, act.day) for act in acts]
    assert len(acts) == len(said)
    assert said == [
        ("2024-01-31", "pledges.csv", 4, "pledged_on"),
        ("2024-01-31", "deposits.csv", 3, "value_on"),
        ("2024-02-01", "pledges.csv", 2, "pledged_on"),
        ("2024-02-01", "pledges.csv", 3, "pledged_on"),
        ("2024-02-01", "pledges.csv", 2, "agreement_signed_on"),
        ("2024-02-01", "deposits.csv", 2, "value_on"),
    ]
