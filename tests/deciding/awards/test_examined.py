"""Where a call asks to know the organisation, nothing is awarded, signed or paid before."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.service import Rules
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.workflow import VERIFICATION
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people.models import Organisation
from grants.deciding.awards.examined import Unknown, unknown_of
from grants.deciding.awards.service import approve
from grants.deciding.decisions.prospects import approvable
from grants.desk.dashboards.risks import Concerns, risks_of
from grants.granting.agreements.service import sign_agreement
from grants.granting.payments.checks import checklist
from grants.granting.payments.queries import instalments_of
from grants.integrity.diligence.service import take_over
from grants.integrity.risk.models import Risk
from grants.integrity.risk.service import rate_risk
from grants.integrity.sanctions.service import take_list
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    money_for_awards,
    terms_for,
)
from tests.grants import a_file
from tests.integrity.sanctions.lists import a_list
from tests.platform.web.client import SignInAs

BY_SYSTEM = Act.by_system("test")
EVERYTHING = [unknown for unknown in Unknown if unknown is not Unknown.SAFEGUARDING]


def become_known(session: Session, organisation: Organisation, fund: Fund, team: Team) -> None:
    """Verified, examined, rated, and screened with a list."""
    verified = Verification(organisation=organisation)
    begin(session, verified, VERIFICATION, BY_SYSTEM)
    advance(session, verified, VERIFICATION, "ask", BY_SYSTEM)
    verified.valid_until = clock.today() + timedelta(400)
    advance(session, verified, VERIFICATION, "verify", BY_SYSTEM)
    take_over(session, organisation, fund, BY_SYSTEM)
    rate_risk(session, organisation, fund, Risk.LOW, act_of(session, team.officer, "Its audits."))
    take_list(session, "list.xml", a_list(), BY_SYSTEM)
    session.flush()


@pytest.fixture
def waiting(session: Session, fund: Fund, team: Team) -> Application:
    """An application advised on, under a call that asks to know its organisation."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    call.examines_grantees = True
    return advised(session, a_submitted_application(session, call), team)


def test_a_new_call_asks_for_it() -> None:
    assert Rules.__dataclass_fields__["examines_grantees"].default is True


def test_nothing_is_awarded_before_the_organisation_is_known(
    session: Session, fund: Fund, team: Team, waiting: Application
) -> None:
    terms, act = terms_for(session, waiting), act_of(session, team.approver)
    assert unknown_of(session, waiting.organisation, fund) == EVERYTHING
    with pytest.raises(DomainError, match=r"not verified\. Due diligence has not been done"):
        approve(session, waiting, terms, act)
    (prospect,) = approvable(session, [waiting], act.actor)
    assert "The risk has not been rated." in prospect.why_not
    become_known(session, waiting.organisation, fund, team)
    assert unknown_of(session, waiting.organisation, fund) == []
    assert approvable(session, [waiting], act.actor)[0].why_not == ""
    assert approve(session, waiting, terms, act).reference


def test_a_verification_or_clearance_that_has_run_out_is_not_known(
    session: Session, fund: Fund, team: Team, waiting: Application
) -> None:
    become_known(session, waiting.organisation, fund, team)
    with clock.at(clock.now() + timedelta(1_200)):
        unknown = unknown_of(session, waiting.organisation, fund)
    assert unknown == [Unknown.VERIFICATION, Unknown.EXAMINATION]


def test_neither_agreement_nor_payment_where_knowledge_has_run_out(
    session: Session, fund: Fund, team: Team, waiting: Application
) -> None:
    become_known(session, waiting.organisation, fund, team)
    award = approve(session, waiting, terms_for(session, waiting), act_of(session, team.approver))
    session.refresh(award)
    verified = session.scalars(select(Verification)).one()
    until, verified.valid_until = verified.valid_until, clock.today() - timedelta(1)
    session.flush()
    act = act_of(session, team.manager)
    with pytest.raises(DomainError, match="not verified"):
        sign_agreement(session, award, clock.today(), a_file(session, team.manager), act)
    verified.valid_until = until
    session.flush()
    sign_agreement(session, award, clock.today(), a_file(session, team.manager), act)
    verified.valid_until = clock.today() - timedelta(1)
    session.flush()
    first = instalments_of(session, award.id)[0]
    (check,) = [one for one in checklist(session, first, clock.today()) if one.unknown]
    assert (check.met, check.unknown) == (False, [Unknown.VERIFICATION])
    assert check.note == "The organisation is not verified."


def test_the_pages_say_what_is_not_known(
    session: Session, team: Team, waiting: Application, sign_in_as: SignInAs
) -> None:
    session.commit()
    page = sign_in_as(team.approver).get(f"/decisions/{waiting.reference}/approve").text
    assert "What the fund does not know" in page
    assert "Due diligence has not been done, or has expired." in page
    assert "/organisations/" in page


def test_the_dashboard_counts_grantees_that_nobody_examined(
    session: Session, fund: Fund, team: Team, waiting: Application
) -> None:
    waiting.call.examines_grantees = False
    award = approve(session, waiting, terms_for(session, waiting), act_of(session, team.approver))
    act = act_of(session, team.manager)
    sign_agreement(session, award, clock.today(), a_file(session, team.manager), act)
    texts = [risk.text for risk in risks_of(session, fund, Concerns((), ()), act.actor)]
    assert texts == [
        "1 grantee has not been examined recently",
        "1 grantee is not verified",
        "The risk of 1 grantee is not rated",
    ]
