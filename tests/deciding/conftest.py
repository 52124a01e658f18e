"""Whom and what most tests of decisions are about."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.factories import a_closed_call, a_submitted_application, staff


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """It was submitted to a call that is closed."""
    return a_submitted_application(session, a_closed_call(session, fund))


@pytest.fixture
def trustee(session: Session) -> Person:
    return staff(session, Role.TRUSTEE, "Amadou Diallo")


@pytest.fixture
def board(session: Session) -> list[Person]:
    return [staff(session, Role.TRUSTEE, name) for name in ("Amadou", "Sunita")]
