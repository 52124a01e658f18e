"""A browser is signed out when nobody sits there, and in any case after a while."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, can_sign_in, code


@pytest.fixture
def donor(session: Session) -> Person:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    return person


def enter(client: StrictClient, person: Person) -> None:
    answer = client.submit("/sign-in", {"email": person.email, "passphrase": PASSPHRASE})
    if "code" in answer.location:
        client.submit("/sign-in/code", {"code": code()})


def stays(client: StrictClient, **later: int) -> bool:
    with clock.at(clock.now() + timedelta(**later)):
        return bool(client.get("/start").status_code == 200)


def test_staff_are_signed_out_after_an_idle_hour(client: StrictClient, officer: Person) -> None:
    enter(client, officer)
    assert stays(client, minutes=59)
    assert stays(client, minutes=59 + 59), "each page makes it longer"
    assert not stays(client, minutes=59 + 59 + 61)


def test_others_have_four_hours(client: StrictClient, donor: Person) -> None:
    enter(client, donor)
    assert stays(client, minutes=239)
    assert not stays(client, minutes=239 + 241)


def test_nobody_stays_for_ever(client: StrictClient, officer: Person) -> None:
    enter(client, officer)
    for half in range(1, 24):
        assert stays(client, minutes=30 * half)
    assert not stays(client, hours=12, seconds=1)


@pytest.mark.parametrize(
    ("roles", "idle", "longest"),
    [
        ([], 240, 24),
        ([Role.FINANCE_OFFICER], 60, 12),
        ([Role.AUDITOR], 90, 12),
        ([Role.TRUSTEE], 30, 12),
        ([Role.REVIEWER], 240, 24),
        ([Role.AUDITOR, Role.OBSERVER], 60, 8),
        ([Role.AUDITOR, Role.TRUSTEE], 30, 12),
    ],
)
def test_the_strictest_limit_of_a_persons_roles_counts(
    app: Flask,
    client: StrictClient,
    session: Session,
    roles: list[Role],
    idle: int,
    longest: int,
) -> None:
    app.extensions["settings"] = replace(
        app.extensions["settings"],
        idle_minutes_by_role=((Role.AUDITOR, 90), (Role.TRUSTEE, 30), (Role.OBSERVER, 60)),
        sign_in_hours_by_role=((Role.OBSERVER, 8),),
    )
    person = can_sign_in(session, a_person(session))
    for role in roles:
        appoint(session, person, role)
    session.commit()
    enter(client, person)
    page = client.get("/account").text
    assert f"after {idle} minutes without activity, and after {longest} hours" in page
    assert stays(client, minutes=idle - 1)
    assert not stays(client, minutes=idle - 1 + idle + 1)


def test_what_a_page_asks_by_itself_is_no_sign_of_a_person(
    client: StrictClient, officer: Person
) -> None:
    enter(client, officer)
    with clock.at(clock.now() + timedelta(minutes=50)):
        assert client.get("/start", headers={"X-Renew": "1"}).status_code == 200
    assert not stays(client, minutes=61)


def test_a_copied_cookie_of_an_idle_browser_is_refused(
    client: StrictClient, officer: Person
) -> None:
    enter(client, officer)
    kept = client.get_cookie("session")
    assert kept is not None
    assert stays(client, minutes=40)
    client.set_cookie("session", kept.value)
    assert not stays(client, minutes=61)


def test_a_page_says_when_it_ends_and_asking_makes_it_longer(
    client: StrictClient, officer: Person
) -> None:
    enter(client, officer)
    assert 'data-ends="' in client.get("/start").text
    ends = client.get("/token").get_json()["ends"]
    with clock.at(clock.now() + timedelta(minutes=30)):
        assert client.get("/token").get_json()["ends"] >= ends + 29 * 60
    client.submit("/sign-out", page="/start")
    assert client.get("/token").get_json()["ends"] is None


def test_a_person_signs_out_everywhere_else(
    sign_in_as: SignInAs, session: Session, officer: Person
) -> None:
    here, there, elsewhere = (sign_in_as(officer) for _browser in range(3))
    page = here.get("/account").text
    assert "This browser" in page
    here.submit("/account/browsers/end", page="/account")
    assert here.get("/start").status_code == 200
    assert there.get("/start").status_code == 302
    assert elsewhere.get("/start").status_code == 302
