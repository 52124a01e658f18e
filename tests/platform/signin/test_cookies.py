"""The session's cookie, and how long answers to people are kept."""

from pathlib import Path

from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.people.models import Person
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient

ADDRESS = "https://fund.example.org"


def cookie_of_production(tmp_path: Path, database: Database) -> tuple[str, set[str]]:
    """Name and value, and the attributes."""
    settings = Settings(tmp_path, ADDRESS, secret_key="s" * 40, testing=True)
    browser = create_app(settings, database).test_client()
    (header,) = browser.get("/sign-in", base_url=ADDRESS).headers.getlist("Set-Cookie")
    first, *attributes = (part.strip() for part in header.split(";"))
    return first, set(attributes)


def test_in_production_the_cookie_is_for_this_host_tls_and_no_script(
    tmp_path: Path, database: Database
) -> None:
    first, attributes = cookie_of_production(tmp_path, database)
    assert first.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
    assert not any(item.lower().startswith("domain=") for item in attributes)


def test_a_page_for_a_person_is_kept_by_no_cache(session: Session, sign_in_as: SignInAs) -> None:
    person: Person = a_person(session)
    browser = sign_in_as(person)
    assert browser.get("/account").headers["Cache-Control"] == "no-store"


def test_no_other_origin_may_read_an_answer(client: StrictClient) -> None:
    answer = client.get("/", headers={"Origin": "https://evil.example.org"})
    assert not [name for name, _value in answer.headers if name.startswith("Access-Control-")]
