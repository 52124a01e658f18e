"""Tables, logical frameworks, work plans and organisations: what is read, and what they lack."""

from collections.abc import Mapping
from typing import Any

import pytest

from grants.core.kernel.language import use_language
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.presentation import blank_sections, shown_sections
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json
from grants.platform.questions import (
    Countries,
    LogicalFramework,
    Organisations,
    Rows,
    SeveralOf,
    Table,
    WorkPlan,
)
from grants.platform.questions.plans import runs
from grants.platform.questions.reading import Fault, Typed

EN = {"en": "Text"}


def column(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "label": {"en": key.title()}, **more}


STAFF = column(
    "table",
    "staff",
    least_rows=2,
    most_rows=3,
    totals=["cost", "months"],
    columns=[
        column("short_text", "role", required=True),
        column("number", "months", places=2),
        column("amount", "cost"),
        column("day", "since"),
        column("one_of", "grade", choices=[{"code": "a", "label": EN}, {"code": "b", "label": EN}]),
        column("yes_no", "own"),
    ],
)


def a_form(*more: dict[str, Any], **change: Any) -> Form:
    asked_for = [
        column("short_text", "title"),
        column("amount", "sum"),
        {**STAFF, **change},
        column("logical_framework", "frame", required=True),
        column("work_plan", "plan", periods=8, quarters=True),
        column("organisations", "partners", most_rows=2),
        *more,
    ]
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "sum"},
            "sections": [{"key": "one", "title": EN, "questions": asked_for}],
        }
    )


def asked_as(key: str) -> Any:
    return next(question for question in a_form().questions if question.key == key)


def typed(question: Rows, *rows: Mapping[str, str | list[str]]) -> Typed:
    """What is typed into the rows; a gap in the numbers of rows does not matter."""
    found: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        for key, text in row.items():
            texts = [text] if isinstance(text, str) else text
            found[f"{question.name}-{index * 3}-c_{key}"] = texts
    return found


def test_a_table_reads_each_cell_by_the_kind_of_its_column() -> None:
    table = asked_as("staff")
    given = typed(
        table,
        {"role": "Lawyer", "months": "2,5", "cost": "1.000,50", "grade": "a", "own": "no"},
        {"since-day": "1", "since-month": "March", "since-year": "2026", "role": "Nurse"},
    )
    reading = table.read(given)
    assert reading.problems == ()
    blank = dict.fromkeys(("role", "months", "cost", "since", "grade", "own"))
    lawyer = {"role": "Lawyer", "months": "2.5", "cost": "1000.50", "grade": "a", "own": False}
    assert reading.value == [blank | lawyer, blank | {"role": "Nurse", "since": "2026-03-01"}]
    assert all(table.owns(name) for name in given)
    assert not any(
        map(table.owns, ("q_staff-0-role", "q_staff-0-c_x", "q_staff-add", "q_staff-0-c_role-x"))
    )


def test_each_cell_and_the_number_of_rows_tell_what_is_wrong() -> None:
    table = asked_as("staff")
    one = table.read(typed(table, {"cost": "-1", "grade": "z", "since-day": "31"}))
    assert [(p.place, p.fault) for p in one.problems] == [
        ("q_staff-0-c_role", Fault.MISSING),
        ("q_staff-0-c_cost", Fault.WRONG),
        ("q_staff-0-c_since-day", Fault.WRONG),
        ("q_staff-0-c_grade", Fault.WRONG),
        ("q_staff-0-c_role", Fault.MISSING),
    ]
    assert {problem.question for problem in one.problems} == {"staff"}
    assert "at least 2 rows" in one.problems[-1].message
    many = table.read(typed(table, *({"role": "x"},) * 4))
    assert [problem.message for problem in many.problems] == ["Enter no more than 3 rows."]
    assert table.read({}).problems == ()


def test_a_logical_framework_needs_indicators_and_targets_where_results_are_measured() -> None:
    frame = asked_as("frame")
    assert frame.read({}).problems[0].fault is Fault.MISSING
    goal = {"level": "goal", "result": "Fewer girls are exploited"}
    outcome = {"level": "outcome", "result": "Girls are safe", "indicator": "Girls sheltered"}
    places = [p.place for p in frame.read(typed(frame, goal, outcome)).problems]
    assert places == ["q_frame-3-c_target", "q_frame-0-c_level"], "a target, and an output"
    output = {**outcome, "level": "output", "target": "20"}
    assert not frame.read(typed(frame, goal, {**outcome, "target": "20"}, output)).problems


def test_a_work_plan_tells_when_in_numbered_periods() -> None:
    plan = asked_as("plan")
    reading = plan.read(typed(plan, {"activity": "Train", "when": ["1", "2", "8"]}))
    assert reading.value == [{"activity": "Train", "responsible": None, "when": ["1", "2", "8"]}]
    assert plan.read(typed(plan, {"activity": "Train"})).problems[0].place == "q_plan-0-c_when"
    assert plan.read(typed(plan, {"activity": "T", "when": ["9"]})).problems[0].fault is Fault.WRONG
    assert runs(["3", "1", "2", "7", "10"]) == "1–3, 7, 10"


