"""Findings: noted, answered by their owner, closed by another person, and what they hold up."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.granting.closure.service import to_close
from grants.granting.findings.models import Finding, Source
from grants.granting.findings.recovery import available_of, claim, settle, write_off_claims
from grants.granting.findings.reminding import remind_and_escalate
from grants.granting.findings.service import (
    add_file,
    answer,
    close,
    hand_over,
    note,
    send_back,
    withdraw,
)
from grants.granting.findings.workflow import FindingState, Severity
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import certify
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.service import withdraw as withdraw_request
from grants.granting.recovery.workflow import RefundCause
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from seeds.scans import page_saying
from tests.factories import act_of, member, staff
from tests.granting.findings.register import a_finding, an_answered_finding, observed
from tests.grants import Scene, pay

PDF = page_saying("Receipts for every month.")


def by(scene: Scene, rank: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, rank), reason)


def letters(scene: Scene, what: str) -> list[Message]:
    query = select(Message).where(Message.event.contains(f":{what}:"))
    query = query.where(Message.event.startswith("finding:"))
    return list(scene.session.scalars(query))


def test_a_finding_is_answered_with_evidence_and_closed_by_the_fund(running: Scene) -> None:
    finding = a_finding(running)
    assert finding.state.value == "open"
    assert finding.by_grantee
    (letter,) = letters(running, "noted")
    assert "USD\N{NO-BREAK SPACE}500.00 may not be charged" in letter.text
    text = "The landlord signed receipts."
    answer(running.session, finding, text, by(running, "grantee"), Upload("receipts.pdf", PDF))
    assert [item.document.name for item in finding.files] == ["receipts.pdf"]
    add_file(running.session, finding, Upload("more.pdf", PDF), by(running, "grantee"))
    send_back(running.session, finding, by(running, "officer", "May is missing."))
    answer(running.session, finding, "May is there too.", by(running, "grantee"))
    assert [item.text for item in finding.answers] == [text, "May is there too."]
    close(running.session, finding, "All months are shown.", by(running, "officer"))
    assert finding.state is FindingState.CLOSED
    assert len(letters(running, "sent_back")) == len(letters(running, "closed")) == 1
    with pytest.raises(Conflict):
        add_file(running.session, finding, Upload("late.pdf", PDF), by(running, "grantee"))


def test_only_the_owner_answers_and_another_person_closes(running: Scene) -> None:
    session, officer = running.session, running.people.officer
    finding = a_finding(running, owner=officer)
    assert not finding.by_grantee
    for rank in ("manager", "grantee"):
        with pytest.raises(Forbidden):
            answer(session, finding, "Done.", by(running, rank))
    answer(session, finding, "Done.", act_of(session, officer))
    with pytest.raises(Forbidden):
        close(session, finding, "Fine.", act_of(session, officer))
    close(session, finding, "Fine.", by(running, "manager"))
    of_grantee = a_finding(running)
    with pytest.raises(Forbidden):
        answer(session, of_grantee, "Done for them.", act_of(session, officer))
    colleague = member(session, running.organisation, name="Ana Lobo")
    answer(session, of_grantee, "Done.", act_of(session, colleague))


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"ineligible": usd(2_000_001)},
        {"source": Source.REPORT},
        {"due_on": clock.today() - timedelta(2)},
    ],
)
def test_what_cannot_be_is_not_noted(running: Scene, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        a_finding(running, **wrong)


def test_nobody_outside_the_grant_answers_or_notes(running: Scene, scene: Scene) -> None:
    stranger = staff(running.session, Role.REVIEWER)
    with pytest.raises(DomainError):
        a_finding(running, owner=stranger)
    for person in (running.people.grantee, running.people.certifier):
        with pytest.raises(Forbidden):
            note(running.session, running.award, observed(running), act_of(running.session, person))
    appoint(running.session, running.people.grantee, Role.PROGRAMME_OFFICER)
    with pytest.raises(Forbidden):
        note(running.session, running.award, observed(running), by(running, "grantee"))


def test_nothing_is_noted_before_the_agreement(scene: Scene) -> None:
    with pytest.raises(Conflict):
        a_finding(scene)


def test_a_finding_of_high_severity_holds_payments_until_it_is_closed(running: Scene) -> None:
    first = running.instalments[0]
    a_finding(running, severity=Severity.MEDIUM)
    finding = a_finding(running, severity=Severity.HIGH)
    with pytest.raises(DomainError, match=finding.reference):
        certify(running.session, first, by(running, "certifier", "Needed now."))
    answer(running.session, finding, "Done.", by(running, "grantee"))
    with pytest.raises(DomainError, match=finding.reference):
        certify(running.session, first, by(running, "certifier", "Needed now."))
    close(running.session, finding, "Enough.", by(running, "officer"))
    certify(running.session, first, by(running, "certifier", "Needed now."))


def test_an_ineligible_amount_is_closed_by_the_refund_that_covers_it(running: Scene) -> None:
    session = running.session
    pay(session, running.instalments[0], running.people, clock.today())
    first, second = an_answered_finding(running), an_answered_finding(running)
    requests = []
    for finding in (first, second):
        request = asked_back(running, finding)
        assert finding.state is FindingState.TO_RECOVER
        assert (request.amount, request.cause) == (usd(50_000), RefundCause.INELIGIBLE)
        requests.append(request)
        assert request.reason == f"{finding.reference}: No receipts exist."
    finance = by(running, "finance")
    refund = record_refund(session, running.award, usd(60_000), clock.today(), "RF-1", finance)
    assert (first.state, first.refund_id) == (FindingState.CLOSED, refund.id)
    assert (second.state, second.request) == (FindingState.TO_RECOVER, requests[1])
    with pytest.raises(Conflict, match="when the refund"):
        settle(session, second, refund.id, by(running, "officer"))
    other = record_refund(session, running.award, usd(40_000), clock.today(), "RF-2", finance)
    assert (second.state, second.refund_id) == (FindingState.CLOSED, other.id)
    assert available_of(session, other) == usd(0)


def test_no_more_is_asked_back_than_was_paid_and_not_asked_for(running: Scene) -> None:
    finding = an_answered_finding(running)
    with pytest.raises(DomainError, match="Enter an amount above 0"):
        asked_back(running, finding)
    assert (finding.state, finding.request) == (FindingState.ANSWERED, None)


def test_a_request_that_is_withdrawn_brings_the_finding_back(running: Scene) -> None:
    session = running.session
    pay(session, running.instalments[0], running.people, clock.today())
    finding = an_answered_finding(running)
    request = asked_back(running, finding)
    withdraw_request(session, request, by(running, "officer", "It was paid by the other donor."))
    assert finding.state is FindingState.ANSWERED
    assert (finding.request, finding.claimed_minor) == (None, 0)
    close(session, finding, "Nothing is owed.", by(running, "officer"))


def test_what_is_given_up_with_the_grant_closes_the_finding(running: Scene) -> None:
    session = running.session
    pay(session, running.instalments[0], running.people, clock.today())
    finding = an_answered_finding(running)
    request = asked_back(running, finding)
    write_off_claims(session, [request], by(running, "approver"))
    assert (finding.state, finding.refund_id) == (FindingState.CLOSED, None)


def asked_back(running: Scene, finding: Finding) -> RefundRequest:
    day = clock.today() + timedelta(30)
    act = by(running, "officer")
    return claim(running.session, finding, usd(50_000), day, "No receipts exist.", act)


def test_a_grant_is_not_closed_over_an_open_finding(running: Scene) -> None:
    finding = a_finding(running)
    sentence = f"Finding {finding.reference} is not closed."
    assert sentence in to_close(running.session, running.award)
    answer(running.session, finding, "Done.", by(running, "grantee"))
    close(running.session, finding, "Enough.", by(running, "officer"))
    assert sentence not in to_close(running.session, running.award)


def test_a_mistake_is_withdrawn_by_another_person(running: Scene) -> None:
    manager = by(running, "manager", "It was about another grant.")
    finding = note(running.session, running.award, observed(running), manager)
    with pytest.raises(Forbidden):
        withdraw(running.session, finding, manager)
    other = act_of(
        running.session,
        staff(running.session, Role.FUND_MANAGER, name="Ada Second"),
        "Another grant.",
    )
    withdraw(running.session, finding, other)
    assert finding.state is FindingState.WITHDRAWN


def on_day(finding: Finding, days: int) -> Any:
    return clock.at(datetime.combine(finding.due_on + timedelta(days), time(12), clock.zone()))


@pytest.mark.parametrize(
    ("severity", "patience"), [(Severity.HIGH, 0), (Severity.MEDIUM, 7), (Severity.LOW, 14)]
)
def test_owners_are_reminded_and_late_findings_escalate_once(
    running: Scene, severity: Severity, patience: int
) -> None:
    finding = a_finding(running, severity=severity)
    system = Act.by_system("findings")
    seen = {}
    for days in sorted({-8, -7, -6, -1, 0, 1, patience, patience + 1, patience + 2}):
        with on_day(finding, days):
            remind_and_escalate(running.session, system)
            seen[days] = (
                len(letters(running, "reminder")),
                len(letters(running, "late")),
                len(letters(running, "escalated")),
            )
    assert seen[-8] == (0, 0, 0)
    assert seen[-7] == seen[-6] == (1, 0, 0)
    assert seen[-1] == seen[0] == (2, 0, 0)
    managers = 1
    assert seen[patience + 1] == seen[patience + 2] == (2, 1, managers)
    assert seen[patience][2] == 0 or patience == 0
    assert finding.escalated_on == finding.due_on + timedelta(patience + 1)
    with on_day(finding, patience + 3):
        later = finding.due_on + timedelta(60)
        why = by(running, "officer", "The director was ill.")
        hand_over(running.session, finding, running.people.manager, later, why)
        assert not any([finding.escalated_on, finding.by_grantee])
        remind_and_escalate(running.session, system)
    assert not any([finding.escalated_on])
