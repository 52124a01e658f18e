"""What the log tells of signing in and of what was refused: enough, and nobody's name."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.platform.web import journal
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, code

Lines = list[tuple[str, dict[str, object]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    written: Lines = []
    monkeypatch.setattr(
        journal.LOG, "info", lambda event, **facts: written.append((event, facts)), raising=False
    )
    return written


def told(lines: Lines, event: str) -> list[tuple[object, ...]]:
    return [tuple(facts.values()) for name, facts in lines if name == event]


def test_each_try_to_sign_in_is_told_with_its_way_and_how_it_went(
    client: StrictClient, officer: Person, lines: Lines
) -> None:
    for typed in ("not the right words", PASSPHRASE):
        client.submit("/sign-in", {"email": officer.email, "passphrase": typed})
    for typed in ("000000", code()):
        client.submit("/sign-in/code", {"code": typed})
    assert told(lines, "sign-in") == [
        ("signin.sign_in", "passphrase", "refused"),
        ("signin.sign_in", "passphrase", "accepted"),
        ("signin.code", "code", "refused"),
        ("signin.code", "code", "accepted"),
    ]
    assert officer.email not in str(lines)


def test_guesses_that_are_held_back_are_told(
    client: StrictClient, officer: Person, lines: Lines
) -> None:
    for number in range(7):
        client.submit("/sign-in", {"email": officer.email, "passphrase": f"guess {number}"})
    outcomes = [outcome for *_where, outcome in told(lines, "sign-in")]
    assert outcomes == ["refused"] * 5 + ["held back"] * 2
    assert ("signin.sign_in", "DomainError") in told(lines, "refused")


def test_a_forged_form_a_stale_page_and_a_forbidden_act_are_told(
    app: Flask, sign_in_as: SignInAs, officer: Person, lines: Lines
) -> None:
    browser = sign_in_as(officer)
    browser.csrf = False
    browser.post("/account/passphrase", data={"present": "x"}, headers={"Origin": "https://x.y"})
    browser.get("/trail")
    refused = [("account.passphrase", "CSRFError"), ("trail.index", "Forbidden")]
    assert told(lines, "refused") == refused


def test_where_it_came_from_is_told_if_the_setting_wants_it(
    app: Flask, client: StrictClient, settings: Settings, lines: Lines
) -> None:
    app.extensions["settings"] = replace(settings, log_client="network")
    client.submit("/sign-in", {"email": "nobody@example.org", "passphrase": "x" * 20})
    assert told(lines, "sign-in")[0][-1] == "127.0.0.0/24"


def test_signing_out_tells_the_browser_to_keep_nothing(
    sign_in_as: SignInAs, session: Session, officer: Person
) -> None:
    browser = sign_in_as(officer)
    page = browser.get("/account").get_data(as_text=True)
    assert "data-forget" in page, "the script drops texts that were typed and not saved"
    left = browser.submit("/sign-out", page="/account")
    assert left.headers["Clear-Site-Data"] == '"storage"'
    assert credentials.check_passphrase(session, officer.email, PASSPHRASE)