def test_an_organisation_is_named_by_its_code_or_described() -> None:
    partners = asked_as("partners")
    assert not partners.read(typed(partners, {"code": "CASA"})).problems
    said = partners.read(typed(partners, {"name": "Casa Segura"})).problems
    assert [problem.place for problem in said] == ["q_partners-0-c_country"]


def test_rows_are_shown_with_their_words_sums_and_periods() -> None:
    form = a_form()
    answers = shown_sections(
        form,
        {
            "staff": [
                {"role": "Lawyer", "months": "2.5", "cost": "10.50", "grade": "a", "own": True},
                {"role": "Nurse", "months": "3", "cost": "0.50"},
            ],
            "plan": [{"activity": "Train", "when": ["2", "3"]}],
        },
    )[0].answers
    by_key = {answer.key: answer for answer in answers}
    staff = by_key["staff"].table
    assert staff is not None
    assert staff.rows[0][-2:] == ("Text", "Yes")
    assert [str(cell) for cell in staff.foot[:3]] == ["Total", "5.5", "11.00"]
    plan = by_key["plan"].table
    assert plan is not None
    assert plan.rows == (("Train", None, "2–3"),)
    assert all(answer.rule for answer in blank_sections(form)[0].answers)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": []}, "1 to 12 columns"),
        (
            {"columns": [column("by_service", "role")], "totals": []},
            "cannot be of the kind “by_service”",
        ),
        ({"columns": [column("short_text", "a")] * 2, "totals": []}, "each column its own key"),
        ({"totals": ["role"]}, "add up only columns"),
        ({"least_rows": 5}, "the smallest number first"),
        ({"columns": [column("one_of", "role")], "totals": []}, "Role: give it at least two"),
    ],
)
def test_the_check_of_a_form_names_what_is_wrong_with_a_table(
    change: dict[str, Any], said: str
) -> None:
    assert any(said in fault for fault in faults_in_words(a_form(**change)))


def test_conditions_and_checks_know_rows_and_their_sums() -> None:
    late = column("yes_no", "late", show_when='total(staff, "cost") > 10 and count(staff) == 2')
    form = a_form(late)
    assert faults_in_words(form) == []
    rows = [{"role": "Lawyer", "cost": "10.50"}, {"role": "Nurse", "cost": "0.50"}]
    assert "late" in verdict_on(form, {"staff": rows}).visible
    assert "late" not in verdict_on(form, {"staff": rows[:1]}).visible
    assert verdict_on(form, {"staff": rows[:1]}).missing == ["staff", "frame"]
    assert verdict_on(form, {"staff": [{"role": 7}]}).faults[0][0] == "staff"
    for wrong, why in {
        "total(staff) > 1": "name a column of “Staff”",
        'total(staff, "role") > 1': "name a column of “Staff”",
        "staff == 1": "cannot be compared",
        'share(staff, "cost") > 1': "cannot be used with",
        'total(frame, "x") > 1': "there are none",
    }.items():
        bad = a_form(column("yes_no", "late", show_when=wrong))
        assert any(why in fault for fault in faults_in_words(bad)), wrong


def test_a_cell_is_a_question_of_its_own() -> None:
    """What a column knows, its cells know: they cannot read differently."""
    kinds: dict[str, type[Rows]] = {
        "staff": Table,
        "frame": LogicalFramework,
        "plan": WorkPlan,
    }
    for key, kind in kinds.items():
        table: Rows = asked_as(key)
        cells = [table.cell("0", one) for one in table.row]
        assert type(table) is kind
        assert [type(cell) for cell in cells] == [type(one) for one in table.row]
        assert all(table.owns(cell.target) for cell in cells)
    assert isinstance(asked_as("plan").row[2], SeveralOf)
    assert isinstance(asked_as("partners"), Organisations)


def test_several_countries_are_each_named_once_and_read_in_the_language_of_the_reader() -> None:
    question = Countries(key="where", label={"en": "Where"}, most_rows=3)
    names = [f"q_where-{row}-c_country" for row in range(3)]
    reading = question.read({names[0]: ["KE"], names[1]: [""], names[2]: ["DE"]})
    assert reading.value == [{"country": "KE"}, {"country": "DE"}]
    assert reading.problems == ()
    with use_language("fr"):
        assert question.wording(reading.value).items == ("Kenya", "Allemagne")
    assert question.rule() == "Up to 3 countries"
    (problem,) = question.read({names[0]: ["KE"], names[2]: ["KE"]}).problems
    assert problem.message == "Choose each country only once."
    (problem,) = question.read({names[0]: ["XX"]}).problems
    assert problem.place == names[0]
