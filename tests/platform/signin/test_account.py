"""A person's own account."""

from sqlalchemy.orm import Session

from grants.core.people import credentials
from grants.core.people.models import Person, SignIn
from grants.platform.signin.browsers import name_of
from tests.factories import a_person
from tests.platform.web.client import SignInAs

PASSPHRASE = "seven quiet rivers meet"


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


def test_a_browser_is_called_by_its_name(
    sign_in_as: SignInAs, session: Session, person: Person
) -> None:
    like = "AppleWebKit/537.36 (KHTML, like Gecko)"
    called = {
        f"Mozilla/5.0 (Windows NT 10.0) {like} Chrome/151 Safari/537 Edg/151": "Edge on Windows",
        f"Mozilla/5.0 (Linux; Android 10) {like} Chrome/151 Safari/537": "Chrome on Android",
        f"Mozilla/5.0 (iPhone; like Mac OS X) {like} Safari/604": "Safari on iPhone",
        "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150": "Firefox on Linux",
        "curl/8.9": "curl/8.9",
        "": "Unknown browser",
    }
    assert {agent: name_of(agent) for agent in called} == called
    here, _other = sign_in_as(person), sign_in_as(person)
    newest, _oldest = credentials.open_sign_ins(session, person.id)
    newest.browser = next(iter(called))
    session.commit()
    assert "Edge on Windows" in here.get("/account").get_data(as_text=True)


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
