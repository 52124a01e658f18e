"""A person's own account."""

import pytest
from sqlalchemy.orm import Session

from grants.core.people import credentials
from grants.core.people.models import Person, SignIn
from tests.factories import a_person
from tests.platform.web.client import SignInAs

PASSPHRASE = "seven quiet rivers meet"


@pytest.fixture
def person(session: Session) -> Person:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    return person


def test_a_person_chooses_the_language_of_their_pages(sign_in_as: SignInAs, person: Person) -> None:
    browser = sign_in_as(person)
    browser.submit("/account", {"name": "Ama M.", "language": "ar"})
    page = browser.get("/account").get_data(as_text=True)
    assert 'dir="rtl"' in page
    assert "Ama M." in page


def test_a_person_signs_out_another_browser_of_theirs(
    sign_in_as: SignInAs, session: Session, person: Person
) -> None:
    here, lost = sign_in_as(person), sign_in_as(person)
    newest, _oldest = credentials.open_sign_ins(session, person.id)
    here.submit(f"/account/browsers/{newest.id}/end", page="/account")
    assert lost.get("/start").status_code == 302
    assert here.get("/start").status_code == 200


def test_nobody_signs_out_somebody_elses_browser(
    sign_in_as: SignInAs, session: Session, person: Person
) -> None:
    theirs = sign_in_as(a_person(session, "Rosa Lima"))
    (victim,) = [s for s in session.query(SignIn) if s.person_id != person.id]
    sign_in_as(person).submit(f"/account/browsers/{victim.id}/end", page="/account")
    assert theirs.get("/start").status_code == 200


def test_a_new_passphrase_needs_the_present_one(sign_in_as: SignInAs, person: Person) -> None:
    browser = sign_in_as(person)
    wrong = {"present": "something else entirely", "passphrase": "nine green islands sing"}
    assert b"current passphrase is not correct" in browser.submit("/account/passphrase", wrong).data
    right = wrong | {"present": PASSPHRASE}
    assert browser.submit("/account/passphrase", right).status_code == 302
    assert browser.get("/start").status_code == 200
