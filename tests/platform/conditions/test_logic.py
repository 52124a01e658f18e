"""Conditions and checks: what they come to, what is hidden, and what is wrong with them."""

import json
import re
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import use_language
from grants.platform.conditions.words import in_words
from grants.platform.conditions.worth import GivenAnswers, worth
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import failed_checks, shown_in
from grants.platform.questionnaires.soundness import faults_in_words, form_faults
from grants.platform.questionnaires.written import from_json, read_form, to_json
from grants.platform.questions import Choice, OneOf
from grants.platform.questions.reading import Problem

EN = {"en": "Text"}
CHOICES = [{"code": code, "label": EN} for code in ("x", "y", "z")]
CATEGORIES = [{"code": code, "label": EN} for code in ("staff", "aid")]
QUESTIONS: dict[str, dict[str, Any]] = {
    "title": {"kind": "short_text"},
    "kind": {"kind": "one_of", "choices": CHOICES},
    "several": {"kind": "several_of", "choices": CHOICES},
    "a": {"kind": "number", "places": 2, "most": 1000},
    "b": {"kind": "number", "most": 1000},
    "sum": {"kind": "amount"},
    "euros": {"kind": "amount", "currency": "EUR"},
    "start": {"kind": "day"},
    "end": {"kind": "day"},
    "sure": {"kind": "yes_no"},
    "country": {"kind": "country"},
    "papers": {"kind": "files", "most": 3},
    "women": {"kind": "beneficiaries"},
    "forms": {"kind": "by_exploitation"},
    "budget": {"kind": "budget", "categories": CATEGORIES},
}


def a_form(
    *more: dict[str, Any], checks: tuple[dict[str, Any], ...] = (), **conditions: str
) -> Form:
    """A form with one question of each kind, then `more`. `conditions` by key."""
    asked = [
        {"key": key, "label": EN, **facts}
        | ({"show_when": conditions[key]} if key in conditions else {})
        for key, facts in QUESTIONS.items()
    ]
    last = {"kind": "yes_no", "key": "last", "label": EN, "show_when": conditions.get("last", "")}
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "budget"},
            "sections": [
                {"key": "one", "title": EN, "questions": asked},
                {"key": "two", "title": EN, "questions": [*more, last]},
            ],
            "checks": list(checks),
        }
    )


ANSWERS: dict[str, Any] = {
    "title": "A safe place",
    "kind": "x",
    "several": ["x", "z"],
    "a": 0.1,
    "b": 3,
    "sum": "300.00",
    "euros": "5.00",
    "start": "2026-09-01",
    "end": "2027-03-01",
    "sure": True,
    "country": "HN",
    "papers": ["one.pdf", "two.pdf"],
    "women": {"female": {"12-17": 4, "18-24": 3}},
    "forms": {"sexual": 5},
    "budget": [
        {"category": "staff", "description": "d", "quantity": "3", "unit_cost": "100.00"},
        {"category": "aid", "description": "d", "quantity": 7, "unit_cost": "100.00"},
    ],
}


def is_shown(condition: str, answers: dict[str, Any] | None = None) -> bool:
    given = json.loads(json.dumps(ANSWERS if answers is None else answers), parse_float=str)
    return "last" in verdict_on(a_form(last=condition), given).visible


@pytest.mark.parametrize(
    "condition",
    [
        "a + 0.2 == 0.3",
        "a * 3 == 0.3 and b / 3 * 3 == b",
        "1 < b <= 3",
        "-b < 0 and +b > 0 and b - -1 == 4",
        "2 + 3 * 2 == 8 and (2 + 3) * 2 == 10",
        "10 - 2 - 3 == 5",
        "not b > 3",
        "not (kind == 'y' or kind == 'z')",
        "true or a > 5",
        "sure",
        "sure == true and not (sure == false)",
        'kind in ("x", "y") and kind not in ["z"]',
        '"z" in several and "y" not in several',
        "count(several) == 2 and count(papers) == 2 and count(budget) == 2",
        "total(budget) == 1000 and total(budget) / 4 == 250.00",
        'share(budget, "staff") == 0.3 and share(budget, "aid") * 10 == 7',
        'total(budget, "staff") == 300 and total(budget, "aid") == 700',
        "people(women) == 7 and people(forms) < people(women)",
        'start == day("2026-09-01") and end > start and end - start == 181',
        'start + 181 == end and end - 181 == day("2026-09-01")',
        'country != "GT" and "safe" in title',
        "not empty(title) and not empty(papers)",
        "kind == 'x' or kind == 'y' and b > 100",
    ],
)
def test_a_condition_that_is_true_shows_its_question(condition: str) -> None:
    assert faults_in_words(a_form(last=condition)) == []
    assert is_shown(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "b > 3",
        "a == 0.1 and b == 4",
        "kind == 'y'",
        "not sure",
        "1 / (b - 3) > 0",
        "not (1 / (b - 3) > 0)",
        "1 / (b - 3) == 1 / (b - 3)",
        "count(several) > 2",
    ],
)
def test_a_condition_that_is_not_true_hides_its_question(condition: str) -> None:
    assert not is_shown(condition)


