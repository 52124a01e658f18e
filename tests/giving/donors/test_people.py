"""What each person of a donor may do, and who signs for a Member State."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import OF_DONORS, Permission, Role
from grants.core.people.queries import members
from grants.core.people.role_permissions import GRANTED
from grants.giving.donors.colleagues import (
    change_role,
    end_those_who_left,
    hand_over,
    invite,
    join,
    leave,
)
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import membership_of
from grants.giving.donors.service import Card, add_contact, note_contact, welcome
from grants.giving.donors.signatories import confirm_signatory, refuse_signatory, to_confirm
from grants.giving.pledges.queries import pledges_of_viewer
from grants.platform.messages.models import Message
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.giving.donors.test_colleagues import token_in
from tests.platform.web.client import SignInAs

CARD = Card("João Silva", "First Secretary", email="joao@mission.example")


@pytest.fixture
def state(session: Session) -> Donor:
    """A Member State."""
    return welcome(session, a_donor(session), Act.by_system("test"))


@pytest.fixture
def firm(session: Session) -> Donor:
    """A donor that is no State."""
    company = a_donor(session, name="Firm", kind=DonorKind.PRIVATE)
    return welcome(session, company, Act.by_system("test"))


def first_of(session: Session, donor: Donor) -> tuple[Contact, Act]:
    """Who pledges and signs for the donor so far."""
    person = member(session, donor.organisation, Role.DONOR, "Ines Costa")
    by = act_of(session, person)
    return note_contact(session, donor, Card(person.name, email=person.email), by), by


def joined(session: Session, donor: Donor, by: Act, role: Role) -> tuple[Contact, Person]:
    """A colleague who has been invited in a role, and has joined."""
    contact = add_contact(session, donor, CARD, by)
    invite(session, contact, by, role)
    _donor, person = join(session, token_in(session))
    return contact, person


def role_of(session: Session, contact: Contact) -> Role | None:
    row = membership_of(session, contact)
    return row.role if row else None


def test_the_roles_of_a_donor_divide_pledging_signing_and_reading() -> None:
    assert all(Permission.PLEDGE_READ in GRANTED[role] for role in OF_DONORS)
    pledges = {role for role in OF_DONORS if Permission.PLEDGE_MAKE in GRANTED[role]}
    signs = {role for role in OF_DONORS if Permission.PLEDGE_AGREE in GRANTED[role]}
    assert pledges == {Role.DONOR, Role.DONOR_GIVER}
    assert signs == {Role.DONOR, Role.DONOR_SIGNATORY}


@pytest.mark.parametrize("role", OF_DONORS)
def test_a_colleague_joins_in_the_role_of_the_invitation_and_reads_the_pledges(
    session: Session, fund: Fund, firm: Donor, role: Role
) -> None:
    pledge = a_pledge(session, fund, donor=firm.organisation)
    contact, person = joined(session, firm, first_of(session, firm)[1], role)
    assert role_of(session, contact) is role
    assert list(pledges_of_viewer(session, act_of(session, person).actor)) == [pledge]
    theirs = act_of(session, person)
    if Permission.PLEDGE_MAKE not in GRANTED[role]:
        with pytest.raises(Forbidden):
            add_contact(session, firm, Card("Eve", email="eve@x.example"), theirs)
        with pytest.raises(Forbidden):
            change_role(session, contact, Role.DONOR, theirs)
    else:
        assert add_contact(session, firm, Card("Eve", email="eve@x.example"), theirs)


def test_a_role_that_is_none_of_a_donor_is_refused(session: Session, firm: Donor) -> None:
    former, by = first_of(session, firm)
    with pytest.raises(DomainError, match="Choose"):
        invite(session, add_contact(session, firm, CARD, by), by, Role.FUND_MANAGER)
    with pytest.raises(DomainError, match="Choose"):
        change_role(session, former, Role.ORGANISATION_ADMIN, by)


def test_the_last_one_who_pledges_stays(session: Session, firm: Donor) -> None:
    former, by = first_of(session, firm)
    contact, _person = joined(session, firm, by, Role.DONOR_READER)
    with pytest.raises(DomainError, match="only person"):
        leave(session, former, by)
    with pytest.raises(DomainError, match="only person"):
        change_role(session, former, Role.DONOR_SIGNATORY, by)
    change_role(session, contact, Role.DONOR_GIVER, by)
    change_role(session, former, Role.DONOR_SIGNATORY, by)
    assert role_of(session, contact) is Role.DONOR_GIVER
    assert role_of(session, former) is Role.DONOR_SIGNATORY


@pytest.mark.parametrize(
    ("asked", "meanwhile"),
    [(Role.DONOR, Role.DONOR_GIVER), (Role.DONOR_SIGNATORY, Role.DONOR_READER)],
)
def test_a_new_signatory_of_a_state_signs_once_the_fund_has_confirmed_it(
    session: Session, state: Donor, asked: Role, meanwhile: Role
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    contact, _person = joined(session, state, first_of(session, state)[1], asked)
    assert role_of(session, contact) is meanwhile
    assert session.scalar(to_confirm()) == 1
    letter = session.query(Message).order_by(Message.id.desc()).first()
    assert letter is not None
    assert letter.recipient == manager.actor.email
    with pytest.raises(DomainError, match="reason"):
        confirm_signatory(session, contact, manager)
    confirm_signatory(session, contact, replace(manager, reason="Note verbale of 3 May"))
    assert role_of(session, contact) is asked
    assert session.scalar(to_confirm()) == 0
    with pytest.raises(Conflict):
        confirm_signatory(session, contact, replace(manager, reason="Again"))


def test_who_chose_the_signatory_does_not_confirm_it(session: Session, state: Donor) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "Note verbale")
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER), "They are not named in it")
    contact, _person = joined(session, state, manager, Role.DONOR)
    with pytest.raises(Forbidden, match="different person"):
        confirm_signatory(session, contact, manager)
    refuse_signatory(session, contact, officer)
    assert role_of(session, contact) is Role.DONOR_GIVER
    assert session.scalar(to_confirm()) == 0
    change_role(session, contact, Role.DONOR, officer)
    with pytest.raises(Forbidden, match="different person"):
        confirm_signatory(session, contact, officer)
    _former, own = first_of(session, state)
    with pytest.raises(Forbidden):
        confirm_signatory(session, contact, own)


def test_a_predecessor_ends_on_the_last_day_and_nothing_is_lost(
    session: Session, fund: Fund, firm: Donor
) -> None:
    former, by = first_of(session, firm)
    pledge = a_pledge(session, fund, donor=firm.organisation)
    joao, today = add_contact(session, firm, CARD, by), clock.today()
    with pytest.raises(DomainError, match="passed"):
        hand_over(session, former, joao, by, today - timedelta(days=1))
    hand_over(session, former, joao, by, today + timedelta(days=20))
    _donor, successor = join(session, token_in(session))
    assert {row.role for row in members(session, firm.organisation_id)} == {Role.DONOR}
    assert len(members(session, firm.organisation_id)) == 2
    with clock.at(clock.now() + timedelta(days=21)):
        assert [row.person_id for row in members(session, firm.organisation_id)] == [successor.id]
        viewer = act_of(session, successor).actor
        assert list(pledges_of_viewer(session, viewer)) == [pledge]
        assert end_those_who_left(session, Act.by_system("test")) == 1
        assert former.left_on == clock.today()
        assert end_those_who_left(session, Act.by_system("test")) == 0


def test_a_state_keeps_its_signatory_until_the_last_day(session: Session, state: Donor) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "Note verbale of 3 May")
    former, by = first_of(session, state)
    joao = add_contact(session, state, CARD, by)
    hand_over(session, former, joao, by, clock.today() + timedelta(days=5))
    join(session, token_in(session))
    assert (role_of(session, former), role_of(session, joao)) == (Role.DONOR, Role.DONOR_GIVER)
    confirm_signatory(session, joao, manager)
    assert role_of(session, joao) is Role.DONOR


def test_a_signatory_hands_over_to_a_colleague_who_pledges(session: Session, firm: Donor) -> None:
    former, by = first_of(session, firm)
    contact, _person = joined(session, firm, by, Role.DONOR_GIVER)
    hand_over(session, former, contact, by)
    assert role_of(session, contact) is Role.DONOR
    assert former.left_on == clock.today()


@pytest.mark.parametrize("role", OF_DONORS)
def test_each_page_of_a_donor_is_for_who_may_what_it_does(
    session: Session, fund: Fund, firm: Donor, sign_in_as: SignInAs, role: Role
) -> None:
    pledge = a_pledge(session, fund, donor=firm.organisation)
    former, by = first_of(session, firm)
    contact, person = joined(session, firm, by, role)
    session.commit()
    browser = sign_in_as(person)
    own = f"/giving/donors/{firm.organisation.code}"
    gives = Permission.PLEDGE_MAKE in GRANTED[role]
    signs = Permission.PLEDGE_AGREE in GRANTED[role]
    for page in ("/giving", f"/giving/{pledge.reference}", own, "/statements", "/start"):
        assert browser.get(page).status_code == 200, page
    for page in (
        f"{own}/profile",
        f"{own}/contacts/{former.id}",
        f"/giving/{pledge.reference}/withdraw",
    ):
        assert (browser.get(page).status_code == 200) is gives, page
    for page in ("invite", "role", "hand-over"):
        there = f"{own}/contacts/{contact.id}/{page}"
        assert (browser.get(there).status_code == 200) is gives, page
    assert (browser.get(f"/giving/{pledge.reference}/signed-agreement").status_code != 403) is signs


def test_the_pages_change_a_role_and_confirm_a_signatory(
    session: Session, state: Donor, sign_in_as: SignInAs
) -> None:
    _former, by = first_of(session, state)
    contact, person = joined(session, state, by, Role.DONOR_READER)
    ines = session.get_one(Person, by.actor.person_id)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    own = f"/giving/donors/{state.organisation.code}"
    theirs = f"{own}/contacts/{contact.id}"
    assert sign_in_as(ines).submit(f"{theirs}/role", {"may": "donor_signatory"}).status_code == 302
    assert "Signatory to be confirmed" in sign_in_as(ines).get(own).get_data(as_text=True)
    assert "The fund is confirming" in sign_in_as(person).get("/start").get_data(as_text=True)
    browser = sign_in_as(manager)
    page = f"/donors/{state.organisation.code}"
    assert "Confirm the signatory" in browser.get(f"{page}?part=contacts").get_data(as_text=True)
    assert state.organisation.name in browser.get("/donors?signatory=yes").get_data(as_text=True)
    confirming = f"{page}/contacts/{contact.id}/confirm-signatory"
    assert browser.submit(confirming, {"reason": "Note verbale"}).status_code == 302
    session.expire_all()
    assert role_of(session, contact) is Role.DONOR_SIGNATORY
    assert sign_in_as(person).get("/giving").status_code == 200
