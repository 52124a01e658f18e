"""An organisation registers by a link, and its people look after who acts for it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations import service
from grants.applying.organisations.profile import Profile
from grants.applying.organisations.queries import alike
from grants.applying.organisations.service import Registrant
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.credentials import LINKS_IN_AN_HOUR
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import members, viewer_of
from grants.platform.messages.models import Message
from tests.factories import a_call, a_person, act_of, an_organisation, member, staff
from tests.platform.web.client import SignInAs, StrictClient

FORM = {
    "name": "Casa Segura",
    "country": "HN",
    "registration_number": "HN-77",
    "your_name": "Luz Reyes",
    "email": "luz@example.org",
    "language": "en",
}


def newest_link(session: Session) -> str:
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    link = next(word for word in message.text.split() if word.startswith("http"))
    return link.removeprefix("http://localhost")


def test_registering_enters_nothing_before_the_link_is_followed(
    client: StrictClient, session: Session
) -> None:
    assert client.submit("/register", FORM).status_code == 200
    assert session.query(Organisation).count() == 0
    path = newest_link(session)
    assert client.get(path).status_code == 200
    assert session.query(Organisation).count() == 0
    assert client.submit(path).location == "/account/first-passphrase"
    organisation = session.query(Organisation).one()
    assert (organisation.name, organisation.country) == ("Casa Segura", "HN")
    assert client.get(f"/organisations/{organisation.code}").status_code == 200


def test_the_link_registers_once(client: StrictClient, session: Session) -> None:
    client.submit("/register", FORM)
    path = newest_link(session)
    client.submit(path)
    assert client.get(path).status_code == 422


@pytest.mark.parametrize("name", ["CASA SEGURA", "Casa-Segura", " casa segura "])
def test_an_organisation_that_is_here_already_is_noticed(session: Session, name: str) -> None:
    member(session, an_organisation(session))
    assert alike(session, Profile(name, "HN")) is not None
    with pytest.raises(DomainError, match="is already registered"):
        service.ask_registration(session, Profile(name, "HN"), Registrant("Eva", "eva@example.org"))


def test_the_same_certificate_number_is_noticed_under_another_name(session: Session) -> None:
    organisation = an_organisation(session)
    organisation.registration_number = "HN-77"
    member(session, organisation)
    assert alike(session, Profile("Another Name", "HN", registration_number="HN-77")) is not None
    assert alike(session, Profile("Another Name", "GT", registration_number="HN-77")) is None


def test_a_colleague_joins_by_invitation(
    client: StrictClient, sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    sign_in_as(luz).submit(
        f"/organisations/{organisation.code}/invite",
        {"name": "Eva", "email": "eva@example.org", "role": "organisation_editor"},
    )
    link = newest_link(session)
    (letter,) = session.scalars(select(Message).where(Message.recipient == "eva@example.org"))
    for page in (letter.text, client.get(link).text):
        assert "Editor of the organisation" in page
    client.submit(link)
    eva = next(m.person for m in members(session, organisation.id) if m.person.name == "Eva")
    viewer = viewer_of(session, eva.id)
    assert viewer is not None
    assert viewer.organisations_with(Permission.APPLICATION_WRITE) == {organisation.id}
    assert viewer.organisations_with(Permission.APPLICATION_SUBMIT) == frozenset()


def test_an_editor_invites_nobody(session: Session) -> None:
    organisation = an_organisation(session)
    editor = member(session, organisation, Role.ORGANISATION_EDITOR, "Eva Editor")
    with pytest.raises(Forbidden):
        service.invite(
            session,
            organisation,
            "X",
            "x@example.org",
            Role.ORGANISATION_EDITOR,
            act_of(session, editor),
        )


def test_an_administrator_of_one_organisation_has_no_say_in_another(
    sign_in_as: SignInAs, session: Session
) -> None:
    other = an_organisation(session, "Other House")
    browser = sign_in_as(member(session, an_organisation(session)))
    for page in ("", "/profile", "/invite"):
        assert browser.get(f"/organisations/{other.code}{page}").status_code == 404


def test_nobody_is_given_a_role_of_the_fund_by_invitation(session: Session) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    with pytest.raises(DomainError):
        service.invite(
            session, organisation, "X", "x@example.org", Role.FUND_MANAGER, act_of(session, luz)
        )


def test_the_last_administrator_stays(session: Session) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    (row,) = members(session, organisation.id)
    with pytest.raises(DomainError, match="another administrator"):
        service.end_membership(session, organisation, row.id, act_of(session, luz))


def test_whose_membership_ended_sees_the_organisation_no_longer(
    sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    eva = member(session, organisation, Role.ORGANISATION_EDITOR, "Eva Editor")
    browser = sign_in_as(eva)
    assert browser.get(f"/organisations/{organisation.code}").status_code == 200
    row = next(m for m in members(session, organisation.id) if m.person_id == eva.id)
    sign_in_as(luz).submit(f"/organisations/{organisation.code}/members/{row.id}/end")
    assert browser.get(f"/organisations/{organisation.code}").status_code == 404


def test_the_profile_is_described_and_its_history_kept(
    sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    browser = sign_in_as(member(session, organisation))
    path = f"/organisations/{organisation.code}/profile/name"
    browser.submit(path, {"name": "Casa Segura", "website": "casa.example.org"})
    session.refresh(organisation)
    assert organisation.website
    assert "casa.example.org" in organisation.website


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OBSERVER])
def test_only_who_may_see_organisations_opens_one(
    sign_in_as: SignInAs, session: Session, role: Role
) -> None:
    organisation = an_organisation(session)
    assert (
        sign_in_as(staff(session, role)).get(f"/organisations/{organisation.code}").status_code
        == 404
    )
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "The Manager"))
    assert manager.get(f"/organisations/{organisation.code}").status_code == 200
    assert (
        sign_in_as(a_person(session, "Nobody Else"))
        .get(f"/organisations/{organisation.code}")
        .status_code
        == 404
    )


# Who acts for it, in time


def test_an_invitation_that_was_taken_back_works_no_more(
    client: StrictClient, sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    luz = sign_in_as(member(session, organisation))
    path = f"/organisations/{organisation.code}"
    luz.submit(
        f"{path}/invite", {"name": "Eva", "email": "eva@example.org", "role": "organisation_editor"}
    )
    link = newest_link(session)
    page = luz.get(path).get_data(as_text=True)
    assert "eva@example.org" in page
    back = re.search(rf"{path}/invitations/\d+/take-back", page)
    assert back
    other = sign_in_as(member(session, an_organisation(session, "Other"), name="Eve Other"))
    assert other.submit(back[0], page="/account").status_code == 404
    assert luz.submit(back[0], page=path).status_code == 302
    assert client.get(link).status_code == 422
    assert "Invited, not yet registered" not in luz.get(path).get_data(as_text=True)


def test_a_colleague_takes_up_another_role_but_one_administrator_stays(
    sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    eva = member(session, organisation, Role.ORGANISATION_EDITOR, "Eva Editor")
    browser = sign_in_as(luz)

    def change(person_id: int, role: str) -> str:
        row = next(m for m in members(session, organisation.id) if m.person_id == person_id)
        path = f"/organisations/{organisation.code}/members/{row.id}/role"
        return browser.submit(path, {"role": role}).get_data(as_text=True)

    assert "another administrator" in change(luz.id, "organisation_editor")
    change(eva.id, "organisation_admin")
    change(luz.id, "organisation_editor")
    roles = {m.person_id: m.role for m in members(session, organisation.id)}
    assert roles == {luz.id: Role.ORGANISATION_EDITOR, eva.id: Role.ORGANISATION_ADMIN}
    assert browser.get(f"/organisations/{organisation.code}/invite").status_code == 403


def test_an_editor_may_leave_and_end_nobody_else(sign_in_as: SignInAs, session: Session) -> None:
    organisation = an_organisation(session)
    luz = member(session, organisation)
    eva = member(session, organisation, Role.ORGANISATION_EDITOR, "Eva Editor")
    browser = sign_in_as(eva)
    rows = {m.person_id: m.id for m in members(session, organisation.id)}
    path = f"/organisations/{organisation.code}/members"
    assert browser.get(f"{path}/{rows[luz.id]}/end").status_code == 403
    assert browser.submit(f"{path}/{rows[eva.id]}/end").location == "/start"
    assert [m.person_id for m in members(session, organisation.id)] == [luz.id]


def test_of_two_administrators_who_leave_at_once_one_stays(real_database: Database) -> None:
    with real_database.transaction() as session:
        organisation = an_organisation(session)
        for name in ("Luz One", "Eva Two"):
            member(session, organisation, name=name)
        rows = [(m.id, act_of(session, m.person)) for m in members(session, organisation.id)]
        organisation_id = organisation.id

    def leave(row: tuple[int, Act]) -> bool:
        try:
            with real_database.transaction() as own:
                found = own.get_one(Organisation, organisation_id)
                service.end_membership(own, found, *row)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(leave, rows)) == [False, True]


def test_one_person_acts_for_several_organisations(sign_in_as: SignInAs, session: Session) -> None:
    luz = member(session, an_organisation(session))
    member(session, an_organisation(session, "Hearth", "KE"))
    browser = sign_in_as(luz)
    page = browser.get("/organisations").get_data(as_text=True)
    assert "Casa Segura" in page
    assert "Hearth" in page


def test_links_to_one_address_are_not_sent_without_end(session: Session) -> None:
    for number in range(LINKS_IN_AN_HOUR):
        service.ask_registration(
            session, Profile(f"House {number}", "HN"), Registrant("Eva", "eva@example.org")
        )
    with pytest.raises(DomainError, match="Wait one hour"):
        service.ask_registration(
            session, Profile("One more", "HN"), Registrant("Eva", "EVA@example.org")
        )
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        service.ask_registration(
            session, Profile("One more", "HN"), Registrant("Eva", "eva@example.org")
        )


def test_the_funds_people_find_every_organisation_that_applies(
    sign_in_as: SignInAs, session: Session
) -> None:
    member(session, an_organisation(session))
    an_organisation(session, "A donor without applicants")
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "The Manager"))
    page = manager.get("/organisations/all?q=casa&country=HN").get_data(as_text=True)
    assert "Casa Segura" in page
    assert "No organisations found" in manager.get("/organisations/all?q=hearth").get_data(
        as_text=True
    )
    assert "A donor" not in manager.get("/organisations/all").get_data(as_text=True)
    reviewer = sign_in_as(staff(session, Role.REVIEWER))
    assert reviewer.get("/organisations/all").status_code == 403


def test_who_registers_from_a_call_is_led_back_to_it_and_learns_whose_e_mail_it_is(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    apply = f"/calls/{a_call(session, fund).reference}/apply"
    asked = client.get(apply)
    assert asked.status_code == 302
    assert f"/register?next={apply}" in client.get(asked.location).text
    client.submit(f"/register?next={apply}", FORM)
    mail = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert mail is not None
    for words in (fund.title, "United Nations Office on Drugs and Crime", "free of charge"):
        assert words in mail.text
    welcome = client.submit(newest_link(session)).location
    assert welcome == f"/account/first-passphrase?next={apply}"
    assert f'href="{apply}"' in client.get(welcome).text, "the passphrase can wait"
    chosen = {"passphrase": "seven green lanterns over the harbour"}
    assert client.submit(welcome, chosen).location == apply


def test_registering_leads_to_no_page_of_others(client: StrictClient, session: Session) -> None:
    client.submit("/register?next=https://elsewhere.example/", FORM)
    welcome = client.submit(newest_link(session)).location
    assert "elsewhere" not in welcome
