"""Signing in: with the right words only, and no hint to who guesses."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.platform.messages.models import Message
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient

PASSPHRASE = "seven quiet rivers meet"


def _try(client: StrictClient, email: str, passphrase: str) -> tuple[int, str]:
    response = client.submit("/sign-in", {"email": email, "passphrase": passphrase})
    return response.status_code, response.get_data(as_text=True)


def test_the_right_passphrase_opens_the_start_page(client: StrictClient, person: Person) -> None:
    status, _page = _try(client, person.email.upper(), PASSPHRASE)
    assert status == 302
    assert client.get("/start").status_code == 200


def test_a_wrong_passphrase_and_an_unknown_address_get_the_same_answer(
    client: StrictClient, person: Person
) -> None:
    _status, wrong = _try(client, person.email, "not the right words")
    _status, unknown = _try(client, "nobody@example.org", "not the right words")
    assert "is not correct" in wrong
    assert "is not correct" in unknown
    assert client.get("/start").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_signing_in_leads_to_our_own_pages_only(
    client: StrictClient, person: Person, target: str
) -> None:
    response = client.submit(
        f"/sign-in?next={target}", {"email": person.email, "passphrase": PASSPHRASE}
    )
    assert response.location == "/start"


def test_signing_out_ends_the_browser_even_for_a_kept_cookie(
    sign_in_as: SignInAs, person: Person
) -> None:
    browser = sign_in_as(person)
    kept = browser.get_cookie("session")
    assert kept is not None
    browser.submit("/sign-out", page="/start")
    browser.set_cookie("session", kept.value)
    assert browser.get("/start").status_code == 302


def test_a_new_passphrase_ends_every_other_browser(
    sign_in_as: SignInAs, session: Session, person: Person
) -> None:
    browser = sign_in_as(person)
    assert browser.get("/start").status_code == 200
    credentials.choose_passphrase(session, person, "eleven loud mountains")
    session.commit()
    assert browser.get("/start").status_code == 302


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "Ama Mensah",
        "aaaaaaaaaaaaaaaaaaaa",
        "passwordpassword",
        "123456789012345",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "iloveyouiloveyou",
        "Correct Horse, Battery Staple",
        "ama.mensah@example.org",
        "Ama Mensah Mensah",
    ],
)
def test_a_weak_passphrase_is_refused(session: Session, weak: str) -> None:
    with pytest.raises(DomainError):
        credentials.choose_passphrase(session, a_person(session), weak)


def test_a_weak_passphrase_is_told_at_its_field(
    client: StrictClient, session: Session, person: Person
) -> None:
    link = credentials.make_link(session, "passphrase", person.email)
    session.commit()
    answer = client.submit(f"/sign-in/passphrase/{link}", {"passphrase": "short"})
    assert re.search(r'id="passphrase-error"[^>]*>.*?Use at least 15', answer.text, re.DOTALL)
    assert 'href="#passphrase"' in answer.text


def test_a_forgotten_passphrase_is_mended_by_a_link_that_works_once(
    client: StrictClient, session: Session, person: Person
) -> None:
    client.submit("/sign-in/link", {"email": person.email})
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    link = next(word for word in message.text.split() if word.startswith("http"))
    path = link.removeprefix("http://localhost")
    assert client.submit(path, {"passphrase": "nine green islands sing"}).status_code == 302
    assert client.get("/start").status_code == 200
    assert client.get(path).status_code == 422


def test_asking_for_a_link_does_not_tell_who_is_known(
    client: StrictClient, session: Session, person: Person
) -> None:
    known = client.submit("/sign-in/link", {"email": person.email}).get_data(as_text=True)
    unknown = client.submit("/sign-in/link", {"email": "x@example.org"}).get_data(as_text=True)
    assert known == unknown
    assert len(session.scalars(select(Message)).all()) == 1


def test_only_the_newest_link_works(client: StrictClient, session: Session, person: Person) -> None:
    for _number in range(2):
        client.submit("/sign-in/link", {"email": person.email})
    sent = session.scalars(select(Message).order_by(Message.id)).all()
    older, newest = (re.findall(r"http://localhost(\S+)", message.text)[0] for message in sent)
    assert client.get(older).status_code == 422
    assert client.get(newest).status_code == 200


def test_a_chosen_passphrase_ends_the_links_to_choose_one(session: Session, person: Person) -> None:
    link = credentials.make_link(session, credentials.CHOOSE, person.email)
    credentials.choose_passphrase(session, person, "eleven loud mountains")
    with pytest.raises(DomainError):
        credentials.open_link(session, link, credentials.CHOOSE)


def test_links_about_two_things_live_beside_each_other(session: Session) -> None:
    first = credentials.make_link(session, "pledge", "a@b.example", {"pledge_id": 1})
    credentials.make_link(session, "pledge", "a@b.example", {"pledge_id": 2})
    assert credentials.open_link(session, first, "pledge").facts == {"pledge_id": 1}


def test_thirty_requests_send_a_few_links(
    client: StrictClient, session: Session, person: Person
) -> None:
    for _number in range(30):
        assert client.submit("/sign-in/link", {"email": person.email}).status_code == 200
    assert len(session.scalars(select(Message)).all()) == credentials.LINKS_IN_AN_HOUR
