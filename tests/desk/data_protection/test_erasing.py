"""Erasure: decided with a reason, by two where the person decided or paid; the trail still fits."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.applying.organisations.service import invite
from grants.core.audit import binding, chain, values
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow, TrailValue
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people import credentials
from grants.core.people.models import Link, Membership, Person, SignIn
from grants.core.people.permissions import Role
from grants.core.proofs.models import ProviderAccount
from grants.desk.data_protection import service
from grants.desk.data_protection.erasing import erase_person, is_erased
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.data_protection.own_data import counts_about, rows_about, table_of
from grants.desk.data_protection.verify import erased_persons_stay_erased
from grants.desk.data_protection.workflow import ErasureState
from grants.giving.donors.models import Contact, Way
from grants.giving.outside.models import Purpose
from grants.giving.outside.service import Intention, announce
from grants.platform.messages.models import Message
from tests.factories import a_donor, a_pledge, act_of, an_organisation, member, staff
from tests.platform.web.client import SignInAs
from tests.signing_in import can_sign_in


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR)


def _faults(session: Session) -> list[str]:
    checks = (chain.breaches, binding.breaches, values.breaches, erased_persons_stay_erased)
    return [fault for check in checks for fault in check(session)]


def _asked(session: Session, person: Person) -> ErasureRequest:
    request = service.ask_erasure(session, person, "Please", act_of(session, person))
    session.commit()
    return request


@pytest.fixture
def contact(session: Session, fund: Fund) -> Contact:
    """A donor's contact, who signs in with a second factor."""
    donor = a_donor(session, "Utopia")
    person = can_sign_in(session, member(session, donor, Role.DONOR))
    card = Contact(
        organisation_id=donor.id,
        name=person.name,
        email=person.email.upper(),
        phone="+43 1 234",
        way=Way.PHONE,
    )
    session.add(card)
    a_pledge(session, fund, donor=donor)
    credentials.sign_in(session, person, "test")
    session.commit()
    return card


def test_a_donors_contact_is_erased_and_the_chain_still_fits(
    session: Session, contact: Contact, officer: Person
) -> None:
    person = session.scalars(select(Person).where(Person.name == contact.name)).one()
    name, email = person.name, person.email
    request = _asked(session, person)
    assert not request.needs_second
    service.erase_at_once(session, request, act_of(session, officer, "Nothing is owed."))
    session.commit()
    session.expire_all()
    assert is_erased(person)
    assert (person.name, person.password_hash) == (f"Former donor contact {person.id}", None)
    assert session.scalar(select(SignIn.id).where(SignIn.person_id == person.id)) is None
    query = select(Membership.ended_at).where(Membership.person_id == person.id)
    assert all(session.scalars(query))
    assert (contact.name, contact.email, contact.phone) == (person.name, person.email, "–")
    assert contact.left_on
    everywhere = json.dumps([{**row.facts} for row in rows_about(session, person)])
    assert email not in everywhere
    assert name not in everywhere
    assert _faults(session) == []
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told is not None
    assert (told.recipient, told.person_id) == (email, None)
    assert "Nothing is owed." in told.text


def test_a_person_who_gives_in_their_own_name_gives_unnamed_then(
    session: Session, fund: Fund, officer: Person
) -> None:
    donor = a_donor(session, "Ada Lovelace", kind=DonorKind.INDIVIDUAL)
    donor.address, donor.other_names = "12 St James’s Square", ["Augusta Ada King"]
    person = member(session, donor, Role.DONOR)
    pledge = a_pledge(session, fund, donor=donor)
    session.commit()
    service.erase_at_once(session, _asked(session, person), act_of(session, officer, "Asked."))
    session.commit()
    session.expire_all()
    assert (donor.name, donor.other_names, donor.address) == (person.name, [], "–")
    assert not donor.public_name
    assert pledge.donor_id == donor.id
    assert _faults(session) == []


