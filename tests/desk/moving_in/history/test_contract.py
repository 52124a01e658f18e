"""The command line as it is fixed: names, keys, exit codes, what goes where."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.core.funds.service import Charter, establish
from tests.desk.moving_in.history.folders import (
    EVERYTHING,
    FILES,
    added,
    flask,
    folder,
    run,
    swapped,
)

SPAN = ("--from", "2024-01-01", "--to", "2024-12-31")


@pytest.fixture
def moved_in(app: Flask, tmp_path: Path) -> Flask:
    assert run(app, folder(tmp_path)).exit_code == 0
    return app


def told(app: Flask, *arguments: str) -> Any:
    done = flask(app, *arguments)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return json.loads(done.stdout)


def amounts(value: Any) -> list[str]:
    """Every text in a JSON value that looks like an amount."""
    if isinstance(value, dict):
        return [found for item in value.values() for found in amounts(item)]
    if isinstance(value, list):
        return [found for item in value for found in amounts(item)]
    assert not isinstance(value, float), "amounts are strings"
    return [value] if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value) else []


def test_balances_have_the_fixed_keys_and_usd_amounts(moved_in: Flask) -> None:
    figures = told(moved_in, "ledger", "balances", "--json")
    assert set(figures) >= set(EVERYTHING)
    assert {name: figures[name] for name in EVERYTHING} == EVERYTHING
    assert all(re.fullmatch(r"-?\d+\.\d\d", amount) for amount in figures.values())


def test_balances_of_a_day_and_of_a_fund(moved_in: Flask, session: Session) -> None:
    establish(session, Charter("SLAVERY", {"en": "Slavery"}, {"en": "Aid"}))
    on = told(moved_in, "ledger", "balances", "--on", "2024-03-02", "--json")
    assert (on["cash"], on["commitments"]) == ("1237.50", "0.00")
    before = told(moved_in, "ledger", "balances", "--on", "2023-12-31", "--json")
    assert set(before.values()) == {"0.00"}
    other = told(moved_in, "ledger", "balances", "--fund", "SLAVERY", "--json")
    assert set(other.values()) == {"0.00"}


def test_an_exchange_loss_is_negative(app: Flask, tmp_path: Path) -> None:
    run(app, folder(tmp_path, **swapped("rates", "0.8", "1.0")))
    assert told(app, "ledger", "balances", "--json")["exchange_difference"] == "-111.11"


def test_commitments_include_the_support_cost_still_to_come(moved_in: Flask) -> None:
    assert told(moved_in, "ledger", "balances", "--json")["commitments"] == "226.00"


def test_the_statement_of_the_fund_has_the_fixed_keys(moved_in: Flask) -> None:
    statement = told(moved_in, "statement", "fund", "UNVTF", *SPAN, "--json")
    expected = {
        "fund": "UNVTF",
        "from": "2024-01-01",
        "to": "2024-12-31",
        "opening_balance": "0.00",
        "source": {
            "contributions": "1250.00",
            "interest": "12.34",
            "refunds_from_grantees": "50.00",
            "unidentified_receipts": "0.00",
            "total": "1312.34",
        },
        "use": {
            "transfers_to_grantees": "300.00",
            "programme_support_cost": "32.50",
            "direct_costs": "0.00",
            "administration_fees": "0.00",
            "bank_charges": "12.50",
            "refunds_to_donors": "0.00",
            "total": "345.00",
        },
        "closing_balance": "967.34",
    }
    assert {key: statement[key] for key in expected} == expected


def test_the_statement_of_a_donor_has_the_fixed_keys(moved_in: Flask) -> None:
    statement = told(moved_in, "statement", "donor", "AT", *SPAN, "--json")
    assert (statement["donor"], statement["total_received_usd"]) == ("AT", "1250.00")
    assert (statement["from"], statement["to"]) == ("2024-01-01", "2024-12-31")
    [pledge] = statement["pledges"]
    expected = {
        "reference": "P1",
        "currency": "EUR",
        "pledged": "1000.00",
        "signed_usd": "1111.11",
        "received": "1000.00",
        "received_usd": "1250.00",
        "outstanding": "0.00",
        "exchange_difference_usd": "138.89",
    }
    assert {key: pledge[key] for key in expected} == expected
    [deposit] = pledge["deposits"]
    assert deposit == deposit | {
        "bank_reference": "B1",
        "value_on": "2024-03-02",
        "amount": "990.00",
        "bank_fee": "10.00",
        "rate": "0.8",
        "usd": "1250.00",
        "receipt": "UNVTF-R-2024-0001",
    }


def test_amounts_have_the_decimals_of_their_currency(app: Flask, tmp_path: Path) -> None:
    more = {
        "pledges": FILES["pledges"]
        + "P2,AT,JPY,150000,2024-01-05,,no,soft\nP3,AT,KWD,100.5,2024-01-05,,no,soft\n",
        "deposits": FILES["deposits"] + "B2,P2,2024-03-02,JPY,140000,\nB3,P3,2024-03-02,KWD,3,\n",
    }
    run(app, folder(tmp_path, **more))
    statement = told(app, "statement", "donor", "AT", *SPAN, "--json")
    written = {
        line["currency"]: (line["pledged"], line["received"]) for line in statement["pledges"]
    }
    assert written["JPY"] == ("150000", "140000")
    assert written["KWD"] == ("100.500", "3.000")
    assert amounts(statement)


def test_the_statement_of_a_grant_tells_award_instalments_and_balance(moved_in: Flask) -> None:
    for span in ((), SPAN):
        statement = told(moved_in, "statement", "grant", "G1", *span, "--json")
        assert (statement["award"], statement["balance"]) == ("500.00", "250.00")
        assert [part["paid_on"] for part in statement["instalments"]] == ["2024-05-02", None]
        assert statement["refunded"] == "50.00"


@pytest.mark.parametrize("of", [("fund", "UNVTF"), ("donor", "AT"), ("grant", "G1")])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_statement_is_written_as_pdf(
    moved_in: Flask, tmp_path: Path, of: tuple[str, str], language: str
) -> None:
    file = tmp_path / "statement.pdf"
    options = (*SPAN, "--language", language, "--out", str(file))
    done = flask(moved_in, "statement", *of, *options)
    assert (done.exit_code, done.stderr) == (0, "")
    assert file.read_bytes().startswith(b"%PDF-")


REFUSALS = [
    ("statement", "fund", "NOPE", *SPAN, "--json"),
    ("statement", "fund", "UNVTF", "--from", "2024-12-31", "--to", "2024-01-01", "--json"),
    ("statement", "fund", "UNVTF", *SPAN),
    ("statement", "fund", "UNVTF", *SPAN, "--out", "/nowhere/at/all/x.pdf"),
    ("statement", "donor", "NOBODY", *SPAN, "--json"),
    ("statement", "grant", "NONE", "--json"),
    ("ledger", "balances", "--fund", "NOPE", "--json"),
    ("ledger", "period", "close", "2024-13"),
    ("ledger", "period", "close", "May"),
    ("ledger", "period", "close", "2024-05", "--fund", "NOPE"),
    ("ledger", "period", "reopen", "2024-05"),
]


@pytest.mark.parametrize("arguments", REFUSALS)
def test_a_refusal_is_one_line_on_standard_error_and_exit_2(
    moved_in: Flask, arguments: tuple[str, ...]
) -> None:
    refused = flask(moved_in, *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("statement", "fund", "UNVTF", *SPAN, "--json", "--language", "xx"),
        ("statement", "fund", "UNVTF", "--from", "soon", "--to", "later", "--json"),
        ("ledger", "balances", "--on", "30.6.2024", "--json"),
        ("import", "history", "/nowhere/at/all"),
        ("import", "rates", "/nowhere/at/all.csv"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_usage(
    app: Flask, arguments: tuple[str, ...]
) -> None:
    refused = flask(app, *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Error: Invalid value" in refused.stderr


def test_verify_says_one_line_or_names_each_breach(moved_in: Flask) -> None:
    sound = flask(moved_in, "ledger", "verify")
    assert (sound.exit_code, sound.stderr) == (0, "")
    assert len(sound.stdout.splitlines()) == 1


def test_a_period_is_closed_once_and_opened_again_once(moved_in: Flask) -> None:
    for what, code in (("close", 0), ("close", 2), ("reopen", 0), ("reopen", 2), ("close", 0)):
        assert flask(moved_in, "ledger", "period", what, "2024-05").exit_code == code


def test_a_history_goes_into_the_fund_that_is_named(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    establish(session, Charter("SLAVERY", {"en": "Slavery"}, {"en": "Aid"}))
    assert run(app, folder(tmp_path), "--fund", "SLAVERY").exit_code == 0
    assert told(app, "ledger", "balances", "--fund", "SLAVERY", "--json")["cash"] == "967.34"
    assert told(app, "ledger", "balances", "--json")["cash"] == "0.00"
    [pledge] = told(app, "statement", "donor", "AT", *SPAN, "--json")["pledges"]
    assert pledge["deposits"][0]["receipt"] == "SLAVERY-R-2024-0001"


def test_the_reference_of_another_fund_is_refused(
    moved_in: Flask, session: Session, tmp_path: Path
) -> None:
    establish(session, Charter("SLAVERY", {"en": "Slavery"}, {"en": "Aid"}))
    refused = run(moved_in, folder(tmp_path), "--fund", "SLAVERY")
    places = [line.split(": ")[:2] for line in refused.stderr.splitlines()]
    assert places == [["grants.csv:2", "reference"], ["pledges.csv:2", "reference"]]


def test_rates_are_imported_all_or_none_and_again(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "unore-2024.csv"
    file.write_text(FILES["rates"], encoding="utf-8")
    assert flask(app, "import", "rates", str(file)).stdout.strip().endswith("4 new.")
    assert flask(app, "import", "rates", str(file)).stdout.strip().endswith("0 new.")
    wrong = added("rates", "GBP,2024-01-01,0.79", "GBP,2024-01-15,0", "EUR,2024-01-01,0.95")
    file.write_text(wrong["rates"], encoding="utf-8")
    refused = flask(app, "import", "rates", str(file))
    assert (refused.exit_code, refused.stdout) == (2, "")
    places = [line.split(": ")[:2] for line in refused.stderr.splitlines()]
    assert places == [["unore-2024.csv:7", "rate"], ["unore-2024.csv:8", "rate"]]
    file.write_text("currency,effective_on,rate\nGBP,2024-01-01,0.80\n", encoding="utf-8")
    assert flask(app, "import", "rates", str(file)).stdout.strip().endswith("1 new.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        FILES["rates"].encode("utf-16"),
        FILES["rates"].replace(",", ";").encode(),
        b"rate,effective_on\n1,2024-01-01\n",
        b"currency,effective_on,rate\nEUR,2024-01-01,0.9\xff\n",
        b'currency,effective_on,rate\nEUR,2024-01-01,"0.9\n',
        b"currency,effective_on,rate\nEUR,2024-01-01,0.9\x00\n",
    ],
)
def test_a_file_that_holds_no_rates_is_told_in_one_line(
    app: Flask, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(content)
    refused = flask(app, "import", "rates", str(file))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert re.fullmatch(r"rates\.csv:\d+: \w+: .+", refused.stderr.strip())


def test_money_for_a_pledge_to_another_fund_is_told_at_the_pledge(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    assert run(app, folder(tmp_path)).exit_code == 0
    establish(session, Charter("SLAVERY", {"en": "Slavery"}, {"en": "Aid"}))
    header = FILES["deposits"].splitlines()[0]
    (tmp_path / "other").mkdir()
    wrong = tmp_path / "other" / "deposits.csv"
    wrong.write_text(f"{header}\nB9,P1,2024-03-02,EUR,5.00,\n", encoding="utf-8")
    refused = run(app, tmp_path / "other", "--fund", "SLAVERY")
    assert refused.exit_code == 2
    told_so = "deposits.csv:2: pledge: P1 is a pledge to UNVTF; expected one to SLAVERY"
    assert refused.stderr.strip() == told_so
