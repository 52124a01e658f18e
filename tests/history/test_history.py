"""Moving in: an independent recomputation from the files equals every figure of the books."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.contributions.models import Receipt
from grants.funds.queries import fund_by_code
from grants.history.plan import folder_contents
from grants.history.service import take_over
from grants.kernel.db import Database
from grants.kernel.tabular import UnreadableTable
from grants.ledger.cash import source_and_use
from grants.ledger.models import Entry
from grants.ledger.queries import balances
from grants.ledger.verify import breaches
from tests.history.histories import START, Files, full_histories
from tests.history.recompute import History

ACCOUNTS = (
    "cash",
    "contributions_receivable",
    "contribution_revenue",
    "interest",
    "exchange_difference",
    "bank_charges",
    "grant_expense",
    "programme_support_cost",
    "commitments",
    "suspense",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_the_books_equal_the_recomputation(database: Database, folder: Path, data: Any) -> None:
    files = data.draw(full_histories(folder))
    recomputed = History(files.write(folder))
    with database.session() as session:
        take_over(session, "UNVTF", folder_contents(folder))
        _compare(session, recomputed, data.draw(st.integers(0, 1200)))
        session.rollback()


def _compare(session: Session, recomputed: History, days: int) -> None:
    fund = fund_by_code(session, "UNVTF")
    until = START + timedelta(days)
    for day in (until, None):
        told = balances(session, fund, day).as_json()
        for account in ACCOUNTS:
            assert told[account] == f"{recomputed.balance(account, day):f}", (account, day)
        assert told["available"] == f"{recomputed.available(day):f}"
    statement = source_and_use(session, fund, START, until)
    for side in (statement.source, statement.use):
        for line in side.__slots__:
            expected = recomputed.flowed(line, START, until)
            assert str(getattr(side, line)) == f"{expected:f}", line
    assert breaches(session) == []


def a_history() -> Files:
    files = Files()
    files.add("rates", currency="EUR", effective_on="2024-01-01", rate="0.9")
    files.add("rates", currency="EUR", effective_on="2024-03-01", rate="0.8")
    files.add("donors", code="AT", name="Austria", kind="member_state", country="AT")
    files.add(
        "pledges",
        reference="P1",
        donor="AT",
        currency="EUR",
        amount="1000.00",
        pledged_on="2024-01-05",
        agreement_signed_on="2024-01-20",
        conditional="no",
        earmarking="unearmarked",
    )
    files.add(
        "deposits",
        bank_reference="B1",
        pledge="P1",
        value_on="2024-03-02",
        currency="EUR",
        amount="990.00",
        bank_fee="10.00",
    )
    files.add("organisations", code="CASA", name="Casa Segura", country="HN")
    files.add(
        "grants",
        reference="G1",
        organisation="CASA",
        country="HN",
        award_usd="500.00",
        agreement_signed_on="2024-04-01",
        starts_on="2024-04-02",
        ends_on="2024-12-31",
    )
    for number, amount in ((1, "300.00"), (2, "200.00")):
        files.add(
            "instalments",
            grant="G1",
            number=number,
            amount_usd=amount,
            due_on=f"2024-0{4 + number}-01",
        )
    files.add("payments", grant="G1", number=1, paid_on="2024-05-02", bank_reference="OUT1")
    files.add(
        "grant_refunds",
        grant="G1",
        refunded_on="2024-06-01",
        amount_usd="50.00",
        bank_reference="R1",
    )
    files.add(
        "other",
        kind="interest",
        booked_on="2024-06-30",
        currency="USD",
        amount="12.34",
        reference="I1",
        pledge=None,
    )
    return files


def run(app: Flask, folder: Path, *options: str) -> Any:
    return app.test_cli_runner().invoke(args=["import", "history", str(folder), *options])


def test_a_history_is_taken_over_with_one_line_for_each_file(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    done = run(app, a_history().write(tmp_path))
    assert done.exit_code == 0, done.output
    assert "deposits.csv: 1 rows read, 1 new." in done.output.splitlines()
    assert len(done.output.splitlines()) == 10
    told = balances(session, fund_by_code(session, "UNVTF"))
    assert str(told.cash) == f"{Decimal('1237.50') - 339 + Decimal('56.50') + Decimal('12.34'):f}"
    assert str(told.exchange_difference) == f"{Decimal('1250.00') - Decimal('1111.11'):f}"
    receipt = session.query(Receipt).one()
    assert (receipt.year, receipt.number) == (2024, 1)


def test_repeating_an_import_changes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, a_history().write(tmp_path))
    entries = session.query(Entry).count()
    again = run(app, tmp_path)
    assert again.exit_code == 0, again.output
    assert all(line.endswith(" 0 new.") for line in again.output.splitlines())
    assert session.query(Entry).count() == entries


def test_a_dry_run_writes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    done = run(app, a_history().write(tmp_path), "--dry-run")
    assert done.exit_code == 0, done.output
    assert session.query(Entry).count() == 0
    assert run(app, tmp_path).exit_code == 0


FAULTS = [
    ("pledges", {"currency": "XYZ"}, "pledges.csv:2: currency:"),
    ("pledges", {"donor": "NOBODY"}, "pledges.csv:2: donor:"),
    ("pledges", {"amount": "1000.005"}, "pledges.csv:2: amount:"),
    ("pledges", {"amount": "0"}, "pledges.csv:2: amount:"),
    ("pledges", {"amount": "-5"}, "pledges.csv:2: amount:"),
    ("pledges", {"pledged_on": "5.1.2024"}, "pledges.csv:2: pledged_on:"),
    ("pledges", {"earmarking": "somehow"}, "pledges.csv:2: earmarking:"),
    ("donors", {"kind": "king"}, "donors.csv:2: kind:"),
    ("deposits", {"pledge": "P9"}, "deposits.csv:2: pledge:"),
    ("deposits", {"amount": "995.00"}, "deposits.csv:2: amount:"),
    ("deposits", {"value_on": "2023-06-01"}, "deposits.csv:2: currency:"),
    ("grants", {"award_usd": "501.00"}, "grants.csv:2: award_usd:"),
    ("grants", {"organisation": "NOBODY"}, "grants.csv:2: organisation:"),
    ("payments", {"paid_on": "2024-03-31"}, "payments.csv:2: paid_on:"),
    ("payments", {"number": "2"}, "payments.csv:2:"),
    ("payments", {"number": "7"}, "payments.csv:2:"),
    ("grant_refunds", {"amount_usd": "300.01"}, "grant_refunds.csv:2: amount_usd:"),
    ("grant_refunds", {"grant": "G9"}, "grant_refunds.csv:2: grant:"),
    ("other", {"kind": "gift"}, "other.csv:2: kind:"),
    ("rates", {"rate": "0"}, "rates.csv:2: rate:"),
]


@pytest.mark.parametrize(("name", "change", "told"), FAULTS)
def test_each_fault_is_one_line_and_nothing_is_written(
    app: Flask, session: Session, tmp_path: Path, name: str, change: dict[str, str], told: str
) -> None:
    files = a_history()
    files.rows[name][0].update(change)
    refused = run(app, files.write(tmp_path))
    assert refused.exit_code == 2, refused.output
    lines = refused.stderr.splitlines()
    assert any(line.startswith(told) for line in lines), refused.stderr
    assert session.query(Entry).count() == 0


def test_a_grant_beyond_the_money_is_refused(app: Flask, tmp_path: Path) -> None:
    files = a_history()
    files.rows["grants"][0]["award_usd"] = "5000.00"
    files.rows["instalments"][0]["amount_usd"] = "4800.00"
    refused = run(app, files.write(tmp_path))
    assert refused.exit_code == 2
    assert refused.stderr.startswith("grants.csv:2: award_usd:")


def test_a_date_in_a_closed_period_is_refused(app: Flask, tmp_path: Path) -> None:
    app.test_cli_runner().invoke(args=["ledger", "period", "close", "2024-06"])
    refused = run(app, a_history().write(tmp_path))
    assert refused.exit_code == 2
    assert any(line.startswith("other.csv:2: booked_on:") for line in refused.stderr.splitlines())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("pledges", {"amount": "1200.00"}),
        ("deposits", {"amount": "900.00"}),
        ("grants", {"ends_on": "2025-01-31"}),
        ("payments", {"paid_on": "2024-05-03"}),
        ("other", {"amount": "12.35"}),
        ("rates", {"rate": "0.91"}),
        ("donors", {"name": "Austria again"}),
        ("instalments", {"due_on": "2024-05-09"}),
    ],
)
def test_a_known_reference_with_other_content_is_refused(
    app: Flask, session: Session, tmp_path: Path, name: str, change: dict[str, str]
) -> None:
    run(app, a_history().write(tmp_path))
    entries = session.query(Entry).count()
    files = a_history()
    files.rows[name][0].update(change)
    refused = run(app, files.write(tmp_path))
    assert refused.exit_code == 2, refused.output
    assert session.query(Entry).count() == entries


def test_a_folder_without_files_is_refused(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path).exit_code == 2


def test_the_balances_come_as_json(app: Flask, tmp_path: Path) -> None:
    run(app, a_history().write(tmp_path))
    told = app.test_cli_runner().invoke(args=["ledger", "balances", "--json"])
    assert json.loads(told.output)["commitments"] == "226.00"


def test_faults_of_several_files_are_told_together(session: Session, tmp_path: Path) -> None:
    files = a_history()
    files.rows["pledges"][0]["currency"] = "XYZ"
    files.rows["grants"][0]["starts_on"] = "soon"
    with pytest.raises(UnreadableTable) as refused:
        take_over(session, "UNVTF", folder_contents(files.write(tmp_path)))
    assert len(refused.value.problems) == 2
