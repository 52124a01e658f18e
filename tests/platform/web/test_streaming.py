"""Files leave as their rows are read; lists that were reckoned as a whole are shown in pages."""

from collections.abc import Iterator

import pytest
from flask import Flask

from grants.core.kernel.errors import DomainError
from grants.platform.tables.exports import ROWS_AT_ONCE, csv_parts, download
from grants.platform.tables.lists import numbered_page

HEADS = ["Number"]


def test_the_first_rows_of_a_file_leave_before_the_last_are_read(app: Flask) -> None:
    read = []

    def rows() -> Iterator[list[int]]:
        for number in range(10 * ROWS_AT_ONCE):
            read.append(number)
            yield [number]

    with app.test_request_context("/"):
        response = download("numbers", "csv", HEADS, rows())
        assert len(read) < 2 * ROWS_AT_ONCE
        content = b"".join(response.iter_encoded())
    assert len(read) == 10 * ROWS_AT_ONCE
    lines = content.decode("utf-8-sig").splitlines()
    assert lines == ["Number", *map(str, range(10 * ROWS_AT_ONCE))]
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_what_fails_before_the_first_rows_is_confirmed_on_a_page(app: Flask) -> None:
    def row(number: int) -> list[int]:
        raise DomainError(f"No {number}.")

    with app.test_request_context("/"), pytest.raises(DomainError):
        download("numbers", "csv", HEADS, map(row, range(3)))


def test_a_file_without_rows_has_its_heading() -> None:
    assert b"".join(csv_parts(HEADS, [])) == b"\xef\xbb\xbfNumber\r\n"


@pytest.mark.parametrize(
    ("asked", "first", "before", "after"),
    [
        ("", 0, "", "/list?q=x&page=2"),
        ("2", 60, "/list?q=x&page=1", "/list?q=x&page=3"),
        ("3", 120, "/list?q=x&page=2", ""),
        ("99", 120, "/list?q=x&page=2", ""),
        ("0", 0, "", "/list?q=x&page=2"),
        ("-1", 0, "", "/list?q=x&page=2"),
        ("9" * 5000, 0, "", "/list?q=x&page=2"),
        ("²", 0, "", "/list?q=x&page=2"),
    ],
)
def test_pages_have_numbers_and_keep_the_filter(
    app: Flask, asked: str, first: int, before: str, after: str
) -> None:
    with app.test_request_context("/list", query_string={"q": "x", "page": asked}):
        shown, previous, following = numbered_page(range(130))
    assert (shown[0], previous, following) == (first, before, after)
