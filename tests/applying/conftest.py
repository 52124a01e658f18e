"""An application that is being written."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from tests.factories import a_call, a_draft


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund))
