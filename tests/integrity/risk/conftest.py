"""An organisation whose application the Board has advised, and the people who decide."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    advised,
    money_for_awards,
)


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    money_for_awards(session, fund)
    return advised(session, a_submitted_application(session, a_closed_call(session, fund)), team)


@pytest.fixture
def organisation(application: Application) -> Organisation:
    return application.organisation
