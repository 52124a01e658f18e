"""Who works with donors."""

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from tests.factories import staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def manager(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    """A fund manager's browser."""
    return sign_in_as(staff(session, Role.FUND_MANAGER))
