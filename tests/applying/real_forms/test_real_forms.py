"""Forms of real funders, as files that `call import` reads; README.md says what had no equal."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_files.carried import call_from_json, call_to_json, read_json
from grants.applying.call_files.importing import import_call
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questions import Computed, Table
from tests.factories import act_of, staff

FOLDER = Path(__file__).parent
FILES = ("concept_note.json", "action.json", "small_awards.json", "victims_of_torture.json")


def carried(name: str) -> Any:
    return call_from_json(read_json((FOLDER / name).read_text("utf-8")))


@pytest.mark.parametrize("name", FILES)
def test_a_real_form_is_sound_and_comes_in_as_a_file(
    name: str, session: Session, fund: Fund
) -> None:
    call = carried(name)
    assert faults_in_words(call.form) == []
    made, _new = import_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert json.loads(json.dumps(call_to_json(made)))["form"] == made.form
    assert any(isinstance(question, Table) for question in made.questionnaire.questions)


def messages(form: Form, answers: dict[str, Any]) -> set[str]:
    return {message for _key, message in verdict_on(form, answers).faults}


LINE = {"category": "running", "description": "Rent"}


def test_the_concept_note_keeps_the_rules_of_its_budget() -> None:
    form = carried("concept_note.json").form
    workshop = {"category": "workshop", "description": "Start"}
    good = [
        {**LINE, "amounts": {"fund": ["10000.00", "20000.00", "20000.00"], "own": ["5000.00"]}},
        {**workshop, "amounts": {"fund": ["10000.00", None, None]}},
    ]
    assert messages(form, {"budget": good}) == set()
    late = [{**LINE, "amounts": {"fund": ["5000.00", "5000.00", "90000.00"]}}]
    told = messages(form, {"budget": late})
    assert "No year takes more than 40% of the request." in told
    assert "Plan 10,000 for the workshop in the first year." in told
    staff_heavy = [good[1], {**good[0], "category": "personnel"}]
    assert "Personnel may take 20% of a request up to 500,000." in messages(
        form, {"budget": staff_heavy}
    )
    turnover = [{"row": "last", "year": 2030, "income": "100.00", "spent": "200.00"}]
    assert "Spending is far above income. Check both." in messages(form, {"turnover": turnover})


def test_the_budget_of_an_action_ties_its_sheets_together() -> None:
    form = carried("action.json").form
    costs = [
        {
            "category": "h1",
            "description": "Lawyer",
            "quantity": "10",
            "unit_cost": "1000.00",
            "amounts": {"eu": ["6000.00"], "applicants": ["4000.00"]},
        }
    ]
    rows = {"direct": "10000.00", "indirect": "700.00", "reserve": "500.00", "kind": "0.00"}
    summary = [{"row": code, "all_years": amount} for code, amount in rows.items()]
    sources = {"eu": "8000.00", "applicants": "3200.00", "others": "0", "income": "0"}
    funding = [{"row": code, "amount": amount} for code, amount in sources.items()]
    answers = {"costs": costs, "summary": summary, "funding": funding, "grant": "8000.00"}
    assert messages(form, answers) == set()
    plan = [{"activity": "Train judges", "responsible": "Lead", "when": ["1"]}]
    responsible = [{"activity": ["0"], "body": ["1"], "where": ["0", "1"]}]
    picks = {
        "plan": plan,
        "responsible": responsible,
        "places": [{"region": "North"}, {"region": "Coast"}],
        "co_name": {"name": "Casa Sur", "country": "HN"},
    }
    assert messages(form, {**answers, **picks}) == set()
    gone = messages(form, {**answers, **picks, "places": [{"region": "North"}]})
    assert any("“Where” is no longer" in told or "“Location” is no" in told for told in gone)
    summary[1]["all_years"] = "701.00"
    assert messages(form, answers) == {
        "Indirect costs are at most 7% of line 7.",
        "Sources and costs are equal.",
    }
    computed = [
        column
        for question in form.questions
        if isinstance(question, Table)
        for column in question.columns
        if isinstance(column, Computed)
    ]
    assert [column.formula for column in computed] == ["number * rate", "all_years - first_year"]


def test_the_form_of_small_awards_asks_of_each_payer_and_keeps_its_rules() -> None:
    form = carried("small_awards.json").form
    line = {"item": "Chairs", "asked": "600.00", "whole": "500.00"}
    answers: dict[str, Any] = {
        "costs": "500.00",
        "costs_list": [line],
        "aims": ["together", "places", "potential", "health"],
        "others_pay": True,
        "payer_gives": "100.00",
        "payer_sure": True,
        "another__payer": True,
        "payer_sure__2": False,
        "payer_gives__2": "50.00",
    }
    assert messages(form, answers) == {
        "Choose no more than 3 answers to “Which aims does it fit best?”.",
        "What you ask for is the sum of the lines.",
        "Ask for no more than the whole cost of a line.",
    }
    missing = verdict_on(form, answers).missing
    assert "payer_letter" in missing
    assert "payer_letter__2" not in missing
    assert "entitled" in missing
    assert "payer_name" not in verdict_on(form, {**answers, "others_pay": False}).visible


def test_the_form_for_victims_of_torture_ties_people_team_and_budget_together() -> None:
    form = carried("victims_of_torture.json").form
    salary = {"months": 12, "part": "50", "salary": "1000.00"}
    post = {"post": "Doctor", "field": "medical", "training": "Surgeon", **salary}
    answers: dict[str, Any] = {
        "standing": "first",
        "budget": [
            {
                "category": "staff",
                "description": "Doctor",
                "amounts": {"fund": ["4000.00"], "others": ["2000.00"]},
            }
        ],
        "sources": [{"who": "City", "sum": "2000.00", "state": "confirmed"}],
        "team": [{**post, "asked": "4000.00"}],
        "beneficiaries": {"women": {"survivors": 30, "family": 10}},
        "origins": [{"origin": "HN", "people": 40}],
        "new_people": 12,
        "founded": 1999,
        "assists_since": 2004,
    }
    assert messages(form, answers) == set()
    wrong = {
        "new_people": 41,
        "origins": [{"origin": "HN", "people": 39}],
        "team": [{**post, "asked": "6000.01"}],
        "assists_since": 1998,
    }
    assert messages(form, {**answers, **wrong}) == {
        "People by country of origin are all who are assisted.",
        "New people are part of all who are assisted.",
        "The Fund pays no more than the post costs.",
        "The team asks the Fund for what the budget has for staff.",
        "The work began after the organisation did.",
    }
    missing = verdict_on(form, answers).missing
    assert {"letter", "letter__2"} <= set(missing)
    assert "letter__3" not in missing
    assert "letter" not in verdict_on(form, {**answers, "standing": "ongoing"}).missing
    assert "medical_how" in verdict_on(form, {**answers, "assistance": ["medical"]}).missing
