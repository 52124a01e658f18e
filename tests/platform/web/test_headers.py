"""The security headers of every answer, word for word."""

from pathlib import Path

from grants import create_app
from grants.config import Settings
from grants.core.kernel.db import Database
from tests.platform.web.client import StrictClient

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
