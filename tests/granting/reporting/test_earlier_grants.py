"""What the fund knows of an organisation's earlier grants, when it applies again."""

from datetime import timedelta

import pytest

from grants.applying.applications.models import Application
from grants.core.kernel import clock
from grants.deciding.screening.suggestions import Facts, Suggestion, suggest
from grants.granting.reporting.models import Report
from tests.factories import a_closed_call, a_submitted_application
from tests.grants import Scene, an_accepted_report

CRITERION = {"key": "reports"}


@pytest.fixture
def application(scene: Scene) -> Application:
    """A new application by the organisation of the grant."""
    call = a_closed_call(scene.session, scene.fund)
    return a_submitted_application(scene.session, call, scene.organisation)


def suggested(scene: Scene, application: Application) -> Suggestion:
    suggestion = suggest(CRITERION, Facts.of(scene.session, application))
    assert suggestion is not None
    return suggestion


def make_late(scene: Scene) -> Report:
    """The first report was due yesterday, for a period that ended the day before."""
    first = scene.reports[0]
    first.covers_to = clock.today() - timedelta(2)
    first.due_on = clock.today() - timedelta(1)
    scene.session.flush()
    return first


def test_without_a_signed_grant_the_criterion_is_met(
    scene: Scene, application: Application
) -> None:
    assert suggested(scene, application) == Suggestion(
        True, "The organisation has had no grant from the fund so far."
    )


def test_an_overdue_report_is_named_until_it_is_sent(
    scene: Scene, application: Application
) -> None:
    scene.run()
    scene.reports[0].due_on = clock.today()
    scene.session.flush()
    told = suggested(scene, application)
    assert told.met
    assert told.because == "No report is overdue on the 1 grant of this organisation."
    first = make_late(scene)
    told = suggested(scene, application)
    assert told.met is False
    assert f"report 1 on {scene.award.reference}, due" in told.because
    an_accepted_report(scene.session, first, scene.people, "8000")
    assert suggested(scene, application).met


def test_the_reports_of_another_organisation_do_not_count(
    scene: Scene, application: Application
) -> None:
    scene.run()
    make_late(scene)
    other = a_submitted_application(scene.session, application.call)
    assert other.organisation_id != scene.organisation.id
    assert suggested(scene, other).met
