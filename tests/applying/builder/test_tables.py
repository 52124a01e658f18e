"""Tables made on the pages: rows of their own, computed columns, each column's settings; copies."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.form_parts.columns import in_its_currency
from grants.applying.form_parts.formulas import formula_of, steps_of
from grants.platform.expressions.formulas import computed
from grants.platform.expressions.parse import parse
from grants.platform.expressions.renaming import with_new_keys
from grants.platform.questions import Amount, Computed, LongText, Table
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
}
RULE: dict[str, Any] = {
    "lines-0-statement": "y2 <= ?",
    "lines-0-share": "40",
    "lines-0-other": "both",
    "message": "Too much in year 2.",
    "at": "y2",
}


def test_a_column_of_choices_without_choices_is_refused_and_named(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/table?before=title"
    for typed in ("", "Low"):
        grade = {"columns-3-kind": "one_of", "columns-3-choices": typed}
        reply = post(browser, call, path, {**TABLE, **grade})
        assert reply.status_code == 200
        assert 'href="#columns-3-choices"' in reply.text
        row = reply.text[reply.text.index('id="columns-group"') :]
        told = '<p id="columns-3-choices-error" class="govuk-error-message">'
        assert told in row
        assert "Enter at least two answers, one on each line." in row[row.index(told) :][:300]
    assert "years" not in {question.key for question in form_of(session, call).questions}


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
    assert table.rules == ()
    assert list(table.faults()) == []


def test_each_column_has_a_page_and_is_moved_and_copied(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert "/questions/years/columns/why" in page
    wish = {"label": "Why so much", "help": "In one sentence.", "limit": "40", "words": "words"}
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


@pytest.mark.parametrize(
    ("wish", "page"), [("rule", "years/rules/new"), ("next", "project/questions/new")]
)
def test_what_comes_after_a_table_is_not_forgotten_over_its_formulas(
    call: Call, browser: StrictClient, wish: str, page: str
) -> None:
    path = "/sections/project/questions/new/table"
    computed = {"columns-4-label": "Half", "columns-4-kind": "computed", "columns-4-code": "half"}
    typed = {**TABLE, **computed, "columns-2-formula": "", "go": wish}
    at = post(browser, call, path, typed).location
    for name in ("both", "half"):
        assert f"/columns/{name}?then={wish}" in at
        formula = {"label": name, "lines-0-column": "y1"}
        token = hidden(browser.get(at).text)
        at = browser.post(at, data={**token, **formula}).location
    assert at.endswith(page)


def test_a_column_has_its_help_and_its_condition_when_it_is_added(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/table?before=title"
    wish = {**TABLE, "columns-3-help": "In one sentence.", "columns-3-only_if": "y2 > "}
    refused = post(browser, call, path, wish)
    assert 'href="#columns-3-only_if"' in refused.text
    assert "The expression is not valid: at character" in refused.text
    twice = {**TABLE, "columns-3-code": "y1"}
    assert 'href="#columns-3-code">' in post(browser, call, path, twice).text
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


def test_a_rule_for_each_row_is_chosen_from_menus_read_back_and_tried(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    path = "/questions/years/rules/new"
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert path in page
    at = f"/calls/{call.reference}/form{path}"
    tried = browser.post(at, data={**hidden(browser.get(at).text), **RULE, "go": "try"}).text
    assert "“Year 2” is at most 40% of “Both years”" in tried
    assert "Not met, for example, with" in tried
    assert table_in(session, call).rules == ()
    assert post(browser, call, path, RULE).status_code == 302
    (rule,) = table_in(session, call).rules
    assert (rule.rule, rule.at, rule.message) == (
        "y2 <= 0.4 * both",
        "y2",
        {"en": "Too much in year 2."},
    )
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert "“Year 2” is at most 40% of “Both years”" in page
    assert post(browser, call, "/questions/years", {**TABLE, "label": "Costs"}).status_code == 302
    assert table_in(session, call).rules == (rule,), "it stays when the table is saved"
    assert 'value="40"' in browser.get(f"/calls/{call.reference}/form/questions/years/rules/1").text
    wish = {**RULE, "lines-0-share": "30"}
    assert post(browser, call, "/questions/years/rules/1", wish).status_code == 302
    assert table_in(session, call).rules[0].rule == "y2 <= 0.3 * both"
    gone = f"/calls/{call.reference}/form/questions/years/rules/1/remove"
    assert browser.post(gone, data=hidden(page)).status_code == 409, "the page was stale"
    page = browser.get(f"/calls/{call.reference}/form/questions/years").text
    assert browser.post(gone, data=hidden(page)).status_code == 302
    assert table_in(session, call).rules == ()
    assert browser.get(f"/calls/{call.reference}/form/questions/years/rules/1").status_code == 404


def test_a_formula_is_chosen_in_steps_read_back_and_tried(
    session: Session, call: Call, table: Table, browser: StrictClient
) -> None:
    path = "/questions/years/columns/both"
    at = f"/calls/{call.reference}/form{path}"
    steps = {
        "label": "Half of both",
        "lines-0-column": "y1",
        "lines-1-sign": "+",
        "lines-1-column": "y2",
        "lines-2-sign": "*",
        "lines-2-number": "50%",
    }
    tried = browser.post(at, data={**hidden(browser.get(at).text), **steps, "go": "try"}).text
    assert "“Half of both” is (“Year 1” + “Year 2”) × 0.5." in tried
    assert "USD\xa01,000.00" in tried
    changed = {**steps, "go": "try", "try-0": "10", "try-1": "20.50"}
    tried = browser.post(at, data={**hidden(tried), **changed}).text
    assert "USD\xa015.25" in tried
    assert post(browser, call, path, steps).status_code == 302
    both = table_in(session, call).columns[2]
    assert isinstance(both, Computed)
    assert (both.formula, both.money) == ("(y1 + y2) * 0.5", "USD")
    page = browser.get(at).text
    assert 'name="lines-2-number"' in page
    assert "“Year 1” + “Year 2”" in browser.get(at.removesuffix("/columns/both")).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"lines-0-sign": "-", "lines-0-column": "y1"}, "Leave this empty in the first step."),
        ({"lines-0-column": "y1", "lines-1-column": "y2"}, "Choose plus, minus, times"),
        ({"lines-0-column": "y1", "lines-0-number": "2"}, "Choose a column, or enter a number."),
        ({"lines-0-number": "x"}, "Enter"),
        ({"expression": "y1 + why"}, "no column of figures “why” before it"),
        ({"expression": "y1 > 2"}, "write a formula with codes"),
        ({"expression": "y1", "lines-0-column": "y1"}, "Use either the menus or the expression"),
        ({}, "Choose a column to begin with."),
    ],
)
def test_a_formula_that_cannot_be_reckoned_says_why(
    session: Session,
    call: Call,
    table: Table,
    browser: StrictClient,
    typed: dict[str, str],
    says: str,
) -> None:
    page = post(browser, call, "/questions/years/columns/both", {"label": "Both", **typed})
    assert page.status_code != 302
    assert says in page.text
    assert table_in(session, call).columns == table.columns


def test_a_computed_column_without_a_formula_leads_to_its_menus(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/table?before=title"
    answer = post(browser, call, path, {**TABLE, "columns-2-formula": ""})
    assert answer.headers["Location"].endswith("/questions/years/columns/both")
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert "Both years: write a formula" in overview


@pytest.mark.parametrize(
    ("formula", "money"),
    [("y1 + y2", "USD"), ("y1 / y2", ""), ("2 * y1", "USD"), ("y1 * y2 / y1", ""), ("y1", "USD")],
)
def test_what_divides_an_amount_by_an_amount_is_a_number(formula: str, money: str) -> None:
    amounts = [Amount(key=key, label={"en": key}) for key in ("y1", "y2")]
    column = Computed(key="c", label={"en": "C"}, formula=formula)
    assert in_its_currency(column, amounts).money == money


@pytest.mark.parametrize(
    "formula", ["a", "a + b", "(a + b) * 0.5", "a * b + 2", "a / b - c", "a * 0.125", "12 * a"]
)
def test_steps_and_formulas_are_made_of_each_other(formula: str) -> None:
    steps = steps_of(formula)
    assert steps is not None
    assert parse(formula_of([{"column": "", "number": "", **step} for step in steps])) == parse(
        formula
    )


REST = st.tuples(st.sampled_from("+-*/"), st.sampled_from(["a", "b", "c", "2", "0.5"]))


@given(first=st.sampled_from(["a", "7"]), rest=st.lists(REST, max_size=6))
def test_steps_are_calculated_from_the_first_to_the_last(
    first: str, rest: list[tuple[str, str]]
) -> None:
    cells = {"a": Fraction(3), "b": Fraction(1, 4), "c": Fraction(-2)}
    steps, value = [], Fraction(0)
    for sign, term in (("", first), *rest):
        number = cells.get(term) or Fraction(term)
        column = term if term in cells else ""
        steps.append({"sign": sign, "column": column, "number": "" if column else term})
        value = {"": number, "+": value + number, "-": value - number, "*": value * number}.get(
            sign, value / number
        )
    formula = formula_of(steps)
    assert computed(parse(formula), cells) == value
    read_back = steps_of(formula)
    assert read_back is not None
    assert formula_of([{"column": "", "number": "", **step} for step in read_back]) == formula


@pytest.mark.parametrize("formula", ["a + b * c", "a - (b + c)", "-a", "a * (b + c)", "a +", ""])
def test_a_formula_that_no_steps_make_is_shown_as_it_is(formula: str) -> None:
    assert steps_of(formula) is None


def test_columns_are_required_unless_the_tick_is_taken_away(
    session: Session, call: Call, browser: StrictClient
) -> None:
    path = "/sections/project/questions/new/table?before=title"
    page = browser.get(f"/calls/{call.reference}/form{path}").text
    for name in ("columns-0-needed", "columns-__n__-needed"):
        assert re.search(rf'name="{name}"[^>]*checked', page), name
    blank = {"columns-4-needed": "yes"}
    assert post(browser, call, path, {**TABLE, **blank}).status_code == 302
    table = table_in(session, call)
    assert len(table.columns) == 4, "a tick alone is no column"
    assert not any(column.required for column in table.columns)


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
    assert "The expression is not valid" in refused.text
    for _step in range(2):
        page = browser.get(f"/calls/{call.reference}/form/questions/years").text
        at = f"/calls/{call.reference}/form{path}/place"
        assert browser.post(at, data={**hidden(page), "direction": "before"}).status_code == 302
    overview = browser.get(f"/calls/{call.reference}/form").text
    assert "its condition is about “Year 2”, which comes later" in overview
