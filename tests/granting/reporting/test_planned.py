"""Planned and actual people stand side by side, and different ways of counting are named."""

import re
from dataclasses import replace

import pytest

from grants.applying.applications.models import Clarification
from grants.applying.applications.queries import answers_of
from grants.applying.applications.workflow import ClarificationState
from grants.applying.drafts.service import save_section, section_of
from grants.applying.submissions.service import submit as submit_application
from grants.core.kernel import clock
from grants.granting.reporting.models import Report
from grants.granting.reporting.planned import Reached, reached_by, reached_in
from grants.granting.reporting.service import submit
from grants.papers.statements.catalogue import paper_of
from tests.factories import a_call, a_complete_draft, act_of, writer_of
from tests.grants import Scene, accept_report, report_content
from tests.platform.web.client import SignInAs

SEVERAL = {"q_forms-begging-people": ["30"]}
"""Thirty of the 65 are planned under a second form."""


def with_a_plan(scene: Scene, **more: list[str]) -> Scene:
    """A running grant whose application planned 40 girls and 25 women, 65 by form and more."""
    session = scene.session
    application = a_complete_draft(session, a_call(session, scene.fund), name="The Planner")
    by, home = writer_of(session, application), section_of(application, "forms")
    row = answers_of(session, application.id)[home]
    save_section(session, application, home, {**row.given, **more}, row.version, by)
    submit_application(session, application, by)
    scene.award.application = application
    session.flush()
    return scene.run()


@pytest.fixture
def planned(scene: Scene) -> Scene:
    return with_a_plan(scene)


def sent(scene: Scene, at: int, people: int, form: str = "sexual", *, ok: bool = True) -> Report:
    report = scene.reports[at]
    content = report_content(scene.session, report, people=people)
    content = replace(content, exploitation={form: people})
    submit(scene.session, report, content, act_of(scene.session, scene.people.grantee))
    if ok:
        accept_report(scene.session, report, scene.people)
    return report


def seen(reached: Reached | None) -> dict[str, tuple[int, int, int, int]]:
    assert reached is not None
    lines = (*reached.by_form, *reached.by_person)
    return {line.label: (line.planned, line.before, line.now, line.so_far) for line in lines}


def _reached(scene: Scene) -> Reached | None:
    return reached_by(scene.session, scene.award, scene.reports)


GIRLS, WOMEN = "Women and girls, 12 to 17", "Women and girls, 18 to 24"


def test_each_group_is_told_as_planned_before_now_and_so_far(planned: Scene) -> None:
    sent(planned, 0, 14)
    report = sent(planned, 1, 6, "labour", ok=False)
    found = seen(reached_in(planned.session, report, report.beneficiaries, report.exploitation))
    assert found[GIRLS] == (40, 0, 0, 0)
    assert found[WOMEN] == (25, 14, 6, 20)
    assert found["Forced labour or services"] == (0, 0, 6, 6)
    assert len(found) == 4


def test_the_grant_counts_accepted_reports_alone(planned: Scene) -> None:
    sent(planned, 0, 14)
    sent(planned, 1, 6, ok=False)
    assert seen(_reached(planned))[WOMEN] == (25, 14, 0, 14)


def test_a_plan_of_several_forms_for_a_person_is_no_shortfall(scene: Scene) -> None:
    planned = with_a_plan(scene, **SEVERAL)
    reached = _reached(planned)
    assert reached is not None
    assert reached.counts_several
    assert not reached.counts_fewer
    assert (reached.planned_people, reached.planned_by_form) == (65, 95)


def test_a_clarified_plan_counts_instead_of_the_submitted_one(planned: Scene) -> None:
    application = planned.award.application
    assert application is not None
    application.clarifications.append(
        Clarification(
            state=ClarificationState.ANSWERED,
            sections=["beneficiaries"],
            question="Fewer?",
            asked_at=clock.now(),
            due_at=clock.now(),
            answered_at=clock.now(),
            before={"answers": {}, "files": []},
            after={"answers": {"direct_beneficiaries": {"male": {"60+": 7}}}, "files": []},
        )
    )
    planned.session.flush()
    found = seen(_reached(planned))
    assert found["Men and boys, 60 and over"] == (7, 0, 0, 0)
    assert WOMEN not in found


def test_a_grant_without_an_application_here_has_no_plan(scene: Scene) -> None:
    scene.run()
    assert _reached(scene) is None


def test_the_pages_and_the_paper_show_both_and_say_the_difference(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    planned = with_a_plan(scene, **SEVERAL)
    report, session = sent(planned, 0, 14), planned.session
    browser = sign_in_as(planned.people.officer)
    path = f"/grants/{planned.award.reference}"
    for page in (f"{path}/reports/{report.number}", f"{path}?part=people"):
        text = browser.get(page).text
        assert re.search("95</bdi> entries by form of exploitation for .*65</bdi> people", text)
        assert "Forced begging" in text
    paper = paper_of(session, "grant-report", f"{planned.award.reference}/{report.number}")
    assert paper.facts.reached.counts_several
    assert (
        sign_in_as(planned.people.grantee)
        .get(f"/documents/grant-report/{planned.award.reference}/{report.number}.json")
        .status_code
        == 200
    )
