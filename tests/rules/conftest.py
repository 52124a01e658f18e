"""What is met in the demonstration, once for all the rules that look at every page."""

import pytest

from grants.core.kernel import clock
from grants.platform.documents.store import Folder, use_store
from tests.rules.access import ask
from tests.rules.crawling import Found, crawl
from tests.rules.demonstration import NOON, Demonstration


@pytest.fixture(scope="session")
def crawled(planting: Demonstration) -> Found:
    """What everyone met who followed the links, in the pseudo-language."""
    use_store(Folder(planting.folder / "files"))
    with clock.at(NOON):
        return crawl(planting)


@pytest.fixture(scope="session")
def asked(planting: Demonstration) -> tuple[str, Found]:
    """Every page, asked for by everyone."""
    use_store(Folder(planting.folder / "files"))
    with clock.at(NOON):
        return ask(planting)
