"""docs/findings.md names, for what reviews found, tests that are really there."""

import ast
import re
from collections.abc import Iterator

from tests.rules.source import ROOT

PAGE = (ROOT / "docs" / "findings.md").read_text("utf-8")
TESTS = ROOT / "tests"


def named(page: str) -> Iterator[tuple[str, str]]:
    """(file, name) of each test; a name after “…” is of the file before it."""
    file = ""
    for path, name in re.findall(r"`([\w/]+\.py|…)::(\w+)`", page):
        file = file if path == "…" else path
        yield file, name


def missing(page: str) -> list[str]:
    lost = []
    for file, name in named(page):
        path = TESTS / file
        tree = ast.parse(path.read_text("utf-8") if path.is_file() else "")
        if f"test_{name}" not in {getattr(node, "name", "") for node in tree.body}:
            lost.append(f"{file}::{name}")
    return lost


def test_every_test_that_the_findings_name_exists() -> None:
    assert len(list(named(PAGE))) > 60
    assert missing(PAGE) == []


def test_a_test_that_is_not_there_is_told() -> None:
    page = "`rules/test_findings.py::a_test_that_is_not_there_is_told`, `…::nothing_of_the_kind`"
    assert missing(page) == ["rules/test_findings.py::nothing_of_the_kind"]
