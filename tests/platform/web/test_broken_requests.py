"""What no browser sends is refused or cleaned, and never breaks a page."""

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel.errors import InvalidInput
from grants.core.people import credentials
from grants.platform.forms.typed import counted, day_of, iso_day
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient

PASSPHRASE = "seven quiet rivers meet"


def test_a_nul_character_is_taken_out_of_every_form(session: Session, sign_in_as: SignInAs) -> None:
    person = a_person(session)
    session.commit()
    answer = sign_in_as(person).submit("/account", {"name": "Lu\x00z", "language": "en"})
    assert answer.status_code == 302
    session.refresh(person)
    assert person.name == "Luz"


@pytest.mark.parametrize("path", ["/calls/a%00b", "/calls?call=%00", "/sign-in?next=/%00"])
def test_a_nul_character_in_an_address_finds_nothing(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code in (200, 404)


def test_a_number_larger_than_any_id_is_no_address(client: StrictClient) -> None:
    assert client.get("/statements/runs/99999999999999999999").status_code == 404


@pytest.mark.parametrize(
    "target", ["/%0D%0AX-Evil:%201", "//evil.example", "/%5Cevil.example", "/a%5Cb", "https:/x", ""]
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: StrictClient, session: Session, target: str
) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    there = f"/sign-in?next={target}"
    answer = client.submit(there, {"email": person.email, "passphrase": PASSPHRASE})
    assert (answer.status_code, answer.location) == (302, "/start")


@pytest.mark.parametrize("body", ["[[]]", "{", '["a"]', '{"email": 7}', "null", '"\\ud800"'])
def test_a_form_that_comes_as_json_is_an_empty_form(client: StrictClient, body: str) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    head = {"X-CSRFToken": token[1] if token else ""}
    answer = client.post("/sign-in", data=body, content_type="application/json", headers=head)
    assert answer.status_code == 200
    assert "<title>Error:" in answer.get_data(as_text=True)


def test_a_foreign_host_gets_400_and_no_page(database: Database, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, base_url="http://localhost", secret_key="for tests only")
    app = create_app(settings, database)
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    browser = app.test_client()
    for method in ("get", "post"):
        answer = getattr(browser, method)("/sign-in", headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert answer.mimetype == "text/plain"
        assert "evil" not in answer.get_data(as_text=True)
    assert browser.get("/sign-in").status_code == 200


@pytest.mark.parametrize("year", ["9999", "0001", "1699"])
def test_days_beyond_any_fund_are_refused(year: str) -> None:
    with pytest.raises(InvalidInput, match="between 1700 and 2200"):
        day_of("31", "12", year)


@pytest.mark.parametrize("day", ["9" * 30, "0", "-1", "x"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(InvalidInput):
        day_of(day, "12", "2026")


@pytest.mark.parametrize(
    "text", [None, "", "2026-13-01", "20260101", "9999-12-31", "x", "2026-1-1"]
)
def test_a_day_of_an_address_is_written_in_one_way(text: str | None) -> None:
    with pytest.raises(InvalidInput):
        iso_day(text)


def test_a_version_is_a_number_or_the_version_of_nothing() -> None:
    assert counted("12") == 12
    for odd in (None, "", "x", "٣", "-1", "9" * 30, "1.0", "²"):
        assert counted(odd) == 0
