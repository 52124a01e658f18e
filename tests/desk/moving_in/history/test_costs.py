"""A fund with an opening balance, costs of its own, and grants without support cost moves in."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.desk.moving_in.history.folders import FILES, added, flask, folder, run

GRANTS = (
    "reference,organisation,country,award_usd,agreement_signed_on,starts_on,ends_on,"
    "support_cost_percent\n"
)
PUBLISHED = {
    "rates": None,
    "donors": "code,name,kind,country\nALL,All donors,igo,\n",
    "pledges": FILES["pledges"].splitlines()[0]
    + "\nP1,ALL,USD,1016268638.00,2006-10-01,2006-10-02,no,unearmarked\n",
    "deposits": "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
    "B1,P1,2007-01-10,USD,1016268638.00,\n",
    "organisations": "code,name,country\nUN,Recipient organisations,CH\n",
    "grants": f"{GRANTS}G1,UN,CH,969805672.00,2007-02-01,2007-02-02,2019-12-31,0\n",
    "instalments": "grant,number,amount_usd,due_on\nG1,1,969805672.00,2007-03-01\n",
    "payments": "grant,number,paid_on,bank_reference\nG1,1,2007-03-01,OUT1\n",
    "grant_refunds": "grant,refunded_on,amount_usd,bank_reference\n"
    "G1,2018-06-01,33970154.00,BACK1\n",
    "other": "kind,booked_on,currency,amount,reference,pledge\n"
    "interest,2018-12-31,USD,27404844.00,I1,\n"
    "administration_fee,2018-12-31,USD,10162686.00,F1,\n"
    "direct_cost,2018-12-31,USD,4315210.00,D1,\n"
    "bank_charge,2018-12-31,USD,30130.00,C1,\n",
}
"""The sources of a fund of a thousand million dollars, and what it used, as such tables tell it."""


def _statement(app: Flask, since: str, until: str) -> dict[str, object]:
    told = flask(app, "statement", "fund", "UNVTF", "--from", since, "--to", until, "--json")
    assert told.exit_code == 0, told.stderr
    found: dict[str, object] = json.loads(told.stdout)
    return found


def test_a_published_source_and_use_of_funds_moves_in_to_the_cent(
    app: Flask, tmp_path: Path
) -> None:
    done = run(app, folder(tmp_path, **PUBLISHED))
    assert done.exit_code == 0, done.stderr
    told = _statement(app, "2006-01-01", "2018-12-31")
    assert told["opening_balance"] == "0.00"
    assert told["source"] == {
        "contributions": "1016268638.00",
        "interest": "27404844.00",
        "refunds_from_grantees": "33970154.00",
        "unidentified_receipts": "0.00",
        "total": "1077643636.00",
    }
    assert told["use"] == {
        "transfers_to_grantees": "969805672.00",
        "programme_support_cost": "0.00",
        "direct_costs": "4315210.00",
        "administration_fees": "10162686.00",
        "bank_charges": "30130.00",
        "refunds_to_donors": "0.00",
        "total": "984313698.00",
    }
    assert told["closing_balance"] == "93329938.00"
    verified = flask(app, "ledger", "verify")
    assert verified.exit_code == 0, verified.stdout + verified.stderr
    assert run(app, folder(tmp_path, **PUBLISHED)).exit_code == 0, "again changes nothing"


OPENING = added(
    "other",
    "opening_balance,2024-01-04,USD,1000.00,OPEN-USD,",
    "opening_balance,2024-01-04,EUR,90.00,OPEN-EUR,",
    "direct_cost,2024-07-01,EUR,8.00,D1,",
    "administration_fee,2024-07-02,USD,5.50,F1,",
)


@pytest.mark.parametrize("since", ["2024-01-05", "2024-01-04", "2023-01-01"])
def test_an_opening_balance_opens_the_statement(app: Flask, tmp_path: Path, since: str) -> None:
    done = run(app, folder(tmp_path, **OPENING))
    assert done.exit_code == 0, done.stderr
    told = _statement(app, since, "2024-12-31")
    assert told["opening_balance"] == "1100.00"
    assert told["closing_balance"] == "2051.84"  # 1100.00 + 967.34 - 10.00 - 5.50
    figures = json.loads(flask(app, "ledger", "balances", "--json").stdout)
    assert (figures["cash"], figures["opening_balance"]) == ("2051.84", "1100.00")
    assert (figures["direct_costs"], figures["administration_fees"]) == ("10.00", "5.50")
    assert flask(app, "ledger", "verify").exit_code == 0


def test_a_grant_carries_its_own_support_cost_or_the_funds(app: Flask, tmp_path: Path) -> None:
    own = GRANTS + (
        "G1,CASA,HN,500.00,2024-04-01,2024-04-02,2024-12-31,0\n"
        "G2,CASA,HN,100.00,2024-04-01,2024-04-02,2024-12-31,7.5\n"
        "G3,CASA,HN,100.00,2024-04-01,2024-04-02,2024-12-31,\n"
    )
    parts = added("instalments", "G2,1,100.00,2024-05-01", "G3,1,100.00,2024-05-01")
    done = run(app, folder(tmp_path, grants=own, **parts))
    assert done.exit_code == 0, done.stderr
    figures = json.loads(flask(app, "ledger", "balances", "--json").stdout)
    assert figures["programme_support_cost"] == "0.00"
    assert figures["commitments"] == "420.50"  # 200.00 + 107.50 + 113.00
    assert run(app, folder(tmp_path, grants=own, **parts)).exit_code == 0
    other = own.replace(",7.5\n", ",7\n")
    refused = run(app, folder(tmp_path, grants=other, **parts))
    assert refused.stderr.startswith("grants.csv:3: support_cost_percent: ")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (added("other", "direct_cost,2024-07-01,USD,967.35,D1,"), "other.csv:3: amount"),
        (added("other", "administration_fee,2024-03-01,USD,0.01,F1,"), "other.csv:3: amount"),
        (added("other", "opening_balance,2024-05-01,USD,1.00,O1,"), "other.csv:3: amount"),
        (added("other", "opening_balance,2024-01-01,USD,0.00,O1,"), "other.csv:3: amount"),
        (added("other", "direct_cost,2024-07-01,USD,1.00,D1,P1"), "other.csv:3: pledge"),
        (
            {"grants": f"{GRANTS}G1,CASA,HN,500.00,2024-04-01,2024-04-02,2024-12-31,101\n"},
            "grants.csv:2: support_cost_percent",
        ),
        (
            {"grants": f"{GRANTS}G1,CASA,HN,500.00,2024-04-01,2024-04-02,2024-12-31,-1\n"},
            "grants.csv:2: support_cost_percent",
        ),
        (added("rates", "DEM,2024-01-01,1.9"), "rates.csv:6: currency"),
        (added("pledges", "P2,AT,HRK,5.00,2024-01-06,,no,soft"), "pledges.csv:3: currency"),
    ],
)
def test_what_cannot_be_is_told_in_its_cell(
    app: Flask, tmp_path: Path, changed: dict[str, str], place: str
) -> None:
    refused = run(app, folder(tmp_path, **changed))
    assert refused.exit_code == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"{place}: ")
