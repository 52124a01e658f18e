"""Who gets which page is written down, and stays so."""

import pytest

from tests.rules.access import COMMAND, PAGE
from tests.rules.crawling import Found

pytestmark = pytest.mark.timeout(1800)


def test_everybody_gets_the_pages_that_the_table_says(asked: tuple[str, Found]) -> None:
    drawn, _found = asked
    assert drawn == PAGE.read_text("utf-8"), f"read what changed, then run: {COMMAND}"


def test_no_page_breaks_whoever_asks_for_it(asked: tuple[str, Found]) -> None:
    assert asked[1].broken == []


def test_every_page_whoever_asks_for_it_speaks_through_gettext(asked: tuple[str, Found]) -> None:
    assert asked[1].unmarked == {}