def test_what_a_private_person_announced_outside_the_fund_is_unnamed(
    session: Session, fund: Fund, officer: Person
) -> None:
    fund.outside_email = "contributions@office.example"
    person = member(session, a_donor(session, "Utopia"), Role.DONOR)
    name = person.name
    private, state = (
        announce(
            session,
            fund,
            Intention(donor, kind, name, person.email.upper(), usd(5_00), purpose, f"For {name}"),
            Act.by_system("test"),
        )
        for donor, kind, purpose in (
            (name, DonorKind.INDIVIDUAL, Purpose.GENERAL),
            ("Utopia", DonorKind.MEMBER_STATE, Purpose.PROGRAMME),
        )
    )
    session.commit()
    service.erase_at_once(session, _asked(session, person), act_of(session, officer, "Asked."))
    session.commit()
    session.expire_all()
    assert (private.donor_name, state.donor_name) == (person.name, "Utopia")
    for contribution in (private, state):
        assert contribution.wording == "–"
        assert (contribution.contact, contribution.email) == (person.name, person.email)
    assert _faults(session) == []


def test_what_names_an_account_at_a_provider_and_e_mails_goes(
    session: Session, fund: Fund, officer: Person
) -> None:
    person = member(session, a_donor(session, "Utopia"), Role.DONOR)
    account = ProviderAccount(
        issuer="https://login.example",
        subject="ada-77",
        email=person.email,
        requested_at=clock.now(),
        person_id=person.id,
        approved_by_id=officer.id,
        approved_at=clock.now(),
    )
    session.add(account)
    session.commit()
    address = person.email
    service.refuse(session, _asked(session, person), act_of(session, officer, "An audit."))
    service.erase_at_once(session, _asked(session, person), act_of(session, officer, "Over."))
    session.commit()
    session.expire_all()
    assert (account.subject, account.ended_at is None) == (f"{person.name} {account.id}", False)
    events = session.scalars(select(Message.event).where(Message.person_id == person.id)).all()
    assert events
    assert not any(address in event for event in events)
    assert _faults(session) == []


def test_a_reason_is_needed(session: Session, contact: Contact, officer: Person) -> None:
    person = session.scalars(select(Person).where(Person.name == contact.name)).one()
    request = _asked(session, person)
    with pytest.raises(DomainError, match="reason"):
        service.erase_at_once(session, request, act_of(session, officer))


def test_two_decide_on_a_person_who_decided(
    session: Session, fund: Fund, officer: Person, sign_in_as: SignInAs
) -> None:
    leaving = staff(session, Role.CERTIFYING_OFFICER)
    session.commit()
    request = _asked(session, leaving)
    here = f"/data-protection/requests/{request.id}"
    first = sign_in_as(officer)
    assert leaving.name in first.get("/data-protection/requests").text
    assert first.get(f"{here}/erase").status_code == 409
    assert first.submit(f"{here}/propose", {"reason": "Left two years ago."}).status_code in (
        302,
        303,
    )
    assert first.get(f"{here}/confirm").status_code == 403
    second = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert "Confirm and erase" in second.get(here).text
    second.submit(f"{here}/confirm", {})
    session.expire_all()
    assert session.get_one(ErasureRequest, request.id).state is ErasureState.ERASED
    assert leaving.name == f"Former staff member {leaving.id}"
    assert leaving.name in second.get(here).text
    assert _faults(session) == []


def test_a_refusal_is_told_with_its_reason(session: Session, fund: Fund, officer: Person) -> None:
    person = member(session, a_donor(session, "Utopia"), Role.DONOR)
    session.commit()
    request = _asked(session, person)
    with pytest.raises(Conflict):
        service.ask_erasure(session, person, "", act_of(session, person))
    with pytest.raises(Forbidden):
        service.ask_erasure(session, officer, "", act_of(session, person))
    service.refuse(session, request, act_of(session, officer, "An audit is open."))
    session.commit()
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told is not None
    assert told.recipient == person.email
    assert "An audit is open." in told.text
    assert not is_erased(person)
    assert _asked(session, person).state is ErasureState.ASKED


