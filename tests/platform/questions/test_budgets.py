"""A budget by category, year and payer: what is read, what it comes to, and what a rule may say."""

from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.money import Money
from grants.platform.conditions.words import in_words
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions.budget import Budget, budget_total

EN = {"en": "Text"}


def named(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": {"en": code.title()}} for code in codes]


def a_form(*rules: str, **change: Any) -> Form:
    budget = {
        "kind": "budget",
        "key": "money",
        "label": {"en": "Money"},
        "categories": named("staff", "travel"),
        "payers": named("fund", "own", "others"),
        "spans": 2,
        "notes": True,
        **change,
    }
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "money"},
            "sections": [
                {
                    "key": "one",
                    "title": EN,
                    "questions": [{"kind": "short_text", "key": "title", "label": EN}, budget],
                }
            ],
            "checks": [{"rule": rule, "message": EN, "at": "money"} for rule in rules],
        }
    )


def the_budget(form: Form) -> Budget:
    question = form.sections[0].question("money")
    assert isinstance(question, Budget)
    return question


LINE = {
    "category": "staff",
    "description": "Lawyer",
    "quantity": "12",
    "unit_cost": "100.00",
    "amounts": {"fund": ["500.00", "300.00"], "own": ["400.00", None], "others": [None, None]},
    "note": "Half time",
}


def test_the_request_is_what_the_fund_is_asked_for() -> None:
    form = a_form()
    assert faults_in_words(form) == []
    assert from_json(to_json(form)) == form
    budget = the_budget(form)
    reading = budget.read(dict(budget.as_typed([LINE])))
    assert reading.problems == ()
    assert reading.value == [LINE | {"total": "800.00"}]
    assert budget_total(reading.value, "USD") == Money(80000, "USD")
    assert budget.by_category(reading.value) == [("Staff", Money(80000, "USD"))]
    grid = budget.wording(reading.value).table
    assert grid
    assert [head for head, _kind in grid.heads][2:] == ["Paid by", "Year 1", "Year 2", "Total"]
    assert [row[2] for row in grid.rows] == ["Fund", "Own", "Fund", "Own", "Others"]
    assert [str(amount) for amount in grid.foot[3:]] == ["900.00", "300.00", "1200.00"]
    assert "12 × USD" in grid.rows[0][1]


def test_amounts_that_do_not_fit_the_unit_cost_are_told_at_their_line(app: Flask) -> None:
    form = a_form()
    budget = the_budget(form)
    wrong = {**LINE, "quantity": "11"}
    typed = dict(budget.as_typed([{**LINE, "amounts": {}}, wrong]))
    problems = budget.read(typed).problems
    assert [p.place for p in problems] == ["q_money-0-paid-fund_1", "q_money-1-paid-fund_1"]
    assert "1,200.00" in problems[1].message
    assert "1,100.00" in problems[1].message
    with app.test_request_context():
        drawn = section_form(form.sections[0], typed)
        show(drawn, problems)
        assert "q_money-1-paid-fund_1" in dict(drawn.problems())
        page = drawn["q_money"]()
    assert page.count("1,200.00") >= 1
    assert "Half time" in page


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('total(money) == 800 and total(money, "all") == 1200', True),
        ('total(money, "own") == 400 and total(money, "year_2") == 300', True),
        ('total(money, "staff/own/year_1") == 400 and total(money, "travel") == 0', True),
        ('share(money, "own") < 0.3', False),
        ('share(money, "year_1") == 0.625', True),
        ('share(money, "travel") > 0', False),
    ],
)
def test_rules_are_about_each_part(expression: str, value: bool) -> None:
    form = a_form(expression)
    assert faults_in_words(form) == []
    verdict = verdict_on(form, {"title": "A", "money": [LINE]})
    assert bool(verdict.faults) is not value


def test_a_rule_is_read_back_with_the_names_of_its_parts() -> None:
    form = a_form('share(money, "nobody/year_1") < 1')
    questions = {question.key: question for question in form.questions}
    said = in_words(parse('total(money, "staff/own/year_1") <= 5'), questions)
    assert said == "the total of “Staff, Own, Year 1” in “Money” is at most 5"
    said = in_words(parse('share(money, "staff") <= 0.125'), questions)
    assert said == "the share of “Staff” in “Fund” of “Money” is at most 12.5%"
    said = in_words(parse('share(money, "others") <= 0.5'), questions)
    assert said == "the share of “Others” in “All payers” of “Money” is at most 50%"
    assert any("no category “nobody/year_1”" in fault for fault in faults_in_words(form))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spans": 13}, "up to 12 years"),
        ({"span": "week"}, "years, quarters or months"),
        ({"payers": named("fund", "staff")}, "a different code"),
        ({"payers": [], "spans": 0, "without_unit_costs": True}, "spread the budget"),
    ],
)
def test_the_check_of_a_form_names_what_is_wrong(change: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in faults_in_words(a_form(**change)))


cents = st.none() | st.integers(0, 10**9)
lines = st.lists(
    st.tuples(st.sampled_from(["staff", "travel"]), st.lists(cents, min_size=6, max_size=6))
)


@given(lines)
def test_parts_add_up_to_the_whole_to_the_cent(rows: list[tuple[str, list[int | None]]]) -> None:
    budget = the_budget(a_form(without_unit_costs=True))
    value = []
    for category, amounts in rows:
        texts = [None if cent is None else f"{cent / 100:.2f}" for cent in amounts]
        spread = {"fund": texts[:2], "own": texts[2:4], "others": texts[4:]}
        value.append({"category": category, "description": "x", "amounts": spread})
    read = budget.read(dict(budget.as_typed(value))).value or []
    whole = Fraction(sum(cent or 0 for _c, amounts in rows for cent in amounts), 100)
    sums = {code: budget.sum_of(read, code) or Fraction(0) for code, _label in budget.divisions}
    assert sums["all"] == whole == sums["fund"] + sums["own"] + sums["others"]
    assert sums["staff"] + sums["travel"] == sums["fund"] == budget_total(read, "USD").decimal
    assert sums["year_1"] + sums["year_2"] == sums["fund"]
