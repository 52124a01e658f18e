"""Money asked back from a grantee: how much may be asked, and what settles it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from grants.banking.lines.paying import take_refund
from grants.banking.matching.grantees import refunds_for
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.granting.payments.refunds import record_refund
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.service import remind_late, request_refund, withdraw
from grants.granting.recovery.workflow import RefundCause, RequestState
from grants.platform.messages.models import Message
from tests.banking.bank.test_grants import line_of
from tests.factories import act_of
from tests.grants import Scene, pay, scene

__all__ = ["scene"]

S = RequestState


def ask(scene: Scene, cents: int = 50_000, days: int = 30) -> RefundRequest:
    act = act_of(scene.session, scene.people.officer, "Charged twice.")
    due_on = clock.today() + timedelta(days)
    cause = RefundCause.INELIGIBLE
    return request_refund(scene.session, scene.award, cause, usd(cents), due_on, act)


def send(scene: Scene, cents: int, reference: str) -> None:
    finance = act_of(scene.session, scene.people.finance)
    record_refund(scene.session, scene.award, usd(cents), clock.today(), reference, finance)


@pytest.fixture
def paid(scene: Scene) -> Scene:
    scene.run()
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    return scene


def test_what_the_bank_credits_settles_the_oldest_request_first(paid: Scene) -> None:
    first, second = ask(paid, 50_000), ask(paid, 20_000)
    send(paid, 60_000, "RF-1")
    assert (first.state, second.state, second.outstanding) == (S.SETTLED, S.SENT, usd(10_000))
    send(paid, 60_000, "RF-1")  # the same credit, recorded again
    assert second.outstanding == usd(10_000)
    send(paid, 10_000, "RF-2")
    assert second.state is S.SETTLED


def test_the_bank_line_of_a_refund_is_known_by_its_reference_and_settles_it(paid: Scene) -> None:
    request = ask(paid, 31_025)
    line = line_of(paid, "310.25", text=request.reference, name=paid.organisation.name)
    (proposal,) = refunds_for(paid.session, line)
    assert proposal.sure
    assert "The amount is what is due back on the grant." in proposal.fit.reasons
    take_refund(paid.session, line, paid.award, act_of(paid.session, paid.people.finance))
    assert request.state is S.SETTLED


def test_no_more_is_asked_than_was_paid_and_not_asked_for(paid: Scene) -> None:
    held = paid.instalments[0].amount.minor
    ask(paid, held - 100)
    with pytest.raises(DomainError, match="neither refunded nor requested"):
        ask(paid, 101)
    request = ask(paid, 100)
    withdraw(paid.session, request, act_of(paid.session, paid.people.officer, "Found."))
    assert request.state is S.WITHDRAWN
    with pytest.raises(Conflict):
        withdraw(paid.session, request, act_of(paid.session, paid.people.officer, "Again."))


def test_only_the_funds_people_ask_and_for_a_day_to_come(paid: Scene) -> None:
    with pytest.raises(DomainError, match="day in the future"):
        ask(paid, days=0)
    for person in (paid.people.grantee, paid.people.approver, paid.people.certifier):
        act = act_of(paid.session, person, "Please.")
        due_on = clock.today() + timedelta(3)
        with pytest.raises(Forbidden):
            request_refund(paid.session, paid.award, RefundCause.UNSPENT, usd(100), due_on, act)


def test_a_late_refund_is_reminded_once_a_week(paid: Scene) -> None:
    ask(paid, days=3)
    session = paid.session

    def reminders(days: int) -> int:
        with clock.at(clock.now() + timedelta(days)):
            remind_late(session, Act.by_system("reminders"))
            remind_late(session, Act.by_system("reminders"))
        subjects = session.scalars(select(Message.subject)).all()
        return sum("Refund overdue" in subject for subject in subjects)

    assert [reminders(days) for days in (2, 4, 5, 11, 12, 18)] == [0, 1, 1, 2, 2, 3]
