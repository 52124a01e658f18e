"""How an organisation did with earlier grants stands where its next application is decided."""

from datetime import timedelta

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Organisation
from grants.granting.findings.service import close
from grants.granting.findings.workflow import Severity
from grants.granting.performance.queries import Performance, performance_of_each, summaries
from grants.granting.reporting.service import send_back, submit
from tests.factories import a_closed_call, a_submitted_application, act_of, an_organisation
from tests.granting.findings.register import a_finding, an_answered_finding
from tests.grants import Scene, a_closed_grant, report_content
from tests.platform.web.client import SignInAs


def performance(session: Session, organisation: Organisation) -> Performance:
    return performance_of_each(session, [organisation.id])[organisation.id]


def test_an_organisation_without_a_grant_has_no_record(session: Session) -> None:
    newcomer = an_organisation(session, "Nova Vita", "MD")
    assert performance(session, newcomer).summary == ""
    assert summaries(session, []) == {}


def test_an_award_that_is_not_signed_is_no_record(scene: Scene) -> None:
    told = performance(scene.session, scene.organisation)
    assert (len(told.grants), told.signed, told.summary) == (1, [], "")


def test_late_and_returned_reports_and_findings_are_counted(scene: Scene) -> None:
    session, report = scene.session, scene.run().reports[0]
    report.covers_to = report.due_on = clock.today() - timedelta(10)
    first = report_content(session, report)
    submit(session, report, first, act_of(session, scene.people.grantee))
    words = {"story": "Say what was done in May."}
    send_back(session, report, words, act_of(session, scene.people.officer))
    submit(session, report, first, act_of(session, scene.people.grantee))
    a_finding(scene, severity=Severity.HIGH)
    answered = an_answered_finding(scene)
    close(session, answered, "All receipts are there.", act_of(session, scene.people.manager))
    (grant,) = performance(session, scene.organisation).grants
    assert (grant.late, grant.returned) == (1, 1)
    assert (grant.findings, grant.high, grant.unfinished) == (2, 1, 1)
    assert not grant.went_well
    assert performance(session, scene.organisation).has_problems


def test_a_grant_that_was_closed_in_order_is_said_to_have_gone_well(scene: Scene) -> None:
    session = scene.session
    a_closed_grant(session, scene.award, scene.people)
    (grant,) = performance(session, scene.organisation).grants
    assert grant.is_closed
    told = performance(session, scene.organisation).summary
    assert told.startswith("1 earlier grant")
    assert grant.went_well is ("closed without problems" in told)


def test_it_stands_beside_screening_and_in_the_case(
    scene: Scene, fund: Fund, sign_in_as: SignInAs
) -> None:
    session = scene.session
    scene.run()
    a_finding(scene, severity=Severity.HIGH)
    application = a_submitted_application(session, a_closed_call(session, fund), scene.organisation)
    session.commit()
    page = sign_in_as(scene.people.officer).get(f"/screening/{application.reference}").text
    assert "Earlier grants" in page
    assert "1 finding of high severity" in page
    assert f'href="/grants/{scene.award.reference}"' in page
