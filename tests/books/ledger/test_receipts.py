"""What comes in is booked as domain rules 3 to 5 and 8 say, to the cent."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position, received, sent_back
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import (
    allocate_suspense,
    book_bank_charge,
    book_interest,
    meet_condition,
    receive_deposit,
    receive_unidentified,
    recognise_agreement,
    refund_to_donor,
    write_off,
)
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, lines, money, publish_rates, voucher


@pytest.fixture(autouse=True)
def rates(session: Session) -> None:
    publish_rates(session)


def test_a_signed_agreement_is_receivable_and_revenue_at_the_rate_of_its_day(
    session: Session, fund: Fund
) -> None:
    entry = recognise_agreement(session, voucher(fund), money("1000", "EUR"))
    assert lines(session, entry) == [
        ("contributions_receivable", "1000.00 EUR", "1111.11", "0.9"),
        ("contribution_revenue", "-1000.00 EUR", "-1111.11", "0.9"),
    ]


def test_a_deposit_clears_the_receivable_at_its_own_rate_and_the_rest_is_exchange_gain(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"))
    entry = receive_deposit(
        session, voucher(fund, FEBRUARY), money("395", "EUR"), money("5", "EUR")
    )
    assert lines(session, entry) == [
        ("cash", "395.00 EUR", "493.75", "0.8"),
        ("bank_charges", "5.00 EUR", "6.25", "0.8"),
        ("contributions_receivable", "-400.00 EUR", "-444.44", "0.9"),
        ("exchange_difference", "0.00 EUR", "-55.56", "0.8"),
    ]


def test_the_deposit_that_completes_the_pledge_clears_what_is_left_to_the_cent(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("1000", "JPY"))
    for part in ("333", "333", "334"):
        receive_deposit(session, voucher(fund, MARCH), money(part, "JPY"))
    left = position(session, fund.id, Account.CONTRIBUTIONS_RECEIVABLE, "pledge:1")
    assert (left.amount.minor, left.usd_minor) == (0, 0)


def test_money_without_an_agreement_is_revenue_at_the_rate_of_its_day(
    session: Session, fund: Fund
) -> None:
    entry = receive_deposit(session, voucher(fund, FEBRUARY), money("99", "EUR"), money("1", "EUR"))
    assert lines(session, entry) == [
        ("cash", "99.00 EUR", "123.75", "0.8"),
        ("bank_charges", "1.00 EUR", "1.25", "0.8"),
        ("contribution_revenue", "-100.00 EUR", "-125.00", "0.8"),
    ]


def test_an_agreement_signed_after_a_deposit_is_receivable_only_for_the_rest(
    session: Session, fund: Fund
) -> None:
    receive_deposit(session, voucher(fund, JANUARY), money("395", "EUR"), money("5", "EUR"))
    entry = recognise_agreement(session, voucher(fund, FEBRUARY), money("1000", "EUR"))
    assert lines(session, entry)[0] == (
        "contributions_receivable",
        "600.00 EUR",
        "750.00",
        "0.8",
    )


def test_an_agreement_signed_after_all_was_paid_books_nothing(session: Session, fund: Fund) -> None:
    receive_deposit(session, voucher(fund), money("400"))
    assert recognise_agreement(session, voucher(fund), money("400")) is None


def test_a_pledge_has_one_agreement_at_a_time(session: Session, fund: Fund) -> None:
    recognise_agreement(session, voucher(fund), money("400"))
    with pytest.raises(DomainError, match="signed agreement"):
        recognise_agreement(session, voucher(fund), money("400"))


def test_a_conditional_agreement_is_no_revenue_until_its_condition_is_met(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("1000", "EUR"), conditional=True)
    receive_deposit(session, voucher(fund, FEBRUARY), money("1000", "EUR"))
    standing = balances(session, fund)
    assert (standing.deferred_revenue, standing.contribution_revenue) == (
        money("1111.11"),
        money("0"),
    )
    assert lines(session, meet_condition(session, voucher(fund, MARCH))) == [
        ("deferred_revenue", "1000.00 EUR", "1111.11", "0.9"),
        ("contribution_revenue", "-1000.00 EUR", "-1111.11", "0.9"),
    ]
    with pytest.raises(DomainError, match="deferred"):
        meet_condition(session, voucher(fund, MARCH))


def test_more_than_is_outstanding_needs_a_reason_and_is_revenue_of_its_day(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    with pytest.raises(DomainError, match="Give the reason"):
        receive_deposit(session, voucher(fund, FEBRUARY), money("120", "EUR"))
    more = voucher(fund, FEBRUARY, reason="The donor rounded up.")
    assert lines(session, receive_deposit(session, more, money("120", "EUR"))) == [
        ("cash", "120.00 EUR", "150.00", "0.8"),
        ("contributions_receivable", "-100.00 EUR", "-111.11", "0.9"),
        ("contribution_revenue", "-20.00 EUR", "-25.00", "0.8"),
        ("exchange_difference", "0.00 EUR", "-13.89", "0.8"),
    ]
    with pytest.raises(DomainError, match="Give the reason"):
        receive_deposit(session, voucher(fund, FEBRUARY), money("1", "EUR"))


def test_a_deposit_in_another_currency_than_the_pledge_is_refused(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"))
    with pytest.raises(DomainError, match="EUR"):
        receive_deposit(session, voucher(fund, FEBRUARY), money("100"))


def test_unidentified_money_waits_in_suspense_and_is_not_available(
    session: Session, fund: Fund
) -> None:
    unknown = voucher(fund, FEBRUARY, "receipt:1")
    entry = receive_unidentified(session, unknown, money("79", "EUR"), money("1", "EUR"))
    assert lines(session, entry) == [
        ("cash", "79.00 EUR", "98.75", "0.8"),
        ("bank_charges", "1.00 EUR", "1.25", "0.8"),
        ("suspense", "-80.00 EUR", "-100.00", "0.8"),
    ]
    assert balances(session, fund).available == money("-1.25")


def test_allocated_money_counts_at_the_value_of_the_day_it_came(
    session: Session, fund: Fund
) -> None:
    recognise_agreement(session, voucher(fund, JANUARY), money("60", "EUR"))
    receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("80", "EUR"))
    entry = allocate_suspense(session, voucher(fund, MARCH), "receipt:1", money("60", "EUR"))
    assert lines(session, entry) == [
        ("suspense", "60.00 EUR", "75.00", "0.8"),
        ("contributions_receivable", "-60.00 EUR", "-66.67", "0.9"),
        ("exchange_difference", "0.00 EUR", "-8.33", "0.8"),
    ]
    rest = voucher(fund, MARCH, "pledge:2")
    assert lines(session, allocate_suspense(session, rest, "receipt:1", money("20", "EUR"))) == [
        ("suspense", "20.00 EUR", "25.00", "0.8"),
        ("contribution_revenue", "-20.00 EUR", "-25.00", "0.8"),
    ]
    with pytest.raises(DomainError, match="held in suspense"):
        allocate_suspense(
            session, voucher(fund, MARCH, "pledge:2"), "receipt:1", money("0.01", "EUR")
        )


def test_received_is_what_the_donor_sent_whatever_went_back(session: Session, fund: Fund) -> None:
    recognise_agreement(session, voucher(fund), money("60", "EUR"))
    receive_deposit(session, voucher(fund), money("39", "EUR"), money("1", "EUR"))
    receive_unidentified(session, voucher(fund, FEBRUARY, "receipt:1"), money("20", "EUR"))
    allocate_suspense(session, voucher(fund, MARCH), "receipt:1", money("20", "EUR"))
    refund_to_donor(session, voucher(fund, MARCH), money("10", "EUR"))
    assert received(session, fund.id, "pledge:1", "EUR") == money("60", "EUR")
    assert sent_back(session, fund.id, "pledge:1", "EUR") == money("10", "EUR")


def test_a_refund_before_signature_does_not_make_the_pledge_owe_it_again(
    session: Session, fund: Fund
) -> None:
    receive_deposit(session, voucher(fund), money("40"))
    refund_to_donor(session, voucher(fund), money("10"))
    entry = recognise_agreement(session, voucher(fund, FEBRUARY), money("100"))
    assert lines(session, entry)[0] == ("contributions_receivable", "60.00 USD", "60.00", "")


def test_a_refund_to_a_donor_is_less_revenue_at_the_rate_of_the_day(
    session: Session, fund: Fund
) -> None:
    receive_deposit(session, voucher(fund, JANUARY), money("90", "EUR"))
    receive_deposit(session, voucher(fund, JANUARY, "pledge:2"), money("100"))
    entry = refund_to_donor(session, voucher(fund, FEBRUARY), money("80", "EUR"))
    assert lines(session, entry) == [
        ("contribution_revenue", "80.00 EUR", "100.00", "0.8"),
        ("cash", "-80.00 EUR", "-100.00", "0.8"),
    ]
    with pytest.raises(DomainError, match="received"):
        refund_to_donor(session, voucher(fund, FEBRUARY), money("10.01", "EUR"))


def test_interest_and_bank_charges_are_booked_at_the_rate_of_the_day(
    session: Session, fund: Fund
) -> None:
    assert lines(session, book_interest(session, voucher(fund, FEBRUARY), money("8", "EUR"))) == [
        ("cash", "8.00 EUR", "10.00", "0.8"),
        ("interest", "-8.00 EUR", "-10.00", "0.8"),
    ]
    assert lines(session, book_bank_charge(session, voucher(fund), money("2"))) == [
        ("bank_charges", "2.00 USD", "2.00", ""),
        ("cash", "-2.00 USD", "-2.00", ""),
    ]


@pytest.mark.parametrize(
    ("conditional", "other"), [(False, "write_off"), (True, "deferred_revenue")]
)
def test_what_will_not_be_paid_leaves_the_receivable_at_its_own_rate(
    session: Session, fund: Fund, *, conditional: bool, other: str
) -> None:
    recognise_agreement(session, voucher(fund), money("100", "EUR"), conditional=conditional)
    entry = write_off(session, voucher(fund, MARCH), money("40", "EUR"))
    assert lines(session, entry) == [
        (other, "40.00 EUR", "44.44", "0.9"),
        ("contributions_receivable", "-40.00 EUR", "-44.44", "0.9"),
    ]
    with pytest.raises(DomainError, match="receivable"):
        write_off(session, voucher(fund, MARCH), money("60.01", "EUR"))


def test_the_same_key_books_once_and_another_body_under_it_is_refused(
    session: Session, fund: Fund
) -> None:
    first = receive_deposit(session, voucher(fund, key="deposit:7"), money("10"))
    again = receive_deposit(session, voucher(fund, key="deposit:7"), amount=money("10"), fee=None)
    assert again.id == first.id
    assert balances(session, fund).cash == money("10")
    with pytest.raises(Conflict):
        receive_deposit(session, voucher(fund, key="deposit:7"), money("11"))
    with pytest.raises(Conflict):
        receive_deposit(session, voucher(fund, FEBRUARY, key="deposit:7"), money("10"))


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_and_less_than_nothing_is_not_booked(
    session: Session, fund: Fund, amount: str
) -> None:
    with pytest.raises(DomainError, match="more than 0"):
        receive_deposit(session, voucher(fund), money(amount))


def test_without_a_rate_on_or_before_the_day_foreign_money_is_not_booked(
    session: Session, fund: Fund
) -> None:
    with pytest.raises(DomainError, match=r"no exchange rate for EUR on or before 2025-12-31"):
        receive_deposit(session, voucher(fund, date(2025, 12, 31)), money("1", "EUR"))
