"""Columns of a table that are asked in some rows only."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.asking import left_out, newly_asked, with_asked_cells
from grants.platform.questionnaires.fields import section_form
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import conditions_in_words, outcome_of
from grants.platform.questionnaires.presentation import shown_sections
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions import Table
from grants.platform.questions.reading import Typed

KINDS = [
    {"code": "own", "label": {"en": "Own staff"}},
    {"code": "other", "label": {"en": "Somebody else"}},
]


def asked(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "label": {"en": key.title()}, **more}


COLUMNS = [
    asked("one_of", "who", choices=KINDS),
    asked("short_text", "employer", required=True, show_when='who == "other"'),
    asked("amount", "fee", required=True, show_when='who == "other" and not empty(employer)'),
    asked("amount", "trip", show_when="abroad == true"),
    asked("computed", "cost", formula="fee + trip", money="USD"),
]


def form_with(columns: list[dict[str, Any]] = COLUMNS, **more: Any) -> Form:
    questions = [
        asked("short_text", "title"),
        asked("amount", "asked"),
        asked("yes_no", "abroad"),
        asked("table", "staff", columns=columns, totals=["fee", "cost"], **more),
        asked("short_text", "why", show_when='total(staff, "fee") > 100'),
    ]
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "asked"},
            "sections": [{"key": "one", "title": {"en": "One"}, "questions": questions}],
        }
    )


def bound(typed: Typed, form: Form | None = None) -> Form:
    return with_asked_cells(form or form_with(), typed)


def outcome(typed: Typed, form: Form | None = None) -> Any:
    form = bound(typed, form)
    return outcome_of(form, [section.read(typed) for section in form.sections])


OTHER: Typed = {
    "q_staff-0-c_who": ["other"],
    "q_staff-0-c_employer": ["A clinic"],
    "q_staff-0-c_fee": ["150"],
    "q_staff-0-c_trip": ["20"],
}


def test_a_column_is_asked_only_in_rows_where_its_condition_holds() -> None:
    (part,) = outcome(OTHER).parts
    (row,) = part.values["staff"]
    assert row == {
        "who": "other", "employer": "A clinic", "fee": "150.00", "trip": None, "cost": "150.00",
    }  # fmt: skip
    (part,) = outcome({**OTHER, "q_abroad": ["yes"]}).parts
    assert part.values["staff"][0]["cost"] == "170.00"


def test_what_is_not_asked_is_not_required_does_not_count_and_keeps_its_text() -> None:
    own = {**OTHER, "q_staff-0-c_who": ["own"]}
    read = outcome(own)
    (part,) = read.parts
    assert part.problems == []
    assert part.values["staff"] == [
        {"who": "own", "employer": None, "fee": None, "trip": None, "cost": None}
    ]
    assert "why" not in read.shown
    assert form_with().sections[0].kept(own) == own
    shown = shown_sections(bound(own), part.values)[0].answers
    table = next(answer.table for answer in shown if answer.key == "staff")
    assert table
    assert table.rows == (("Own staff", None, None, None, None),)


def test_what_is_asked_and_required_is_missing_in_its_row_alone() -> None:
    typed = {"q_staff-0-c_who": ["own"], "q_staff-1-c_who": ["other"]}
    (part,) = outcome(typed).parts
    assert [problem.place for problem in part.problems] == ["q_staff-1-c_employer"]


def test_a_question_may_rest_on_what_a_conditional_column_adds_up_to() -> None:
    assert "why" in outcome(OTHER).shown


def test_a_column_waits_for_a_question_that_is_itself_hidden() -> None:
    form = form_with()
    (section,) = form.sections
    questions = [
        from_question
        if from_question.key != "abroad"
        else type(from_question)(key="abroad", label={"en": "A"}, show_when="not empty(title)")
        for from_question in section.questions
    ]
    form = Form(sections=(type(section)(key="one", title={"en": "1"}, questions=tuple(questions)),))
    typed = {**OTHER, "q_abroad": ["yes"]}
    (part,) = outcome(typed, form).parts
    assert part.values["staff"][0]["trip"] is None
    (part,) = outcome({**typed, "q_title": ["Here"]}, form).parts
    assert part.values["staff"][0]["trip"] == "20.00"


def test_the_page_leaves_out_what_is_not_asked_and_says_which_cells(app: Flask) -> None:
    typed = {"q_staff-0-c_who": ["own"], "q_staff-1-c_who": ["other"], "q_staff-1-c_fee": ["7"]}
    form = bound(typed)
    with app.test_request_context():
        page = str(section_form(form.sections[0], typed)["q_staff"]())
    assert 'data-question="staff-0-c_employer" data-blank="staff-n-c_employer" hidden' in page
    assert 'data-question="staff-1-c_employer" data-blank="staff-n-c_employer">' in page
    assert 'data-question="staff-__n__-c_employer" data-blank="staff-n-c_employer" hidden' in page
    assert 'data-question="staff-0-c_who"' not in page
    marks = left_out(form.sections[0], frozenset())
    assert {"staff-0-c_employer", "staff-0-c_fee", "staff-1-c_fee", "staff-n-c_trip"} <= set(marks)
    assert "staff-1-c_employer" not in marks


def test_a_save_leads_to_the_first_cell_that_it_brought_up() -> None:
    before = set(left_out(bound({}).sections[0], frozenset()))
    typed = {"q_staff-1-c_who": ["other"]}
    section = bound(typed).sections[0]
    assert newly_asked(section, typed, before, frozenset()) == "q_staff-1-c_employer"
    assert newly_asked(section, typed, set(left_out(section, frozenset())), frozenset()) == ""


def test_fixed_rows_have_conditions_too() -> None:
    rows = [{"code": c, "label": {"en": c}} for c in ("first", "second")]
    form = form_with(fixed_rows=rows)
    assert faults_in_words(form) == []
    (part,) = outcome({"q_staff-1-c_who": ["own"]}, form).parts
    assert part.problems == []
    assert [row["row"] for row in part.values["staff"]] == ["second"]


def test_a_form_with_conditional_columns_goes_round_and_is_read_by_scripts() -> None:
    form = form_with()
    assert from_json(to_json(form)) == form
    assert "unasked" not in str(to_json(bound(OTHER)))
    assert faults_in_words(form) == []
    verdict = verdict_on(form, {"title": "T", "staff": [{"who": "own"}, {"who": "other"}]})
    assert verdict.faults == [("staff", "Fill in “Employer”.")]


def test_the_form_says_when_its_columns_are_asked() -> None:
    words = conditions_in_words(form_with())["staff"]
    assert "“Employer” is asked only if “Who” is “Somebody else”." in words
    assert "“Trip” is asked only if “Abroad” is yes." in words


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("fee > 10", "“Fee”, which comes later"),
        ("why == true", "cannot be compared|is a text"),
        ("not empty(why)", "“Why”, which comes later"),
        ("not empty(nothing)", "nothing"),
        ('who == "nobody"', "is not an answer to"),
        ("abroad == true and abroad == false", "contradicts itself"),
        ("who", "a comparison is needed"),
    ],
)
def test_faults_of_conditions_of_columns_are_told_at_their_table(
    condition: str, fault: str
) -> None:
    columns = [COLUMNS[0], asked("short_text", "x", show_when=condition), *COLUMNS[1:]]
    faults = [text for text in faults_in_words(form_with(columns)) if "“X”" in text]
    assert any(part in text for text in faults for part in fault.split("|")), faults
    assert all(text.startswith("Staff, column “X”") for text in faults)


def test_a_column_that_rests_on_one_which_cannot_be_asked_is_told() -> None:
    columns = [
        COLUMNS[0],
        asked("short_text", "a", show_when='who == "own"'),
        asked("short_text", "b", show_when='who == "other" and not empty(a)'),
    ]
    form = from_json({**to_json(form_with()), "sections": [_section_with(columns)]})
    assert any("it is never shown" in text for text in faults_in_words(form))
    computed = [*COLUMNS[:4], {**COLUMNS[4], "show_when": "abroad == true"}]
    assert any("computed column" in text for text in faults_in_words(form_with(computed)))


def _section_with(columns: list[dict[str, Any]]) -> dict[str, Any]:
    table = asked("table", "staff", columns=columns)
    questions = [asked("short_text", "title"), asked("amount", "asked"), table]
    return {"key": "one", "title": {"en": "One"}, "questions": questions}


def test_in_a_repeated_section_conditions_are_about_the_questions_of_their_place() -> None:
    section = {**to_json(form_with())["sections"][0], "most_times": 2}
    form = with_repetitions(from_json({**to_json(form_with()), "facts": {}, "sections": [section]}))
    table = form.section("one__2").question("staff__2")
    assert isinstance(table, Table)
    assert [c.show_when for c in table.columns[1:4]] == [
        'who == "other"',
        'who == "other" and not empty(employer)',
        "abroad__2 == true",
    ]


CELLS = st.fixed_dictionaries(
    {},
    optional={
        "who": st.sampled_from(["own", "other", "nobody"]),
        "employer": st.sampled_from(["A", " ", "B"]),
        "fee": st.sampled_from(["1", "200", "x"]),
        "trip": st.sampled_from(["3", "-"]),
    },
)


@given(st.lists(CELLS, max_size=4), st.sampled_from(["yes", "no", ""]))
@settings(max_examples=80, deadline=None)
def test_whatever_is_typed_only_asked_cells_count_and_all_text_stays(
    rows: list[dict[str, str]], abroad: str
) -> None:
    typed = {
        f"q_staff-{at}-c_{name}": [text]
        for at, row in enumerate(rows)
        for name, text in row.items()
    }
    typed["q_abroad"] = [abroad]
    read = outcome(typed)
    (part,) = read.parts
    for row in part.values["staff"] or ():
        assert row["who"] == "other" or (row["employer"], row["fee"]) == (None, None)
        assert row["employer"] or row["fee"] is None
        assert abroad == "yes" or row["trip"] is None
    assert form_with().sections[0].kept(typed) == {n: t for n, t in typed.items() if t != [""]}
