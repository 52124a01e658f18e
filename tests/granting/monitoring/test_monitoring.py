"""Visits, spot checks and audits: proposed by risk and amount, held, reported, then closed."""

from datetime import timedelta
from typing import Any

import pytest

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.awards.workflow import AwardState
from grants.granting.findings.models import Source
from grants.granting.monitoring.assurance import decide_plan, proposal_of, set_rules, usual_day
from grants.granting.monitoring.models import Activity, ActivityKind
from grants.granting.monitoring.queries import activities_of
from grants.granting.monitoring.service import (
    ActivityFacts,
    announce,
    cancel,
    change_activity,
    close,
    hold,
    note_finding,
    plan_activity,
    report,
)
from grants.granting.monitoring.workflow import ActivityState
from grants.integrity.risk.models import Risk
from grants.integrity.risk.service import rate_risk
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.readers import of_monitoring
from grants.platform.file_checks.checks import Upload
from tests.factories import act_of, an_organisation, member, staff
from tests.granting.agreements.test_pages import text_of
from tests.granting.findings.register import observed
from tests.granting.findings.test_findings import PDF
from tests.grants import Scene
from tests.platform.web.client import SignInAs

VISIT, CHECK, AUDIT = ActivityKind


def by(scene: Scene, rank: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, rank), reason)


def a_visit(scene: Scene, **other: Any) -> Activity:
    facts: dict[str, Any] = {
        "kind": VISIT,
        "due_on": clock.today() + timedelta(30),
        "purpose": "See the services.",
        "lead": scene.people.officer,
    }
    planned = ActivityFacts(**(facts | other))
    return plan_activity(scene.session, scene.award, planned, by(scene, "officer"))


def rated(scene: Scene, level: Risk) -> None:
    act = by(scene, "officer", "Its last audit was qualified.")
    rate_risk(scene.session, scene.organisation, scene.fund, level, act)


def kinds_of(scene: Scene) -> list[ActivityKind]:
    return [proposal.kind for proposal in proposal_of(scene.session, scene.award)]


def test_what_is_proposed_follows_from_risk_and_amount(running: Scene) -> None:
    assert kinds_of(running) == []
    rated(running, Risk.HIGH)
    assert kinds_of(running) == [VISIT, CHECK]
    rated(running, Risk.LOW)
    amounts = {VISIT: usd(30_000_00), CHECK: usd(19_000_00), AUDIT: usd(20_000_00)}
    with pytest.raises(Forbidden):
        set_rules(running.session, running.fund, amounts, by(running, "officer", "Audit said so."))
    set_rules(running.session, running.fund, amounts, by(running, "manager", "Audit said so."))
    running.session.flush()
    (proposal,) = proposal_of(running.session, running.award)
    assert proposal.kind is CHECK
    assert "19,000" in proposal.why


def test_a_plan_is_accepted_or_changed_with_a_reason(running: Scene) -> None:
    rated(running, Risk.HIGH)
    with pytest.raises(DomainError, match="not as proposed"):
        decide_plan(running.session, running.award, [VISIT], by(running, "officer"))
    plan = decide_plan(running.session, running.award, [VISIT, CHECK], by(running, "officer"))
    assert plan.chosen == [VISIT, CHECK]
    planned = activities_of(running.session, running.award.id)
    assert {item.kind: item.due_on for item in planned} == {
        kind: usual_day(running.award, kind) for kind in (VISIT, CHECK)
    }
    why = by(running, "officer", "The donor asks for an audit.")
    decide_plan(running.session, running.award, list(ActivityKind), why)
    assert len(activities_of(running.session, running.award.id)) == 3
    with pytest.raises(Forbidden):
        decide_plan(running.session, running.award, [], by(running, "finance", "No time."))


def test_a_visit_goes_its_way_and_its_findings_are_in_the_register(running: Scene) -> None:
    visit, officer = a_visit(running), by(running, "officer")
    announce(running.session, visit, clock.today() + timedelta(3), "The town hall", officer)
    with pytest.raises(DomainError):
        hold(running.session, visit, clock.today() + timedelta(3), officer)
    with pytest.raises(Conflict):
        note_finding(running.session, visit, observed(running), officer)
    hold(running.session, visit, clock.today(), officer)
    finding = note_finding(running.session, visit, observed(running, source=Source.OTHER), officer)
    assert finding.source is Source.VISIT
    assert visit.findings == [finding]
    file = Upload("report.pdf", PDF)
    report(running.session, visit, "All rooms are used.", "Go on.", officer, file)
    with pytest.raises(Forbidden):
        close(running.session, visit, "", officer)
    close(running.session, visit, "We thank you.", by(running, "manager"))
    assert visit.state is ActivityState.CLOSED
    with pytest.raises(Conflict):
        note_finding(running.session, visit, observed(running), officer)


