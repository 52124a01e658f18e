"""docs/security.md counts rightly, and names tests that are really there."""

import ast
import re

from tests.rules.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = {number: answer for number, _words, answer in ROW.findall(PAGE)}
NAME = re.compile(r"`([\w/]+\.py)::(\w+)`")
CLAIM = re.compile(r"\*\*(\d+) of the (\d+) code requirements of ASVS 5\.0 level 2 have a named")


def missing(page: str) -> list[str]:
    """The tests that a page names and that are not there."""
    lost = []
    for file, name in NAME.findall(page):
        path = ROOT / "tests" / file
        tree = ast.parse(path.read_text("utf-8") if path.is_file() else "")
        if f"test_{name}" not in {getattr(node, "name", "") for node in tree.body}:
            lost.append(f"{file}::{name}")
    return lost


def test_every_test_that_the_page_names_exists() -> None:
    assert missing(PAGE) == []


def test_a_test_that_is_not_there_is_told() -> None:
    assert missing("`rules/test_security.py::no_such_thing`, `no_such_file.py::test`") == [
        "rules/test_security.py::no_such_thing",
        "no_such_file.py::test",
    ]


def test_the_page_counts_its_rows() -> None:
    claim = CLAIM.search(PAGE)
    assert claim
    named = [number for number, answer in ROWS.items() if NAME.search(answer)]
    assert (int(claim[1]), int(claim[2])) == (len(named), len(ROWS))


def test_a_requirement_without_a_test_says_why() -> None:
    without = [answer for answer in ROWS.values() if not NAME.search(answer)]
    assert all(answer.startswith("open: ") and len(answer) > len("open: ") for answer in without)
