"""People counted by a fund's own groups and bands, and what they are in results."""

import json
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.drafts.service import save_section
from grants.applying.submissions.service import submit
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.granting.reporting.planned import people_planned
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import from_json, to_json
from grants.platform.questions import PeopleByGroup
from grants.platform.questions.groups import OF_NONE
from tests.applying.applications.forms import conditional_form
from tests.applying.builder.test_builder import hidden
from tests.factories import a_call, a_draft, a_draft_call, staff, writer_of
from tests.platform.web.client import SignInAs


def _text(words: str) -> dict[str, str]:
    return {"en": words}


ASKED: dict[str, Any] = {
    "kind": "people_by_group",
    "key": "people",
    "label": _text("Whom will you reach?"),
    "groups": [
        {"code": "girls", "label": _text("Girls"), "sex": "female"},
        {"code": "officials", "label": _text("Officials")},
    ],
    "bands": [
        {"code": "under_12", "label": _text("Under 12"), "age": "0-11"},
        {"code": "to_19", "label": _text("10 to 19")},
    ],
    "required": True,
}
ANSWER = {"girls": {"under_12": 5, "to_19": 7}, "officials": {"under_12": 0, "to_19": 3}}


def form_with(*questions: dict[str, Any]) -> Form:
    data = json.loads(json.dumps(to_json(conditional_form())))
    data["sections"] = [
        data["sections"][0],
        {"key": "reach", "title": _text("Reach"), "questions": list(questions)},
    ]
    return from_json(data)


def test_groups_are_sound_round_trip_and_add_up() -> None:
    form = form_with(ASKED)
    assert faults_in_words(form) == []
    assert to_json(from_json(to_json(form))) == to_json(form)
    assert verdict_on(form, {"people": ANSWER}).faults == []
    question = form.section("reach").question("people")
    table = question.wording(ANSWER).table
    assert table
    assert table.foot == ("Total", 5, 10, 15)
    wrong = {**ASKED, "groups": [{**ASKED["groups"][0], "sex": "women"}]}
    assert any("not known" in told for told in faults_in_words(form_with(wrong)))


def test_people_of_no_single_sex_or_age_band_are_counted_apart() -> None:
    question = form_with(ASKED).section("reach").question("people")
    assert isinstance(question, PeopleByGroup)
    assert question.by_sex_and_age(ANSWER) == {"female": {"0-11": 5}, OF_NONE: {OF_NONE: 10}}


def test_an_application_tells_everyone_whom_it_plans_to_reach(session: Session, fund: Fund) -> None:
    form = form_with(ASKED)
    application = a_draft(session, a_call(session, fund, form=form))
    by = writer_of(session, application)
    project = {"q_title": ["House"], "q_asked": ["9000"], "q_partners": ["no"]}
    typed = dict(form.section("reach").question("people").as_typed(ANSWER))
    save_section(session, application, "project", project, 0, by)
    save_section(session, application, "reach", typed, 0, by)
    assert people_planned(application) == 0, "nothing is planned before it is submitted"
    submit(session, application, by)
    assert people_planned(application) == 15


def test_a_new_question_begins_with_the_standard_groups(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund, form=form_with(ASKED))
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    path = (
        f"/calls/{call.reference}/form/sections/reach/questions/new/people_by_group?begin=standard"
    )
    page = manager.get(path).text
    for words in ("Women and girls", "18 to 24", "Counts in results as"):
        assert words in page
    typed = {
        "label": "Who?",
        "groups-0-label": "Girls in school",
        "groups-0-sex": "female",
        "groups-1-label": "Teachers",
        "bands-0-label": "10 to 17",
        "bands-0-age": "12-17",
        "bands-1-label": "18 or more",
    }
    assert manager.post(path, data={**hidden(page), **typed}).status_code == 302
    session.expire_all()
    made = from_json(call.form).section("reach").questions[-1]
    assert isinstance(made, PeopleByGroup)
    assert [(group.label["en"], group.sex) for group in made.groups] == [
        ("Girls in school", "female"),
        ("Teachers", ""),
    ]
    assert made.bands[0].age == "12-17"
    edited = manager.get(f"/calls/{call.reference}/form/questions/{made.key}").text
    assert "Girls in school" in edited
