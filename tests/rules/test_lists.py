"""Lists that read facts show what the same lists of records show, on the demonstration's pages."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from grants.applying.secretariat import views as staff_views
from grants.core.kernel import clock
from grants.deciding.assigning import views as assigning_views
from grants.deciding.screening import views as screening
from grants.platform.documents.store import Folder, use_store
from grants.platform.tables import facts
from grants.platform.tables.columns import Column
from grants.platform.tables.lists import Listing
from grants.platform.web.access import viewer
from tests.platform.web.html import without_tokens
from tests.rules.access import lookers
from tests.rules.demonstration import NOON, Demonstration, browser_of

LISTS: dict[str, tuple[Any, str]] = {
    "/applications": (staff_views, "APPLICATIONS"),
    "/reviews/assign": (assigning_views, "QUEUE"),
    "/screening": (screening, "QUEUE"),
}
"""Each list of facts whose columns can be read of records too, and where it stands."""


@pytest.fixture(scope="module")
def manager(planting: Demonstration) -> Iterator[FlaskClient]:
    use_store(Folder(planting.folder / "files"))
    who = next(one for one in lookers() if one.heading == "Fund manager")
    with clock.at(NOON):
        yield browser_of(planting.app(FlaskClient), planting, who.email)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("address", LISTS)
def test_a_list_of_facts_is_the_list_of_records(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str, language: str
) -> None:
    module, name = LISTS[address]
    facts._KEPT.clear()
    seen = []
    for way in ("facts", "drawn before", "records"):
        seen.append([read(manager, f"{address}?language={language}{more}") for more in ("", CSV)])
        if way == "drawn before":
            listing = getattr(module, name)
            monkeypatch.setattr(module, name, replace(listing, facts=None))
    assert seen[0] == seen[1] == seen[2]
    page, file = seen[0]
    assert page.count("<tr") > 3
    assert file.count("\n") > 1


CSV = "&format=csv"


def read(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return without_tokens(answer.get_data(as_text=True))


@pytest.mark.parametrize("heading", ["Fund manager", "Finance officer", "Certifying officer"])
def test_a_record_opens_from_each_list_and_leads_to_its_neighbours(
    planting: Demonstration, heading: str
) -> None:
    """A list of facts links to records, and from a record to the next: both by the same column."""
    use_store(Folder(planting.folder / "files"))
    who = next(one for one in lookers() if one.heading == heading)
    opened = []
    with clock.at(NOON):
        app = planting.app(FlaskClient)
        browser = browser_of(app, planting, who.email)
        for rule in app.url_map.iter_rules():
            if rule.arguments or "GET" not in (rule.methods or ()):
                continue
            links = rows_opened_from(browser, rule.rule)
            if len(links) > 1:
                page = html.fromstring(read(browser, links[0]))
                assert page.xpath("//a[@rel='next' or @rel='prev']"), links[0]
                opened.append(rule.rule)
    assert len(opened) >= 4, opened


def rows_opened_from(browser: FlaskClient, address: str) -> list[str]:
    """The links of a list's rows that know of the list, if this is a list."""
    with browser.get(address) as answer:
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return []
        found = html.fromstring(answer.data).xpath("//main//tbody//a[contains(@href, 'list=')]")
        return list(dict.fromkeys(link.get("href") for link in found))


OF_READER = {"viewer", "at_work", "this_act"}


def of_reader(column: Column) -> set[str]:
    """What a column asks of the person who reads, in the functions that draw its cells."""
    drawing = (column.value, column.shows, column.link, column.tone)
    codes = [function.__code__ for function in drawing if isinstance(function, FunctionType)]
    return OF_READER & {name for code in codes for name in code.co_names}


def test_cells_that_are_drawn_once_for_all_ask_nothing_of_the_reader(app: Flask) -> None:
    listings = {
        f"{name}.{key}": value
        for name, module in list(sys.modules.items())
        if name.startswith("grants.")
        for key, value in vars(module).items()
        if isinstance(value, Listing) and value.facts
    }
    assert len(listings) > 10
    asking = {name for name, one in listings.items() if any(map(of_reader, one.columns))}
    assert asking == set(), "link it afterwards: listed.linked(…)"


def test_a_cell_that_asks_for_the_reader_is_told() -> None:
    column = Column("Project", str, link=lambda _row: str(viewer().person_id))
    assert of_reader(column) == {"viewer"}
