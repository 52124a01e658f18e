"""Approval by several officers: as many as the fund asks for, each on the same terms."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.funds.approvals import Tier, approvers_for, as_text, checked, from_text
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.approvals import standing_approvals
from grants.deciding.awards.queries import approval_queue, award_of
from grants.deciding.awards.service import approve, cancel_award, give_approval
from grants.deciding.board.models import Endorsement
from grants.deciding.board.service import BoardAdvice, Proposal, Votes, record_advice, revise
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
from tests.platform.web.client import SignInAs

TWO = [{"from_usd": "0.00", "approvers": 1}, {"from_usd": "10000.00", "approvers": 2}]


@pytest.fixture
def second(session: Session, team: Team) -> Person:
    return staff(session, Role.APPROVING_OFFICER, "Second Approver")


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    """Advised on 15,000 USD, for which this fund asks for two officers."""
    money_for_awards(session, fund)
    fund.approval_tiers = TWO
    return advised(session, a_submitted_application(session, a_closed_call(session, fund)), team)


def waits_for(session: Session, person: Person) -> list[Application]:
    return list(session.scalars(approval_queue(act_of(session, person).actor)))


def test_an_award_takes_as_many_officers_as_its_amount_asks_for(
    session: Session, application: Application, team: Team, second: Person
) -> None:
    terms = terms_for(session, application)
    first = act_of(session, team.approver)
    with pytest.raises(DomainError, match="still needed"):
        approve(session, application, terms, first)
    assert give_approval(session, application, terms, first) is None
    assert give_approval(session, application, terms, first) is None, "twice is once"
    assert award_of(session, application) is None
    assert waits_for(session, team.approver) == []
    assert waits_for(session, second) == [application]
    award = give_approval(session, application, terms, act_of(session, second))
    assert award is not None
    assert application.state == ApplicationState.APPROVED


def test_below_the_amount_one_officer_is_enough(
    session: Session, fund: Fund, application: Application, team: Team
) -> None:
    fund.approval_tiers = [TWO[0], {"from_usd": "15000.01", "approvers": 2}]
    terms = terms_for(session, application)
    assert give_approval(session, application, terms, act_of(session, team.approver))


def test_who_recommended_gives_no_approval(
    session: Session, application: Application, team: Team
) -> None:
    with pytest.raises(Forbidden):
        give_approval(
            session, application, terms_for(session, application), act_of(session, team.manager)
        )


@pytest.mark.parametrize("changed", ["period", "amount", "advice", "cancelled"])
def test_an_approval_is_void_when_what_was_approved_changes(
    session: Session, application: Application, team: Team, second: Person, changed: str
) -> None:
    terms = terms_for(session, application)
    give_approval(session, application, terms, act_of(session, team.approver))
    manager = act_of(session, team.manager, "Prices rose.")
    amount = terms.amount
    if changed == "period":
        terms = replace(terms, ends_on=terms.ends_on - timedelta(days=30))
    if changed == "amount":
        amount = usd(1_200_000)
        revise(session, application, Proposal(amount, "Cheaper."), manager)
        terms = replace(terms, amount=amount)
    if changed in {"amount", "advice"}:
        said = BoardAdvice(clock.today(), Endorsement.ENDORSED, amount, votes=Votes(3))
        record_advice(session, application, said, manager)
        assert not standing_approvals(session, application)
    if changed == "cancelled":
        award = give_approval(session, application, terms, act_of(session, second))
        assert award is not None
        cancel_award(session, award, act_of(session, team.approver, "A wrong period."))
    assert give_approval(session, application, terms, act_of(session, second)) is None
    assert waits_for(session, team.approver) == [application]
    assert give_approval(session, application, terms, act_of(session, team.approver))


def test_the_second_officer_sees_what_the_first_approved(
    session: Session, application: Application, team: Team, second: Person, sign_in_as: SignInAs
) -> None:
    terms = terms_for(session, application)
    give_approval(session, application, terms, act_of(session, team.approver))
    session.commit()
    path = f"/decisions/{application.reference}/approve"
    browser = sign_in_as(second)
    page = browser.get(path).text
    assert team.approver.name in page
    assert "2 officers must approve" in page
    assert "no longer count" in page
    start, end = terms.starts_on, terms.ends_on
    typed = {
        "starts_on-day": f"{start.day}",
        "starts_on-month": f"{start.month}",
        "starts_on-year": f"{start.year}",
        "ends_on-day": f"{end.day}",
        "ends_on-month": f"{end.month}",
        "ends_on-year": f"{end.year}",
        "amount": str(terms.amount),
    }
    assert f'value="{start.year}"' in page
    assert browser.submit(path, typed).status_code == 302
    session.expire_all()
    assert award_of(session, application) is not None


def test_the_rule_is_a_setting_that_two_persons_change(session: Session, fund: Fund) -> None:
    finance = staff(session, Role.FINANCE_OFFICER)
    approver = staff(session, Role.APPROVING_OFFICER)
    tiers = [Tier(usd(0), 1), Tier(usd(5_000_000), 2)]
    proposing = act_of(session, finance, "The delegation of authority of 2026.")
    with pytest.raises(DomainError, match="Only 1 approving officer"):
        propose_change(session, fund, Setting.APPROVALS, tiers, proposing)
    staff(session, Role.APPROVING_OFFICER, "One More")
    change = propose_change(session, fund, Setting.APPROVALS, tiers, proposing)
    assert change.after == "1;50000.00=2"
    assert approvers_for(fund, usd(9_000_000)) == 1
    put_in_force(session, change, act_of(session, approver))
    assert [approvers_for(fund, usd(minor)) for minor in (4_999_999, 5_000_000)] == [1, 2]


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [Tier(usd(100), 1)],
        [Tier(usd(0), 0)],
        [Tier(usd(0), 2), Tier(usd(100), 1)],
        [Tier(usd(0), 1), Tier(usd(100), 2), Tier(usd(50), 3)],
        [Tier(usd(0), 9)],
    ],
)
def test_what_is_no_rule_is_refused(tiers: list[Tier]) -> None:
    with pytest.raises(DomainError):
        checked(tiers)


def test_the_rule_reads_back_as_it_was_written() -> None:
    tiers = (Tier(usd(0), 1), Tier(usd(5_000_000), 2), Tier(usd(25_000_000), 3))
    assert from_text(as_text(tiers)) == tiers