@pytest.mark.parametrize(
    "condition",
    [
        'kind == "x"',
        'kind != "x"',
        'not (kind == "x")',
        'kind in ["x"]',
        'kind not in ["x"]',
        "a == b",
        "a != b",
        "a == a",
        "not (a > b)",
        "sure",
        "not sure",
        "sure == false",
        '"x" in several',
        '"x" not in several',
        "count(papers) == 0",
        "count(several) < 1",
        "total(budget) == 0",
        'share(budget, "staff") <= 1',
        "people(women) == 0",
        'start < day("2100-01-01")',
        "end - start >= 0",
    ],
)
def test_an_answer_that_is_not_given_makes_no_condition_true(condition: str) -> None:
    assert not is_shown(condition, {})


def test_what_is_certain_without_an_answer_counts_all_the_same() -> None:
    assert is_shown("a > 5 or b == 3", {"b": 3})
    assert is_shown("not (a > 5 and b == 4)", {"b": 3})
    assert is_shown("empty(a) and empty(papers) and empty(several)", {"papers": [], "several": []})
    assert not is_shown("empty(sure)", {"sure": False})
    assert not is_shown("empty(b)", {"b": 0})
    assert is_shown("empty(title)", {"title": "   "})


def test_the_answer_of_a_hidden_question_does_not_count() -> None:
    form = a_form(b='kind == "x"', sure="b > 0", last="sure")
    seen = verdict_on(form, {"kind": "x", "b": 1, "sure": True})
    assert {"b", "sure", "last"} <= set(seen.visible)
    hidden = verdict_on(form, {"kind": "y", "b": 1, "sure": True})
    assert not {"b", "sure", "last"} & set(hidden.visible)
    assert "last" in verdict_on(a_form(b='kind == "x"', last="empty(b)"), {"b": 1}).visible


def test_a_hidden_section_hides_its_questions_which_are_then_never_missing() -> None:
    data = to_json(a_form())
    data["sections"][1] |= {"show_when": "sure"}
    data["sections"][1]["questions"][0] |= {"required": True}
    form = from_json(data)
    assert faults_in_words(form) == []
    assert "last" not in verdict_on(form, {"sure": False}).visible
    assert verdict_on(form, {"sure": False}).missing == []
    assert verdict_on(form, {"sure": True}).missing == ["last"]


STAFF = {"rule": 'share(budget, "staff") <= 0.2', "message": EN, "at": "budget"}
AFTER = {"rule": "end > start", "message": {"en": "The end comes first"}, "at": "end"}


def test_a_check_complains_only_when_its_rule_is_false() -> None:
    form = a_form(checks=(STAFF, AFTER))
    assert verdict_on(form, {}).faults == []
    assert verdict_on(form, {"start": "2026-09-01"}).faults == []
    late = {"start": "2026-09-01", "end": "2026-08-01"}
    assert verdict_on(form, late).faults == [("end", "The end comes first")]
    assert [key for key, _said in verdict_on(form, ANSWERS | {"a": "0.1"}).faults] == ["budget"]
    hidden = a_form(checks=(AFTER,), end="sure")
    assert verdict_on(hidden, late | {"sure": False}).faults == []
    assert verdict_on(hidden, late | {"sure": True}).faults != []


