"""Consent to appeals on paper, as the fund's people enter it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.outreach.consents import (
    PaperConsent,
    consents_of,
    leaving_token,
    record_consent,
    unsubscribe,
)
from tests.factories import a_card, a_donor, act_of, staff
from tests.platform.web.client import SignInAs


@pytest.mark.usefixtures("fund")
def test_it_is_recorded_with_its_words_its_day_and_where_they_are(
    session: Session, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session, "Ana Prado", DonorKind.INDIVIDUAL, "PT")
    card = a_card(session, donor, takes_appeals=False)
    session.commit()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    day = clock.today() - timedelta(3)
    typed = {
        "contact": str(card.id),
        "source": "Pledge card",
        "wording": "Please write to me.",
        "given_on-day": day.day,
        "given_on-month": day.month,
        "given_on-year": day.year,
    }
    manager.submit(f"/outreach/donors/{donor.code}/consent", typed)
    (entered,) = consents_of(session, donor)
    assert (entered.wording, entered.source) == ("Please write to me.", "Pledge card")
    assert clock.day_of(entered.given_at) == day
    session.refresh(card)
    assert card.takes_appeals
    assert "Please write to me." in manager.get(f"/outreach/donors/{donor.code}").text


def test_not_twice_not_by_anyone_and_not_for_who_has_unsubscribed(
    session: Session, fund: Fund
) -> None:
    card = a_card(session, a_donor(session, "Ana Prado", DonorKind.INDIVIDUAL, "PT"))
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    paper = PaperConsent("Please write to me.", "Pledge card", clock.today())
    with pytest.raises(Forbidden):
        record_consent(session, card, paper, act_of(session, staff(session, Role.AUDITOR)))
    with pytest.raises(DomainError, match="in the future"):
        record_consent(session, card, replace(paper, given_on=clock.today() + timedelta(1)), act)
    record_consent(session, card, paper, act)
    with pytest.raises(Conflict):
        record_consent(session, card, paper, act)
    assert card.email
    unsubscribe(session, leaving_token(session, card.email), act)
    with pytest.raises(DomainError, match="unsubscribed"):
        record_consent(session, card, replace(paper, source="Another card"), act)
    firm = a_card(session, a_donor(session, "Harbour", DonorKind.PRIVATE), "Joe Doe")
    with pytest.raises(DomainError, match="Only individuals"):
        record_consent(session, firm, paper, act)
    assert fund.code
