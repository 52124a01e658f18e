"""The demonstration, planted once for all the rules that look at every page."""

from collections.abc import Iterator

import pytest

from grants.documents.store import Folder, stand_on
from grants.kernel import clock
from tests.rules.access import ask
from tests.rules.crawling import Found, crawl
from tests.rules.demonstration import NOON, Demonstration, planted


@pytest.fixture(scope="session")
def planting(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    with planted(server_url, f"{template}_demonstration", folder, template) as demonstration:
        yield demonstration


@pytest.fixture
def demonstration(planting: Demonstration, store: Folder) -> Iterator[Demonstration]:
    """The planted demonstration, on its own day and with its own files."""
    stand_on(Folder(planting.folder / "files"))
    with clock.at(NOON):
        yield planting


@pytest.fixture(scope="session")
def crawled(planting: Demonstration) -> Found:
    """What everybody met who followed the links, in the pseudo-language."""
    stand_on(Folder(planting.folder / "files"))
    with clock.at(NOON):
        return crawl(planting)


@pytest.fixture(scope="session")
def asked(planting: Demonstration) -> tuple[str, Found]:
    """Every page, asked for by everybody."""
    stand_on(Folder(planting.folder / "files"))
    with clock.at(NOON):
        return ask(planting)
