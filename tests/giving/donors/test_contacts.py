"""Who a donor is, and through whom one writes to it."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.models import TrailValue
from grants.core.audit.queries import trail_of
from grants.core.audit.values import SEALED
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.donors.colleagues import leave
from grants.giving.donors.facts import profile_of
from grants.giving.donors.models import Contact, ContactRole, Donor, Way
from grants.giving.donors.queries import donor_for_viewer, own_donor
from grants.giving.donors.service import (
    Card,
    add_contact,
    change_contact,
    describe,
    note_contact,
    opt_out,
    welcome,
)
from tests.factories import a_donor, a_pledge, act_of, member, staff

CARD = Card("Amina Okafor", "First Secretary", ContactRole.MISSION, "amina@mission.example")


@pytest.fixture
def by(session: Session) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER))


@pytest.fixture
def donor(session: Session, by: Act) -> Donor:
    return welcome(session, a_donor(session), by)


def _own(session: Session, donor: Donor, name: str = "Chen Wei") -> Act:
    return act_of(session, member(session, donor.organisation, Role.DONOR, name))


def test_whoever_pledges_stands_among_the_donors_once(session: Session, fund: Fund) -> None:
    giver = a_pledge(session, fund).donor
    a_pledge(session, fund, donor=giver)
    assert giver is not None
    assert session.scalars(select(Donor.organisation_id)).all() == [giver.id]
    assert [row.action for row in trail_of(session, "organisation", giver.id)] == ["welcome"]


def test_a_contact_is_added_changed_and_leaves(session: Session, donor: Donor, by: Act) -> None:
    contact = add_contact(session, donor, CARD, by)
    change_contact(session, contact, replace(CARD, phone="+43 1 5550", way=Way.PHONE), by)
    assert (contact.way, contact.phone) == (Way.PHONE, "+43 1 5550")
    leave(session, contact, by)
    with pytest.raises(Conflict):
        change_contact(session, contact, CARD, by)
    told = trail_of(session, "organisation", donor.organisation_id)
    assert [row.action for row in told][-3:] == ["add_contact", "change_contact", "end_contact"]
    digest = told[-2].facts["before"].removeprefix(SEALED)
    sealed = select(TrailValue.value).where(TrailValue.hash == digest)
    assert json.loads(session.scalars(sealed).one())["phone"] == ""


def test_an_address_is_one_contact_of_a_donor(session: Session, donor: Donor, by: Act) -> None:
    contact = add_contact(session, donor, CARD, by)
    with pytest.raises(DomainError, match="already"):
        add_contact(session, donor, replace(CARD, email="AMINA@mission.example"), by)
    leave(session, contact, by)
    add_contact(session, donor, CARD, by)


def test_the_database_too_keeps_an_address_single(session: Session, donor: Donor, by: Act) -> None:
    add_contact(session, donor, CARD, by)
    session.add(Contact(donor=donor, name="Twin", email=CARD.email.upper()))
    with pytest.raises(IntegrityError, match="uq_donor_contact_email"):
        session.flush()


@pytest.mark.parametrize("way", [Way.EMAIL, Way.PHONE])
def test_somebody_has_to_be_reachable_as_they_like(
    session: Session, donor: Donor, by: Act, way: Way
) -> None:
    with pytest.raises(DomainError, match="another means"):
        add_contact(session, donor, Card("Amina Okafor", way=way), by)


def test_who_takes_no_appeals_says_so_once(session: Session, donor: Donor, by: Act) -> None:
    spared = add_contact(session, donor, Card("Ben", email="ben@mission.example"), by)
    opt_out(session, spared, by)
    opt_out(session, spared, by)
    actions = [row.action for row in trail_of(session, "organisation", donor.organisation_id)]
    assert actions.count("opt_out") == 1


def test_whoever_pledges_becomes_a_contact_once(session: Session, donor: Donor, by: Act) -> None:
    first = note_contact(session, donor, CARD, by)
    assert note_contact(session, donor, replace(CARD, name="A. Okafor"), by) is first
    assert first.name == "Amina Okafor"


def test_a_donors_own_people_keep_its_profile_but_not_its_name(
    session: Session, donor: Donor, by: Act
) -> None:
    own = _own(session, donor)
    describe(session, donor, replace(profile_of(donor), mailing_address="PO Box 1"), own)
    assert donor.mailing_address == "PO Box 1"
    with pytest.raises(Forbidden):
        describe(session, donor, replace(profile_of(donor), name="Republic of Elsewhere"), own)
    describe(session, donor, replace(profile_of(donor), name="Arcadia", notes="Friendly"), by)
    assert (donor.organisation.name, donor.notes) == ("Arcadia", "Friendly")


def test_the_funds_notes_are_not_in_the_trail_of_a_donors_own_change(
    session: Session, donor: Donor, by: Act
) -> None:
    describe(session, donor, replace(profile_of(donor), notes="Friendly"), by)
    describe(session, donor, replace(profile_of(donor), language="ar"), _own(session, donor))
    last = trail_of(session, "organisation", donor.organisation_id)[-1]
    assert "notes" not in last.facts["before"]


def test_nobody_else_reads_or_writes_a_donor(session: Session, donor: Donor) -> None:
    other = welcome(session, a_donor(session, "Utopia"), Act.by_system("test"))
    stranger = _own(session, other, "Eve Stranger")
    for actor in (stranger.actor, VISITOR):
        with pytest.raises(Missing):
            own_donor(session, donor.organisation.code, actor)
        with pytest.raises(Missing):
            donor_for_viewer(session, donor.organisation.code, actor)
    with pytest.raises(Forbidden):
        add_contact(session, donor, CARD, stranger)
    with pytest.raises(Forbidden):
        add_contact(session, donor, CARD, act_of(session, staff(session, Role.AUDITOR)))
