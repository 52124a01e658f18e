"""The brake on guessing slows who guesses, and shuts out nobody else."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people import credentials, guessing
from grants.core.people.guessing import (
    PAIR,
    code_account,
    count_code_try,
    count_try,
    forget_old_tries,
    forget_tries,
    network_of,
)
from grants.core.people.models import Person, SignInAttempt
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient

PASSPHRASE = "seven quiet rivers meet"
HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


def fail(session: Session, email: str, network: str, times: int) -> None:
    """So many failures at this moment, as guesses from many machines come."""
    for _number in range(times):
        session.add(SignInAttempt(email=email.lower(), address=network, at=clock.now()))
    session.flush()


def waits(session: Session, email: str, network: str) -> bool:
    with session.begin_nested() as tried:
        try:
            count_try(session, email, network)
        except DomainError:
            return True
        tried.rollback()
    return False


def test_a_guesser_waits_twice_as_long_each_time(session: Session, person: Person) -> None:
    moment = clock.now()
    for number, seconds in enumerate([0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]):
        with clock.at(moment + timedelta(seconds=seconds - 1)):
            assert not seconds or waits(session, person.email, HERE), number
        moment += timedelta(seconds=seconds)
        with clock.at(moment):
            count_try(session, person.email, HERE)
            session.flush()


def test_the_page_says_how_long_and_keeps_the_address(client: StrictClient, person: Person) -> None:
    wrong = {"email": person.email, "passphrase": "not the right words"}
    with clock.at(clock.now()):
        for _number in range(PAIR.free):
            client.submit("/sign-in", wrong)
        answer = client.submit("/sign-in", wrong | {"passphrase": PASSPHRASE})
    assert "Too many attempts. Wait 5 seconds" in answer.text
    assert person.email in answer.text
    with clock.at(clock.now() + timedelta(seconds=6)):
        right = client.submit("/sign-in", wrong | {"passphrase": PASSPHRASE})
    assert right.status_code == 302


def test_guesses_elsewhere_do_not_slow_a_person_where_they_signed_in_before(
    session: Session, person: Person
) -> None:
    credentials.sign_in(session, person, "browser", HERE)
    fail(session, person.email, THERE, 500)
    assert not waits(session, person.email, HERE)
    assert waits(session, person.email, THERE)
    assert waits(session, person.email, "203.0.113.0/24"), "guessed at from many networks"


def test_codes_guessed_elsewhere_do_not_slow_their_owner_where_one_was_right_before(
    session: Session, person: Person
) -> None:
    """A stranger who knows the passphrase is signed in by half, and no network of theirs counts."""
    credentials.sign_in(session, person, "browser", HERE, clock.now())
    credentials.sign_in(session, person, "browser", THERE)
    account = code_account(person.id)
    fail(session, account, THERE, 500)
    count_code_try(session, person.id, HERE)
    for network in (THERE, "203.0.113.0/24"):
        with pytest.raises(DomainError, match="Too many attempts"):
            count_code_try(session, person.id, network)


def test_guesses_at_many_accounts_shut_out_nobody_of_that_network(
    session: Session, person: Person
) -> None:
    credentials.sign_in(session, person, "browser", HERE)
    for number in range(200):
        fail(session, f"{number}@example.org", HERE, 1)
    assert not waits(session, person.email, HERE)
    newcomer = a_person(session, "Rosa Lima")
    assert waits(session, newcomer.email, HERE)
    with clock.at(clock.now() + guessing.NETWORK.longest):
        assert not waits(session, newcomer.email, HERE)


@pytest.fixture
def calm() -> Iterator[int]:
    """So many failures an hour are nothing unusual."""
    guessing.use_calm(40)
    yield 40
    guessing.use_calm(300)


def sprayed(session: Session, times: int) -> None:
    """Each failure on another account from another network, as thousands of machines guess."""
    for number in range(times):
        network = f"100.{64 + number // 250}.{number % 250}.0/24"
        fail(session, f"{number}@example.org", network, 1)


def free(session: Session, email: str, network: str) -> int:
    """How many tries of this moment are checked before one has to wait."""
    number = 0
    while not waits(session, email, network):
        fail(session, email, network, 1)
        number += 1
    return number


def test_the_more_fail_in_total_the_fewer_a_newcomer_has_free(
    session: Session, person: Person, calm: int
) -> None:
    """One account and one network see nothing of it: only the total tells."""
    found = []
    for times, network in ((calm - 6, "198.18.0.0/24"), (1, "198.18.1.0/24"), (calm, HERE)):
        sprayed(session, times)
        found.append(free(session, f"{times}-{network}@example.org", network))
    assert found == [5, 2, 1]


def test_however_many_fail_one_try_is_always_free_and_the_wait_has_an_end(
    session: Session, person: Person, calm: int
) -> None:
    sprayed(session, calm * 20)
    assert free(session, person.email, THERE) == 1
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert not waits(session, person.email, THERE)


def test_the_total_slows_nobody_where_they_signed_in_before(
    session: Session, person: Person, calm: int
) -> None:
    credentials.sign_in(session, person, "browser", HERE)
    sprayed(session, calm * 20)
    assert free(session, person.email, HERE) == PAIR.free


def test_after_an_hour_the_total_is_calm_again(session: Session, person: Person, calm: int) -> None:
    sprayed(session, calm * 20)
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        assert free(session, person.email, THERE) == PAIR.free


def test_the_right_passphrase_forgets_its_failures(session: Session, person: Person) -> None:
    fail(session, person.email, HERE, 20)
    forget_tries(session, person.email.upper(), HERE)
    assert not waits(session, person.email, HERE)


def test_tries_that_count_no_more_are_deleted(session: Session, person: Person) -> None:
    fail(session, person.email, HERE, 3)
    with clock.at(clock.now() + guessing.WINDOW + timedelta(seconds=1)):
        forget_old_tries(session)
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_of_forty_guesses_at_once_the_free_ones_alone_are_checked(
    real_database: Database,
) -> None:
    def guess(_number: int) -> bool:
        try:
            with real_database.transaction() as session:
                count_try(session, "laila@fund.example", HERE)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(guess, range(40))) == PAIR.free


def test_a_wrong_present_passphrase_is_counted(sign_in_as: SignInAs, person: Person) -> None:
    browser = sign_in_as(person)
    wrong = {"present": "not the right words", "passphrase": "nine green islands sing"}
    with clock.at(clock.now()):
        for _number in range(PAIR.free):
            answer = browser.submit("/account/passphrase", wrong)
            assert "current passphrase is not correct" in answer.text
        answer = browser.submit("/account/passphrase", wrong | {"present": PASSPHRASE})
    assert "Too many attempts" in answer.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("not an address", "unknown"),
        ("", "unknown"),
    ],
)
def test_addresses_of_one_house_are_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


FORGED = "203.0.113.9, 198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "network"),
    [(0, "127.0.0.0/24"), (1, "198.51.100.0/24"), (2, "203.0.113.0/24")],
)
def test_the_address_is_what_our_own_proxies_tell(
    settings: Settings, database: Database, session: Session, proxies: int, network: str
) -> None:
    app: Flask = create_app(replace(settings, trusted_proxies=proxies), database)
    browser = app.test_client()
    page = browser.get("/sign-in").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    typed = {"email": "a@b.example", "passphrase": "not the right words", "csrf_token": token}
    browser.post("/sign-in", data=typed, headers={"X-Forwarded-For": FORGED})
    assert session.scalars(select(SignInAttempt.address)).all() == [network]
