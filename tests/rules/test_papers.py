"""Each paper of the catalogue is printed in each language by the tests."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import pytest

from grants.core.kernel.language import OFFERED
from grants.core.texts.templates import FOLDER
from grants.papers.statements.catalogue import CATALOGUE, About
from tests.papers.statements import papers
from tests.papers.statements.test_documents import (
    test_a_document_names_fund_reference_and_pages as printing,
)
from tests.rules.source import ROOT

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


def test_every_paper_of_a_period_is_offered_somewhere() -> None:
    """The pages of statements offer papers of a fund and of a donor; a record offers its own."""
    hidden = [name for name, row in CATALOGUE.items() if row.periodic and row.about is About.RECORD]
    assert hidden == [], "say about=About.FUND or About.DONOR in papers/statements/catalogue.py"


@pytest.mark.parametrize("document", CATALOGUE)
def test_what_the_tests_print_is_the_paper_of_that_name(document: str) -> None:
    assert papers.MADE[document]().document == document, "tests/papers/statements/papers.py"


NO_ROW = {
    "bank-reconciliation": "asked for by its room's tests",
    "contribution-agreement": "asked for by its room's tests",
    "payment-reminder": "asked for by its room's tests",
}
"""Papers without a row in the table of access, and why."""


def without_row(catalogue: Iterable[str], source: str) -> set[str]:
    """Papers of which the table of access does not say who reads them."""
    return {name for name in catalogue if f'("{name}",' not in source}


def test_the_table_of_access_says_who_reads_each_paper() -> None:
    source = (ROOT / "tests" / "rules" / "example_papers.py").read_text("utf-8")
    lost = without_row(CATALOGUE, source)
    assert lost - NO_ROW.keys() == set(), "add an example to tests/rules/example_papers.py"
    assert NO_ROW.keys() - lost == set(), "they have a row now: strike them from NO_ROW"


def test_a_paper_without_a_row_is_told() -> None:
    assert without_row(["receipt", "deposits"], '("receipt", reference)') == {"deposits"}
