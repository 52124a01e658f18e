"""Interviews and visits: held without a conflict, reported, and needed where a call asks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.call_pages.way import way_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.deciding.board import service as board
from grants.deciding.decisions.prospects import recommendable
from grants.deciding.reviews.service import recuse
from grants.deciding.visits import service
from grants.deciding.visits.models import Visit
from grants.deciding.visits.queries import may_hold, to_visit, visits_of
from grants.deciding.visits.service import Plan, Report
from grants.deciding.visits.workflow import VisitState
from grants.integrity.enquiries.models import EnquiryKind, Finding
from grants.integrity.enquiries.queries import enquiries_of
from grants.integrity.enquiries.service import Answer
from grants.platform.messages.models import Message
from tests.deciding.awards.test_at_once import outcomes
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    assigned,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs

S, WHOLE = ApplicationState, Decimal(100)
FOUND = Report(Answer(clock.today(), Finding.GOOD, "All is as described."), "Recommend it.")


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    """Reviewed, of a call that asks for a visit."""
    call = a_closed_call(session, fund)
    call.visit = "visit"
    return reviewed(session, a_submitted_application(session, call), team)


def a_plan(*people: Person) -> Plan:
    return Plan(clock.today() + timedelta(5), "In Tegucigalpa", people)


def planned(session: Session, application: Application, team: Team) -> Visit:
    by = act_of(session, team.manager)
    return service.plan(session, application, a_plan(team.officer), by)


def recommend(session: Session, application: Application, team: Team) -> None:
    proposal = board.Proposal(Money.parse("15000.00", "USD"), "Strong.")
    board.recommend(session, application, proposal, act_of(session, team.manager))


def still_to_visit(session: Session, person: Person) -> int:
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return session.scalar(to_visit(viewer)) or 0


def test_nothing_is_recommended_before_there_is_a_report(
    session: Session, application: Application, team: Team
) -> None:
    with pytest.raises(DomainError, match="There is no report"):
        recommend(session, application, team)
    visit = planned(session, application, team)
    with pytest.raises(DomainError, match="There is no report"):
        recommend(session, application, team)
    (prospect,) = recommendable(session, [application], WHOLE)
    assert "There is no report" in prospect.why_not
    assert still_to_visit(session, team.officer) == 1
    service.report(session, visit, FOUND, act_of(session, team.officer))
    (prospect,) = recommendable(session, [application], WHOLE)
    assert prospect.why_not == ""
    assert still_to_visit(session, team.officer) == 0
    recommend(session, application, team)
    assert application.state is S.RECOMMENDED


def test_without_a_report_it_may_be_kept_in_reserve_or_not_be_recommended(
    session: Session, application: Application, team: Team
) -> None:
    manager = act_of(session, team.manager, "The money is spent.")
    board.keep_in_reserve(session, application, manager)
    board.not_recommend(session, application, manager)
    planned(session, application, team)
    with pytest.raises(DomainError, match="There is no report"):
        recommend(session, application, team)


def test_a_call_that_asks_for_none_plans_none_and_waits_for_none(
    session: Session, application: Application, team: Team
) -> None:
    application.call.visit = ""
    with pytest.raises(DomainError, match="does not ask for an interview"):
        planned(session, application, team)
    recommend(session, application, team)
    assert application.state is S.RECOMMENDED


def test_the_report_stands_in_the_file_of_the_organisation_too(
    session: Session, application: Application, team: Team
) -> None:
    for kind in ("interview", "visit"):
        application.call.visit = kind
        visit = planned(session, application, team)
        service.report(session, visit, FOUND, act_of(session, team.officer))
    kinds = [one.kind for one in enquiries_of(session, application.organisation_id)]
    assert kinds == [EnquiryKind.VISIT, EnquiryKind.INTERVIEW]


def test_those_who_hold_it_are_told_of_the_plan_and_of_its_end(
    session: Session, application: Application, team: Team
) -> None:
    visit = planned(session, application, team)
    service.change(
        session, visit, a_plan(team.officer, team.manager), act_of(session, team.manager)
    )
    assert set(visit.people) == {team.officer, team.manager}
    service.cancel(session, visit, act_of(session, team.manager, "The road is flooded."))
    for person, times in ((team.officer, 3), (team.manager, 2)):
        told = select(Message).where(Message.person_id == person.id).order_by(Message.id)
        mails = [m for m in session.scalars(told) if m.event.startswith("visit:")]
        assert len(mails) == times
        assert "The road is flooded." in mails[-1].text
    assert planned(session, application, team).state is VisitState.PLANNED


def test_conflicted_people_are_not_offered_and_are_refused(
    session: Session, application: Application, team: Team
) -> None:
    colleague = staff(session, Role.PROGRAMME_OFFICER, "Past Member")
    appoint(session, colleague, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    other = a_submitted_application(session, application.call)
    review = assigned(session, other, team)[0]
    recuse(session, review, act_of(session, review.reviewer, "A friend leads it."))
    appoint(session, review.reviewer, Role.PROGRAMME_OFFICER)
    offered = {person.id for person in may_hold(session, application)}
    assert offered == {team.manager.id, team.officer.id, review.reviewer.id}
    offered = {person.id for person in may_hold(session, other)}
    assert offered == {team.manager.id, team.officer.id, colleague.id}
    for unfit in (colleague, team.approver):
        plan, by = a_plan(team.officer, unfit), act_of(session, team.manager)
        with pytest.raises(DomainError, match="may not carry out this interview"):
            service.plan(session, application, plan, by)


def test_a_conflict_that_comes_after_the_plan_stops_the_report(
    session: Session, application: Application, team: Team
) -> None:
    visit = planned(session, application, team)
    appoint(session, team.officer, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    session.expire_all()
    with pytest.raises(Forbidden):
        service.report(session, visit, FOUND, act_of(session, team.officer))
    assert visit.state is VisitState.PLANNED


def test_only_those_who_went_report_and_only_once(
    session: Session, application: Application, team: Team
) -> None:
    visit = planned(session, application, team)
    with pytest.raises(Forbidden, match="Only a person who carried out"):
        service.report(session, visit, FOUND, act_of(session, team.manager))
    for empty in (Report(FOUND.answer, " "), Report(Answer(clock.today(), Finding.BAD, ""), "No.")):
        with pytest.raises(DomainError):
            service.report(session, visit, empty, act_of(session, team.officer))
    session.refresh(visit)
    service.report(session, visit, FOUND, act_of(session, team.officer))
    with pytest.raises(Conflict):
        service.report(session, visit, FOUND, act_of(session, team.officer))
    assert len(enquiries_of(session, application.organisation_id)) == 1


def test_two_plans_at_once_leave_one(real_database: Database) -> None:
    with real_database.transaction() as session:
        team = a_team(session)
        call = a_closed_call(session, fund_by_code(session, "UNVTF"))
        call.visit = "interview"
        case = reviewed(session, a_submitted_application(session, call), team)
        ids = (case.id, team.officer.id)

    def plan(_number: int) -> None:
        with real_database.transaction() as session:
            officer = session.get_one(Person, ids[1])
            case = session.get_one(Application, ids[0])
            service.plan(session, case, a_plan(officer), act_of(session, officer))

    assert sorted(refusal is None for refusal in outcomes(2, plan)) == [False, True]
    with real_database.transaction() as session:
        assert len(visits_of(session, session.get_one(Application, ids[0]))) == 1


def test_the_call_says_it_draws_it_and_carries_it(application: Application) -> None:
    assert "Site visit" in [stage.title for stage in way_of(application.call)]
    carried = call_to_json(application.call)
    assert call_from_json(carried).rules.visit == "visit"
    with pytest.raises(InvalidInput, match="visit"):
        call_from_json({**carried, "visit": "lunch"})
    application.call.visit = ""
    assert "Site visit" not in [stage.title for stage in way_of(application.call)]


def test_it_is_planned_reported_and_read_on_pages(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    session.commit()
    officer, address = sign_in_as(team.officer), f"/visits/{application.reference}"
    offered = f'value="{application.call.reference}"'
    assert application.reference in officer.get("/visits").text
    assert offered in officer.get("/visits").text
    day = clock.today()
    when = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    sent = {**when, "place": "In Tegucigalpa", "people": str(team.officer.id)}
    assert officer.submit(f"{address}/plan", sent).location == address
    (visit,) = visits_of(session, application)
    page = officer.get(address).text
    assert f"{address}/{visit.id}/report" in page
    assert f"{address}/{visit.id}/report" not in sign_in_as(team.manager).get(address).text
    written = {**when, "finding": "good", "text": "As described.", "recommendation": "Fund it."}
    assert officer.submit(f"{address}/{visit.id}/report", written).location == address
    part = sign_in_as(team.approver).get(f"/decisions/{application.reference}?part=visits").text
    assert "Fund it." in part
    assert application.reference not in officer.get("/visits").text
    assert offered not in officer.get("/visits").text
