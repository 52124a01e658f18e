"""Safeguarding is assessed with evidence, expires, and is what a call makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.deciding.awards.examined import Unknown, lacking
from grants.deciding.awards.service import approve
from grants.granting.payments.checks import checklist
from grants.integrity.risk.models import Capacity, SafeguardingAssessment
from grants.integrity.risk.queries import assessment_of, with_safeguarding
from grants.integrity.risk.service import Assessed, assess_safeguarding
from grants.platform.file_checks.checks import Upload
from seeds.scans import page_saying
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    money_for_awards,
    staff,
    terms_for,
)
from tests.grants import Scene
from tests.platform.web.client import SignInAs

EVIDENCE = Upload("Policy.pdf", page_saying("Policy and training."))


def assessed(**other: object) -> Assessed:
    today = clock.today()
    whole = Assessed(Capacity.FULL, "", today - timedelta(10), today + timedelta(700))
    return replace(whole, **other)  # type: ignore[arg-type]


def assess(
    session: Session, fund: Fund, whom: Organisation, role: Role, **other: object
) -> SafeguardingAssessment:
    act = act_of(session, staff(session, role), "Policy and training were seen.")
    return assess_safeguarding(session, whom, fund, assessed(**other), EVIDENCE, act)


OFFICER = Role.PROGRAMME_OFFICER


def test_what_is_to_improve_and_for_how_long_it_holds_must_be_said(
    session: Session,
    fund: Fund,
    organisation: Organisation,
) -> None:
    today = clock.today()
    with pytest.raises(DomainError, match="must improve"):
        assess(session, fund, organisation, OFFICER, capacity=Capacity.LOW)
    with pytest.raises(DomainError, match="in the future"):
        assess(session, fund, organisation, OFFICER, assessed_on=today + timedelta(1))
    with pytest.raises(DomainError, match="up to 5 years"):
        assess(session, fund, organisation, OFFICER, valid_until=today + timedelta(5 * 366))
    with pytest.raises(Forbidden):
        assess(session, fund, organisation, Role.AUDITOR)


def test_the_newest_holds_until_it_expires(
    session: Session,
    fund: Fund,
    organisation: Organisation,
) -> None:
    assess(session, fund, organisation, OFFICER)
    assert with_safeguarding(session, [organisation.id]) == {organisation.id}
    past = clock.today() - timedelta(1)
    newer = assess(session, fund, organisation, OFFICER, valid_until=past)
    assert assessment_of(session, organisation.id) is newer
    assert not newer.holds
    assert with_safeguarding(session, [organisation.id]) == set()


def test_a_call_that_requires_it_awards_nothing_without(
    session: Session,
    fund: Fund,
    team: Team,
) -> None:
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    case: Application = advised(session, a_submitted_application(session, call), team)
    terms, approver = terms_for(session, case), act_of(session, team.approver)
    call.safeguarding = "warning"
    assert Unknown.SAFEGUARDING not in lacking(session, case.organisation, call)
    call.safeguarding = "required"
    assert Unknown.SAFEGUARDING in lacking(session, case.organisation, call)
    with pytest.raises(DomainError, match="safeguarding"):
        approve(session, case, terms, approver)
    assess(session, fund, case.organisation, OFFICER)
    assert approve(session, case, terms, approver)


@pytest.mark.parametrize(("gate", "met"), [("", None), ("warning", True), ("required", False)])
def test_payments_tell_it_where_the_call_asks(scene: Scene, gate: str, met: bool | None) -> None:
    session = scene.session
    call = a_closed_call(session, scene.fund)
    scene.award.application = a_submitted_application(session, call, scene.organisation)
    scene.run()
    call.safeguarding = gate
    checks = checklist(session, scene.instalments[0], clock.today())
    answers = [check.met for check in checks if "sexual exploitation" in check.text]
    assert answers == ([] if met is None else [met])


def test_it_is_recorded_on_its_page_and_its_evidence_opened(
    session: Session,
    fund: Fund,
    organisation: Organisation,
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    assess(session, fund, organisation, OFFICER)
    session.commit()
    officer = sign_in_as(team.officer)
    page = officer.get(f"/due-diligence/organisations/{organisation.code}").text
    assert f"/due-diligence/organisations/{organisation.code}/safeguarding" in page
    newest = assessment_of(session, organisation.id)
    assert newest is not None
    assert officer.get(f"/due-diligence/safeguarding/{newest.id}/file").status_code == 200
