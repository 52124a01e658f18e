"""A correction is a reversal, once, and a new entry."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances, trial_balance
from grants.books.ledger.receipts import (
    allocate_suspense,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
    refund_to_donor,
)
from grants.books.ledger.reversal import reverse
from grants.books.ledger.spending import (
    commit_agreement,
    pay_instalment,
    release_reservation,
    reserve_award,
)
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from tests.books.ledger.books import (
    CLERK,
    FEBRUARY,
    MARCH,
    PSC,
    lines,
    money,
    publish_rates,
    settle,
    voucher,
)

WRONG = Act(CLERK.actor, reason="Entered for the wrong pledge.")


@pytest.fixture(autouse=True)
def rates(session: Session) -> None:
    publish_rates(session)


def test_a_reversal_is_the_mirror_image_with_the_same_rates_and_leaves_a_trail(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    entry = receive_deposit(session, voucher(fund, FEBRUARY), money("40", "EUR"))
    before = balances(session, fund, FEBRUARY)
    reversal = reverse(session, entry, MARCH, WRONG)
    assert lines(session, reversal) == [
        ("cash", "-40.00 EUR", "-50.00", "0.8"),
        ("contributions_receivable", "40.00 EUR", "44.44", "0.9"),
        ("exchange_difference", "0.00 EUR", "5.56", "0.8"),
    ]
    assert balances(session, fund, FEBRUARY) == before
    assert balances(session, fund).cash == money("0")
    assert reversal.reason == WRONG.reason
    assert [row.action for row in trail_of(session, "entry", entry.id)] == ["reverse"]


def test_an_entry_is_reversed_once_and_a_reversal_never(session: Session, fund: Fund) -> None:
    entry = receive_deposit(session, voucher(fund), money("40"))
    reversal = reverse(session, entry, MARCH, WRONG)
    with pytest.raises(Conflict, match="already"):
        reverse(session, entry, MARCH, WRONG)
    with pytest.raises(DomainError, match="itself a reversal"):
        reverse(session, reversal, MARCH, WRONG)


def test_a_reversal_needs_a_reason_and_is_not_booked_before_its_entry(
    session: Session, fund: Fund
) -> None:
    entry = receive_deposit(session, voucher(fund, FEBRUARY), money("40"))
    with pytest.raises(DomainError, match="reason"):
        reverse(session, entry, MARCH, CLERK)
    with pytest.raises(DomainError, match="before"):
        reverse(session, entry, date(2026, 2, 9), WRONG)


def test_a_reversed_key_is_not_booked_again_by_a_late_repetition(
    session: Session, fund: Fund
) -> None:
    entry = receive_deposit(session, voucher(fund, key="deposit:1"), money("40"))
    reverse(session, entry, MARCH, WRONG)
    with pytest.raises(Conflict, match="reversed"):
        receive_deposit(session, voucher(fund, key="deposit:1"), money("40"))


def test_what_later_entries_stand_on_is_not_taken_away(session: Session, fund: Fund) -> None:
    agreement = recognise_agreement(session, voucher(fund), money("100", "EUR"))
    assert agreement is not None
    deposit = receive_deposit(session, voucher(fund, FEBRUARY), money("40", "EUR"))
    with pytest.raises(DomainError, match="Reverse those first"), session.begin_nested():
        reverse(session, agreement, MARCH, WRONG)
    reverse(session, deposit, MARCH, WRONG)
    reverse(session, agreement, MARCH, WRONG)
    assert all(not row.debit and not row.credit for row in trial_balance(session, fund))


def test_a_receipt_that_was_allocated_is_not_reversed_before_its_allocation(
    session: Session, fund: Fund
) -> None:
    receipt = receive_unidentified(session, voucher(fund, subject="receipt:1"), money("40"))
    allocation = allocate_suspense(session, voucher(fund), "receipt:1", money("30"))
    with pytest.raises(DomainError, match="Reverse those first"), session.begin_nested():
        reverse(session, receipt, MARCH, WRONG)
    reverse(session, allocation, MARCH, WRONG)
    assert balances(session, fund).suspense == money("40")


def test_a_returned_payment_restores_the_commitment(session: Session, fund: Fund) -> None:
    receive_deposit(session, voucher(fund), money("1130"))
    commit_agreement(session, voucher(fund, subject="grant:1"), [money("1000")], PSC)
    before = balances(session, fund)
    paid = pay_instalment(session, voucher(fund, FEBRUARY, "grant:1"), money("1000"))
    reverse(session, paid, MARCH, Act(CLERK.actor, reason="The account was closed."))
    assert balances(session, fund) == before
    pay_instalment(session, voucher(fund, MARCH, "grant:1"), money("1000"))


def test_a_release_is_not_undone_when_its_money_is_spoken_for(session: Session, fund: Fund) -> None:
    receive_deposit(session, voucher(fund), money("113"))
    reserve_award(session, voucher(fund, subject="grant:1"), money("100"), PSC)
    release = release_reservation(session, voucher(fund, subject="grant:1"))
    reserve_award(session, voucher(fund, subject="grant:2"), money("100"), PSC)
    with pytest.raises(DomainError, match="since been committed"):
        reverse(session, release, MARCH, WRONG)


def test_an_agreement_may_be_booked_anew_after_its_reversal(session: Session, fund: Fund) -> None:
    wrong = recognise_agreement(session, voucher(fund), money("100", "EUR"))
    assert wrong is not None
    reverse(session, wrong, FEBRUARY, WRONG)
    recognise_agreement(session, voucher(fund, FEBRUARY), money("90", "EUR"))
    settle(session)
    deposit = receive_deposit(session, voucher(fund, MARCH), money("45", "EUR"))
    assert lines(session, deposit)[1] == (
        "contributions_receivable",
        "-45.00 EUR",
        "-56.25",
        "0.8",
    )


def test_a_receipt_of_which_money_went_back_stays_until_the_refund_is_undone(
    session: Session, fund: Fund
) -> None:
    receive_deposit(session, voucher(fund, FEBRUARY, "other"), money("500"))
    deposit = receive_deposit(session, voucher(fund, FEBRUARY), money("40"))
    refund = refund_to_donor(session, voucher(fund, MARCH), money("15"))
    with pytest.raises(DomainError, match="depend on this one"):
        reverse(session, deposit, MARCH, WRONG)
    reverse(session, refund, MARCH, WRONG)
    reverse(session, deposit, MARCH, WRONG)
