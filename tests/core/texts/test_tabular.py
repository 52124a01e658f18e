"""CSV files that people fill in: read strictly, every fault told at once, by line and column."""

import csv
import io
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Earmarking
from grants.core.texts.cells import (
    Reader,
    amount_in,
    day,
    one_of,
    optional,
    plain_decimal,
    whole_number,
    words,
    yes_or_no,
)
from grants.core.texts.tabular import Table, UnreadableTable


@dataclass(frozen=True)
class Gift:
    name: str
    given_on: date | None


def gifts(content: str | bytes) -> Table[Gift]:
    table = Table("gifts.csv", Gift, {"name": words(20), "given_on": optional(day)})
    return table.read(content if isinstance(content, bytes) else content.encode())


def faults(content: str | bytes) -> list[str]:
    return [str(problem) for problem in gifts(content).problems]


def test_rows_come_with_the_line_they_begin_on() -> None:
    table = gifts('﻿given_on,name\r\n2026-01-02,"one\r\nname"\r\n\r\n,  two \r\n')
    assert [(row.line, row.value) for row in table.require()] == [
        (2, Gift("one name", date(2026, 1, 2))),
        (5, Gift("two", None)),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "",
            "gifts.csv:1: name: the file is empty; expected the columns name, given_on",
        ),
        ("name\nA", "gifts.csv:1: given_on: this column is missing; expected: name, given_on"),
        (
            "name;given_on\n",
            (
                "gifts.csv:1: name: the columns are separated by “;”, not by commas; expected the "
                "columns name, given_on"
            ),
        ),
        (
            "name,given_on\n".encode("utf-16"),
            (
                "gifts.csv:1: name: this is not UTF-8 text; save the file as CSV UTF-8; expected "
                "the columns name, given_on"
            ),
        ),
        (
            "A,2026-01-01\n",
            "gifts.csv:1: name: this is not a header row; expected the columns name, given_on",
        ),
        ("name,given_on,date\n", "gifts.csv:1: date: unknown column; expected: name, given_on"),
        (
            "name,given_on\nA\x07,\n",
            "gifts.csv:2: name: it contains a control character; expected plain text",
        ),
        ("name,given_on,name\n", "gifts.csv:1: name: it appears twice; expected: name, given_on"),
        ("name,given_on\n,\nA,\n ,2026-01-01\n", "gifts.csv:4: name: empty; expected text"),
        (
            "name,given_on\nA,,more\n",
            "gifts.csv:2: given_on: the row has more columns than the header; expected no more",
        ),
        (
            "name,given_on\nA,2026-02-30\n",
            "gifts.csv:2: given_on: “2026-02-30” is not a date; expected YYYY-MM-DD",
        ),
        ("name,given_on\nB\n" + "C" * 21, "gifts.csv:3: name: 21 characters; expected at most 20"),
        (
            b"name,given_on\nA,\nZo\xeb,\n",
            "gifts.csv:3: name: this is not UTF-8 text; save the file as UTF-8",
        ),
    ],
)
def test_a_fault_is_told_by_file_line_and_column(content: str | bytes, told: str) -> None:
    assert told in faults(content)


def test_a_quote_that_never_closes_is_a_fault_of_its_line() -> None:
    assert faults('name,given_on\nA,\n"B,\n')[0].startswith(
        "gifts.csv:3: name: this is not a CSV row"
    )


def test_all_faults_are_told_and_none_of_the_rows_is_taken() -> None:
    with pytest.raises(UnreadableTable) as refused:
        gifts("name,given_on\nA,yesterday\nB,2026-01-01\n,tomorrow\n").require()
    assert [line.split(": ")[0] for line in refused.value.message.splitlines()] == [
        "gifts.csv:2",
        "gifts.csv:4",
        "gifts.csv:4",
    ]


def test_a_cell_cannot_break_its_error_line() -> None:
    [told] = faults('name,given_on\nA,"20\n26\x1b[31m"\n')
    assert told.splitlines() == [told]
    assert "\x1b" not in told


@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20
            ),
            st.none() | st.dates(),
        )
    )
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, date | None]]) -> None:
    names = [(" ".join(unicodedata.normalize("NFC", name).split()), on) for name, on in rows]
    rows = [(name, on) for name, on in names if 0 < len(name) <= 20]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([("name", "given_on"), *((name, on or "") for name, on in rows)])
    read = [row.value for row in gifts(file.getvalue()).require()]
    assert read == [Gift(name, on) for name, on in rows]


@given(st.binary(max_size=200))
def test_whatever_the_file_holds_the_answer_is_rows_or_faults(content: bytes) -> None:
    table = gifts(content)
    assert all(str(problem).startswith("gifts.csv:") for problem in table.problems)


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (plain_decimal, "1234.50", Decimal("1234.50")),
        (whole_number, "12", 12),
        (yes_or_no, "no", False),
        (one_of(Earmarking), "soft", Earmarking.SOFT),
    ],
)
def test_a_cell_becomes_one_typed_value(reader: Reader, text: str, value: object) -> None:
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (plain_decimal, "1,234.50"),
        (plain_decimal, "-1"),
        (plain_decimal, "0.00"),
        (plain_decimal, "1e3"),
        (plain_decimal, "١"),
        (whole_number, "0"),
        (whole_number, "1.5"),
        (yes_or_no, "Yes"),
        (one_of(Earmarking), "softly"),
        (day, "20260101"),
        (day, "2026-1-1"),
    ],
)
def test_a_cell_that_could_be_misread_is_refused(reader: Reader, text: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        reader(text)


def test_an_amount_has_no_more_decimals_than_its_currency() -> None:
    assert amount_in(Decimal("10.005"), "KWD") == Money(10005, "KWD")
    assert amount_in(Decimal(10), "JPY") == Money(10, "JPY")
    assert amount_in(Decimal(10), "EUR") == Money(1000, "EUR")
    with pytest.raises(InvalidInput, match="expected 0 for JPY"):
        amount_in(Decimal("10.0"), "JPY")
    with pytest.raises(InvalidInput, match="expected 2 for EUR"):
        amount_in(Decimal("10.005"), "EUR")


def test_an_amount_that_cannot_be_meant_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected at most"):
        amount_in(Decimal("10000000000000.01"), "USD")
