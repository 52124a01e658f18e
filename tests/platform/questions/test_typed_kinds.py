"""Typed answers: what is read of contacts, years, percentages and ranges, and what is refused."""

from typing import Any

import pytest
from flask import Flask

from grants.platform.conditions.figures import figures_in_words
from grants.platform.conditions.words import in_words
from grants.platform.conditions.worth import GivenAnswers, holds
from grants.platform.expressions.parse import parse
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Section
from grants.platform.questions import (
    KINDS,
    Address,
    Email,
    Iban,
    Organisation,
    Percentage,
    Person,
    Question,
    Range,
    Telephone,
    WebAddress,
    Year,
)

LABEL = {"en": "Label"}


def read(question: Question, text: str) -> tuple[Any, list[str]]:
    reading = question.read({question.name: [text]})
    return reading.value, [problem.message for problem in reading.problems]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Email, "info@Puentes.Example", "info@puentes.example"),
        (Telephone, "00504 2234-5678", "+504 2234-5678"),
        (Telephone, "+٤٣ ١ ٢٦٠٦٠", "+43 1 26060"),
        (WebAddress, "puentes.example/casa", "https://puentes.example/casa"),
        (Iban, "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (Year, "٢٠٢٣", 2023),
        (Percentage, "12,50 %", "12.5"),
    ],
)
def test_a_typed_answer_is_kept_in_one_way(kind: type[Question], text: str, value: Any) -> None:
    question = kind(key="a", label=LABEL)
    assert read(question, text) == (value, [])
    assert dict(question.as_typed(value)).keys() == {question.name}
    assert question.read(dict(question.as_typed(value))).value == value


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Email, "info@puentes", "in the format"),
        (Telephone, "2234 5678", "code of its country"),
        (Telephone, "+999 2234 5678", "code of its country"),
        (WebAddress, "not an address", "web address"),
        (Iban, "DE89370400440532013001", "not a valid IBAN"),
        (Year, "2,023", "4 digits"),
        (Year, "1850", "1900 or a later one"),
        (Percentage, "101", "100 or less"),
    ],
)
def test_what_is_no_such_answer_is_refused_in_words(
    kind: type[Question], text: str, said: str
) -> None:
    value, problems = read(kind(key="a", label=LABEL), text)
    assert value is None
    assert said in problems[0]


def test_contacts_are_never_taken_for_a_victims() -> None:
    section = Section(
        key="one",
        title=LABEL,
        questions=(Telephone(key="t", label=LABEL), Person(key="p", label=LABEL)),
    )
    typed = {"q_t": ["+504 2234 5678"], "q_p-name": ["Ana, 17"], "q_p-telephone": ["+504 2234 567"]}
    assert section.doubts(typed) == []
    assert all(KINDS[kind](key="a", label=LABEL).tells_who_applies for kind in ("email", "iban"))


def test_each_part_of_a_person_is_told_at_its_own_box(app: Flask) -> None:
    person = Person(key="p", label=LABEL, required=True)
    section = Section(key="one", title=LABEL, questions=(person,))
    assert [problem.place for problem in person.read({}).problems] == ["q_p-title"]
    typed = {"q_p-name": ["Ana Mejía"], "q_p-email": ["ana"], "q_p-telephone": ["+504 2234 5678"]}
    assert section.kept(typed) == typed
    reading = person.read(typed)
    assert reading.value["telephone"] == "+504 2234 5678"
    assert [problem.place for problem in reading.problems] == ["q_p-email"]
    with app.test_request_context():
        form = section_form(section, typed)
        show(form, reading.problems)
        assert [target for target, _line in form.problems()] == ["q_p-email"]
        assert "Ana Mejía" in form["q_p"]()


def test_the_call_says_which_parts_of_an_answer_are_required() -> None:
    typed = {"q_p-name": ["Ana Mejía"]}
    usual = Person(key="p", label=LABEL)
    assert [problem.place for problem in usual.read(typed).problems] == ["q_p-email"]
    told = Person(key="p", label=LABEL, required_parts=("job", "telephone"))
    places = [problem.place for problem in told.read(typed).problems]
    assert places == ["q_p-job", "q_p-telephone"]
    alone = Person(key="p", label=LABEL, required_parts=())
    assert alone.read(typed).problems == ()
    assert alone.read({"q_p-job": ["Director"]}).problems[0].place == "q_p-name"
    partner = Organisation(key="o", label=LABEL, required_parts=("number",))
    partner_typed = {"q_o-name": ["Casa"]}
    assert [p.place for p in partner.read(partner_typed).problems] == ["q_o-number"]
    assert list(Address(key="a", label=LABEL, required_parts=("moon",)).faults())


def test_a_range_keeps_the_smaller_number_first() -> None:
    ages = Range(key="a", label=LABEL, most=120, unit={"en": "years"})
    reading = ages.read({"q_a-from": ["10"], "q_a-to": ["19"]})
    assert ages.wording(reading.value).text == "10–19 years"
    wrong = ages.read({"q_a-from": ["19"], "q_a-to": ["10"]}).problems
    assert [problem.place for problem in wrong] == ["q_a-to"]
    assert ages.read({"q_a-from": ["19"]}).problems[0].place == "q_a-to"


def test_years_shares_and_ranges_are_compared_and_said_as_they_are_written() -> None:
    questions: dict[str, Question] = {
        question.key: question
        for question in (
            Year(key="since", label={"en": "Since"}),
            Percentage(key="own", label={"en": "Own part"}),
            Range(key="ages", label={"en": "Ages"}),
        )
    }
    values = {"since": 2025, "own": "12.5", "ages": {"from": 10, "to": 19}}
    given = GivenAnswers(questions, frozenset(questions), values, {})
    assert holds(parse("own == 0.125 and lowest(ages) == 10 and highest(ages) < 20"), given)
    late, little = parse("since <= 2023"), parse("own >= 0.2")
    assert in_words(late, questions) == "“Since” is at most 2023"
    assert in_words(little, questions) == "“Own part” is at least 20%"
    assert figures_in_words(late, given) == "It is 2025. At most: 2023."
    assert figures_in_words(little, given) == "It is 12.50%. At least: 20.00%."
