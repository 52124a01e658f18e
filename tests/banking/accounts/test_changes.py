"""Bank details of a fund are changed by two persons, and by nobody alone."""

from dataclasses import asdict, replace

import pytest
from sqlalchemy.orm import Session

from grants.banking.accounts.queries import to_approve
from grants.banking.accounts.service import approve, decline, propose
from grants.banking.accounts.workflow import DetailsState
from grants.books.ledger.bank_accounts import AccountDetails, account_by_code
from grants.core.audit.act import Act
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from tests.factories import act_of, staff

WHY = "The bank’s letter of 2 March."
DETAILS = AccountDetails(
    "Main account", "Bank of Vienna", "AT61 1904 3002 3457 3201", "bkauatww", "United Nations"
)


@pytest.fixture
def account(session: Session, fund: Fund) -> BankAccount:
    return account_by_code(session, f"{fund.code}-USD")


def manager(session: Session, why: str | None = WHY) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER), why)


def approver(session: Session, why: str | None = None) -> Act:
    return act_of(session, staff(session, Role.APPROVING_OFFICER), why)


def test_details_are_in_force_once_another_person_has_approved_them(
    session: Session, account: BankAccount
) -> None:
    change = propose(session, account, DETAILS, manager(session))
    assert not account.number
    assert session.scalar(to_approve(approver(session).actor)) == 1
    approve(session, change, approver(session))
    assert asdict(AccountDetails.of(account)) == change.after
    assert change.after["number"] == "AT611904300234573201"
    assert session.scalar(to_approve(approver(session).actor)) == 0


def test_the_person_who_proposed_details_does_not_approve_them(
    session: Session, account: BankAccount
) -> None:
    both = staff(session, Role.FUND_MANAGER)
    appoint(session, both, Role.APPROVING_OFFICER)
    change = propose(session, account, DETAILS, act_of(session, both, WHY))
    for decide in (approve, decline):
        with pytest.raises(Forbidden, match="different person"):
            decide(session, change, act_of(session, both, WHY))
    assert session.scalar(to_approve(act_of(session, both).actor)) == 0
    assert account.number is None


def test_a_declined_change_changes_nothing_and_another_may_follow(
    session: Session, account: BankAccount
) -> None:
    change = propose(session, account, DETAILS, manager(session))
    with pytest.raises(Conflict, match="awaiting"):
        propose(session, account, replace(DETAILS, bank="Other"), manager(session))
    with pytest.raises(DomainError, match="reason"):
        decline(session, change, approver(session))
    decline(session, change, approver(session, "The letter is not the bank’s."))
    assert (change.state, account.number) == (DetailsState.DECLINED, None)
    propose(session, account, DETAILS, manager(session))


def test_details_that_changed_since_are_not_overwritten(
    session: Session, account: BankAccount
) -> None:
    change = propose(session, account, DETAILS, manager(session))
    account.bank = "Another bank"
    session.flush()
    with pytest.raises(Conflict, match="changed since"):
        approve(session, change, approver(session))


def test_a_proposal_needs_a_reason_a_change_and_the_permission(
    session: Session, account: BankAccount
) -> None:
    with pytest.raises(DomainError, match="reason"):
        propose(session, account, DETAILS, manager(session, None))
    with pytest.raises(DomainError, match="Nothing has been changed"):
        propose(session, account, AccountDetails.of(account), manager(session))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER), WHY)
    with pytest.raises(Forbidden):
        propose(session, account, DETAILS, finance)
