"""Less comes of a pledge than was promised: two persons, a paper, and the books tell the same."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.service import appoint
from grants.giving.pledges.changes.service import approve, refuse
from grants.giving.pledges.models import ChangeKind
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.schedule import Due, payments
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.giving.pledges.workflow import ChangeState, PledgeState
from grants.giving.totals.figures import fund_totals, public_donors
from grants.platform.messages.models import Message
from tests.books.ledger.books import publish_rates, settle
from tests.factories import (
    a_change,
    a_deposit,
    a_donor,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_approved_change,
    member,
    staff,
)

REDUCTION, WITHDRAWAL, WRITE_OFF = ChangeKind


def test_nothing_changes_until_another_person_approves(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    change = a_change(session, pledge, REDUCTION, usd(30_000))
    assert (pledge.standing, change.state) == (usd(100_000), ChangeState.REQUESTED)
    approve(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER)))
    assert (pledge.amount, pledge.standing) == (usd(100_000), usd(70_000))
    assert outstanding(pledge, received(session, pledge)) == usd(70_000)


def test_whoever_asked_for_a_change_cannot_approve_it(session: Session, fund: Fund) -> None:
    change = a_change(session, a_pledge(session, fund), REDUCTION, usd(30_000))
    manager = staff(session, Role.FUND_MANAGER)
    appoint(session, manager, Role.APPROVING_OFFICER)
    for verb in (approve, refuse):
        with pytest.raises(Forbidden, match="A different person"):
            verb(session, change, act_of(session, manager, "No."))
    assert change.state is ChangeState.REQUESTED


@pytest.mark.parametrize("role", sorted(set(Role) - OUTSIDE - {Role.APPROVING_OFFICER}))
def test_only_the_approving_officer_decides(session: Session, fund: Fund, role: Role) -> None:
    change = a_change(session, a_pledge(session, fund), REDUCTION, usd(30_000))
    with pytest.raises(Forbidden):
        approve(session, change, act_of(session, staff(session, role, "Somebody Else")))


def test_the_database_alone_refuses_one_person_for_both(session: Session, fund: Fund) -> None:
    change = a_change(session, a_pledge(session, fund), REDUCTION, usd(30_000))
    with pytest.raises(DBAPIError, match="two_persons"):
        session.execute(
            text(
                "UPDATE pledge_change SET state = 'approved', decided_on = '2026-01-01',"
                " decided_by_id = requested_by_id WHERE id = :id"
            ),
            {"id": change.id},
        )


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE pledge_change SET amount_minor = 1",
        "UPDATE pledge_change SET state = 'requested'",
        "DELETE FROM pledge_change",
    ],
)
def test_the_database_alone_keeps_a_decided_change(session: Session, fund: Fund, deed: str) -> None:
    an_approved_change(session, a_pledge(session, fund), REDUCTION, usd(30_000))
    with pytest.raises(DBAPIError):
        session.execute(text(deed))


def test_the_database_alone_refuses_to_take_more_than_was_promised(
    session: Session, fund: Fund
) -> None:
    change = a_change(session, a_pledge(session, fund), REDUCTION, usd(30_000))
    session.execute(
        text(
            "INSERT INTO pledge_change SELECT id + 1, pledge_id, kind, 100001, reason, document_id,"
            " 'approved', requested_at, NULL, now(), NULL, false, 1 FROM pledge_change"
            " WHERE id = :id"
        ),
        {"id": change.id},
    )
    with pytest.raises(DBAPIError, match="more is taken"):
        settle(session)


def test_one_change_at_a_time(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    a_change(session, pledge, REDUCTION, usd(30_000))
    with pytest.raises(Conflict, match="awaiting a decision"):
        a_change(session, pledge, REDUCTION, usd(10))


def test_a_refused_change_leaves_the_pledge_alone_and_another_may_be_asked(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    change = a_change(session, pledge, REDUCTION, usd(30_000))
    refuse(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER), "A mistake."))
    assert (pledge.standing, change.state) == (usd(100_000), ChangeState.REFUSED)
    an_approved_change(session, pledge, REDUCTION, usd(1))
    assert pledge.standing == usd(99_999)


def test_a_change_decided_twice_is_a_conflict(session: Session, fund: Fund) -> None:
    change = an_approved_change(session, a_pledge(session, fund), REDUCTION, usd(1))
    officer = act_of(session, staff(session, Role.APPROVING_OFFICER), "Again.")
    for verb in (approve, refuse):
        with pytest.raises(Conflict):
            verb(session, change, officer)


@pytest.mark.parametrize("minor", [0, -1, 60_001])
def test_no_more_than_is_outstanding_can_be_taken(session: Session, fund: Fund, minor: int) -> None:
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(40_000))
    with pytest.raises(DomainError, match="outstanding"):
        a_change(session, pledge, REDUCTION, usd(minor))


def test_money_that_came_meanwhile_stops_an_approval(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    change = a_change(session, pledge, WITHDRAWAL)
    a_deposit(session, fund, pledge, usd(40_000))
    with pytest.raises(DomainError, match=r"600\.00"):
        approve(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER)))
    assert change.state is ChangeState.REQUESTED


def test_a_pledge_withdrawn_before_anything_was_signed_or_paid_ends(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    an_approved_change(session, pledge, WITHDRAWAL)
    assert (pledge.state, pledge.standing) == (PledgeState.WITHDRAWN, usd(0))
    with pytest.raises(DomainError, match="No deposit can be recorded"):
        a_deposit(session, fund, pledge, usd(1))


def test_what_was_paid_stands_when_the_rest_is_withdrawn(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(40_000))
    an_approved_change(session, pledge, WITHDRAWAL)
    assert (pledge.state, pledge.standing) == (PledgeState.PLEDGED, usd(40_000))


def test_only_a_signed_pledge_can_be_written_off(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError, match="signed agreement"):
        a_change(session, a_pledge(session, fund), WRITE_OFF)


def test_reducing_an_unsigned_pledge_posts_nothing_and_signing_books_what_stands(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    an_approved_change(session, pledge, REDUCTION, usd(30_000))
    assert balances(session, fund).contributions_receivable == usd(0)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(date(2026, 1, 10)), manager)
    assert balances(session, fund).contribution_revenue == usd(70_000)


def test_a_write_off_leaves_the_receivable_at_the_rate_of_the_agreement(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money.parse("1000", "EUR"))
    before = balances(session, fund).contributions_receivable
    change = an_approved_change(session, pledge, WRITE_OFF, Money.parse("250", "EUR"))
    owed = position(session, fund.id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject)
    assert change.in_books
    assert owed.amount == Money.parse("750", "EUR") == pledge.standing
    assert owed.usd_minor * 4 in range(before.minor * 3 - 4, before.minor * 3 + 5)


def test_a_reduction_of_a_conditional_agreement_takes_from_deferred_revenue(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, conditional=True)
    an_approved_change(session, pledge, REDUCTION, usd(40_000))
    deferred = position(session, fund.id, Account.DEFERRED_REVENUE, pledge.subject)
    assert deferred.amount == usd(60_000)
    assert balances(session, fund).contribution_revenue == usd(0)


def test_late_money_on_a_written_off_pledge_is_recorded_with_a_reason(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund)
    an_approved_change(session, pledge, WRITE_OFF)
    assert outstanding(pledge, received(session, pledge)) == usd(0)
    with pytest.raises(DomainError, match="Give the reason"):
        a_deposit(session, fund, pledge, usd(500))
    a_deposit(session, fund, pledge, usd(500), reason="They paid after all.")
    assert balances(session, fund).cash == usd(500)
    assert outstanding(pledge, received(session, pledge)) == usd(0)
    settle(session)


def test_the_last_payments_fall_away_and_the_first_plan_is_kept(
    session: Session, fund: Fund
) -> None:
    thirds = [Due(date(2026, month, 1), usd(30_000)) for month in (3, 6, 9)]
    pledge = a_pledge(session, fund, usd(90_000), payments=tuple(thirds))
    an_approved_change(session, pledge, REDUCTION, usd(40_000))
    assert [(part.number, part.amount) for part in payments(pledge, usd(0))] == [
        (1, usd(30_000)),
        (2, usd(20_000)),
    ]
    assert [part.revision for part in pledge.all_instalments] == [1, 1, 1, 2, 2]
    settle(session)


def test_every_figure_counts_what_stands(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(20_000))
    an_approved_change(session, pledge, WRITE_OFF, usd(50_000))
    totals = fund_totals(session, fund)
    assert (totals.pledged, totals.signed) == (usd(50_000), usd(50_000))
    assert public_donors(session, fund)[0].pledged == usd(50_000)


def test_the_approver_and_then_the_donor_are_told(session: Session, fund: Fund) -> None:
    donor = a_donor(session)
    member(session, donor, Role.DONOR)
    staff(session, Role.APPROVING_OFFICER)
    pledge = a_pledge(session, fund, donor=donor)
    an_approved_change(session, pledge, REDUCTION, usd(30_000))
    subjects = [message.subject for message in session.query(Message).order_by(Message.id)]
    assert subjects == [
        f"A change to pledge {pledge.reference} awaits your decision",
        f"Your pledge {pledge.reference} has changed",
    ]
    assert [row.action for row in trail_of(session, "pledge", pledge.id)][-2:] == [
        "request_change",
        "approve_change",
    ]