def test_no_visit_is_announced_to_a_grant_that_is_not_active(
    running: Scene, sign_in_as: SignInAs
) -> None:
    visit, officer = a_visit(running), by(running, "officer")
    running.award.state = AwardState.CLOSED
    running.session.commit()
    announce_page = f"/monitoring/{visit.reference}/announce"
    browser = sign_in_as(running.people.officer)
    assert announce_page not in browser.get(f"/monitoring/{visit.reference}").text
    assert "expects no visit" in browser.get(announce_page).text
    with pytest.raises(Conflict, match="expects no visit"):
        announce(running.session, visit, clock.today(), "The town hall", officer)


def test_a_plan_is_changed_and_cancelled_until_it_is_held(running: Scene) -> None:
    visit = a_visit(running)
    later = clock.today() + timedelta(50)
    facts = ActivityFacts(VISIT, later, "See the books.", running.people.manager, "An interpreter")
    change_activity(running.session, visit, facts, by(running, "officer"))
    assert (visit.due_on, visit.lead) == (later, running.people.manager)
    with pytest.raises(DomainError):
        a_visit(running, lead=running.people.grantee)
    with pytest.raises(DomainError):
        a_visit(running, due_on=clock.today() - timedelta(2))
    cancel(running.session, visit, by(running, "manager", "The road is flooded."))
    with pytest.raises(Conflict):
        change_activity(running.session, visit, facts, by(running, "officer"))
    rated(running, Risk.HIGH)
    decide_plan(running.session, running.award, [VISIT, CHECK], by(running, "officer"))
    assert len(activities_of(running.session, running.award.id)) == 3


def test_an_announced_visit_says_what_to_have_ready_and_whom_to_write_to(
    running: Scene, sign_in_as: SignInAs
) -> None:
    running.fund.contact_email = "unvtf@example.org"
    visit = a_visit(running)
    announce(running.session, visit, clock.today(), "The town hall", by(running, "officer"))
    running.session.commit()
    told = text_of(sign_in_as(running.people.grantee).get(f"/monitoring/{visit.reference}"))
    assert "Please have ready the receipts" in told
    assert "unvtf@example.org" in told


def test_each_side_reads_what_is_its_own(running: Scene, sign_in_as: SignInAs) -> None:
    visit, officer = a_visit(running), by(running, "officer")
    running.session.commit()
    page, grant = f"/monitoring/{visit.reference}", f"/grants/{running.award.reference}/monitoring"
    grantee = sign_in_as(running.people.grantee)
    assert grantee.get(page).status_code == 404
    assert "Nothing has been announced" in text_of(grantee.get(grant))
    announce(running.session, visit, clock.today(), "The town hall", officer)
    hold(running.session, visit, clock.today(), officer)
    report(running.session, visit, "The cash box was empty.", "", officer, Upload("r.pdf", PDF))
    running.session.commit()
    file = f"{page}/files/{visit.files[0].id}"
    grantee = sign_in_as(running.people.grantee)
    assert "The cash box" not in text_of(grantee.get(page))
    assert grantee.get(file).status_code == 404
    close(running.session, visit, "", by(running, "manager"))
    running.session.commit()
    assert "The cash box" in text_of(grantee.get(page))
    assert grantee.get(file).status_code == 200
    browser = sign_in_as(running.people.officer)
    closed = text_of(browser.get("/monitoring?state=closed"))
    assert visit.reference.removeprefix("UNVTF-") in closed
    to_plan = text_of(browser.get("/monitoring/to-plan"))
    assert running.award.reference.removeprefix("UNVTF-") in to_plan
    assert "Assurance plan" in text_of(browser.get(grant))


def test_people_outside_the_grant_read_nothing(running: Scene, sign_in_as: SignInAs) -> None:
    visit = a_visit(running)
    announce(running.session, visit, clock.today(), "The town hall", by(running, "officer"))
    other = an_organisation(running.session, name="Another House")
    people = (
        member(running.session, other, name="Olga Other"),
        staff(running.session, Role.REVIEWER),
    )
    running.session.commit()
    page, grant = f"/monitoring/{visit.reference}", f"/grants/{running.award.reference}/monitoring"
    for person in people:
        browser = sign_in_as(person)
        assert {browser.get(address).status_code for address in (page, grant)} == {404}
        assert browser.get("/monitoring").status_code == 403


def test_the_paper_says_what_was_seen_and_found(running: Scene) -> None:
    visit, officer = a_visit(running), by(running, "officer")
    hold(running.session, visit, clock.today(), officer)
    note_finding(running.session, visit, observed(running), officer)
    with pytest.raises(Missing):
        paper_of(running.session, "monitoring-report", visit.reference)
    report(running.session, visit, "All rooms are used.", "Go on.", officer)
    facts = paper_of(running.session, "monitoring-report", visit.reference).facts
    assert (facts.report, facts.recommendation) == ("All rooms are used.", "Go on.")
    assert [line.ineligible for line in facts.findings] == [usd(50_000)]
    reader = viewer_of(running.session, running.people.grantee.id)
    assert reader is not None
    with pytest.raises(Missing):
        of_monitoring(running.session, reader, visit.reference)
    close(running.session, visit, "", by(running, "manager"))
    of_monitoring(running.session, reader, visit.reference)
