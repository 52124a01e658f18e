"""The first statement of an account brings its number; another number of its currency does not."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import BankAccount
from tests.banking.bank.files import EURO_IBAN, IBAN, BankEntry, camt
from tests.books.ledger.books import money

OTHER_IBAN = "DE89370400440532013000"


def imported(app: Flask, at: Path, content: bytes) -> tuple[int, str]:
    file = at / "march.xml"
    file.write_bytes(content)
    result = app.test_cli_runner().invoke(args=["import", "bank-statement", str(file)])
    return result.exit_code, result.output


def numbers(session: Session) -> dict[str, str | None]:
    return {account.code: account.number for account in session.scalars(select(BankAccount))}


@pytest.fixture(autouse=True)
def of_a_fund_that_moves_in(app: Flask) -> None:
    app.test_cli_runner().invoke(args=["setup"])


def test_the_main_account_gets_the_number_of_its_first_statement(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    told = camt([BankEntry(money("250"), reference="B1")])
    assert imported(app, tmp_path, told)[0] == 0
    assert imported(app, tmp_path, told)[0] == 0
    assert numbers(session) == {"UNVTF-USD": IBAN}


def test_an_account_of_another_currency_is_opened_for_its_first_statement(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    euros = camt(
        [BankEntry(money("250", "EUR"), reference="B1")], money("0", "EUR"), account=EURO_IBAN
    )
    assert imported(app, tmp_path, euros)[0] == 0
    assert numbers(session) == {"UNVTF-USD": None, "UNVTF-EUR": EURO_IBAN}


def test_a_second_number_of_a_currency_is_refused(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    imported(app, tmp_path, camt([BankEntry(money("250"), reference="B1")]))
    before = numbers(session)
    code, told = imported(
        app, tmp_path, camt([BankEntry(money("250"), reference="B2")], account=OTHER_IBAN)
    )
    assert (code, before) == (2, numbers(session))
    assert f"no bank account in the system has the number {OTHER_IBAN}" in told


def test_a_statement_that_does_not_tie_brings_no_number(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    wrong = camt([BankEntry(money("250"), reference="B1")]).replace(b"250.00", b"250.01", 1)
    assert imported(app, tmp_path, wrong)[0] == 2
    assert numbers(session) == {"UNVTF-USD": None}
