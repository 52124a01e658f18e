"""Drafts, tables of rows and of counts, and refusals."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from grants.core.kernel.money import Money, round_minor
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    MatrixField,
    MoneyField,
    NumberField,
    Row,
    RowsField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm

pytestmark = pytest.mark.usefixtures("posted")


class Line(Row):
    what = TextField("What", required=True)
    quantity = NumberField("Quantity", places=2, required=True)
    cost = AmountField("Cost", required=True)


class Proposal(Form):
    title = TextField("Title", required=True)
    asked = MoneyField("Asked", required=True)
    starts_on = DateField("Home", required=True)
    budget = RowsField(Line, "Budget", product=("quantity", "cost"), least=1, shown=2)
    people = MatrixField(
        "People", rows=[("f", "Female"), ("m", "Male")], columns=[("0-11", "Child"), ("60+", "Old")]
    )


def posted_rows(*rows: dict[str, str], **more: str) -> MultiDict[str, str]:
    answers = {
        f"budget-{at}-{column}": text for at, row in enumerate(rows) for column, text in row.items()
    }
    return MultiDict({**answers, **more})


HALF_DONE = MultiDict(
    {
        "title": "Safe house",
        "asked-amount": "12,000",
        "asked-currency": "USD",
        "starts_on-day": "1",
        "budget-0-what": "Rent",
        "people-f-0-11": "12",
    }
)


def test_a_draft_asks_for_nothing_more() -> None:
    assert Proposal(MultiDict(), require=False).validate()


def test_a_draft_still_reads_what_is_there() -> None:
    form = Proposal(HALF_DONE, require=False)
    assert not form.validate()
    assert set(form.errors) == {"starts_on"}
    assert form.asked.data == Money(1_200_000, "USD")
    assert form.budget.data == [{"what": "Rent", "quantity": None, "cost": None}]


def test_a_draft_is_reopened_as_it_was_left() -> None:
    typed = Proposal(HALF_DONE, require=False).typed()
    again = Proposal.reopen(typed, require=False)
    assert again.typed() == typed
    assert again.starts_on.part(0) == "1"
    assert again.people.data == {"f": {"0-11": 12}}
    assert 'value="Rent"' in str(again.budget())


@given(st.dictionaries(st.sampled_from(sorted(HALF_DONE)), st.text(max_size=30)))
def test_whatever_somebody_types_is_kept_as_a_draft(answers: dict[str, str]) -> None:
    typed = Proposal(MultiDict(answers), require=False).typed()
    assert typed == {key: [text] for key, text in answers.items()}
    assert Proposal.reopen(typed).typed() == typed


def test_only_a_whole_proposal_is_complete() -> None:
    rows = posted_rows({"what": "Rent", "quantity": "8", "cost": "300"}, **HALF_DONE.to_dict())
    assert not Proposal.reopen(Proposal(rows).typed()).validate()
    rows.update({"starts_on-month": "May", "starts_on-year": "2027"})
    assert Proposal.reopen(Proposal(rows).typed()).validate()


def test_what_a_form_does_not_ask_is_no_part_of_a_draft() -> None:
    answers = MultiDict({"title": "x", "titles": "y", "csrf_token": "z", "budget-add": "1"})
    assert "titles" not in Proposal(answers).typed()
    assert "csrf_token" not in Proposal(answers).typed()
    assert "budget-add" not in Proposal(answers).typed()


def test_a_row_that_was_removed_is_no_part_of_a_draft() -> None:
    rows = posted_rows({"what": "Rent"}, {"what": "Food"}, **{"budget-remove": "0"})
    assert Proposal(rows, require=False).typed() == {"budget-1-what": ["Food"]}


def test_blank_rows_are_nothing() -> None:
    rows = posted_rows({"what": " "}, {"what": "Rent", "quantity": "1", "cost": "5"}, {"cost": ""})
    assert [line["what"] for line in Proposal(rows).budget.data] == ["Rent"]


def test_a_row_that_says_something_must_say_all() -> None:
    form = Proposal(posted_rows({"what": "Rent"}))
    form.validate()
    targets = [target for target, _line in form.problems()]
    assert {"budget-0-quantity", "budget-0-cost"} <= set(targets)


def test_a_complete_form_needs_its_least_rows() -> None:
    form = Proposal(posted_rows())
    form.validate()
    assert "budget" in form.errors
    assert form.budget.target in [target for target, _line in form.problems()]


@given(
    st.lists(
        st.tuples(st.decimals(0, 9999, places=2), st.integers(1, 10**8)), min_size=1, max_size=6
    )
)
def test_line_totals_are_exact_and_the_total_is_their_sum(
    lines: list[tuple[Decimal, int]],
) -> None:
    rows = [
        {"what": "x", "quantity": f"{many}", "cost": f"{Decimal(cost).scaleb(-2)}"}
        for many, cost in lines
    ]
    budget = Proposal(posted_rows(*rows)).budget
    expected = [Money(round_minor(many * cost), "USD") for many, cost in lines]
    assert [budget.line_total(row) for row in budget.rows[: len(rows)]] == expected
    assert budget.total.minor == sum(money.minor for money in expected)


def test_rows_are_in_the_currency_of_the_form() -> None:
    form = Proposal(posted_rows({"what": "x", "quantity": "2", "cost": "150"}), currency="JPY")
    assert form.budget.total == Money(300, "JPY")
    broken = Proposal(posted_rows({"cost": "1.5"}), currency="JPY").budget.rows[0]
    assert broken["cost"].process_errors


@pytest.mark.parametrize("button", [{"budget-add": "1"}, {"budget-remove": "0"}])
def test_a_button_for_rows_sends_nothing_off(button: dict[str, str]) -> None:
    full = posted_rows({"what": "Rent", "quantity": "8", "cost": "300"}, **button)
    form = Proposal(full, require=False)
    assert not form.validate()
    assert form.errors == {}
    assert len([row for row in form.budget.rows if not row.is_blank()]) == (
        0 if "budget-remove" in button else 1
    )


def test_a_new_row_gets_a_number_that_no_row_has() -> None:
    answers = MultiDict({"budget-0-what": "a", "budget-7-what": "b", "budget-add": "1"})
    assert [row.index for row in Proposal(answers).budget.rows] == ["0", "7", "8"]


@pytest.mark.parametrize("index", ["-1", "1e9", "__n__", "99999", "x"])
def test_made_up_row_numbers_are_left_alone(index: str) -> None:
    form = Proposal(MultiDict({f"budget-{index}-what": "a"}), require=False)
    assert form.budget.data == []
    assert form.validate()


def test_no_more_rows_than_agreed() -> None:
    form = Proposal(posted_rows(*[{"what": "a"}] * 200), require=False)
    assert not form.validate()
    assert len(form.budget.rows) <= form.budget.most + 1


counts = st.dictionaries(
    st.tuples(st.sampled_from("fm"), st.sampled_from(["0-11", "60+"])), st.integers(0, 999_999)
)


@given(counts)
def test_a_matrix_adds_up_by_row_by_column_and_in_all(cells: dict[tuple[str, str], int]) -> None:
    answers = {f"people-{row}-{column}": f"{count:,}" for (row, column), count in cells.items()}
    people = Proposal(MultiDict(answers)).people
    assert people.total == sum(cells.values())
    assert people.total == sum(people.row_total(row) for row in "fm")
    assert people.total == sum(people.column_total(column) for column in ("0-11", "60+"))


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "99999999"])
def test_a_matrix_counts_whole_persons(text: str) -> None:
    form = Proposal(MultiDict({"people-m-60+": text}), require=False)
    assert not form.validate()
    target, line = form.people.problems()[0]
    assert target == "people-m-60+"
    assert line.startswith("Male, Old: ")
    assert f'value="{text}"' in str(form.people())


def test_a_refusal_of_the_fund_is_shown_where_it_belongs() -> None:
    form = Proposal(HALF_DONE)
    form.complain("title", "Another proposal has this title.")
    form.refuse("The call is closed.")
    summary = str(form.error_summary())
    assert 'href="#title"' in summary
    assert summary.index("The call is closed.") < summary.index("Another proposal")


def test_a_filter_reads_the_address_and_needs_no_token(bare_app: Flask) -> None:
    class Filter(QueryForm):
        q = TextField("Name", required=True)
        least: Any = NumberField("Least")

    with bare_app.test_request_context("/gallery?q=hope&least=1,000"):
        form = Filter()
        assert form.validate()
        assert (form.q.data, form.least.data) == ("hope", 1000)
        assert "csrf_token" not in form
