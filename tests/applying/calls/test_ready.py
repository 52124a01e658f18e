"""A draft call is said to be ready, and those who open calls find it among their tasks."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.calls.ready import say_ready, to_open
from grants.applying.calls.service import change_form, open_call
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs


def test_a_call_that_is_said_to_be_ready_waits_for_those_who_open_calls_until_it_changes(
    session: Session, fund: Fund
) -> None:
    def waiting(by: Any) -> int:
        return session.scalar(to_open(by.actor)) or 0

    call = a_draft_call(session, fund)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    assert waiting(manager) == 0
    say_ready(session, call, officer)
    assert waiting(manager) == 1
    change_form(session, call, call.questionnaire, officer, changed="nothing")
    assert waiting(manager) == 0, "what was said held for the call as it was"
    say_ready(session, call, officer)
    open_call(session, call, manager)
    assert waiting(manager) == 0


def test_a_call_that_cannot_be_opened_is_not_ready_and_only_who_prepares_calls_says_so(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund)
    with pytest.raises(Forbidden):
        say_ready(session, call, act_of(session, staff(session, Role.REVIEWER)))
    call.criteria = []
    with pytest.raises(DomainError, match="criterion"):
        say_ready(session, call, act_of(session, staff(session, Role.PROGRAMME_OFFICER)))


def test_a_programme_officer_sees_who_opens_calls_and_the_fund_manager_finds_the_task(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    manager, officer = staff(session, Role.FUND_MANAGER), staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    path = f"/calls/{call.reference}"
    browser = sign_in_as(officer)
    page = browser.get(path).get_data(as_text=True)
    assert f"extended and amended by: \u2068{manager.name}\u2069" in page
    assert "Mark as ready to open" in page
    assert browser.submit(f"{path}/ready", {}, page=path).location == path
    assert "is marked as ready" in browser.get(path).get_data(as_text=True)
    assert "Call ready to be opened" in sign_in_as(manager).get("/start").get_data(as_text=True)
