"""What browsers report of the content policy is one line, and tells nothing private."""

import json
import logging

import pytest

from grants.operations.health import views
from grants.operations.health.csp import Allowance
from tests.platform.web.client import StrictClient

OLD = {
    "csp-report": {
        "document-uri": "http://localhost/sign-in/passphrase/one-time-secret",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example.org/x.js?stolen=1",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {"effectiveDirective": "style-src", "blockedURL": "inline\nforged: line"},
    }
]


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "REPORTED", Allowance(number=3, seconds=60))


def test_both_forms_are_logged_without_what_is_private(
    client: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "csp"):
        for sent in (OLD, NEW):
            assert client.post("/csp-report", data=json.dumps(sent)).status_code == 204
    assert caplog.messages == [
        "content policy: script-src-elem stopped https://evil.example.org",
        "content policy: style-src stopped inlineforged:line",
    ]


@pytest.mark.parametrize("sent", [b"", b"{", b"[1, null]", b'{"csp-report": 7}', b"\xff"])
def test_what_is_no_report_is_passed_over(
    client: StrictClient, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    assert client.post("/csp-report", data=sent).status_code == 204
    assert caplog.messages == []


def test_reports_neither_fill_the_log_nor_the_memory(
    client: StrictClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _number in range(8):
        client.post("/csp-report", data=json.dumps(OLD))
    assert len(caplog.messages) == 3
    views.REPORTED.used = 0
    assert client.post("/csp-report", data=b"x" * 20_000).status_code == 413


def test_the_policy_names_where_reports_go(client: StrictClient) -> None:
    headers = client.get("/sign-in").headers
    assert "report-uri /csp-report; report-to csp" in headers["Content-Security-Policy"]
    assert headers["Reporting-Endpoints"] == 'csp="/csp-report"'
