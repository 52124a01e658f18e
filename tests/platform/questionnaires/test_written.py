"""A form survives being written as JSON, and a wrong one is refused at its place."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.applying.calls.standard import (
    STANDARD_CRITERIA,
    STANDARD_ELIGIBILITY,
    STANDARD_FORM,
)
from grants.core.kernel.errors import InvalidInput
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.questionnaires.fields import undrawn_kinds
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions import (
    KINDS,
    TAXONOMIES,
    Address,
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Choice,
    Computed,
    Country,
    Day,
    Email,
    Files,
    Iban,
    LongText,
    Number,
    OneOf,
    Organisation,
    Percentage,
    Person,
    Question,
    Range,
    RowRule,
    SeveralOf,
    ShortText,
    Table,
    Telephone,
    WebAddress,
    Year,
    YesNo,
    complete_kinds,
)
from grants.platform.questions.budget import Budget

texts = st.dictionaries(st.sampled_from(["en", "fr", "ar", "zh"]), st.text(max_size=40), max_size=3)
common = {
    "key": st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True),
    "label": texts,
    "help": texts,
    "required": st.booleans(),
    "names_applicant": st.booleans(),
}
choices = st.lists(st.builds(Choice, st.text(max_size=8), texts), max_size=4).map(tuple)
limits = st.integers(1, 5000)
days = st.none() | st.dates(date(1990, 1, 1))
questions = st.one_of(
    st.builds(ShortText, **common, limit=limits, people=st.booleans()),
    st.builds(LongText, **common, limit=limits, people=st.booleans()),
    st.builds(Number, **common, least=limits, most=st.none() | limits, places=limits, unit=texts),
    st.builds(Amount, **common, currency=st.sampled_from(["USD", "JPY"]), zero=st.booleans()),
    st.builds(Day, **common, first=days, last=days),
    st.builds(YesNo, **common),
    st.builds(Country, **common),
    st.builds(OneOf, **common, choices=choices, taxonomy=st.sampled_from(["", *TAXONOMIES])),
    st.builds(SeveralOf, **common, choices=choices, taxonomy=st.sampled_from(["", *TAXONOMIES])),
    st.builds(Beneficiaries, **common),
    st.builds(ByExploitation, **common),
    st.builds(ByService, **common),
    st.builds(
        Budget, **common, categories=choices, payers=choices, spans=limits, notes=st.booleans()
    ),
    st.builds(Year, **common, least=limits, most=st.none() | limits),
    st.builds(Percentage, **common, least=limits, most=limits),
    st.builds(Range, **common, least=limits, most=st.none() | limits, unit=texts),
    *(st.builds(kind, **common) for kind in (Email, Telephone, WebAddress, Iban)),
    *(st.builds(kind, **common) for kind in (Address, Person, Organisation)),
    st.builds(
        Table,
        **common,
        columns=st.tuples(st.builds(Amount, **common), st.builds(Computed, **common)),
        fixed_rows=choices,
        row_head=texts,
        rules=st.tuples(st.builds(RowRule, st.text(max_size=9), texts, st.text(max_size=9))),
    ),
    st.builds(Files, **common, most=limits, accept=st.lists(st.sampled_from(ENDINGS)).map(tuple)),
)
sections = st.builds(
    Section,
    key=common["key"],
    title=texts,
    intro=texts,
    questions=st.lists(questions, max_size=4).map(tuple),
)
forms = st.builds(
    Form,
    sections=st.lists(sections, max_size=3).map(tuple),
    facts=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
    version=limits,
)


@given(forms)
def test_any_form_comes_back_from_json_as_it_was(form: Form) -> None:
    assert from_json(json.loads(json.dumps(to_json(form)))) == form


@given(forms)
def test_the_check_of_any_form_ends_in_words(form: Form) -> None:
    assert all(faults_in_words(form))


def test_a_kind_that_does_not_say_all_of_itself_is_told_at_the_start() -> None:
    class Guess(Question):
        kind = "guess"

        def rule(self) -> str:
            return "A guess"

    guess: Any = Guess
    with pytest.raises(TypeError, match="Guess lacks: as_typed, shape, wording, kind_name"):
        complete_kinds([guess])
    assert undrawn_kinds() == []
    assert undrawn_kinds([*KINDS.values(), guess]) == ["guess"]


def test_the_standard_form_is_sound_and_comes_back_from_json() -> None:
    assert faults_in_words(STANDARD_FORM) == []
    assert from_json(json.loads(json.dumps(to_json(STANDARD_FORM)))) == STANDARD_FORM
    assert sum(criterion["weight"] for criterion in STANDARD_CRITERIA) == 100
    assert len({row["key"] for row in STANDARD_ELIGIBILITY}) == len(STANDARD_ELIGIBILITY)


def _with(change: dict[str, Any], at: int | None = None) -> dict[str, Any]:
    """The standard form as JSON with something wrong in it, or in one question on the project."""
    data: dict[str, Any] = json.loads(json.dumps(to_json(STANDARD_FORM)))
    (data if at is None else data["sections"][3]["questions"][at]).update(change)
    return data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "form must be"),
        ({}, "format of this form is not supported"),
        (_with({"format": 2}), "format of this form is not supported"),
        (_with({"more": 1}), "form: more is not recognised"),
        (_with({"sections": {}}), "sections must be"),
        (_with({"kind": "magic"}, 0), r"sections\[3\].questions\[0\].kind: use one of"),
        (_with({"limit": "150"}, 0), r"questions\[0\].limit must be"),
        (_with({"limit": True}, 0), r"questions\[0\].limit must be"),
        (_with({"label": "Title"}, 0), r"questions\[0\].label must be"),
        (_with({"label": {"en": 1}}, 0), r"questions\[0\].label.en must be"),
        (_with({"choices": []}, 0), r"questions\[0\]: choices is not recognised"),
        (_with({"first": "yesterday"}, 3), r"questions\[3\].first must be"),
        (_with({"required": 1}, 1), r"questions\[1\].required must be"),
    ],
)
def test_json_that_is_no_form_is_refused_at_its_place(data: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        from_json(data)


def test_a_question_without_its_key_is_refused() -> None:
    data = _with({})
    del data["sections"][0]["questions"][0]["key"]
    with pytest.raises(InvalidInput, match="key is missing"):
        from_json(data)


LABEL = {"en": "One"}


def _form(*asked: Any, facts: dict[str, str] | None = None) -> Form:
    section = Section(key="one", title=LABEL, questions=asked)
    return Form(
        sections=(section,), facts={"title": "t", "requested": "r"} if facts is None else facts
    )


TITLE = ShortText(key="t", label=LABEL)
REQUESTED = Amount(key="r", label=LABEL)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (Form(sections=()), "no section"),
        (_form(TITLE, REQUESTED, TITLE), "Two questions have the key t"),
        (_form(), "add at least one question"),
        (_form(TITLE, ShortText(key="Upper", label=LABEL)), "lower-case letters"),
        (_form(TITLE, ShortText(key="a", label={"fr": "Un"})), "label in English"),
        (_form(TITLE, ShortText(key="a", label=LABEL, limit=0)), "characters"),
        (_form(TITLE, OneOf(key="a", label=LABEL)), "at least two choices"),
        (_form(TITLE, OneOf(key="a", label=LABEL, taxonomy="x")), "taxonomies"),
        (_form(TITLE, Number(key="a", label=LABEL, least=5, most=2)), "minimum below the maximum"),
        (_form(TITLE, Files(key="a", label=LABEL, accept=(".exe",))), "accept only"),
        (_form(TITLE, Files(key="a", label=LABEL, most=0)), "files"),
        (_form(TITLE, facts={"title": "t", "requested": "t"}), "cannot provide “Amount requested”"),
        (_form(TITLE, facts={"title": "t"}), "which question asks for “Amount requested”"),
    ],
)
def test_the_check_of_a_form_names_what_to_mend(form: Form, said: str) -> None:
    assert any(said in fault for fault in faults_in_words(form))


def test_the_page_about_forms_tells_every_kind_and_each_of_its_properties() -> None:
    page = (Path(__file__).parents[3] / "docs" / "questionnaires.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", page, re.MULTILINE))
    assert set(rows) == set(KINDS)
    for name, kind in KINDS.items():
        own = {item.name for item in kind.settings()} - {
            "key",
            "label",
            "help",
            "required",
            "show_when",
            "names_applicant",
        }
        assert own == set(re.findall(r"`(\w+)`", rows[name])), name
