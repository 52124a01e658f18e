"""A draft call whose form has conditions, and a fund manager at the browser."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from tests.applying.applications.forms import conditional_form
from tests.factories import a_draft_call, staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    call = a_draft_call(session, fund, form=conditional_form())
    session.commit()
    return call


@pytest.fixture
def browser(session: Session, call: Call, sign_in_as: SignInAs) -> StrictClient:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    return sign_in_as(manager)
