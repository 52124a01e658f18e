"""A colleague of a mission is invited, takes part and takes over; the account is never lost."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Link
from grants.core.people.permissions import Role
from grants.core.people.queries import members, person_by_email
from grants.giving.donors.colleagues import hand_over, invite, join, leave
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import own_donor, signing_in
from grants.giving.donors.service import Card, add_contact, change_contact, note_contact, welcome
from grants.giving.pledges.queries import pledges_of_viewer
from grants.platform.messages.models import Message
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.platform.web.client import SignInAs, StrictClient

JOAO = Card("João Silva", "First Secretary", email="joao@mission.example")


@pytest.fixture
def donor(session: Session) -> Donor:
    return welcome(session, a_donor(session), Act.by_system("test"))


@pytest.fixture
def ines(session: Session, donor: Donor) -> Act:
    """Who signs in for the donor so far, and is a contact of it."""
    person = member(session, donor.organisation, Role.DONOR, "Ines Costa")
    by = act_of(session, person)
    note_contact(session, donor, Card(person.name, email=person.email), by)
    return by


def token_in(session: Session) -> str:
    """That of the invitation that was sent last."""
    session.flush()
    last = session.query(Message).order_by(Message.id.desc()).first()
    assert last is not None
    found = re.search(r"/giving/donors/join/(\S+)", last.text)
    assert found, last.text
    return found[1]


def acting(session: Session, donor: Donor) -> list[str]:
    return [row.person.name for row in members(session, donor.organisation_id)]


def test_a_colleague_is_invited_joins_and_sees_the_pledges_of_the_donor_alone(
    session: Session, fund: Fund, donor: Donor, ines: Act
) -> None:
    pledge = a_pledge(session, fund, donor=donor.organisation)
    other = a_pledge(session, fund, donor=a_donor(session, name="Another"))
    joao = add_contact(session, donor, JOAO, ines)
    assert person_by_email(session, JOAO.email) is None, "a contact has no account"
    invite(session, joao, ines)
    joined, person = join(session, token_in(session))
    assert (joined, person.name) == (donor, "João Silva")
    viewer = act_of(session, person).actor
    assert list(pledges_of_viewer(session, viewer)) == [pledge]
    assert own_donor(session, donor.organisation.code, viewer) is donor
    assert other not in pledges_of_viewer(session, viewer)
    assert joao.id in signing_in(session, donor)
    with pytest.raises(Conflict, match="already acts"):
        invite(session, joao, ines)


def test_the_fund_s_people_invite_and_a_colleague_of_another_donor_does_not(
    session: Session, donor: Donor
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    joao = add_contact(session, donor, JOAO, manager)
    stranger = member(session, a_donor(session, name="Another"), Role.DONOR, "Eve Stone")
    for act in (invite, leave):
        with pytest.raises(Forbidden):
            act(session, joao, act_of(session, stranger))
    with pytest.raises(Forbidden):
        hand_over(session, joao, joao, act_of(session, stranger))
    invite(session, joao, manager)
    join(session, token_in(session))
    assert acting(session, donor) == ["João Silva"]


def test_who_hands_over_acts_until_the_colleague_has_joined(
    session: Session, donor: Donor, ines: Act
) -> None:
    former = next(contact for contact in _contacts(session, donor) if contact.name == "Ines Costa")
    with pytest.raises(DomainError, match="Hand over to a colleague"):
        leave(session, former, ines)
    joao = add_contact(session, donor, JOAO, ines)
    hand_over(session, former, joao, ines)
    assert acting(session, donor) == ["Ines Costa"]
    assert former.left_on is None
    join(session, token_in(session))
    assert acting(session, donor) == ["João Silva"]
    assert former.left_on == clock.today()


def test_a_colleague_who_signs_in_already_takes_over_at_once(
    session: Session, donor: Donor, ines: Act
) -> None:
    former = _contacts(session, donor)[0]
    joao = add_contact(session, donor, JOAO, ines)
    invite(session, joao, ines)
    join(session, token_in(session))
    hand_over(session, former, joao, ines)
    assert acting(session, donor) == ["João Silva"]


def test_the_fund_s_people_end_the_last_one_and_invite_the_next(
    session: Session, donor: Donor, ines: Act
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    leave(session, _contacts(session, donor)[0], manager)
    assert acting(session, donor) == []
    invite(session, add_contact(session, donor, JOAO, manager), manager)
    join(session, token_in(session))
    assert acting(session, donor) == ["João Silva"]


def test_the_address_of_an_account_stays_and_who_left_cannot_join(
    session: Session, donor: Donor, ines: Act
) -> None:
    former = _contacts(session, donor)[0]
    with pytest.raises(DomainError, match="signs in with"):
        change_contact(session, former, Card("Ines Costa", email="other@example.org"), ines)
    joao = add_contact(session, donor, JOAO, ines)
    invite(session, joao, ines)
    token = token_in(session)
    change_contact(session, joao, replace(JOAO, email="silva@mission.example"), ines)
    with pytest.raises(Conflict, match="earlier address"):
        join(session, token)
    change_contact(session, joao, JOAO, ines)
    invite(session, joao, ines)
    token = token_in(session)
    leave(session, joao, ines)
    with pytest.raises(Conflict, match="no longer acts"):
        join(session, token)


def _contacts(session: Session, donor: Donor) -> list[Contact]:
    session.flush()
    session.refresh(donor, ["contacts"])
    return donor.contacts


def test_the_pages_invite_and_the_sign_in_page_sends_an_expired_invitation_again(
    app: Flask, session: Session, donor: Donor, ines: Act, sign_in_as: SignInAs
) -> None:
    pages = f"/giving/donors/{donor.organisation.code}"
    person = person_by_email(session, "ines.costa@example.org")
    assert person is not None
    session.commit()
    browser = sign_in_as(person)
    typed = {"name": JOAO.name, "role": "other", "email": JOAO.email, "language": "en"}
    more = {"way": "email", "may": "donor_giver"}
    assert browser.submit(f"{pages}/contacts/new", {**typed, **more}).status_code == 302
    assert "Invited" in browser.get(pages).get_data(as_text=True)
    session.query(Link).update({"expires_at": clock.now() - timedelta(days=1)})
    session.commit()
    before, visitor = session.query(Message).count(), app.test_client()
    assert isinstance(visitor, StrictClient)
    visitor.submit("/sign-in/link", {"email": JOAO.email})
    visitor.submit("/sign-in/link", {"email": "stranger@example.org"})
    assert session.query(Message).count() == before + 1
    page = f"/giving/donors/join/{token_in(session)}"
    assert "Join Republic of Arcadia" in visitor.get(page).get_data(as_text=True)
    assert visitor.submit(page).status_code == 302
    assert visitor.get("/giving").status_code == 200
    assert "Pledges" in browser.get(pages).get_data(as_text=True)


def test_a_contact_hands_over_and_leaves_on_the_pages(
    session: Session, donor: Donor, ines: Act, sign_in_as: SignInAs
) -> None:
    joao = add_contact(session, donor, JOAO, ines)
    former = next(contact for contact in _contacts(session, donor) if contact is not joao)
    session.commit()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    page = f"/donors/{donor.organisation.code}/contacts/{former.id}"
    assert "Hand over to a colleague" in manager.get(page).get_data(as_text=True)
    chosen = {"successor": str(joao.id)}
    assert manager.submit(f"{page}/hand-over", chosen).status_code == 302
    session.expire_all()
    join(session, token_in(session))
    session.commit()
    assert acting(session, donor) == [JOAO.name]
    stranger = sign_in_as(member(session, a_donor(session, name="Another"), Role.DONOR, "Eve"))
    own = page.replace("/donors/", "/giving/donors/")
    for path in (own, f"{own}/hand-over"):
        assert stranger.get(path).status_code == 404
    for path in (page, f"{page}/hand-over"):
        assert stranger.get(path).status_code in {403, 404}
