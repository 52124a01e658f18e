"""A check is chosen in steps, read back as a sentence and tried on an example before it is kept."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.form_parts.examples import example_of
from grants.platform.questions import (
    Amount,
    Beneficiaries,
    Budget,
    Choice,
    Day,
    Number,
    OneOf,
    Percentage,
    Question,
    Year,
    YesNo,
)
from tests.applying.builder.test_builder import form_of, hidden
from tests.platform.web.client import StrictClient

QUESTIONS = {
    question.key: question
    for question in (
        Amount(key="asked", label={"en": "Amount"}),
        Day(key="since", label={"en": "Since"}),
        Day(key="until", label={"en": "Until"}),
        YesNo(key="led", label={"en": "Women-led"}),
        Percentage(key="own", label={"en": "Own part"}),
        OneOf(
            key="size",
            label={"en": "Size"},
            choices=(Choice("s", {"en": "Small"}), Choice("l", {"en": "Large"})),
        ),
        Budget(key="money", label={"en": "Money"}, categories=(Choice("staff", {"en": "Staff"}),)),
    )
}


def test_a_rule_is_tried_on_an_example_that_breaks_it() -> None:
    example = example_of('asked <= 5000 or (led == true and size == "l")', QUESTIONS, {})
    assert example
    assert example.sentence.startswith("“Amount” is at most 5,000")
    assert [box.label for box in example.boxes] == ["Amount", "Women-led", "Size"]
    assert example.outcome is False
    kept = example_of("asked <= 5000", QUESTIONS, {"try-0": "4,999.50"})
    assert kept
    assert kept.outcome is True


def test_days_shares_and_sums_are_tried_as_they_are_typed() -> None:
    days = {"try-0": "2026-02-01", "try-1": "2026-01-01"}
    late = example_of("until > since", QUESTIONS, days)
    assert late
    assert late.outcome is True
    share = example_of('share(money, "staff") <= own', QUESTIONS, {"try-0": "21%", "try-1": "20 %"})
    assert share
    assert share.boxes[0].label == "the share of “Staff” in “Money”"
    assert share.outcome is False
    assert example_of("until > since", QUESTIONS, {"try-0": "x", "try-1": "2026-01-01"}).refused  # type: ignore[union-attr]
    assert example_of("until >", QUESTIONS, {}) is None


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("asked <= 5000", "Amount: 5000", "Amount: 5001"),
        (
            "until > since",
            "Until: 2027-01-01; Since: 2026-12-31",
            "Until: 2027-01-01; Since: 2027-01-01",
        ),
        ("led == true", "Women-led: Yes", "Women-led: No"),
        ('size == "l"', "Size: Large", "Size: Small"),
        ('share(money, "staff") <= 0.2', "20%", "21%"),
        ("total(money) == asked * 2 / 3", "2; Amount: 3", "2; Amount: 2"),
    ],
)
def test_an_example_that_keeps_a_rule_and_one_that_breaks_it_are_proposed(
    rule: str, kept: str, broken: str
) -> None:
    example = example_of(rule, QUESTIONS, {})
    assert example
    assert kept in example.kept
    assert broken in example.broken
    assert example.outcome is False, "the boxes have the answers that break it"


def test_a_rule_that_is_always_kept_has_no_example_that_breaks_it() -> None:
    example = example_of("led == true or led == false", QUESTIONS, {})
    assert example
    assert example.broken == ""
    assert example.outcome is True


def test_a_sum_of_a_budget_says_whose_money_it_is() -> None:
    payers = (Choice("fund", {"en": "The fund"}), Choice("others", {"en": "Others"}))
    staff = (Choice("staff", {"en": "Staff"}),)
    budget = Budget(key="money", label={"en": "Money"}, categories=staff, payers=payers)
    texts = [text for text, _kind in budget.figures()]
    assert 'total(money, "staff/others")' in texts
    assert 'total(money, "staff/all")' in texts
    sentence = example_of('total(money, "staff") > total(money)', {"money": budget}, {})
    assert sentence
    assert "“Staff, The fund” in “Money”" in sentence.sentence
    assert "“The fund” in “Money”" in sentence.sentence


def test_people_and_years_are_tried_with_numbers() -> None:
    questions: dict[str, Question] = {
        question.key: question
        for question in (
            Number(key="fresh", label={"en": "New"}),
            Beneficiaries(key="people", label={"en": "People"}),
            Year(key="founded", label={"en": "Founded"}),
            Year(key="since", label={"en": "Since"}),
        )
    }
    for rule in ("fresh <= people(people)", "since >= founded"):
        example = example_of(rule, questions, {})
        assert example
        assert example.refused == ""


def test_the_page_of_a_check_reads_it_back_before_it_is_kept(
    session: Session, call: Call, browser: StrictClient
) -> None:
    at = f"/calls/{call.reference}/form/checks/new"
    page = browser.get(at).text
    assert "<optgroup" in page
    typed = {"expression": "own >= 6", "go": "try", "try-0": "3"}
    tried = browser.post(at, data={**hidden(page), **typed}).text
    assert "With these answers, the rule is not met" in tried
    assert "is at least 6" in tried
    assert "Met, for example, with" in tried
    assert "Not met, for example, with" in tried
    kept = browser.post(at, data={**hidden(page), **typed, "try-0": "7"}).text
    assert "With these answers, the rule is met" in kept
    assert len(form_of(session, call).checks) == len(call.questionnaire.checks)
