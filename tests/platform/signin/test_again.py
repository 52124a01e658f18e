"""Acts that decide or pay ask again who sits there, and lose nothing of what was typed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.factories import a_person, staff
from tests.grants import Scene
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, can_sign_in, code, redate_sign_ins

HOME = {"Origin": "http://localhost"}


@pytest.fixture
def manager(session: Session, fund: Fund) -> Person:
    person = can_sign_in(session, staff(session, Role.FUND_MANAGER))
    session.commit()
    return person


def age(session: Session, person: Person, minutes: int) -> None:
    """Let this person's last proof be so old."""
    moment = clock.now() - timedelta(minutes=minutes)
    redate_sign_ins(session, person, proved_at=moment, begun_at=moment)
    session.commit()


def carried(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


TYPED = {
    "code": "UNVTF-SEK",
    "name": "Account in Swedish kronor",
    "currency": "SEK",
    "bank": "Example Bank",
    "iban": "SE45 5000 0000 0583 9825 7466",
}


def test_an_old_proof_is_asked_for_again_and_what_was_typed_goes_on(
    sign_in_as: SignInAs, session: Session, manager: Person
) -> None:
    browser = sign_in_as(manager)
    age(session, manager, 11)
    address = browser.get("/bank/accounts/new?fund=UNVTF").request.full_path
    asked = browser.submit(address, TYPED)
    assert asked.status_code == 401
    assert "Confirm that it is you" in asked.text
    assert TYPED.items() <= carried(asked.text).items()
    wrong = browser.post(address, data=carried(asked.text) | {"sign_in_code": "000000"})
    assert wrong.status_code == 401
    assert not session.scalar(select(BankAccount.id).where(BankAccount.code == "UNVTF-SEK"))
    done = browser.post(address, data=carried(wrong.text) | {"sign_in_code": code()})
    assert done.status_code != 401
    assert browser.submit(address, TYPED).status_code != 401, "proved a moment ago"


def test_a_proof_of_nine_minutes_ago_is_good_enough(
    sign_in_as: SignInAs, session: Session, manager: Person
) -> None:
    browser = sign_in_as(manager)
    age(session, manager, 9)
    assert browser.submit("/bank/accounts/new", TYPED).status_code != 401


def test_reading_asks_nothing_and_a_file_of_people_does(
    sign_in_as: SignInAs, session: Session, manager: Person
) -> None:
    browser = sign_in_as(manager)
    age(session, manager, 11)
    assert browser.get("/donors").status_code == 200
    asked = browser.get("/donors?format=csv")
    assert asked.location == "/sign-in/again?next=/donors?format%3Dcsv"
    answer = browser.submit(asked.location, {"sign_in_code": code()})
    assert answer.location == "/donors?format=csv"
    with browser.get(answer.location) as file:
        assert file.mimetype == "text/csv"


def test_a_person_without_a_factor_is_asked_for_the_passphrase(
    client: StrictClient, session: Session
) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    client.submit("/sign-in", {"email": person.email, "passphrase": PASSPHRASE})
    assert client.get("/account/factors/app").status_code == 200
    redate_sign_ins(session, person, begun_at=clock.now() - timedelta(minutes=11))
    session.commit()
    asked = client.get("/account/factors/app")
    wrong = client.submit(asked.location, {"sign_in_passphrase": "not the right words"})
    assert "is not correct" in wrong.text
    right = client.submit(asked.location, {"sign_in_passphrase": PASSPHRASE})
    assert right.location == "/account/factors/app"
    assert client.get(right.location).status_code == 200


def test_an_organisation_shows_who_it_is_before_it_states_where_it_is_paid(
    sign_in_as: SignInAs, session: Session, scene: Scene
) -> None:
    """On the way to the form, which takes a paper of the bank that could not be carried on."""
    luz = scene.people.grantee
    credentials.choose_passphrase(session, luz, PASSPHRASE)
    session.commit()
    browser = sign_in_as(luz)
    age(session, luz, 11)
    page = f"/grants/{scene.award.reference}/bank-details/new"
    asked = browser.get(page)
    assert asked.location.startswith("/sign-in/again?next=/grants/")
    proved = browser.submit(asked.location, {"sign_in_passphrase": PASSPHRASE})
    assert proved.location == page
    assert browser.get(page).status_code == 200
