"""The security headers of every answer, word for word."""

import re
from pathlib import Path

from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.platform.web.assets import build
from tests.factories import a_donor, staff
from tests.platform.web.client import SignInAs, StrictClient

EXPECTED = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-uri /csp-report; "
    "report-to csp",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-cache",
}
HSTS = "Strict-Transport-Security"


def test_every_answer_carries_them(client: StrictClient) -> None:
    for path in ("/", "/sign-in", "/no-such-page", "/readyz"):
        answer = client.get(path)
        for name, value in EXPECTED.items():
            if (path, name) != ("/readyz", "Cache-Control"):
                assert answer.headers[name] == value, (path, name)
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert HSTS not in answer.headers


def test_a_page_is_not_kept_for_readers_of_another_language(client: StrictClient) -> None:
    for path in ("/", "/sign-in", "/no-such-page"):
        assert "Accept-Language" in client.get(path).vary, path


def test_in_production_browsers_are_told_to_ask_by_tls_only(
    tmp_path: Path, database: Database
) -> None:
    address = "https://fund.example.org"
    settings = Settings(tmp_path, address, secret_key="s" * 40, testing=True)
    browser = create_app(settings, database).test_client()
    answer = browser.get("/", base_url=address)
    assert answer.headers[HSTS] == "max-age=31536000"
    assert answer.status_code == 200


def test_production_answers_under_its_own_name_only(tmp_path: Path, database: Database) -> None:
    settings = Settings(tmp_path, "https://fund.example.org", secret_key="s" * 40, testing=True)
    browser = create_app(settings, database).test_client()
    assert browser.get("/", base_url="https://fund.example.org").status_code == 200
    for name in ("https://evil.example.org", "https://localhost", "https://fund.example.org.evil"):
        answer = browser.get("/", base_url=name)
        assert answer.status_code == 400
        assert name.encode() not in answer.data


def test_each_answer_says_its_type_and_text_its_encoding(client: StrictClient, fund: Fund) -> None:
    sheet = re.search(r'href="([^"]+\.css[^"]*)"', client.get("/").text)
    assert sheet
    for path, kind in (
        ("/", "text/html; charset=utf-8"),
        ("/no-such-page", "text/html; charset=utf-8"),
        ("/readyz", "application/json"),
        ("/preview.png", "image/png"),
        (sheet[1], "text/css; charset=utf-8"),
    ):
        with client.get(path) as answer:
            assert answer.headers["Content-Type"] == kind, path


def test_every_page_of_a_person_offers_to_sign_out(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    for role in (Role.FUND_MANAGER, Role.REVIEWER, Role.ADMINISTRATOR):
        browser = sign_in_as(staff(session, role))
        for path in ("/start", "/account", "/no-such-page", "/"):
            assert 'action="/sign-out"' in browser.get(path).text, (role, path)


def test_a_passphrase_can_be_pasted_and_filled_in_by_a_manager(client: StrictClient) -> None:
    field = re.search(r'<input[^>]*type="password"[^>]*>', client.get("/sign-in").text)
    assert field
    assert 'autocomplete="current-password"' in field[0]
    scripts = [*Path(build.__file__).parent.rglob("*.js")]
    assert scripts
    pasted = [path.name for path in scripts if re.search(r"""["']paste["']""", path.read_text())]
    assert pasted == ["rows.js"], "cells of a spreadsheet into a table, and nothing else"


def test_a_parameter_given_twice_does_no_harm(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    for path in ("/donors?q=a&q=b", "/pledges?state=pledged&state=signed", "/people?role=x&role=y"):
        assert browser.get(path).status_code == 200


def test_what_is_searched_for_is_never_part_of_a_statement(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    a_donor(session, "O'Brien; DROP TABLE pledge --")
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    for typed in ("' OR '1'='1", "%", "_", "\\"):
        assert "O&#39;Brien" not in browser.get("/donors", query_string={"q": typed}).text
    assert "O&#39;Brien" in browser.get("/donors", query_string={"q": "O'Brien; DROP"}).text
