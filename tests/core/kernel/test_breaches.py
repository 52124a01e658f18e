"""Of a check that finds the same a million times, some are listed and the others not even found."""

from itertools import count, islice

from grants.core.kernel.breaches import first_of


def test_some_are_listed_and_that_there_are_more() -> None:
    asked = count(1)
    found = list(first_of((f"Row {number}." for number in asked), 3))
    assert found[:3] == ["Row 1.", "Row 2.", "Row 3."]
    assert len(found) == 4
    assert "3 of them are listed" in found[3]
    assert next(asked) == 5, "no more were looked for"


def test_all_are_listed_where_there_are_no_more() -> None:
    lines = [f"Row {number}." for number in islice(count(1), 3)]
    assert list(first_of(lines, 3)) == lines
