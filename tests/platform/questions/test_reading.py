"""Typed text becomes one value or a helpful sentence, and is never lost."""

import json
import unicodedata
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grants.applying.calls.standard import STANDARD_FORM
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.platform.questionnaires.form import MOST_TYPED, Section
from grants.platform.questions import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Choice,
    Country,
    Day,
    LongText,
    Number,
    OneOf,
    Question,
    SeveralOf,
    ShortText,
    YesNo,
)
from grants.platform.questions.budget import Budget, budget_total
from grants.platform.questions.budget_lines import COLUMNS
from grants.platform.questions.reading import Fault

LABEL = {"en": "This"}
CHOICES = (Choice("a", {"en": "A"}), Choice("b", {"en": "B"}))
BUDGET = Budget(key="x", label=LABEL, categories=CHOICES, required=True)


def value(question: Question, *texts: str, part: str = "") -> Any:
    reading = question.read({f"q_x{part}": list(texts)})
    assert not reading.problems, reading.problems
    return reading.value


def fault(question: Question, *texts: str) -> str:
    reading = question.read({"q_x": list(texts)})
    assert reading.value is None
    return reading.problems[0].message


def of(kind: Any, **options: Any) -> Any:
    return kind(key="x", label=LABEL, **options)


def test_each_kind_reads_what_people_type() -> None:
    assert value(of(ShortText), "  Casa Segura ") == "Casa Segura"
    assert value(of(LongText), "one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert value(of(Number), "1 234") == 1234
    assert value(of(Number, places=2), "12,50") == "12.5"
    assert value(of(Number), "١٢٣") == 123
    assert value(of(Amount), "1.234,5") == "1234.50"
    assert value(of(YesNo), "yes") is True
    assert value(of(YesNo), "no") is False
    assert value(of(OneOf, choices=CHOICES), "b") == "b"
    assert value(of(SeveralOf, choices=CHOICES), "b", "a", "") == ["a", "b"]
    assert value(of(SeveralOf, taxonomy="services"), "shelter") == ["shelter"]
    assert value(of(Country), "KE") == "KE"
    day = of(Day).read({"q_x-day": ["27"], "q_x-month": ["March"], "q_x-year": ["2026"]})
    assert day.value == "2026-03-27"


def test_each_kind_tells_what_is_wrong() -> None:
    assert "Shorten it by 2 characters" in fault(of(ShortText, limit=3), "abcde")
    assert "is not a number" in fault(of(Number), "twelve")
    assert "5 or more" in fault(of(Number, least=5), "4")
    assert "9 or less" in fault(of(Number, most=9), "10")
    assert "whole number" in fault(of(Number), "1.5")
    assert "greater than 0" in fault(of(Amount), "0")
    assert "2 decimals" in fault(of(Amount), "1.2345")
    assert "Choose an answer" in fault(of(YesNo), "perhaps")
    assert "Choose an answer" in fault(of(OneOf, choices=CHOICES), "c")
    assert "Choose an answer" in fault(of(SeveralOf, choices=CHOICES), "a", "c")
    assert "Choose an answer" in fault(of(Country), "XX")
    day = of(Day).read({"q_x-day": ["31"], "q_x-month": ["2"], "q_x-year": ["2026"]})
    assert "real date" in day.problems[0].message


def test_only_what_is_required_is_missing() -> None:
    assert of(ShortText).read({}).problems == ()
    assert of(ShortText).read({"q_x": ["  "]}).problems == ()
    missing = of(ShortText, required=True).read({"q_x": ["  "]}).problems
    assert [(problem.fault, problem.place) for problem in missing] == [(Fault.MISSING, "q_x")]


@given(st.text(alphabet="aé日🙂👩‍👩‍👧नि\u0301\n\u200dعñ", min_size=1, max_size=30))
def test_a_limit_counts_the_characters_of_unicode_in_nfc(text: str) -> None:
    counted = len(unicodedata.normalize("NFC", text.strip()))
    if counted:
        assert value(of(LongText, limit=counted), text)
    if counted > 1:
        assert "Shorten it by 1 character:" in fault(of(LongText, limit=counted - 1), text)


def test_beneficiaries_are_counts_by_sex_and_age() -> None:
    reading = of(Beneficiaries, required=True).read(
        {"q_x-female-12-17": ["40"], "q_x-male-60+": ["3"], "q_x-other-0-11": [""]}
    )
    assert reading.value == {"female": {"12-17": 40}, "male": {"60+": 3}}
    assert not reading.problems
    nobody = of(Beneficiaries, required=True).read({"q_x-female-12-17": ["0"]})
    assert nobody.problems[0].fault is Fault.MISSING
    wrong = of(Beneficiaries).read({"q_x-female-12-17": ["many"], "q_x-male-0-11": ["2"]})
    assert wrong.value["male"] == {"0-11": 2}
    assert wrong.problems[0].place == "q_x-female-12-17"


def test_forms_of_exploitation_are_counted_one_by_one() -> None:
    reading = of(ByExploitation).read({"q_x-sexual-people": ["12"], "q_x-labour-people": ["5"]})
    assert reading.value == {"sexual": {"people": 12}, "labour": {"people": 5}}


def line(index: int, *texts: str) -> dict[str, list[str]]:
    """What is typed into a line: category, description, quantity, unit cost."""
    return {f"q_x-{index}-{name}": [text] for name, text in zip(COLUMNS, texts, strict=True)}


def test_a_budget_multiplies_and_adds_exactly() -> None:
    reading = BUDGET.read(
        {**line(10, "b", "Lawyer", "0.5", "0.25"), **line(2, "a", "Shelter", "12", "1,450.10")}
    )
    assert [row["total"] for row in reading.value] == ["17401.20", "0.12"]
    assert not reading.problems
    assert budget_total(reading.value, "USD") == usd(1_740_132)


@given(
    st.lists(
        st.tuples(
            st.decimals("0.01", "1000000", places=2),
            st.integers(1, 10**9),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_budget_is_the_sum_of_its_lines_each_rounded_half_even(
    lines: list[tuple[Decimal, int]],
) -> None:
    typed: dict[str, list[str]] = {}
    for index, (quantity, cost) in enumerate(lines):
        typed |= line(index, "a", "Aid", f"{quantity:f}", str(usd(cost)))
    reading = BUDGET.read(typed)
    expected = sum(
        int((quantity * cost).quantize(Decimal(1), ROUND_HALF_EVEN)) for quantity, cost in lines
    )
    assert budget_total(reading.value, "USD") == Money(expected, "USD")


def test_each_cell_of_a_budget_tells_what_it_lacks() -> None:
    reading = BUDGET.read({**line(0, "z", "", "-1", "x"), **line(3, "", "", "", "")})
    assert [(problem.place, problem.fault) for problem in reading.problems] == [
        ("q_x-0-category", Fault.WRONG),
        ("q_x-0-description", Fault.MISSING),
        ("q_x-0-quantity", Fault.WRONG),
        ("q_x-0-unit_cost", Fault.WRONG),
    ]
    assert BUDGET.read({}).problems[0].fault is Fault.MISSING
    many: dict[str, list[str]] = {}
    for index in range(61):
        many |= line(index, "a", "Aid", "1", "1")
    assert "no more than 60" in BUDGET.read(many).problems[0].message


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("one two\tthree\nfour", 4),
        ("  l’aide   aux victimes – 3,5 % ", 6),
        ("مركز إيواء للنساء", 3),
        ("救助人口贩运受害者", 9),
        ("日本の NGO", 4),
        ("한국 기관", 2),
        ("a\u00a0b\u3000c\ufeffd", 4),
    ],
)
def test_a_text_may_be_limited_in_words(text: str, counted: int) -> None:
    assert value(of(LongText, words=counted, limit=1), text)
    if counted > 1:
        said = "Shorten it by 1 word: the limit is"
        assert said in fault(of(LongText, words=counted - 1), text)


SECTION = Section(key="s", title=LABEL, questions=(of(LongText), BUDGET))


def test_a_section_keeps_what_is_its_own_word_for_word() -> None:
    kept = SECTION.kept(
        {
            "q_x": [" far too\r\nlong \x00 and \ud800 odd "],
            "q_x-0-category": ["nonsense"],
            "q_x-0-unit_cost": [""],
            "q_x-add": ["1"],
            "q_x-99999-category": ["a"],
            "q_x-0-secret": ["a"],
            "q_other": ["a"],
            "csrf_token": ["a"],
        }
    )
    assert kept == {"q_x": [" far too\nlong  and  odd "], "q_x-0-category": ["nonsense"]}


def test_a_section_refuses_what_would_harm_the_database() -> None:
    with pytest.raises(DomainError, match="too much text"):
        SECTION.kept({"q_x": ["x" * (MOST_TYPED + 1)]})


words = st.text(max_size=60)


@given(
    st.dictionaries(
        st.sampled_from(
            ["q_mission", "q_staff", "q_annual_income", "q_direct", "q_contact", "q_legal_status"]
        ),
        st.lists(words, min_size=1, max_size=2),
    )
)
@example({"q_mission": ["0", "\x00"]})
def test_any_text_is_read_kept_and_kept_again_without_change(typed: dict[str, list[str]]) -> None:
    about = [STANDARD_FORM.section(key) for key in ("organisation", "experience", "grantee")]
    section = replace(about[0], questions=tuple(one for part in about for one in part.questions))
    kept = section.kept(typed)
    assert section.kept(kept) == kept
    assert json.loads(json.dumps(kept)) == kept
    answered = section.read(kept)
    assert json.loads(json.dumps(answered.values)) == answered.values
    for name, texts in typed.items():
        if any(text.replace("\x00", "") for text in texts):
            assert name in kept


def test_people_by_service_are_counted_like_those_by_exploitation() -> None:
    reading = of(ByService).read({"q_x-shelter-people": ["12"], "q_x-legal-people": ["x"]})
    assert reading.value == {"shelter": {"people": 12}}
    assert [problem.place for problem in reading.problems] == ["q_x-legal-people"]


@pytest.mark.parametrize(("text", "value"), [("0", "0.00"), ("0.00", "0.00"), ("5", "5.00")])
def test_nothing_is_an_amount_only_where_it_may_be(text: str, value: str) -> None:
    assert of(Amount, zero=True).read({"q_x": [text]}).value == value
    strict = of(Amount).read({"q_x": [text]})
    assert strict.value == (value if text == "5" else None)


def test_an_amount_below_nothing_is_never_one() -> None:
    for question in (of(Amount), of(Amount, zero=True)):
        assert question.read({"q_x": ["-1"]}).value is None
