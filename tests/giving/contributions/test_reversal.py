"""A deposit that was recorded wrongly leaves the books again, and everyone knows."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.periods import PeriodClosed, close
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.giving.contributions.queries import count_unidentified, given_by
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.contributions.service import Arrival, allocate, record_deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.giving.totals.figures import fund_totals, public_donors, received_by_year
from grants.papers.statements.builders.donors.donor import donor_statement
from grants.papers.statements.builders.donors.giving import receipt as receipt_paper
from grants.papers.statements.issuing import printed
from grants.papers.typesetting.paper import Span, as_json
from grants.platform.messages.models import Message
from tests.books.ledger.books import CLERK, money, publish_rates, settle
from tests.factories import (
    a_deposit,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_arrival,
    member,
    staff,
)
from tests.papers.typesetting.test_pdf import text_of

pytestmark = pytest.mark.usefixtures("app")  # then `breaches` asks every room

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _rates(session: Session) -> None:
    publish_rates(session)


def why(reason: str = "Another donor's money.") -> Act:
    return Act(CLERK.actor, reason=reason)


def owed(session: Session, pledge: Pledge) -> Money:
    return position(
        session, pledge.fund_id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject
    ).amount


def test_a_reversed_deposit_is_owed_again_and_counts_nowhere(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"))
    deposit = a_deposit(session, fund, pledge, money("395", "EUR"), fee=money("5", "EUR"))
    reverse_deposit(session, deposit, why())
    settle(session)
    assert received(session, pledge) == money("0", "EUR")
    assert owed(session, pledge) == outstanding(pledge, money("0", "EUR")) == money("1000", "EUR")
    standing = balances(session, fund)
    assert (str(standing.cash), str(standing.bank_charges)) == ("0.00", "0.00")
    assert str(standing.exchange_difference) == "0.00"
    assert fund_totals(session, fund).received == money("0")
    assert given_by(session, [pledge.donor_id or 0]) == money("0")
    assert received_by_year(session, fund) == []
    assert public_donors(session, fund)[0].received == money("0")
    assert breaches(session) == []


def test_the_receipt_keeps_its_number_and_says_that_it_is_cancelled(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("100"))
    first = a_deposit(session, fund, pledge, money("40"))
    assert first.receipt is not None
    reverse_deposit(session, first, why())
    second = a_deposit(session, fund, pledge, money("40"), bank_reference=first.bank_reference)
    assert second.receipt is not None
    assert (first.receipt.number, second.receipt.number) == (1, 2)
    facts = as_json(receipt_paper(session, first.receipt.reference).facts)
    assert facts["cancelled_because"] == "Another donor's money."
    words = text_of(printed(receipt_paper(session, first.receipt.reference)))
    assert "Cancelled on" in words
    assert "no longer valid" in words
    assert "Cancelled" not in text_of(printed(receipt_paper(session, second.receipt.reference)))
    assert breaches(session) == []


def test_the_donor_is_told_with_the_reason(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, money("100"))
    assert pledge.donor is not None
    member(session, pledge.donor, Role.DONOR)
    deposit = a_deposit(session, fund, pledge, money("40"))
    finance = staff(session, Role.FINANCE_OFFICER)
    reverse_deposit(session, deposit, act_of(session, finance, "Another donor's money."))
    sent = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert sent is not None
    assert "has been cancelled" in sent.subject
    assert "Another donor" in sent.text


def test_the_donors_statement_shows_the_payment_and_its_cancellation(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, money("1000", "EUR"), pledged_on=date(2026, 1, 5))
    assert pledge.donor is not None
    sign_agreement(session, pledge, Agreement(date(2026, 1, 10)), CLERK)
    deposit = a_deposit(session, fund, pledge, money("400", "EUR"), value_on=date(2026, 2, 20))
    reverse_deposit(session, deposit, why(), on=date(2026, 3, 15))
    in_february = Span(date(2026, 2, 1), date(2026, 2, 28))
    before = as_json(donor_statement(session, pledge.donor.code, in_february).facts)
    assert before["pledges"][0]["received"] == "400.00"
    facts = as_json(donor_statement(session, pledge.donor.code, YEAR).facts)
    (line,) = facts["pledges"]
    assert [(d["value_on"], d["amount"]) for d in line["deposits"]] == [
        ("2026-02-20", "400.00"),
        ("2026-03-15", "-400.00"),
    ]
    assert (line["received"], line["outstanding"]) == ("0.00", "1000.00")
    assert line["exchange_difference_usd"] == "0.00"
    assert facts["total_received_usd"] == "0.00"


def test_money_that_came_before_the_signature_is_owed_again_by_the_agreement(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"), date(2026, 2, 10))
    early = a_deposit(session, fund, pledge, money("400", "EUR"), value_on=date(2026, 1, 20))
    assert owed(session, pledge) == money("600", "EUR")
    reverse_deposit(session, early, why())
    assert owed(session, pledge) == money("1000", "EUR")
    assert breaches(session) == []


def test_what_was_beyond_the_pledge_counts_against_it_once_there_is_room(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("100"))
    first = a_deposit(session, fund, pledge, money("100"))
    more = act_of(session, staff(session, Role.FINANCE_OFFICER), reason="They gave more.")
    record_deposit(session, fund, pledge, an_arrival(money("30")), more)
    reverse_deposit(session, first, why())
    assert owed(session, pledge) == money("70")
    assert breaches(session) == []


def test_an_early_deposit_stays_while_later_money_stands_on_the_agreement(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000", "EUR"), date(2026, 2, 10))
    early = a_deposit(session, fund, pledge, money("400", "EUR"), value_on=date(2026, 1, 20))
    later = a_deposit(session, fund, pledge, money("100", "EUR"), value_on=date(2026, 2, 20))
    with pytest.raises(DomainError, match="Reverse those"), session.begin_nested():
        reverse_deposit(session, early, why())
    session.refresh(early)
    assert early.stands
    reverse_deposit(session, later, why())
    reverse_deposit(session, early, why())
    assert owed(session, pledge) == money("1000", "EUR")
    assert breaches(session) == []


def test_unidentified_money_is_reversed_before_and_after_it_found_its_pledge(
    session: Session, fund: Fund
) -> None:
    waiting = a_deposit(session, fund, None, money("50", "EUR"))
    reverse_deposit(session, waiting, why())
    auditor = viewer_of(session, staff(session, Role.AUDITOR).id)
    assert auditor is not None
    assert session.scalar(count_unidentified(auditor)) == 0
    pledge = a_signed_pledge(session, fund, money("100", "EUR"))
    found = a_deposit(session, fund, None, money("60", "EUR"))
    allocate(session, found, pledge, why("Letter of May."))
    reverse_deposit(session, found, why())
    settle(session)
    assert str(balances(session, fund).suspense) == "0.00"
    assert owed(session, pledge) == money("100", "EUR")
    assert breaches(session) == []
    with pytest.raises(Conflict, match="already been reversed"):
        allocate(session, waiting, pledge, why())


def test_it_happens_once_with_a_reason_by_whoever_records_money(
    session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_pledge(session, fund), money("50"))
    with pytest.raises(DomainError, match="Enter a reason"):
        reverse_deposit(session, deposit, Act(CLERK.actor))
    with pytest.raises(DomainError, match="before the deposit was recorded"):
        reverse_deposit(session, deposit, why(), on=date(2026, 1, 1))
    with pytest.raises(Forbidden):
        reverse_deposit(session, deposit, act_of(session, staff(session, Role.FUND_MANAGER), "No."))
    reverse_deposit(session, deposit, why())
    with pytest.raises(Conflict, match="already been reversed"):
        reverse_deposit(session, deposit, why())


def test_a_closed_month_keeps_what_it_holds_and_the_reversal_is_todays(
    session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_pledge(session, fund), money("50"))
    settle(session)
    close(session, fund, date(2026, 1, 1), CLERK)
    with pytest.raises(PeriodClosed):
        reverse_deposit(session, deposit, why(), on=deposit.value_on)
    reverse_deposit(session, deposit, why())
    assert deposit.reversed_on is not None
    assert deposit.reversed_on > deposit.value_on


@pytest.mark.parametrize(
    "change",
    [
        "reversed_on = NULL, reversal_reason = NULL",
        "reversal_reason = 'Another one.'",
        "amount_minor = 1",
        "pledge_id = (SELECT max(id) FROM pledge), allocated_on = reversed_on",
    ],
)
def test_the_database_keeps_a_reversal(session: Session, fund: Fund, change: str) -> None:
    a_pledge(session, fund)
    deposit = a_deposit(session, fund, None, money("50"))
    reverse_deposit(session, deposit, why())
    session.flush()
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(f"UPDATE deposit SET {change} WHERE id = {deposit.id}"))


def test_verify_sees_a_deposit_that_only_claims_to_be_reversed(
    session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_pledge(session, fund), money("50"))
    session.execute(
        text("UPDATE deposit SET reversed_on = value_on, reversal_reason = 'x' WHERE id = :id"),
        {"id": deposit.id},
    )
    found = " ".join(breaches(session))
    assert "was reversed, but the ledger does not show it" in found


def test_the_same_reference_stands_once(session: Session, fund: Fund) -> None:
    arrival = Arrival("BANK-X", date(2026, 1, 20), money("50"))
    first = record_deposit(session, fund, None, arrival, CLERK)
    assert record_deposit(session, fund, None, arrival, CLERK) is first
    reverse_deposit(session, first, why())
    second = record_deposit(session, fund, None, arrival, CLERK)
    assert second is not first
    session.flush()
    assert second.stands
