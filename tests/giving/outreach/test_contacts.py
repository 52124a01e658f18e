"""What was said to a donor, and what is to follow."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.giving.outreach.models import Means, Outcome, OutreachContact
from grants.giving.outreach.queries import Criteria, contacts_for_viewer, contacts_with, steps_due
from grants.giving.outreach.service import ContactDetails, NextStep, finish_step, record_contact
from tests.factories import a_contact, a_donor, act_of, staff


def test_a_next_step_waits_for_its_owner_until_it_is_done(session: Session, fund: Fund) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    step = NextStep("Send the figures", clock.today() + timedelta(3), officer)
    contact = a_contact(session, fund, a_donor(session), next_step=step)
    mine = act_of(session, officer)
    assert session.scalar(steps_due(mine.actor, late=False)) == 1
    assert session.scalar(steps_due(mine.actor, late=True)) == 0
    other = act_of(session, staff(session, Role.FUND_MANAGER))
    assert session.scalar(steps_due(other.actor, late=False)) == 0
    with clock.at(clock.now() + timedelta(days=5)):
        assert session.scalar(steps_due(mine.actor, late=True)) == 1
    finish_step(session, contact, other)
    finish_step(session, contact, other)
    assert session.scalar(steps_due(mine.actor, late=False)) == 0


def test_a_contact_without_a_next_step_has_nothing_to_finish(session: Session, fund: Fund) -> None:
    contact = a_contact(session, fund, a_donor(session))
    with pytest.raises(Conflict):
        finish_step(session, contact, act_of(session, staff(session, Role.FUND_MANAGER)))


@pytest.mark.parametrize(
    "changed",
    [
        {"held_on": "tomorrow"},
        {"next_step": "before"},
        {"next_step": "outsider"},
    ],
)
def test_what_cannot_be_is_refused(session: Session, fund: Fund, changed: dict[str, Any]) -> None:
    officer, auditor = staff(session, Role.PROGRAMME_OFFICER), staff(session, Role.AUDITOR)
    steps = {
        "before": NextStep("Call", clock.today() - timedelta(5), officer),
        "outsider": NextStep("Call", clock.today(), auditor),
    }
    if "held_on" in changed:  # the day where the fund is, once the test runs
        changed = {"held_on": clock.today() + timedelta(1)}
    if "next_step" in changed:
        changed = {"next_step": steps[str(changed["next_step"])]}
    with pytest.raises(DomainError):
        a_contact(session, fund, a_donor(session), **changed)


def test_only_who_records_outreach_may_write_a_contact_down(session: Session, fund: Fund) -> None:
    told = ContactDetails(Means.CALL, clock.today(), "The desk officer", Outcome.AWAITED)
    auditor = act_of(session, staff(session, Role.AUDITOR))
    with pytest.raises(Forbidden):
        record_contact(session, fund, a_donor(session), told, auditor)


def test_the_same_key_makes_one_contact(session: Session, fund: Fund) -> None:
    donor = a_donor(session)
    one = a_contact(session, fund, donor, key="letter:1")
    assert a_contact(session, fund, donor, key="letter:1") is one
    assert (
        len(contacts_with(session, act_of(session, staff(session, Role.AUDITOR)).actor, donor)) == 1
    )


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE outreach_contact SET note = 'other'",
        "UPDATE outreach_contact SET done_at = now(), outcome = 'declined'",
        "DELETE FROM outreach_contact",
        "TRUNCATE outreach_contact",
    ],
)
def test_what_was_said_is_never_changed(session: Session, fund: Fund, attack: str) -> None:
    a_contact(session, fund, a_donor(session))
    with pytest.raises(DBAPIError):
        session.execute(text(attack))


def test_contacts_are_found_by_donor_means_and_open_steps(session: Session, fund: Fund) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    step = NextStep("Call back", clock.today(), officer)
    one = a_contact(session, fund, a_donor(session, "Arcadia"), next_step=step)
    two = a_contact(session, fund, a_donor(session, "Nubia"), means=Means.NOTE_VERBALE)
    viewer = act_of(session, officer).actor

    def found(wanted: Criteria) -> list[OutreachContact]:
        return list(session.scalars(contacts_for_viewer(viewer, wanted)))

    assert found(Criteria(text="arca")) == [one]
    assert found(Criteria(means=Means.NOTE_VERBALE)) == [two]
    assert found(Criteria(steps="open")) == found(Criteria(steps="mine")) == [one]
    assert found(Criteria(fund="NONE")) == []
