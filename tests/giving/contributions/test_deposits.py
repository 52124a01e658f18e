"""Money arrives: on a pledge, beyond it, too early; once, and by the right person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.service import Arrival, allocate, record_deposit
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.service import decline
from grants.platform.messages.models import Message
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates, settle
from tests.factories import (
    a_deposit,
    a_donor,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_arrival,
    member,
    staff,
)


def _finance(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.FINANCE_OFFICER), reason)


def _count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_deposit_gets_its_receipt_and_the_donor_is_told(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    assert pledge.donor
    contact = member(session, pledge.donor, Role.DONOR)
    deposit = a_deposit(session, fund, pledge, usd(40_000), fee=usd(1_500))
    settle(session)
    assert deposit.receipt
    assert deposit.receipt.reference == f"UNVTF-R-{clock.today().year}-0001"
    assert deposit.receipt.donor_name == pledge.donor.name
    message = session.scalars(select(Message).where(Message.person_id == contact.id)).one()
    assert message.attachments == [{"document": "receipt", "reference": deposit.receipt.reference}]
    assert "USD\u00a0415.00" in message.text
    assert "fees of USD\u00a015.00 were deducted" in message.text
    assert received(session, pledge) == usd(41_500)


def test_without_an_agreement_it_is_revenue_at_the_rate_of_its_day(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_pledge(session, fund, Money(90_000, "EUR"))
    deposit = a_deposit(session, fund, pledge, Money(80_000, "EUR"), value_on=FEBRUARY)
    settle(session)
    assert (deposit.rate, deposit.rate_on, deposit.usd) == (
        Decimal("0.8"),
        date(2026, 2, 1),
        usd(100_000),
    )
    assert balances(session, fund).contribution_revenue == usd(100_000)


def test_with_one_it_clears_the_receivable_and_the_rates_differ(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money(90_000, "EUR"), JANUARY)
    a_deposit(
        session, fund, pledge, Money(89_000, "EUR"), value_on=FEBRUARY, fee=Money(1_000, "EUR")
    )
    settle(session)
    standing = balances(session, fund)
    assert standing.contributions_receivable == usd(0)
    assert standing.bank_charges == usd(1_250)
    assert standing.exchange_difference == usd(12_500)
    assert standing.cash == usd(111_250)


def test_money_from_before_the_signature_is_revenue_of_its_own_day_however_late_it_is_told(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money(90_000, "EUR"), FEBRUARY)
    a_deposit(session, fund, pledge, Money(45_000, "EUR"), value_on=JANUARY)
    settle(session)
    on_time = balances(session, fund, JANUARY)
    assert (on_time.contribution_revenue, on_time.contributions_receivable) == (
        usd(50_000),
        usd(0),
    )
    afterwards = balances(session, fund)
    assert afterwards.contributions_receivable == usd(56_250)
    assert afterwards.contribution_revenue == usd(106_250)
    assert afterwards.exchange_difference == usd(0)


def test_a_fee_on_unidentified_money_stands_in_no_early_deposits_way(
    session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, usd(100), fee=usd(500))
    pledge = a_signed_pledge(session, fund, usd(90_000), FEBRUARY)
    a_deposit(session, fund, pledge, usd(200), value_on=JANUARY)
    assert balances(session, fund).contributions_receivable == usd(89_800)


def test_two_early_deposits_are_confirmed_one_after_the_other(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, usd(90_000), FEBRUARY)
    a_deposit(session, fund, pledge, usd(10_000), value_on=JANUARY)
    a_deposit(session, fund, pledge, usd(20_000), value_on=JANUARY)
    a_deposit(session, fund, pledge, usd(60_000), value_on=MARCH)
    settle(session)
    assert balances(session, fund).contributions_receivable == usd(0)
    assert balances(session, fund).contribution_revenue == usd(90_000)


def test_early_money_told_after_later_money_is_to_go_through_suspense(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(90_000), FEBRUARY)
    a_deposit(session, fund, pledge, usd(60_000), value_on=MARCH)
    with pytest.raises(DomainError, match="as unidentified, then allocate"):
        a_deposit(session, fund, pledge, usd(10_000), value_on=JANUARY)
    early = a_deposit(session, fund, None, usd(10_000), value_on=JANUARY)
    allocate(session, early, pledge, _finance(session))
    assert balances(session, fund).contributions_receivable == usd(20_000)


def test_more_than_is_outstanding_is_refused_without_a_reason(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(10_000))
    a_deposit(session, fund, pledge, usd(4_000))
    with pytest.raises(DomainError, match=r"more than the USD\s60\.00 outstanding"):
        a_deposit(session, fund, pledge, usd(5_999), fee=usd(2))


@pytest.mark.parametrize("signed", [False, True])
def test_more_than_is_outstanding_with_a_reason_is_taken_and_the_reason_kept(
    session: Session, fund: Fund, signed: bool
) -> None:
    pledge = (a_signed_pledge if signed else a_pledge)(session, fund, usd(10_000))
    arrival = an_arrival(usd(12_000))
    deposit = record_deposit(session, fund, pledge, arrival, _finance(session, "Rounded up."))
    settle(session)
    assert deposit.note == "Rounded up."
    assert balances(session, fund).contribution_revenue == usd(12_000)
    assert outstanding(pledge, received(session, pledge)) == usd(0)


def test_the_same_bank_reference_again_changes_nothing(session: Session, fund: Fund) -> None:
    pledge, line = a_pledge(session, fund), an_arrival(usd(500), fee=usd(3))
    first = record_deposit(session, fund, pledge, line, _finance(session))
    assert record_deposit(session, fund, pledge, line, _finance(session)) is first
    assert (_count(session, Deposit), _count(session, Receipt)) == (1, 1)
    assert balances(session, fund).cash == usd(500)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": usd(501)},
        {"fee": usd(4)},
        {"value_on": date(2026, 1, 21)},
        {"amount": Money(500, "EUR")},
    ],
)
def test_the_same_bank_reference_with_other_content_is_refused(
    session: Session, fund: Fund, other: dict[str, object]
) -> None:
    publish_rates(session)
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(500), fee=usd(3), bank_reference="NOTPROVIDED")
    told = {"amount": usd(500), "fee": usd(3), "bank_reference": "NOTPROVIDED"} | other
    if isinstance(told["amount"], Money) and told["amount"].currency == "EUR":
        told["fee"] = Money(3, "EUR")
    with pytest.raises(Conflict, match="different details"):
        record_deposit(session, fund, pledge, an_arrival(**told), _finance(session))  # type: ignore[arg-type]


def test_the_same_bank_reference_on_another_pledge_is_refused(session: Session, fund: Fund) -> None:
    line = an_arrival(usd(500))
    record_deposit(session, fund, a_pledge(session, fund), line, _finance(session))
    for pledge in (a_pledge(session, fund), None):
        with pytest.raises(Conflict):
            record_deposit(session, fund, pledge, line, _finance(session))


def test_whoever_recorded_the_agreement_does_not_record_the_money(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund)
    both = staff(session, Role.FUND_MANAGER)
    appoint(session, both, Role.FINANCE_OFFICER)
    with pytest.raises(Forbidden, match="A different person"):
        record_deposit(session, fund, pledge, an_arrival(usd(1)), act_of(session, both))


@pytest.mark.parametrize("role", [Role.FUND_MANAGER, Role.APPROVING_OFFICER, Role.AUDITOR])
def test_only_finance_records_money(session: Session, fund: Fund, role: Role) -> None:
    with pytest.raises(Forbidden):
        record_deposit(
            session, fund, None, an_arrival(usd(1)), act_of(session, staff(session, role))
        )


def test_finance_of_another_fund_does_not(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    person = member(session, a_donor(session), Role.DONOR)
    appoint(session, person, Role.FINANCE_OFFICER, fund_id=other.id)
    with pytest.raises(Forbidden):
        record_deposit(session, fund, None, an_arrival(usd(1)), act_of(session, person))
    record_deposit(session, other, None, an_arrival(usd(1)), act_of(session, person))


def test_a_pledge_of_another_fund_takes_no_money_of_this_one(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Slavery fund"}, {"en": ""}))
    with pytest.raises(DomainError, match="another fund"):
        a_deposit(session, fund, a_pledge(session, other), usd(1))


def test_a_declined_pledge_takes_no_money(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    decline(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER), "No."))
    with pytest.raises(DomainError, match="unidentified"):
        a_deposit(session, fund, pledge, usd(1))


def test_money_in_another_currency_is_refused(session: Session, fund: Fund) -> None:
    publish_rates(session)
    with pytest.raises(DomainError, match="in USD, but this deposit is in EUR"):
        a_deposit(session, fund, a_pledge(session, fund), Money(1, "EUR"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Arrival("X", date(2026, 1, 1), usd(0)), "greater than 0"),
        (Arrival("X", date(2026, 1, 1), usd(5), usd(-1)), "greater than 0"),
        (Arrival("  ", date(2026, 1, 1), usd(5)), "bank’s reference"),
        (Arrival("X" * 81, date(2026, 1, 1), usd(5)), "bank’s reference"),
        (Arrival("X", clock.today() + timedelta(days=2), usd(5)), "future"),
        (Arrival("X", date(2026, 1, 1), Money(5, "EUR")), "no exchange rate"),
    ],
)
def test_what_the_bank_cannot_have_said_is_refused(
    session: Session, fund: Fund, line: Arrival, why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        record_deposit(session, fund, None, line, _finance(session))


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("receipt", "UPDATE receipt SET donor_name = 'X'"),
        ("receipt", "DELETE FROM receipt"),
        ("receipt", "TRUNCATE receipt"),
        ("deposit", "UPDATE deposit SET amount_minor = 1"),
        ("deposit", "UPDATE deposit SET pledge_id = NULL"),
        ("deposit", "UPDATE deposit SET note = 'X'"),
        ("deposit", "DELETE FROM deposit"),
        ("deposit", "TRUNCATE deposit CASCADE"),
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(
    session: Session, fund: Fund, table: str, statement: str
) -> None:
    a_deposit(session, fund, a_pledge(session, fund), usd(500))
    session.flush()
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(statement))


def test_the_database_refuses_a_receipt_that_leaves_a_gap(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(500))
    unidentified = a_deposit(session, fund, None, usd(500))
    session.flush()
    with pytest.raises(DBAPIError, match="leaves a gap"):
        session.execute(
            text(
                "INSERT INTO receipt (fund_id, year, number, deposit_id, donor_id, donor_name,"
                " issued_on, issued_at) SELECT fund_id, year, 3, :deposit, donor_id, donor_name,"
                " issued_on, issued_at FROM receipt"
            ),
            {"deposit": unidentified.id},
        )
