"""Each document of statements/papers.py, printed once in a run for all questions about it."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from grants.core.kernel.language import use_language
from grants.papers.statements.issuing import printed
from grants.papers.typesetting import pdf
from tests.papers.statements.papers import MADE
from tests.run import Run

CopyOf = Callable[[str, str], bytes]
"""The PDF of a document in a language."""


def _refuse_paper(*complaint: str) -> None:
    """A paper that names what is not its own, or has a sign without a shape, is not printed."""
    raise AssertionError(complaint)


@pytest.fixture(scope="session")
def copy_of(whole_run: Run) -> CopyOf:
    def copy(document: str, language: str) -> bytes:
        def make(file: Path) -> None:
            with use_language(language), patch.object(pdf.LOG, "warning", _refuse_paper):
                file.write_bytes(printed(MADE[document]()))

        return whole_run.once(f"printed/{document}.{language}.pdf", make).read_bytes()

    return copy