def test_a_wrong_answer_to_a_hidden_question_is_no_fault() -> None:
    form = a_form(b="sure")
    assert verdict_on(form, {"sure": False, "b": 10_000}).faults == []
    assert [key for key, _said in verdict_on(form, {"sure": True, "b": 10_000}).faults] == ["b"]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("nowhere == 1", "no question with the key “nowhere”"),
        ("kin == 'x'", "did you mean “kind”"),
        ("kind == 'w'", "“w” is not an answer to “Text”"),
        ("kind in ['x', 'w']", "“w” is not an answer to “Text”"),
        ("'w' in several", "“w” is not an answer to “Text”"),
        ("country == 'XX'", "“XX” is not an answer to “Text”"),
        ("several == 'x'", "use “in”"),
        ("title == 3", "cannot be compared with"),
        ("title > 'a'", "compares numbers and days"),
        ("sure == 'yes'", "cannot be compared with"),
        ("start > 3", "cannot be compared with"),
        ("total(title) > 3", "total() cannot be used with “Text”"),
        ("people(budget) > 3", "people() cannot be used"),
        ("count(title) > 3", "count() cannot be used"),
        ("share(budget, 'travel') > 0.1", "no category “travel”"),
        ("total(budget, 'travel') > 1", "no category “travel”"),
        ("total(budget, 'aid') == euros", "USD and EUR cannot be compared"),
        ("budget > 3", "use total(budget)"),
        ("papers == 1", "use count(papers)"),
        ("women > 1", "use people(women)"),
        ("a + title > 3", "needs numbers"),
        ("start + end > start", "days cannot be added"),
        ("a", "a comparison is needed"),
        ("a and sure", "a comparison is needed"),
        ("a / 0 > 1", "division by 0"),
        ("sum > euros", "USD and EUR cannot be compared"),
        ("total(budget) == euros", "USD and EUR cannot be compared"),
        ("a = 3", "at character 3: use == to compare"),
        ("a == ", "ends too early"),
        ("a == 3)", "at character 7: “)” is not expected"),
        ("(a == 3", "“)” is expected"),
        ("a == “x”", "straight quotes"),
        ("kind == 'x", "no closing quote"),
        ("start > day('2026-02-30')", "not a day"),
        ("start > day(2026)", "write a day as"),
        ("mean(a) > 3", "no function “mean”"),
        ("a.real > 3", "not part of an expression"),
        ("[a for a in b]", "expected"),
        ("a == 3 if sure else b", "not expected"),
        ("__import__('os')", "no function"),
        ("lambda: 3", "not part of an expression"),
        ("a == 1e9", "not expected"),
        ("a == 123456789012345678901", "up to 20 digits"),
        ("(" * 40 + "a == 1" + ")" * 40, "nested too deeply"),
        ("not " * 50 + "sure", "nested too deeply"),
        ("a == 1 or " * 300 + "sure", "up to 2000 characters"),
        ("   ", "the expression is empty"),
        ("b > 5 and b < 6", "contradicts itself"),
        ("a > 5 and a < 5.01 and a == 6", "contradicts itself"),
        ("b > 1000", "contradicts itself"),
        ("kind == 'x' and kind == 'y'", "contradicts itself"),
        ("kind != 'x' and kind not in ['y', 'z']", "contradicts itself"),
        ("not (kind == 'x' or kind != 'x')", "contradicts itself"),
        ("sure and not sure", "contradicts itself"),
        ("sure != true and sure != false", "contradicts itself"),
        ("empty(a) and a > 3", "contradicts itself"),
        ("'x' in several and 'x' not in several", "contradicts itself"),
        ("count(papers) > 3", "contradicts itself"),
        ("share(budget, 'aid') > 1", "contradicts itself"),
        ("total(budget, 'aid') < 0", "contradicts itself"),
        ("a > b and b > a", "contradicts itself"),
        ("start > day('2026-01-01') and start < day('2026-01-02')", "contradicts itself"),
        ("false", "contradicts itself"),
        ("1 > 2", "contradicts itself"),
    ],
)
def test_a_faulty_condition_is_told_with_its_place(condition: str, said: str) -> None:
    faults = form_faults(a_form(last=condition))
    assert any(said in fault.sentence for fault in faults), faults
    assert {fault.key for fault in faults} == {"last"}
    verdict_on(a_form(last=condition), ANSWERS | {"a": "0.1"})


@pytest.mark.parametrize(
    "condition",
    [
        "b > 5 and b < 7",
        "a > 5 and a < 5.01",
        "kind == 'x' or kind == 'y'",
        "kind != 'x' and kind != 'y'",
        "a > b and b > 5",
        "a * b > 3 and a * b < 2",
        "empty(a) or a > 3",
        "'x' in several and 'y' not in several",
        "start >= day('2026-01-01') and start <= day('2026-01-01')",
    ],
)
def test_nothing_possible_is_called_a_contradiction(condition: str) -> None:
    assert faults_in_words(a_form(last=condition)) == []


def test_conditions_that_never_hold_together_make_a_question_unreachable() -> None:
    form = a_form(b='kind == "x"', sure='kind == "y" and b > 3')
    assert [fault.key for fault in form_faults(form)] == ["sure"]
    fine = a_form(b='kind == "x"', sure='kind == "y" and empty(b)')
    assert form_faults(fine) == []
    deeper = a_form(b='kind == "x"', sure="b > 3", last='kind != "x" and sure')
    assert [fault.key for fault in form_faults(deeper)] == ["last"]


