"""Tables with rows of their own, computed columns and rules for each row."""

from typing import Any

import pytest
from flask import Flask

from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import outcome_of
from grants.platform.questionnaires.presentation import blank_sections, shown_sections
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json

EN = {"en": "Text"}


def column(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "label": {"en": key.title()}, **more}


YEARS = column(
    "table",
    "years",
    row_head={"en": "Category"},
    fixed_rows=[
        {"code": "staff", "label": {"en": "Staff"}},
        {"code": "travel", "label": {"en": "Travel"}},
        {"code": "other", "label": {"en": "Other"}},
    ],
    columns=[
        column("amount", "y1", zero=True),
        column("amount", "y2", zero=True),
        column("computed", "sum", formula="y1 + y2", money="USD"),
        column("computed", "half", formula="sum / 2", places=1),
        column("percentage", "own"),
    ],
    totals=["y1", "y2", "sum"],
    rules=[
        {"rule": "y2 <= 0.4 * sum", "message": {"en": "Year 2 is too much."}, "at": "y2"},
        {"rule": "sum <= most", "message": {"en": "More than the most."}, "at": "sum"},
    ],
)


def a_form(**change: Any) -> Form:
    questions = [
        column("short_text", "title"),
        column("amount", "most"),
        {**YEARS, **change},
    ]
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "most"},
            "sections": [{"key": "one", "title": EN, "questions": questions}],
            "checks": [
                {
                    "rule": 'total(years, "sum") <= 1000 and total(years, "staff/y1") < 900',
                    "message": EN,
                    "at": "years",
                }
            ],
        }
    )


def the_table(form: Form) -> Any:
    return form.sections[0].question("years")


TYPED = {
    "q_years-0-c_y1": ["600"],
    "q_years-0-c_y2": ["400.01"],
    "q_years-2-c_y1": ["10"],
    "q_most": ["1000"],
}


def test_each_row_of_its_own_is_kept_once_with_what_is_computed_in_it() -> None:
    form = a_form()
    assert faults_in_words(form) == []
    assert from_json(to_json(form)) == form
    reading = the_table(form).read(TYPED)
    assert reading.problems == ()
    blank = dict.fromkeys(("y1", "y2", "own"))
    staff = {"row": "staff", "y1": "600.00", "y2": "400.01", "sum": "1000.01", "half": "500.0"}
    other = {"row": "other", "y1": "10.00", "sum": "10.00", "half": "5.0"}
    assert reading.value == [blank | staff, blank | other]
    again = dict(the_table(form).as_typed(reading.value))
    assert again == {name: [f"{float(text[0]):.2f}"] for name, text in TYPED.items() if "y" in name}
    assert the_table(form).read(again).value == reading.value


def test_a_printed_table_has_every_row_and_its_totals() -> None:
    form = a_form()
    value = the_table(form).read(TYPED).value
    (section,) = shown_sections(form, {"years": value})
    grid = section.answers[-1].table
    assert grid is not None
    assert grid.heads[0] == ("Category", "text")
    assert [row[0] for row in grid.rows] == ["Staff", "Travel", "Other"]
    assert grid.rows[1][1:] == (None,) * 5
    assert [str(cell) for cell in grid.foot[:4]] == ["Total", "610.00", "400.01", "1010.01"]
    assert "Staff" in blank_sections(form)[0].answers[-1].rule
    assert the_table(form).blank_rows() == ("Staff", "Travel", "Other")


def test_a_broken_rule_is_told_at_its_row_with_the_figures(app: Flask) -> None:
    form = a_form()
    section = form.sections[0]
    part = section.read(TYPED)
    problems = outcome_of(form, [part]).parts[0].problems
    lines = [(p.place, p.words_elsewhere.replace("\u00a0", " ")) for p in problems]
    assert lines == [
        ("q_years-0-c_y1", "Text It is USD 1,010.01. At most: USD 1,000.00."),
        ("q_years-0-c_y2", "Staff: Year 2 is too much. It is USD 400.01. At most: USD 400.00."),
        (
            "q_years-0-c_sum",
            "Staff: More than the most. It is USD 1,000.01. At most: USD 1,000.00.",
        ),
    ]
    with app.test_request_context():
        drawn = section_form(section, TYPED)
        show(drawn, problems)
        told = dict(drawn.problems())
        page = drawn["q_years"]()
    assert told["q_years-0-c_sum"].startswith("Years, Staff: ")
    assert page.count('<tr class="entry"') == 3
    assert "1,000.01" in page
    assert "1,010.01" in page
    assert "Remove" not in page


def test_a_column_that_each_row_needs_is_missing_where_it_is_empty() -> None:
    columns = [{**YEARS["columns"][0], "required": True}, *YEARS["columns"][1:]]
    table = the_table(a_form(columns=columns, required=True))
    assert [p.place for p in table.read({}).problems] == ["q_years-0-c_y1"]
    problems = table.read(TYPED).problems
    assert [p.place for p in problems] == ["q_years-1-c_y1"]
    assert the_table(a_form(columns=columns)).read({}).problems == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": [column("computed", "a", formula="b + 1")]}, "figures before it, not “b”"),
        ({"columns": [column("computed", "a", formula="count(b)")]}, "write a formula"),
        ({"columns": [column("amount", "row"), *YEARS["columns"]]}, "“row” another key"),
        ({"rules": [{"rule": "y9 > 1", "message": EN}]}, "rule 1 for each row"),
        ({"rules": [{"rule": "y1 > 1", "message": EN, "at": "y9"}]}, "no column “y9”"),
    ],
)
def test_the_check_of_a_form_names_what_is_wrong_in_a_table(
    change: dict[str, Any], said: str
) -> None:
    assert any(said in fault for fault in faults_in_words(a_form(**change)))


def test_answers_in_a_file_name_their_row() -> None:
    form = a_form()
    answers = {"years": [{"row": "travel", "y1": "5"}], "title": "A", "most": "9"}
    assert verdict_on(form, answers).faults == []
    assert verdict_on(form, {**answers, "years": [{"y1": "5"}]}).faults[0][0] == "years"


def test_a_table_opens_with_as_many_rows_as_are_required_and_names_its_currency(app: Flask) -> None:
    change = {"fixed_rows": [], "least_rows": 5, "most_rows": 5, "rules": []}
    section = a_form(**change, totals=["y1"]).section("one")
    with app.test_request_context():
        table: Any = section_form(section, {})["q_years"]
        assert len(table.rows) == 5
        drawn = table()
    rows = 5 + 1  # one is copied for each row that is added
    assert drawn.count('Y1 <span class="money__code">USD</span>') == 1 + rows
    assert 'cell-label">Sum <span class="money__code">USD</span>' in drawn
