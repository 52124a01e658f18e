"""Files as people really write them: whatever their program made of them, the figures are right."""

import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from grants.desk.moving_in.history.commands import import_history
from tests.desk.moving_in.history.folders import (
    EVERYTHING,
    FILES,
    added,
    flask,
    folder,
    run,
    swapped,
)

EVERY = FILES.items()
WRITTEN: dict[str, Mapping[str, str | bytes]] = {
    "plainly": {},
    "with a byte order mark": {name: b"\xef\xbb\xbf" + text.encode() for name, text in EVERY},
    "with Windows line ends": {name: text.replace("\n", "\r\n") for name, text in EVERY},
    "with old Macintosh line ends": {name: text.replace("\n", "\r") for name, text in EVERY},
    "without a last line end": {name: text.rstrip("\n") for name, text in EVERY},
    "with empty lines": {name: text.replace("\n", "\n\n , ,\n") for name, text in EVERY},
    "with spaces around": {name: text.replace(",", " , ") for name, text in EVERY},
    "with every cell quoted": {
        name: "\n".join(
            ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()
        )
        for name, text in EVERY
    },
    "with a header in capitals": {
        name: text.replace(text.splitlines()[0], text.splitlines()[0].upper())
        for name, text in EVERY
    },
    "with columns in another order": {
        "donors": "country,name,code,kind\nAT,Austria,AT,member_state\n",
        "deposits": "amount,bank_fee,currency,value_on,pledge,bank_reference\n"
        "990.00,10.00,EUR,2024-03-02,P1,B1\n",
    },
    "with empty columns behind": {name: text.replace("\n", ",,\n") for name, text in EVERY},
    "with rows twice": {name: text + text.split("\n", 1)[1] for name, text in EVERY},
    "with instalments in any order": {
        "instalments": "grant,number,amount_usd,due_on\n"
        "G1,2,200.00,2024-06-01\nG1,1,300.00,2024-05-01\n"
    },
    "with whole numbers": {
        "grants": FILES["grants"].replace("500.00", "500"),
        "instalments": FILES["instalments"].replace(".00", ""),
        "deposits": FILES["deposits"].replace(".00", ".0"),
    },
    "with a line break in a name": swapped("donors", "Austria", '"Aus\r\ntria"'),
    "with a rate for USD": added("rates", "USD,2024-01-01,1"),
    "with empty cells for what is usual": swapped("pledges", "no,unearmarked", ","),
    "with a pledge dated after its money": swapped("pledges", "2024-01-05", "2024-05-05"),
    "with long references": {
        "other": FILES["other"].replace("I1", "I" * 80),
        "payments": FILES["payments"].replace("OUT1", "O" * 80),
        "grant_refunds": FILES["grant_refunds"].replace("R1", "R" * 80),
        "deposits": FILES["deposits"].replace("B1", "B" * 80),
    },
}


@pytest.mark.parametrize("way", WRITTEN)
def test_the_figures_are_right_however_the_files_are_written(
    app: Flask, tmp_path: Path, way: str
) -> None:
    done = run(app, folder(tmp_path, **WRITTEN[way]))
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(flask(app, "ledger", "balances", "--json").stdout)
    assert {name: told[name] for name in EVERYTHING} == EVERYTHING
    assert flask(app, "ledger", "verify").exit_code == 0


def test_the_order_of_one_day_is_found(app: Flask, tmp_path: Path) -> None:
    """Two instalments, a refund and a grant that only the refund makes affordable, on one day."""
    crowded = {
        "grants": FILES["grants"].replace("500.00", "1000.00")
        + "G2,CASA,HN,140.00,2024-05-02,2024-05-03,2024-12-31\n",
        "instalments": "grant,number,amount_usd,due_on\n"
        "G1,1,600.00,2024-05-01\nG1,2,400.00,2024-06-01\nG2,1,140.00,2024-06-01\n",
        "payments": "grant,number,paid_on,bank_reference\n"
        "G1,2,2024-05-02,OUT2\nG1,1,2024-05-02,OUT1\n",
        "grant_refunds": FILES["grant_refunds"].replace("2024-06-01", "2024-05-02"),
    }
    done = run(app, folder(tmp_path, **crowded))
    assert done.exit_code == 0, done.stderr
    told = json.loads(flask(app, "ledger", "balances", "--json").stdout)
    assert (told["commitments"], told["available"]) == ("158.20", "18.14")


def test_money_dated_before_its_pledge_counts_for_it(app: Flask, tmp_path: Path) -> None:
    early = swapped("deposits", "2024-03-02", "2024-01-02")
    assert run(app, folder(tmp_path, **early)).exit_code == 0
    span = ("--from", "2024-01-01", "--to", "2024-01-04", "--json")
    [pledge] = json.loads(flask(app, "statement", "donor", "AT", *span).stdout)["pledges"]
    assert (pledge["received"], pledge["received_usd"]) == ("1000.00", "1111.11")
    assert json.loads(flask(app, "ledger", "balances", "--json").stdout)["suspense"] == "0.00"


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("output", "told"), [(_Terminal(), True), (StringIO(), False)])
def test_a_terminal_is_shown_how_far_an_import_is_and_a_file_is_not(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: StringIO, told: bool
) -> None:
    monkeypatch.setattr("sys.stderr", output)
    with app.app_context():
        import_history.main([str(folder(tmp_path))], standalone_mode=False)
    assert ("100%" in output.getvalue()) is told
