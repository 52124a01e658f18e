"""Risk ratings and flags: who rates and lifts, what a red flag stops, what a rating changes."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.requested_period import RequestedPeriod
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.queries import award_of
from grants.deciding.awards.service import approve
from grants.deciding.decisions.overlap import overlapping
from grants.granting.agreements.queries import schedule_of
from grants.granting.agreements.schedule import check, propose
from grants.integrity.diligence.grantees import Integrity, integrity_of, standing_cases
from grants.integrity.risk.models import Concern, Flag, Risk, Severity
from grants.integrity.risk.queries import raised_on, rating_of
from grants.integrity.risk.service import Raised, lift, raise_flag, rate_risk, regrade
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    money_for_awards,
    staff,
    terms_for,
)
from tests.platform.web.client import SignInAs

CONCERN = Raised(Severity.RED, Concern.FINANCE, "Receipts were forged.")


def a_flag(session: Session, fund: Fund, organisation: Organisation, team: Team) -> Flag:
    return raise_flag(session, organisation, fund, CONCERN, act_of(session, team.officer))


def test_a_red_flag_stops_an_award_until_another_person_lifts_it(
    session: Session, fund: Fund, application: Application, organisation: Organisation, team: Team
) -> None:
    flag = a_flag(session, fund, organisation, team)
    terms, approver = terms_for(session, application), act_of(session, team.approver)
    assert integrity_of(session, organisation) is Integrity.FLAGGED
    assert "red flag" in standing_cases(session, [organisation.id])[organisation.id]
    with pytest.raises(DomainError, match="red flag"):
        approve(session, application, terms, approver)
    with pytest.raises(Forbidden):
        lift(session, flag, act_of(session, team.officer, "It was a mistake."))
    with pytest.raises(DomainError, match="another person"):
        regrade(session, flag, Severity.YELLOW, act_of(session, team.officer, "Less grave."))
    lift(session, flag, act_of(session, team.approver, "The auditor has seen the originals."))
    assert raised_on(session, organisation.id) == []
    assert approve(session, application, terms, approver)


def test_a_flag_of_less_weight_is_seen_and_stops_nothing(
    session: Session, fund: Fund, organisation: Organisation, team: Team
) -> None:
    officer = act_of(session, team.officer, "Happened again.")
    text = Raised(Severity.OBSERVATION, Concern.DELIVERY, "A report came late.")
    flag = raise_flag(session, organisation, fund, text, officer)
    regrade(session, flag, Severity.YELLOW, officer)
    assert [one.severity for one in raised_on(session, organisation.id)] == [Severity.YELLOW]
    assert integrity_of(session, organisation) is not Integrity.FLAGGED
    with pytest.raises(DomainError, match="already"):
        regrade(session, flag, Severity.YELLOW, officer)
    appoint(session, team.officer, Role.ORGANISATION_EDITOR, organisation=organisation)
    officer = act_of(session, team.officer, "It was not so grave.")
    with pytest.raises(Forbidden, match="act for this organisation"):
        regrade(session, flag, Severity.OBSERVATION, officer)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FINANCE_OFFICER, Role.AUDITOR])
def test_who_does_not_examine_rates_and_raises_nothing(
    session: Session, fund: Fund, organisation: Organisation, role: Role
) -> None:
    act = act_of(session, staff(session, role), "Heard it.")
    with pytest.raises(Forbidden):
        rate_risk(session, organisation, fund, Risk.HIGH, act)
    with pytest.raises(Forbidden):
        raise_flag(session, organisation, fund, CONCERN, act)


def test_the_newest_rating_holds_and_needs_its_reasons(
    session: Session, fund: Fund, organisation: Organisation, team: Team
) -> None:
    with pytest.raises(DomainError, match="reason"):
        rate_risk(session, organisation, fund, Risk.LOW, act_of(session, team.officer))
    for level in (Risk.LOW, Risk.HIGH):
        rate_risk(session, organisation, fund, level, act_of(session, team.officer, "Accounts."))
    rating = rating_of(session, organisation.id, fund.id)
    assert rating is not None
    assert rating.level is Risk.HIGH


def test_a_higher_risk_is_paid_less_in_advance_and_reports_more() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    long = {risk: propose(usd(2_000_000), start, end, risk=risk) for risk in (None, *Risk)}
    assert [len(one.instalments) for one in long.values()] == [3, 3, 3, 4]
    assert [one.instalments[0].amount.minor for one in long.values()] == [
        800_000,
        800_000,
        600_000,
        500_000,
    ]
    assert [len(one.reports) for one in long.values()] == [2, 2, 2, 3]
    short = propose(usd(2_000_000), start, start + timedelta(120), risk=Risk.HIGH)
    assert (len(short.instalments), len(short.reports)) == (3, 2)
    for schedule in long.values():
        check(schedule, usd(2_000_000), start, end)


def test_the_terms_of_a_grant_follow_the_rating_until_they_are_settled(
    session: Session, fund: Fund, team: Team
) -> None:
    money_for_awards(session, fund)
    award = an_award(session, a_submitted_application(session, a_closed_call(session, fund)), team)
    before = len(schedule_of(session, award).instalments)
    officer = act_of(session, team.officer, "No audited accounts.")
    rate_risk(session, award.organisation, fund, Risk.HIGH, officer)
    assert len(schedule_of(session, award).instalments) == before + 1


def test_grants_at_the_same_time_are_shown_beside_the_application(
    session: Session, fund: Fund, application: Application, team: Team
) -> None:
    manager = act_of(session, team.manager).actor
    period = RequestedPeriod()
    assert overlapping(session, application, period, manager) == []
    elsewhere = a_submitted_application(session, application.call)
    elsewhere.country, application.country = "NP", "KE"
    other = a_closed_call(session, fund)
    again = a_submitted_application(session, other, application.organisation)
    neighbour = a_submitted_application(session, application.call)
    neighbour.country = "KE"
    made = [an_award(session, one, team) for one in (elsewhere, neighbour, again)]
    made[0].starts_on = clock.today()
    found = overlapping(session, application, period, manager)
    assert [one.id for one in found] == [made[2].id, made[1].id]


def test_the_pages_of_rating_and_flags(
    session: Session,
    fund: Fund,
    application: Application,
    organisation: Organisation,
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    session.commit()
    officer, approver = sign_in_as(team.officer), sign_in_as(team.approver)
    path = f"/due-diligence/organisations/{organisation.code}"
    typed = {"level": "high", "reason": "No audited accounts."}
    assert officer.submit(f"{path}/risk", typed).location == path
    raised = {"severity": "red", "concern": "finance", "text": "Receipts were forged."}
    assert officer.submit(f"{path}/flags/new", raised).location == path
    page = officer.get(path).text
    assert "No audited accounts." in page
    assert "Receipts were forged." in page
    case = approver.get(f"/decisions/{application.reference}/approve").text
    assert "Receipts were forged." in case
    assert "A red flag is raised" in case
    assert "High" in case
    (flag,) = raised_on(session, organisation.id)
    lifting = f"/due-diligence/flags/{flag.id}/lift"
    assert officer.get(lifting).status_code == 403
    assert approver.submit(lifting, {"reason": "The auditor saw the originals."}).location == path
    assert approver.get(lifting).status_code == 409
    session.expire_all()
    assert award_of(session, application) is None