def test_a_condition_on_a_later_question_and_a_circle_are_faults() -> None:
    (later,) = form_faults(a_form(kind="sure"))
    assert later.key == "kind"
    assert "comes later" in later.sentence
    (circle,) = form_faults(a_form(kind="sure", sure="kind == 'x'"))
    assert "in a circle" in circle.sentence
    (own,) = form_faults(a_form(sure="sure"))
    assert "in a circle" in own.sentence
    assert verdict_on(a_form(kind="empty(sure)", sure="empty(kind)"), {}).visible


def test_a_section_cannot_wait_for_its_own_questions() -> None:
    data = to_json(a_form())
    data["sections"][0]["show_when"] = "sure"
    assert any("circle" in fault for fault in faults_in_words(from_json(data)))
    assert verdict_on(from_json(data), {"sure": True}).visible == ["last"]


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"rule": "a >", "message": EN}, "ends too early"),
        ({"rule": "a > 3", "message": EN, "at": "nowhere"}, "no question with the key “nowhere”"),
        ({"rule": "a > 3", "message": {"fr": "Non"}}, "message in English"),
        ({"rule": "a > 3 and a < 2", "message": EN}, "no answers can ever meet"),
        ({"rule": "3 > 2", "message": EN}, "does not refer to any question"),
        ({"rule": "", "message": EN}, "the rule is empty"),
    ],
)
def test_a_faulty_check_is_told(check: dict[str, Any], said: str) -> None:
    found = faults_in_words(a_form(checks=(check,)))
    assert any(said in fault and "Check 1" in fault for fault in found), found


def test_a_check_of_questions_that_are_never_shown_together_is_told() -> None:
    form = a_form(checks=({"rule": "a > b", "message": EN},), a='kind == "x"', b='kind == "y"')
    assert any("never shown together" in fault for fault in faults_in_words(form))


def test_what_is_not_translated_is_summed_up_for_each_language_that_was_chosen() -> None:
    data = to_json(a_form(checks=(STAFF,)))
    data["sections"][0]["title"]["fr"] = "Un"
    form = from_json(data)
    texts = len(QUESTIONS) + 11
    assert faults_in_words(form, ["en", "fr", "es"]) == [
        f"French: {texts} texts are missing. Translate them, or remove French from the form."
    ]
    assert faults_in_words(form, ["en", "es"]) == []
    assert faults_in_words(form) == []


def test_a_word_of_the_language_cannot_be_a_key() -> None:
    form = a_form({"kind": "yes_no", "key": "not", "label": EN})
    assert any("choose another" in fault for fault in faults_in_words(form))


def test_everything_that_cannot_be_read_in_a_form_is_told_at_once() -> None:
    data = to_json(a_form(last="b > 3"))
    data["sections"][0]["questions"][4]["most"] = "many"
    data["sections"][0]["questions"][0]["kind"] = "magic"
    data["more"] = 1
    read = read_form(data)
    assert len(read.faults) == 3
    assert form_faults(read.form, read.unread) == []


def test_answers_of_a_wrong_form_are_told_at_their_question() -> None:
    wrong = {
        "title": 3,
        "kind": "w",
        "several": "x",
        "a": True,
        "b": "1.5",
        "sum": [],
        "start": "tomorrow",
        "sure": 1,
        "country": "Honduras",
        "papers": 4,
        "women": {"female": {"young": 3}},
        "budget": [{"category": "staff", "price": 3}],
        "nowhere": 1,
    }
    assert {key for key, _said in verdict_on(a_form(), wrong).faults} == set(wrong)


def test_numbers_of_a_file_are_never_taken_for_thousands() -> None:
    assert is_shown("sum == 1.1", {"sum": "1.100"})
    assert verdict_on(a_form(), {"a": "1.234"}).faults != []
    assert is_shown("a == 1.5", {"a": "1.500"})


