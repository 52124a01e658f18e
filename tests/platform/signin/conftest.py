"""People who can sign in: one with a passphrase, and an officer with a second factor."""

import pytest
from sqlalchemy.orm import Session

from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.factories import a_person, staff
from tests.signing_in import PASSPHRASE, can_sign_in


@pytest.fixture
def person(session: Session) -> Person:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    return person


@pytest.fixture
def officer(session: Session) -> Person:
    person = can_sign_in(session, staff(session, Role.FINANCE_OFFICER))
    session.commit()
    return person
