"""A form that a signed-out person posts, or one of an earlier session, loses nothing."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.core.funds.models import Fund
from grants.core.people import credentials
from grants.core.people.models import Person
from tests.factories import a_call, a_draft, writer_of
from tests.platform.web.client import StrictClient

PASSPHRASE = "seven quiet rivers meet"
HOME = {"Origin": "http://localhost"}
TYPED = {"q_title": "A safe place – بيت آمن", "stamp": "a1b2c3d4e5"}


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    draft = a_draft(session, a_call(session, fund))
    session.commit()
    return draft


@pytest.fixture
def writer(session: Session, draft: Application) -> Person:
    writer = session.get_one(Person, writer_of(session, draft).actor.person_id)
    credentials.choose_passphrase(session, writer, PASSPHRASE)
    session.commit()
    return writer


def section(draft: Application, tail: str = "") -> str:
    return f"/applying/{draft.reference}/sections/project{tail}"


def fields(answer: TestResponse) -> dict[str, str]:
    """What the form of a page would send back."""
    page = answer.get_data(as_text=True)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def kept(session: Session, draft: Application) -> dict[str, Any]:
    session.expire_all()
    rows = answers_of(session, draft.id)
    return dict(rows["project"].given) if rows else {}


def test_a_signed_out_writer_signs_in_on_the_spot_and_the_text_is_saved(
    client: StrictClient, session: Session, draft: Application, writer: Person
) -> None:
    asked = client.post(section(draft), data=TYPED, headers=HOME)
    assert asked.status_code == 401
    assert "Sign in to save what you typed" in asked.get_data(as_text=True)
    carried = fields(asked)
    assert carried["q_title"] == TYPED["q_title"]
    wrong = {"sign_in_email": writer.email, "sign_in_passphrase": "not the right words"}
    again = client.post(section(draft), data={**carried, **wrong}, headers=HOME)
    assert again.status_code == 401
    assert "is not correct" in again.get_data(as_text=True)
    right = {**fields(again), **wrong, "sign_in_passphrase": PASSPHRASE}
    done = client.post(section(draft), data=right, headers=HOME)
    assert done.status_code == 302
    assert kept(session, draft) == {"q_title": [TYPED["q_title"]]}
    after = client.get(done.location).get_data(as_text=True)
    assert '<meta name="draft-saved" content="a1b2c3d4e5">' in after
    assert "draft-saved" not in client.get(done.location).get_data(as_text=True)


def test_a_page_of_an_earlier_session_is_confirmed_and_saved(
    client: StrictClient, session: Session, draft: Application, writer: Person
) -> None:
    client.submit("/sign-in", {"email": writer.email, "passphrase": PASSPHRASE})
    old = {**TYPED, "csrf_token": "of another session"}
    asked = client.post(section(draft), data=old, headers=HOME)
    assert asked.status_code == 400
    assert "Confirm to save" in asked.get_data(as_text=True)
    assert kept(session, draft) == {}
    assert client.post(section(draft), data=fields(asked), headers=HOME).status_code == 302
    assert kept(session, draft) == {"q_title": [TYPED["q_title"]]}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Referer": "https://localhost.evil.example/"},
        {"Origin": "null"},
        {},
    ],
)
def test_nothing_that_another_site_sent_is_carried(
    client: StrictClient, draft: Application, writer: Person, headers: dict[str, str]
) -> None:
    asked = client.post(section(draft), data=TYPED, headers=headers)
    assert asked.status_code == 401
    assert "q_title" not in fields(asked)
    client.submit("/sign-in", {"email": writer.email, "passphrase": PASSPHRASE})
    dead = client.post(section(draft), data=TYPED, headers=headers)
    assert dead.status_code == 400
    assert "q_title" not in fields(dead)


def test_signing_in_on_the_spot_needs_a_token_too(
    client: StrictClient, session: Session, draft: Application, writer: Person
) -> None:
    forged = {**TYPED, "sign_in_email": writer.email, "sign_in_passphrase": PASSPHRASE}
    answer = client.post(section(draft), data=forged, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    assert kept(session, draft) == {}
    assert client.get("/start").status_code == 302


def test_no_passphrase_is_carried(client: StrictClient, writer: Person) -> None:
    typed = {"email": writer.email, "passphrase": PASSPHRASE, "csrf_token": "old"}
    answer = client.post("/sign-in", data=typed, headers=HOME)
    assert answer.status_code == 400
    assert PASSPHRASE not in answer.get_data(as_text=True)


def test_a_script_that_saves_hears_what_is_wrong_in_its_own_words(
    client: StrictClient, session: Session, draft: Application, writer: Person
) -> None:
    script = {"X-Autosave": "1", **HOME}
    out = client.post(section(draft, "/autosave"), data=TYPED, headers=script)
    assert out.status_code == 401
    assert out.is_json
    client.submit("/sign-in", {"email": writer.email, "passphrase": PASSPHRASE})
    dead = client.post(section(draft, "/autosave"), data=TYPED, headers=script)
    assert dead.status_code == 400
    assert dead.is_json
    token = client.get("/token").get_json()["token"]
    data = {**TYPED, "csrf_token": token}
    assert client.post(section(draft, "/autosave"), data=data, headers=script).status_code == 200
    assert kept(session, draft) == {"q_title": [TYPED["q_title"]]}