PARTS = (
    "nowhere == != < >= and or not in + - * / ( ) [ ] , 1 0 2.5 'x' true false total(budget) "
    "share(budget,'aid') count(several) people(women) empty(a) day('2026-01-01') day( total( = “ '"
)
words = st.sampled_from([*PARTS.split(), *QUESTIONS])
expressions = st.lists(words, max_size=12).map(" ".join) | st.text(max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
plausible = st.fixed_dictionaries(
    {},
    optional={
        key: st.sampled_from([value, None, "", [], {}, 0, 1, "x", True]) | json_values
        for key, value in ANSWERS.items()
        if key != "a"
    },
)


@given(expressions, expressions, plausible)
def test_any_expression_and_any_answers_end_in_an_outcome(
    condition: str, rule: str, answers: dict[str, Any]
) -> None:
    form = a_form(checks=({"rule": rule, "message": EN, "at": "budget"},), last=condition)
    assert all(fault.sentence for fault in form_faults(form))
    verdict = verdict_on(form, answers)
    assert set(verdict.missing) <= set(verdict.visible)
    assert from_json(json.loads(json.dumps(to_json(form)))) == form


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        parse(text)


figures = st.integers(-50, 50)


@given(figures, figures, figures, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_what_is_called_a_contradiction_has_no_solution(a: int, b: int, c: int, sign: str) -> None:
    text = f"b {sign} {a} and b > {b} and not (b >= {c})"
    questions = {question.key: question for question in a_form().questions}
    solvable = any(
        worth(parse(text), GivenAnswers(questions, {"b"}, {"b": number}, {}))
        for number in range(1001)
    )
    told = any("contradicts" in fault for fault in faults_in_words(a_form(last=text)))
    assert told is not solvable


def test_values_are_exact() -> None:
    assert worth(parse("1 / 3 * 3"), GivenAnswers({}, set(), {}, {})) == Fraction(1)
    assert worth(parse("day('2026-09-01') + 1"), GivenAnswers({}, set(), {}, {})) == date(
        2026, 9, 2
    )
    assert worth(parse("day('9999-12-31') + 1"), GivenAnswers({}, set(), {}, {})) is None
    assert worth(parse("day('2026-09-01') + 0.5"), GivenAnswers({}, set(), {}, {})) is None


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ('share(budget, "staff") <= 0.2', "It is 30.00%. At most: 20.00%."),
        ('total(budget, "staff") <= 0.2 * total(budget)', "It is USD 300.00. At most: USD 200.00."),
        ("total(budget) >= 1500 and b == 3", "It is USD 1,000.00. At least: USD 1,500.00."),
        ("total(budget) / sum <= 2", "It is 3.33. At most: 2."),
        ('share(budget, "staff") * 100 <= 20', "It is 30. At most: 20."),
        ("euros == 6", "It is EUR 5.00. Expected: EUR 6.00."),
        ("b > 7", "It is 3. At least: 7."),
        ("sure == false", ""),
    ],
)
def test_a_check_that_fails_tells_the_figures_it_compares(rule: str, figures: str) -> None:
    form = a_form(checks=({"rule": rule, "message": EN, "at": "budget"},))
    given = json.loads(json.dumps(ANSWERS), parse_float=str)
    shown = shown_in(form, given)
    (problem,) = failed_checks(form, given, shown)
    assert (problem.whole, problem.figures.replace("\u00a0", " ")) == (True, figures)
    assert problem.message == EN["en"], "a program reads the message as it was written"


def test_a_rule_about_a_table_is_told_at_the_table_and_marks_no_row(app: Flask) -> None:
    """It once stood at "row 1: Category", which was marked red though nothing was wrong with it."""
    (section,) = [one for one in a_form().sections if any(q.key == "budget" for q in one.questions)]
    columns = ("category", "description", "quantity", "unit_cost")
    rows = [("staff", "d", "3", "100.00"), ("aid", "d", "7", "100.00")]
    typed = {
        f"q_budget-{at}-{name}": [text]
        for at, row in enumerate(rows)
        for name, text in zip(columns, row, strict=True)
    }
    place = next(q.target for q in section.questions if q.key == "budget")
    with app.test_request_context():
        drawn = section_form(section, typed)
        show(drawn, [Problem("budget", place, "Too much.", whole=True, figures="It is 30%.")])
        field: Any = drawn["q_budget"]
        assert field.errors == ["Too much. It is 30%."]
        assert not any(column.errors for row in field.rows for column in row.columns())
        assert [line for _target, line in field.problems()] == ["Too much. It is 30%."]
        both = [Problem("budget", place, words, whole=True) for words in ("One.", "Another.")]
        drawn = section_form(section, typed)
        show(drawn, both)
        field = drawn["q_budget"]
        assert [line for _target, line in field.problems()] == ["One. Another."]


def test_words_of_a_form_keep_their_order_in_a_sentence_that_is_read_from_the_right() -> None:
    question = OneOf(key="kind", label={"en": "Kind"}, choices=(Choice("x", {"en": "Ours"}),))
    node, questions = parse('kind == "x"'), {"kind": question}
    with use_language("ar"):
        assert [*ISOLATED.findall(in_words(node, questions))] == ["Kind", "Ours"]
    assert in_words(node, questions) == "“Kind” is “Ours”"


ISOLATED = re.compile("\u2068([^\u2069]+)\u2069")
