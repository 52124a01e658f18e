"""Tables made on the pages: rows of their own, computed columns, each column's settings; copies."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.platform.expressions.renaming import with_new_keys
from grants.platform.questions import Computed, LongText, Table
from tests.applying.builder.test_builder import form_of, hidden, order_of, post, press
from tests.platform.web.client import StrictClient

TABLE: dict[str, Any] = {
    "label": "Costs by year",
    "key_": "years",
    "least_rows": "0",
    "most_rows": "20",
    "row_head": "Category",
    "fixed_rows-0-label": "Staff",
    "fixed_rows-1-label": "Travel",
    "columns-0-label": "Year 1",
    "columns-0-kind": "amount",
    "columns-0-code": "y1",
    "columns-0-summed": "yes",
    "columns-1-label": "Year 2",
    "columns-1-kind": "amount",
    "columns-1-code": "y2",
    "columns-2-label": "Both years",
    "columns-2-kind": "computed",
    "columns-2-code": "both",
    "columns-2-formula": "y1 + y2",
    "columns-2-summed": "yes",
    "columns-3-label": "Why",
    "columns-3-kind": "long_text",
    "columns-3-code": "why",
    "rules-0-rule": "y2 <= 0.4 * both",
    "rules-0-message": "Too much in year 2.",
    "rules-0-at": "y2",
}


@pytest.fixture
def table(session: Session, call: Call, browser: StrictClient) -> Table:
    path = "/sections/project/questions/new/table?before=title"
    assert post(browser, call, path, TABLE).status_code == 302
    return table_in(session, call)


def table_in(session: Session, call: Call) -> Table:
    question = form_of(session, call).section("project").question("years")
    assert isinstance(question, Table)
    return question


def test_a_table_is_made_where_it_is_wanted_with_all_that_it_has(
    session: Session, call: Call, table: Table
) -> None:
    assert dict(order_of(form_of(session, call)))["project"][:2] == ["years", "title"]
    assert [choice.code for choice in table.fixed_rows] == ["staff", "travel"]
    assert table.row_head == {"en": "Category"}
    both = table.columns[2]
    assert isinstance(both, Computed)
    assert (both.formula, both.money, table.totals) == ("y1 + y2", "USD", ("y1", "both"))
    assert [(rule.rule, rule.at) for rule in table.rules] == [("y2 <= 0.4 * both", "y2")]
    assert list(table.faults()) == []


def test_each_column_has_a_page_and_is_moved_and_copied(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert "/questions/years/columns/why" in page
    wish = {"label": "Why so much", "help": "In one sentence.", "limit": "500", "words": "40"}
    path = "/questions/years/columns/why"
    assert post(browser, call, path, {**wish, "required": "yes"}).status_code == 302
    why = table_in(session, call).columns[3]
    assert isinstance(why, LongText)
    assert (why.help, why.words, why.required) == ({"en": "In one sentence."}, 40, True)
    at = f"/calls/{call.reference}/form{path}/place"
    for direction in ("before", "copy"):
        page = browser.get(f"/calls/{call.reference}/form/questions/years").text
        assert browser.post(at, data={**hidden(page), "direction": direction}).status_code == 302
    keys = [column.key for column in table_in(session, call).columns]
    assert keys == ["y1", "y2", "why", "why_2", "both"]
    again = post(browser, call, "/questions/years", {**TABLE, "label": "Costs"})
    assert again.status_code == 302
    assert table_in(session, call).columns[3].help == {"en": "In one sentence."}


def test_a_column_has_its_help_and_its_condition_when_it_is_added(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/table?before=title"
    wish = {**TABLE, "columns-3-help": "In one sentence.", "columns-3-only_if": "y2 > "}
    refused = post(browser, call, path, wish)
    assert "Column “Why”:" in refused.text
    wish["columns-3-only_if"] = "y2 > 500"
    assert post(browser, call, path, wish).status_code == 302
    why = table_in(session, call).columns[3]
    assert (why.help, why.show_when) == ({"en": "In one sentence."}, "y2 > 500")
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert 'value="In one sentence."' in page
    assert (
        post(browser, call, "/questions/years", {**wish, "columns-3-only_if": ""}).status_code
        == 302
    )
    assert table_in(session, call).columns[3].show_when == ""


def test_fixed_rows_are_moved_and_copied(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    for code, direction in (("travel", "before"), ("travel", "copy"), ("staff", "after")):
        page = browser.get(f"/calls/{call.reference}/form/questions/years").text
        at = f"/calls/{call.reference}/form/questions/years/rows/{code}/place"
        assert at in page
        assert browser.post(at, data={**hidden(page), "direction": direction}).status_code == 302
    rows = table_in(session, call).fixed_rows
    assert [row.code for row in rows] == ["travel", "travel_2", "staff"]
    assert rows[1].label == {"en": "Travel"}
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    gone = f"/calls/{call.reference}/form/questions/years/rows/nothing/place"
    assert browser.post(gone, data={**hidden(page), "direction": "copy"}).status_code == 404


def test_questions_and_sections_are_copied_behind_the_first(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    press(browser, call, "/copy", question=table.key)
    assert dict(order_of(form_of(session, call)))["project"][:2] == ["years", "years_2"]
    sections = [key for key, _questions in order_of(form_of(session, call))]
    press(browser, call, "/copy", section="project")
    after = order_of(form_of(session, call))
    place = sections.index("project")
    assert [key for key, _questions in after][place : place + 2] == ["project", "project_2"]
    keys = [key for _section, questions in after for key in questions]
    assert len(set(keys)) == len(keys)


def test_expressions_follow_the_copied_keys_but_not_words_in_quotes() -> None:
    assert with_new_keys('a == "a" and total(b) > aa', {"a": "a_2", "b": "b_2"}) == (
        'a_2 == "a" and total(b_2) > aa'
    )


def test_a_column_gets_a_condition_on_its_page_and_keeps_it(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    path = "/questions/years/columns/why"
    page = browser.get(f"/calls/{call.reference}/form{path}").text
    assert 'value="not empty(y2)"' in page
    assert 'value="not empty(why)"' not in page
    wish = {"label": "Why", "limit": "500", "lines-0-statement": "y2 > ?"}
    assert post(browser, call, path, {**wish, "lines-0-value": "500"}).status_code == 302
    assert table_in(session, call).columns[3].show_when == "y2 > 500"
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert "“Why” is asked only if “Year 2” is more than 500." in page
    assert "“Why” is asked only if" in browser.get(f"/calls/{call.reference}/form").text
    assert post(browser, call, "/questions/years", TABLE).status_code == 302
    assert table_in(session, call).columns[3].show_when == "y2 > 500"
    refused = post(browser, call, path, {"label": "Why", "limit": "500", "expression": "y9 > 1"})
    assert "The expression is not right" in refused.text
    for _step in range(2):
        page = browser.get(f"/calls/{call.reference}/form/questions/years").text
        at = f"/calls/{call.reference}/form{path}/place"
        assert browser.post(at, data={**hidden(page), "direction": "before"}).status_code == 302
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert "its condition is about “Year 2”, which comes later" in overview