def test_a_request_is_withdrawn_by_the_person_alone_until_it_is_decided(
    session: Session, officer: Person, sign_in_as: SignInAs
) -> None:
    leaving = staff(session, Role.CERTIFYING_OFFICER)
    session.commit()
    request = _asked(session, leaving)
    service.propose(session, request, act_of(session, officer, "Left two years ago."))
    session.commit()
    with pytest.raises(Forbidden):
        service.withdraw(session, request, act_of(session, officer))
    browser = sign_in_as(leaving)
    assert "/account/data/erasure/withdraw" in browser.get("/account/data").text
    browser.submit("/account/data/erasure/withdraw", {})
    session.expire_all()
    assert request.state is ErasureState.WITHDRAWN
    with pytest.raises(Conflict):
        service.confirm(session, request, act_of(session, staff(session, Role.FUND_MANAGER)))
    page = browser.get("/account/data").text
    assert "/account/data/erasure/withdraw" not in page
    assert "Ask to have your data erased" in page
    assert browser.get("/account/data/erasure/withdraw").status_code == 404
    last = trail_of(session, "erasure_request", request.id)
    assert ("withdraw", leaving.id) in [(row.action, row.person_id) for row in last]
    assert _asked(session, leaving).state is ErasureState.ASKED
    assert _faults(session) == []


def test_nobody_decides_on_their_own_request(session: Session, officer: Person) -> None:
    request = _asked(session, officer)
    for act in (service.propose, service.refuse, service.erase_at_once, service.confirm):
        with pytest.raises(DomainError, match="different person"):
            act(session, request, act_of(session, officer, "Mine"))


def test_erasing_again_changes_nothing(session: Session, fund: Fund) -> None:
    person = member(session, a_donor(session, "Utopia"), Role.DONOR)
    session.commit()
    erase_person(session, person)
    session.commit()
    before = [dict(row.facts) for row in rows_about(session, person)]
    erase_person(session, person)
    session.commit()
    assert [dict(row.facts) for row in rows_about(session, person)] == before
    assert _faults(session) == []


def test_the_trail_holds_neither_name_nor_address(session: Session, fund: Fund) -> None:
    organisation = an_organisation(session)
    administrator = member(session, organisation, Role.ORGANISATION_ADMIN)
    session.commit()
    invite(
        session,
        organisation,
        "New Colleague",
        "new@example.org",
        Role.ORGANISATION_EDITOR,
        act_of(session, administrator),
    )
    session.commit()
    rows = session.execute(
        text("SELECT actor, facts::text FROM trail WHERE subject = 'organisation'")
    ).all()
    whole = json.dumps([list(row) for row in rows])
    assert "new@example.org" not in whole
    assert administrator.name not in whole
    row = session.scalars(select(TrailRow).where(TrailRow.action == "invite")).one()
    assert (row.mark, row.actor) == (f"person {administrator.id}", administrator.name)
    assert values.with_values(session, row.facts)["email"] == "new@example.org"
    session.execute(text("DELETE FROM trail_value"))
    assert values.with_values(session, row.facts)["email"] == "erased"
    assert list(chain.breaches(session)) == []


def test_a_value_that_was_changed_is_told(session: Session, fund: Fund) -> None:
    values.seal_value(session, "one")
    session.flush()
    assert list(values.breaches(session)) == []
    session.execute(text("ALTER TABLE trail_value DISABLE TRIGGER USER"))
    session.execute(text("UPDATE trail_value SET value = 'other'"))
    session.expire_all()
    assert len(list(values.breaches(session))) == 1
    assert session.scalar(select(TrailValue.value)) == "other"


def test_an_erased_person_who_comes_back_is_told(
    session: Session, officer: Person, fund: Fund
) -> None:
    person = member(session, a_donor(session, "Utopia"), Role.DONOR)
    session.commit()
    service.erase_at_once(session, _asked(session, person), act_of(session, officer, "Yes"))
    session.commit()
    credentials.sign_in(session, person, "test")
    person.name = "Back Again"
    person.email = "back@example.org"
    session.flush()
    assert len(list(erased_persons_stay_erased(session))) == 2
    assert table_of(SignIn.__mapper__).name in counts_about(session, person)
    assert session.scalar(select(Link.id).where(Link.email == person.email)) is None
