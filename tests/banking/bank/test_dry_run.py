"""`flask import bank-statement FILE --dry-run --json` reads a file and writes nothing."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankStatement
from tests.banking.bank.files import IBAN, MT940, BankEntry, camt
from tests.banking.bank.test_mt940 import ASN
from tests.books.ledger.books import money


def _dry_run(app: Flask, path: Path, content: bytes, *more: str) -> tuple[int, str, str]:
    path.write_bytes(content)
    asked = ["import", "bank-statement", str(path), "--dry-run", *more]
    result = app.test_cli_runner().invoke(args=asked)
    return result.exit_code, result.stdout, result.stderr


def test_a_file_is_told_as_the_contract_says(app: Flask, session: Session, tmp_path: Path) -> None:
    code, out, err = _dry_run(app, tmp_path / "march.sta", MT940, "--json")
    assert (code, err) == (0, "")
    (statement,) = json.loads(out)
    assert statement["account"] == IBAN
    assert (statement["currency"], statement["warnings"]) == ("USD", [])
    assert (statement["opening"], statement["closing"]) == ("1000.00", "1237.50")
    deposit, charge = statement["entries"]
    assert deposit["value_on"] == "2026-03-10"
    assert (deposit["amount"], charge["amount"]) == ("250.00", "-12.50")
    assert (deposit["reference"], deposit["counterparty"]) == ("BANKREF1", "Republic of Arcadia")
    assert deposit["remittance"] == "Contribution 2026"
    assert session.scalar(select(func.count(BankStatement.id))) == 0


def test_several_statements_and_warnings_are_told(app: Flask, tmp_path: Path) -> None:
    code, out, _err = _dry_run(app, tmp_path / "asn", ASN, "--json")
    assert code == 0
    assert [len(each["entries"]) for each in json.loads(out)] == [2, 0]
    twice = BankEntry(money("70"), reference="R1")
    code, out, _err = _dry_run(app, tmp_path / "twice.xml", camt([twice, twice]), "--json")
    assert code == 0
    assert json.loads(out)[0]["warnings"] == ["2 entries have the reference R1"]


def test_a_file_that_does_not_add_up_is_refused_in_one_line(app: Flask, tmp_path: Path) -> None:
    broken = MT940.replace(b"USD1237,50", b"USD1,00")
    code, out, err = _dry_run(app, tmp_path / "broken.sta", broken, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "but the closing balance is 1.00" in err


def test_for_people_a_dry_run_is_a_line_each(app: Flask, tmp_path: Path) -> None:
    code, out, _err = _dry_run(app, tmp_path / "march.sta", MT940)
    assert (code, out.count("\n")) == (0, 1)


def test_json_without_a_dry_run_is_refused(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "march.sta"
    path.write_bytes(MT940)
    result = app.test_cli_runner().invoke(args=["import", "bank-statement", str(path), "--json"])
    assert result.exit_code == 2
    assert "--dry-run" in result.stderr
