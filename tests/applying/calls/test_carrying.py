"""Copying a call, and carrying it as a file, on pages."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.call_changes.stages import add_second_stage
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, InvalidInput
from grants.core.people.permissions import Role
from tests.factories import a_call, a_draft_call, act_of, staff
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


@pytest.fixture
def of_two_stages(session: Session, fund: Fund) -> Call:
    call = a_draft_call(session, fund)
    by = act_of(session, staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    add_second_stage(session, call, by)
    session.commit()
    return call


def test_a_call_of_two_stages_is_carried_in_one_file(session: Session, of_two_stages: Call) -> None:
    data = json.loads(json.dumps(call_to_json(of_two_stages)))
    assert import_call(session, call_from_json(data), Act.by_system("import"))[1] is False
    data["reference"], data["second_stage"]["reference"] = "UNVTF-2031-A", "UNVTF-2031-B"
    taken, is_new = import_call(session, call_from_json(data), Act.by_system("import"))
    assert is_new
    assert taken.second_stage is not None
    assert taken.second_stage.reference == "UNVTF-2031-B"
    assert of_two_stages.second_stage is not None
    assert taken.second_stage.form == of_two_stages.second_stage.form
    data["second_stage"]["months"] = 3
    with pytest.raises(DomainError, match="different content"):
        import_call(session, call_from_json(data), Act.by_system("import"))


def test_a_file_that_names_no_language_takes_answers_in_the_first_one_of_the_fund(
    session: Session, fund: Fund, of_two_stages: Call
) -> None:
    """The same file taken again changes nothing, whatever languages were chosen meanwhile."""
    fund.languages = ["fr", "en"]
    data = json.loads(json.dumps(call_to_json(of_two_stages)))
    data["reference"], data["second_stage"]["reference"] = "UNVTF-2031-A", "UNVTF-2031-B"
    del data["languages"], data["second_stage"]["languages"]
    carried, by = call_from_json(data), Act.by_system("import")
    taken, _is_new = import_call(session, carried, by)
    assert taken.second_stage is not None
    assert taken.languages == taken.second_stage.languages == ["fr"]
    taken.languages = ["fr", "es"]
    assert import_call(session, carried, by) == (taken, False)


def test_what_cannot_be_read_of_a_second_stage_is_told(of_two_stages: Call) -> None:
    data = json.loads(json.dumps(call_to_json(of_two_stages)))
    data["second_stage"]["months"] = "many"
    with pytest.raises(InvalidInput, match="Full proposals: months"):
        call_from_json(data)
    data = json.loads(json.dumps(call_to_json(of_two_stages)))
    data["second_stage"]["fund"] = "OTHER"
    with pytest.raises(InvalidInput, match="belong to the same fund"):
        call_from_json(data)


def test_a_stage_is_added_and_taken_off_on_pages(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    session.commit()
    browser = sign_in_as(staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    path = f"/calls/{call.reference}"
    reply = browser.post(f"{path}/stages/add", data={"csrf_token": token(browser, path)})
    session.refresh(call)
    assert call.second_stage is not None
    assert reply.location.endswith(call.second_stage.reference)
    assert "Only organisations that are invited" in browser.get(reply.location).text
    page = browser.get(path).text
    assert call.second_stage.reference in page
    assert "Full proposal" in page


def test_a_second_stage_is_taken_off_after_a_question_and_can_be_put_back(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    manager = staff(session, Role.FUND_MANAGER, "Ingrid Solvang")
    call = a_draft_call(session, fund)
    second = add_second_stage(session, call, act_of(session, manager))
    session.commit()
    browser = sign_in_as(manager)
    path = f"/calls/{call.reference}"

    def stands() -> int | None:
        session.expire_all()
        return call.second_stage_id

    def press(button: str, **more: str) -> Any:
        sent = {"csrf_token": token(browser, path), **more}
        return browser.post(f"{path}/stages/{button}", data=sent)

    assert second.reference in press("remove").text
    assert stands() == second.id
    press("remove", sure="1")
    assert stands() is None
    assert call.board_advises == second.board_advises
    assert "Put the second stage back" in browser.get(path).text
    press("put-back")
    assert stands() == second.id
    assert not call.board_advises
    assert "Put the second stage back" not in browser.get(path).text
    assert press("put-back").status_code == 409
