"""Testing a call before it opens: trial applications are kept, count nowhere, and go again."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call, TrialApplication
from grants.applying.calls.queries import coming_calls, past_calls
from grants.applying.calls.service import open_call
from grants.applying.calls.trials import begin_test, begin_trial, end_test, keep_trial
from grants.applying.calls.workflow import CallState
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.factories import a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    """A draft call."""
    return a_draft_call(session, fund)


def token_on(browser: StrictClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_trials_are_kept_count_nowhere_and_go_with_the_test(session: Session, call: Call) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    with pytest.raises(Conflict, match="not being tested"):
        begin_trial(session, call, by)
    begin_test(session, call, by)
    trial = begin_trial(session, call, by)
    keep_trial(session, trial, call, {"q_title": ["A try"]}, by, complete=True)
    assert trial.given == {"q_title": ["A try"]}
    assert [count(session, model) for model in (Application, Message)] == [0, 0]
    assert call not in [*coming_calls(session, by.at), *session.scalars(past_calls(by.at))]
    assert end_test(session, call, by) == 1
    assert call.state is CallState.DRAFT
    assert count(session, TrialApplication) == 0
    acts = select(TrailRow.action).where(TrailRow.subject == "call").order_by(TrailRow.id)
    assert list(session.scalars(acts)) == ["create", "begin_test", "end_test"]


def test_opening_a_call_deletes_its_trials(session: Session, call: Call) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    begin_test(session, call, by)
    begin_trial(session, call, by)
    open_call(session, call, by)
    assert call.state is CallState.OPEN
    assert count(session, TrialApplication) == 0


def test_a_trial_is_changed_by_the_person_who_began_it_alone(session: Session, call: Call) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    begin_test(session, call, by)
    trial = begin_trial(session, call, by)
    other = act_of(session, staff(session, Role.FUND_MANAGER, "Jonas Berg"))
    with pytest.raises(Forbidden):
        keep_trial(session, trial, call, {}, other, complete=False)
    with pytest.raises(Forbidden):
        begin_trial(session, call, act_of(session, staff(session, Role.AUDITOR)))


def test_a_call_is_tested_on_its_pages(
    session: Session, call: Call, sign_in_as: SignInAs, client: StrictClient
) -> None:
    manager = staff(session, Role.FUND_MANAGER, "Ingrid Solvang")
    session.commit()
    browser, path = sign_in_as(manager), f"/calls/{call.reference}/form/trials"
    assert "Begin the test" in browser.get(path).text
    browser.post(path, data={"csrf_token": token_on(browser, path), "go": "begin"})
    reply = browser.post(path, data={"csrf_token": token_on(browser, path), "go": "new"})
    page = reply.location
    (number,) = session.scalars(select(TrialApplication.id))
    data = {
        "csrf_token": token_on(browser, page),
        "trial": str(number),
        "q_mission": "We shelter women.",
        "go": "project",
    }
    browser.post(page, data=data)
    assert "We shelter women." in browser.get(page).text
    assert "In progress" in browser.get(path).text
    browser.post(path, data={"csrf_token": token_on(browser, path), "go": "end"})
    assert browser.get(page).status_code == 404
    assert client.get(f"/calls/{call.reference}").status_code == 404
