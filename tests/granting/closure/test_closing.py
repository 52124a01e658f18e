"""The end of a grant: what is asked before it is closed, and closing it with a write-off."""

from datetime import timedelta

import pytest

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.books.ledger.queries import balances
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.queries import progress_of
from grants.granting.agreements.verify import CHECKS
from grants.granting.changes.service import approve_at_once, begin_change
from grants.granting.changes.workflow import ChangeKind
from grants.granting.closure.certificates import accept, send_back, submit_certificate
from grants.granting.closure.forcing import approve, decline, propose, withdraw
from grants.granting.closure.models import ForcedClosing
from grants.granting.closure.queries import Recovered, at_end, unspent_of
from grants.granting.closure.queries import finished as closable
from grants.granting.closure.service import Asset, close_grant, state_closing, to_close
from grants.granting.closure.workflow import CertificateState, ForcedState
from grants.granting.monitoring.models import ActivityKind
from grants.granting.monitoring.queries import announced_to
from grants.granting.monitoring.service import ActivityFacts, announce, cancel, plan_activity
from grants.granting.payments.refunds import record_refund
from grants.granting.recovery.service import request_refund
from grants.granting.recovery.workflow import RefundCause, RequestState
from grants.granting.reporting.service import submit
from grants.granting.results.queries import paid_by_country
from tests.factories import act_of
from tests.grants import Scene, a_file, an_accepted_report, pay, report_content, scene

__all__ = ["scene"]


def finished(scene: Scene, unspent: int = 0) -> Scene:
    """Everything is paid, confirmed and reported; so many USD cents were not spent."""
    ahead = max(scene.award.ends_on - clock.today(), timedelta())
    scene.award.starts_on, scene.award.ends_on = (
        scene.award.starts_on - ahead,
        scene.award.ends_on - ahead,
    )
    scene.run()
    first, *others = scene.instalments
    pay(scene.session, first, scene.people, clock.today())
    left = scene.award.amount_minor - unspent
    for report, instalment in zip(scene.reports, others, strict=True):
        spent = left if instalment is others[-1] else 0
        an_accepted_report(scene.session, report, scene.people, str(usd(spent)))
        pay(scene.session, instalment, scene.people, clock.today())
    return scene


def proposed(scene: Scene) -> ForcedClosing:
    act = act_of(scene.session, scene.people.officer, "It was dissolved.")
    return propose(scene.session, scene.award, act)


def test_what_cannot_be_recovered_is_written_off_by_two_people(scene: Scene) -> None:
    finished(scene, unspent=120_050)
    session, people, fund = scene.session, scene.people, scene.fund
    act = act_of(session, people.officer, "Not spent.")
    day = clock.today() + timedelta(20)
    request = request_refund(session, scene.award, RefundCause.UNSPENT, usd(120_050), day, act)
    before, closing = balances(session, fund), proposed(scene)
    paid = paid_by_country(session, fund, clock.today().year)
    assert closing.amount == usd(120_050)
    for person in (people.officer, people.grantee, people.manager, people.finance):
        with pytest.raises(Forbidden):
            approve(session, closing, act_of(session, person))
    approve(session, closing, act_of(session, people.approver))
    assert (scene.award.state, request.state) == (AwardState.CLOSED, RequestState.WRITTEN_OFF)
    losses = position(session, fund.id, Account.GRANT_LOSSES, scene.award.account).amount
    after = balances(session, fund)
    assert (losses, before.grant_expense - after.grant_expense) == (usd(120_050), usd(120_050))
    assert (after.cash, after.available) == (before.cash, before.available)
    assert paid_by_country(session, fund, clock.today().year) == paid
    assert progress_of(session, scene.award).balance == usd(0)
    assert [sentence for check in CHECKS for sentence in check(session)] == []


