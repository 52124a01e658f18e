"""Each fault is one line, `file:line: column: what is wrong and what is expected`; nothing else."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry, ExchangeRate
from grants.core.people.models import Organisation
from grants.desk.moving_in.history.files import country_code
from grants.desk.moving_in.history.models import TakenRow
from tests.desk.moving_in.history.folders import FILES, added, flask, folder, run, swapped

LONG = "X" * 81


def test_a_country_is_written_as_its_code_or_its_name() -> None:
    written = ("TR", "Turkey", "Türkiye", "Bosnia and Herzegovina", "Congo")
    assert [country_code(text) for text in written] == ["TR", "TR", "TR", "BA", "CG"]


FAULTS: list[tuple[dict[str, str], str]] = [
    # cells
    (swapped("pledges", "EUR", "XYZ"), "pledges.csv:2: currency"),
    (swapped("pledges", "EUR", "eur"), "pledges.csv:2: currency"),
    (swapped("rates", "JPY", "JPX"), "rates.csv:4: currency"),
    (swapped("rates", "140", "0"), "rates.csv:4: rate"),
    (swapped("rates", "140", "-140"), "rates.csv:4: rate"),
    (added("rates", "USD,2024-01-01,1.1"), "rates.csv:6: rate"),
    (swapped("pledges", "1000.00", "1000.005"), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", "0.00"), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", "-5"), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", '"1,000.00"'), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", "1e3"), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", "99999999999999.00"), "pledges.csv:2: amount"),
    (swapped("pledges", "1000.00", ""), "pledges.csv:2: amount"),
    (swapped("pledges", "2024-01-05", "5.1.2024"), "pledges.csv:2: pledged_on"),
    (swapped("pledges", "2024-01-05", "2023-02-29"), "pledges.csv:2: pledged_on"),
    (swapped("pledges", "2024-01-05", "2204-01-05"), "pledges.csv:2: pledged_on"),
    (swapped("pledges", "2024-01-05", "0204-01-05"), "pledges.csv:2: pledged_on"),
    (swapped("pledges", ",no,", ",No,"), "pledges.csv:2: conditional"),
    (swapped("pledges", "unearmarked", "somehow"), "pledges.csv:2: earmarking"),
    (swapped("donors", "member_state", "king"), "donors.csv:2: kind"),
    (swapped("donors", ",AT\n", ",ZZ\n"), "donors.csv:2: country"),
    (swapped("donors", "AT,Austria", ",Austria"), "donors.csv:2: code"),
    (swapped("organisations", ",HN", ","), "organisations.csv:2: country"),
    (swapped("deposits", "B1,", f"{LONG},"), "deposits.csv:2: bank_reference"),
    (swapped("deposits", "10.00", "-10.00"), "deposits.csv:2: bank_fee"),
    (swapped("deposits", "10.00", "10.001"), "deposits.csv:2: bank_fee"),
    (added("deposits", "B2,,2024-03-02,JPY,100.5,"), "deposits.csv:3: amount"),
    (added("deposits", "B2,,2024-03-02,JPY,100.0,"), "deposits.csv:3: amount"),
    (added("deposits", "B2,,2024-03-02,KWD,100.5555,"), "deposits.csv:3: amount"),
    (swapped("payments", "G1,1", "G1,one"), "payments.csv:2: number"),
    (swapped("other", "interest", "gift"), "other.csv:2: kind"),
    # codes and references
    (swapped("pledges", "P1,AT", "P1,NOBODY"), "pledges.csv:2: donor"),
    (swapped("deposits", "P1", "P9"), "deposits.csv:2: pledge"),
    (swapped("grants", "CASA", "NOBODY"), "grants.csv:2: organisation"),
    (added("instalments", "G9,1,5.00,2024-05-01"), "instalments.csv:4: grant"),
    (swapped("payments", "G1", "G9"), "payments.csv:2: grant"),
    (swapped("grant_refunds", "G1", "G9"), "grant_refunds.csv:2: grant"),
    (added("other", "refund_to_donor,2024-07-01,EUR,1.00,O2,"), "other.csv:3: pledge"),
    (added("other", "interest,2024-07-01,EUR,1.00,O2,P1"), "other.csv:3: pledge"),
    # rows against each other
    (added("deposits", "B1,P1,2024-03-02,EUR,990.00,"), "deposits.csv:3: bank_reference"),
    (added("donors", "AT,Austria,member_state,"), "donors.csv:3: code"),
    (added("rates", "JPY,2024-01-01,141"), "rates.csv:6: currency"),
    (swapped("grants", "500.00", "501.00"), "grants.csv:2: award_usd"),
    (swapped("instalments", "200.00", "200.01"), "grants.csv:2: award_usd"),
    ({"instalments": "grant,number,amount_usd,due_on\n"}, "grants.csv:2: award_usd"),
    (swapped("instalments", "G1,2", "G1,3"), "instalments.csv:3: number"),
    (swapped("grants", "2024-12-31", "2024-04-01"), "grants.csv:2: ends_on"),
    # rates
    (swapped("rates", "EUR,2024-01-01", "EUR,2024-01-21"), "pledges.csv:2: currency"),
    (added("deposits", "B2,,2023-12-31,KWD,5.000,"), "deposits.csv:3: currency"),
    (added("other", "bank_charge,2023-12-31,KWD,5.000,O2,"), "other.csv:3: currency"),
    # the fund's rules
    (swapped("deposits", "10.00", "10.01"), "deposits.csv:2: amount"),
    (added("deposits", "B2,P1,2024-03-03,EUR,0.01,"), "deposits.csv:3: amount"),
    (added("deposits", "B2,P1,2024-01-01,EUR,0.01,"), "deposits.csv:2: amount"),
    (swapped("deposits", "EUR", "USD"), "deposits.csv:2: currency"),
    (added("other", "refund_to_donor,2024-07-01,USD,1.00,O2,P1"), "other.csv:3: currency"),
    (added("other", "refund_to_donor,2024-07-01,EUR,1000.01,O2,P1"), "other.csv:3: amount"),
    (added("other", "refund_to_donor,2024-07-01,EUR,593.08,O2,P1"), "other.csv:3: amount"),
    (added("other", "refund_to_donor,2024-03-01,EUR,1.00,O2,P1"), "other.csv:3: amount"),
    (swapped("grants", "2024-04-01", "2024-03-01"), "grants.csv:2: award_usd"),
    (swapped("payments", "2024-05-02", "2024-03-31"), "payments.csv:2: paid_on"),
    (swapped("payments", "G1,1", "G1,2"), "payments.csv:2: number"),
    (swapped("payments", "G1,1", "G1,7"), "payments.csv:2: number"),
    (added("payments", "G1,2,2024-05-01,OUT2"), "payments.csv:3: number"),
    (added("payments", "G1,2,2024-06-01,OUT1"), "payments.csv:3: bank_reference"),
    (swapped("grant_refunds", "50.00", "300.01"), "grant_refunds.csv:2: amount_usd"),
    (swapped("grant_refunds", "2024-06-01", "2024-05-01"), "grant_refunds.csv:2: amount_usd"),
    (swapped("grant_refunds", "2024-06-01", "2024-03-01"), "grant_refunds.csv:2: refunded_on"),
    # files
    ({"donors": ""}, "donors.csv:1: code"),
    ({"donors": FILES["donors"].replace(",", ";")}, "donors.csv:1: code"),
    ({"donors": "name,kind,country\nAustria,member_state,AT\n"}, "donors.csv:1: code"),
    ({"donors": "code,name,kind,country,notes\nAT,A,ngo,AT,x\n"}, "donors.csv:1: notes"),
    (swapped("donors", "Austria", '"Austria'), "donors.csv:2: code"),
    (swapped("donors", "Austria", "Aus\ttria\a"), "donors.csv:2: name"),
    (swapped("donors", "state,AT", "state,AT,more"), "donors.csv:2: country"),
]


@pytest.mark.parametrize(("changed", "place"), FAULTS)
def test_each_fault_is_one_line_on_standard_error(
    app: Flask, session: Session, tmp_path: Path, changed: dict[str, str], place: str
) -> None:
    refused = run(app, folder(tmp_path, **changed))
    assert (refused.exit_code, refused.stdout) == (2, "")
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"{place}: ")
    assert len(line) > len(place) + 15
    assert written(session) == NOTHING


NOTHING = (0, 0, 0, 0)


def written(session: Session) -> tuple[int, ...]:
    """Entries, rates, organisations, remembered rows."""
    kinds = (Entry.id, ExchangeRate.id, Organisation.id, TakenRow.id)
    return tuple(session.scalar(select(func.count(kind))) or 0 for kind in kinds)


@pytest.mark.parametrize("content", ["donors in UTF-16", "donors in Latin-1", "a picture"])
def test_a_file_that_is_no_utf8_text_is_refused_in_one_line(
    app: Flask, session: Session, tmp_path: Path, content: str
) -> None:
    as_bytes = {
        "donors in UTF-16": FILES["donors"].encode("utf-16"),
        "donors in Latin-1": FILES["donors"].replace("Austria", "Österreich").encode("latin-1"),
        "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    }
    refused = run(app, folder(tmp_path, donors=as_bytes[content]))
    assert refused.exit_code == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith("donors.csv:")
    assert "UTF-8" in line
    assert written(session) == NOTHING


def test_faults_of_several_files_are_told_together_in_order(app: Flask, tmp_path: Path) -> None:
    wrong = (
        swapped("pledges", "EUR", "XYZ")
        | swapped("grants", "2024-04-02", "soon")
        | swapped("payments", "G1,1", "G1,0")
        | swapped("deposits", "990.00", "990.005")
    )
    refused = run(app, folder(tmp_path, **wrong))
    assert [line.split(": ")[:2] for line in refused.stderr.splitlines()] == [
        ["deposits.csv:2", "amount"],
        ["grants.csv:2", "starts_on"],
        ["payments.csv:2", "number"],
        ["pledges.csv:2", "currency"],
    ]


def test_what_follows_from_a_fault_is_not_told_as_another(app: Flask, tmp_path: Path) -> None:
    """Without the deposit there is no money for the grant, so no payment and no refund."""
    refused = run(app, folder(tmp_path, **swapped("deposits", "990.00", "995.00")))
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["deposits.csv"]


def test_two_grants_and_a_payment_beyond_the_money_are_three_faults(
    app: Flask, tmp_path: Path
) -> None:
    big = {
        "grants": FILES["grants"].replace("500.00", "5000.00")
        + "G2,CASA,HN,6000.00,2024-04-05,2024-04-06,2024-12-31\n",
        "instalments": FILES["instalments"].replace("300.00", "4800.00")
        + "G2,1,6000.00,2024-06-01\n",
    }
    refused = run(app, folder(tmp_path, **big))
    places = [":".join(line.split(":")[:3]) for line in refused.stderr.splitlines()]
    assert places == [
        "grants.csv:2: award_usd",
        "grants.csv:3: award_usd",
        "payments.csv:2: paid_on",
    ]


def test_a_payment_on_the_day_of_a_grant_beyond_the_money_is_judged_by_itself(
    app: Flask, tmp_path: Path
) -> None:
    big = {
        "grants": FILES["grants"].replace("500.00", "5000.00"),
        "instalments": FILES["instalments"].replace("200.00", "4700.00"),
        "payments": "grant,number,paid_on,bank_reference\n"
        "G1,1,2024-04-01,OUT1\nG1,2,2024-04-01,OUT2\n",
    }
    refused = run(app, folder(tmp_path, **big))
    places = [":".join(line.split(":")[:3]) for line in refused.stderr.splitlines()]
    assert places == ["grants.csv:2: award_usd", "payments.csv:3: paid_on"]


def test_a_payment_of_an_instalment_that_does_not_exist_is_told_so(
    app: Flask, tmp_path: Path
) -> None:
    refused = run(app, folder(tmp_path, **swapped("payments", "G1,1", "G1,7")))
    assert "G1 has no instalment 7" in refused.stderr


def test_faults_of_every_sort_are_told_together(app: Flask, tmp_path: Path) -> None:
    """Of cells, sums, references, rates, order and money: none waits until another is corrected."""
    refused = run(app, folder(tmp_path, **EVERY_SORT))
    places = [":".join(line.split(":")[:3]) for line in refused.stderr.splitlines()]
    assert places == [
        "deposits.csv:3: pledge",
        "deposits.csv:4: amount",
        "deposits.csv:5: currency",
        "deposits.csv:6: amount",
        "donors.csv:3: kind",
        "grant_refunds.csv:3: amount_usd",
        "grants.csv:3: award_usd",
        "grants.csv:4: organisation",
        "instalments.csv:9: grant",
        "other.csv:3: amount",
        "payments.csv:3: paid_on",
        "payments.csv:4: number",
        "pledges.csv:3: donor",
        "pledges.csv:4: amount",
        "pledges.csv:5: currency",
        "rates.csv:6: rate",
    ]


EVERY_SORT = (
    added("rates", "GBP,2024-01-01,-1")
    | added("donors", "BAD,Bad,company,AT")
    | added(
        "pledges",
        "P2,ZZZ,USD,100.00,2024-01-10,,no,soft",
        "P3,AT,USD,100.001,2024-01-10,,no,soft",
        "P4,AT,CHF,100.00,2024-01-10,2024-01-11,no,soft",
        "P5,AT,USD,100.00,2024-01-10,,no,soft",
        "P6,BAD,USD,100.00,2024-01-10,2024-01-11,no,soft",
    )
    | added(
        "deposits",
        "B2,P9,2024-02-10,USD,5.00,",
        "B3,P5,2024-02-10,USD,101.00,",
        "B4,,2023-01-01,JPY,100,",
        "B5,,2024-02-10,USD,-4.00,",
        "B6,P6,2024-02-10,USD,100.00,",
    )
    | added(
        "grants",
        "G2,CASA,HN,100.00,2024-04-01,2024-04-02,2024-12-31",
        "G3,NOBODY,HN,100.00,2024-04-01,2024-04-02,2024-12-31",
        "G4,CASA,HN,100.00,2024-04-01,2024-04-02,2024-12-31",
        "G5,CASA,HN,100.00,2024-04-01,2024-04-02,2024-12-31",
    )
    | added(
        "instalments",
        "G2,1,99.00,2024-05-01",
        "G3,1,100.00,2024-05-01",
        "G4,1,100.00,2024-05-01",
        "G5,1,50.00,2024-05-01",
        "G5,2,50.00,2024-05-01",
        "G9,1,50.00,2024-05-01",
    )
    | added("payments", "G4,1,2024-03-31,OUT2", "G5,2,2024-05-01,OUT3")
    | added("grant_refunds", "G1,2024-07-01,250.01,R2")
    | added("other", "bank_charge,2024-07-01,USD,0.00,C1,")
)
"""The small history with a fault of each sort added, each in a row of its own."""


def test_every_row_without_a_rate_is_told(app: Flask, tmp_path: Path) -> None:
    refused = run(app, folder(tmp_path, rates="currency,effective_on,rate\n"))
    places = [line.split(": ")[:2] for line in refused.stderr.splitlines()]
    assert places == [["deposits.csv:2", "currency"], ["pledges.csv:2", "currency"]]


def test_rows_that_hang_on_a_row_without_its_name_are_not_told(app: Flask, tmp_path: Path) -> None:
    refused = run(app, folder(tmp_path, **swapped("donors", "AT,Austria", ",Austria")))
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["donors.csv"]


@pytest.mark.parametrize(
    ("month", "place"),
    [
        ("2024-01", "pledges.csv:2: pledged_on"),
        ("2024-03", "deposits.csv:2: value_on"),
        ("2024-04", "grants.csv:2: agreement_signed_on"),
        ("2024-05", "payments.csv:2: paid_on"),
    ],
)
def test_a_date_in_a_closed_period_is_refused(
    app: Flask, session: Session, tmp_path: Path, month: str, place: str
) -> None:
    flask(app, "ledger", "period", "close", month)
    refused = run(app, folder(tmp_path))
    assert refused.exit_code == 2
    assert f"{place}: {month} is closed" in refused.stderr
    assert written(session) == NOTHING


def test_every_date_of_a_closed_period_is_told(app: Flask, tmp_path: Path) -> None:
    flask(app, "ledger", "period", "close", "2024-06")
    refused = run(app, folder(tmp_path))
    places = [line.split(": ")[:2] for line in refused.stderr.splitlines()]
    assert places == [["grant_refunds.csv:2", "refunded_on"], ["other.csv:2", "booked_on"]]
