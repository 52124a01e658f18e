"""Eligibility is checked before anybody writes an application."""

from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_ELIGIBILITY
from grants.applying.drafts.eligibility import asked_before, obstacles
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from tests.factories import a_call, an_organisation, member
from tests.platform.web.client import SignInAs, StrictClient

LATEST = date(2024, 6, 30)


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_call(session, fund, eligibility=STANDARD_ELIGIBILITY, registered_by=LATEST)


@pytest.fixture
def organisation(session: Session, call: Call) -> Organisation:
    organisation = an_organisation(session)
    organisation.registered_on = LATEST
    return organisation


@pytest.fixture
def browser(session: Session, organisation: Organisation, sign_in_as: SignInAs) -> StrictClient:
    person = member(session, organisation)
    session.commit()
    return sign_in_as(person)


def answers(call: Call, **changed: str) -> dict[str, str]:
    said = {f"e_{row['key']}": "yes" for row in asked_before(call)}
    return {**said, **{f"e_{key}": text for key, text in changed.items()}}


def begun(session: Session) -> int:
    return session.scalar(select(func.count(Application.id))) or 0


def test_who_answers_yes_to_all_begins(
    session: Session, call: Call, organisation: Organisation, browser: StrictClient
) -> None:
    typed = {"organisation": organisation.code, **answers(call)}
    reply = browser.submit(f"/calls/{call.reference}/apply", typed)
    assert "/applying/" in reply.location
    assert begun(session) == 1


def test_a_no_is_explained_with_what_would_change_it_and_nothing_begins(
    session: Session, call: Call, organisation: Organisation, browser: StrictClient
) -> None:
    typed = {"organisation": organisation.code, **answers(call, account="no")}
    page = browser.submit(f"/calls/{call.reference}/apply", typed).text
    assert "cannot apply" in page
    assert "Open an account in the name of the organisation" in page
    assert begun(session) == 0


def test_what_was_answered_yes_is_not_asked_for_once_more(
    call: Call, organisation: Organisation, browser: StrictClient
) -> None:
    typed = {"organisation": organisation.code, **answers(call, account="no")}
    page = browser.submit(f"/calls/{call.reference}/apply", typed).text
    (link,) = html.fromstring(page).xpath("//a[.='Answer the questions again']/@href")
    again = html.fromstring(browser.get(link).text)
    ticked = again.xpath("//input[starts-with(@name, 'e_')][@checked]")
    assert {box.get("value") for box in ticked} == {"yes"}
    assert {box.get("name") for box in ticked} == {*answers(call)} - {"e_account"}


def test_every_question_has_to_be_answered(
    session: Session, call: Call, organisation: Organisation, browser: StrictClient
) -> None:
    reply = browser.submit(f"/calls/{call.reference}/apply", {"organisation": organisation.code})
    assert "measures against sexual exploitation" in reply.text
    assert begun(session) == 0


def test_an_organisation_registered_too_late_is_told_before_it_writes(
    session: Session, call: Call, organisation: Organisation, browser: StrictClient
) -> None:
    assert obstacles(session, call, organisation) == []
    organisation.registered_on = LATEST + timedelta(days=1)
    session.commit()
    typed = {"organisation": organisation.code, **answers(call)}
    page = browser.submit(f"/calls/{call.reference}/apply", typed).text
    assert "30 June 2024 or earlier" in page
    assert begun(session) == 0
    organisation.registered_on = None
    assert "no date of registration" in obstacles(session, call, organisation)[0].reason