def test_ineligible_cost_that_was_asked_back_is_written_off_too(scene: Scene) -> None:
    finished(scene)
    session, people = scene.session, scene.people
    act = act_of(session, people.officer, "Charged twice.")
    day = clock.today() + timedelta(20)
    request_refund(session, scene.award, RefundCause.INELIGIBLE, usd(30_000), day, act)
    closing = proposed(scene)
    assert closing.amount == usd(30_000)
    finance = act_of(session, people.finance)
    record_refund(session, scene.award, usd(10_000), clock.today(), "RF-1", finance)
    with pytest.raises(Conflict, match="is no longer USD"):
        approve(session, closing, act_of(session, people.approver))
    decline(session, closing, act_of(session, people.approver, "Some of it has come."))
    approve(session, proposed(scene), act_of(session, people.approver))
    losses = position(session, scene.fund.id, Account.GRANT_LOSSES, scene.award.account).amount
    assert losses == usd(20_000)
    assert progress_of(session, scene.award).balance == usd(0)


def test_refunded_ineligible_cost_does_not_count_as_spent(scene: Scene) -> None:
    finished(scene)
    session, people = scene.session, scene.people
    act = act_of(session, people.officer, "Charged twice.")
    day = clock.today() + timedelta(20)
    request_refund(session, scene.award, RefundCause.INELIGIBLE, usd(31_025), day, act)
    finance = act_of(session, people.finance)
    record_refund(session, scene.award, usd(31_025), clock.today(), "RF-1", finance)
    assert progress_of(session, scene.award).balance == usd(0)
    assert at_end(session, scene.award).unspent == usd(0)
    assert at_end(session, scene.award).reported == scene.award.amount


def test_what_was_not_spent_stays_due_beside_refunded_ineligible_cost() -> None:
    paid, reported, refunded = usd(2_000_000), usd(1_900_000), usd(31_025)
    of_report = unspent_of(paid, reported, refunded, Recovered(of_reports=31_025))
    of_visit = unspent_of(paid, reported, refunded, Recovered(elsewhere=31_025))
    assert (of_report, of_visit) == (usd(100_000), usd(68_975))
    assert unspent_of(paid, paid, refunded, Recovered(elsewhere=31_025)) == usd(0)
    assert unspent_of(paid, paid, usd(0), Recovered(of_reports=31_025)) == usd(0)


def test_a_grant_that_was_closed_with_a_write_off_takes_no_report(scene: Scene) -> None:
    ahead = max(scene.award.ends_on - clock.today(), timedelta())
    scene.award.starts_on, scene.award.ends_on = (
        scene.award.starts_on - ahead,
        scene.award.ends_on - ahead,
    )
    scene.run()
    session, people = scene.session, scene.people
    pay(session, scene.instalments[0], people, clock.today())
    held, today = scene.instalments[0].amount, clock.today()
    asked = {"ends_on": today.isoformat(), "amount": str(held)}
    with pytest.raises(DomainError, match="Before the grant can be closed"):
        proposed(scene)
    ended = act_of(session, people.officer, "It was dissolved.")
    change = begin_change(session, scene.award, ChangeKind.TERMINATION, asked, ended)
    approve_at_once(session, change, act_of(session, people.approver))
    closing = proposed(scene)
    assert closing.amount == held
    approve(session, closing, act_of(session, people.approver))
    report = scene.reports[-1]
    with pytest.raises(Conflict, match="not active"):
        submit(session, report, report_content(session, report), act_of(session, people.grantee))


def test_a_running_grant_is_not_closed_with_a_write_off(scene: Scene) -> None:
    scene.run()
    with pytest.raises(DomainError, match="Instalment 1 has not been paid"):
        proposed(scene)
    finished_act = act_of(scene.session, scene.people.officer, "Done.")
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    with pytest.raises(DomainError, match="Before the grant can be closed"):
        propose(scene.session, scene.award, finished_act)


def test_a_proposal_is_declined_or_withdrawn_and_waits_once(scene: Scene) -> None:
    finished(scene, unspent=100)
    closing = proposed(scene)
    with pytest.raises(Conflict, match="awaiting approval"):
        proposed(scene)
    withdraw(scene.session, closing, act_of(scene.session, scene.people.officer, "It has come."))
    assert closing.state is ForcedState.WITHDRAWN
    assert scene.award.state is AwardState.AGREED


