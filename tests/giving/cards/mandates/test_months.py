"""A gift is given every month by card: each charge once in the books, refused ones told, stopped in
any order.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.bank_accounts import bank_balances
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.viewer import VISITOR
from grants.giving.cards.mandates.queries import (
    count_refused,
    unsettled_mandates,
    without_pledge,
)
from grants.giving.cards.mandates.service import (
    start_mandate,
    stop_by_giver,
    stop_for_giver,
)
from grants.giving.cards.mandates.workflow import MANDATE, MandateState
from grants.giving.cards.providers import Progress, Returned, ReturnKind, Status
from grants.giving.cards.returns import ask_refund
from grants.giving.cards.service import settle
from grants.giving.cards.workflow import CardState
from grants.giving.contributions.models import Receipt
from grants.giving.contributions.verify import CHECKS
from grants.giving.pledges.gifts import cancel_gift, page_of
from grants.giving.pledges.workflow import PledgeState
from grants.platform.messages.models import Message
from tests.factories import act_of, staff
from tests.giving.cards.conftest import a_gift
from tests.giving.cards.mandates.conftest import Monthly, begun
from tests.giving.cards.stub import StubProvider

S = MandateState
BY_GIVER = Act.by_system("cards", "Stopped on the page of the gift.")


def _sound(session: Session) -> None:
    session.flush()
    assert [fault for check in (*CHECKS, *verify.CHECKS) for fault in check(session)] == []


def _mails(session: Session, kind: str) -> list[tuple[str, str]]:
    """To whom e-mails of a kind went, and what they say."""
    query = select(Message).where(Message.event.contains(f":{kind}")).order_by(Message.id)
    return [(message.recipient, message.text) for message in session.scalars(query)]


def test_three_months_are_three_deposits_three_fees_and_three_receipts(
    session: Session, fund: Fund, monthly: Monthly
) -> None:
    for fee in (175, 175, 180):
        monthly.provider.charge(monthly.page, fee)
        for _time in range(2):
            monthly.ask()
    assert (monthly.mandate.state, monthly.mandate.pledge.state) == (
        S.ACTIVE,
        PledgeState.ACKNOWLEDGED,
    )
    assert [item.state for item in monthly.payments] == [CardState.RECEIVED] * 3
    sums = balances(session, fund)
    assert (sums.cash, sums.bank_charges, sums.contribution_revenue) == (
        usd(14_470),
        usd(530),
        usd(15_000),
    )
    held = {balance.account.code: balance.own for balance in bank_balances(session, fund)}
    assert held["UNVTF-STUB-USD"] == usd(14_470)
    assert session.scalar(select(func.count()).select_from(Receipt)) == 3
    assert len(_mails(session, "received")) == 3
    ((recipient, text),) = _mails(session, "monthly_begun")
    assert (recipient, page_of(monthly.mandate.pledge) in text) == ("lena@ojo.example", True)
    notes = [item.deposit.note for item in monthly.payments if item.deposit]
    assert notes[1] == "Monthly gift by card: USD\xa050.00."
    _sound(session)


def test_coming_back_from_the_page_proves_nothing(monthly: Monthly) -> None:
    monthly.ask()
    assert monthly.mandate.state is S.STARTED
    assert monthly.payments == []


def test_a_refused_charge_is_told_once_and_taken_at_a_later_attempt(
    session: Session, monthly: Monthly
) -> None:
    monthly.provider.charge(monthly.page)
    monthly.ask()
    charge = monthly.provider.charge(monthly.page, refused=True)
    for _time in range(3):
        monthly.ask()
    ((recipient, text),) = _mails(session, "charge_refused")
    assert (recipient, "will try again" in text) == ("lena@ojo.example", True)
    session.expire(monthly.mandate, ["charges"])
    assert monthly.mandate.refused is monthly.payments[1]
    officer = staff(session, Role.FINANCE_OFFICER)
    viewer = viewer_of(session, officer.id)
    assert viewer is not None
    assert session.scalar(count_refused(viewer)) == 1
    monthly.provider.take(charge, usd(5_000))
    monthly.ask()
    assert [item.state for item in monthly.payments] == [CardState.RECEIVED] * 2
    assert session.scalar(count_refused(viewer)) == 0


def test_a_charge_that_the_provider_gave_up_is_closed_and_counts_if_it_is_made_after_all(
    session: Session, fund: Fund, monthly: Monthly
) -> None:
    charge = monthly.provider.charge(monthly.page, refused=True)
    monthly.ask()
    monthly.provider.answers[charge] = Status(Progress.CLOSED)
    monthly.ask()
    assert [item.state for item in monthly.payments] == [CardState.CLOSED]
    monthly.provider.take(charge, usd(5_000))
    monthly.ask()
    assert [item.state for item in monthly.payments] == [CardState.RECEIVED]
    assert balances(session, fund).contribution_revenue == usd(5_000)


def test_the_giver_stops_here_and_the_provider_ends_it(session: Session, monthly: Monthly) -> None:
    monthly.provider.charge(monthly.page)
    monthly.ask()
    stop_by_giver(session, monthly.mandate, BY_GIVER)
    monthly.ask()
    assert monthly.mandate.state is S.STOPPING, "the provider has not stopped it yet"
    monthly.provider.stop_mandate(monthly.page)
    for _time in range(2):
        monthly.ask()
    assert MANDATE.names[monthly.mandate.state].staff == "Stopped"
    assert len(_mails(session, "monthly_stopped")) == 1
    with pytest.raises(Conflict):
        stop_by_giver(session, monthly.mandate, BY_GIVER)


def test_it_ends_at_the_provider_first_and_the_giver_is_told(
    session: Session, monthly: Monthly
) -> None:
    monthly.provider.charge(monthly.page)
    monthly.provider.stop_mandate(monthly.page)
    monthly.ask()
    assert monthly.mandate.state is S.STOPPED
    assert [item.state for item in monthly.payments] == [CardState.RECEIVED]
    assert len(_mails(session, "monthly_stopped")) == 1


def test_an_older_answer_starts_nothing_again(monthly: Monthly) -> None:
    monthly.provider.charge(monthly.page)
    older = monthly.provider.ask_mandate(monthly.page)
    monthly.provider.stop_mandate(monthly.page)
    monthly.ask()
    monthly.provider.mandates[monthly.page] = older
    monthly.ask()
    assert monthly.mandate.state is S.STOPPED


def test_a_page_that_nobody_completes_is_closed_without_an_email(
    session: Session, monthly: Monthly
) -> None:
    monthly.provider.stop_mandate(monthly.page)
    monthly.ask()
    assert monthly.mandate.state is S.CLOSED
    assert _mails(session, "monthly_stopped") == []


def test_finance_stops_for_a_reason_and_nobody_else(session: Session, monthly: Monthly) -> None:
    monthly.provider.charge(monthly.page)
    monthly.ask()
    reason = "The giver asked for it by telephone."
    reviewer = replace(act_of(session, staff(session, Role.REVIEWER)), reason=reason)
    with pytest.raises(Forbidden):
        stop_for_giver(session, monthly.mandate, reviewer)
    with pytest.raises(Forbidden):
        stop_by_giver(session, monthly.mandate, Act(VISITOR, reason))
    officer = act_of(session, staff(session, Role.FINANCE_OFFICER))
    stop_for_giver(session, monthly.mandate, replace(officer, reason=reason))
    assert monthly.mandate.state is S.STOPPING


def test_beginning_again_stops_what_was_not_completed_and_a_second_mandate_is_refused(
    session: Session, monthly: Monthly
) -> None:
    pledge = monthly.mandate.pledge
    again = begun(session, pledge, monthly.provider)
    assert (monthly.mandate.state, again.mandate.state) == (S.STOPPING, S.STARTED)
    monthly.provider.charge(again.page)
    again.ask()
    with pytest.raises(Conflict, match="already give this gift"):
        start_mandate(session, pledge, "stub", Act(VISITOR))


def test_a_cancelled_gift_stops_its_mandate(session: Session, monthly: Monthly) -> None:
    cancel_gift(session, monthly.mandate.pledge)
    session.flush()
    assert without_pledge(session) == [monthly.mandate]
    monthly.provider.charge(monthly.page)
    monthly.ask()
    assert monthly.mandate.state is S.STOPPING, "it was completed at the same moment"
    (payment,) = monthly.payments
    assert payment.deposit is not None
    assert payment.deposit.pledge is None, "the money is unidentified"


def test_a_card_that_expires_soon_is_told_once_and_no_date_is_kept(
    session: Session, monthly: Monthly
) -> None:
    monthly.provider.charge(monthly.page)
    status = monthly.provider.mandates[monthly.page]
    until = clock.today() + timedelta(days=20)
    monthly.provider.mandates[monthly.page] = replace(status, card_until=until)
    for _time in range(3):
        monthly.ask()
    ((recipient, text),) = _mails(session, "card_expires")
    assert (recipient, until.isoformat() in text) == ("lena@ojo.example", False)
    newer = replace(status, card_until=date(2031, 1, 31))
    monthly.provider.mandates[monthly.page] = newer
    monthly.ask()
    assert monthly.mandate.expiry_notice_on is None


def test_one_charge_is_refunded_and_another_disputed(
    session: Session, fund: Fund, monthly: Monthly
) -> None:
    for _month in range(3):
        monthly.provider.charge(monthly.page, 175)
        monthly.ask()
    _first, second, third = monthly.payments
    by = act_of(session, staff(session, Role.APPROVING_OFFICER))
    item = ask_refund(session, second, usd(2_000), replace(by, reason="Asked for by the giver."))
    out = Returned(ReturnKind.REFUND, "re-1", usd(2_000), is_out=True, key=item.key)
    taken = Returned(ReturnKind.DISPUTE, "dp-1", usd(5_000), is_out=True, fee=usd(1_500))
    for payment, returned in ((second, out), (third, taken)):
        status = monthly.provider.ask(payment.page_reference or "")
        settle(session, payment, replace(status, returns=(returned,)))
    sums = balances(session, fund)
    assert (sums.contribution_revenue, sums.bank_charges, sums.cash) == (
        usd(15_000 - 7_000),
        usd(3 * 175 + 1_500),
        usd(15_000 - 7_000 - 3 * 175 - 1_500),
    )
    _sound(session)


def test_above_the_limit_of_a_year_the_money_waits_and_the_giver_does_not(
    session: Session, fund: Fund, provider: StubProvider, monthly: Monthly
) -> None:
    large = begun(session, a_gift(session, fund, usd(300_000)), provider)
    for _month in range(2):
        provider.charge(large.page)
    large.ask()
    first, second = large.payments
    assert first.deposit is not None
    assert second.deposit is not None
    assert (first.deposit.kept_apart, second.deposit.kept_apart) == (False, True)
    assert balances(session, fund).suspense == usd(300_000)
    _sound(session)


def test_only_silent_mandates_are_asked_about_and_active_ones_once_a_day(
    session: Session, monthly: Monthly
) -> None:
    quarter = timedelta(minutes=15)
    session.flush()
    assert unsettled_mandates(session, quarter) == []
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert unsettled_mandates(session, quarter) == [monthly.mandate.id]
    monthly.provider.charge(monthly.page)
    monthly.ask()
    session.flush()
    with clock.at(clock.now() + timedelta(hours=20)):
        assert unsettled_mandates(session, quarter) == []
    with clock.at(clock.now() + timedelta(hours=25)):
        assert unsettled_mandates(session, quarter) == [monthly.mandate.id]


def test_a_charge_in_another_currency_waits_with_the_reason(monthly: Monthly) -> None:
    charge = monthly.provider.charge(monthly.page)
    monthly.provider.take(charge, Money(4_600, "EUR"))
    monthly.ask()
    (payment,) = monthly.payments
    assert payment.state is CardState.STARTED
    assert "hold and pay out USD" in payment.trouble
