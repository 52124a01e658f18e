"""An application, and money for its award."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from tests.factories import a_closed_call, a_submitted_application, money_for_awards


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    money_for_awards(session, fund)
    return a_submitted_application(session, a_closed_call(session, fund))