def test_nothing_is_written_off_where_nothing_is_open(scene: Scene) -> None:
    with pytest.raises(DomainError, match="Nothing is open"):
        proposed(finished(scene))


def test_a_certificate_is_asked_from_an_amount_on(scene: Scene) -> None:
    finished(scene)
    session, people = scene.session, scene.people
    paper, grantee = a_file(session, people.grantee), act_of(session, people.grantee)
    with pytest.raises(Conflict, match="No certificate of audit is awaited"):
        submit_certificate(session, scene.award, paper, grantee)
    scene.fund.audit_from_minor = scene.award.amount_minor
    assert to_close(session, scene.award) == [
        "The certificate of audit has not been submitted yet."
    ]
    first = submit_certificate(session, scene.award, paper, grantee)
    assert to_close(session, scene.award) == ["The certificate of audit is not accepted."]
    send_back(session, first, act_of(session, people.officer, "It is not signed."))
    second = submit_certificate(session, scene.award, paper, grantee)
    with pytest.raises(Forbidden):
        accept(session, second, grantee)
    accept(session, second, act_of(session, people.officer))
    assert second.state is CertificateState.ACCEPTED
    close_grant(session, scene.award, act_of(session, people.officer))
    assert scene.award.state is AwardState.CLOSED


def test_after_closing_nothing_can_be_stated_asked_or_changed(scene: Scene) -> None:
    finished(scene)
    session, people = scene.session, scene.people
    assets = [Asset("A computer", usd(90_000), "It stays with the shelter.")]
    grantee = act_of(session, people.grantee)
    with pytest.raises(DomainError, match="lessons learnt"):
        state_closing(session, scene.award, assets, " ", grantee)
    state_closing(session, scene.award, assets, "Begin with the lawyer.", grantee)
    state_closing(session, scene.award, [], "Begin earlier.", grantee)
    close_grant(session, scene.award, act_of(session, people.officer))
    officer = act_of(session, people.officer, "Late.")
    day = clock.today() + timedelta(3)
    with pytest.raises(Conflict):
        state_closing(session, scene.award, [], "More.", grantee)
    with pytest.raises(Conflict):
        request_refund(session, scene.award, RefundCause.UNSPENT, usd(1), day, officer)
    with pytest.raises(Conflict):
        propose(session, scene.award, officer)


def test_an_announced_visit_is_held_or_cancelled_before_the_grant_is_closed(scene: Scene) -> None:
    finished(scene)
    session, people = scene.session, scene.people
    officer, day = act_of(session, people.officer, "The road is flooded."), clock.today()
    state_closing(session, scene.award, (), "Begin earlier.", act_of(session, people.grantee))
    planned = ActivityFacts(ActivityKind.VISIT, day, "See the services.", people.officer)
    visit = plan_activity(session, scene.award, planned, officer)
    assert to_close(session, scene.award) == []
    announce(session, visit, day, "The town hall", officer)
    (sentence,) = to_close(session, scene.award)
    assert visit.reference in sentence
    assert session.scalars(closable(officer.actor)).all() == []
    with pytest.raises(DomainError, match=visit.reference):
        close_grant(session, scene.award, officer)
    cancel(session, visit, officer)
    assert session.scalars(closable(officer.actor)).all() == [scene.award]
    close_grant(session, scene.award, officer)


def test_a_visit_to_a_closed_grant_is_nothing_to_prepare_for(scene: Scene) -> None:
    """One that was announced before closing asked about it."""
    finished(scene)
    session, people = scene.session, scene.people
    officer, day = act_of(session, people.officer), clock.today()
    planned = ActivityFacts(ActivityKind.VISIT, day, "See the services.", people.officer)
    visit = plan_activity(session, scene.award, planned, officer)
    announce(session, visit, day, "The town hall", officer)
    grantee = act_of(session, people.grantee).actor
    assert session.scalar(announced_to(grantee)) == 1
    scene.award.state = AwardState.CLOSED
    session.flush()
    assert session.scalar(announced_to(grantee)) == 0
