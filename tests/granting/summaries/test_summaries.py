"""The summary that a grantee writes for the public: nobody reads it before the fund releases it."""

import json
from dataclasses import replace

import pytest

from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.queries import viewer_of
from grants.granting.reporting.public_summary import QUESTION, SECTION, summary_in
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.service import submit
from grants.granting.reporting.work import Work
from grants.granting.summaries.queries import to_decide, to_decide_count
from grants.granting.summaries.service import release_summary, withhold_summary
from grants.publishing.facts.grants import published_grants
from grants.publishing.naming.service import publish_name, withhold_name
from tests.factories import act_of, an_organisation, member
from tests.grants import (
    Scene,
    a_running_grant,
    accept_report,
    an_accepted_report,
    an_approved_award,
    publish_results,
    report_content,
)
from tests.platform.web.client import SignInAs, StrictClient

TEXT = "Two hundred women slept safely.\nThe shelter stays open."


@pytest.fixture
def reported(scene: Scene) -> Scene:
    """A named grant whose final report is accepted, with a summary for the public."""
    running = scene.run()
    session = running.session
    *interim, final = running.reports
    for report in interim:
        an_accepted_report(session, report, running.people)
    content = report_content(session, final, spent="0", people=14)
    content = replace(content, answers={**content.answers, SECTION: {f"q_{QUESTION}": [TEXT]}})
    submit(session, final, content, act_of(session, running.people.grantee))
    accept_report(session, final, running.people)
    publish_name(session, running.award, act_of(session, running.people.manager))
    session.commit()
    return running


def public_address(scene: Scene) -> str:
    return f"/funds/{scene.fund.code}/grants/{scene.award.reference}"


def test_only_the_final_report_asks_for_it(running: Scene) -> None:
    *interim, final = (Work(running.session, report) for report in running.reports)
    assert SECTION in [section.key for section in final.form.sections]
    for work in interim:
        assert SECTION not in [section.key for section in work.form.sections]


def test_it_is_published_by_the_programme_officer_from_the_to_do(
    reported: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    assert summary_in(reported.reports[-1]) == TEXT
    assert "slept safely" not in client.get(public_address(reported)).text
    officer = sign_in_as(reported.people.officer)
    assert "/grants/" in officer.get("/public-summaries").text
    path = f"/grants/{reported.award.reference}/public-summary"
    assert path in officer.get("/public-summaries").text
    assert path in officer.get(f"/grants/{reported.award.reference}").text
    assert "slept safely" in officer.get(path).text
    officer.submit(path, {"decision": "released"})
    assert "slept safely" in client.get(public_address(reported)).text
    place = f"/funds/{reported.fund.code}"
    (row,) = json.loads(client.get(f"{place}/data/grants.json").data)["data"]
    assert row["summary"] == TEXT
    (grant,) = json.loads(client.get(f"{place}/standards/360giving.json").data)["grants"]
    assert grant["description"] == TEXT
    assert "slept safely" in client.get(f"{place}/standards/iati-activities.xml").text
    assert path not in officer.get("/public-summaries").text


def test_it_is_withdrawn_for_a_reason_alone(
    reported: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    officer = sign_in_as(reported.people.officer)
    path = f"/grants/{reported.award.reference}/public-summary"
    officer.submit(path, {"decision": "released"})
    assert "Give the reason" in officer.submit(path, {"decision": "withheld"}).text
    officer.submit(path, {"decision": "withheld", "reason": "It names a street."})
    assert "slept safely" not in client.get(public_address(reported)).text
    assert "names a street" not in client.get(public_address(reported)).text


def test_an_organisation_that_is_not_named_has_no_summary_in_public(reported: Scene) -> None:
    session, award = reported.session, reported.award
    officer = act_of(session, reported.people.officer)
    release_summary(session, award, officer)
    assert published_grants(session, reported.fund)[0].summary == TEXT
    withhold_name(session, award, act_of(session, reported.people.manager))
    session.flush()
    (grant,) = published_grants(session, reported.fund)
    assert (grant.summary, grant.planned, grant.reached) == (None, None, None)
    with pytest.raises(DomainError, match="name of this organisation"):
        release_summary(session, award, officer)


def test_who_does_not_answer_narratives_releases_nothing(
    reported: Scene, sign_in_as: SignInAs
) -> None:
    session = reported.session
    for person in (reported.people.manager, reported.people.grantee, reported.people.finance):
        with pytest.raises(Forbidden):
            release_summary(session, reported.award, act_of(session, person))
        with pytest.raises(Forbidden):
            withhold_summary(session, reported.award, act_of(session, person, "No."))
        path = f"/grants/{reported.award.reference}/public-summary"
        assert sign_in_as(person).get(path).status_code in (403, 404)


def test_it_waits_for_the_officer_until_it_is_decided(reported: Scene) -> None:
    session = reported.session
    officer = viewer_of(session, reported.people.officer.id)
    assert officer is not None
    assert session.scalar(to_decide_count(officer)) == 1
    assert session.scalars(to_decide(officer)).all() == [reported.award]
    withhold_summary(session, reported.award, act_of(session, reported.people.officer, "Risky."))
    assert session.scalar(to_decide_count(officer)) == 0


def test_people_of_a_named_grant_are_told_once_they_are_published(
    reported: Scene, client: StrictClient
) -> None:
    (before,) = published_grants(reported.session, reported.fund)
    assert before.reached is None
    publish_results(reported.session, reported.fund, reported.people)
    reported.session.commit()
    (grant,) = published_grants(reported.session, reported.fund)
    counted = sum(report.people for report in reported.reports)
    assert grant.reached == counted
    page = client.get(public_address(reported)).text
    assert "People reached" in page
    assert str(counted) in page
    tree = client.get(f"/funds/{reported.fund.code}/standards/iati-activities.xml").text
    assert f'<actual value="{counted}"' in tree


def test_a_withheld_grant_beside_a_named_one_has_no_people(reported: Scene) -> None:
    session, people = reported.session, reported.people
    organisation = an_organisation(session, "Puerta Abierta")
    other = an_approved_award(session, reported.fund, organisation, people.approver)
    a_running_grant(session, other, people.manager)
    another = replace(people, grantee=member(session, organisation, name="Ana Other"))
    an_accepted_report(session, reports_of(session, other.id)[0], another, reached=40)
    publish_results(session, reported.fund, people)
    told = {grant.number: grant.reached for grant in published_grants(session, reported.fund)}
    assert told[reported.award.id]
    assert told[other.id] is None
    publish_name(session, other, act_of(session, people.manager))
    told = {grant.number: grant.reached for grant in published_grants(session, reported.fund)}
    assert told[other.id] == 40
