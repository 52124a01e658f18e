"""Results that the application promised are carried over; reports tell what was reached."""

from dataclasses import replace

import pytest

from grants.applying.applications.models import Application
from grants.core.kernel.errors import DomainError
from grants.granting.reporting.planned import reported_results
from grants.granting.reporting.projects import promise_of
from grants.granting.reporting.service import submit
from grants.granting.reporting.work import Work
from grants.papers.statements.catalogue import paper_of
from grants.platform.questionnaires.form import Form
from grants.platform.questions import LogicalFramework
from tests.factories import a_call, a_submission, act_of
from tests.granting.agreements.test_pages import text_of
from tests.granting.reporting.test_pages import url
from tests.grants import Scene, accept_report, report_content
from tests.platform.web.client import SignInAs

ROW = {"source": None, "assumptions": None}
ROWS = [
    {"level": "goal", "result": "Survivors live free.", "indicator": None, "baseline": None}
    | ROW
    | {"target": None},
    {
        "level": "outcome",
        "result": "Girls return to school.",
        "indicator": "Girls in school",
        "baseline": "12",
        "target": "80",
    }
    | ROW,
    {
        "level": "output",
        "result": "Teachers are trained.",
        "indicator": "Teachers trained",
        "baseline": "0",
        "target": "20",
    }
    | ROW,
]


@pytest.fixture
def promised(scene: Scene) -> Scene:
    """A running grant on an application whose results are two paragraphs."""
    scene.award.application = an_application(scene)
    return scene.run()


def an_application(scene: Scene) -> Application:
    application = a_submission(scene.session, a_call(scene.session, scene.fund), name="Promise")
    scene.session.flush()
    return application


def told_by(scene: Scene, **more: str) -> dict[str, dict[str, str]]:
    results = promise_of(scene.award).results
    return {
        str(number): {"now": f"{number} now", "so_far": f"{number} so far", **more}
        for number, _result in enumerate(results, 1)
    }


def test_without_a_logical_framework_each_paragraph_on_results_is_one(promised: Scene) -> None:
    promise = promise_of(promised.award)
    assert promise.objective
    assert [result.text for result in promise.results]
    assert all(result.indicator == "" for result in promise.results)


def test_rows_with_an_indicator_are_reported_on(
    promised: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = promised.award.application
    assert application is not None
    call = type(application.call)
    question = LogicalFramework(key="plan", label={"en": "Plan"})
    form = application.call.questionnaire
    first, *others = form.sections
    wider = replace(first, questions=(*first.questions, question))
    monkeypatch.setattr(
        call, "questionnaire", property(lambda _call: Form(sections=(wider, *others)))
    )
    monkeypatch.setattr(
        "grants.granting.reporting.projects.answers_of", lambda _application: {"plan": ROWS}
    )
    first_result, second = promise_of(promised.award).results
    assert (first_result.text, first_result.baseline, first_result.target) == (
        "Girls return to school.",
        "12",
        "80",
    )
    assert second.title == "Teachers trained"


def test_what_was_reached_is_asked_kept_and_carried_to_the_next_report(promised: Scene) -> None:
    session, people = promised.session, promised.people
    first, second = promised.reports
    content = report_content(session, first)
    with pytest.raises(DomainError, match="State what was achieved for"):
        submit(session, first, replace(content, results={}), act_of(session, people.grantee))
    told = replace(content, results=told_by(promised, why="Floods."))
    submit(session, first, told, act_of(session, people.grantee))
    assert Work(session, first).content.results == told.results
    accept_report(session, first, people)
    results = reported_results(session, second, {})
    assert [result.before for result in results] == [
        f"{result.number} so far" for result in results
    ]
    paper = paper_of(session, "grant-report", f"{promised.award.reference}/1")
    assert [result.why for result in paper.facts.results] == ["Floods."] * len(results)


def test_the_page_asks_for_each_result_under_its_plan(
    promised: Scene, sign_in_as: SignInAs
) -> None:
    promised.session.commit()
    browser = sign_in_as(promised.people.grantee)
    page = text_of(browser.get(url(promised, "/sections/results")))
    for result in promise_of(promised.award).results:
        assert result.text in page
    assert page.count("Reached so far") == len(promise_of(promised.award).results)
    assert "What you had planned" in text_of(browser.get(url(promised, "/sections/story")))
