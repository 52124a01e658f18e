"""The statements of contract.md on the command line: names, keys, exit codes."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from grants.books.ledger import cash
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_interest
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates, voucher
from tests.factories import a_deposit, a_signed_pledge, money_for_awards

Run = Callable[..., Result]
YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=["statement", *words])


@pytest.fixture
def donor(session: Session, fund: Fund) -> str:
    """Its code; it paid a part of what it signed."""
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money.parse("90000", "EUR"), JANUARY)
    a_deposit(session, fund, pledge, Money.parse("40000", "EUR"), value_on=FEBRUARY)
    book_interest(session, voucher(fund, MARCH), usd(1_234))
    session.commit()
    assert pledge.donor is not None
    return pledge.donor.code


def test_the_fund_statement_has_the_keys_that_others_read(run: Run, donor: str) -> None:
    answer = run("fund", "UNVTF", *YEAR, "--json")
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert {"fund", "from", "to", "opening_balance", "source", "use", "closing_balance"} <= set(
        told
    )
    assert list(told["source"]) == [
        "contributions",
        "interest",
        "refunds_from_grantees",
        "unidentified_receipts",
        "total",
    ]
    assert list(told["use"]) == [
        "transfers_to_grantees",
        "programme_support_cost",
        "direct_costs",
        "administration_fees",
        "bank_charges",
        "refunds_to_donors",
        "total",
    ]
    assert (told["fund"], told["from"], told["to"]) == ("UNVTF", "2026-01-01", "2026-12-31")
    assert told["source"]["contributions"] == "50000.00"
    assert told["source"]["interest"] == "12.34"
    assert told["closing_balance"] == "50012.34"


def test_the_fund_statement_closes_with_the_cash_of_the_ledger(
    run: Run, donor: str, session: Session, fund: Fund
) -> None:
    told = json.loads(run("fund", "unvtf", *YEAR, "--json").stdout)
    assert told["closing_balance"] == str(balances(session, fund).cash)


def test_the_donor_statement_has_the_keys_that_others_read(run: Run, donor: str) -> None:
    told = json.loads(run("donor", donor, *YEAR, "--json").stdout)
    assert {"donor", "from", "to", "pledges", "total_received_usd"} <= set(told)
    (pledge,) = told["pledges"]
    assert {
        "reference",
        "currency",
        "pledged",
        "signed_usd",
        "received",
        "received_usd",
        "outstanding",
        "exchange_difference_usd",
        "deposits",
    } <= set(pledge)
    assert list(pledge["deposits"][0]) == [
        "bank_reference",
        "value_on",
        "amount",
        "bank_fee",
        "rate",
        "usd",
        "receipt",
    ]
    assert told["donor"] == donor


def test_a_pdf_is_written_and_the_same_again(run: Run, donor: str, tmp_path: Path) -> None:
    hashes = set()
    for name in ("one.pdf", "two.pdf"):
        out = tmp_path / name
        answer = run("donor", donor, *YEAR, "--out", str(out))
        assert (answer.exit_code, answer.stdout.strip()) == (0, str(out))
        hashes.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_a_statement_speaks_the_language_it_is_asked_for(
    run: Run, donor: str, tmp_path: Path
) -> None:
    out = tmp_path / "ar.pdf"
    assert run("fund", "UNVTF", *YEAR, "--language", "ar", "--out", str(out)).exit_code == 0
    assert out.read_bytes() != b""
    assert run("fund", "UNVTF", *YEAR, "--language", "xx", "--json").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("fund", "NONE", *YEAR, "--json"),
        ("donor", "NONE", *YEAR, "--json"),
        ("grant", "NONE", "--json"),
        ("fund", "UNVTF", "--from", "2026-02-01", "--to", "2026-01-01", "--json"),
        ("fund", "UNVTF", *YEAR),
        ("fund", "UNVTF", *YEAR, "--json", "--out", "x.pdf"),
        ("fund", "UNVTF", *YEAR, "--out", "/no/such/folder/x.pdf"),
        ("grant", "UNVTF-G-2026-001", "--from", "2026-01-01", "--json"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(run: Run, fund: Fund, words: list[str]) -> None:
    answer = run(*words)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1
    assert not Path("x.pdf").exists()


@pytest.mark.parametrize("way", [["--json"], ["--out"]])
def test_a_statement_that_does_not_tie_is_not_issued(
    run: Run,
    donor: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    way: list[str],
) -> None:
    monkeypatch.setattr(cash, "_net_movement", lambda *_told: 1)
    out = tmp_path / "wrong.pdf"
    answer = run("fund", "UNVTF", *YEAR, *way, *([str(out)] if way == ["--out"] else []))
    assert answer.exit_code == 2
    assert "do not reconcile" in answer.stderr
    assert not out.exists()


def test_a_fund_without_any_money_has_a_statement_of_nothing(run: Run, fund: Fund) -> None:
    told = json.loads(run("fund", "UNVTF", *YEAR, "--json").stdout)
    assert told["opening_balance"] == told["closing_balance"] == "0.00"


def test_money_of_another_day_is_in_the_opening_balance(
    run: Run, session: Session, fund: Fund
) -> None:
    money_for_awards(session, fund, "100.00")
    session.commit()
    told = json.loads(
        run("fund", "UNVTF", "--from", "2031-01-01", "--to", "2031-12-31", "--json").stdout
    )
    assert told["opening_balance"] == told["closing_balance"] == "100.00"
    assert told["source"]["total"] == "0.00"
