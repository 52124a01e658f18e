"""An import tells all faults of a history at once: of one row, of one file, and across files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.moving_in.history.folders import FILES, folder, run

Lines = dict[str, list[list[str]]]
"""The cells of each file, its header first."""


def _cells() -> Lines:
    return {
        name: [line.split(",") for line in text.splitlines()]
        for name, text in (FILES | MORE).items()
    }


MORE = {
    "pledges": FILES["pledges"] + "P2,AT,JPY,1400,2024-01-06,2024-01-21,no,soft\n",
    "deposits": FILES["deposits"] + "B2,P2,2024-03-03,JPY,1400,\n",
    "organisations": FILES["organisations"] + "AMANI,Amani,KE\n",
    "grants": FILES["grants"] + "G2,AMANI,KE,100.00,2024-04-03,2024-04-04,2024-12-31\n",
    "instalments": FILES["instalments"] + "G2,1,100.00,2024-05-03\n",
    "payments": FILES["payments"] + "G2,1,2024-05-04,OUT2\n",
}
"""The small history with a second pledge, deposit and grant beside the first."""


def _put(file: str, line: int, column: str, text: str) -> Callable[[Lines], tuple[str, int, str]]:
    def plant(lines: Lines) -> tuple[str, int, str]:
        lines[file][line - 1][lines[file][0].index(column)] = text
        return f"{file}.csv", line, column

    return plant


FAULTS = {
    (file, line, column): _put(file, line, column, text)
    for file, line, column, text in (
        ("pledges", 2, "donor", "NOBODY"),
        ("pledges", 2, "amount", "12.345"),
        ("pledges", 2, "earmarking", "somehow"),
        ("pledges", 3, "donor", "NOBODY"),
        ("pledges", 3, "amount", "1400.5"),
        ("pledges", 3, "pledged_on", "6.1.2024"),
        ("deposits", 2, "bank_fee", "10.005"),
        ("deposits", 3, "pledge", "P9"),
        ("deposits", 3, "amount", "0"),
        ("deposits", 3, "value_on", "2024-02-30"),
        ("donors", 2, "kind", "king"),
        ("organisations", 3, "country", "Atlantis"),
        ("grants", 2, "ends_on", "2024-04-01"),
        ("grants", 2, "organisation", "NOBODY"),
        ("grants", 2, "country", "ZZ"),
        ("grants", 3, "award_usd", "100.001"),
        ("grants", 3, "ends_on", "2024-04-03"),
        ("instalments", 2, "due_on", "soon"),
        ("instalments", 4, "amount_usd", "-100"),
        ("payments", 2, "grant", "G9"),
        ("payments", 2, "paid_on", "yesterday"),
        ("payments", 3, "number", "one"),
        ("payments", 3, "paid_on", "2024-04-02"),
        ("grant_refunds", 2, "grant", "G8"),
        ("grant_refunds", 2, "amount_usd", "50.001"),
        ("other", 2, "kind", "gift"),
        ("other", 2, "currency", "DEM"),
        ("other", 2, "amount", "1.2345"),
    )
}


def _told(app: Flask, at: Path, lines: Lines) -> set[tuple[str, int, str]]:
    texts = {name: "".join(",".join(row) + "\n" for row in rows) for name, rows in lines.items()}
    refused = run(app, folder(at, **texts), "--dry-run")
    if refused.exit_code == 0:
        return set()
    assert refused.exit_code == 2
    found = [line.split(":", 3) for line in refused.stderr.splitlines()]
    places = [(file, int(line), column.strip()) for file, line, column, _why in found]
    assert len(set(places)) == len(places), "each cell once"
    return set(places)


def test_the_history_itself_is_sound(app: Flask, tmp_path: Path) -> None:
    assert _told(app, tmp_path, _cells()) == set()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chosen=st.sets(st.sampled_from(sorted(FAULTS)), min_size=2, max_size=10))
def test_whatever_faults_are_planted_all_are_told_and_nothing_else(
    app: Flask, tmp_path: Path, chosen: set[tuple[str, int, str]]
) -> None:
    lines = _cells()
    planted = {FAULTS[place](lines) for place in chosen}
    assert _told(app, tmp_path, lines) == planted


def test_all_of_them_at_once(app: Flask, tmp_path: Path) -> None:
    lines = _cells()
    planted = {plant(lines) for plant in FAULTS.values()}
    assert _told(app, tmp_path, lines) == planted


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        (
            {"pledges": "P1,NOBODY,EUR,12.345,2024-01-05,2024-01-20,no,unearmarked"},
            {("pledges.csv", 2, "amount"), ("pledges.csv", 2, "donor")},
        ),
        (
            {"payments": "G1,7,2024-03-31,OUT1\nG1,8,x,OUT9"},
            {
                ("payments.csv", 2, "number"),
                ("payments.csv", 2, "paid_on"),
                ("payments.csv", 3, "paid_on"),
                ("payments.csv", 3, "number"),
            },
        ),
        (
            {"deposits": "B1,P1,2024-03-02,USD,990.001,\nB1,P9,2024-03-02,EUR,1.00,"},
            {
                ("deposits.csv", 2, "amount"),
                ("deposits.csv", 2, "currency"),
                ("deposits.csv", 3, "bank_reference"),
                ("deposits.csv", 3, "pledge"),
            },
        ),
        (
            {"deposits": "B1,,2023-01-01,KWD,9.9999,\nB2,,2023-01-01,KWD,9.999,x"},
            {
                ("deposits.csv", 2, "amount"),
                ("deposits.csv", 2, "currency"),
                ("deposits.csv", 3, "bank_fee"),
                ("deposits.csv", 3, "currency"),
            },
        ),
    ],
)
def test_faults_of_one_row_and_of_rows_beside_it(
    app: Flask, tmp_path: Path, changed: dict[str, str], places: set[tuple[str, int, str]]
) -> None:
    lines = {name: [line.split(",") for line in text.splitlines()] for name, text in FILES.items()}
    for name, rows in changed.items():
        lines[name] = [lines[name][0], *(row.split(",") for row in rows.splitlines())]
    assert _told(app, tmp_path, lines) == places
