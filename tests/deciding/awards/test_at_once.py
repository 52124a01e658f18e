"""Many decisions at the same moment: no money is awarded twice, no record decided twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from sqlalchemy import func, select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.books.ledger.queries import balances
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Conflict, DomainError, FundError
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Approval, Award
from grants.deciding.awards.service import approve, give_approval
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.service import declare_no_conflict, submit
from grants.platform.messages.models import Message
from tests.factories import (
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    assigned,
    member,
    money_for_awards,
    staff,
    terms_for,
)


def outcomes(times: int, act: Callable[[int], None]) -> list[FundError | None]:
    """What came of an act that `times` threads begin at the same moment."""
    start = Barrier(times)

    def one(number: int) -> FundError | None:
        start.wait()
        try:
            act(number)
        except FundError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def fifty_that_ask_for_ten(real_database: Database) -> tuple[list[int], int]:
    """A fund with 100.00, and recommendations of 500.00 in all."""
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        fund.psc_percent = Decimal(0)
        money_for_awards(session, fund, "100.00")
        call, team = a_closed_call(session, fund), a_team(session)
        cases = [a_submitted_application(session, call, usd="10.00") for _number in range(50)]
        for case in cases:
            advised(session, case, team, usd="10.00")
        return [case.id for case in cases], team.approver.id


def test_fifty_approvals_of_ten_on_a_hundred_give_exactly_ten(real_database: Database) -> None:
    ids, approver_id = fifty_that_ask_for_ten(real_database)

    def approve_one(number: int) -> None:
        with real_database.transaction() as session:
            application = session.get_one(Application, ids[number])
            approver = session.get_one(Person, approver_id)
            terms = terms_for(session, application)
            approve(session, application, terms, act_of(session, approver))

    found = outcomes(50, approve_one)
    refused = [refusal for refusal in found if refusal is not None]
    assert len(refused) == 40
    assert all(isinstance(refusal, DomainError) for refusal in refused)
    assert all("0.00 USD is available" in refusal.message for refusal in refused)
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        standing = balances(session, fund)
        assert (standing.available, standing.reserved) == (usd(0), usd(10_000))
        references = list(session.scalars(select(Award.reference).order_by(Award.reference)))
        assert [reference[-3:] for reference in references] == [f"{n:03d}" for n in range(1, 11)]
        approved = Application.state == ApplicationState.APPROVED
        assert session.scalar(select(func.count()).where(approved)) == 10


def test_two_approvers_at_once_have_one_effect_and_a_conflict(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        money_for_awards(session, fund)
        team = a_team(session)
        application = a_submitted_application(session, a_closed_call(session, fund))
        member(session, application.organisation)
        advised(session, application, team)
        other = staff(session, Role.APPROVING_OFFICER, "Other Approver")
        approvers, application_id = [team.approver.id, other.id], application.id
        mails_before = session.scalar(select(func.count(Message.id))) or 0

    def approve_as(number: int) -> None:
        with real_database.transaction() as session:
            found = session.get_one(Application, application_id)
            approver = session.get_one(Person, approvers[number])
            approve(session, found, terms_for(session, found), act_of(session, approver))

    refusals = [refusal for refusal in outcomes(2, approve_as) if refusal is not None]
    assert [type(refusal) for refusal in refusals] == [Conflict]
    with real_database.transaction() as session:
        assert session.scalar(select(func.count(Award.id))) == 1
        assert session.scalar(select(func.count(Message.id))) == mails_before + 1
        fund = session.scalars(select(Fund).where(Fund.code == "UNVTF")).one()
        assert balances(session, fund).reserved == usd(1_695_000)


def test_two_of_two_officers_at_once_make_one_award(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        fund.approval_tiers = [{"from_usd": "0.00", "approvers": 2}]
        money_for_awards(session, fund)
        team = a_team(session)
        application = a_submitted_application(session, a_closed_call(session, fund))
        advised(session, application, team)
        other = staff(session, Role.APPROVING_OFFICER, "Other Approver")
        approvers, application_id = [team.approver.id, other.id], application.id

    def approve_as(number: int) -> None:
        with real_database.transaction() as session:
            found = session.get_one(Application, application_id)
            approver = session.get_one(Person, approvers[number])
            give_approval(session, found, terms_for(session, found), act_of(session, approver))

    assert outcomes(2, approve_as) == [None, None]
    with real_database.transaction() as session:
        assert session.scalar(select(func.count(Award.id))) == 1
        assert session.scalar(select(func.count(Approval.person_id))) == 1


def test_ten_clicks_of_one_approver_have_one_effect(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        money_for_awards(session, fund)
        team = a_team(session)
        application = a_submitted_application(session, a_closed_call(session, fund))
        advised(session, application, team)
        terms = terms_for(session, application)
        approver_id, application_id = team.approver.id, application.id

    def click(_number: int) -> None:
        with real_database.transaction() as session:
            found = session.get_one(Application, application_id)
            approver = session.get_one(Person, approver_id)
            approve(session, found, terms, act_of(session, approver))

    assert outcomes(10, click) == [None] * 10
    with real_database.transaction() as session:
        assert session.scalar(select(func.count(Award.id))) == 1


def test_the_last_two_reviews_at_once_complete_the_application_once(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        team = a_team(session)
        application = a_submitted_application(session, a_closed_call(session, fund))
        reviews = assigned(session, application, team)
        for review in reviews:
            declare_no_conflict(session, review, act_of(session, review.reviewer))
        ids, application_id = [review.id for review in reviews], application.id

    def submit_review(number: int) -> None:
        with real_database.transaction() as session:
            review = session.get_one(Review, ids[number])
            draft = a_full_draft(review.application)
            submit(session, review, draft, act_of(session, review.reviewer))

    assert outcomes(2, submit_review) == [None, None]
    with real_database.transaction() as session:
        found = session.get_one(Application, application_id)
        assert found.state == ApplicationState.REVIEWED
