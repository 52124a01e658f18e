"""docs/invariants.md names, for each promise of the books, tests that are really there."""

import ast
import re

import pytest

from tests.rules.source import ROOT

OF_THE_BOOKS = {*range(1, 11), 12, 13, 16, 17}
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = {
    int(number): re.findall(r"`([^`]+)::(\w+)`", tests)
    for number, _promise, tests in ROW.findall((ROOT / "docs/invariants.md").read_text("utf-8"))
}


def test_every_promise_of_the_books_has_its_row() -> None:
    assert set(NAMED) == OF_THE_BOOKS
    assert all(NAMED.values())


@pytest.mark.parametrize("number", sorted(NAMED))
def test_every_test_that_the_page_names_exists(number: int) -> None:
    for path, name in NAMED[number]:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
