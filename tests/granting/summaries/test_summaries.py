"""The summary that a grantee writes for the public: nobody reads it before the fund releases it."""

import json
from dataclasses import replace

import pytest

from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.queries import viewer_of
from grants.granting.reporting.public_summary import QUESTION, SECTION, summary_in
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.questions import PlannedResult
from grants.granting.reporting.service import submit
from grants.granting.reporting.work import Work
from grants.granting.summaries.measured import MeasuredResult
from grants.granting.summaries.queries import to_decide, to_decide_count
from grants.granting.summaries.service import release_summary, withhold_summary
from grants.publishing.facts.grants import published_grants, results_after
from grants.publishing.naming.service import publish_name, withhold_name
from tests.applying.references.letters import letters_to
from tests.factories import act_of, an_organisation, member
from tests.granting.reporting.test_results import an_application
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
from tests.publishing.standards.test_standards import faults_of

TEXT = "Two hundred women slept safely.\nThe shelter stays open."


PLANNED = (
    PlannedResult("Output", "Women are safe.", "Places in the shelter", "0", "20 places"),
    PlannedResult("Output", "Women have lawyers.", "Women with a lawyer", "", "40"),
    PlannedResult("Outcome", "The law is known.", "Judges who know the law", "1,200", "2,400"),
)
REACHED = ("24 places", "7", "2,350")


@pytest.fixture
def reported(scene: Scene) -> Scene:
    """A named grant whose final report is accepted, with a summary for the public."""
    return a_reported_grant(scene)


@pytest.fixture
def measured(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The same of a project with three indicators, of which one reached few."""
    scene.award.application = an_application(scene)
    monkeypatch.setattr(
        "grants.granting.reporting.projects._measured_rows", lambda *_answers: iter(PLANNED)
    )
    return a_reported_grant(scene)


def a_reported_grant(scene: Scene) -> Scene:
    running = scene.run()
    session = running.session
    *interim, final = running.reports
    for report in interim:
        an_accepted_report(session, report, running.people)
    content = report_content(session, final, spent="0", people=14)
    content = replace(
        content,
        answers={**content.answers, SECTION: {f"q_{QUESTION}": [TEXT]}},
        results={
            number: {"now": reached, "so_far": reached, "why": "Prices fell."}
            for number, reached in zip(content.results, REACHED, strict=False)
        },
    )
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


@pytest.mark.parametrize(
    ("reached", "few"),
    [
        ("24 places", False),
        ("7", True),
        ("0", False),
        ("1,200", False),
        ("1 200", False),
        ("about 10 of 300", True),
        ("3\u00a0500", False),
        ("Most of it.", False),
        ("11", False),
    ],
)
def test_a_small_count_is_seen_in_words(reached: str, few: bool) -> None:
    assert MeasuredResult(1, "Places", "", "", reached).says_few(11) is few


def test_measured_results_are_published_as_the_officer_chooses(
    measured: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    officer = sign_in_as(measured.people.officer)
    path = f"/grants/{measured.award.reference}/public-summary"
    offered = officer.get(path).text
    assert "Judges who know the law" in offered
    assert "Women with a lawyer" not in offered, "seven is a small count"
    officer.submit(path, {"decision": "released", "results": ["1"]})
    shown = client.get(public_address(measured)).text
    assert "Places in the shelter" in shown
    assert "24 places" in shown
    assert "Judges" not in shown
    place = f"/funds/{measured.fund.code}"
    (row,) = json.loads(client.get(f"{place}/data/indicators.json").data)["data"]
    assert (row["indicator"], row["target"], row["reached"]) == (
        "Places in the shelter",
        "20 places",
        "24 places",
    )
    assert row["grant"] == measured.award.reference
    iati = client.get(f"{place}/standards/iati-activities.xml").data
    assert "24 places" in iati.decode()
    assert faults_of(iati, "iati-activities-schema.xsd") == []
    officer.submit(path, {"decision": "withheld", "reason": "A shelter is too easily found."})
    assert "Places" not in client.get(public_address(measured)).text
    assert json.loads(client.get(f"{place}/data/indicators.json").data)["data"] == []


def test_no_small_result_and_none_of_a_withheld_name_is_published(measured: Scene) -> None:
    session, award, people = measured.session, measured.award, measured.people
    officer = act_of(session, people.officer)
    with pytest.raises(DomainError, match="small number"):
        release_summary(session, award, officer, [1, 2])
    release_summary(session, award, officer, [1, 3])
    assert [row.result.number for row in results_after(session, measured.fund)] == [1, 3]
    first, last = results_after(session, measured.fund)
    assert results_after(session, measured.fund, first.number) == [last]
    assert results_after(session, measured.fund, most=1) == [first]
    withhold_name(session, award, act_of(session, people.manager))
    session.flush()
    assert results_after(session, measured.fund) == []
    assert published_grants(session, measured.fund)[0].results == ()


def test_the_organisation_is_told_what_the_fund_decided(reported: Scene) -> None:
    session, award, people = reported.session, reported.award, reported.people
    release_summary(session, award, act_of(session, people.officer))
    withhold_summary(session, award, act_of(session, people.officer, "It names a street."))
    released, withheld = letters_to(session, people.grantee.email)[-2:]
    assert "can now read your summary" in released.subject
    assert f"/funds/{reported.fund.code}/grants/{award.reference}" in released.text
    assert "will not be published" in withheld.subject
    assert "It names a street." in withheld.text
