"""Each paper of the catalogue is printed in each language by the tests."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import pytest

from grants.core.kernel.language import OFFERED
from grants.core.kernel.templates import FOLDER
from grants.papers.statements.catalogue import CATALOGUE
from tests.papers.statements import papers
from tests.papers.statements.test_documents import (
    test_a_document_names_fund_reference_and_pages as printing,
)

WHERE = "add it to MADE in tests/papers/statements/papers.py, and languages to test_documents.py"


def tried(test: Callable[..., Any]) -> set[tuple[str, str]]:
    """(paper, language) of each run of a test that prints papers."""
    marks = test.pytestmark  # type: ignore[attr-defined]
    lists = {mark.args[0]: mark.kwargs.get("ids") or mark.args[1] for mark in marks}
    return set(product(lists.get("document") or lists["make"], lists["language"]))


def unprinted(
    catalogue: Iterable[str], languages: Iterable[str], test: Callable[..., Any]
) -> set[tuple[str, str]]:
    """Papers of the catalogue that the test does not print in a language."""
    return set(product(catalogue, languages)) - tried(test)


def test_every_paper_is_printed_in_every_language() -> None:
    assert unprinted(CATALOGUE, OFFERED, printing) == set(), WHERE
    assert set(papers.MADE) == set(CATALOGUE), WHERE


def test_a_paper_or_a_language_that_nothing_prints_is_told() -> None:
    @pytest.mark.parametrize("language", ["en"])
    @pytest.mark.parametrize("document", ["receipt"])
    def printing_one(document: str, language: str) -> None: ...

    assert unprinted(["receipt"], ["en"], printing_one) == set()
    assert unprinted(["receipt", "deposits"], ["en"], printing_one) == {("deposits", "en")}
    assert unprinted(["receipt"], ["en", "fr"], printing_one) == {("receipt", "fr")}


def test_every_paper_has_its_template() -> None:
    folder = FOLDER / "papers" / "statements"
    missing = [name for name in CATALOGUE if not (folder / f"{name}.html").is_file()]
    assert missing == [], f"write templates/papers/statements/{missing}.html"
