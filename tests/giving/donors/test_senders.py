"""A sender who pledges for a Member State is told no bank details until the fund confirms it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.donors.models import Donor
from grants.giving.donors.senders import (
    confirm_sender,
    is_confirmed,
    possibly_the_same,
    to_confirm,
)
from grants.giving.donors.service import Card, add_contact
from grants.giving.pledges.making import Giver, Offer, pledge_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import acknowledge, offer_agreement
from grants.giving.pledging.service import become_donor
from grants.giving.totals.figures import public_donors
from tests.banking.bank.arranging import numbered
from tests.banking.bank.files import IBAN
from tests.factories import a_deposit, a_donor, a_person, act_of, staff
from tests.platform.web.client import SignInAs

CLAIM = Giver("Kingdom of Norway", DonorKind.MEMBER_STATE, "NO")


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session, "Kari Nordmann")


@pytest.fixture
def pledge(session: Session, fund: Fund, person: Person) -> Pledge:
    """Of somebody who has signed in, and says to be Norway."""
    organisation, act = become_donor(session, CLAIM, act_of(session, person))
    return pledge_for(session, fund, Offer(usd(100_000)), organisation, act)


def donor_of(session: Session, pledge: Pledge) -> Donor:
    return session.get_one(Donor, pledge.donor_id)


def known(session: Session, name: str = "Maria Keller") -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER, name), "Note verbale of 3 May.")


def test_nothing_is_accepted_or_public_before_the_sender_is_confirmed(
    session: Session, fund: Fund, pledge: Pledge
) -> None:
    by = known(session)
    for accept in (
        lambda: acknowledge(session, pledge, by),
        lambda: offer_agreement(session, pledge, "", by),
        lambda: a_deposit(session, fund, pledge, usd(1_000)),
    ):
        with pytest.raises(DomainError, match="Confirm the sender first"):
            accept()
    assert public_donors(session, fund) == []
    assert session.scalar(to_confirm()) == 1
    confirm_sender(session, donor_of(session, pledge), by)
    assert session.scalar(to_confirm()) == 0
    acknowledge(session, pledge, by)
    assert [donor.name for donor in public_donors(session, fund)] == ["Kingdom of Norway"]


def test_a_sender_is_confirmed_once_by_somebody_else_who_says_how(
    session: Session, pledge: Pledge, person: Person
) -> None:
    donor = donor_of(session, pledge)
    with pytest.raises(Forbidden):
        confirm_sender(session, donor, act_of(session, person, "It is me."))
    with pytest.raises(DomainError, match="how you know"):
        confirm_sender(session, donor, Act(known(session).actor))
    confirm_sender(session, donor, known(session, "Otto Beispiel"))
    with pytest.raises(Conflict):
        confirm_sender(session, donor, known(session, "Rita Beispiel"))


def test_who_entered_a_contact_of_the_donor_does_not_confirm_it(
    session: Session, pledge: Pledge
) -> None:
    by, donor = known(session), donor_of(session, pledge)
    add_contact(session, donor, Card("Ola Nordmann", email="ola@mfa.example"), by)
    with pytest.raises(Forbidden, match="A different person"):
        confirm_sender(session, donor, by)
    confirm_sender(session, donor, known(session, "Otto Beispiel"))
    assert is_confirmed(session, donor.organisation)


def test_whom_the_fund_entered_and_who_is_no_state_need_no_confirmation(
    session: Session, person: Person
) -> None:
    assert is_confirmed(session, a_donor(session, "Utopia"))
    company, _act = become_donor(
        session, Giver("Hafenlicht", DonorKind.PRIVATE, "AT"), act_of(session, person)
    )
    assert is_confirmed(session, company)
    with pytest.raises(Conflict):
        confirm_sender(session, session.get_one(Donor, company.id), known(session))


def test_donors_that_may_be_the_same_are_hinted(session: Session, pledge: Pledge) -> None:
    ministry = a_donor(session, "Ministry of Foreign Affairs, Oslo", country="NO")
    a_donor(session, "Kingdom of Sweden", country="SE")
    named = a_donor(session, "Norway Kingdom Aid", DonorKind.PRIVATE, "AT")
    found = {
        donor.organisation_id for donor in possibly_the_same(session, donor_of(session, pledge))
    }
    assert found == {ministry.id, named.id}


def test_the_sender_is_confirmed_on_a_page_that_shows_who_wrote(
    session: Session, fund: Fund, pledge: Pledge, person: Person, sign_in_as: SignInAs
) -> None:
    numbered(session, fund)
    session.commit()
    own, manager = sign_in_as(person), sign_in_as(staff(session, Role.FUND_MANAGER))
    assert IBAN not in own.get(f"/giving/{pledge.reference}").text
    code = session.scalars(select(Pledge)).one().donor.code  # type: ignore[union-attr]
    assert "Pledge whose sender must be confirmed" in manager.get("/start").text
    assert code in manager.get("/donors?unconfirmed=yes").text
    assert "/confirm-sender" in manager.get(f"/donors/{code}").text
    path = f"/donors/{code}/confirm-sender"
    assert person.email in manager.get(path).text
    assert manager.submit(path, {"reason": "Note verbale"}).location == f"/donors/{code}"
    assert IBAN in own.get(f"/giving/{pledge.reference}").text
