"""What goes out is booked as domain rules 6 to 8 say, and never beyond what there is."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.books.ledger.queries import available_for_award, balances
from grants.books.ledger.receipts import receive_deposit, receive_unidentified
from grants.books.ledger.spending import (
    adjust_commitment,
    adjust_reservation,
    commit_agreement,
    pay_instalment,
    refund_by_grantee,
    release_reservation,
    reserve_award,
)
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from tests.books.ledger.books import FEBRUARY, MARCH, PSC, lines, money, voucher

GRANT = "grant:1"


@pytest.fixture
def funded(session: Session, fund: Fund) -> Fund:
    receive_deposit(session, voucher(fund), money("1130"))
    return fund


def test_an_approved_award_reserves_itself_and_its_support_cost(
    session: Session, funded: Fund
) -> None:
    entry = reserve_award(session, voucher(funded, subject=GRANT), money("100"), PSC)
    assert lines(session, entry) == [
        ("reserved", "113.00 USD", "113.00", ""),
        ("reserved_control", "-113.00 USD", "-113.00", ""),
    ]
    assert balances(session, funded).available == money("1017")


def test_an_award_beyond_what_is_available_is_refused(session: Session, funded: Fund) -> None:
    with pytest.raises(DomainError, match=r"requires 1130\.01 USD .* 1130\.00 USD is available"):
        reserve_award(session, voucher(funded, subject=GRANT), money("1000.01"), PSC)
    reserve_award(session, voucher(funded, subject=GRANT), money("1000"), PSC)
    assert available_for_award(session, funded) == money("0")


def test_the_operating_reserve_and_unidentified_money_are_not_awarded(
    session: Session, funded: Fund
) -> None:
    receive_unidentified(session, voucher(funded, subject="receipt:1"), money("500"))
    funded.operating_reserve_minor = 13000
    session.flush()
    assert balances(session, funded).available == money("1000")
    with pytest.raises(DomainError):
        reserve_award(session, voucher(funded, subject=GRANT), money("1000"), PSC)


def test_a_released_reservation_is_available_again(session: Session, funded: Fund) -> None:
    reserve_award(session, voucher(funded, subject=GRANT), money("100"), PSC)
    release_reservation(session, voucher(funded, FEBRUARY, GRANT))
    assert balances(session, funded).available == money("1130")
    with pytest.raises(DomainError, match="Nothing is reserved"):
        release_reservation(session, voucher(funded, FEBRUARY, GRANT))


def test_a_signed_agreement_turns_the_reservation_into_a_commitment_of_each_instalment(
    session: Session, funded: Fund
) -> None:
    reserve_award(session, voucher(funded, subject=GRANT), money("3"), PSC)
    instalments = [money("1.50"), money("1.50")]
    entry = commit_agreement(session, voucher(funded, FEBRUARY, GRANT), instalments, PSC)
    assert lines(session, entry) == [
        ("reserved", "-3.39 USD", "-3.39", ""),
        ("reserved_control", "3.39 USD", "3.39", ""),
        ("commitments", "3.40 USD", "3.40", ""),
        ("commitments_control", "-3.40 USD", "-3.40", ""),
    ]


def test_a_settled_split_reserves_what_its_signature_will_commit(
    session: Session, funded: Fund
) -> None:
    reserve_award(session, voucher(funded, subject=GRANT), money("3"), PSC)
    split = [money("1.50"), money("1.50")]
    entry = adjust_reservation(session, voucher(funded, subject=GRANT), split, PSC)
    assert lines(session, entry) == [
        ("reserved", "0.01 USD", "0.01", ""),
        ("reserved_control", "-0.01 USD", "-0.01", ""),
    ]
    assert adjust_reservation(session, voucher(funded, subject=GRANT), split, PSC) is None


def test_a_split_that_needs_a_cent_more_than_is_available_is_refused_when_it_is_settled(
    session: Session, funded: Fund
) -> None:
    reserve_award(session, voucher(funded, subject=GRANT), money("3"), PSC)
    reserve_award(session, voucher(funded, subject="grant:2"), money("997"), PSC)
    assert balances(session, funded).available == money("0")
    with pytest.raises(DomainError, match=r"requires 0\.01 USD"):
        adjust_reservation(
            session, voucher(funded, subject=GRANT), [money("1.50"), money("1.50")], PSC
        )


def test_nothing_is_reserved_anew_for_a_grant_from_earlier_records(
    session: Session, funded: Fund
) -> None:
    slip = voucher(funded, subject=GRANT)
    assert adjust_reservation(session, slip, [money("100")], PSC) is None


def test_an_agreement_without_a_reservation_needs_available_money(
    session: Session, funded: Fund
) -> None:
    with pytest.raises(DomainError, match="is available"):
        commit_agreement(session, voucher(funded, subject=GRANT), [money("1000.01")], PSC)


def test_a_paid_instalment_is_expense_with_its_support_cost_and_lowers_the_commitment(
    session: Session, funded: Fund
) -> None:
    commit_agreement(session, voucher(funded, subject=GRANT), [money("60"), money("40.50")], PSC)
    entry = pay_instalment(session, voucher(funded, MARCH, GRANT), money("40.50"))
    assert lines(session, entry) == [
        ("grant_expense", "40.50 USD", "40.50", ""),
        ("cash", "-40.50 USD", "-40.50", ""),
        ("programme_support_cost", "5.26 USD", "5.26", ""),
        ("cash", "-5.26 USD", "-5.26", ""),
        ("commitments", "-45.76 USD", "-45.76", ""),
        ("commitments_control", "45.76 USD", "45.76", ""),
    ]
    with pytest.raises(DomainError, match=r"67\.80 USD is committed"):
        pay_instalment(session, voucher(funded, MARCH, GRANT), money("60.01"))


def test_nothing_is_paid_before_the_agreement_is_signed(session: Session, funded: Fund) -> None:
    reserve_award(session, voucher(funded, subject=GRANT), money("100"), PSC)
    with pytest.raises(DomainError, match="no grant agreement"):
        pay_instalment(session, voucher(funded, subject=GRANT), money("100"))


def test_a_payment_beyond_the_cash_that_is_the_funds_own_is_refused(
    session: Session, funded: Fund
) -> None:
    from grants.books.ledger.receipts import book_bank_charge

    commit_agreement(session, voucher(funded, subject=GRANT), [money("1000")], PSC)
    receive_unidentified(session, voucher(funded, subject="receipt:1"), money("500"))
    book_bank_charge(session, voucher(funded), money("0.01"))
    with pytest.raises(DomainError, match=r"1129\.99 USD in cash"):
        pay_instalment(session, voucher(funded, subject=GRANT), money("1000"))


def test_the_rate_of_support_cost_is_that_of_the_agreement_whatever_the_fund_has_now(
    session: Session, funded: Fund
) -> None:
    commit_agreement(session, voucher(funded, subject=GRANT), [money("100")], Decimal(7))
    funded.psc_percent = Decimal(20)
    session.flush()
    pay_instalment(session, voucher(funded, subject=GRANT), money("100"))
    standing = balances(session, funded)
    assert (standing.programme_support_cost, standing.commitments) == (money("7"), money("0"))


def test_a_grantees_refund_is_less_expense_and_less_support_cost(
    session: Session, funded: Fund
) -> None:
    commit_agreement(session, voucher(funded, subject=GRANT), [money("100")], PSC)
    pay_instalment(session, voucher(funded, subject=GRANT), money("100"))
    entry = refund_by_grantee(session, voucher(funded, MARCH, GRANT), money("10.50"))
    assert lines(session, entry) == [
        ("cash", "10.50 USD", "10.50", ""),
        ("grant_expense", "-10.50 USD", "-10.50", ""),
        ("cash", "1.36 USD", "1.36", ""),
        ("programme_support_cost", "-1.36 USD", "-1.36", ""),
    ]
    with pytest.raises(DomainError, match="cannot exceed the amount paid"):
        refund_by_grantee(session, voucher(funded, MARCH, GRANT), money("89.51"))


def test_what_will_not_be_paid_of_a_grant_is_available_again(
    session: Session, funded: Fund
) -> None:
    commit_agreement(session, voucher(funded, subject=GRANT), [money("60"), money("40")], PSC)
    adjust_commitment(session, voucher(funded, MARCH, GRANT), [money("40")], [])
    standing = balances(session, funded)
    assert (standing.commitments, standing.available) == (money("67.80"), money("1062.20"))
    with pytest.raises(DomainError):
        adjust_commitment(session, voucher(funded, MARCH, GRANT), [money("60.01")], [])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(st.integers(1, 9999), min_size=1, max_size=6),
    percent=st.decimals(0, 20, places=2),
)
def test_after_the_last_instalment_nothing_is_committed_to_the_cent(
    database: Database, fund: Fund, parts: list[int], percent: Decimal
) -> None:
    with database.session() as session:
        receive_deposit(session, voucher(fund), money("10000"))
        commit_agreement(
            session, voucher(fund, subject=GRANT), [usd(part) for part in parts], percent
        )
        for part in parts:
            pay_instalment(session, voucher(fund, subject=GRANT), usd(part))
        standing = balances(session, fund)
        session.rollback()
    assert standing.commitments == money("0")
    assert standing.grant_expense == usd(sum(parts))
    spent = standing.grant_expense + standing.programme_support_cost
    assert standing.cash == money("10000") - spent
