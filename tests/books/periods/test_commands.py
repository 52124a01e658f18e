"""The ledger on the command line: names, keys, exit codes and error lines stay as they are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.books.ledger.models import ExchangeRate
from grants.books.ledger.receipts import receive_deposit
from grants.core.funds.models import Fund
from tests.books.ledger.books import FEBRUARY, JANUARY, money, publish_rates, voucher

Run = Callable[..., Result]
HELD = "{} has the rate {} from 2026-01-01; expected the same, not {}: a rate is never changed"


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=words)


@pytest.fixture
def rates_file(tmp_path: Path) -> Callable[[str | bytes], str]:
    def write(content: str | bytes) -> str:
        path = tmp_path / "rates.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


Write = Callable[[str | bytes], str]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ExchangeRate)) or 0


def test_balances_have_the_keys_that_others_read(run: Run, session: Session, fund: Fund) -> None:
    publish_rates(session)
    receive_deposit(session, voucher(fund, FEBRUARY), money("7.20", "EUR"), money("0.80", "EUR"))
    session.commit()
    told = run("ledger", "balances", "--json")
    assert told.exit_code == 0
    figures = json.loads(told.stdout)
    assert list(figures)[:12] == [
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
        "reserve",
        "available",
    ]
    assert (figures["cash"], figures["contribution_revenue"]) == ("9.00", "10.00")
    before = run("ledger", "balances", "--fund", "unvtf", "--on", "2026-02-09", "--json")
    assert json.loads(before.stdout)["cash"] == "0.00"
    assert "9.00 USD" in run("ledger", "balances").stdout


def test_an_unknown_fund_is_one_line_and_exit_2(run: Run, fund: Fund) -> None:
    told = run("ledger", "balances", "--fund", "NOWHERE", "--json")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.splitlines() == ["Fund NOWHERE not found. Available funds: UNVTF."]


def test_verify_is_one_line_on_sound_books_and_a_line_for_each_breach_else(
    run: Run, session: Session, fund: Fund
) -> None:
    receive_deposit(session, voucher(fund), money("5"))
    session.commit()
    sound = run("ledger", "verify")
    assert sound.exit_code == 0
    assert len(sound.stdout.splitlines()) == 1
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("ALTER TABLE entry DISABLE TRIGGER entry_append_only"))
    session.execute(text("ALTER TABLE posting DISABLE TRIGGER posting_append_only"))
    session.commit()
    broken = run("ledger", "verify")
    assert broken.exit_code == 1
    assert len(broken.stdout.splitlines()) == 2


def test_a_period_is_closed_and_opened_again(run: Run, session: Session, fund: Fund) -> None:
    assert run("ledger", "period", "close", "2026-01").exit_code == 0
    again = run("ledger", "period", "close", "2026-01")
    assert (again.exit_code, again.stderr) == (2, "2026-01 is already closed.\n")
    assert run("ledger", "period", "reopen", "2026-01").exit_code == 0
    receive_deposit(session, voucher(fund, JANUARY), money("5"))
    wrong = run("ledger", "period", "close", "January")
    assert (wrong.exit_code, len(wrong.stderr.splitlines())) == (2, 1)


def test_rates_are_taken_in_and_repeating_it_changes_nothing(
    run: Run, session: Session, rates_file: Write
) -> None:
    file = rates_file(
        "currency,effective_on,rate\nEUR,2026-01-01,0.923\nJPY,2026-01-01,147.3\nUSD,2026-01-01,1\n"
    )
    first = run("import", "rates", file)
    assert (first.exit_code, first.stdout) == (0, "rates.csv: 3 rates read, 2 new.\n")
    again = run("import", "rates", file)
    assert (again.exit_code, again.stdout) == (0, "rates.csv: 3 rates read, 0 new.\n")
    assert count(session) == 2


def test_every_fault_of_a_rates_file_is_one_line_and_nothing_is_written(
    run: Run, session: Session, rates_file: Write
) -> None:
    first = rates_file("currency,effective_on,rate\nEUR,2026-01-01,0.9\n")
    assert run("import", "rates", first).exit_code == 0
    told = run(
        "import",
        "rates",
        rates_file(
            "currency,effective_on,rate\n"
            "CHF,2026-01-01,0.88\n"
            "XYZ,2026-01-01,1\n"
            "GBP,01/02/2026,0\n"
            "EUR,2026-01-01,0.91\n"
            "JPY,2026-01-01,147\n"
            "JPY,2026-01-01,148\n"
        ),
    )
    assert told.exit_code == 2
    assert told.stdout == ""
    assert told.stderr.splitlines() == [
        "rates.csv:3: currency: “XYZ” is not a currency; expected an ISO 4217 code such as EUR",
        "rates.csv:4: effective_on: “01/02/2026” is not a date; expected YYYY-MM-DD",
        "rates.csv:4: rate: “0” is not a number above 0; expected digits such as 1234.50",
        f"rates.csv:5: rate: {HELD.format('EUR', '0.9', '0.91')}",
        f"rates.csv:7: rate: {HELD.format('JPY', '147', '148')}",
    ]
    assert count(session) == 1


def test_a_file_that_is_not_there_is_a_line_and_exit_2(run: Run) -> None:
    told = run("import", "rates", "/nowhere/rates.csv")
    assert told.exit_code == 2
    assert "does not exist" in told.stderr
