"""Copying a call, and carrying it as a file, on pages."""

import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from tests.factories import a_call, staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    call = a_call(session, fund, blind=True)
    session.commit()
    return call


@pytest.fixture
def browser(session: Session, call: Call, sign_in_as: SignInAs) -> StrictClient:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    return sign_in_as(manager)


def token(browser: StrictClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def test_a_call_is_copied_as_a_draft_a_year_later(
    session: Session, call: Call, browser: StrictClient
) -> None:
    csrf = token(browser, f"/calls/{call.reference}")
    reply = browser.post(f"/calls/{call.reference}/copy", data={"csrf_token": csrf})
    copy = session.scalars(select(Call).order_by(Call.id.desc()).limit(1)).one()
    assert reply.location.endswith(copy.reference)
    assert (copy.state, copy.form, copy.criteria) == (CallState.DRAFT, call.form, call.criteria)
    assert copy.blind
    assert timedelta(365) <= copy.deadline_at - call.deadline_at <= timedelta(366)


def test_a_call_is_exported_and_imported_on_pages(
    session: Session, call: Call, browser: StrictClient
) -> None:
    carried = json.loads(browser.get(f"/calls/{call.reference}/export.json").get_data())
    carried["reference"] = "UNVTF-2031-OTHER"
    file = io.BytesIO(json.dumps(carried).encode())
    data = {"csrf_token": token(browser, "/calls/import"), "file": (file, "call.json")}
    reply = browser.post("/calls/import", data=data)
    assert reply.location.endswith("/calls/UNVTF-2031-OTHER")
    taken = session.scalars(select(Call).where(Call.reference == "UNVTF-2031-OTHER")).one()
    assert (taken.form, taken.blind) == (call.form, True)


def test_a_file_that_is_no_call_is_refused_on_the_page(browser: StrictClient) -> None:
    data = {
        "csrf_token": token(browser, "/calls/import"),
        "file": (io.BytesIO(b'{"format": 1}'), "call.json"),
    }
    reply = browser.post("/calls/import", data=data)
    assert "This file does not contain a call for proposals." in reply.text
