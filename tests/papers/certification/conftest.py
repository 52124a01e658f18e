"""What the tests of certifying stand on."""

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from tests.papers.certification.scene import Quarter, a_quarter


@pytest.fixture
def quarter(session: Session, fund: Fund) -> Quarter:
    return a_quarter(session, fund)
