"""The way of a call's applications as settings: second screener, Board, approving officers."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.service import open_call
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.deciding.awards.approvals import standing_approvals
from grants.deciding.awards.queries import approval_queue
from grants.deciding.awards.service import approve, give_approval
from grants.deciding.board import service as board
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import advice_queue, recommendation_for
from grants.deciding.decisions.prospects import approvable, recommendable
from grants.deciding.interests.queries import to_declare
from grants.deciding.portfolio.scenarios import ScenarioQuestion, solve_scenario
from grants.deciding.reserve_list.reserve import places_on_list
from grants.deciding.screening.accepting import accept_suggestions
from grants.deciding.screening.queries import checks, to_screen
from grants.deciding.screening.service import Answer, decide, keep_checks
from grants.deciding.sessions.queries import candidates
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_draft_call,
    a_submitted_application,
    act_of,
    advised,
    member,
    money_for_awards,
    recommended,
    staff,
    terms_for,
)
from tests.platform.web.client import SignInAs

S = ApplicationState
ALL_MET = {key: Answer(True) for key in ("registered_by", "limits", "direct")}
NOT_DIRECT = {**ALL_MET, "direct": Answer(False, "Passes the work on to a partner.")}


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    money_for_awards(session, fund)
    return a_submitted_application(session, a_closed_call(session, fund))


@pytest.fixture
def screened_twice(application: Application) -> Application:
    application.call.second_screener = True
    return application


def test_a_second_person_confirms_what_the_first_found(
    session: Session, screened_twice: Application, team: Team
) -> None:
    first, second = act_of(session, team.officer), act_of(session, team.manager)
    member(session, screened_twice.organisation)
    assert decide(session, screened_twice, NOT_DIRECT, first) == S.SUBMITTED
    assert decide(session, screened_twice, {}, first) == S.SUBMITTED, "not by pressing it again"
    assert session.scalar(select(Message)) is None, "nobody is told before"
    assert session.scalar(to_screen(act_of(session, team.officer).actor)) == 0
    assert session.scalar(to_screen(act_of(session, team.manager).actor)) == 1
    assert decide(session, screened_twice, NOT_DIRECT, second) == S.INELIGIBLE
    by = {row.checked_by_id for row in checks(session, screened_twice).values()}
    assert by == {team.officer.id}, "the record names who answered"


def test_who_changes_an_answer_does_not_confirm_it(
    session: Session, screened_twice: Application, team: Team
) -> None:
    first, second = act_of(session, team.officer), act_of(session, team.manager)
    keep_checks(session, screened_twice, NOT_DIRECT, first)
    assert decide(session, screened_twice, ALL_MET, second) == S.SUBMITTED
    assert session.scalar(to_screen(act_of(session, team.manager).actor)) == 0
    assert decide(session, screened_twice, {}, first) == S.SUBMITTED, "two answers are still theirs"
    third = staff(session, Role.PROGRAMME_OFFICER, "Third Person")
    assert decide(session, screened_twice, {}, act_of(session, third)) == S.ELIGIBLE


def test_many_at_once_need_a_second_person_too(
    session: Session, screened_twice: Application, team: Team
) -> None:
    first, second = act_of(session, team.officer), act_of(session, team.manager)
    keep_checks(session, screened_twice, ALL_MET, first)
    accept_suggestions(session, [screened_twice], first)
    waits = screened_twice.state
    accept_suggestions(session, [screened_twice], second)
    assert (waits, screened_twice.state) == (S.SUBMITTED, S.ELIGIBLE)


def test_the_page_says_that_a_second_person_has_to_confirm(
    session: Session, screened_twice: Application, team: Team, sign_in_as: SignInAs
) -> None:
    keep_checks(session, screened_twice, ALL_MET, act_of(session, team.officer))
    session.commit()
    address = f"/screening/{screened_twice.reference}/outcome"
    page = sign_in_as(team.officer).get(address).get_data(as_text=True)
    assert "Pass to a second person" in page
    assert "Record as eligible" not in page
    other = sign_in_as(team.manager).get(address).get_data(as_text=True)
    assert "Record as eligible" in other
    assert "Pass to a second person" not in other


def test_a_call_without_the_board_goes_from_the_recommendation_to_the_approval(
    session: Session, application: Application, team: Team
) -> None:
    application.call.board_advises = False
    trustee = staff(session, Role.TRUSTEE)
    recommended(session, application, team)
    manager, approver = (act_of(session, one).actor for one in (team.manager, team.approver))
    assert session.scalars(advice_queue(manager)).all() == []
    assert session.scalars(candidates(manager)).all() == []
    assert session.scalar(to_declare(act_of(session, trustee).actor)) == 0
    assert session.scalars(approval_queue(approver)).all() == [application]
    (prospect,) = approvable(session, [application], approver)
    assert prospect.why_not == ""
    proposed = recommendation_for(session, application)
    assert proposed
    advice = board.BoardAdvice(
        clock.today(), Endorsement.ENDORSED, proposed.amount, votes=board.Votes(5)
    )
    with pytest.raises(DomainError, match="does not advise"):
        board.record_advice(session, application, advice, act_of(session, team.manager))
    award = approve(
        session, application, terms_for(session, application), act_of(session, team.approver)
    )
    assert award.amount == proposed.amount


def test_without_the_board_an_approval_is_void_after_another_recommendation(
    session: Session, application: Application, team: Team
) -> None:
    application.call.board_advises, application.call.approvers = False, 2
    recommended(session, application, team)
    act = act_of(session, team.approver)
    assert give_approval(session, application, terms_for(session, application), act) is None
    assert len(standing_approvals(session, application)) == 1
    known = recommendation_for(session, application)
    assert known
    proposal = board.Proposal(known.amount, "Another reason for the same amount.")
    board.revise(session, application, proposal, act_of(session, team.manager, "A correction."))
    assert standing_approvals(session, application) == []


def test_a_call_asks_for_more_officers_than_the_fund(
    session: Session, application: Application, team: Team
) -> None:
    application.call.approvers = 2
    advised(session, application, team)
    terms = terms_for(session, application)
    with pytest.raises(DomainError, match="still needed"):
        approve(session, application, terms, act_of(session, team.approver))
    assert give_approval(session, application, terms, act_of(session, team.approver)) is None
    other = staff(session, Role.APPROVING_OFFICER, "Second Officer")
    assert give_approval(session, application, terms, act_of(session, other)) is not None


def test_the_fund_may_ask_for_more_officers_than_the_call(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    fund.approval_tiers = [{"from_usd": "0.00", "approvers": 2}]
    application.call.approvers = 1
    advised(session, application, team)
    terms = terms_for(session, application)
    assert give_approval(session, application, terms, act_of(session, team.approver)) is None


def test_a_call_that_asks_for_more_officers_than_are_appointed_is_not_opened(
    session: Session, fund: Fund, team: Team
) -> None:
    call = a_draft_call(session, fund, approvers=2)
    act = act_of(session, team.manager)
    with pytest.raises(DomainError, match="Only 1 approving officer has been appointed"):
        open_call(session, call, act)
    staff(session, Role.APPROVING_OFFICER, "Second Officer")
    open_call(session, call, act)


def test_the_page_of_a_call_draws_its_way(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    call = a_closed_call(session, fund)
    session.commit()
    pages = sign_in_as(team.manager)
    page = pages.get(f"/calls/{call.reference}").get_data(as_text=True)
    assert "The Board of Trustees advises on each recommendation." in page
    assert "At least 1 approving officer approves each award." in page
    call.board_advises, call.second_screener, call.approvers = False, True, 3
    session.commit()
    page = pages.get(f"/calls/{call.reference}").get_data(as_text=True)
    assert "The Board of Trustees advises" not in page
    assert "A second person confirms what was found." in page
    assert "At least 3 approving officers approve each award." in page


def test_a_call_without_reviews_goes_from_screening_to_the_recommendation(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    call, manager = application.call, act_of(session, team.manager)
    call.reviewers = 0
    other = a_submitted_application(session, call)
    member(session, application.organisation)
    for one in (application, other):
        assert decide(session, one, ALL_MET, act_of(session, team.officer)) == S.REVIEWED
    mail = session.scalars(select(Message)).first()
    assert mail
    assert "It is now being assessed." in mail.text
    prospects = recommendable(session, [application, other], Decimal(100))
    assert [one.why_not for one in prospects] == ["", ""]
    proposal = board.Proposal(application.requested or usd(1), "The emergency does not wait.")
    board.recommend(session, application, proposal, manager)
    board.keep_in_reserve(session, other, act_of(session, team.manager, "No money."))
    assert places_on_list(session, call.id) == {other.id: 1}
    with pytest.raises(DomainError, match="no scores to choose by"):
        solve_scenario(session, call, ScenarioQuestion("A", usd(1), 100, {}, ()), manager)
    session.commit()
    pages = sign_in_as(team.manager)
    assert "nothing is ranked" in pages.get(f"/calls/{call.reference}/ranking").text
    assert "reviewers score" not in pages.get(f"/calls/{call.reference}").text
    for part in ("", "?part=reviews", "?part=history", "?part=money"):
        assert pages.get(f"/decisions/{application.reference}{part}").status_code == 200
