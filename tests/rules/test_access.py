"""Who gets which page is written down, and stays so."""

import pytest

from grants.core.kernel import clock
from tests.rules.access import COMMAND, PAGE
from tests.rules.crawling import Found
from tests.rules.demonstration import NOON, Demonstration
from tests.rules.impossible import try_impossible, try_refused
from tests.rules.nu import faults_of

pytestmark = pytest.mark.timeout(1800)


def test_everybody_gets_the_pages_that_the_table_says(asked: tuple[str, Found]) -> None:
    drawn, _found = asked
    assert drawn == PAGE.read_text("utf-8"), f"read what changed, then run: {COMMAND}"


def test_no_page_breaks_whoever_asks_for_it(asked: tuple[str, Found]) -> None:
    assert asked[1].broken == []


def test_every_page_whoever_asks_for_it_speaks_through_gettext(asked: tuple[str, Found]) -> None:
    assert asked[1].unmarked == {}


def test_no_page_has_a_fault_of_html(asked: tuple[str, Found]) -> None:
    made = asked[1].made.values()
    assert len(made) > 150
    assert faults_of(made) == []


def test_no_page_shows_the_form_of_an_act_that_the_state_does_not_allow(
    demonstration: Demonstration,
) -> None:
    with clock.at(NOON):
        tried = try_impossible(demonstration)
    assert tried.offered == [], "let the view load its record through possible(…)"
    assert len(tried.asked) > 35
    assert tried.untried == set(), "no record of the demonstration is in another state"


def test_no_page_shows_the_form_of_an_act_that_is_refused_whatever_is_typed(
    demonstration: Demonstration,
) -> None:
    with clock.at(NOON):
        offered = try_refused(demonstration)
    assert offered == [], "let the view ask refusal(…), and its template unless(…)"
