"""A report asks what its call asks: written, checked, submitted, read and printed like the rest."""

import re

import pytest

from grants.applying.calls.standard.grantee import STANDARD_REPORT
from grants.core.kernel.errors import DomainError
from grants.granting.reporting.models import Report
from grants.granting.reporting.service import send_back, submit
from grants.granting.reporting.work import Work
from grants.papers.statements.builders.grants.grant_report import grant_report
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questionnaires.written import to_json
from grants.platform.questions import LongText, Number, ShortText, Table, YesNo
from tests.applying.builder.test_builder import hidden
from tests.factories import act_of
from tests.granting.reporting.test_drafts import complete, save, work
from tests.granting.reporting.test_planned import with_a_plan
from tests.grants import Scene
from tests.platform.web.client import SignInAs

PARTNERS = Section(
    key="partners",
    title={"en": "Partners"},
    questions=(
        YesNo(key="with_partners", label={"en": "Did partners take part?"}, required=True),
        LongText(
            key="who",
            label={"en": "Which, and for what?"},
            required=True,
            limit=500,
            show_when="with_partners == true",
        ),
        Number(key="meetings", label={"en": "Meetings"}, required=True, least=0),
        Table(
            key="trainings",
            label={"en": "Trainings"},
            columns=(ShortText(key="topic", label={"en": "Topic"}, required=True),),
        ),
    ),
)
OWN = Form(
    sections=(PARTNERS,),
    checks=(Check(rule="meetings <= 50", message={"en": "At most 50 meetings."}, at="meetings"),),
)
TYPED = {"q_with_partners": ["yes"], "q_who": ["Refugio Sur, legal aid."], "q_meetings": ["4"]}


@pytest.fixture
def running(scene: Scene) -> Scene:
    with_a_plan(scene)
    assert scene.award.application is not None
    call = scene.award.application.call
    both = Form(sections=(*STANDARD_REPORT.sections, *OWN.sections), checks=OWN.checks)
    call.grantee_forms = {"report-form": to_json(both)}
    scene.session.flush()
    return scene


def complete_rest(scene: Scene) -> None:
    """Everything but what the call asks besides."""
    complete(scene)
    results = work(scene).form.section("results").questions
    save(scene, "results", {q.name: ["Half of it."] for q in results if q.required})


def first_report(scene: Scene) -> Report:
    return scene.reports[0]


def problems(scene: Scene) -> list[str]:
    return [problem.words for problem in work(scene).part("partners").problems]


def test_what_the_call_asks_stands_before_what_every_report_asks(running: Scene) -> None:
    keys = [section.key for section in work(running).form.sections]
    assert keys[:2] == ["story", "partners"]
    assert keys[-3:] == ["people", "services", "money"]


def test_conditions_and_checks_are_those_of_the_form(running: Scene) -> None:
    complete_rest(running)
    assert len(problems(running)) == 2  # what is asked on a condition is not missing yet
    first = save(running, "partners", TYPED | {"q_who": [], "q_meetings": ["51"]}).version
    missing, broken = problems(running)
    assert missing == "Fill in “Which, and for what?”."
    assert broken.startswith("At most 50 meetings.")
    version = save(running, "partners", TYPED, first).version
    assert work(running).is_complete
    save(running, "partners", {"q_with_partners": ["no"], "q_meetings": ["0"]}, version)
    assert work(running).is_complete
    assert "who" in work(running).part("partners").hidden


def test_a_report_is_not_submitted_without_the_answers_to_its_call(running: Scene) -> None:
    complete_rest(running)
    act = act_of(running.session, running.people.grantee)
    with pytest.raises(DomainError, match="Did partners take part"):
        submit(running.session, first_report(running), work(running).content, act)


def test_it_is_read_printed_and_returned_section_by_section(
    running: Scene, sign_in_as: SignInAs
) -> None:
    session, report, people = running.session, first_report(running), running.people
    complete_rest(running)
    save(running, "partners", TYPED)
    submit(session, report, work(running).content, act_of(session, people.grantee))
    assert report.answers["partners"] == TYPED
    assert report.narrative == "We opened a shelter."
    paper = grant_report(session, f"{running.award.reference}/{report.number}").facts
    section = next(part for part in paper.sections if part.key == "partners")
    assert [answer.text for answer in section.answers][:2] == ["Yes", "Refugio Sur, legal aid."]
    session.commit()
    here = f"/grants/{running.award.reference}/reports/{report.number}"
    assert "Refugio Sur, legal aid." in sign_in_as(people.officer).get(here).text
    correct = {"partners": "Say how many meetings there were."}
    send_back(session, report, correct, act_of(session, people.officer))
    again = Work(session, report)
    assert [p.section.key for p in again.parts if again.is_open(p)] == ["partners"]
    assert again.part("partners").typed == TYPED


def test_rows_are_added_and_questions_appear_on_the_page(
    running: Scene, sign_in_as: SignInAs
) -> None:
    running.session.commit()
    luz = sign_in_as(running.people.grantee)
    here = f"/grants/{running.award.reference}/reports/1/sections/partners"
    assert luz.get(here).text.count('data-question="who" hidden') == 1
    row = {"q_trainings-0-c_topic": "Law", "q_trainings-add": "1"}
    more = luz.submit(here, {"q_with_partners": "yes", "hidden": "who", **row})
    assert "q_trainings-1-c_topic" in re.findall('name="([^"]*)"', more.text)
    version = hidden(more.text)["version"]
    shown = luz.submit(here, {"q_with_partners": "yes", "version": version, "hidden": "who"})
    assert shown.status_code == 302
    assert shown.location.endswith("/sections/partners#q_who")
