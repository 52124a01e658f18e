"""What is met in the demonstration, once for all the rules that look at every page."""

import pickle
from pathlib import Path

import pytest

from grants.core.kernel import clock
from grants.platform.documents.store import Folder, use_store
from tests.rules.access import ask
from tests.rules.crawling import Found, crawl
from tests.rules.demonstration import NOON, Demonstration
from tests.run import Run


@pytest.fixture(scope="session")
def crawled(planting: Demonstration) -> Found:
    """What everyone met who followed the links, in the pseudo-language."""
    use_store(Folder(planting.folder / "files"))
    with clock.at(NOON):
        return crawl(planting)


@pytest.fixture(scope="session")
def asked(whole_run: Run, planting: Demonstration) -> tuple[str, Found]:
    """Every page, asked for by everyone, once in a run."""

    def make(answers: Path) -> None:
        use_store(Folder(planting.folder / "files"))
        with clock.at(NOON):
            answers.write_bytes(pickle.dumps(ask(planting)))

    table: tuple[str, Found] = pickle.loads(whole_run.once("asked", make).read_bytes())  # noqa: S301 - our own
    return table
