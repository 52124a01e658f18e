"""What becomes of a pledge: acknowledged, signed into the books, declined, withdrawn."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import (
    Agreement,
    acknowledge,
    decline,
    meet_condition,
    sign_agreement,
    withdraw,
)
from grants.giving.pledges.workflow import PledgeState
from grants.platform.documents.models import Document
from grants.platform.messages.models import Message
from tests.books.ledger.books import FEBRUARY, JANUARY, publish_rates, settle
from tests.factories import (
    a_deposit,
    a_pledge,
    a_signed_pledge,
    act_of,
    an_organisation,
    member,
    staff,
)


def _manager(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER), reason)


def _donor_of(session: Session, pledge: Pledge, reason: str | None = None) -> Act:
    assert pledge.donor
    return act_of(session, member(session, pledge.donor, Role.DONOR), reason)


def _last_message(session: Session) -> Message:
    return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def test_acknowledging_sends_the_letter_to_whoever_acts_for_the_donor(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    assert pledge.donor
    contact = member(session, pledge.donor, Role.DONOR)
    acknowledge(session, pledge, _manager(session))
    message = _last_message(session)
    assert (message.person_id, message.attachments) == (
        contact.id,
        [{"document": "acknowledgement", "reference": pledge.reference}],
    )
    assert f"/giving/{pledge.reference}" in message.text
    assert pledge.state is PledgeState.ACKNOWLEDGED


def test_a_donor_does_not_acknowledge_their_own_pledge(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    with pytest.raises(Forbidden):
        acknowledge(session, pledge, _donor_of(session, pledge))


def test_an_agreement_becomes_receivable_at_the_rate_of_its_day(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    pledge = a_signed_pledge(session, fund, Money(90_000, "EUR"), JANUARY)
    settle(session)
    owed = position(session, fund.id, Account.CONTRIBUTIONS_RECEIVABLE, pledge.subject)
    assert (owed.amount, owed.usd_minor) == (Money(90_000, "EUR"), 100_000)
    assert balances(session, fund).contribution_revenue == usd(100_000)


def test_only_what_is_still_outstanding_becomes_receivable(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(100_000))
    a_deposit(session, fund, pledge, usd(29_000), value_on=JANUARY, fee=usd(1_000))
    sign_agreement(session, pledge, Agreement(FEBRUARY), _manager(session))
    settle(session)
    standing = balances(session, fund)
    assert standing.contributions_receivable == usd(70_000)
    assert standing.contribution_revenue == usd(100_000)


def test_an_agreement_on_a_pledge_that_is_paid_in_full_books_nothing(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, usd(100_000))
    a_deposit(session, fund, pledge, usd(100_000), value_on=JANUARY)
    sign_agreement(session, pledge, Agreement(FEBRUARY), _manager(session))
    assert balances(session, fund).contributions_receivable == usd(0)
    events = session.scalars(select(Entry.event)).all()
    assert Event.AGREEMENT_SIGNED not in events


def test_a_conditional_agreement_is_revenue_when_its_condition_is_met(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(100_000), JANUARY, conditional=True)
    assert balances(session, fund).contribution_revenue == usd(0)
    meet_condition(session, pledge, FEBRUARY, _manager(session))
    standing = balances(session, fund)
    assert (standing.contribution_revenue, standing.deferred_revenue) == (usd(100_000), usd(0))


def test_a_condition_is_not_met_before_the_agreement_nor_in_the_future(
    session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(100_000), FEBRUARY, conditional=True)
    for day in (JANUARY, clock.today() + timedelta(days=1)):
        with pytest.raises(DomainError, match="before the agreement"):
            meet_condition(session, pledge, day, _manager(session))


def test_finance_meets_no_condition(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund, usd(100_000), JANUARY, conditional=True)
    with pytest.raises(Forbidden):
        meet_condition(
            session, pledge, FEBRUARY, act_of(session, staff(session, Role.FINANCE_OFFICER))
        )


def test_the_signed_file_hangs_on_the_pledge(session: Session, fund: Fund) -> None:
    file = Document(
        sha256="0" * 64,
        name="agreement.pdf",
        media_type="application/pdf",
        size=1,
        uploaded_at=clock.now(),
    )
    session.add(file)
    pledge = a_pledge(session, fund)
    sign_agreement(session, pledge, Agreement(JANUARY, document=file), _manager(session))
    assert pledge.agreement_document is file


def test_nobody_signs_in_the_future(session: Session, fund: Fund) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(DomainError, match="future"):
        a_signed_pledge(session, fund, signed_on=tomorrow)


def test_an_agreement_without_an_exchange_rate_is_refused(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError, match="no exchange rate for EUR"):
        a_signed_pledge(session, fund, Money(1_000, "EUR"), JANUARY)


def test_an_agreement_is_signed_once(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund)
    with pytest.raises(Conflict, match="no longer possible"):
        sign_agreement(session, pledge, Agreement(JANUARY), _manager(session))


def test_whoever_recorded_money_on_a_pledge_does_not_record_its_agreement(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    both = staff(session, Role.FINANCE_OFFICER)
    a_deposit(session, fund, pledge, usd(100))
    from grants.core.people.service import appoint

    appoint(session, both, Role.FUND_MANAGER)
    with pytest.raises(Forbidden, match="you recorded a deposit on this pledge"):
        sign_agreement(session, pledge, Agreement(FEBRUARY), act_of(session, both))


def test_declining_needs_a_reason_which_stays_inside(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    assert pledge.donor
    member(session, pledge.donor, Role.DONOR)
    with pytest.raises(DomainError, match="Enter a reason"):
        decline(session, pledge, _manager(session))
    decline(session, pledge, _manager(session, "Weapons trade."))
    assert trail_of(session, "pledge", pledge.id)[-1].reason == "Weapons trade."
    assert "not able to accept" in _last_message(session).text
    assert "Weapons" not in _last_message(session).text


def test_a_donor_withdraws_and_the_fund_is_told_why(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    withdraw(session, pledge, _donor_of(session, pledge, "Budget was cut."))
    assert pledge.state is PledgeState.WITHDRAWN
    assert "Budget was cut." in _last_message(session).text


def test_a_pledge_on_which_money_came_stands(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(1))
    with pytest.raises(DomainError, match="deposit has been recorded on this pledge"):
        decline(session, pledge, _manager(session, "Too late."))
    with pytest.raises(DomainError, match="deposit has been recorded on this pledge"):
        withdraw(session, pledge, _donor_of(session, pledge, "Too late."))


def test_a_signed_pledge_is_not_withdrawn(session: Session, fund: Fund) -> None:
    pledge = a_signed_pledge(session, fund)
    with pytest.raises(Conflict):
        withdraw(session, pledge, _donor_of(session, pledge, "Changed our mind."))


def test_another_organisation_neither_withdraws_nor_sees_it(session: Session, fund: Fund) -> None:
    from grants.core.kernel.errors import Missing
    from grants.giving.pledges.queries import pledge_for_viewer

    pledge = a_pledge(session, fund)
    stranger = member(session, an_organisation(session), Role.DONOR, "Ivo Stranger")
    act = act_of(session, stranger, "Mine now.")
    with pytest.raises(Forbidden):
        withdraw(session, pledge, act)
    with pytest.raises(Missing):
        pledge_for_viewer(session, pledge.reference, act.actor)
