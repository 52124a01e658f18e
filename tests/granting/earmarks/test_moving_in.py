"""Earmarks of earlier records: what `flask earmarks` says of them, worked out by hand."""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from tests.desk.moving_in.history.folders import flask, folder, run

PLEDGES = (
    "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking,"
    "earmark_countries,earmark_until\n"
    "WIDE,AT,USD,1000.00,2024-01-05,,no,soft,HN KE NP,\n"
    "NARROW,AT,USD,300.00,2024-01-06,,no,tight,HN,\n"
    "ENDS,AT,USD,200.00,2024-01-07,,no,earmarked,HN,2024-12-31\n"
    "ELSEWHERE,AT,USD,5000.00,2024-01-08,,no,earmarked,UG,\n"
    "OVER,AT,USD,70.00,2024-01-08,,no,earmarked,HN,2024-03-31\n"
    "FREE,AT,USD,500.00,2024-01-08,,no,unearmarked,,\n"
)
DEPOSITS = (
    "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
    "B1,WIDE,2024-02-01,USD,1000.00,\n"
    "B2,NARROW,2024-02-01,USD,290.00,10.00\n"
    "B3,ENDS,2024-02-01,USD,200.00,\n"
    "B4,ELSEWHERE,2024-02-01,USD,5000.00,\n"
    "B5,OVER,2024-02-01,USD,70.00,\n"
    "B6,FREE,2024-02-01,USD,500.00,\n"
)


def earmarks(app: Flask, *options: str) -> dict[str, tuple[str, ...]]:
    """Received, set apart, spent and left of each pledge."""
    result = flask(app, "earmarks", "--fund", "UNVTF", "--json", *options)
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.output)
    keys = ("received_usd", "set_apart_usd", "spent_usd", "left_usd")
    return {row["pledge"]: tuple(row[key] for key in keys) for row in rows}


def history(at: Path, award: str = "1000.00") -> Path:
    """A grant in Honduras of two instalments, of which the first is paid and 50.00 comes back."""
    first = f"{float(award) - 200:.2f}"
    return folder(
        at,
        pledges=PLEDGES,
        deposits=DEPOSITS,
        grants="reference,organisation,country,award_usd,agreement_signed_on,starts_on,ends_on\n"
        f"G1,CASA,HN,{award},2024-04-01,2024-04-02,2024-12-31\n",
        instalments=f"grant,number,amount_usd,due_on\nG1,1,{first},2024-05-01\n"
        "G1,2,200.00,2024-06-01\n",
    )


def test_the_narrowest_earmark_is_taken_first_and_spent_first(app: Flask, tmp_path: Path) -> None:
    result = run(app, history(tmp_path))
    assert result.exit_code == 0, result.output
    # 1,130.00 with support cost: 200.00 of ENDS, 300.00 of NARROW, 630.00 of WIDE, none free.
    assert earmarks(app, "--on", "2024-04-30") == {
        "WIDE": ("1000.00", "630.00", "0.00", "1000.00"),
        "NARROW": ("300.00", "300.00", "0.00", "300.00"),
        "ENDS": ("200.00", "200.00", "0.00", "200.00"),
        "ELSEWHERE": ("5000.00", "0.00", "0.00", "5000.00"),
        "OVER": ("70.00", "0.00", "0.00", "70.00"),
    }
    # 904.00 paid; 50.00 and 6.50 of support cost came back to what was spent last.
    assert earmarks(app) == {
        "WIDE": ("1000.00", "226.00", "347.50", "652.50"),
        "NARROW": ("300.00", "0.00", "300.00", "0.00"),
        "ENDS": ("200.00", "0.00", "200.00", "0.00"),
        "ELSEWHERE": ("5000.00", "0.00", "0.00", "5000.00"),
        "OVER": ("70.00", "0.00", "0.00", "70.00"),
    }
    verified = flask(app, "ledger", "verify")
    assert verified.exit_code == 0, verified.output


def test_money_for_another_country_is_never_free(app: Flask, tmp_path: Path) -> None:
    result = run(app, history(tmp_path, "1800.00"))
    # 2,034.00 with support cost: 1,500.00 fits, and 534.00 would be free money: there are 490.00,
    # the rest of the 500.00 being the charge of 10.00.
    assert result.exit_code == 2
    assert "grants.csv:2: award_usd:" in result.output
    assert "earmarked for other purposes" in result.output
    assert run(app, history(tmp_path, "1760.00")).exit_code == 0


def test_a_history_is_imported_twice_with_its_earmarks(app: Flask, tmp_path: Path) -> None:
    assert run(app, history(tmp_path)).exit_code == 0
    before = earmarks(app)
    assert run(app, history(tmp_path)).exit_code == 0
    assert earmarks(app) == before
    changed = folder(tmp_path, pledges=PLEDGES.replace("tight,HN,", "tight,KE,"))
    result = run(app, changed)
    assert result.exit_code == 2
    assert "pledges.csv:3: earmark_countries:" in result.output


def test_terms_of_an_earmark_are_countries_and_belong_to_an_earmarked_pledge(
    app: Flask, tmp_path: Path
) -> None:
    wrong = PLEDGES.replace("tight,HN,", "tight,HN Nepal,").replace(
        "unearmarked,,", "unearmarked,KE,"
    )
    result = run(app, folder(tmp_path, pledges=wrong, deposits=DEPOSITS))
    assert result.exit_code == 2
    assert "pledges.csv:3: earmark_countries: “Nepal” is not the code" in result.output
    assert "pledges.csv:7: earmark_countries: expected nothing" in result.output


def test_a_refund_worth_more_than_came_is_no_earmark_overdrawn(app: Flask, tmp_path: Path) -> None:
    """EUR 1,000 came at 0.9 and went back at 0.8: the fund lost 138.89, and no grant has it."""
    pledges = (
        "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking\n"
        "BACK,AT,EUR,1000.00,2024-01-05,,no,soft\nFREE,AT,USD,500.00,2024-01-08,,no,unearmarked\n"
    )
    deposits = (
        "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
        "B1,BACK,2024-02-01,EUR,1000.00,\nB2,FREE,2024-02-01,USD,500.00,\n"
    )
    other = (
        "kind,booked_on,currency,amount,reference,pledge\n"
        "refund_to_donor,2024-07-03,EUR,1000.00,O1,BACK\n"
    )
    without = dict.fromkeys(("grants", "instalments", "payments", "grant_refunds"))
    given = folder(tmp_path, pledges=pledges, deposits=deposits, other=other, **without)
    result = run(app, given)
    assert result.exit_code == 0, result.output
    verified = flask(app, "ledger", "verify")
    assert verified.exit_code == 0, verified.output
