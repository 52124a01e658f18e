"""A session, link or recovery code that the application did not write lets nobody in."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.audit import sealing
from grants.core.audit.act import Act
from grants.core.database.seals import use_seals
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.proofs.queries import browser_of
from grants.core.proofs.service import make_recovery_codes, note_proof, use_code
from tests.factories import a_person

MONTH = timedelta(days=30)


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session)


def by_hand(session: Session, statement: str) -> None:
    session.flush()
    assert session.execute(text(statement)).rowcount  # type: ignore[attr-defined]
    session.expire_all()


def told(session: Session) -> list[str]:
    session.flush()
    return [sentence.split()[0] for sentence in sealing.breaches(session)]


def test_what_the_application_writes_lets_in_and_is_no_breach(
    session: Session, person: Person
) -> None:
    token = credentials.sign_in(session, person, "browser")
    link = credentials.make_link(session, "passphrase", person.email, number=3)
    code = make_recovery_codes(session, person, Act.by_system("test"))[0]
    assert told(session) == []
    seen = browser_of(session, token)
    assert seen is not None
    note_proof(session, seen.sign_in_id)
    again = browser_of(session, token)
    assert again is not None
    assert again.proved_at is not None
    assert credentials.use_link(session, link, "passphrase").facts == {"number": 3}
    assert use_code(session, person, code)
    assert not use_code(session, person, code)
    assert told(session) == []


def test_a_session_inserted_by_hand_is_no_session(session: Session, person: Person) -> None:
    by_hand(
        session,
        "INSERT INTO sign_in (token_hash, person_id, begun_at, browser, network, proved_at, seal)"
        f" VALUES ('{credentials.digest('forged')}', {person.id}, now(), '', '', now(), '')",
    )
    assert browser_of(session, "forged") is None
    assert told(session) == ["sign_in"]


@pytest.mark.parametrize(
    "change",
    [
        "proved_at = now()",
        "begun_at = begun_at + interval '1 day'",
        "person_id = (SELECT max(id) FROM person)",
        "seal = ''",
    ],
)
def test_a_session_changed_by_hand_is_no_session(
    session: Session, person: Person, change: str
) -> None:
    token = credentials.sign_in(session, person, "browser")
    a_person(session, "Bilal Osei")
    by_hand(session, f"UPDATE sign_in SET {change}")
    assert browser_of(session, token) is None
    assert told(session) == ["sign_in"]


def test_a_session_that_was_ended_cannot_be_revived(session: Session, person: Person) -> None:
    token = credentials.sign_in(session, person, "browser")
    session.flush()
    credentials.sign_out(session, token)
    by_hand(session, "UPDATE sign_in SET ended_at = NULL")
    assert browser_of(session, token) is None


def test_a_recovery_code_inserted_by_hand_is_none(session: Session, person: Person) -> None:
    by_hand(
        session,
        "INSERT INTO recovery_code (person_id, code_hash, made_at, seal)"
        f" VALUES ({person.id}, '{credentials.digest('AAAABBBBCCCCDDDD')}', now(), '')",
    )
    assert not use_code(session, person, "AAAA-BBBB-CCCC-DDDD")
    assert told(session) == ["recovery_code"]


def test_a_link_inserted_or_prolonged_by_hand_opens_nothing(
    session: Session, person: Person
) -> None:
    token = credentials.make_link(session, "passphrase", person.email)
    by_hand(session, "UPDATE link SET expires_at = expires_at + interval '1 year'")
    with clock.at(clock.now() + MONTH), pytest.raises(DomainError):
        credentials.open_link(session, token, "passphrase")
    assert told(session) == ["link"]


def test_seals_of_a_former_key_count_and_are_renewed(session: Session, person: Person) -> None:
    token = credentials.sign_in(session, person, "browser")
    session.flush()
    use_seals("new", "for tests only")
    assert browser_of(session, token) is not None
    sealing.renew(session)
    session.flush()
    use_seals("new")
    assert browser_of(session, token) is not None
    use_seals("another")
    assert browser_of(session, token) is None
